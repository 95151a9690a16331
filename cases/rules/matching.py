"""Whether somebody who is being written down may be somebody who is known already, and why. Values in, reasons out; people decide (domain 8.4)."""

from dataclasses import dataclass
from datetime import date

from cases.rules import spelling

LIKELY_FROM = 5  # ASSUME: the same whole name is enough, and so is a name that sounds alike with one thing more


@dataclass(frozen=True)
class Profile:
    """What is known of somebody. Numbers and postcodes only as far as the one who asks may see them."""

    given_name: str = ""
    family_name: str = ""
    also_known_as: str = ""
    date_of_birth: date | None = None
    called: frozenset = frozenset()
    postcodes: frozenset = frozenset()


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for it, in words, and how much."""

    words: str
    weight: int


def reasons(one: Profile, other: Profile) -> list[Reason]:
    """What speaks for the two being the same person, the strongest first; empty where they are not likely to be."""
    found = [*_by_name(one, other), *_by_birth(one.date_of_birth, other.date_of_birth)]
    if one.called & other.called:
        found.append(Reason("The same telephone number or e-mail address", 4))
    if one.postcodes & other.postcodes:
        found.append(Reason("The same postcode", 2))
    against = 4 if _is_other_birth(one.date_of_birth, other.date_of_birth) else 0
    if sum(reason.weight for reason in found) - against < LIKELY_FROM:
        return []
    return sorted(found, key=lambda reason: -reason.weight)


def weight(found: list[Reason]) -> int:
    """How much speaks for it."""
    return sum(reason.weight for reason in found)


def _by_name(one, other):
    mine, theirs = (spelling.whole_name(each.given_name, each.family_name) for each in (one, other))
    if mine and mine == theirs and all((one.given_name, one.family_name, other.given_name, other.family_name)):
        return [Reason("The same name", 5)]
    words = [spelling.words(each.given_name, each.family_name, each.also_known_as) for each in (one, other)]
    fewer, more = sorted(words, key=len)
    if fewer and all(any(spelling.alike(word) & spelling.alike(known) for known in more) for word in fewer):
        return [Reason("A name that is spelt alike or sounds alike", 3)]
    return []


def _by_birth(one, other):
    if one is None or other is None:
        return []
    if one == other:
        return [Reason("The same date of birth", 4)]
    return [Reason("A date of birth that differs by a slip", 2)] if _is_a_slip(one, other) else []


def _is_other_birth(one, other):
    return one is not None and other is not None and one != other and not _is_a_slip(one, other)


def _is_a_slip(one, other):
    """Day and month exchanged, or one digit wrong."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(mine != theirs for mine, theirs in zip(one.isoformat(), other.isoformat(), strict=True)) == 1
