"""The pages of contact: its safety is read before it is used, and nothing that was typed is lost."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.safe_contact import change_safe_contact
from cases.models import Address, Clock, ContactAttempt, Entry, SafeContact
from tests.cases.contacting import HOUR, LONG_REASON, typed, way, windows_around

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")


# --- the pages


def test_the_state_of_a_channel_is_read_before_it_is_chosen(client_for, a_case):
    case = a_case()
    SafeContact.objects.filter(case=case).update(is_safe="no", how="Never ring in the evening")
    text = client_for("housing_officer").get(reverse("case_contact", args=[case.reference])).content.decode()
    assert text.index("This channel is marked not safe.") < text.index("How did you try, or")
    assert text.count("Never ring in the evening") >= 2 and "No way of contact is known to be safe." in text
    assert "End the call. Do not say who you are" in text
    assert re.search(r"<h3 [^>]*>Telephone call ", text)


def test_a_failed_attempt_offers_the_next_safe_times_and_warns(client_for, a_case):
    now = timezone.now()
    case = a_case(windows=windows_around(now, inside=False))
    client = client_for("housing_officer")
    response = client.post(reverse("case_contact", args=[case.reference]), typed(case, override_reason=LONG_REASON))
    assert response.status_code == 302
    text = client.get(response["Location"]).content.decode()
    assert "When to try next" in text and "safe time is left before the promise is due." in text
    assert "That is marked, with your reason" in text


def test_the_third_failure_says_who_was_told_and_someone_elses_voice_says_end_the_call(client_for, a_case, attempt):
    case = a_case()
    attempt(case)
    attempt(case)
    client = client_for("housing_officer")
    response = client.post(reverse("case_contact", args=[case.reference]), typed(case, outcome="someone_else", answered_by="adult"), follow=True)
    text = response.content.decode()
    assert "End the call" in text and "police welfare check" in text
    other = a_case()
    response = client.post(reverse("case_contact", args=[other.reference]), typed(other, outcome="someone_else", answered_by="unknown"), follow=True)
    assert "do not try it again" in response.content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"outcome": ""}, "What happened?"),
        ({"outcome": "reached"}, "Did you talk the situation through?"),
        ({"outcome": "someone_else"}, "Who answered?"),
        ({"route": ""}, "How did you try, or how did they reach you?"),
        ({"route": "other"}, "Which way?"),
        ({"route": "999999"}, "Choose one of the answers listed"),
        ({"at_day": "31", "at_month": "2"}, "must be a real date"),
        ({"at_year": "2999"}, "in the past"),
        ({"note": "x" * 10_001}, "10,000 characters or fewer"),
        ({"note": "a\x00b"}, "cannot be printed"),
    ],
)
def test_a_wrong_answer_is_said_in_words_and_nothing_is_lost(client_for, a_case, facts, words):
    case = a_case()
    response = client_for("housing_officer").post(reverse("case_contact", args=[case.reference]), typed(case, **{"note": "kept as typed", **facts}))
    text = response.content.decode()
    assert response.status_code == 422 and "There is a problem" in text and "<title>Error: " in text
    assert words.lower() in text.lower() or f"Answer “{words}”" in text
    assert "note" in facts or "kept as typed" in text
    assert not ContactAttempt.objects.exists()


def test_ten_thousand_characters_are_kept(client_for, a_case):
    case = a_case()
    assert client_for("housing_officer").post(reverse("case_contact", args=[case.reference]), typed(case, note="é" * 10_000)).status_code == 302
    assert Entry.objects.filter(case=case, text="é" * 10_000).exists()


def test_a_refusal_stands_beside_its_question_and_nothing_is_lost(client_for, a_case):
    case = a_case(received_ago=50 * HOUR)
    response = client_for("housing_officer").post(
        reverse("case_contact", args=[case.reference]), typed(case, outcome="reached", talked_it_through="yes", still_safe="yes", note="kept as typed")
    )
    text = response.content.decode()
    assert response.status_code == 422 and 'href="#id_breach_reason"' in text and "kept as typed" in text
    assert Clock.objects.get(case=case).is_running


def test_sending_the_form_twice_leads_to_the_same_page(client_for, a_case):
    case = a_case()
    client, facts = client_for("housing_officer"), typed(a_case())
    facts["route"] = str(SafeContact.objects.get(case=case).pk)
    first = client.post(reverse("case_contact", args=[case.reference]), facts)
    second = client.post(reverse("case_contact", args=[case.reference]), facts)
    assert first["Location"] == second["Location"]
    assert ContactAttempt.objects.filter(case=case).count() == 1


@pytest.mark.parametrize("name", ["case_contact", "case_contact_saved", "contact_number", "safe_contact_verify"])
def test_the_pages_are_closed_from_outside(client_for, a_case, attempt, share, name):
    case = a_case()
    done = attempt(case)
    share(case, "vale_probation", "partner")
    share(case, "lantern_outreach", "summary")
    ids = {"case_contact": [], "case_contact_saved": [done.pk]}.get(name, [SafeContact.objects.get(case=case).pk])
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert client_for(persona).post(url).status_code in ((404, 405) if name == "case_contact_saved" else (404,)), persona
    assert client_for("marac_representative").get(url).status_code in (403, 404)
    assert client_for("outreach_worker").get(url).status_code == (200 if name == "contact_number" else 403)


def test_the_number_comes_after_its_safety_and_each_look_is_kept(client_for, a_case):
    case = a_case()
    contact = SafeContact.objects.get(case=case)
    url = reverse("contact_number", args=[case.reference, contact.pk])
    client = client_for("housing_officer")
    before = client.get(url)
    assert "900123" not in before.content.decode().replace(" ", "") and "Ask for Mari" in before.content.decode()
    assert not Event.objects.filter(subject=f"number:{contact.pk}").exists()
    shown = client.post(url)
    assert "07700 900123" in shown.content.decode() and shown["Cache-Control"].find("no-store") >= 0
    event = Event.objects.get(subject=f"number:{contact.pk}")
    assert (event.outcome, event.case_reference) == ("read", case.reference)


def test_a_number_that_is_not_safe_now_wants_a_yes_first(client_for, a_case):
    case = a_case()
    SafeContact.objects.filter(case=case).update(is_safe="no")
    url = reverse("contact_number", args=[case.reference, SafeContact.objects.get(case=case).pk])
    client = client_for("housing_officer")
    refused = client.post(url)
    assert refused.status_code == 422 and "900123" not in refused.content.decode().replace(" ", "")
    assert "07700 900123" in client.post(url, {"understood": "on"}).content.decode()


def test_another_cases_channel_shows_nothing(client_for, a_case):
    case, other = a_case(), a_case()
    client = client_for("housing_officer")
    theirs = SafeContact.objects.get(case=other)
    assert client.post(reverse("contact_number", args=[case.reference, theirs.pk])).status_code == 404


def test_a_visit_to_a_protected_address_is_as_protected_as_the_address(client_for, a_case, share):
    case = a_case()
    victim = case.parties.get(role="victim")
    visit = way(case, "visit", "17 Nightjar Close")
    share(case, "valley_health", "partner")
    url = reverse("contact_number", args=[case.reference, visit.pk])
    client = client_for("health_visitor")
    assert "17 Nightjar Close" in client.post(url).content.decode()
    Address.objects.create(case=case, party=victim, lines="17 Nightjar Close", visibility="confidential", from_at=timezone.now())
    response = client.post(url)
    assert response.status_code == 403 and "Nightjar" not in response.content.decode()
    assert "17 Nightjar Close" in client_for("housing_officer").post(url).content.decode()


def test_a_link_from_before_a_change_says_so_to_whoever_may_see_the_case(client_for, a_case, people):
    case = a_case()
    old = SafeContact.objects.get(case=case)
    ended = way(case, "email", "mari@example.org", ended_at=timezone.now())
    change_safe_contact(
        people.actor("housing_officer"), case, contact_id=old.pk, channel="phone", value="07700 900456", is_safe="no", times="unknown", voicemail="no",
    )
    client = client_for("housing_officer")
    for contact, words in ((old, "was changed"), (ended, "was taken out of use")):
        url = reverse("contact_number", args=[case.reference, contact.pk])
        for response in (client.get(url), client.post(url, {"understood": "on"})):
            text = response.content.decode()
            assert response.status_code == 410 and f"This way of contact {words}" in text
            assert f'href="/cases/{case.reference}/#safe-contact"' in text
            assert "900123" not in text.replace(" ", "") and "900456" not in text.replace(" ", "") and "mari@" not in text
        for persona in ("outsider", "superuser", "idva"):
            assert client_for(persona).get(url).status_code == 404, persona


def test_a_way_taken_out_of_use_can_still_be_said_of_a_try_before_that(client_for, a_case):
    now = timezone.now()
    case = a_case(received_ago=5 * HOUR)
    gone = way(case, "email", "mari@example.org", recorded_at=now - 4 * HOUR, verified_at=now - 4 * HOUR, ended_at=now - HOUR)
    way(case, "letter", "4 Plover Court", recorded_at=now - 300 * HOUR, ended_at=now - 200 * HOUR)
    client, url = client_for("housing_officer"), reverse("case_contact", args=[case.reference])
    text = client.get(url).content.decode()
    assert "E-mail, before it was taken out of use" in text and "Letter, before" not in text
    late = client.post(url, typed(case, route=str(gone.pk)))
    assert late.status_code == 422 and "took it out of use. Choose again." in late.content.decode()
    local = timezone.localtime(now - 2 * HOUR)
    assert client.post(url, typed(case, route=str(gone.pk), at_time=f"{local:%H:%M}", outcome="message_sent")).status_code == 302
    assert ContactAttempt.objects.get(case=case).was_safe_route


def test_they_called_us_is_one_of_the_ways_and_wants_only_what_can_be(client_for, a_case):
    case = a_case(received_ago=HOUR)
    client, url = client_for("housing_officer"), reverse("case_contact", args=[case.reference])
    assert "They called us, or came to us" in client.get(url).content.decode()
    wrong = client.post(url, typed(case, route="from_them", is_after_report="yes", outcome="no_answer", note="kept as typed"))
    assert wrong.status_code == 422 and "They called you or came to you." in wrong.content.decode() and "kept as typed" in wrong.content.decode()
    spoken = {"route": "from_them", "is_after_report": "yes", "outcome": "reached", "talked_it_through": "yes", "still_safe": "no"}
    assert client.post(url, typed(case, **spoken)).status_code == 302
    made = ContactAttempt.objects.get(case=case)
    assert (made.channel, made.contact, made.was_safe_route) == ("from_them", None, True)
    assert not Clock.objects.filter(case=case, stopped_at=None).exists()
    assert Entry.objects.get(case=case, kind="contact").title == "They called us, or came to us: Reached and spoke safely"
    # Nothing waits for a contact any more: then nobody is asked.
    assert "is_after_report" not in client.get(url).content.decode()


@pytest.mark.parametrize(("facts", "words"), [
    ({"is_after_report": "no"}, "This is the report itself. Record the contact that came after it."),
    ({}, "Answer “Is this another contact, after the report that the case began with?”"),
])
def test_the_report_is_not_recorded_once_more_as_a_contact(client_for, a_case, facts, words):
    case = a_case(received_ago=HOUR)
    client, url = client_for("housing_officer"), reverse("case_contact", args=[case.reference])
    spoken = {"route": "from_them", "outcome": "reached", "talked_it_through": "yes", "still_safe": "no", "note": "kept as typed"}
    refused = client.post(url, typed(case, **spoken, **facts))
    assert refused.status_code == 422 and words in refused.content.decode() and "kept as typed" in refused.content.decode()
    assert not ContactAttempt.objects.filter(case=case).exists()


def test_a_call_of_theirs_in_the_minute_of_the_report_is_refused_beside_the_time(client_for, a_case):
    case = a_case()
    client, url = client_for("housing_officer"), reverse("case_contact", args=[case.reference])
    spoken = {"route": "from_them", "is_after_report": "yes", "outcome": "reached", "talked_it_through": "yes", "still_safe": "no"}
    refused = client.post(url, typed(case, **spoken))
    assert refused.status_code == 422 and 'id="id_at-error"' in refused.content.decode()
    assert not ContactAttempt.objects.filter(case=case).exists() and Clock.objects.filter(case=case, stopped_at=None).exists()
