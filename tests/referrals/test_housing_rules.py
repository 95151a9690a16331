"""The rules of a homeless application: what is owed, what stands in the way of a decision, how a duty and a review may go."""

from datetime import UTC, date, datetime, timedelta

import pytest

from referrals.homeless import rules

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = AT.date()
LONG = "Long enough to be understood by anybody."
KEPT = {"eligible": "yes", "homeless": "homeless", "priority": "abuse"}


@pytest.mark.parametrize(
    ("decisions", "duty"),
    [
        ({}, ""), ({"eligible": "yes"}, ""), ({"homeless": "homeless"}, ""),
        ({"eligible": "yes", "homeless": "homeless"}, "relief"), ({"eligible": "unclear", "homeless": "homeless"}, "relief"),
        ({"eligible": "yes", "homeless": "threatened"}, "prevention"), ({"eligible": "no", "homeless": "homeless"}, ""), ({"eligible": "yes", "homeless": "neither"}, ""),
    ],
)
def test_which_duty_is_owed(decisions, duty):
    assert rules.duty_for(decisions) == duty


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ({"eligible": "no"}, "no recourse to public funds"), (KEPT, "relief duty"), (KEPT, "somewhere safe to stay today"),
        ({"eligible": "yes", "homeless": "homeless"}, "priority need without more"), ({"eligible": "yes", "homeless": "neither"}, "Ask again"),
        (KEPT | {"main": "owed"}, "suitable private tenancy"),
    ],
)
def test_what_the_rules_say_follows(decisions, said):
    assert any(said in line for line in rules.advice(decisions))


def test_nothing_follows_from_nothing_and_nobody_is_told_to_look_for_what_is_found():
    assert rules.advice({}) == []
    assert not any("today" in line for line in rules.advice(KEPT | {"interim": "refuge"}))
    assert len(rules.advice({"eligible": "no", "homeless": "homeless"})) == 1


def refused(topic, answer, decisions=KEPT, **facts):
    return rules.reasons_decide(topic, answer, decisions, why=facts.pop("why", ""), at=AT, **facts)


@pytest.mark.parametrize(
    ("topic", "answer", "decisions", "facts", "field"),
    [
        ("eligible", "perhaps", {}, {}, "answer"),
        ("eligible", "no", {}, {}, "why"), ("eligible", "no", {}, {"why": LONG}, None), ("eligible", "yes", {}, {}, None),
        ("priority", "abuse", {}, {}, "answer"), ("priority", "abuse", {"homeless": "homeless"}, {}, None),
        ("priority", "no", {"homeless": "homeless"}, {}, "why"), ("priority", "no", {"homeless": "neither"}, {}, None),
        ("interim", "placed", {}, {"is_safe": True, "is_suitable": True, "is_affordable": True}, "areas_checked"),
        ("interim", "placed", {}, {"areas_checked": True, "is_suitable": True, "is_affordable": True}, "is_safe"),
        ("interim", "placed", {}, {"areas_checked": True, "is_safe": True, "is_suitable": False, "is_affordable": True}, "is_suitable"),
        ("interim", "placed", {}, {"areas_checked": True, "is_safe": True, "is_suitable": True}, "is_affordable"),
        ("interim", "placed", {}, {"areas_checked": True, "is_safe": True, "is_suitable": True, "is_affordable": True}, None),
        ("interim", "refuge", {}, {}, None),
        ("connection", "referred", KEPT, {"why": "Short"}, "why"), ("connection", "referred", KEPT, {"why": LONG}, None), ("connection", "here", KEPT, {}, None),
        ("main", "owed", {}, {"given_how": "handed", "given_at": AT}, "answer"),
        ("main", "owed", KEPT, {"given_at": AT}, "given_how"), ("main", "owed", KEPT, {"given_how": "handed"}, "given_at"),
        ("main", "owed", KEPT, {"given_how": "handed", "given_at": AT + timedelta(seconds=1)}, "given_at"),
        ("main", "owed", KEPT, {"given_how": "handed", "given_at": AT, "relief_runs": True}, "answer"),
        ("main", "intentional", KEPT, {"given_how": "handed", "given_at": AT, "why": LONG}, "answer"),
        ("main", "intentional", KEPT | {"priority": "other"}, {"given_how": "handed", "given_at": AT}, "why"),
        ("main", "owed", KEPT, {"given_how": "handed", "given_at": AT}, None),
    ],
)
def test_what_stands_in_the_way_of_a_decision(topic, answer, decisions, facts, field):
    reasons = refused(topic, answer, decisions, **facts)
    assert (field in reasons) if field else reasons == {}


@pytest.mark.parametrize(
    ("kind", "ending", "why", "today", "field"),
    [
        ("relief", "secured", "", TODAY, None), ("relief", "homeless", "", TODAY, "ending"), ("prevention", "homeless", "", TODAY, None), ("relief", "gone", "", TODAY, "ending"),
        ("relief", "days", "", TODAY, "ending"), ("relief", "days", "", TODAY + timedelta(days=1), None),
        ("relief", "uncooperative", "Short", TODAY, "why"), ("relief", "uncooperative", LONG, TODAY, None),
    ],
)
def test_how_a_duty_may_end(kind, ending, why, today, field):
    reasons = rules.reasons_end_duty(kind, ending, why, TODAY, today)
    assert (field in reasons) if field else reasons == {}


@pytest.mark.parametrize(
    ("main", "given", "asked", "why", "field"),
    [
        ("", None, TODAY, "", "asked_on"), ("owed", TODAY, TODAY + timedelta(days=1), "", "asked_on"), ("owed", TODAY, TODAY - timedelta(days=1), "", "asked_on"),
        ("owed", TODAY - timedelta(days=21), TODAY, "", None), ("owed", TODAY - timedelta(days=22), TODAY, "", "why_late"), ("owed", TODAY - timedelta(days=22), TODAY, LONG, None),
    ],
)
def test_a_review_is_asked_for_within_21_days_or_with_the_reason(main, given, asked, why, field):
    reasons = rules.reasons_ask_review(main, given, asked, TODAY, why)
    assert (field in reasons) if field else reasons == {}


def test_the_last_day_for_a_review():
    assert rules.last_day_for_review(date(2026, 11, 1)) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("ours", "theirs", "agreed", "why", "is_fine"), [(0, 1, True, "", False), (1, 0, True, "", False), (1, 1, True, "", True), (1, 1, False, "", False), (1, 1, False, LONG, True)]
)
def test_a_plan_has_steps_of_both_sides_and_a_disagreement_its_reason(ours, theirs, agreed, why, is_fine):
    assert (rules.reasons_agree(ours, theirs, agreed, why) == {}) is is_fine
