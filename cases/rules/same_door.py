"""Whether two addresses lead to the same door, however they are written: nobody visits or writes where the alleged perpetrator opens (domain 8.1)."""

import re

from cases.rules.named_places import code_of, parts_of, street_of

_IN_FULL = {
    "ave": "avenue", "av": "avenue", "cl": "close", "cres": "crescent", "ct": "court", "dr": "drive", "gdns": "gardens", "gr": "grove", "hse": "house", "la": "lane",
    "ln": "lane", "pk": "park", "pl": "place", "rd": "road", "saint": "st", "sq": "square", "street": "st", "ter": "terrace", "terr": "terrace",
}
_BEFORE = {"flat", "apartment", "apt", "unit", "room", "studio", "floor"}
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE | re.ASCII)


def same_door(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Do two places, as (lines, postcode), have one street and one number? A flat that only one of them names may be in the same house: then it counts.

    A postcode that stands within the lines is read there. With one postcode a number that both name is enough, however the street is written;
    where one of them has no postcode, the street decides. A doubt counts as the same door: that costs a question, the other way a visit.
    """
    (street, numbers, code), (its_street, its_numbers, its_code) = _door(*one), _door(*other)
    if code and its_code:
        if code != its_code:
            return False
        if not _names_another_flat(numbers, its_numbers) and set(numbers) & set(its_numbers):
            return True
    if not street or street != its_street:
        return False
    shorter, longer = sorted((numbers, its_numbers), key=len)
    return longer[len(longer) - len(shorter) :] == shorter or longer[: len(shorter)] == shorter


def _names_another_flat(numbers, its_numbers):
    """Flat 1 and flat 2 of number 2 share a number and are two doors."""
    return len(numbers) == len(its_numbers) > 1 and numbers != its_numbers


def _door(lines, postcode):
    written = _POSTCODE.search(lines)
    code = code_of(postcode) or (code_of(written[0]) if written else "")
    plain = _POSTCODE.sub(" ", lines)
    street = _folded(street_of(plain))
    numbers = [word for words in parts_of(plain) for word in words if any(character.isdigit() for character in word)]  # the flat first, the house last
    return street, numbers, code


def _folded(street):
    """A street as it is compared: short words in full, no apostrophes, and no flat before it."""
    words = [_IN_FULL.get(word, word) for word in street.replace("'", "").split()]
    while words and words[0] in _BEFORE:
        words = words[1:]
    return " ".join(words)
