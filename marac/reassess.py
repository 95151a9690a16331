"""Before a MARAC meeting the risk of each listed case is assessed again (domain 1.5): what listing, moving and taking off mean for that."""

from cases import reassessing
from cases.rules.clocks import LONDON


def listed(act, listing, meeting):
    """A case was put on the list of a meeting: its risk is assessed again before that day."""
    reassessing.happened(act, listing.case, "marac", meeting.starts_at.astimezone(LONDON).date(), origin=_origin(listing))


def taken_off(act, listing):
    """A case is not heard on that day after all."""
    reassessing.is_over(act, listing.case, _origin(listing))


def moved(act, meeting, before):
    """A meeting was moved to another day: what was due before the old one is due before the new one."""
    if meeting.starts_at.astimezone(LONDON).date() != before.astimezone(LONDON).date():
        for listing in meeting.listings.select_related("case").order_by("case_id"):
            taken_off(act, listing)
            listed(act, listing, meeting)


def _origin(listing):
    return f"listing:{listing.pk}"
