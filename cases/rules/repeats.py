"""What makes an alleged perpetrator repeat or serial (domain 11, SEED-127, SEED-140). Ids and days in, words out; nothing here knows a name.

Repeat: more than one incident against the same victim/survivor within some months. Serial: incidents against two or more within some years, or ever.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cases.rules.same_person import Known, is_likely_same
from cases.rules.spelling import folded

REPEAT, SERIAL = "repeat", "serial"

# Who is likely to be whom: the id of a record -> the ids of the others. It runs both ways, and not on: without a date of birth somebody may
# be either of two people who are certainly not one another.
Same = Mapping[int, set[int]]


@dataclass(frozen=True)
class Incident:
    """Something that an alleged perpetrator is recorded to have done to a victim/survivor, on a day."""

    victim: int
    on: date


def months_earlier(day: date, months: int) -> date:
    """The same day of the month, some months before; the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def certainly_different(people: Iterable[int], same: Same) -> list[int]:
    """As many of these records as cannot be of one another's human being, those first that are like the fewest others.

    Each record that is left out is like one of those that are given.
    """
    people = set(people)
    taken: list[int] = []
    for one in sorted(people, key=lambda one: (len(same.get(one, set()) & people), one)):
        if not same.get(one, set()).intersection(taken):
            taken.append(one)
    return taken


def marks(incidents: Iterable[Incident], same: Same, today: date, months: int, years: int) -> list[str]:
    """What these incidents of one alleged perpetrator make them, as things stand today. `years` 0 means ever."""
    incidents = list(incidents)
    found = []
    lately = [one for one in incidents if one.on >= months_earlier(today, months)]
    if any(sum(other.victim == one.victim or other.victim in same.get(one.victim, set()) for other in lately) > 1 for one in lately):
        found.append(REPEAT)
    counted = [one for one in incidents if not years or one.on >= months_earlier(today, years * 12)]
    if len(certainly_different((one.victim for one in counted), same)) > 1:
        found.append(SERIAL)
    return found


def pairs(people: Mapping[int, Known]) -> set[tuple[int, int]]:
    """Everybody who is likely to be somebody else among these, both ways."""
    named: dict[str, list[int]] = {}
    for pk, known in people.items():
        named.setdefault(folded(known.given_name + known.family_name), []).append(pk)
    return {(one, other) for ids in named.values() for one in ids for other in ids if one != other and is_likely_same(people[one], people[other])}
