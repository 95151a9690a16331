"""The chronology: looked through by kind, agency and day; entries shared later; the same on paper; and that it costs the same however long it is."""

import io
from datetime import timedelta

import pypdfium2
import pypdfium2.raw
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.case_file import add_note, correct_entry, share_entry
from cases.gate import Refused
from cases.models import Address, Entry
from tests.cases.attaching import PLACE, POSTCODE, added


def url(case, name, entry=None):
    return reverse(name, args=[case.reference, *([entry.pk] if entry else [])])


def text_of(response):
    return response.content.decode()


def paper(response):
    assert response["Content-Type"] == "application/pdf"
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(io.BytesIO(response.content)))


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "valley_health", worker="health_visitor")
    return case


@pytest.fixture
def noted(people, case):
    def note(title="A heading", persona="housing_officer", *, text="Words", audience="partners", days=0):
        return add_note(people.actor(persona), case, title=title, text=text, audience=audience, happened_at=timezone.now() - timedelta(days=days))

    return note


# --- from the outside


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "idva"])
def test_without_a_grant_there_is_no_chronology_no_paper_and_nothing_to_share(client_for, case, noted, persona):
    one = noted(audience="agency")
    for path in (url(case, "case_chronology"), url(case, "chronology_file"), url(case, "entry_share", one)):
        assert client_for(persona).get(path).status_code == client_for(persona).post(path).status_code or client_for(persona).get(path).status_code == 404
        assert client_for(persona).get(path).status_code == 404


def test_another_agency_neither_shares_nor_prints_what_is_not_shared(client_for, people, case, noted):
    one, shared, visitor = noted("CANARY-OWN", audience="agency"), noted("Everybody’s"), client_for("health_visitor")
    assert visitor.get(url(case, "entry_share", one)).status_code == 404 and visitor.get(url(case, "entry_share", shared)).status_code == 403
    assert "CANARY-OWN" not in paper(visitor.get(url(case, "chronology_file"))) and "CANARY-OWN" in paper(client_for("housing_officer").get(url(case, "chronology_file")))
    for query in ("?readers=agency", f"?agency={people.agency('northvale_housing').pk}", "?kind=note"):
        assert "CANARY-OWN" not in text_of(visitor.get(url(case, "case_chronology") + query))
    assert "Read by" in text_of(visitor.get(url(case, "case_chronology")))


def test_who_wrote_what_one_may_not_read_is_not_in_the_filter(client_for, case, noted, share):
    share(case, "harbour_idva", worker="idva")
    noted(persona="idva", audience="agency")
    assert "Harbour IDVAs" not in text_of(client_for("health_visitor").get(url(case, "case_chronology")))
    assert "Harbour IDVAs" in text_of(client_for("idva").get(url(case, "case_chronology")))


# --- looking for something


def day(name, at):
    local = timezone.localtime(at)
    return f"{name}_day={local.day}&{name}_month={local.month}&{name}_year={local.year}"


def test_it_is_narrowed_down_by_kind_agency_readers_and_day(client_for, people, case, noted):
    noted("Ours", audience="agency")
    noted("Theirs", persona="health_visitor")
    noted("Long ago", days=40)
    client, now = client_for("housing_officer"), timezone.now()

    def found(query):
        text = text_of(client.get(f"{url(case, 'case_chronology')}?{query}"))
        return {title for title in ("Ours", "Theirs", "Long ago") if f'moj-timeline__title">{title}<' in text}

    assert found("") == found("kind=") == {"Ours", "Theirs", "Long ago"} and found("kind=order") == set() and found("kind=note") == {"Ours", "Theirs", "Long ago"}
    assert found(f"agency={people.agency('valley_health').pk}") == {"Theirs"}
    assert found("readers=agency") == {"Ours"} and found("readers=partners") == {"Theirs", "Long ago"}
    assert found(day("since", now - timedelta(days=2))) == {"Ours", "Theirs"} and found(day("until", now - timedelta(days=39))) == {"Long ago"}
    assert found(f"{day('since', now)}&{day('until', now)}&readers=partners") == {"Theirs"}
    assert "Nothing that you look for is recorded" in text_of(client.get(f"{url(case, 'case_chronology')}?kind=order"))


@pytest.mark.parametrize("query", ["kind=nonsense", "agency=0", "agency=x", "since_day=99&since_month=1&since_year=2026", "since_day=1", "readers=everybody"])
def test_what_makes_no_sense_is_said_and_hides_nothing(client_for, case, noted, query):
    noted("Still here")
    answer = client_for("housing_officer").get(f"{url(case, 'case_chronology')}?{query}")
    assert answer.status_code == 422 and "There is a problem" in text_of(answer) and "Still here" in text_of(answer)


def test_days_the_wrong_way_round_are_said(client_for, case):
    now = timezone.now()
    answer = client_for("housing_officer").get(f"{url(case, 'case_chronology')}?{day('since', now)}&{day('until', now - timedelta(days=3))}")
    assert answer.status_code == 422 and "The last day must be the first day or later" in text_of(answer)


def test_pages_keep_what_was_chosen_and_cost_the_same(client_for, people, case):
    client, now = client_for("housing_officer"), timezone.now()

    def many(count):
        Entry.objects.bulk_create(
            Entry(case=case, agency=case.lead_agency, author=people.housing_officer, audience="partners", kind="note", title=f"N{number}", happened_at=now, recorded_at=now)
            for number in range(count)
        )

    many(3)
    path = url(case, "case_chronology") + "?kind=note"
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    many(130)
    with CaptureQueriesContext(connection) as more:
        text = text_of(client.get(path))
    assert len(more) == len(few) <= 12 and text.count("moj-timeline__item") == 50
    older = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "kind=note" in older and text_of(client.get(url(case, "case_chronology") + older)).count("moj-timeline__item") == 50


# --- corrections


def test_a_correction_says_why_and_the_chain_can_be_read(client_for, people, case, noted):
    first, officer = noted("First"), people.actor("housing_officer")
    second = correct_entry(officer, case, entry_id=first.pk, title="Second", text="b", happened_at=timezone.now(), why="It was Tuesday.")
    third = correct_entry(officer, case, entry_id=second.pk, title="Third", text="c", happened_at=timezone.now(), why="And in the morning.")
    for persona in ("housing_officer", "health_visitor"):
        text = text_of(client_for(persona).get(url(case, "entry", third)))
        assert all(words in text for words in ("First", "Second", "Third", "It was Tuesday.", "And in the morning."))
    listed = text_of(client_for("health_visitor").get(url(case, "case_chronology")))
    assert "Third" in listed and "First" not in listed and "Corrected: read the earlier wording" in listed


def test_why_is_asked_for(client_for, case, noted):
    answer = client_for("housing_officer").post(url(case, "entry_correct", noted()), {"title": "x", "text": "y"})
    assert answer.status_code == 422 and "What was wrong?" in text_of(answer)


# --- shared later


def test_an_entry_is_shared_later_with_a_record(client_for, people, case, noted):
    one, officer, visitor = noted("Ours at first", audience="agency"), client_for("housing_officer"), client_for("health_visitor")
    assert "Share with partners" in text_of(officer.get(url(case, "case")))
    asked = text_of(officer.get(url(case, "entry_share", one)))
    assert "Will be read by:" in asked and "Valley Community Health" in asked
    assert officer.post(url(case, "entry_share", one)).status_code == 302
    one.refresh_from_db()
    assert one.audience == "partners" and one.shared_by == people.housing_officer and one.shared_at
    assert "Ours at first" in text_of(visitor.get(url(case, "case"))) and "Shared with partners by Tamsin" in text_of(visitor.get(url(case, "entry", one)))
    event = Event.objects.get(verb="entry.share", outcome="done")
    assert (event.subject, event.before, event.after) == (f"entry:{one.pk}", {"audience": "agency"}, {"audience": "partners"})
    assert officer.get(url(case, "entry_share", one)).status_code == 404
    with pytest.raises(Refused):
        share_entry(people.actor("housing_officer"), case, entry_id=one.pk)


def test_only_the_newest_wording_is_shared(client_for, people, case, noted):
    officer = people.actor("housing_officer")
    first = noted("CANARY-FIRST", audience="agency")
    newest = correct_entry(officer, case, entry_id=first.pk, title="Better", text="b", happened_at=timezone.now(), why="CANARY? no.")
    with pytest.raises(Refused):
        share_entry(officer, case, entry_id=first.pk)
    share_entry(officer, case, entry_id=newest.pk)
    visitor = client_for("health_visitor")
    assert "CANARY-FIRST" not in text_of(visitor.get(url(case, "entry", newest))) and visitor.get(url(case, "entry", first)).status_code == 404


def test_an_entry_that_names_a_protected_place_is_shared_only_once_somebody_says_so(client_for, people, case, noted):
    one, officer = noted("Where", text=f"At {PLACE}.", audience="agency"), client_for("housing_officer")
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACE, postcode=POSTCODE, visibility="restricted", from_at=timezone.now())
    answer = officer.post(url(case, "entry_share", one))
    assert answer.status_code == 422 and 'name="names_place"' in text_of(answer)
    with pytest.raises(Refused):
        share_entry(people.actor("housing_officer"), case, entry_id=one.pk)
    assert officer.post(url(case, "entry_share", one), {"names_place": "on"}).status_code == 302
    visitor = client_for("health_visitor")
    assert "At [protected place]." in text_of(visitor.get(url(case, "case_chronology"))) and "Nightjar" not in paper(visitor.get(url(case, "chronology_file")))
    assert "Nightjar" in paper(officer.get(url(case, "chronology_file")))


def test_that_a_file_was_added_is_not_shared_in_the_place_of_the_file(client_for, people, case):
    added(people, case, audience="agency")
    one, officer = Entry.objects.get(kind="file"), client_for("housing_officer")
    assert "Share with partners" not in text_of(officer.get(url(case, "case_chronology"))) and officer.get(url(case, "entry_share", one)).status_code == 403
    with pytest.raises(PermissionDenied):
        share_entry(people.actor("housing_officer"), case, entry_id=one.pk)


def test_nothing_is_shared_on_a_closed_case(people, case, noted):
    one = noted(audience="agency")
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused):
        share_entry(people.actor("housing_officer"), case, entry_id=one.pk)


def test_half_a_record_of_sharing_is_refused(people, noted):
    one = noted()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=one.pk).update(shared_at=timezone.now())


# --- on paper


def test_the_paper_is_the_readers_own_and_its_printing_is_in_the_log(client_for, people, case, noted):
    noted("First thing", days=3)
    noted("<b>Second</b> thing", text="Words & more", audience="agency")
    answer = client_for("housing_officer").get(url(case, "chronology_file"))
    text = paper(answer)
    assert text.index("First thing") < text.index("<b>Second</b> thing") and "Words & more" in text and "Own agency" in text and "do not pass this copy" in " ".join(text.split())
    assert "Copy of Tamsin Okonedo-Reyes" in text and answer["Content-Disposition"].startswith('attachment; filename="notes-') and answer["Cache-Control"] == "no-store"
    assert pypdfium2.raw.FPDFCatalog_IsTagged(pypdfium2.PdfDocument(io.BytesIO(answer.content)))
    assert Event.objects.filter(verb="case.read", subject="chronology.print", case_reference=case.reference, actor=f"user:{people.housing_officer.pk}").exists()
    partners = paper(client_for("housing_officer").get(url(case, "chronology_file") + "?readers=partners"))
    assert "Second" not in partners and "only what was chosen" in " ".join(partners.split())
