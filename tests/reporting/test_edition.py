"""The edition of the return: pinned once published, complete, in words for people, and safe against reckoning as a whole."""

import hashlib
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.clocks import CONTACT
from cases.models.case import RiskLevel
from referrals.routes import ROUTES
from reporting import quarterly
from reporting.indicators import IN_FORCE, PLACE, edition, versions
from reporting.suppression import hidden_counts

# A published edition is never edited: write a new one beside it, and pin that here.
PINNED = {
    "2026": "66c2f0e346a61bb9d41d6bb1f6370ed8e8abfc8c84e3becffca791733231ac06",
    "2026-2": "f4eafd1665a2eb4c02c61731f6d392a3a196a262c13f468e48fcfe0cc7e0058b",
}


def test_published_editions_are_as_they_were_published():
    assert {version: hashlib.sha256((PLACE / f"quarterly-{version}.toml").read_bytes()).hexdigest() for version in versions()} == PINNED
    assert versions()[-1] == IN_FORCE


def test_an_edition_that_does_not_exist_is_not_looked_for_elsewhere():
    for version in ("1999", "../returns/quarterly-2026", ""):
        with pytest.raises(FileNotFoundError):
            edition(version)


def test_every_count_has_words_a_unit_a_meaning_and_a_source():
    found = edition(IN_FORCE)
    for table in found.tables:
        assert table.title and table.unit and len(table.definition) > 20 and table.source and table.source_code.startswith("SEED-")
        assert "SEED" not in f"{table.title} {table.definition} {table.source} {table.rows}"  # our numbering is for us
        assert sum(row.is_total for row in table.rows) == 1
        assert all(row.label for row in table.rows)
    units = {table.code: table.unit for table in found.tables}
    # Trap 11: cases, referrals, disclosures and promises are different things.
    assert (units["disclosures"], units["stalking"], units["referrals"], units["contact"]) == ("disclosures", "cases", "referrals", "promises")


def test_it_covers_every_route_level_and_kind_of_promise_that_there_is():
    codes = edition(IN_FORCE).codes
    assert {f"disclosures.{route}" for route in ROUTES} <= codes
    assert {f"assessments.{level}" for level in RiskLevel.values} <= codes
    assert set(quarterly.PROMISES) == CONTACT  # what a court or the police have to keep is no promise of the partnership


def test_every_total_of_a_table_is_the_sum_of_its_other_lines():
    """What a reader would add up, the file says adds up: a sum that is left out is one that suppression does not know of."""
    found = edition(IN_FORCE)
    known = {(one.total, frozenset(one.parts)) for one in found.sums}
    for table in found.tables:
        total = next(row.code for row in table.rows if row.is_total)
        assert (total, frozenset(row.code for row in table.rows if not row.is_total)) in known, table.code
    for _, part in found.chart.series:
        assert any(one.parts == tuple(f"{part}.{n}" for n in (1, 2, 3)) for one in found.sums)


# ---------------------------------------------------------------- small worlds, and two classic attacks on what is printed of them

PROMISE = st.one_of(
    st.tuples(st.just("kept"), st.sampled_from(["contact", "discussion"]), st.integers(1, 3)),
    st.tuples(st.just("ended"), st.sampled_from(["contact", "discussion"])),
    st.tuples(st.just("missed"), st.sampled_from(["contact", "discussion"]), st.integers(1, 3), st.sampled_from(["explained", "unexplained"])),
)
PROMISES = st.lists(st.tuples(PROMISE, st.integers(1, 9)), max_size=12)
PARTS = st.lists(st.integers(0, 12), min_size=14, max_size=14)


def world(promises, parts):
    figures = dict.fromkeys(edition(IN_FORCE).codes, 0)
    for (outcome, kind, *more), times in promises:
        counted = [f"{kind}.{outcome}", f"{kind}.due", f"promises.{outcome}", "promises.due"]
        if more:
            counted.append(f"months.{outcome}.{more[0]}")
        if more[1:]:
            counted.append(f"breaches.{more[1]}")
        for code in counted:
            figures[code] += times
    rest = iter(parts)
    for one in edition(IN_FORCE).sums:
        if one.total.split(".")[0] not in ("contact", "discussion", "promises"):
            for part in one.parts:
                figures[part] = next(rest, 0)
            figures[one.total] = sum(figures[part] for part in one.parts)
    return figures


def solved_by_elimination(figures, sums, hidden):
    """Gauss, exactly: the hidden counts that the printed ones determine."""
    names = sorted(hidden)
    rows = []
    for one in sums:
        row = [Fraction((name in one.parts) - (name == one.total)) for name in names]
        printed = [code for code in one.counts if code not in hidden]
        rows.append([*row, Fraction(sum(figures[code] if code == one.total else -figures[code] for code in printed))])
    pivots, at = [], 0
    for column in range(len(names)):
        pivot = next((r for r in range(at, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][column] for value in rows[at]]
        for r in range(len(rows)):
            if r != at and rows[r][column]:
                rows[r] = [a - rows[r][column] * b for a, b in zip(rows[r], rows[at], strict=True)]
        pivots.append((at, column))
        at += 1
    found = {names[column] for r, column in pivots if not any(rows[r][c] for c in range(len(names)) if c != column)}
    assert all(rows[r][-1] == figures[names[column]] for r, column in pivots if names[column] in found), "the attack reckons right"
    return found


def solved_by_intervals(figures, sums, hidden):
    """The classic interval attack: nothing hidden is nought; squeeze every count between its sums until nothing moves."""
    low = {code: 1 if code in hidden else value for code, value in figures.items()}
    high = {code: inf if code in hidden else value for code, value in figures.items()}
    moved = True
    while moved:
        moved = False
        for one in sums:
            for code in one.counts:
                if code == one.total:
                    lowest, highest = sum(low[part] for part in one.parts), sum(high[part] for part in one.parts)
                else:
                    others = [part for part in one.parts if part != code]
                    lowest, highest = low[one.total] - sum(high[part] for part in others), high[one.total] - sum(low[part] for part in others)
                if lowest > low[code] or highest < high[code]:
                    low[code], high[code], moved = max(low[code], lowest), min(high[code], highest), True
    return {code for code in hidden if low[code] == high[code]}


@settings(max_examples=400, deadline=None)
@given(PROMISES, PARTS, st.integers(1, 10))
def test_nobody_can_be_found_in_a_return_by_reckoning(promises, parts, below):
    figures, sums = world(promises, parts), edition(IN_FORCE).sums
    headlines = {row.code for row in edition(IN_FORCE).headlines}
    hidden = hidden_counts(figures, sums, below, headlines)
    assert {code for code, value in figures.items() if 0 < value < below} <= hidden
    assert solved_by_elimination(figures, sums, hidden) == set()
    assert solved_by_intervals(figures, sums, hidden) == set()


def test_the_attacks_find_what_is_hidden_badly():
    sums = edition(IN_FORCE).sums
    figures = world([(("kept", "contact", 1), 9), (("kept", "contact", 2), 6), (("missed", "contact", 2, "explained"), 3)], [])
    assert solved_by_elimination(figures, sums, {"breaches.explained"}) == {"breaches.explained"} == solved_by_intervals(figures, sums, {"breaches.explained"})
    two_ones = world([(("missed", "contact", 1, "explained"), 1), (("missed", "contact", 1, "unexplained"), 1)], [])
    pair = {"breaches.explained", "breaches.unexplained"}
    assert solved_by_intervals(two_ones, sums, pair) == pair
