"""The sums and the reasons: Don't know never scores, a higher level needs words, a lower one needs another person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import dash
from cases.rules import dash as rules

NUMBERS = range(1, 25)
LONG = "Escalating fast since the separation; she expects to be killed."

answers = st.fixed_dictionaries({number: st.sampled_from(rules.SAID) for number in NUMBERS})
levels = st.sampled_from(rules.LEVELS)
levels_of_a_case = st.sampled_from(("", *rules.LEVELS))
bases = st.sampled_from(rules.BASES)


def all_no(**changes):
    said = dict.fromkeys(NUMBERS, rules.NO)
    said.update({int(number[1:]): value for number, value in changes.items()})
    return said


def sign(**changes):
    facts = {
        "answers": all_no(), "numbers": NUMBERS, "suggested": rules.STANDARD, "final": rules.STANDARD, "basis": rules.SCORE, "rationale": "",
    } | changes
    return rules.reasons_cannot_sign(**facts)


# --- the score

@given(answers)
def test_only_yes_scores(said):
    assert rules.score(said) == list(said.values()).count(rules.YES)


@given(answers, st.sampled_from(NUMBERS))
def test_dont_know_never_scores(said, number):
    assert rules.score(said | {number: rules.DONT_KNOW}) == rules.score(said | {number: rules.NO})


@given(answers, st.sampled_from(NUMBERS), st.integers(1, 24), st.integers(1, 24))
def test_one_more_yes_never_lowers_anything(said, number, high_from, medium_from):
    more = said | {number: rules.YES}
    assert rules.score(more) >= rules.score(said)
    before = rules.suggested_level(rules.score(said), high_from, medium_from)
    assert not rules.is_lower(rules.suggested_level(rules.score(more), high_from, medium_from), before)


@pytest.mark.parametrize(("points", "level"), [(0, "standard"), (9, "standard"), (10, "medium"), (13, "medium"), (14, "high"), (24, "high")])
def test_the_default_bands(points, level):
    assert rules.suggested_level(points, 14, 10) == level


@pytest.mark.parametrize(("points", "level"), [(16, "medium"), (17, "high"), (13, "standard")])
def test_other_bands(points, level):
    assert rules.suggested_level(points, 17, 14) == level


def test_without_a_medium_band_there_is_no_medium():
    assert {rules.suggested_level(points, 10, 14) for points in range(25)} == {"standard", "high"}


# --- complete or not

def test_an_empty_answer_and_a_missing_one_are_unanswered():
    said = all_no(n5="")
    del said[9]
    assert rules.unanswered(said, NUMBERS) == [5, 9]
    assert rules.reasons_unanswered(said, NUMBERS) == ["Answer items 5, 9 first."]
    assert rules.reasons_unanswered(all_no(n5=""), NUMBERS) == ["Answer item 5 first."]
    assert rules.reasons_unanswered(all_no(n5="dont_know"), NUMBERS) == []


# --- critical factors

def test_factors_show_what_the_score_hides():
    found = {factor.code for factor in rules.present(dash.latest().critical_factors, all_no(n15="yes", n6="yes", n12="yes", n1="yes"))}
    assert found == {"strangulation", "separation_control_violence"}


def test_all_without_any_of_any_is_no_factor():
    assert rules.present(dash.latest().critical_factors, all_no(n6="yes", n12="yes")) == []
    assert rules.present(dash.latest().critical_factors, all_no(n14="dont_know")) == []


def test_any_alone_is_enough_where_all_is_empty():
    assert [factor.code for factor in rules.present(dash.latest().critical_factors, all_no(n11="yes"))] == ["escalation"]


# --- signing

def test_the_suggested_level_by_the_score_needs_no_words():
    assert sign() == []


def test_signed_is_signed():
    assert sign(is_signed=True) == ["This assessment has been signed. It cannot be changed."]


def test_an_unanswered_item_blocks_signing():
    assert sign(answers=all_no(n24="")) == ["Answer item 24 first."]


@pytest.mark.parametrize("final", ["", "low", None])
def test_a_level_that_is_none_is_refused(final):
    assert sign(final=final) == ["Select the final level."]


def test_a_basis_that_is_none_is_refused():
    assert "Select what decided the level." in sign(basis="whim")


def test_the_score_cannot_decide_on_another_level():
    assert sign(final="medium", rationale=LONG) == ["The score suggests standard. Select what else decided the level."]


@pytest.mark.parametrize("basis", [rules.ESCALATION, rules.REPEAT])
def test_only_judgement_lowers(basis):
    assert sign(suggested="high", final="medium", basis=basis, rationale=LONG) == ["Only professional judgement can set a level below the suggested one."]
    assert sign(suggested="high", final="medium", basis=rules.JUDGEMENT, rationale=LONG) == []


@pytest.mark.parametrize("basis", [rules.JUDGEMENT, rules.ESCALATION, rules.REPEAT])
def test_another_level_needs_words(basis):
    assert sign(final="medium", basis=basis, rationale="  \n ") == ["Say why you decided on this level."]
    assert sign(final="medium", basis=basis, rationale="Fear.") == []


def test_judgement_needs_words_even_for_the_suggested_level():
    assert sign(basis=rules.JUDGEMENT) == ["Say why you decided on this level."]
    assert sign(suggested="high", final="high", basis=rules.JUDGEMENT, rationale="Agreed.") == []


def test_judgement_alone_for_high_needs_fifty_characters():
    short = sign(final="high", basis=rules.JUDGEMENT, rationale="x" * 49)
    assert short == ["Your judgement alone makes this high. Say why, in 50 characters or more."]
    assert sign(final="high", basis=rules.JUDGEMENT, rationale=" " * 40 + "x" * 49) == short
    assert sign(final="high", basis=rules.JUDGEMENT, rationale="x" * 50) == []
    assert sign(final="high", basis=rules.ESCALATION, rationale="Four in a year.") == []


def test_a_level_below_the_cases_own_needs_words_for_who_decides():
    assert sign(current="high") == ["Say why you decided on this level."]
    assert sign(current="high", rationale="He is in prison.") == []
    assert sign(current="standard") == sign(current="") == []


@given(levels, levels, levels_of_a_case)
def test_no_signature_alone_ever_lowers_a_cases_level(final, suggested, current):
    holds, proposed = rules.level_at_signing(final, suggested, current)
    assert not rules.is_lower(holds, current)
    assert (proposed == final) is (rules.is_lower(final, current) or rules.is_lower(final, suggested))
    assert proposed or holds == final  # raising is free


@pytest.mark.parametrize(
    ("final", "suggested", "current", "holds", "basis", "approved"),
    [
        ("standard", "standard", "high", "high", "held", "score"),
        ("medium", "standard", "high", "high", "held", "judgement"),
        ("standard", "medium", "high", "high", "held", "judgement"),
        ("medium", "high", "standard", "high", "score", "judgement"),
        ("medium", "high", "high", "high", "score", "judgement"),
    ],
)
def test_what_holds_while_a_lower_level_waits_and_what_it_rests_on(final, suggested, current, holds, basis, approved):
    assert rules.level_at_signing(final, suggested, current) == (holds, final)
    assert rules.basis_at_signing(rules.JUDGEMENT, final, holds, suggested) == basis
    assert rules.basis_once_approved(final, suggested) == approved


@given(bases, levels, levels)
def test_what_does_not_wait_rests_on_what_the_assessor_said(basis, holds, suggested):
    assert rules.basis_at_signing(basis, "", holds, suggested) == basis


def test_nobody_chooses_held():
    assert sign(basis=rules.HELD) == ["Select what decided the level."]


@given(answers, levels, bases, st.text(max_size=80), st.integers(1, 24), st.integers(1, 24))
def test_a_lower_level_never_holds_without_another_person(said, final, basis, rationale, high_from, medium_from):
    suggested = rules.suggested_level(rules.score(said), high_from, medium_from)
    holds, proposed = rules.level_at_signing(final, suggested, "")
    assert not rules.is_lower(holds, suggested)
    assert (proposed == final) is rules.is_lower(final, suggested)
    if rules.is_lower(final, suggested) and basis != rules.JUDGEMENT:
        assert sign(answers=said, suggested=suggested, final=final, basis=basis, rationale=rationale)


# --- the second person

def decide(**changes):
    facts = {"proposed": "medium", "is_decided": False, "signed_by": 1, "decider": 2, "reason": "Agreed after a visit."}
    return rules.reasons_cannot_decide(**(facts | changes))


def test_another_person_decides_once_with_a_reason():
    assert decide() == []
    assert decide(proposed="") == ["No lower level was proposed."]
    assert decide(is_decided=True) == ["This has been decided already."]
    assert decide(reason="  ") == ["Say why."]


@given(st.integers(), st.text(max_size=20), levels)
def test_nobody_approves_their_own(person, reason, proposed):
    assert decide(proposed=proposed, signed_by=person, decider=person, reason=reason) == [
        "Another person must decide: nobody approves their own lower level."
    ]
