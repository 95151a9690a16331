"""Who will read what is written for a case's partners: the agencies by name, for the page on which somebody chooses."""

from cases.access import agencies_seeing
from cases.levels import levels_granting


def readers_by_name(case, at=None):
    """The names of the agencies that read what is shared with the case's partners, now."""
    reading = levels_granting("see_case")
    return [grant.agency.name for grant in agencies_seeing(case, at) if grant.level in reading]
