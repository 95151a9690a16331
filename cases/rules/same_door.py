"""Whether two addresses lead to the same door, however they are written: nobody visits or writes where the alleged perpetrator opens (domain 8.1)."""

import re

from cases.rules.named_places import code_of, parts_of, street_of

_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE | re.ASCII)


def same_door(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Do two places, as (lines, postcode), have one street and one number? A flat that only one of them names may be in the same house: then it counts.

    A postcode that stands within the lines is read there. Where one of them has none, the street decides.
    """
    (street, numbers, code), (its_street, its_numbers, its_code) = _door(*one), _door(*other)
    if not street or street != its_street or (code and its_code and code != its_code):
        return False
    shorter, longer = sorted((numbers, its_numbers), key=len)
    return longer[len(longer) - len(shorter) :] == shorter


def _door(lines, postcode):
    written = _POSTCODE.search(lines)
    code = code_of(postcode) or (code_of(written[0]) if written else "")
    plain = _POSTCODE.sub(" ", lines)
    street = street_of(plain)
    numbers = []  # the flat first, the house last
    for words in parts_of(plain):
        numbers += [word for word in words if any(character.isdigit() for character in word)]
        if street and f" {street} " in f" {' '.join(word for word in words if word not in numbers)} ":
            break
    return street, numbers, code
