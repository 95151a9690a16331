"""Has the same pair been referred before? The one place that looks at referrals of cases which the referrer may not see.

It answers with a referral's id and a date, kept on the referral for the coordinator; the referrer's side is told only of a
referral of the same case (`may_be_told`), so that nobody learns from it that another case exists. Who counts as the same: docs/adr/0012.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Func

from agencies import policies
from cases.access import parties_to_match
from cases.models import Party
from cases.models.people import Role
from marac import rules
from marac.models import Referral, ReferralState

# Sent, and not taken back or refused: what was never before a meeting, nor going to be, is repeated by nothing.
_COUNTS = [ReferralState.SUBMITTED, ReferralState.RETURNED, ReferralState.ACCEPTED, ReferralState.LISTED]


@dataclass(frozen=True)
class Found:
    """The answer: whether it is a repeat, and the earlier referral that was looked at."""

    is_repeat: bool
    last_referral_id: int | None
    last_referral_on: date | None


def look(case, incident_on, at, *, leave_out=None):
    """Was this pair referred within the months that count before the incident (or, where no day is known, before now)?"""
    incident_on = incident_on or at.astimezone(rules.LONDON).date()
    months = policies.in_force("marac.repeat_months", None, at).whole
    earlier = {}
    for pk, submitted_at in _of_the_pair(case, leave_out):
        earlier.setdefault(submitted_at.astimezone(rules.LONDON).date(), pk)
    last_on = rules.last_referral_before(incident_on, earlier)
    return Found(rules.is_repeat(incident_on, last_on, months), earlier.get(last_on), last_on)


def people_of(case):
    """Whom a referral of this case is about, as it is sent: the ids of the victim/survivor, and of the alleged perpetrators."""
    victims, perpetrators = _pair(case)
    return [party.person_id for party in victims], [party.person_id for party in perpetrators]


def _pair(case):
    parties = list(Party.objects.filter(case=case, role__in=[Role.VICTIM, Role.PERPETRATOR]).select_related("person"))
    return [party for party in parties if party.role == Role.VICTIM], [party for party in parties if party.role == Role.PERPETRATOR]


def _of_the_pair(case, leave_out):
    """Referrals, of this case and of any other, that count and were sent about the same pair, with when."""
    return _about_the_pair(case, Referral.objects.filter(state__in=_COUNTS, submitted_at__isnull=False).exclude(pk=leave_out))


def is_among(case, sent):
    """Is one of these referrals about the same pair as this case? Inside an act, as every look at people of other cases."""
    return bool(_about_the_pair(case, sent))


def _about_the_pair(case, sent):
    """Of these referrals, those that were sent about the same victim/survivor and an alleged perpetrator in common: (id, when), the first sent first."""
    victims, perpetrators = _pair(case)
    if not (victims and perpetrators):
        return []
    same_victims = parties_to_match(victims, sent.values(person=Func(F("victim_ids"), function="unnest")))
    of_the_victim = list(sent.filter(victim_ids__overlap=list(same_victims)).order_by("submitted_at", "pk").values_list("pk", "submitted_at", "perpetrator_ids"))
    same_perpetrators = parties_to_match(perpetrators, {person for *_, people in of_the_victim for person in people})
    return [(pk, submitted_at) for pk, submitted_at, people in of_the_victim if same_perpetrators.intersection(people)]


def may_be_told(referral):
    """May the case's own people read that this is a repeat? Not where it was found on another case."""
    if not referral.is_repeat:
        return False
    return bool(referral.repeat_reason) or (referral.last_referral is not None and referral.last_referral.case_id == referral.case_id)
