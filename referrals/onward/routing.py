"""Which support a signed level leads to, read from the newest published file of routes."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Route:
    """Where a level of risk leads: a kind of service, and the kind of agency that needs no referral, because it is that service."""

    level: str
    kind: str
    provided_by: str
    to: str
    why: str


@functools.cache
def routes(version=None):
    """The routes of a version, the newest unless one is named."""
    numbers = sorted(int(path.stem.removeprefix("routes-")) for path in _HERE.glob("routes-*.toml"))
    held = tomllib.loads((_HERE / f"routes-{version or numbers[-1]}.toml").read_text())
    return tuple(Route(**row) for row in held["route"])


def wanted(level, kinds_under_way, agency_types):
    """The routes of a level that nobody has gone yet: no referral of the kind is under way, and no such agency works on the case."""
    return [route for route in routes() if route.level == level and route.kind not in kinds_under_way and route.provided_by not in agency_types]
