"""Files of a case: who may know of one, who may open it, what is refused and how, what the log keeps and what it never does."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.models import Address, Attachment, Entry
from tests.cases.attaching import PLACE, POSTCODE, added, docx, pdf, photo, sent
from tests.cases.ends import close
from vault import files as vault

OUTSIDE = ["outsider", "superuser", "commissioner", "auditor", "administrator", "idva"]


def url(case, name, one=None):
    return reverse(name, args=[case.reference, *([one.pk] if one else [])])


def text_of(response):
    return b"".join(response.streaming_content).decode(errors="replace") if response.streaming else response.content.decode()


def protect(case, *, lines=f"Flat 2, {PLACE}", visibility="confidential"):
    return Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=lines, postcode=POSTCODE, visibility=visibility, from_at=timezone.now())


def add(client, case, content=b"A note about the locks.", name="note.txt", **typed):
    typed = {"title": "Note about the locks", "audience": "partners", "file": sent(content, name)} | typed
    return client.post(url(case, "file_add"), typed)


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "valley_health", worker="health_visitor")
    return case


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


# --- from the outside


@pytest.mark.parametrize("persona", OUTSIDE)
def test_who_may_not_see_the_case_finds_no_file(people, client_for, case, persona):
    one, client = added(people, case, content=b"CANARY"), client_for(persona)
    for name in ("file_list", "file_add", "file_page", "file_content", "file_replace", "file_share", "file_withdraw"):
        path = url(case, name, None if name in ("file_list", "file_add") else one)
        answer = client.get(path)
        assert answer.status_code == 404 and "CANARY" not in text_of(answer), name
    assert add(client, case).status_code == 404 and Attachment.objects.count() == 1 and len(vault.names() & {one.stored_as}) == 1


@pytest.mark.parametrize("level", ["summary", "meeting"])
def test_a_smaller_level_opens_no_file(people, client_for, case, share, level):
    share(case, "harbour_idva", level)
    one = added(people, case)
    for path in (url(case, "file_list"), url(case, "file_page", one), url(case, "file_content", one)):
        assert client_for("idva").get(path).status_code == 403


def test_a_file_of_another_case_does_not_exist(people, client_for, case, a_case):
    one = added(people, a_case(persona="housing_officer", given_name="Other"))
    for name in ("file_page", "file_content", "file_replace", "file_share", "file_withdraw"):
        assert client_for("housing_officer").get(url(case, name, one)).status_code == 404


def test_an_agencys_own_file_is_unknown_to_partners(people, client_for, case):
    one, visitor = added(people, case, audience="agency", title="CANARY-TITLE"), client_for("health_visitor")
    assert "CANARY" not in text_of(visitor.get(url(case, "file_list"))) and "None yet" in text_of(visitor.get(url(case, "case")))
    for name in ("file_page", "file_content", "file_replace", "file_share", "file_withdraw"):
        assert visitor.get(url(case, name, one)).status_code == 404
    assert client_for("other_housing_officer").get(url(case, "file_content", one)).status_code == 200


def test_a_partner_opens_what_is_shared_and_cannot_change_it(people, client_for, case):
    one, visitor = added(people, case, content=b"Shared words"), client_for("health_visitor")
    assert text_of(visitor.get(url(case, "file_content", one))) == "Shared words"
    assert "Withdraw" not in text_of(visitor.get(url(case, "file_page", one)))
    for name in ("file_replace", "file_share", "file_withdraw"):
        assert visitor.get(url(case, name, one)).status_code == 403


def test_a_bar_closes_files_too(people, client_for, case):
    from cases.actions.sharing import bar

    one = added(people, case)
    bar(people.actor("housing_manager"), case, user=people.health_visitor, reason="A cousin of his.", understood=True)
    assert client_for("health_visitor").get(url(case, "file_content", one)).status_code == 404


# --- adding


def test_a_file_is_added_kept_sealed_and_told_without_its_name(people, officer, case):
    answer = add(officer, case, pdf("The school wrote"), "Brief an Tamsin.pdf", title="Letter from the school")
    one = Attachment.objects.get()
    assert answer.status_code == 302 and answer["Location"] == url(case, "file_page", one)
    assert (one.kind, one.name, one.title, one.audience, one.is_read_whole, one.is_protected) == ("pdf", "Brief an Tamsin.pdf", "Letter from the school", "partners", True, False)
    page = text_of(officer.get(answer["Location"]))
    assert "Letter from the school" in page and "Brief an Tamsin.pdf" in page and "PDF document" in page
    kept = (settings.FILES_FOLDER / one.stored_as[:2] / one.stored_as).read_bytes()
    assert b"school" not in kept and b"%PDF" not in kept
    entry = Entry.objects.get(kind="file")
    assert (entry.title, entry.text, entry.audience) == ("File added", "PDF document.", "partners")
    event = Event.objects.get(verb="file.add")
    assert event.subject == f"file:{one.pk}" and event.after == {"kind": "pdf", "audience": "partners", "is_protected": False, "waits": False}
    assert "1 file" in text_of(officer.get(url(case, "case")))


def test_it_comes_as_a_download_that_can_do_nothing(people, officer, case):
    one = added(people, case, content=pdf("words"), name="Marigold Thistlewood.pdf")
    answer = officer.get(url(case, "file_content", one))
    assert text_of(answer).startswith("%PDF")
    assert re.fullmatch(rf'attachment; filename="file-\d{{4}}-\d\d-\d\d-{one.pk}\.pdf"', answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Security-Policy"] == "default-src 'none'; sandbox" and answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "application/pdf" and int(answer["Content-Length"]) == one.size


def test_each_look_is_in_the_log_and_never_a_name(people, officer, case, client_for):
    one = added(people, case, name="CANARY-NAME.txt", title="CANARY-TITLE", content=b"CANARY-CONTENT")
    text_of(officer.get(url(case, "file_content", one)))
    client_for("outsider").get(url(case, "file_content", one))
    looks = Event.objects.filter(case_reference=case.reference, subject=f"file:{one.pk}.content").values_list("verb", "outcome", "actor")
    assert set(looks) == {("case.read", "read", f"user:{people.housing_officer.pk}"), ("case.read", "denied", f"user:{people.outsider.pk}")}
    officer.post(url(case, "file_withdraw", one), {"reason": "CANARY-REASON"})
    assert "CANARY" not in str(list(Event.objects.values())) and "CANARY" not in str(list(Entry.objects.filter(case=case).values()))


def test_a_photograph_is_kept_without_where_it_was_taken_and_says_so(officer, case):
    answer = add(officer, case, photo(), "IMG_0001.jpg", title="The lock")
    one = Attachment.objects.get()
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("where it was taken" in line for line in told) and any("Not every word" in line for line in told)
    assert b"CANARY" not in b"".join(vault.content_of(one.stored_as)) and not one.is_read_whole


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.txt", "The file is empty"), (b"<html>x", "page.txt", "web page"), (b"<svg/>", "drawing.svg", "web page"), (pdf(), "letter.txt", "different kind of file"),
        (b"MZ\0\0", "letter.pdf", "program"), (docx(members=[("word/vbaProject.bin", b"")]), "letter.docx", "macros"), (b"%PDF-1.7 junk", "letter.pdf", "damaged"),
    ],
)
def test_what_is_refused_is_said_beside_the_file_and_nothing_is_lost(officer, case, content, name, said):
    answer = add(officer, case, content, name, title="Letter <script>alert(1)</script>", shows_place="on")
    text = text_of(answer)
    assert answer.status_code == 422 and said in text and 'href="#id_file"' in text
    assert "Letter &lt;script&gt;" in text and re.search(r'name="shows_place"[^>]*checked', text) and re.search(r'value="partners"[^>]*checked', text)
    assert not Attachment.objects.exists()


def test_a_scan_of_forty_megabytes_is_refused_and_the_rest_of_the_form_stays(officer, case):
    answer = add(officer, case, b"%PDF-" + bytes(40 * 1024 * 1024), "scan.pdf", title="The whole tenancy file")
    text = text_of(answer)
    assert answer.status_code == 422 and "The file is larger than 20 MB, and was not kept" in text and "The whole tenancy file" in text and not Attachment.objects.exists()


@pytest.mark.parametrize("typed", [{"title": ""}, {"audience": ""}, {"audience": "everybody"}, {"title": "x" * 201}, {"file": ""}, {"file": "words"}])
def test_what_is_missing_or_wrong_is_asked_for_again(officer, case, typed):
    answer = add(officer, case, **typed)
    assert answer.status_code == 422 and "There is a problem" in text_of(answer) and not Attachment.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "photo\u202ecod.txt", "<img src=x onerror=alert(1)>.txt", "письмо 💌.txt", "x" * 300 + ".txt", "a\r\nSet-Cookie: x.txt"])
def test_any_name_is_kept_as_text_and_nothing_else(officer, case, name):
    answer = add(officer, case, name=name)
    assert answer.status_code == 302
    one, page = Attachment.objects.get(), text_of(officer.get(answer["Location"]))
    assert not set(one.name) & set("/\\\r\n\u202e") and len(one.name) <= 150 and "<img src=x" not in page
    assert "Set-Cookie: x" not in str(officer.get(url(case, "file_content", one)).headers)


def test_a_sound_file_has_to_be_chosen_again_and_the_page_says_so(officer, case):
    assert "Choose the file again" in text_of(add(officer, case, title="")) and "Choose the file again" not in text_of(add(officer, case, b"", title=""))


def test_sent_twice_it_is_added_once(officer, case):
    once = re.search(r'name="once" value="([^"]+)"', text_of(officer.get(url(case, "file_add"))))[1]
    first, again = add(officer, case, once=once), add(officer, case, once=once)
    assert first["Location"] == again["Location"] and Attachment.objects.count() == 1


def test_a_refused_file_is_not_left_behind(officer, case, people):
    before = vault.names()
    close = case.__class__.objects.filter(pk=case.pk)
    close.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    assert add(officer, case).status_code == 422
    assert vault.names() == before and not Attachment.objects.exists()


def test_a_damaged_file_is_said_to_be_damaged_and_none_of_it_is_given_out(people, officer, case):
    one = added(people, case, content=b"CANARY " * 30_000)
    path = settings.FILES_FOLDER / one.stored_as[:2] / one.stored_as
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(bytes(data))
    answer = officer.get(url(case, "file_content", one))
    assert answer.status_code == 500 and "This file is damaged" in text_of(answer) and "CANARY" not in text_of(answer)


# --- protected places


@pytest.mark.parametrize("content", [pdf(f"She moved to {PLACE}"), docx("Neue Adresse: ZZ99 3VZ"), b"zz993vz", b"NIGHTJAR close"])
def test_a_file_that_names_a_protected_place_waits_for_a_decision(client_for, officer, case, people, content):
    protect(case)
    name = "letter.pdf" if content.startswith(b"%PDF") else "letter.docx" if content.startswith(b"PK") else "letter.txt"
    answer = add(officer, case, content, name)
    one = Attachment.objects.get()
    assert (one.audience, one.is_protected) == ("agency", True) and answer["Location"] == url(case, "file_share", one)
    assert "This file shows a protected place" in text_of(officer.get(answer["Location"]))
    assert Event.objects.get(verb="file.add").after["waits"] is True
    assert client_for("health_visitor").get(url(case, "file_page", one)).status_code == 404
    refused = officer.post(url(case, "file_share", one), {"for_whom": "all"})
    assert refused.status_code == 422
    assert officer.post(url(case, "file_share", one), {"for_whom": "protected"}).status_code == 302
    visitor = client_for("health_visitor")  # a partner whose role may not see protected addresses
    assert "A file that shows a protected place" in text_of(visitor.get(url(case, "file_list"))) and "locks" not in text_of(visitor.get(url(case, "file_list")))
    assert visitor.get(url(case, "file_page", one)).status_code == visitor.get(url(case, "file_content", one)).status_code == 403
    assert Event.objects.filter(verb="case.read", outcome="denied", reason="see_protected_address", actor=f"user:{people.health_visitor.pk}").exists()


@pytest.mark.parametrize("typed", [{"title": f"Lease of {PLACE}"}, {"name": "ZZ99-3VZ.txt"}])
def test_a_title_or_a_name_that_names_a_protected_place_counts_too(officer, case, typed):
    protect(case)
    add(officer, case, **typed)
    assert Attachment.objects.get().is_protected and Attachment.objects.get().audience == "agency"


def test_what_the_writer_says_shows_a_place_is_for_those_who_may_see_one(officer, client_for, case):
    add(officer, case, photo(), "IMG.jpg", shows_place="on")
    one = Attachment.objects.get()
    assert one.is_protected and one.audience == "partners" and client_for("health_visitor").get(url(case, "file_content", one)).status_code == 403


def test_a_file_that_was_harmless_is_not_once_somebody_hides_there(people, client_for, case):
    one, visitor = added(people, case, content=f"Her aunt lives at {PLACE}.".encode(), title="From her aunt"), client_for("health_visitor")
    assert visitor.get(url(case, "file_content", one)).status_code == 200
    protect(case)
    answer = visitor.get(url(case, "file_content", one))
    assert answer.status_code == 403 and "Nightjar" not in text_of(answer) and "protected" in text_of(answer)
    assert client_for("housing_officer").get(url(case, "file_content", one)).status_code == 200


def test_who_may_not_see_such_a_place_may_still_add_a_file_that_names_it(client_for, case):
    protect(case)
    answer = add(client_for("health_visitor"), case, PLACE.encode())
    one = Attachment.objects.get()
    assert answer["Location"] == url(case, "file_list") and one.is_protected and one.audience == "agency"
    assert client_for("health_visitor").get(url(case, "file_content", one)).status_code == 403


# --- what becomes of a file


def test_one_takes_the_place_of_another_which_stays(people, officer, case):
    one = added(people, case, title="First draft")
    answer = officer.post(url(case, "file_replace", one), {"title": "Final", "why": "The first was a draft.", "audience": "partners", "file": sent(b"Final")})
    newest = Attachment.objects.get(replaces=one)
    assert answer["Location"] == url(case, "file_page", newest) and newest.why == "The first was a draft."
    assert "Another file has taken its place" in text_of(officer.get(url(case, "file_page", one))) and "First draft" in text_of(officer.get(url(case, "file_page", newest)))
    assert text_of(officer.get(url(case, "file_content", one))) == "A note about the locks."
    again = officer.post(url(case, "file_replace", one), {"title": "Other", "why": "x", "audience": "partners", "file": sent()})
    assert again.status_code == 422 and "Replace the newest" in text_of(again)


def test_an_agencys_own_file_is_shared_later_with_a_record(people, officer, client_for, case):
    one = added(people, case, audience="agency")
    assert officer.post(url(case, "file_share", one), {}).status_code == 422
    assert officer.post(url(case, "file_share", one), {"for_whom": "all"}).status_code == 302
    one.refresh_from_db()
    assert one.audience == "partners" and one.shared_by == people.housing_officer
    assert client_for("health_visitor").get(url(case, "file_content", one)).status_code == 200
    assert "Shared later" in text_of(client_for("health_visitor").get(url(case, "file_page", one)))
    assert officer.get(url(case, "file_share", one)).url == url(case, "file_page", one)
    assert Event.objects.get(verb="file.share", outcome="done").after == {"audience": "partners", "is_protected": False}


def test_sharing_asks_again_what_the_file_names(people, officer, case):
    one = added(people, case, audience="agency", content=PLACE.encode())
    protect(case)
    answer = officer.post(url(case, "file_share", one), {"for_whom": "all"})
    assert answer.status_code == 422 and "This file shows a protected place" in text_of(answer)


def test_a_withdrawn_file_is_the_agencys_alone(people, officer, client_for, case):
    one, visitor = added(people, case, title="CANARY of somebody else"), client_for("health_visitor")
    assert officer.post(url(case, "file_withdraw", one), {"reason": " "}).status_code == 422
    assert officer.post(url(case, "file_withdraw", one), {"reason": "It is about another family."}).status_code == 302
    assert officer.get(url(case, "file_content", one)).status_code == 200 and "another family" in text_of(officer.get(url(case, "file_page", one)))
    assert visitor.get(url(case, "file_content", one)).status_code == 403
    for path in (url(case, "file_list"), url(case, "file_page", one)):
        text = text_of(visitor.get(path))
        assert "A file that was withdrawn" in text and "CANARY" not in text and "another family" not in text and "note.txt" not in text
    for name in ("file_withdraw", "file_share"):
        assert officer.get(url(case, name, one)).url == url(case, "file_page", one)
    assert officer.get(url(case, "file_replace", one)).status_code == 404


def test_nothing_of_a_closed_case_is_added_or_changed(people, officer, case, a_case):
    done = a_case(clock=None, given_name="Done")
    one = added(people, done, audience="agency")
    close(people, done, "housing_manager")
    assert add(officer, done).status_code == 422
    assert officer.post(url(done, "file_withdraw", one), {"reason": "x"}).status_code == 422
    assert officer.get(url(done, "file_content", one)).status_code == 200 and "Withdraw it" not in text_of(officer.get(url(done, "file_page", one)))


@pytest.mark.parametrize("change", [{"title": "x"}, {"name": "x"}, {"stored_as": "0" * 32}, {"digest": "x"}, {"agency_id": None}])
def test_the_database_keeps_a_file_as_it_was_added(people, case, change):
    one = added(people, case)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.filter(pk=one.pk).delete()


def test_what_was_withdrawn_stays_withdrawn(people, officer, case):
    one = added(people, case)
    officer.post(url(case, "file_withdraw", one), {"reason": "Wrong case."})
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.filter(pk=one.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")


def test_a_long_list_comes_in_pages_and_costs_the_same(people, officer, case):
    def many(count):
        first = added(people, case)
        row = {name: getattr(first, name) for name in ("case_id", "agency_id", "audience", "kind", "size", "digest", "is_read_whole", "added_by_id")}
        Attachment.objects.bulk_create(
            Attachment(**row, title=f"File {number}", name="x.txt", stored_as=f"{count:016x}{number:016x}", added_at=first.added_at - timedelta(minutes=number))
            for number in range(count)
        )

    many(2)
    officer.get(url(case, "file_list"))
    with CaptureQueriesContext(connection) as few:
        officer.get(url(case, "file_list"))
    many(120)
    with CaptureQueriesContext(connection) as more:
        text = text_of(officer.get(url(case, "file_list")))
    assert len(more) == len(few) <= 10 and text.count("govuk-summary-card__title-wrapper") == 50 and "?page=1" in text
    assert "?page=0" in text_of(officer.get(url(case, "file_list") + "?page=2")) or "?page=1" in text_of(officer.get(url(case, "file_list") + "?page=2"))
    for page in ("-1", "x", "9" * 30, "%00"):
        assert officer.get(url(case, "file_list") + f"?page={page}").status_code == 200
