"""Calls to a line: logged, opened as notes with everything carried over, and whom they exist for."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from agencies.models import Membership
from audit.models import Event
from referrals.models import Call, Disclosure, OpeningHours, Promise
from tests.referrals import calling, walk

pytestmark = pytest.mark.django_db
FRIDAY = "2026-03-20T10:20:00Z"


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def client(client_for):
    return client_for("call_handler")


@pytest.fixture
def lead(client_for):
    """The lead of the helpline."""
    return client_for("helpline_lead")


def urls(number):
    return [reverse("line"), reverse("line_new"), *(reverse(name, args=[number]) for name in ("line_call", "line_quiet", "line_number", "line_attempt", "line_end"))]


@pytest.mark.parametrize("persona", [
    "superuser", "commissioner", "marac_coordinator", "marac_representative", "auditor", "information_governance", "idva", "housing_officer", "outreach_worker",
    "police_lead", "administrator",
])
def test_whoever_takes_no_calls_is_refused_at_every_door(client, client_for, persona):
    call = calling.left(client)
    other = client_for(persona)
    for url in urls(call.pk):
        assert other.get(url).status_code == 403, url
        assert other.post(url, {"name": "x"}).status_code == 403, url
    assert other.post(reverse("line_open", args=[call.pk])).status_code == 403
    assert other.get(reverse("line_figures")).status_code in (403, 404)
    assert Call.objects.count() == 1


@pytest.mark.parametrize("persona", ["agency_lead", "idva_manager"])
def test_another_agencys_calls_do_not_exist(client, client_for, persona):
    call = calling.left(client)
    other = client_for(persona)
    for url in urls(call.pk)[2:]:
        assert other.get(url).status_code == 404, url
        assert other.post(url, {"outcome": "reached"}).status_code in (404, 405), url
    assert other.post(reverse("line_open", args=[call.pk])).status_code == 404
    assert other.get(f"{reverse('line_new')}?returns={call.pk}").status_code == 404
    board, figures = other.get(reverse("line")).content.decode(), other.get(reverse("line_figures")).content.decode()
    assert "No message waits." in board and "No call yet." in board
    assert '<strong class="waymark-tile__number">0</strong> calls' in figures


def test_nobody_at_all_is_sent_to_sign_in(client, client_for):
    from django.test import Client

    call = calling.left(client)
    for url in urls(call.pk):
        assert Client().get(url).url.startswith("/sign-in/")


def test_whoever_changes_agency_leaves_the_calls_behind(people, client, client_for):
    call = calling.left(client)
    Membership.objects.filter(user=people.call_handler).update(ended_at=timezone.now())
    Membership.objects.create(user=people.call_handler, agency=people.agency("eastmoor_housing"), role="call_handler")
    assert client_for("call_handler").get(reverse("line_call", args=[call.pk])).status_code == 404


def test_a_call_is_logged_with_four_answers_and_nothing_else(client):
    call = calling.take(client, {"result": "answered", "danger": "no", "caller": "other", "concern": "unknown"})
    assert (call.result, call.caller, call.danger, call.is_in_hours, call.series, call.said) == ("answered", "other", "no", True, "Line hours", {})
    assert call.started_at == call.ended_at == timezone.now()


def test_time_counts_from_when_the_page_was_opened(client, friday):
    shown = calling.screen(client)
    friday.shift(timedelta(minutes=7))
    client.post(reverse("line_new"), {**walk.hidden(shown), "result": "answered", "danger": "no", "caller": "victim"})
    call = Call.objects.get()
    assert call.ended_at - call.started_at == timedelta(minutes=7) and call.received_at == call.started_at


def test_the_time_of_opening_cannot_be_made_up(client):
    shown = walk.hidden(calling.screen(client)) | {"opened": "2026-03-20T01:00:00+00:00"}
    assert client.post(reverse("line_new"), {**shown, **calling.VICTIM}).status_code == 422
    assert not Call.objects.exists()


def test_the_same_form_twice_is_one_call(client):
    shown = walk.hidden(calling.screen(client))
    for _ in range(2):
        assert client.post(reverse("line_new"), {**shown, **calling.VICTIM}).url == reverse("line")
    assert Call.objects.count() == 1


@pytest.mark.parametrize(("data", "words"), [
    ({"result": "answered", "caller": "victim"}, "Say whether anyone is in danger right now"),
    ({"result": "answered", "danger": "no"}, "Say who rang"),
    ({"result": "message", "number": "07700 900456", "left_at_time": ""}, "must include a time"),
    ({"result": "message", "number": "07700 900456", "left_at_time": "10:21am"}, "now or in the past"),
    ({"result": "message", "left_at_time": "10:00am"}, "Enter the number to ring back"),
    ({"result": "answered", "danger": "no", "caller": "victim", "number": "S41 7XX"}, "Enter a telephone number"),
    ({"result": "answered", "danger": "no", "caller": "perpetrator"}, "Choose one of the answers listed"),
    ({"result": "answered", "danger": "no", "caller": "victim", "words": "x" * 5001}, "5,000 characters"),
])
def test_bad_input_is_said_beside_the_question_and_nothing_is_lost(client, data, words):
    response = calling.send(client, {"ask_for": "KEPT-WORDS"} | data)
    page = response.content.decode()
    assert response.status_code == 422 and words in page and "KEPT-WORDS" in page
    assert not Call.objects.exists()


def test_what_was_typed_for_a_professional_does_not_stay_with_somebody_else(client):
    call = calling.take(client, {"result": "answered", "danger": "no", "caller": "family", "organisation": "Vale Police", "could_be_mail": "yes", "professional_type": "police"})
    assert (call.said, call.could_be_mail, call.professional_type) == ({}, None, "")


def test_a_call_opens_notes_and_nothing_is_typed_twice(client):
    response = calling.send(client, calling.VICTIM, ("open", "yes"))
    call, draft = Call.objects.get(), Disclosure.objects.get()
    assert call.disclosure == draft and resolve(response.url).kwargs == {"reference": draft.reference, "slug": "account"}
    assert draft.answers["danger"] == {"danger": "no"} and draft.answers["route"] == {"route": "direct", "reporter": "self"}
    assert draft.answers["victim"] == {"given_name": "Saoirse", "family_name": "O'Dálaigh-Nwosu"}
    assert draft.answers["channels"]["rows"] == [{
        "channel": "phone", "value": "+447700900123", "is_safe": "yes", "said_by_them": "yes", "times": "any", "voicemail": "no", "how": "Ask for Sersh", "code_word": "bluebell",
    }]
    page = client.get(response.url).content.decode()
    assert "He waits outside her work." in page and "Who may read this?" in page


def test_what_was_carried_over_becomes_a_case_on_the_helplines_pathway(client):
    calling.send(client, calling.VICTIM, ("open", "yes"))
    reference = Disclosure.objects.get().reference
    for code in ("account", "home", "perpetrator", "children", "stalking", "consent"):
        data = {"account": {"account": "He waits outside her work.", "audience": "partners"}, "children": {"any": "no"}}.get(code, walk.YES[code])
        assert walk.send(client, reference, code, data).status_code == 302, code
    url = reverse("disclosure_check", args=[reference])
    assert client.post(url, walk.hidden(client.get(url))).status_code == 302
    case = Disclosure.objects.get().case
    assert case.pathway == "helpline" and case.parties.get(role="victim").person.given_name == "Saoirse"


@pytest.mark.parametrize(("changed", "first", "held"), [
    ({"danger": "yes"}, "now", {}),
    ({"caller": "professional", "professional_type": "health", "organisation": "Valley Surgery", "given_name": "Mari", "words": ""}, "account", {}),
    ({"caller": "family", "given_name": "Mari"}, "how", {"route": {"reporter": ["family"]}}),
    ({"caller": "other", "is_anonymous": "on", "name": ""}, "how", {"route": {"reporter": ["anonymous"]}}),
    ({"safe": "windows", "when": "Weekday mornings", "words": ""}, "account", {"channels": {"row-0-times": ["windows"]}}),
])
def test_each_kind_of_caller_lands_where_something_is_still_asked(client, changed, first, held):
    response = calling.send(client, calling.VICTIM | changed, ("open", "yes"))
    draft = Disclosure.objects.get()
    assert resolve(response.url).kwargs["slug"] == first
    for page, values in held.items():
        assert values.items() <= draft.unfinished[page].items()
    assert client.get(response.url).status_code == 200
    assert "victim" in draft.answers


def test_a_caller_without_a_name_is_described_for_the_colleague_who_looks_for_them(client):
    calling.send(client, {"result": "answered", "danger": "not_known", "caller": "victim"}, ("open", "yes"))
    assert Disclosure.objects.get().answers["victim"]["description"].startswith("Rang the line on Friday 20 March 2026 at 10:20am")


def test_notes_are_opened_later_and_once(client):
    call = calling.take(client)
    url = reverse("line_open", args=[call.pk])
    first = client.post(url).url
    assert client.post(url).status_code == 302 and Disclosure.objects.count() == 1
    assert "/notes/" in first and client.get(url).status_code == 405


def test_a_call_with_somebody_in_danger_leads_to_999_first(client):
    response = calling.send(client, calling.VICTIM | {"danger": "yes"})
    call = Call.objects.get()
    assert response.url == reverse("line_call", args=[call.pk])
    assert "Ring 999 now" in client.get(response.url).content.decode()
    assert client.post(reverse("line_open", args=[call.pk])).url.endswith("/now/")


def test_a_message_opens_no_notes(client):
    call = calling.left(client)
    assert client.post(reverse("line_open", args=[call.pk])).url == reverse("line_call", args=[call.pk])
    assert calling.send(client, calling.MESSAGE | {"left_at_time": "10:00am"}, ("open", "yes")).status_code == 422
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(("at", "is_in", "series"), [
    ("2026-03-20T07:59:59Z", False, "Out-of-hours line"), ("2026-03-20T08:00:00Z", True, "Line hours"), ("2026-03-20T17:59:59Z", True, "Line hours"),
    ("2026-03-20T18:00:00Z", False, "Out-of-hours line"), ("2026-03-21T10:00:00Z", False, "Out-of-hours line"), ("2026-12-25T10:00:00Z", False, "Out-of-hours line"),
])
def test_outside_its_hours_a_call_counts_in_the_other_series(client, friday, at, is_in, series):
    friday.move_to(at)
    call = calling.take(client)
    assert (call.is_in_hours, call.series) == (is_in, series)


def test_the_lead_sets_other_hours_and_what_was_counted_stays(client, lead, client_for, friday):
    friday.move_to("2026-03-21T10:00:00Z")
    before = calling.take(client)
    url = reverse("line_hours")
    assert client.get(url).status_code == 403
    data = {"days": ["5", "6"], "opens": "09:00", "closes": "00:00", "other_line": "The county’s line", "counts_from": "left", "when": "now"}
    data["reason"] = "Agreed with the commissioner"
    assert calling.fill(lead, url, data | {"closes": "08:00"}).status_code == 422
    assert calling.fill(lead, url, data | {"when": "day"}).status_code == 422
    assert calling.fill(lead, url, data).url == url
    assert OpeningHours.objects.get().agency.slug == "county_helpline" and "Agreed with the commissioner" in lead.get(url).content.decode()
    after = calling.take(client)
    friday.move_to("2026-03-23T10:00:00Z")
    assert (before.series, after.series, calling.take(client).series) == ("Out-of-hours line", "Line hours", "The county’s line")
    assert client_for("agency_lead").get(url).content.decode().count("Agreed with") == 0


def test_the_log_holds_codes_and_no_words(client):
    calling.send(client, calling.VICTIM, ("open", "yes"))
    lines = [str((event.after, event.subject, event.reason)) for event in Event.objects.all()]
    assert not [line for line in lines if any(word in line for word in ("Saoirse", "900123", "waits", "bluebell"))]
    assert {"call.log", "disclosure.start"} <= set(Event.objects.values_list("verb", flat=True))


def test_a_copy_of_the_database_says_nothing_about_a_caller(client):
    from tests.guards.test_sealed import _found_in_clear

    calling.take(client)
    call = calling.left(client)
    calling.fill(client, reverse("line_attempt", args=[call.pk]), {"outcome": "no_answer", "note": "PLANTED-NOTE"})
    calling.fill(client, reverse("line_end", args=[call.pk]), {"how": "not_needed", "reason": "PLANTED-REASON of it"})
    assert _found_in_clear(["Saoirse", "900123", "900456", "bluebell", "waits outside", "PLANTED-NOTE", "PLANTED-REASON"]) == []


def test_the_board_shows_nobodys_name_and_its_numbers_add_up(client, lead, friday):
    calling.take(client)
    calling.take(client, {"result": "answered", "danger": "no", "caller": "professional", "could_be_mail": "yes"})
    calling.take(client, {"result": "abandoned"})
    calling.left(client)
    page = client.get(reverse("line")).content.decode()
    assert "40 minutes left" in page and "Saoirse" not in page and "Mari" not in page and "900" not in page
    for words in ("4</strong> calls", "4</strong> in hours", "0</strong> outside", "1</strong> abandoned", "0 of 1</strong> messages", "33%</strong> from professionals"):
        assert words in page, words
    assert "Six months" not in page
    figures = lead.get(reverse("line_figures")).content.decode()
    assert "4</strong> calls" in figures and "33%" in figures and "October 2025" in figures and "1</strong> could have been an e-mail" in figures
    friday.shift(timedelta(minutes=41))
    part = client.get(f"{reverse('line')}?drawn=1", headers={"HX-Request": "true"}).content.decode()
    assert "1 minute overdue" in part and "<html" not in part and "drawn=2" in part
    assert "hx-get" not in client.get(f"{reverse('line')}?drawn=60", headers={"HX-Request": "true"}).content.decode()
    friday.shift(timedelta(days=1))
    assert "40 minutes" not in client.get(reverse("line")).content.decode()
    assert "4</strong> calls" in client.get(f"{reverse('line')}?day=2026-03-20").content.decode()
    assert client.get(f"{reverse('line')}?day=nonsense").status_code == 200


def test_the_board_takes_the_same_few_queries_however_long_it_is(client):
    calling.left(client)
    client.get(reverse("line"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("line"))
    for _ in range(4):
        calling.left(client)
        calling.take(client)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("line"))
    assert len(many) == len(few) <= 14


def test_a_message_without_a_number_promises_nothing(client):
    call = calling.left(client, number="", is_anonymous="on")
    assert (call.callback_due_at, call.outcome, Promise.objects.count()) == (None, "no_number", 0)
    assert "No number was left" in client.get(reverse("line_call", args=[call.pk])).content.decode()
