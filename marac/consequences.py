"""What MARAC adds to the case file: a draft when high risk is signed, what to do next, and what stands in the way of closing."""

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from agencies.gate import inside
from cases.access import visible_cases
from cases.compiled import Objects
from cases.due_kinds import columns
from cases.extensions import DueKind, NextAction
from cases.models.assessment import LevelBasis
from cases.models.case import RiskLevel
from marac import escalation, referring, repeat, rules, steps
from marac.models import Listing, Referral, ReferralState, Step


def after_signing(act, case, assessment):
    """High risk was signed, and not merely kept: a referral is prepared, once for each assessment, unless one is on its way already."""
    assert inside(), "a consequence of signing happens inside its gate"
    if assessment.final_level != RiskLevel.HIGH or assessment.level_basis == LevelBasis.HELD or Referral.objects.filter(assessment=assessment).exists():
        return
    if referring.another_on_its_way(case, act.at):
        return
    # A role that may assess but not refer leaves the draft to the agency that leads the case.
    agency_id = act.actor.agency_id if act.actor.may("refer_to_marac") else case.lead_agency_id
    _, change = steps.begin(act, case, agency_id, assessment=assessment)
    act.also("referral.prepare", change)


def when_referred(actor, case, at):
    """When the case was first referred, by whichever agency; withdrawn referrals do not count."""
    return Referral.objects.filter(case=case, submitted_at__isnull=False).exclude(state=ReferralState.WITHDRAWN).order_by("submitted_at").values("submitted_at")


def next_actions(actor, case, capabilities, at):
    """What the case page proposes: send the draft, answer the coordinator, or refer a case of high risk that nobody has referred."""
    if "refer_to_marac" not in capabilities:
        return []
    referrals = _of_case(actor, at, case=case)
    actions = []
    for referral in referrals:
        if referral.agency_id != actor.agency_id or referral.state not in rules.EDITABLE:
            continue
        label, why = {
            "draft": ("Check and send the MARAC referral", "It is prepared from the case; nothing has been sent."),
            "returned": ("Answer the MARAC coordinator", "The referral came back for information."),
            "not_accepted": ("Read why the MARAC referral was not accepted", "You can send it again, saying more."),
        }[referral.state]
        newer = any(other.pk > referral.pk and other.state != ReferralState.WITHDRAWN for other in referrals)
        if referral.state == "not_accepted" and newer:
            continue
        actions.append(NextAction(label, _url("marac_referral", case, referral), why, is_urgent=referral.state != "not_accepted"))
    if not referrals and case.risk_level == RiskLevel.HIGH and case.is_open:
        url = reverse("marac_referral_new", args=[case.reference])
        actions.append(NextAction("Refer to MARAC", url, "The risk is high and nobody has referred.", is_urgent=True))
    elif case.is_open and (found := _escalation_untold(actor, case, referrals, at)):
        why = f"The police know of {found.incidents} incidents in the last 12 months. From {found.enough} on MARAC can hear it whatever the score ({found.basis})."
        actions.append(NextAction("Refer to MARAC: potential escalation", reverse("marac_referral_new", args=[case.reference]), why, is_urgent=True))
    return actions


def _escalation_untold(actor, case, referrals, at):
    """Where incidents have added up and no referral says so, or has been sent since the last of them."""
    if any(rules.tells_of_escalation(one.state, says_so=one.potential_escalation, is_heard=one.is_heard) for one in referrals):
        return None
    found = escalation.of_case(actor, case, at)
    if not (found and found.is_reached) or any(rules.told_of_all(one.state, one.last_sent_at or one.submitted_at, found.last_at) for one in referrals):
        return None
    return found


def reasons_cannot_close(case, at):
    """Why a case cannot close while a referral is being prepared, is with the coordinator, or waits for its meeting."""
    for state in Referral.objects.filter(case=case, state=ReferralState.DRAFT).values_list("state", flat=True)[:1]:
        return [f"A MARAC referral is {rules.IN_WORDS[state]}. Send it or withdraw it first."]
    waiting = referring.another_on_its_way(case, at)
    return [f"A MARAC referral is {rules.IN_WORDS[waiting.state]}. The case cannot close before it has been heard or withdrawn."] if waiting else []


def due(reach):
    """A referral that somebody has begun, or that came back, waits for the agency that refers: for whoever holds the case there."""
    rows = Referral.objects.filter(agency=reach.actor.agency_id, state__in=[ReferralState.DRAFT, ReferralState.RETURNED], case__in=reach.held("refer_to_marac"))
    return [columns(rows, F("prepared_at"), code=F("state"))]


DUE = DueKind(
    "marac_referral", "MARAC referrals to send", "refer_to_marac", due,
    lambda item: "Answer the MARAC coordinator" if item.code == ReferralState.RETURNED else "Check and send the MARAC referral",
    lambda item: reverse("marac_referral", args=[item.reference, item.place]), is_waiting=True,
)


def panel(actor, case):
    """For the case page: where the referrals of this case stand; nothing for those who may not read what partners share."""
    if actor.agency_id is None or not actor.may("see_case"):
        return None
    referrals = _of_case_if_readable(actor, timezone.now(), case=case)
    if not referrals:
        return None
    listed = {
        listing.referral_id: listing.meeting
        for listing in Listing.objects.filter(case=case).select_related("meeting").order_by("meeting__starts_at")
    }
    return {
        "referrals": [
            {
                "referral": referral,
                "meeting": listed.get(referral.pk) if referral.state == ReferralState.LISTED else None,
                "is_repeat": repeat.may_be_told(referral),
                "url": _url("marac_referral", case, referral) if may_open(actor, referral) else "",
            }
            for referral in referrals
        ]
    }


# When each was sent last, which the first sending does not say, and whether its meeting has begun.
_of_case = Objects(
    lambda actor, case, at: Referral.objects.filter(case=case)
    .annotate(
        last_sent_at=Subquery(Step.objects.filter(referral=OuterRef("pk"), verb="submit").order_by("-at").values("at")[:1]),
        is_heard=Q(state=ReferralState.LISTED) & Exists(Listing.objects.filter(referral=OuterRef("pk"), meeting__starts_at__lte=at)),
    )
    .order_by("-pk")
)
_of_case_if_readable = Objects(
    lambda actor, case, at: Referral.objects.filter(case=case, case__in=visible_cases(actor, "see_case", at))
    .select_related("agency", "coordinating_agency", "last_referral")
    .order_by("-pk")
)


def may_open(actor, referral):
    """A draft belongs to the agency that prepares it; what was sent stands open to the case's partners, in short."""
    return referral.agency_id == actor.agency_id or referral.submitted_at is not None


def _url(name, case, referral):
    return reverse(name, args=[case.reference, referral.pk])
