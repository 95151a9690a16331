"""The rules of a pathway's steps: done by a fact or by hand, not needed with a reason, waiting, due, overdue; and the refusal of a file that is not whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from referrals.pathways import rules
from referrals.pathways.parsing import NotWhole, parse
from referrals.pathways.rules import Due, Pathway, Step

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STEP = Step("S1", "Do it", "Somebody", "Words.", "seed", "S1")
WORDS = {"done": "Get it done", "other": "Do the other"}


def standing(step, facts=None, record=None, at=NOW, before=(), **situation):
    pathway = Pathway("tenant", "1", "Tenant", "", date(2026, 1, 1), (*before, step))
    found = rules.standings(
        pathway, rules.Situation(facts or {}, **situation), {step.id: record} if record else {}, at, lambda due, since: (since + DAY, "a day"), WORDS
    )
    return found[-1]


def test_every_fact_completes_a_step_when_the_last_became_true():
    step = replace(STEP, done_by=("done", "other"))
    assert standing(step).state == rules.TO_DO and standing(step).missing == ("Get it done", "Do the other")
    assert standing(step, {"done": NOW}).missing == ("Do the other",)
    found = standing(step, {"done": NOW - DAY, "other": NOW})
    assert (found.state, found.at, found.by) == (rules.DONE, NOW, "")


def test_what_the_case_file_says_beats_what_somebody_recorded():
    record = rules.Recorded(rules.NOT_NEEDED, "No children", NOW - DAY, "Somebody")
    step = replace(STEP, done_by=("done",))
    assert standing(step, record=record).state == rules.NOT_NEEDED
    assert standing(step, {"done": NOW}, record).state == rules.DONE


@pytest.mark.parametrize(("since", "state"), [(NOW, rules.DUE), (NOW - DAY, rules.DUE), (NOW - DAY - timedelta(seconds=1), rules.OVERDUE)])
def test_a_step_is_overdue_after_its_time_and_not_on_it(since, state):
    step = replace(STEP, due=Due(after="logged", policy="pathway.refer_high"))
    found = standing(step, {"logged": since})
    assert (found.state, found.due_at, found.due_basis) == (state, since + DAY, "a day")


def test_no_time_runs_before_what_starts_it():
    step = replace(STEP, due=Due(after="risk_assessed", policy="pathway.refer_high"))
    assert standing(step, {"logged": NOW}).state == rules.TO_DO


def test_a_time_after_another_step_counts_from_when_that_was_done():
    first = replace(STEP, id="S0", done_by=("done",))
    step = replace(STEP, after=("S0",), due=Due(after="step:S0", days=56, law="an act"))
    assert standing(step, {"done": NOW - 2 * DAY}, before=(first,)).state == rules.OVERDUE
    assert standing(step, {}, before=(first,)).state == rules.WAITING


def test_clocks_actions_and_words_say_when_too():
    assert standing(replace(STEP, due=Due(clock="contact")), clocks={"contact": NOW - DAY}).state == rules.OVERDUE
    assert standing(replace(STEP, due=Due(task="reassess")), tasks={"reassess": NOW + DAY}).state == rules.DUE
    found = standing(replace(STEP, due=Due(after="logged", words="At once")))
    assert (found.state, found.why, found.due_at) == (rules.TO_DO, "At once", None)


def test_a_step_waits_for_those_before_it_and_is_late_all_the_same():
    first = replace(STEP, id="S0", done_by=("done",))
    step = replace(STEP, after=("S0",), due=Due(after="logged", policy="x"))
    found = standing(step, {"logged": NOW}, before=(first,))
    assert (found.state, found.why) == (rules.WAITING, "After S0")
    assert standing(step, {"logged": NOW - 3 * DAY}, before=(first,)).state == rules.OVERDUE
    assert standing(step, {"logged": NOW, "done": NOW}, before=(first,)).state == rules.DUE


@pytest.mark.parametrize(
    ("condition", "situation", "expected"),
    [
        ("", {}, True),
        ("red_flag", {"route": "repairs"}, True), ("red_flag", {"route": "direct"}, False), ("red_flag", {}, False),
        ("reported", {"clocks": {"contact": NOW}}, True), ("reported", {"clocks": {"discussion": NOW}}, False),
        ("talked", {"clocks": {"discussion": NOW}}, True), ("talked", {}, False),
        ("high", {}, None), ("high", {"level": "high"}, True), ("high", {"level": "medium"}, False),
        ("medium", {"level": "medium"}, True), ("standard", {"level": "standard"}, True), ("standard", {"level": "high"}, False),
        ("in_marac", {}, None), ("in_marac", {"facts": {"marac_referred": NOW}}, True),
    ],
)
def test_whether_a_step_concerns_the_case(condition, situation, expected):
    is_on, why = rules.applies(condition, rules.Situation(**({"facts": {}} | situation)))
    assert is_on is expected and bool(why) is (expected is not True)


def test_a_step_that_does_not_concern_the_case_is_not_needed_and_says_why():
    found = standing(replace(STEP, when="high"), level="medium")
    assert (found.state, found.why) == (rules.NOT_NEEDED, "The risk is medium.")
    assert standing(replace(STEP, when="high")).state == rules.WAITING


def test_counting_and_what_comes_next():
    late = rules.Standing(replace(STEP, id="late"), rules.OVERDUE, due_at=NOW - DAY)
    later = rules.Standing(replace(STEP, id="later"), rules.OVERDUE, due_at=NOW - timedelta(hours=1))
    soon = rules.Standing(replace(STEP, id="soon"), rules.DUE, due_at=NOW + DAY)
    some = rules.Standing(replace(STEP, id="some"), rules.TO_DO)
    rest = [rules.Standing(STEP, state) for state in (rules.DONE, rules.NOT_NEEDED, rules.WAITING)]
    assert [one.step.id for one in rules.upcoming([some, *rest, soon, later, late])] == ["late", "later", "soon", "some"]
    assert rules.counts([some, *rest, soon, late]) == {"settled": 2, "all": 6, "overdue": 1, "waiting": 1}


@pytest.mark.parametrize(
    ("found", "state", "reason", "refused"),
    [
        (None, rules.DONE, "", "not on the pathway"),
        (rules.Standing(STEP, rules.DONE), rules.DONE, "", "itself says"),
        (rules.Standing(STEP, rules.NOT_NEEDED, by="Somebody"), rules.DONE, "", "recorded this step already"),
        (rules.Standing(replace(STEP, hand="no"), rules.DUE), rules.NOT_NEEDED, "Why", "by itself"),
        (rules.Standing(replace(STEP, hand="not_needed"), rules.DUE), rules.DONE, "", "by itself"),
        (rules.Standing(replace(STEP, hand="not_needed"), rules.DUE), rules.NOT_NEEDED, " ", "Say why"),
        (rules.Standing(replace(STEP, hand="not_needed"), rules.DUE), rules.NOT_NEEDED, "Why", ""),
        (rules.Standing(STEP, rules.OVERDUE), rules.DONE, "", ""),
    ],
)
def test_what_may_be_recorded_by_hand(found, state, reason, refused):
    reasons = rules.reasons_cannot_record(found, state, reason)
    assert refused in reasons[0] if refused else reasons == []


# --- the file

WHOLE = {
    "code": "tenant", "version": "1", "label": "Tenant", "about": "About.", "published": date(2026, 1, 1),
    "steps": [
        {"id": "S1", "title": "t", "who": "w", "words": "x", "basis": "seed", "source": "S1"},
        {"id": "S2", "title": "t", "who": "w", "words": "x", "basis": "law", "source": "S2", "after": ["S1"], "due": {"after": "step:S1", "days": 56, "law": "An act"}},
    ],
}


def test_a_whole_file_is_read():
    pathway = parse(WHOLE, "tenant.1")
    assert [step.id for step in pathway.steps] == ["S1", "S2"]
    assert pathway.step("S2").due == Due(after="step:S1", days=56, law="An act") and pathway.step("S3") is None
    assert pathway.step("S2").basis_words == "Law"
    assert replace(STEP, source="S1, SEED-001; the time is reconstructed").basis_words == "Stated in local policy; the time is reconstructed"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("tenant.2", {}, "calls itself"),
        ("tenant.1", {"label": None}, "nothing about"),
        ("tenant.1", {"step": {"id": "S1"}}, "twice"),
        ("tenant.1", {"step": {"after": ["S9"]}}, "does not stand before"),
        ("tenant.1", {"step": {"due": {"after": "step:S9", "days": 1, "law": "x"}}}, "does not stand before"),
        ("tenant.1", {"step": {"due": {"policy": "a", "clock": "b"}}}, "one of"),
        ("tenant.1", {"step": {"due": {"after": "x", "days": 5}}}, "one of"),
        ("tenant.1", {"step": {"hand": "no"}}, "nothing could complete"),
        ("tenant.1", {"step": {"hand": "perhaps"}}, "unknown"),
        ("tenant.1", {"step": {"when": "sometimes"}}, "unknown"),
        ("tenant.1", {"step": {"basis": "hearsay"}}, "unknown"),
        ("tenant.1", {"step": {"colour": "red"}}, "nobody understands"),
        ("tenant.1", {"step": {"due": {"policy": "a", "colour": "red"}}}, "nobody understands"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(name, changes, said):
    raw = WHOLE | {"steps": [WHOLE["steps"][0], WHOLE["steps"][1] | changes.get("step", {})]}
    if changes.get("label", "") is None:
        del raw["label"]
    with pytest.raises(NotWhole, match=said):
        parse(raw, name)
