"""Which counts of a return stay hidden, so that nobody can be found in it, nor worked out from its totals.

A count from 1 to below the agreed number is hidden. Nought is always shown: it speaks of nobody, hiding it would hide most of a
return, and a reader often knows it anyway (a month that has not begun). Then further counts are hidden until two things hold:

- no sum on the page gives back, by subtraction, a group as small as those that are hidden;
- no hidden count can be solved. A reader knows what is printed, which counts add up to which, and that nothing hidden is nought.
  A count is safe when the very same page could stand over other figures in which it is one more or one fewer.

Where one of several counts has to go, it is a part of a breakdown before it is a total, and the headlines of the page go last: a
small partnership still reads how much there was, if not how it was made up.

One mark serves for all of them: a mark that told small counts from the others would hand the reader a bound.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# How many ways of moving counts are tried before one that cannot be shown to be safe is taken to be solvable.
PATIENCE = 2000


@dataclass(frozen=True)
class Sum:
    """`total` is what `parts` add up to, and the reader knows it."""

    total: str
    parts: tuple[str, ...]

    @property
    def counts(self):
        return (self.total, *self.parts)

    def sign(self, count):
        return -1 if count == self.total else 1


class DoesNotAdd(ValueError):
    """Figures that contradict their own sums are not published at all."""


def hidden_counts(figures: Mapping[str, int], sums: Iterable[Sum], below: int, headlines: Iterable[str] = ()) -> frozenset[str]:
    """The counts that a page with these figures and sums must not show, where counts under `below` are small.

    A headline that is not small itself is hidden only where the page is not safe without. The answer depends on nothing but its
    arguments: the same quarter is hidden the same way in every return that shows it.
    """
    sums, headlines = list(sums), frozenset(headlines)
    for one in sums:
        if sum(figures[part] for part in one.parts) != figures[one.total]:
            raise DoesNotAdd(one.total)
    hidden = {count for count, value in figures.items() if 0 < value < below}
    safe = set()  # what could be otherwise stays so when more is hidden
    while (exposed := _exposed(figures, sums, hidden, below, safe)) is not None:
        hidden.add(min(exposed, key=lambda count: _cost(count, figures, sums, headlines)))
    for count in sorted(headlines & hidden, key=lambda count: (-figures[count], count)):
        # What was hidden after a headline may have made it safe to show.
        if figures[count] >= below and _exposed(figures, sums, hidden - {count}, below, set()) is None:
            hidden.remove(count)
    return frozenset(hidden)


def _exposed(figures, sums, hidden, below, safe):
    """The shown counts of which one more must go, for the first weakness that the page has; None when it has none."""
    for one in sums:
        parts = [part for part in one.parts if part in hidden]
        if parts and one.total not in hidden and sum(figures[part] for part in parts) < below:
            return [count for count in one.counts if count not in hidden and figures[count]]
    for count in sorted(hidden):
        if count not in safe:
            moved = _other_figures(count, 1, figures, sums, hidden) or _other_figures(count, -1, figures, sums, hidden)
            around = [] if moved else [one for one in _shown_around(count, sums, hidden) if figures[one]]
            if around:
                return around
            # Where all that is tied to a count is hidden, all of it could be twice as much.
            safe.update(moved or {count})
    return None


def _other_figures(count, step, figures, sums, hidden):
    """Other figures under which the page would be the same and this count `step` more, as the moves that lead there; None where none is found.

    Every sum that the moves so far have upset is set right by moving a further hidden count by one, the fewest moves first. Where the
    search gives up although there is an answer, more is hidden than need be, never less.
    """

    def room(one, step):
        return step > 0 or figures[one] > 1

    if not room(count, step):
        return None
    queue, seen = deque([{count: step}]), set()
    while queue and len(seen) <= PATIENCE:
        moves = queue.popleft()
        upset = next(((one, off) for one in sums if (off := sum(one.sign(c) * moves.get(c, 0) for c in one.counts))), None)
        if upset is None:
            return moves
        one, off = upset
        back = -1 if off > 0 else 1
        for c in one.counts:
            way = back * one.sign(c)
            further = frozenset((moves | {c: way}).items())
            if c in hidden and c not in moves and room(c, way) and further not in seen:
                seen.add(further)
                queue.append(dict(further))
    return None


def _shown_around(count, sums, hidden):
    """The shown counts in every sum that a hidden count is tied to, straight or through other hidden ones."""
    tied, reached = {count}, set()
    while new := [one for one in sums if one not in reached and tied & set(one.counts)]:
        reached.update(new)
        tied |= {c for one in new for c in one.counts if c in hidden}
    return [c for one in reached for c in one.counts if c not in hidden]


def _cost(count, figures, sums, headlines):
    """What a reader loses when a count goes: rather anything than a headline, rather a part than a total, and rather a smaller count."""
    return (count in headlines, sum(one.total == count for one in sums), figures[count], count)
