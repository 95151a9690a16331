"""When two records may become one, and what the one says: tables, and that going back gives back what was."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import merging as rules

THEN, NOW = datetime(2025, 1, 2, tzinfo=UTC), datetime(2026, 3, 18, tzinfo=UTC)
BORN = date(1994, 5, 17)


def record(**facts):
    return {
        "given_name": "Marigold", "family_name": "Thistlewood", "date_of_birth": BORN, "sex": "female", "also_known_as": "", "approximate_age": None, "recorded_at": THEN,
    } | facts


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        ({}, []),
        ({"given_name": "Mari"}, ["given_name"]),
        ({"given_name": "", "date_of_birth": None, "sex": "unknown"}, []),
        ({"family_name": "Fernsby", "date_of_birth": date(1994, 7, 15), "sex": "other"}, ["family_name", "date_of_birth", "sex"]),
    ],
)
def test_asked_is_what_both_know_and_say_differently(other, asked):
    assert rules.to_ask(record(), record(**other)) == asked
    assert rules.to_ask(record(**other), record()) == asked


@pytest.mark.parametrize(
    ("kept", "absorbed", "holds", "expected"),
    [
        ({}, {}, {}, {}),
        ({"given_name": "", "date_of_birth": None, "approximate_age": 31}, {}, {}, {"also_known_as": "Thistlewood", "approximate_age": None}),
        ({}, {"family_name": "Fernsby"}, {"family_name": "kept"}, {"also_known_as": "Marigold Fernsby"}),
        ({}, {"family_name": "Fernsby"}, {"family_name": "absorbed"}, {"family_name": "Fernsby", "also_known_as": "Marigold Thistlewood"}),
        ({"also_known_as": "Mari"}, {"also_known_as": "MARI"}, {}, {"also_known_as": "Mari"}),
        ({"also_known_as": "a" * 150}, {"also_known_as": "b" * 60}, {}, {"also_known_as": "a" * 150}),
        ({"date_of_birth": None}, {"date_of_birth": None, "approximate_age": 31, "recorded_at": NOW}, {}, {"date_of_birth": None, "approximate_age": 31, "recorded_at": NOW}),
        ({"date_of_birth": None, "approximate_age": 40}, {"date_of_birth": None, "approximate_age": 31, "recorded_at": NOW}, {}, {"date_of_birth": None, "approximate_age": 40}),
        ({"given_name": "", "family_name": ""}, {"given_name": "", "family_name": ""}, {}, {"given_name": "", "family_name": ""}),
    ],
)
def test_what_the_one_record_says(kept, absorbed, holds, expected):
    assert rules.merged(record(**kept), record(**absorbed), holds) == record(**expected)


@pytest.mark.parametrize(
    ("roles", "other_roles", "cases", "other_cases", "words"),
    [
        (["victim"], ["victim"], [1], [2], ""),
        (["perpetrator"], ["perpetrator"], [1, 3], [2], ""),
        (["child"], ["victim"], [1], [2], ""),
        (["victim"], ["perpetrator"], [1], [2], "stay apart"),
        (["perpetrator", "child"], ["adult", "victim"], [1], [2], "stay apart"),
        (["victim"], ["child"], [1, 2], [2], "once"),
    ],
)
def test_what_must_stay_two(roles, other_roles, cases, other_cases, words):
    reasons = rules.reasons_not_one_person(roles, other_roles, cases, other_cases)
    assert [words in reason for reason in reasons] == ([True] if words else [])
    assert rules.reasons_not_one_person(other_roles, roles, other_cases, cases) == reasons


def test_who_may_decide_and_what_is_a_reason():
    assert rules.reasons_cannot_decide(False, 1, 2) == []
    assert rules.reasons_cannot_decide(False, 1, 1)
    assert rules.reasons_cannot_decide(True, 1, 2)
    assert rules.reasons_cannot_withdraw(False, 1, 1) == []
    assert rules.reasons_cannot_withdraw(False, 1, 2)
    assert rules.reasons_cannot_withdraw(True, 1, 1)
    assert rules.reasons_says_too_little("same person")
    assert rules.reasons_says_too_little("She said so") == []


texts = st.sampled_from(["", "Mari", "Marigold", "Thistlewood", "Fernsby"])
records = st.builds(
    lambda given, family, aka, born, age, sex: record(given_name=given, family_name=family, also_known_as=aka, date_of_birth=born, approximate_age=age, sex=sex),
    texts, texts, texts, st.none() | st.just(BORN), st.none() | st.integers(16, 90), st.sampled_from(["female", "male", "unknown"]),
)


kept_or_not = st.dictionaries(st.sampled_from(rules.ASKED), st.sampled_from([rules.KEPT, rules.ABSORBED]))


@given(records, records, kept_or_not, st.dictionaries(st.sampled_from(["given_name", "sex"]), texts))
def test_going_back_gives_back_what_was_and_keeps_what_was_changed_since(kept, absorbed, holds, changed):
    written = rules.merged(kept, absorbed, holds)
    assert set(written) == set(rules.FACTS)
    assert rules.restored(written, written, kept) == kept
    since = written | changed
    back = rules.restored(since, written, kept)
    assert all(back[name] == (kept[name] if since[name] == written[name] else since[name]) for name in rules.FACTS)
