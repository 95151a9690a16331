"""Loading a partnership's licensed wording over our labels."""

import hashlib

from agencies.gate import Change, Refused, agency_action
from cases.dash import wording as room
from cases.models import Wording
from cases.rules import wording as rules
from cases.rules.clocks import LONDON


@agency_action("wording.load", "set_partnership_policies")
def load_wording(act, *, text, effective_from):
    """Lay the partnership's licensed wording over the labels of a form, for what is started from a day on."""
    facts, reasons = room.read(text)
    if reasons:
        raise Refused(reasons, code="unfit")
    newest = Wording.objects.filter(tool=facts["tool"], version=facts["version"]).first()
    # Today begins at midnight; what is loaded during the day holds from then on.
    is_today = effective_from.astimezone(LONDON).date() == act.at.astimezone(LONDON).date()
    effective_from = max(effective_from, act.at) if is_today else effective_from
    if reasons := rules.reasons_day_impossible(effective_from, act.at, newest.effective_from if newest else None):
        raise Refused(reasons, code="from")
    checksum = hashlib.sha256(text.encode()).hexdigest()
    made = Wording.objects.create(**facts, checksum=checksum, effective_from=effective_from, loaded_at=act.at, loaded_by_id=act.actor.user_id)
    return Change(
        subject=f"wording:{made.pk}", result=made,
        after={"tool": made.tool, "version": made.version, "effective_from": effective_from.isoformat(), "checksum": checksum},
    )
