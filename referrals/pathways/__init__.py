"""Pathways: the steps from a first word to a closed case, as published files; which of them are done, due, overdue or not needed on a case.

A file (`tenant.1.toml` ...) is never changed once it is published: a change is a new file with the next number, and a case keeps the
version that was in force when it began or last changed its pathway.
"""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from referrals.pathways.parsing import parse

HERE = Path(__file__).parent


@cache
def published():
    """{code: its versions, the first first}."""
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        pathway = parse(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)
        found.setdefault(pathway.code, []).append(pathway)
    return {code: tuple(sorted(versions, key=lambda one: int(one.version))) for code, versions in found.items()}


def in_force(code, day: date):
    """The version of a pathway that a case takes which begins it on a day; the first for a case from before. None for a pathway without a file."""
    versions = published().get(code, ())
    return next((one for one in reversed(versions) if one.published <= day), versions[0] if versions else None)
