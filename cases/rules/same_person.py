"""Whether two records are likely to be of the same human being: the name however it was typed, and the date of birth. Values in, an answer out."""

import unicodedata
from dataclasses import dataclass
from datetime import date

# Letters that are typed without their stroke, and apostrophes that Unicode counts as letters.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ʻ": "", "ʼ": "", "ʽ": "", "ʹ": "", "ˈ": ""})


@dataclass(frozen=True)
class Known:
    """What a record says of who somebody is."""

    given_name: str
    family_name: str
    date_of_birth: date | None


def folded(name: str) -> str:
    """A name without what two people type differently: case, accents, apostrophes, hyphens, full stops, spaces."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_PLAIN)
    # By combining class, not by category: the vowels of some scripts are marks too, and belong to the name.
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and unicodedata.category(letter)[0] not in "PZCS")


def is_likely_same(one: Known, other: Known) -> bool:
    """The same name, and the same date of birth; where one of the two has no date, the same name in full. Without a name nobody is the same as anybody."""
    name = folded(one.given_name + one.family_name)
    if not name or name != folded(other.given_name + other.family_name):
        return False
    if one.date_of_birth and other.date_of_birth:
        return one.date_of_birth == other.date_of_birth
    return all(folded(part) for part in (one.given_name, one.family_name, other.given_name, other.family_name))
