"""Critical factors as a rule: they speak up, whatever is ticked, and never lower anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import dash as questions
from cases.rules import critical
from cases.rules import dash as rules

levels = st.sampled_from(rules.LEVELS)
codes = st.lists(st.sampled_from(list(critical.FACTORS)))


@given(st.dictionaries(st.integers(1, 24), st.sampled_from(rules.SAID)), codes, levels, st.sampled_from(["", *rules.LEVELS]))
def test_they_change_no_score_no_suggestion_and_nothing_about_who_must_agree(answers, ticked, final, current):
    """With and without ticks the same level holds: the only thing that a factor does is to speak."""
    suggested = rules.suggested_level(rules.score(answers), 14, 10)
    present = critical.together([factor.code for factor in rules.present(questions.latest().critical_factors, answers)], ticked)
    holds, proposed = rules.level_at_signing(final, suggested, current)
    assert (holds, proposed) == rules.level_at_signing(final, rules.suggested_level(rules.score(answers), 14, 10), current)
    assert bool(critical.words(suggested, present)) == bool(present)
    assert not present or "low" not in critical.words(suggested, present)


@given(codes, codes)
def test_each_factor_is_told_once_and_none_is_lost(computed, ticked):
    found = critical.together(computed, ticked)
    assert set(found) == set(computed) | set(ticked) and len(found) == len(set(found))


def test_what_can_be_ticked_is_what_the_answers_can_say_and_honour():
    of_answers = {factor.code for factor in questions.latest().critical_factors}
    assert set(critical.FACTORS) - of_answers == {"honour"} and of_answers - set(critical.FACTORS) == {"several_perpetrators"}


@pytest.mark.parametrize(
    ("suggested", "present", "words"),
    [
        ("standard", [], ""), ("standard", ["stalking"], "A critical factor is present. Think of high, whatever the score: it suggests standard."),
        ("medium", ["stalking", "honour"], "2 critical factors are present. Think of high"), ("high", ["honour"], "suggests high as well"),
    ],
)
def test_what_they_say(suggested, present, words):
    assert words in critical.words(suggested, present) and bool(words) == bool(critical.words(suggested, present))


def test_an_unknown_tick_is_refused():
    assert critical.reasons_unknown(["stalking", "other"]) and not critical.reasons_unknown(["stalking"]) and not critical.reasons_unknown([])
