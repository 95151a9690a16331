"""How a disclosure reaches us, who can report it, and the pathways that a case can follow: one table of each (domain 13)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """One way in. `has_talked` says that a first discussion with the victim/survivor has happened; else it is a report."""

    label: str
    hint: str
    has_talked: bool
    source: str


ROUTES = {
    "direct": Route("They told us themselves", "The victim/survivor said so to you or to a colleague", True, "T1, SEED-067"),
    "signs": Route("Staff recognised the signs", "And spoke with the victim/survivor about it", True, "T1, SEED-067"),
    "repairs": Route("Repairs", "Doors, windows, frequent lock changes, or far more repairs than usual", False, "T1, SEED-066"),
    "antisocial_behaviour": Route("Antisocial behaviour or noise", "A complaint about the home, or from it", False, "T1, SEED-066"),
    "abandoned": Route("Abandoned property", "The home seems to have been left in a hurry", False, "T1, SEED-066"),
    "partner": Route("A partner agency", "Such as police, health, a school, a charity", False, "T1, SEED-066"),
    "homeless": Route("Presenting as homeless", "They asked for somewhere to live because home is not safe", False, "A1"),
}

REPORTERS = {
    "self": "The victim/survivor",
    "colleague": "A colleague",
    "agency": "Another agency",
    "family": "A friend or relative",
    "neighbour": "A neighbour",
    "anonymous": "Someone who did not say who they are",
}

PATHWAYS = {"tenant": "Tenant", "homeless": "Homeless applicant", "helpline": "Helpline"}


def has_talked(route):
    """Has a first discussion happened? None while nobody has said yet how it came."""
    return ROUTES[route].has_talked if route else None
