"""Whether two records are likely to be of the same human being: the name however it was typed, and the date of birth. Values in, an answer out."""

from dataclasses import dataclass
from datetime import date

from cases.rules.spelling import folded


@dataclass(frozen=True)
class Known:
    """What a record says of who somebody is."""

    given_name: str
    family_name: str
    date_of_birth: date | None


def is_likely_same(one: Known, other: Known) -> bool:
    """The same name, and the same date of birth; where one of the two has no date, the same name in full. Without a name nobody is the same as anybody."""
    name = folded(one.given_name + one.family_name)
    if not name or name != folded(other.given_name + other.family_name):
        return False
    if one.date_of_birth and other.date_of_birth:
        return one.date_of_birth == other.date_of_birth
    return all(folded(part) for part in (one.given_name, one.family_name, other.given_name, other.family_name))
