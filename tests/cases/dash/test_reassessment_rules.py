"""When the risk is assessed again, as a rule: by when, from when it is shown, and what day a thing can have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.policies import KEYS
from cases.rules import reassessment as rules

AT = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
TODAY = date(2026, 3, 18)
ALLOWED = AT + timedelta(hours=24)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (TODAY, ALLOWED), (TODAY - timedelta(days=9), ALLOWED),
        (TODAY + timedelta(days=1), datetime(2026, 3, 19, tzinfo=UTC)),
        (date(2026, 6, 1), datetime(2026, 5, 31, 23, tzinfo=UTC)),  # summer time
    ],
)
def test_before_a_day_that_is_ahead_else_within_what_is_allowed(day, due):
    assert rules.due_at(day, AT, ALLOWED) == due


def test_a_review_is_at_the_same_time_of_day_over_the_change_of_the_clocks():
    assert rules.review_at(AT, 4) == datetime(2026, 4, 15, 13, 20, tzinfo=UTC)
    assert rules.review_at(AT, 1) == AT + timedelta(weeks=1)


@given(st.integers(0, 366 * 24).map(lambda hours: AT + timedelta(hours=hours)), st.integers(0, 400))
def test_it_is_shown_a_week_before_and_never_before_it_is_known(at, days):
    due = at + timedelta(days=days)
    shown = rules.shown_from(due, at)
    assert shown >= at and (shown == at or due - shown == rules.SHOWN_BEFORE)


def test_the_settings_are_there():
    for level in ("high", "medium", "standard", ""):
        assert rules.review_setting(level) in KEYS
    assert [KEYS[f"dash.review_weeks_{level}"].default for level in ("high", "medium", "standard")] == ["4", "8", "12"]
    for kind in rules.CAUSES:
        assert KEYS[rules.within_setting(kind)].kind == "allowance"
    assert rules.within_setting("breach") == "orders.reassess_within"
    assert rules.within_setting("incident") != rules.within_setting("court")


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        ("incident", 0, ""), ("incident", 1, "in the future"), ("court", 1, ""), ("court", 366, ""), ("court", 367, "more than a year ahead"),
        ("release", -366, ""), ("release", -367, "more than a year ago"),
    ],
)
def test_the_day_of_it(kind, days, words):
    said = rules.reasons_day_impossible(kind, TODAY + timedelta(days=days), TODAY)
    assert (words in said[0]) if words else said == []


@pytest.mark.parametrize(
    ("was_needed", "may_assess", "words"), [(True, True, "A signed assessment"), (True, False, "A signed"), (False, True, ""), (False, False, "Ask a colleague")]
)
def test_it_is_not_ticked_off(was_needed, may_assess, words):
    said = rules.reasons_cannot_finish(was_needed, may_assess)
    assert (words in said[0]) if words else said == []


def test_every_cause_says_what_it_is_and_why():
    for code, cause in rules.CAUSES.items():
        assert len(code) <= 12 and cause.label and cause.why.endswith((".", "?"))
