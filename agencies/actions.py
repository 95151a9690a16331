"""Setting the numbers that an agency, or the partnership, has agreed. A number is never edited: a later one supersedes it."""

from agencies import rules
from agencies.gate import Change, Refused, agency_action
from agencies.models import Policy
from agencies.policies import KEYS, in_force, reasons_value_unfit

_BANDS = {"dash.medium_from": "dash.high_from", "dash.high_from": "dash.medium_from"}


@agency_action("policy.set", "set_policies")
def set_policy(act, *, key, value, reason, effective_from=None, led_to=""):
    """Set a number for one's own agency, from now or from a later instant on."""
    if key not in KEYS or KEYS[key].scope != "agency":
        raise Refused("This number is set for the whole partnership.", code="policy:scope")
    return _set(act, act.actor.agency_id, key, value, reason, effective_from, led_to)


@agency_action("policy.set_partnership", "set_partnership_policies")
def set_partnership_policy(act, *, key, value, reason, effective_from=None, led_to=""):
    """Set a number for the whole partnership, from now or from a later instant on."""
    if key not in KEYS:
        raise Refused("There is no such number.", code="policy:key")
    return _set(act, None, key, value, reason, effective_from, led_to)


def _set(act, agency_id, key, value, reason, effective_from, led_to):
    effective_from = effective_from or act.at
    if reasons := reasons_value_unfit(key, value):
        raise Refused(reasons, code="policy:value", field="value")
    if not reason.strip():
        raise Refused("Say why, and who agreed it.", code="policy:reason", field="reason")
    if reasons := rules.reasons_not_from(effective_from, act.at):
        raise Refused(reasons, code="policy:past", field="from_day")
    if reasons := _clashes(key, value, effective_from):
        raise Refused(reasons, code="policy:bands", field="value")
    before = in_force(key, agency_id, effective_from)
    row = Policy.objects.create(
        key=key, agency_id=agency_id, value=value, effective_from=effective_from, reason=reason, set_by_id=act.actor.user_id, set_at=act.at
    )
    return Change(
        subject=f"policy:{key}", before={"value": before.value}, after={"value": value, "effective_from": effective_from.isoformat(), "policy": row.pk},
        result=row, led_to=led_to,
    )


def _clashes(key, value, effective_from):
    """The two DASH bands must fit each other at every instant from then on, until the next setting of this one."""
    other = _BANDS.get(key)
    if other is None:
        return []
    rows = Policy.objects.filter(agency=None, effective_from__gt=effective_from)
    next_own = rows.filter(key=key).order_by("effective_from").values_list("effective_from", flat=True).first()
    changes = rows.filter(key=other)
    if next_own:
        changes = changes.filter(effective_from__lt=next_own)
    for at in [effective_from, *changes.values_list("effective_from", flat=True)]:
        against = in_force(other, None, at).whole
        medium, high = (int(value), against) if key == "dash.medium_from" else (against, int(value))
        if reasons := rules.reasons_bands_clash(medium, high):
            return reasons
    return []
