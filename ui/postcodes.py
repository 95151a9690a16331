"""Owns the shape of a postcode: every UK form, and the BFPO and ZZ99 ones that postcode libraries refuse."""

import re

_OUTWARD = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|[A-Z]{1,2}[0-9]{2})"
_ORDINARY = re.compile(rf"({_OUTWARD})([0-9][ABD-HJLNP-UW-Z]{{2}})")
_NO_FIXED_ABODE = re.compile(r"(ZZ99)([0-9][A-Z]{2})")  # the NHS's codes for no fixed address, not known, abroad
_GIRO = re.compile(r"(GIR)(0AA)")
_FORCES = re.compile(r"(BFPO)(?:C/?O)?([0-9]{1,4})")


def normalise(text: str) -> str | None:
    """The postcode as it is written on an envelope ("DE1 2QY", "ZZ99 3VZ", "BFPO 57"), or None where it is none."""
    packed = re.sub(r"[\s.\-]+", "", text).upper()
    for shape in (_NO_FIXED_ABODE, _FORCES, _GIRO, _ORDINARY):
        if found := shape.fullmatch(packed):
            return " ".join(found.groups())
    return None
