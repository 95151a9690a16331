"""The case page: what each reader is shown, what nobody is shown, and that it costs the same however long the case is."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from audit.models import Event
from cases import chronology, clocks
from cases.models import Address, Assessment, Clock, Consent, Entry, Party, SafeContact, Task
from cases.models.chronology import Audience
from cases.opening import add_party

CANARY = "17 Nightjar Close"


def page_of(client, case):
    response = client.get(reverse("case", args=[case.reference]))
    assert response.status_code == 200
    return response.content.decode()


def protected_address(case, party=None, visibility="confidential"):
    party = party or case.parties.get(role="victim")
    return Address.objects.create(case=case, party=party, lines=CANARY, postcode="ZZ99 3VZ", visibility=visibility, from_at=timezone.now())


# --- from the outside


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "information_governance", "administrator", "idva", "health_visitor"])
def test_without_a_grant_the_case_does_not_exist(client_for, a_case, persona):
    case = a_case()
    response = client_for(persona).get(reverse("case", args=[case.reference]))
    assert response.status_code == 404
    assert case.reference not in re.sub(r'name="form_owner".*', "", response.content.decode())


def test_signed_out_leads_to_the_sign_in_page(client, a_case):
    response = client.get(reverse("case", args=[a_case().reference]))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_meeting_grant_opens_nothing_of_the_case(client_for, a_case, share):
    case = a_case()
    share(case, "harbour_idva", "meeting")
    assert client_for("idva").get(reverse("case", args=[case.reference])).status_code == 403


def test_each_opening_is_kept_in_the_log(client_for, a_case, people):
    case = a_case()
    page_of(client_for("housing_officer"), case)
    event = Event.objects.filter(verb="case.read", case_reference=case.reference).latest("id")
    assert (event.outcome, event.actor) == ("read", f"user:{people.housing_officer.pk}")


# --- levels


def test_at_level_summary_only_the_summary_is_shown(client_for, a_case, share, inside_gate):
    case = a_case(windows=[(day, 0, 23) for day in range(7)])
    share(case, "harbour_idva", "summary")
    protected_address(case)
    with inside_gate() as act:
        chronology.record(act, case, "note", "A shared heading", text="A shared note")
    text = page_of(client_for("idva"), case)
    assert "Marigold Thistlewood" in text
    assert "Safe contact" in text
    assert "Not assessed yet" in text
    assert "Tamsin Okonedo-Reyes" in text  # the lead worker
    for hidden in ("Rufus", "Juniper", "A shared heading", "A shared note", "Promises", "Chronology", "Consent", "Who can see this case", CANARY, "Protected address"):
        assert hidden not in text
    assert "Record a contact attempt" not in text


def test_a_partner_reads_what_is_shared_and_may_not_change_people(client_for, a_case, share):
    case = a_case()
    share(case, "harbour_idva", "partner")
    text = page_of(client_for("idva"), case)
    for shown in ("Rufus Blackwater", "Juniper", "Promises", "Contact the victim/survivor", "Record a contact attempt", "Harbour IDVA Service: partner"):
        assert shown in text
    for hidden in ("Add a person", "Close this case", "New address", "Who sees what, and sharing"):
        assert hidden not in text


@pytest.mark.parametrize("level", ["partner", "lead"])
def test_another_agencys_private_note_is_invisible_at_every_level(client_for, a_case, share, inside_gate, level):
    case = a_case()
    share(case, "harbour_idva", level)
    with inside_gate("housing_officer") as act:
        private = chronology.record(act, case, "note", "Ours alone", text="canary-private-note", audience=Audience.AGENCY)
    assert "canary-private-note" in page_of(client_for("other_housing_officer"), case)
    idva = client_for("idva")
    text = page_of(idva, case)
    assert "canary-private-note" not in text and "Ours alone" not in text
    assert "canary-private-note" not in idva.get(reverse("case_chronology", args=[case.reference])).content.decode()
    assert idva.get(reverse("entry", args=[case.reference, private.pk])).status_code == 404
    assert idva.get(reverse("entry_correct", args=[case.reference, private.pk])).status_code == 404


def test_another_agencys_draft_and_tasks_are_not_shown(client_for, a_case, share, people):
    case = a_case()
    share(case, "harbour_idva")
    at = timezone.now()
    Assessment.objects.create(case=case, agency=people.agency("northvale_housing"), tool="ric24", version="2026", started_at=at, started_by=people.housing_manager)
    Task.objects.create(case=case, agency=people.agency("northvale_housing"), kind="x", origin="x:1", title="Ring the locksmith", due_at=at, raised_at=at)
    assert "Draft of" not in (text := page_of(client_for("idva"), case)) and "locksmith" not in text
    assert "Draft of" in (text := page_of(client_for("housing_officer"), case)) and "locksmith" in text


# --- what is never on the page


@pytest.mark.parametrize(("persona", "agency"), [("health_visitor", "valley_health"), ("marac_representative", "vale_probation")])
@pytest.mark.parametrize("visibility", ["restricted", "confidential"])
def test_a_protected_address_is_not_in_the_page_for_who_lacks_the_capability(client_for, a_case, share, persona, agency, visibility):
    case = a_case()
    share(case, agency, "partner")
    protected_address(case, visibility=visibility)
    client = client_for(persona)
    text = page_of(client, case)
    assert CANARY not in text and "ZZ99" not in text
    assert "Protected address, in Bolsover." in text
    party = case.parties.get(role="victim")
    assert client.get(reverse("address", args=[case.reference, party.pk])).status_code in (403, 404)


def test_a_protected_address_has_a_page_of_its_own_and_each_look_is_kept(client_for, a_case):
    case = a_case()
    protected_address(case)
    client = client_for("housing_officer")
    assert CANARY not in page_of(client, case)
    party = case.parties.get(role="victim")
    assert CANARY in client.get(reverse("address", args=[case.reference, party.pk])).content.decode()
    assert Event.objects.filter(case_reference=case.reference, subject=f"address:{party.pk}", outcome="read").exists()


def test_a_normal_address_is_shown_and_an_ended_one_is_not(client_for, a_case):
    case = a_case()
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines="1 Old Lane", postcode="ZZ99 1AA", from_at=timezone.now(), until_at=timezone.now())
    Address.objects.create(case=case, party=victim, lines="2 New Lane", postcode="ZZ99 1AB", from_at=timezone.now())
    text = page_of(client_for("housing_officer"), case)
    assert "2 New Lane, ZZ99 1AB" in text and "1 Old Lane" not in text


def test_the_number_is_not_in_the_page(client_for, a_case):
    text = page_of(client_for("housing_officer"), a_case())
    assert "900123" not in text.replace(" ", "")
    assert "bluebell" in text  # the code word is for whoever may ring


def test_the_code_word_is_not_shown_to_who_may_not_ring(client_for, a_case, share):
    case = a_case()
    share(case, "vale_probation", "partner")
    text = page_of(client_for("marac_representative"), case)
    assert "Ask for Mari" in text and "bluebell" not in text and "Show the number" not in text


def test_the_title_and_the_address_say_nothing(client_for, a_case):
    case = a_case()
    text = page_of(client_for("housing_officer"), case)
    assert re.search(r"<title>\s*Case " + case.reference + r" - Waymark</title>", text)


def test_html_in_every_text_is_shown_as_text(client_for, a_case, inside_gate, people):
    bad = "<script>alert(1)</script>"
    case = a_case(given_name=bad, family_name="<b>x</b>")
    SafeContact.objects.filter(case=case).update(how=bad, code_word=bad)
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines=bad, from_at=timezone.now())
    Consent.objects.create(case=case, party=victim, state="given", scope=bad, reason=bad, recorded_at=timezone.now(), recorded_by=people.idva)
    Clock.objects.filter(case=case).update(
        breach_reason=bad, breach_explained_at=timezone.now(), breach_explained_by=people.idva, started_at=timezone.now() - timedelta(days=9),
        due_at=timezone.now() - timedelta(days=2),
    )
    Task.objects.create(case=case, agency=case.lead_agency, kind="x", origin="x:1", title=bad, why=bad, due_at=timezone.now(), raised_at=timezone.now())
    with inside_gate() as act:
        chronology.record(act, case, "note", bad, text=bad)
    client = client_for("housing_officer")
    text = page_of(client, case) + client.get(reverse("case_chronology", args=[case.reference])).content.decode()
    assert bad not in text and "<b>x</b>" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12


# --- promises: the truth, whether or not a sweep has run


def test_a_missed_promise_is_said_without_any_sweep(client_for, a_case):
    case = a_case(received_ago=timedelta(hours=50, minutes=1))
    assert Clock.objects.get(case=case).breached_at is None
    text = page_of(client_for("housing_officer"), case)
    assert "1 promise missed." in text
    assert "2 hours 1 minute overdue" in text
    assert "48 elapsed hours from" in text
    assert "Say why a promise was missed" in text


def test_time_left_stands_in_words_and_overdue_comes_first(client_for, a_case, inside_gate):
    case = a_case(received_ago=timedelta(hours=29))
    with inside_gate() as act:
        clocks.start(act, case, "discussion", agency=case.lead_agency, started_at=act.at - timedelta(hours=60))
    text = page_of(client_for("housing_officer"), case)
    promises = text[text.index("<h2 class=\"govuk-heading-m\">Promises"):]
    assert promises.index("12 hours overdue") < promises.index("hours 59 minutes left") or promises.index("12 hours overdue") < promises.index("19 hours left")


def test_another_agencys_promise_is_shown_but_not_theirs_to_explain(client_for, a_case, share):
    case = a_case(received_ago=timedelta(hours=60))
    share(case, "harbour_idva")
    client = client_for("idva")
    assert "Say why" not in page_of(client, case)
    clock = Clock.objects.get(case=case)
    assert client.get(reverse("clock_reason", args=[case.reference, clock.pk])).status_code == 403
    assert client.get(reverse("clock_stop", args=[case.reference, clock.pk])).status_code == 403


# --- people


def test_ages_in_words(client_for, a_case, inside_gate):
    case = a_case()
    today = timezone.localdate()
    with inside_gate() as act:
        add_party(act, case, "child", given_name="Baby", is_unborn=True, expected_on=today + timedelta(days=40))
        add_party(act, case, "adult", given_name="Elder", approximate_age=70)
        add_party(act, case, "child", given_name="Tot", date_of_birth=today - timedelta(days=40))
    text = page_of(client_for("housing_officer"), case)
    assert "3 years old" in text and "Not yet born, expected" in text and "About 70 years old on" in text and "1 month old" in text


# --- the chronology


def test_the_newest_twenty_and_the_older_ones_behind_a_link(client_for, a_case, inside_gate):
    case = a_case()
    with inside_gate() as act:
        for number in range(75):
            chronology.record(act, case, "note", f"Entry number {number:03}", happened_at=act.at - timedelta(hours=number % 7, minutes=number))
    client = client_for("housing_officer")
    text = page_of(client, case)
    assert len(re.findall(r"Entry number \d{3}</h3>", text)) == 20
    seen = re.findall(r"Entry number (\d{3})</h3>", text)
    url = re.search(r'href="([^"]+before=[^"]+)"', text)[1]
    while url:
        response = client.get(url)
        assert response.status_code == 200
        part = response.content.decode()
        seen += re.findall(r"Entry number (\d{3})</h3>", part)
        more = re.search(r'href="(\?before=[^"]+)"', part)
        url = reverse("case_chronology", args=[case.reference]) + more[1] if more else ""
    assert sorted(seen) == [f"{number:03}" for number in range(75)]


@pytest.mark.parametrize("key", ["x", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00~x", "~", "2026-01-01T00:00:00+00:00~999999999999999999999", "%00~1"])
def test_a_key_that_makes_no_sense_shows_the_newest(client_for, a_case, inside_gate, key):
    case = a_case()
    with inside_gate() as act:
        chronology.record(act, case, "note", "The newest")
    response = client_for("housing_officer").get(reverse("case_chronology", args=[case.reference]), {"before": key})
    assert response.status_code == 200 and "The newest" in response.content.decode()


# --- cost


def test_the_number_of_queries_does_not_grow_with_the_case(client_for, a_case, inside_gate, people, share, django_assert_max_num_queries):
    def fill(case, entries, more_people, clocks_stopped):
        with inside_gate() as act:
            for number in range(entries):
                chronology.record(act, case, "note", f"Entry {number}", happened_at=act.at - timedelta(minutes=number))
            for number in range(more_people):
                party = add_party(act, case, "child", given_name=f"Child {number}", date_of_birth=act.at.date())
                Address.objects.create(case=case, party=party, lines=f"{number} Lane", from_at=act.at)
            for number in range(clocks_stopped):
                clock = clocks.start(act, case, "discussion", agency=case.lead_agency, owner=people.housing_officer, started_at=act.at - timedelta(hours=number))
                clocks.stop(act, clock, "met")
            for number in range(entries // 20):
                Task.objects.create(case=case, agency=case.lead_agency, owner=people.housing_officer, kind="x", origin=f"x:{number}", title="Do", due_at=act.at, raised_at=act.at)
                victim = Party.objects.get(case=case, role="victim")
                contact = SafeContact.objects.create(
                    case=case, party=victim, channel="text", value="07700 900124", is_safe="yes", times="windows", recorded_at=act.at
                )
                contact.windows.create(case=case, weekday=number % 7, starts="09:00", ends="10:00")

    small, large = a_case(), a_case()
    fill(small, 1, 0, 0)
    fill(large, 200, 3, 9)
    for slug in ("harbour_idva", "lantern_outreach", "valley_health", "vale_probation"):
        share(large, slug)
    assert Entry.objects.filter(case=large).count() >= 200 and Clock.objects.filter(case=large).count() == 10
    client = client_for("housing_officer")
    page_of(client, small)
    with django_assert_max_num_queries(25) as few:
        page_of(client, small)
    with django_assert_max_num_queries(25) as many:
        page_of(client, large)
    assert len(few) == len(many), "\n".join(query["sql"][:150] for query in many)


def test_the_agency_of_the_writer_is_named(client_for, a_case, share, inside_gate):
    case = a_case()
    share(case, "harbour_idva")
    with inside_gate("idva") as act:
        chronology.record(act, case, "note", "Heading", text="From the IDVA")
    text = page_of(client_for("housing_officer"), case)
    assert f"by Imogen Takahashi-Bell, {Agency.objects.get(slug='harbour_idva').short_name}" in text
    assert "Partners</span>" in text
