"""When a referral out may be made and what may become of it: tables, and that no order of steps ever leaves the table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.onward import rules

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOUND = {"is_inside": True, "channel": "", "asked_for": "Help", "misfits": [], "despite": "", "is_under_way": False, "sent_at": AT, "at": AT}


@pytest.mark.parametrize(
    ("but", "about"),
    [
        ({}, set()), ({"is_under_way": True}, {""}), ({"asked_for": " "}, {"asked_for"}), ({"misfits": ["Too old."]}, {"despite"}),
        ({"misfits": ["Too old."], "despite": "Agreed with them."}, set()), ({"is_inside": False}, {"channel"}), ({"is_inside": False, "channel": "phone"}, set()),
        ({"sent_at": AT + timedelta(minutes=1)}, {"sent_at"}),
    ],
)
def test_what_a_referral_needs(but, about):
    assert set(rules.reasons_cannot_send(**SOUND | but)) == about


@pytest.mark.parametrize(
    ("state", "step", "happened_at", "reason", "outcome", "about"),
    [
        ("sent", "accept", AT, "", "", set()), ("sent", "decline", AT, "", "", {"reason"}), ("sent", "decline", AT, "full", "", set()), ("sent", "report", AT, "", "working", {""}),
        ("accepted", "report", AT, "", "", {"outcome"}), ("accepted", "report", AT, "", "working", set()), ("declined", "accept", AT, "", "", {""}),
        ("closed", "report", AT, "", "working", {""}), ("nonsense", "accept", AT, "", "", {""}), ("sent", "accept", AT - timedelta(days=2), "", "", {"happened_at"}),
        ("sent", "accept", AT + timedelta(days=2), "", "", {"happened_at"}),
    ],
)
def test_what_may_be_recorded(state, step, happened_at, reason, outcome, about):
    assert set(rules.reasons_step(state, step, AT - timedelta(days=1), happened_at, AT, reason, outcome)) == about


def test_what_may_be_chased():
    assert rules.reasons_chase("sent", AT, AT, AT) == {}
    assert "" in rules.reasons_chase("accepted", AT, AT, AT)
    assert "happened_at" in rules.reasons_chase("sent", AT, AT - timedelta(hours=1), AT)


@pytest.mark.parametrize(
    ("wanted", "held", "by_consent", "given_still", "level"),
    [
        ("partner", "summary", True, True, "partner"), ("partner", "summary", True, False, "summary"), ("partner", "summary", False, False, "partner"),
        ("summary", "summary", False, False, "summary"), ("summary", "partner", False, False, "partner"),
    ],
)
def test_what_they_see_once_they_accept(wanted, held, by_consent, given_still, level):
    assert rules.level_then(wanted, held, by_consent, given_still) == level


def test_what_is_referred_elsewhere_and_who_takes_which_step():
    assert rules.reasons_not_referred_here("idva") == []
    assert all(rules.reasons_not_referred_here(kind) for kind in rules.ELSEWHERE)
    assert rules.steps_for("sent", is_receiver=True) == ["receive", "triage", "accept", "decline"]
    assert rules.steps_for("sent", is_receiver=False) == ["accept", "decline"]
    assert rules.steps_for("closed", is_receiver=True) == []


@given(st.lists(st.sampled_from([*rules.ANSWERS, "withdraw", "close"]), max_size=12))
def test_no_order_of_steps_leads_out_of_the_table(steps):
    state = "sent"
    known = {"sent", *(to for following in rules.TRANSITIONS.values() for to in following.values())}
    for step in steps:
        if not rules.reasons_step(state, step, AT, AT, AT, "full", "working"):
            was, state = state, rules.TRANSITIONS[state][step]
            # What was declined or taken back stays so; what has been accepted never waits for an answer again.
            assert was not in ("declined", "withdrawn", "closed") and not (was in ("accepted", "reported") and state in rules.WAITING)
        assert state in known
