"""The rules of a landlord's work, by table and by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.landlord import rules

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHY = "Long enough to be understood."
TODAY = AT.date()


@pytest.mark.parametrize(
    ("text", "fears"),
    [
        ("He will pour PETROL through the door", True), ("threatened arson", True), ("Said he would set fire to the flat", True), ("burned her clothes", True),
        ("set her car alight", True), ("The fire door is at the back", False), ("Ask the fire service to visit", False), ("", False), ("He was fired from his job", False),
    ],
)
def test_words_that_let_somebody_fear_arson(text, fears):
    assert rules.speaks_of_fire(["", text]) is fears


@pytest.mark.parametrize(
    ("lines", "fears", "has_one", "why", "fields"),
    [
        ({}, False, False, "", {""}), ({"door_chain": (1, 0)}, False, False, "", set()), ({"door_chain": (0, 5)}, False, False, "", {"quantity_door_chain"}),
        ({"door_chain": (21, -1)}, False, False, "", {"quantity_door_chain", "cost_door_chain"}), ({"door_chain": (1, 0)}, True, False, "short", {"no_letterbox"}),
        ({"door_chain": (1, 0)}, True, False, WHY, set()), ({"door_chain": (1, 0)}, True, True, "", set()), ({"letterbox": (1, 0)}, True, False, "", set()),
    ],
)
def test_what_stands_in_the_way_of_an_order(lines, fears, has_one, why, fields):
    assert set(rules.reasons_order(lines, fears, has_one, why)) == fields


@pytest.mark.parametrize(
    ("not_safe", "why", "when", "fields"),
    [([], "", HOUR, set()), ([], "", -HOUR, {"visit_at"}), (["Not safe."], "", HOUR, {"override_reason"}), (["Not safe."], WHY, HOUR, set()), ([], "", 0 * HOUR, {"visit_at"})],
)
def test_what_stands_in_the_way_of_a_visit(not_safe, why, when, fields):
    assert set(rules.reasons_visit(not_safe, why, AT + when, AT)) == fields


@pytest.mark.parametrize(
    ("states", "when", "fitter", "fields"),
    [
        ([], -HOUR, "J", {"measures"}), (["fitted"], -HOUR, "J", {"measures"}), (["ordered"], HOUR, "J", {"fitted_at"}), (["ordered"], -9 * HOUR, "J", {"fitted_at"}),
        (["ordered"], -HOUR, " ", {"fitter"}), (["ordered", "ordered"], -HOUR, "J", set()),
    ],
)
def test_what_stands_in_the_way_of_fitted(states, when, fitter, fields):
    assert set(rules.reasons_fitted(states, AT + when, AT - 5 * HOUR, AT, fitter)) == fields


@pytest.mark.parametrize(
    ("states", "sound", "fault", "when", "fields"),
    [
        ([], True, "", -HOUR, {"measures"}), (["ordered"], True, "", -HOUR, {"measures"}), (["fitted"], True, "", HOUR, {"checked_at"}),
        (["fitted"], True, "", -9 * HOUR, {"checked_at"}),
        (["fitted"], False, "", -HOUR, {"fault"}), (["fitted"], False, WHY, -HOUR, set()), (["fitted"], True, "", -HOUR, set()),
    ],
)
def test_what_stands_in_the_way_of_a_check(states, sound, fault, when, fields):
    assert set(rules.reasons_checked(states, sound, fault, AT + when, [AT - 5 * HOUR], AT)) == fields


@pytest.mark.parametrize(("states", "why", "fields"), [([], WHY, {"measures"}), (["fitted"], WHY, {"measures"}), (["ordered"], "", {"reason"}), (["ordered"], WHY, set())])
def test_what_stands_in_the_way_of_cancelling(states, why, fields):
    assert set(rules.reasons_cancel(states, why)) == fields


@given(*[st.integers(0, 10**9)] * 3)
def test_what_is_ordered_and_spent_and_left_is_the_budget(budget, ordered, spent):
    assert rules.left_of(budget, ordered, spent) + ordered + spent == budget


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_financial_year_begins_in_april(day):
    begins = rules.financial_year(day)
    assert date(begins, 4, 1) <= day < date(begins + 1, 4, 1)


@pytest.mark.parametrize("caused", list(rules.CAUSED))
def test_what_may_come_of_abuse_is_advised_not_to_be_charged(caused):
    against = rules.reasons_charge(caused, rules.CHARGED, 100, None, "")
    if caused == "other":
        assert "Waive" not in rules.advice_on_charge(caused) and against == {}
    else:
        assert rules.advice_on_charge(caused).startswith("Waive it.") and "advises to waive" in against["why"]
    assert rules.reasons_charge(caused, rules.CHARGED, 100, None, WHY) == rules.reasons_charge(caused, rules.WAIVED, 100, None, "") == {}


def test_no_advice_is_made_up():
    with pytest.raises(ValueError, match="unknown cause"):
        rules.advice_on_charge("weather")


@pytest.mark.parametrize(
    ("decision", "asked", "charged", "why", "fields"),
    [
        ("part", 100, None, WHY, {"charged"}), ("part", 100, 100, WHY, {"charged"}), ("part", 100, 0, WHY, {"charged"}), ("part", 100, 99, WHY, set()),
        ("part", 100, 99, "", {"why"}),
        ("waived", 0, None, "", {"asked"}),
    ],
)
def test_a_part_is_a_part_and_has_its_reason(decision, asked, charged, why, fields):
    assert set(rules.reasons_charge("other", decision, asked, charged, why)) == fields


@given(st.sampled_from(["waived", "part", "charged"]), st.integers(1, 10**7), st.none() | st.integers(0, 10**7))
def test_nobody_is_charged_more_than_the_repair_costs(decision, asked, charged):
    if not rules.reasons_charge("other", decision, asked, charged, WHY):
        sum_charged = rules.charged_in_full(decision, asked, charged)
        assert 0 <= sum_charged <= asked and (sum_charged == 0) == (decision == "waived")


def step(code, state, before="", **facts):
    given = {"wishes": "said", "wishes_said": "To stay.", "weighing": WHY, "has_advice": True, "protection": "lifetime", "happened_on": TODAY, "today": TODAY} | facts
    return set(rules.reasons_step(code, before, state, **given))


@pytest.mark.parametrize("code", list(rules.KINDS))
@pytest.mark.parametrize("state", ["decided", "under_way", "done"])
def test_whatever_is_right_in_everything_can_be_done(code, state):
    assert step(code, state) == set()


@pytest.mark.parametrize("code", [code for code, kind in rules.KINDS.items() if kind.wants_wishes])
@pytest.mark.parametrize("wishes", ["not_safe", "not_asked"])
def test_nothing_is_decided_before_they_have_said_what_they_want(code, wishes):
    for state in ("decided", "under_way", "done"):
        assert "wishes" in step(code, state, wishes=wishes, wishes_said="")
    assert step(code, "considered", wishes=wishes, wishes_said="") == set()


def test_possession_weighs_what_they_want_and_after_a_conviction_asks_for_it():
    assert step("possession", "under_way", weighing="") == {"weighing"}
    assert step("possession_convicted", "under_way", wishes="not_asked", wishes_said="", weighing="") == {"wishes", "weighing"}
    assert step("possession_convicted", "under_way", wishes="not_safe", wishes_said="") == set()
    assert step("possession_convicted", "not_pursued", why_not="") == {"why_not"}
    assert step("possession_convicted", "not_pursued", why_not=WHY) == set()


def test_a_joint_tenancy_is_ended_after_advice_and_a_sole_one_is_protected():
    assert step("end_joint", "under_way", has_advice=False) == {"without_advice"}
    assert step("end_joint", "under_way", has_advice=False, without_advice=WHY) == set()
    assert step("sole_tenancy", "done", protection="") == {"protection"}
    assert step("sole_tenancy", "done", protection="not_secure") == {"no_protection"}
    assert step("sole_tenancy", "done", protection="not_secure", no_protection=WHY) == set()


def test_steps_follow_on_each_other():
    assert step("kept", "decided", before="done") == {"state"}
    assert step("kept", "considered", before="under_way") == {"state"}
    assert step("kept", "considered", before="not_pursued") == set()
    assert step("kept", "done", happened_on=TODAY + timedelta(days=1)) == {"happened_on"}
    assert step("kept", "considered", wishes_said=" ") == {"wishes_said"}


def test_each_kind_belongs_to_one_side_and_says_its_rule():
    assert {**rules.kinds_of(rules.SURVIVOR), **rules.kinds_of(rules.PERPETRATOR)} == rules.KINDS
    assert "81ZA" in rules.KINDS["sole_tenancy"].rule and "for both" in rules.KINDS["end_joint"].rule
