"""The line answers what was asked in writing: what is safe first, the number apart, notes with nothing typed twice, and an end that hides no miss."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from referrals.asking import actions, rules
from referrals.models import Disclosure, Promise
from tests.referrals import asking, calling

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
TRIED = {"outcome": "no_answer"}


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@pytest.fixture
def handler(client_for):
    return client_for("call_handler")


@pytest.fixture
def asked(people):
    return asking.ask(Client())


def tried(people, asked, outcome, **facts):
    return actions.record_answer(people.actor("call_handler"), number=asked.pk, happened_at=facts.pop("at", timezone.now()), outcome=outcome, **facts)


def end(people, asked, how, reason="Agreed with my manager."):
    return actions.end_request(people.actor("call_handler"), number=asked.pk, how=how, reason=reason)


def page(client, name, asked):
    return client.get(reverse(name, args=[asked.pk]))


def test_the_board_counts_it_and_the_list_names_nobody(handler, asked):
    assert "Asked in writing: 1 waiting" in handler.get(reverse("line")).content.decode()
    html = handler.get(reverse("asked")).content.decode()
    assert reverse("asked_one", args=[asked.pk]) in html and "Saoirse" not in html and "900" not in html


def test_danger_stands_before_what_is_due_sooner(handler, asked, people, friday):
    friday.shift(timedelta(minutes=5))
    worse = asking.ask(Client(), danger="yes")
    html = handler.get(reverse("asked")).content.decode()
    assert html.index(f"asked-{worse.pk}") < html.index(f"asked-{asked.pk}") and "In danger" in html


def test_what_is_safe_stands_first_and_the_number_is_a_page_further(handler, asked):
    html = page(handler, "asked_one", asked).content.decode()
    assert html.index("Leave no voicemail") < html.index("He waits outside her work.") and "900123" not in html
    assert "07700 900123" in page(handler, "asked_number", asked).content.decode()


@pytest.mark.parametrize("changed", [{"safe": "no"}, {"reach_by": "none", "safe": ""}, {"reach_by": "email", "email": "x@example.org", "safe": "unknown"}])
def test_where_no_reply_is_safe_it_offers_only_to_write_down(handler, people, changed):
    asked = asking.ask(Client(), **changed)
    html = page(handler, "asked_one", asked).content.decode()
    assert "To be read and written down" in html
    assert "Do not reply" in html and "Show the" not in html and "Record what happened" not in html and "Open notes" in html and "example.org/" not in html
    assert page(handler, "asked_number", asked).status_code == 404 and page(handler, "asked_attempt", asked).status_code == 302
    with pytest.raises(Refused):
        tried(people, asked, "reached")
    with pytest.raises(Refused):
        end(people, asked, "unreached")
    assert end(people, asked, "noted").end == "noted" and Promise.objects.get().outcome == "met"


@pytest.mark.parametrize(("at", "late"), [(timedelta(hours=4), False), (timedelta(hours=4, seconds=1), True)])
def test_reaching_them_keeps_the_promise_and_late_needs_its_reason(people, asked, friday, at, late):
    friday.move_to(SENT + at)
    if late:
        with pytest.raises(Refused) as refused:
            tried(people, asked, "reached")
        assert refused.value.field == "why_late"
    saved = tried(people, asked, "reached", why_late="Both of us were on calls." if late else "")
    promise = Promise.objects.get()
    assert (promise.outcome, promise.stopped_at, bool(promise.breached_at), bool(saved.late_reason)) == ("met", SENT + at, late, late)
    assert saved.is_waiting and tried(people, asked, "no_answer").answered_at == SENT + at
    assert end(people, saved, "advised").end == "advised"


@pytest.mark.parametrize(("outcome", "facts", "field"), [
    ("voicemail", {}, "outcome"), ("written", {}, "outcome"), ("reached", {"at": SENT - timedelta(seconds=1)}, "happened_at"),
    ("reached", {"at": SENT + timedelta(hours=1)}, "happened_at"),
])
def test_an_attempt_that_cannot_be_is_refused(people, asked, outcome, facts, field):
    with pytest.raises(Refused) as refused:
        tried(people, asked, outcome, **facts)
    assert refused.value.field == field


@pytest.mark.parametrize(("safe", "words"), [("any", "Safe to write to. Do not ring."), ("windows", "Read this before you write. Do not ring.")])
def test_nothing_sounds_as_if_a_call_were_safe_where_they_asked_for_a_message(handler, people, safe, words):
    asked = asking.ask(Client(), reach_by="text", mobile="07700 900456", safe=safe)
    for name in ("asked_one", "asked_number", "asked_attempt"):
        html = page(handler, name, asked).content.decode()
        assert words in html and "Safe to ring" not in html and "voicemail</strong>" not in html and "Withhold" not in html


def test_the_minute_in_which_it_was_sent_is_not_before_it(people, friday):
    friday.move_to(SENT + timedelta(seconds=40))
    asked = asking.ask(Client())
    assert tried(people, asked, "reached", at=SENT).answered_at == asked.asked_at


def test_writing_back_answers_who_asked_for_that(people):
    asked = asking.ask(Client(), reach_by="text", mobile="07700 900456", safe="any")
    assert tried(people, asked, "written").answered_at == SENT and Promise.objects.get().outcome == "met"


def test_forms_say_what_is_wrong_beside_the_question(handler, asked):
    answer = calling.fill(handler, reverse("asked_attempt", args=[asked.pk]), {"outcome": "voicemail", "note": "Rang twice"})
    assert answer.status_code == 422 and "outcome" in answer.context["form"].errors and "Rang twice" in answer.content.decode()
    answer = calling.fill(handler, reverse("asked_end", args=[asked.pk]), {"how": "advised", "reason": "Said what she can do."})
    assert answer.status_code == 422 and "how" in answer.context["form"].errors and "Said what she can do." in answer.content.decode()
    assert calling.fill(handler, reverse("asked_attempt", args=[asked.pk]), TRIED).status_code == 302
    assert "no answer" in page(handler, "asked_one", asked).content.decode()


def test_giving_up_takes_the_agreed_tries_and_never_comes_before_the_miss(people, asked, friday):
    for _ in range(3):
        friday.shift(timedelta(minutes=1))
        with pytest.raises(Refused):
            end(people, asked, "unreached")
        tried(people, asked, "no_answer")
    friday.move_to(asked.due_at + timedelta(seconds=1))
    tries = rules.reasons_end("unreached", "Nobody answers.", 3, 9, True, False, asked.due_at, timezone.now(), True)
    assert "9 times" in tries["how"]
    while asked.attempts.count() < 5:
        tried(people, asked, "no_answer")
    assert end(people, asked, "unreached").end == "unreached"
    assert Promise.objects.get().outcome == "unable" and Promise.objects.get().breached_at == asked.due_at


@pytest.mark.parametrize("how", ["not_serious", "duplicate"])
def test_it_is_closed_with_a_reason_and_stays_closed(people, handler, asked, how):
    with pytest.raises(Refused) as refused:
        end(people, asked, how, "no")
    assert refused.value.field == "reason"
    assert Promise.objects.get().outcome == "" and end(people, asked, how).end == how
    assert Promise.objects.get().outcome == "not_needed"
    with pytest.raises(Refused):
        end(people, asked, how)
    assert page(handler, "asked_end", asked).status_code == 302 and page(handler, "asked_number", asked).status_code == 404
    assert "Closed lately" in handler.get(reverse("asked")).content.decode()


def test_notes_carry_everything_over_and_whoever_can_be_answered_still_waits(people, handler, asked):
    answer = handler.post(reverse("asked_open", args=[asked.pk]))
    draft = Disclosure.objects.get()
    assert answer.status_code == 302 and draft.reference in answer["Location"]
    assert draft.answers["victim"]["given_name"] == "Saoirse" and draft.answers["channels"]["rows"][0]["value"] == "+447700900123"
    assert "He waits outside her work." in draft.unfinished["account"]["account"][0] and "British Sign Language by video; Irish" in draft.unfinished["account"]["account"][0]
    asked.refresh_from_db()
    assert asked.is_waiting and asked.disclosure == draft
    assert handler.post(reverse("asked_open", args=[asked.pk])).status_code == 302 and Disclosure.objects.count() == 1
    assert tried(people, asked, "reached").end == "opened"


def test_notes_of_who_may_not_be_answered_end_it(people, handler):
    asked = asking.ask(Client(), safe="no")
    handler.post(reverse("asked_open", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.end == "opened" and Promise.objects.get().outcome == "met" and Disclosure.objects.get().answers["channels"]["rows"][0]["is_safe"] == "no"


@pytest.mark.parametrize(("changed", "route", "victim"), [
    ({"who": "professional", "organisation": "Larkfield School", "about_name": "Mari"},
     {"route": "partner", "reporter": "agency", "reported_by": "Saoirse, Larkfield School, +447700900123"}, {"given_name": "Mari"}),
    ({"who": "other", "they_know": "no"}, None, None),
])
def test_of_somebody_else_the_number_is_the_askers(handler, changed, route, victim):
    asked = asking.ask(Client(), **changed)
    handler.post(reverse("asked_open", args=[asked.pk]))
    draft = Disclosure.objects.get()
    assert "channels" not in draft.answers and "contact" not in draft.answers
    if route:
        assert draft.answers["route"] == route and draft.answers["victim"]["given_name"] == victim["given_name"]
    else:
        assert draft.unfinished["route"]["reported_by"] == ["Saoirse, +447700900123"] and "no name was given" in draft.answers["victim"]["description"]


def test_the_list_costs_the_same_for_one_and_for_many(handler, asked, django_assert_max_num_queries):
    handler.get(reverse("asked"))
    for number in range(6):
        asking.ask(Client(), name=f"Mari {number}")
    with django_assert_max_num_queries(14):
        handler.get(reverse("asked"))
