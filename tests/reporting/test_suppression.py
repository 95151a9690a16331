"""Nobody can be found by subtraction. The attacks here share nothing with the code that they attack: they try out whole worlds."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting import suppression
from reporting.suppression import DoesNotAdd, Sum, hidden_counts

LEVELS = Sum("all", ("a", "b", "c"))


def levels(a, b, c):
    return {"all": a + b + c, "a": a, "b": b, "c": c}


@pytest.mark.parametrize(
    ("figures", "hidden"),
    [
        (levels(9, 8, 7), set()),
        (levels(0, 0, 0), set()),  # nought speaks of nobody
        (levels(5, 0, 6), set()),
        (levels(4, 8, 9), {"a", "b"}),  # the smaller neighbour goes too, not the total
        (levels(1, 9, 8), {"a", "c"}),
        (levels(4, 4, 9), {"a", "b"}),  # eight together: neither can be told
        (levels(1, 1, 9), {"a", "b", "c"}),  # two together would be a small group: so the third goes as well
        (levels(1, 1, 0), {"a", "b", "all"}),
        (levels(4, 0, 0), {"a", "all"}),
        (levels(4, 0, 9), {"a", "c"}),
        (levels(2, 2, 1), {"a", "b", "c"}),  # five in all: 1 to 3 each
    ],
)
def test_what_is_hidden_in_one_table(figures, hidden):
    assert hidden_counts(figures, [LEVELS], 5) == hidden


def test_a_total_goes_when_its_parts_would_follow_from_it():
    # Two parts of one each: whoever reads a total of 2, and knows that nothing hidden is nought, has them both.
    figures = {"all": 2, "a": 1, "b": 1}
    assert hidden_counts(figures, [Sum("all", ("a", "b"))], 2) == {"all", "a", "b"}


def test_what_is_hidden_in_one_table_cannot_be_read_from_another():
    sums = [Sum("due", ("kept", "missed")), Sum("missed", ("explained", "unexplained")), Sum("kept", ("k1", "k2")), Sum("missed", ("m1", "m2"))]
    figures = {"due": 60, "kept": 50, "missed": 10, "explained": 9, "unexplained": 1, "k1": 20, "k2": 30, "m1": 10, "m2": 0}
    hidden = hidden_counts(figures, sums, 5)
    assert {"unexplained", "explained"} <= hidden
    assert not attacked(figures, sums, hidden)


@pytest.mark.parametrize(
    ("figures", "headlines", "hidden"),
    [
        (levels(6, 2, 9), {"a"}, {"b", "c"}),  # the larger neighbour goes, because the smaller one heads the page
        (levels(6, 2, 9), {"a", "all"}, {"b", "c"}),
        (levels(6, 2, 0), {"a"}, {"b", "all"}),  # rather the total than a headline
        (levels(6, 2, 0), {"a", "all"}, {"b", "a"}),  # one of the two has to go
        (levels(3, 2, 9), {"a"}, {"a", "b"}),  # a small headline is small
        (levels(1, 1, 9), {"c"}, {"a", "b", "all"}),
    ],
)
def test_a_headline_goes_last(figures, headlines, hidden):
    assert hidden_counts(figures, [LEVELS], 5, headlines) == hidden


def test_headlines_do_not_go_first_where_tables_hang_together():
    """A small partnership: the parts of the kept promises are hidden, and what heads the return is not."""
    sums = [Sum("due", ("kept", "missed")), Sum("kept", ("k1", "k2", "k3")), Sum("missed", ("m1", "m2", "m3"))]
    figures = {"due": 13, "kept": 9, "missed": 4, "k1": 4, "k2": 5, "k3": 0, "m1": 1, "m2": 3, "m3": 0}
    assert "kept" in hidden_counts(figures, sums, 5)
    hidden = hidden_counts(figures, sums, 5, {"kept", "missed"})
    assert hidden == {"missed", "m1", "m2", "k1", "k2", "due"}
    assert not attacked(figures, sums, hidden)


def test_nothing_is_hidden_where_the_partnership_hides_nothing():
    assert hidden_counts(levels(1, 2, 3), [LEVELS], 1) == frozenset()


def test_a_count_on_its_own_is_hidden_alone():
    assert hidden_counts({"a": 3}, [], 5) == {"a"}


def test_a_search_that_gives_up_hides_more_and_never_less(monkeypatch):
    figures, sums = table([[1, 9, 9], [9, 8, 7], [9, 6, 12]])
    enough = hidden_counts(figures, sums, 5)
    monkeypatch.setattr(suppression, "PATIENCE", 1)
    hidden = hidden_counts(figures, sums, 5)
    assert hidden > enough
    assert solved_by_flow(figures, sums, hidden) == set()


def test_figures_that_contradict_their_sums_are_not_published():
    with pytest.raises(DoesNotAdd):
        hidden_counts({"all": 9, "a": 1, "b": 1, "c": 1}, [LEVELS], 5)


# ---------------------------------------------------------------- the attacks


def worlds(figures, sums, hidden, reach=6):
    """Every world that would have printed this page, as far as `reach` from the truth: whole figures, by trying them all."""
    names = sorted(hidden)
    spans = [range(max(1, figures[name] - reach), figures[name] + reach + 1) for name in names]
    for values in itertools.product(*spans):
        world = figures | dict(zip(names, values, strict=True))
        if all(sum(world[part] for part in one.parts) == world[one.total] for one in sums):
            yield world


def attacked(figures, sums, hidden):
    """The hidden counts that are the same in every world near by: an attacker has them."""
    open_still = set(hidden)
    for world in worlds(figures, sums, hidden, reach=1):
        open_still -= {name for name in open_still if world[name] != figures[name]}
        if not open_still:
            return open_still
    return open_still


def table(rows):
    """A table with its totals: figures and sums. Cells c<row>_<column>, totals r<row>, k<column>, all."""
    figures, sums = {}, []
    across, down = range(len(rows)), range(len(rows[0]))
    for i in across:
        figures |= {f"c{i}_{j}": rows[i][j] for j in down} | {f"r{i}": sum(rows[i])}
        sums.append(Sum(f"r{i}", tuple(f"c{i}_{j}" for j in down)))
    for j in down:
        figures[f"k{j}"] = sum(row[j] for row in rows)
        sums.append(Sum(f"k{j}", tuple(f"c{i}_{j}" for i in across)))
    figures["all"] = sum(map(sum, rows))
    sums += [Sum("all", tuple(f"r{i}" for i in across)), Sum("all", tuple(f"k{j}" for j in down))]
    return figures, sums


def some(figures, random):
    """Any of the counts, to head the page."""
    return {name for name in sorted(figures) if random.random() < 0.3}


def small_groups(figures, sums, hidden, below):
    """The sums that give back a group as small as those that are hidden."""
    return [
        one.total for one in sums
        if one.total not in hidden and any(part in hidden for part in one.parts)
        and figures[one.total] - sum(figures[part] for part in one.parts if part not in hidden) < below
    ]


def cells_and(width, height, top=14):
    return st.lists(st.lists(st.integers(0, top), min_size=width, max_size=width), min_size=height, max_size=height)


TABLES = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(lambda size: cells_and(*size))


def solved_by_flow(figures, sums, hidden):
    """The same attack for tables of any size, by the theory of flows: in a table with totals a cell is open exactly if some closed walk
    through the hidden cells, alternately adding and taking one, passes through it. Breadth first, unlike the code."""
    # Each count is a pipe between the two sums it stands in. More of a cell flows from its column to its row, more of a row's total from
    # the row to the grand total, more of the grand total to the columns, more of a column's total into the column.
    pipes = {"all": ("all rows", "all columns")}
    for name in figures:
        across, _, down = name[1:].partition("_")
        if name.startswith("c"):
            pipes[name] = (("column", down), ("row", across))
        elif name.startswith("r"):
            pipes[name] = (("row", across), "all rows")
        elif name.startswith("k"):
            pipes[name] = ("all columns", ("column", across))
    arcs = []
    for name in hidden:
        source, target = pipes[name]
        arcs.append((source, target, name))
        if figures[name] > 1:
            arcs.append((target, source, name))

    def reachable(start, goal, without):
        seen, queue = {start}, [start]
        while queue:
            here = queue.pop(0)
            for source, target, name in arcs:
                if source == here and name != without and target not in seen:
                    seen.add(target)
                    queue.append(target)
        return goal in seen

    return {name for source, target, name in arcs if not reachable(target, source, name)} - {
        name for source, target, name in arcs if reachable(target, source, name)
    }


@settings(max_examples=400, deadline=None)
@given(TABLES, st.integers(1, 8), st.randoms())
def test_no_hidden_count_of_a_table_with_totals_can_be_solved(rows, below, random):
    figures, sums = table(rows)
    hidden = hidden_counts(figures, sums, below, some(figures, random))
    assert solved_by_flow(figures, sums, hidden) == set()
    if len(hidden) <= 9:
        assert attacked(figures, sums, hidden) == set()


@settings(max_examples=200, deadline=None)
@given(st.tuples(st.integers(2, 6), st.integers(2, 6)).flatmap(lambda size: cells_and(*size, top=30)), st.integers(2, 10), st.randoms())
def test_nor_of_a_large_one(rows, below, random):
    figures, sums = table(rows)
    assert solved_by_flow(figures, sums, hidden_counts(figures, sums, below, some(figures, random))) == set()


@settings(max_examples=300, deadline=None)
@given(TABLES, st.integers(1, 8), st.randoms())
def test_no_sum_gives_back_a_group_as_small_as_those_that_are_hidden(rows, below, random):
    figures, sums = table(rows)
    assert small_groups(figures, sums, hidden_counts(figures, sums, below, some(figures, random)), below) == []


@settings(max_examples=300, deadline=None)
@given(TABLES, st.integers(1, 8), st.randoms())
def test_no_headline_is_hidden_that_could_be_shown(rows, below, random):
    figures, sums = table(rows)
    headlines = some(figures, random)
    hidden = hidden_counts(figures, sums, below, headlines)
    for name in headlines & hidden:
        without = hidden - {name}
        assert figures[name] < below or solved_by_flow(figures, sums, without) or small_groups(figures, sums, without, below), name


@settings(max_examples=300, deadline=None)
@given(TABLES, st.integers(1, 8), st.randoms())
def test_small_counts_are_hidden_and_nought_never_is(rows, below, random):
    figures, sums = table(rows)
    hidden = hidden_counts(figures, sums, below, some(figures, random))
    assert {name for name, value in figures.items() if 0 < value < below} <= hidden
    assert not {name for name in hidden if figures[name] == 0}
    if not any(0 < value < below for value in figures.values()):
        assert hidden == frozenset()


@settings(max_examples=200, deadline=None)
@given(TABLES, st.integers(1, 8), st.randoms())
def test_the_same_figures_are_always_hidden_the_same_way(rows, below, random):
    figures, sums = table(rows)
    shuffled, headlines = list(figures.items()), sorted(some(figures, random))
    random.shuffle(shuffled)
    assert hidden_counts(dict(shuffled), sums, below, headlines) == hidden_counts(figures, sums, below, headlines[::-1])


def test_the_attack_finds_what_is_hidden_badly():
    """The attacks can fail: a lone hidden cell, and a hidden pair that the totals pin down, are found."""
    figures, sums = table([[3, 9], [8, 7]])
    assert solved_by_flow(figures, sums, {"c0_0"}) == {"c0_0"} == attacked(figures, sums, {"c0_0"})
    assert solved_by_flow(figures, sums, {"c0_0", "c0_1"}) == {"c0_0", "c0_1"} == attacked(figures, sums, {"c0_0", "c0_1"})
    square = {"c0_0", "c0_1", "c1_0", "c1_1"}
    assert solved_by_flow(figures, sums, square) == set() == attacked(figures, sums, square)
    figures, sums = table([[1, 9], [8, 1]])  # neither of the ones can go down, but both can go up
    assert attacked(figures, sums, square) == set() == solved_by_flow(figures, sums, square)
    figures, sums = table([[1, 1], [8, 1]])  # up in one corner is down beside it, and nothing there is nought
    assert attacked(figures, sums, square) == square == solved_by_flow(figures, sums, square)
