"""How the level of a case came about over time, and what changed from one assessment to the next (domain 1.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.rules import dash

# What became of an item between two assessments, in the order in which whoever signs should read it.
NEW_YES, NO_LONGER_YES, YES_NOT_KNOWN, NOW_KNOWN, NOT_KNOWN_NOW = "new_yes", "no_longer_yes", "yes_not_known", "now_known", "not_known_now"
IN_WORDS = {
    NEW_YES: "Now Yes", NO_LONGER_YES: "No longer Yes", YES_NOT_KNOWN: "Was Yes, not known now", NOW_KNOWN: "Known now", NOT_KNOWN_NOW: "Not known now",
}


@dataclass(frozen=True)
class Signed:
    """What a signature did to the level, and perhaps a second person's decision after it. `final` is the level that it has now."""

    signed_at: datetime
    suggested: str
    final: str
    proposed: str = ""
    decided_at: datetime | None = None
    is_approved: bool = False


@dataclass(frozen=True)
class Step:
    """A moment at which the level was decided on: by the signature at `place` among the assessments, or by a second person after it."""

    at: datetime
    place: int
    before: str
    level: str
    is_decision: bool = False

    @property
    def is_change(self) -> bool:
        """Is the level another one than before?"""
        return self.level != self.before


def steps(signed: Sequence[Signed]) -> list[Step]:
    """Every moment at which the level was decided on, the first one first.

    Told again from what was signed, by the rules that held it then: a lower level waits for a second person, and what a second person
    decides on an assessment that another has followed moves nothing.
    """
    moments = [(one.signed_at, False, place) for place, one in enumerate(signed)]
    moments += [(one.decided_at, True, place) for place, one in enumerate(signed) if one.decided_at]
    found, level, newest = [], "", None
    for at, is_decision, place in sorted(moments):
        one, before = signed[place], level
        if not is_decision:
            newest = place
            level = dash.floor(one.suggested, before) if one.proposed else one.final
        elif one.is_approved and newest == place:
            level = one.proposed
        found.append(Step(at, place, before, level, is_decision))
    return found


def change(before: str, after: str) -> str:
    """What became of one item; "" where nothing did, or where one of the two has no answer yet."""
    if before not in dash.SAID or after not in dash.SAID or before == after:
        return ""
    if after == dash.YES:
        return NEW_YES
    if before == dash.YES:
        return NO_LONGER_YES if after == dash.NO else YES_NOT_KNOWN
    return NOW_KNOWN if after == dash.NO else NOT_KNOWN_NOW


def changes(before: Mapping[int, str], after: Mapping[int, str]) -> dict[int, str]:
    """What became of each item that both assessments asked for and that is not as it was, in the order in which to read them."""
    found = {number: what for number in sorted(after) if (what := change(before.get(number, ""), after[number]))}
    order = list(IN_WORDS)
    return dict(sorted(found.items(), key=lambda one: (order.index(one[1]), one[0])))


def new_and_gone(before: Iterable[str], after: Iterable[str]) -> tuple[list[str], list[str]]:
    """The codes of critical factors that are there now and were not before, and of those that were."""
    before, after = list(before), list(after)
    return [code for code in after if code not in before], [code for code in before if code not in after]
