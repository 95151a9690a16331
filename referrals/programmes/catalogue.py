"""The programmes there are, read from the newest published file; each version stays as it was."""

import functools
import tomllib
from pathlib import Path

from referrals.programmes.rules import Programme

_HERE = Path(__file__).parent


@functools.cache
def newest():
    """The number of the newest version."""
    return max(int(path.stem.removeprefix("programmes-")) for path in _HERE.glob("programmes-*.toml"))


@functools.cache
def programmes(version=None):
    """{code: programme} of a version, the newest unless one is named."""
    held = tomllib.loads((_HERE / f"programmes-{version or newest()}.toml").read_text())
    return {row["code"]: Programme(**row) for row in held["programme"]}
