"""What must be said when a case is closed: each question of its own, none too many; and what counts as a risk that fell."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models.case import ClosingReason
from cases.rules import outcomes as rules

WHOLE = {
    "is_planned": True, "housing": "stayed", "safeguarding": "ended", "onward": ["outreach"], "onward_note": "", "has_exit_dash": True, "no_exit_dash_reason": "",
    "outcomes": dict.fromkeys(rules.MEASURES, "unknown"), "survey": "no", "has_survey_contact": False,
}
NOTHING = {
    "is_planned": None, "housing": "", "safeguarding": "", "onward": [], "onward_note": "", "has_exit_dash": False, "no_exit_dash_reason": "", "outcomes": {},
    "survey": "", "has_survey_contact": False,
}


def missing(reason="needs_met", **facts):
    return set(rules.reasons_incomplete(reason, **WHOLE | facts))


@pytest.mark.parametrize("reason", ClosingReason.values)
def test_said_in_full_nothing_is_missing_and_nothing_said_all_is_but_where_nobody_is_left_to_ask(reason):
    assert missing(reason) == set()
    everything = {"is_planned", "housing", "safeguarding", "onward", "no_exit_dash_reason", "survey", *rules.MEASURES}
    assert missing(reason, **NOTHING) == (set() if reason in ("deceased", "duplicate") else everything)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_planned": False}, set()),
        ({"is_planned": None}, {"is_planned"}),
        ({"onward": ["none"]}, set()),
        ({"onward": ["none", "police"]}, {"onward"}),
        ({"onward": ["other"]}, {"onward_note"}),
        ({"onward": ["other"], "onward_note": "A choir"}, set()),
        ({"has_exit_dash": False, "no_exit_dash_reason": "too short"}, {"no_exit_dash_reason"}),
        ({"has_exit_dash": False, "no_exit_dash_reason": "She moved before it could be done"}, set()),
        ({"outcomes": dict.fromkeys(rules.MEASURES, "unknown") | {"abuse": "yes"}}, {"abuse"}),
        ({"survey": "yes"}, {"survey_contact"}),
        ({"survey": "yes", "has_survey_contact": True}, set()),
    ],
)
def test_each_question(facts, expected):
    assert missing(**facts) == expected


@pytest.mark.parametrize("reason", sorted(rules.GOES_SOMEWHERE))
def test_who_goes_on_to_somebody_else_goes_somewhere(reason):
    assert missing(reason, onward=["none"]) == {"onward"} and missing(reason, onward=["idva"]) == set()


def test_the_risk_has_fallen_only_where_both_ends_are_known():
    assert rules.has_fallen("high", "medium") is True and rules.has_fallen("medium", "medium") is False and rules.has_fallen("standard", "high") is False
    assert rules.has_fallen("", "medium") is None and rules.has_fallen("high", "") is None


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(1, 60))
def test_so_many_months_before(day, months):
    before = rules.months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1


def test_a_dash_of_long_ago_says_nothing_of_the_end():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert rules.is_recent(at - timedelta(days=27, hours=23), at, 28) and not rules.is_recent(at - timedelta(days=28), at, 28) and not rules.is_recent(None, at, 28)
