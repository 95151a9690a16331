"""Owns the shape of a telephone number: how one is typed, kept (+441632960001) and shown (01632 960001)."""

import re

_NOISE = re.compile(r"[\s().\-\u2010-\u2015/]+")
_UK = re.compile(r"0[1-9][0-9]{8,9}")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")


def normalise(text: str) -> str | None:
    """The number with its country code, or None where it is not a whole number that can be called.

    Ofcom's numbers for drama (01632 960xxx, 07700 900xxx, 0808 157 0xxx) pass: demonstrations and training use them.
    """
    packed = _NOISE.sub("", text.replace("(0)", ""))
    if packed.startswith("00"):
        packed = "+" + packed[2:]
    if packed.startswith("+44"):
        packed = "0" + packed[3:].removeprefix("0")
    if _UK.fullmatch(packed):
        return "+44" + packed[1:]
    return packed if _ABROAD.fullmatch(packed) else None


def shown(number: str) -> str:
    """The number as people in the UK read it out."""
    if not number.startswith("+44"):
        return number
    national = "0" + number[3:]
    if national.startswith("02"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    if national.startswith(("03", "08", "09")):
        return f"{national[:4]} {national[4:7]} {national[7:]}".strip()
    return f"{national[:5]} {national[5:]}"
