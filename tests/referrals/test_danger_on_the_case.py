"""Somebody was in danger when it was reported: what the case says afterwards, until when, and who may say that it is over."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.closing import reasons_cannot_close
from cases.models import Case, Entry
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_for):
    return client_for("housing_officer")


NOW = {"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}}
NUMBERED = NOW | {"emergency": {"pace": "log_now", "police_incident_number": "INC-0420-7"}}
BANNER = "Someone was in danger when this was reported"


def shown(client, case):
    return client.get(reverse("case", args=[case.reference])).content.decode()


def add_number(client, case, number):
    url = reverse("incident_number", args=[case.reference])
    return client.post(url, walk.hidden(client.get(url)) | {"number": number})


def say_settled(client, case, reason="The police went there. Both are at her sister’s."):
    url = reverse("danger_settled", args=[case.reference])
    return client.post(url, walk.hidden(client.get(url)) | {"reason": reason})


def speak(people, case, persona="housing_officer", **facts):
    from cases.actions.contact import record_contact

    case.refresh_from_db()
    return record_contact(
        people.actor(persona), case, **{"at": timezone.now(), "outcome": "reached", "channel": "in_person", "audience": "partners", **facts},
    )


def settled(case):
    case.refresh_from_db()
    return not case.is_danger_unsettled


def test_the_banner_is_the_first_thing_on_the_case(client):
    case = walk.log(client, NOW, danger="yes").case
    page = shown(client, case)
    assert page.index("</h1>") < page.index(BANNER) < page.index("Safe contact</h2>")
    for words in (
        "If anyone is in danger now, call 999.", "Logged by Northvale", "received on",
        "No police incident number is recorded.", "Nobody has recorded that they have spoken safely",
    ):
        assert words in page, words
    assert page.count("Add the police incident number") == 2  # in the banner and under what is next
    assert case.danger_reported_at == case.disclosure.received_at


def test_no_danger_no_banner(client):
    case = walk.log(client, walk.SHORT).case
    assert case.danger_reported_at is None
    assert "in danger" not in shown(client, case)


def test_whoever_could_not_tell_and_called_gets_the_banner_in_those_words(client):
    with_call, without = walk.log(client, NUMBERED, danger="not_known").case, walk.log(client, NOW, danger="not_known").case
    assert "whoever logged it could not tell" in shown(client, with_call)
    assert "Police incident number: INC-0420-7." in shown(client, with_call)
    assert without.danger_reported_at is None
    assert "Whoever logged this could not tell whether anyone was in danger" in shown(client, without)


def test_a_number_and_a_safe_contact_end_it_in_either_order(client, people):
    one, other = walk.log(client, NOW, danger="yes").case, walk.log(client, NUMBERED, danger="yes").case
    assert add_number(client, one, "INC-9").status_code == 302
    assert not settled(one)
    speak(people, one)
    assert settled(one)
    assert not settled(other)
    speak(people, other)
    assert settled(other)
    third = walk.log(client, NOW, danger="yes").case
    speak(people, third)
    assert not settled(third)
    assert "Somebody has spoken safely with the victim/survivor since." in shown(client, third)
    add_number(client, third, "INC-10")
    assert settled(third)
    for case in (one, other, third):
        assert BANNER not in shown(client, case).split('id="safe-contact"')[0]
        assert Event.objects.filter(case_reference=case.reference, verb="danger.settle").count() == 1


def test_the_call_in_which_it_was_reported_ends_nothing_and_keeps_nothing(client, people):
    from agencies.gate import Refused
    from cases.models import Clock, ContactAttempt

    disclosure = walk.log(client, NUMBERED, danger="yes")
    case = disclosure.case
    with pytest.raises(Refused, match="This is the report itself") as refusal:
        speak(people, case, channel="from_them", at=disclosure.received_at)
    assert refusal.value.field == "at"
    # Recorded before this was refused: it does not count as spoken since.
    ContactAttempt.objects.create(
        case=case, agency=case.lead_agency, by=people.housing_officer, at=disclosure.received_at, recorded_at=timezone.now(), channel="from_them",
        outcome="reached", was_safe_route=True,
    )
    assert "Nobody has recorded that they have spoken safely" in shown(client, case)
    add_number(client, case, "INC-10")
    assert not settled(case)
    assert Clock.objects.get(case=case, kind="contact").stopped_at is None
    speak(people, case)
    assert settled(case)


@pytest.mark.parametrize("facts", [
    {"outcome": "no_answer"}, {"outcome": "someone_else", "answered_by": "adult"},
    {"channel": "phone", "override_reason": "They asked me to ring them back at once"},
])
def test_a_contact_that_did_not_reach_them_safely_does_not_end_it(client, people, facts):
    case = walk.log(client, NUMBERED, danger="yes").case
    speak(people, case, **facts)
    assert not settled(case)


def test_a_worker_may_say_with_a_reason_that_it_has_been_dealt_with(client):
    case = walk.log(client, NOW, danger="yes").case
    assert say_settled(client, case, "").status_code == 422
    assert say_settled(client, case, "too short").status_code == 422
    assert not settled(case)
    assert say_settled(client, case).status_code == 302
    assert settled(case)
    page = shown(client, case)
    assert "Add the police incident number" not in page
    assert "Both are at her sister’s." in page
    event = Event.objects.get(verb="danger.settle", case_reference=case.reference, outcome="done")
    assert "sister" not in f"{event.before} {event.after} {event.reason}"
    again = say_settled(client, case)
    assert again.status_code == 422
    assert "has been dealt with" in again.content.decode()


def test_a_number_is_added_and_corrected_and_the_one_before_is_kept(client):
    case = walk.log(client, NOW, danger="yes").case
    add_number(client, case, "INC-0420-7")
    add_number(client, case, "INC-0420-8")
    assert Disclosure.objects.get(case=case).police_incident_number == "INC-0420-8"
    texts = list(Entry.objects.filter(case=case, title__startswith="Police incident number").order_by("pk").values_list("title", "text"))
    assert texts == [("Police incident number added", "INC-0420-7."), ("Police incident number corrected", "It was INC-0420-7. It is now INC-0420-8.")]
    changes = Event.objects.filter(verb="disclosure.incident_number", outcome="done").order_by("id").values_list("before", "after")
    assert list(changes) == [
        ({"police_incident_number": ""}, {"police_incident_number": "INC-0420-7"}),
        ({"police_incident_number": "INC-0420-7"}, {"police_incident_number": "INC-0420-8"}),
    ]


def test_words_typed_in_a_hurry_instead_of_a_number_do_not_enter_the_log(client):
    case = walk.log(client, NOW | {"emergency": {"pace": "log_now", "police_incident_number": "PC Eldridge said he will ring"}}, danger="yes").case
    add_number(client, case, "INC-0420-8")
    assert "Eldridge" not in " ".join(f"{event.before} {event.after} {event.reason}" for event in Event.objects.all())
    assert "Eldridge" in Entry.objects.get(case=case, kind="risk", title="Someone was in danger when this was reported").text
    assert Entry.objects.filter(case=case, title="Police incident number added").exists()


@pytest.mark.parametrize("number", ["", "none yet", "PC Eldridge rang me 3 times", "<b>1</b>", "1" * 41, "INC-0420-7\x00"])
def test_what_is_no_number_is_refused_beside_the_question_with_nothing_lost(client, number):
    case = walk.log(client, NUMBERED, danger="yes").case
    refused = add_number(client, case, number)
    assert refused.status_code == 422
    assert 'id="id_number-error"' in refused.content.decode()
    assert Disclosure.objects.get(case=case).police_incident_number == "INC-0420-7"


def test_the_same_number_again_is_refused_and_of_two_corrections_the_later_is_told(client, client_for):
    case = walk.log(client, NUMBERED, danger="yes").case
    assert add_number(client, case, "INC-0420-7").status_code == 422
    url = reverse("incident_number", args=[case.reference])
    opened = walk.hidden(client.get(url))
    assert add_number(client_for("housing_manager"), case, "INC-1").status_code == 302
    late = client.post(url, opened | {"number": "INC-2"})
    assert late.status_code == 422
    assert "INC-1" in late.content.decode() and 'value="INC-2"' in late.content.decode()
    assert client.post(url, walk.hidden(late) | {"number": "INC-2"}).status_code == 302
    assert "It was INC-1. It is now INC-2." in Entry.objects.filter(case=case).values_list("text", flat=True)


@pytest.mark.parametrize("name", ["incident_number", "danger_settled"])
def test_who_may_not(client, client_for, share, name):
    case = walk.log(client, NOW, danger="yes").case
    url = reverse(name, args=[case.reference])
    for persona in ("outsider", "idva", "superuser", "call_handler"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert client_for(persona).post(url, {"number": "INC-1", "reason": "It is over now"}).status_code == 404, persona
    share(case, "harbour_idva", "summary")
    assert client_for("idva").get(url).status_code == 403
    assert client_for("idva").post(url, {"number": "INC-1", "reason": "It is over now"}).status_code == 403
    assert not settled(case)
    assert Disclosure.objects.get(case=case).police_incident_number == ""


def test_a_partner_adds_the_number_and_may_not_say_that_it_is_over(client, client_for, share):
    case = walk.log(client, NOW, danger="yes").case
    share(case, "harbour_idva", "partner")
    idva = client_for("idva")
    assert BANNER in shown(idva, case)
    assert "Say that this has been dealt with" not in shown(idva, case)
    assert idva.get(reverse("danger_settled", args=[case.reference])).status_code == 403
    assert add_number(idva, case, "INC-1").status_code == 302


def test_a_summary_says_that_there_was_danger_and_no_more(client, client_for, share):
    case = walk.log(client, NUMBERED, danger="yes").case
    share(case, "harbour_idva", "summary")
    page = shown(client_for("idva"), case)
    assert "Someone may have been in danger when this was reported" in page
    assert "INC-0420-7" not in page
    assert reverse("incident_number", args=[case.reference]) not in page


def test_a_closed_case_takes_nothing_and_shows_no_banner(client, people):
    case = walk.log(client, NOW, danger="yes").case
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert BANNER not in shown(client, case).split('id="safe-contact"')[0]
    for refused in (add_number(client, case, "INC-1"), say_settled(client, case)):
        assert refused.status_code == 422
        assert "This case is closed" in refused.content.decode()
    assert Disclosure.objects.get(case=case).police_incident_number == ""
    assert not settled(case)


def test_a_case_that_did_not_begin_with_a_disclosure_has_no_number(client, a_case):
    assert client.get(reverse("incident_number", args=[a_case().reference])).status_code == 404


def test_the_banner_costs_one_query_and_none_where_there_was_no_danger(client, people, django_assert_num_queries):
    from referrals import danger

    actor, now = people.actor("housing_officer"), timezone.now()
    case, quiet = walk.log(client, NOW, danger="yes").case, walk.log(client, walk.SHORT).case
    may = {"see_case", "record_contact", "edit_people"}
    for asked in (danger.banner, danger.next_actions):
        asked(actor, case, may, now)
        with django_assert_num_queries(1):
            assert asked(actor, case, may, now)
        with django_assert_num_queries(0):
            assert not asked(actor, quiet, may, now)


def test_the_case_page_stays_within_its_queries(client, django_assert_max_num_queries):
    case = walk.log(client, NOW, danger="yes").case
    shown(client, case)
    with django_assert_max_num_queries(25):
        shown(client, case)


def test_no_address_or_title_says_what_it_is_about(client):
    case = walk.log(client, NOW, danger="yes").case
    for name in ("incident_number", "danger_settled"):
        url = reverse(name, args=[case.reference])
        title = re.search(r"<title>(.*?)</title>", client.get(url).content.decode(), re.S)[1]
        assert not re.search("danger|police|incident|abuse", url + title, re.I), (url, title)


def test_cases_from_before_are_told_of_their_danger(client, people):
    from importlib import import_module

    from django.apps import apps

    waiting, done, called, quiet = (
        walk.log(client, answers, danger=danger).case
        for answers, danger in [(NOW, "yes"), (NUMBERED, "yes"), (NUMBERED, "not_known"), (NOW, "not_known")]
    )
    speak(people, done)
    speak(people, waiting)
    Case.objects.update(danger_reported_at=None, danger_settled_at=None)
    import_module("referrals.migrations.0002_case_danger").tell_the_cases(apps, None)
    for case in (waiting, done, called, quiet):
        case.refresh_from_db()
    assert [case.danger_reported_at and case.danger_reported_at == case.disclosure.received_at for case in (waiting, done, called, quiet)] == [True, True, True, None]
    assert done.danger_settled_at == done.attempts.get().recorded_at
    assert [case.is_danger_unsettled for case in (waiting, called, quiet)] == [True, True, False]


@pytest.mark.parametrize(("said", "number", "is_danger"), [(True, "", True), (True, "INC-1", True), (None, "INC-1", True), (None, "", False), (False, "INC-1", False)])
def test_what_counts_as_danger(said, number, is_danger):
    from referrals import rules

    assert rules.is_danger(said, number) is is_danger


@pytest.mark.parametrize(("number", "fine"), [
    ("INC-0420-7", True), ("123 of 22/11/2026", True), ("CAD 4471/22NOV", True), ("Log 88 of 3.4.26", True), ("7", True),
    ("", False), ("none", False), ("PC Eldridge badge 12", False), ("a" * 40 + "1", False), ("12\n13", False), ("№ 7", False),
])
def test_what_is_a_number(number, fine):
    from referrals import rules

    assert rules.is_incident_number(number) is fine
    assert (rules.reasons_incident_number(number, "") == []) is fine


def test_a_case_is_not_closed_over_a_danger_that_nobody_has_said_the_end_of(client, people):
    case = walk.log(client, NOW, danger="yes").case
    assert [reason for reason in reasons_cannot_close(case, people.actor("housing_officer"), timezone.now()) if "in danger" in reason]
    page = client.get(reverse("case_close", args=[case.reference])).content.decode()
    assert "Say how that was dealt with first" in page
    assert say_settled(client, case).status_code == 302
    case.refresh_from_db()
    assert not [reason for reason in reasons_cannot_close(case, people.actor("housing_officer"), timezone.now()) if "in danger" in reason]


@pytest.mark.parametrize("typed", ["none yet", "waiting for it", "PC Eldridge said he will ring", "n/a", "-"])
def test_words_in_the_box_are_kept_but_are_no_number(client, people, typed):
    case = walk.log(client, NOW | {"emergency": {"pace": "log_now", "police_incident_number": typed}}, danger="yes").case
    assert "Add the police incident number" in shown(client, case)
    assert typed in Entry.objects.get(case=case, kind="risk").text
    speak(people, case)
    assert not settled(case)


def test_that_nobody_called_makes_no_danger_where_nobody_could_tell(client):
    case = walk.log(client, NOW | {"emergency": {"pace": "log_now", "police_incident_number": "did not call"}}, danger="not_known").case
    assert case.danger_reported_at is None


def test_a_number_added_later_says_that_the_police_were_called(client, people):
    disclosure = walk.log(client, NOW, danger="not_known")
    assert not disclosure.case.is_danger_unsettled
    assert add_number(client, disclosure.case, "INC-0420-7").status_code == 302
    case = Case.objects.get(pk=disclosure.case_id)
    assert case.is_danger_unsettled and case.danger_reported_at == disclosure.received_at
    speak(people, case)
    assert settled(case)
