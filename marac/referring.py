"""What a referral says together with its case: the facts that the rules judge, and who could receive it."""

from django.db.models import Exists, OuterRef, Q

from agencies.models import Agency, Membership
from cases.models import Consent, Exclusion, Party
from cases.models.people import ConsentState, Role
from marac import rules
from marac.models import Referral


def facts_of(referral):
    """The facts on which sending a referral depends, read from it and from its case."""
    parties = list(Party.objects.filter(case=referral.case_id).select_related("person"))
    return facts_from(referral, parties)


def facts_from(referral, parties):
    """The same, where the parties are at hand already."""
    return rules.Facts(
        professional_judgement=referral.professional_judgement,
        judgement_rationale=referral.judgement_rationale,
        visible_high_risk=referral.visible_high_risk,
        potential_escalation=referral.potential_escalation,
        repeat_criterion=referral.repeat_criterion,
        background=referral.background,
        victim_aware=referral.victim_aware,
        not_aware_reason=referral.not_aware_reason,
        consent=referral.consent,
        basis=referral.basis,
        necessity=referral.necessity,
        risk_believed=referral.risk_believed,
        perpetrators_named=sum(1 for party in parties if party.role == Role.PERPETRATOR and _is_named(party.person)),
        perpetrator_unknown_reason=referral.perpetrator_unknown_reason,
        has_assessment=referral.assessment_id is not None,
        no_assessment_reason=referral.no_assessment_reason,
        children_without_age=sum(1 for party in parties if party.role == Role.CHILD and not _has_age(party)),
    )


def _is_named(person):
    return bool(person.given_name or person.family_name)


def _has_age(party):
    return party.is_unborn or party.person.date_of_birth is not None or party.person.approximate_age is not None


def another_on_its_way(case, at, *, leave_out=None):
    """A referral of this case that somebody has sent and that has not been before its meeting yet, if there is one."""
    return (
        Referral.objects.filter(case=case, state__in=rules.ON_ITS_WAY)
        .exclude(pk=leave_out)
        .exclude(state="listed", listings__meeting__starts_at__lte=at)
        .select_related("agency", "coordinating_agency")
        .first()
    )


def receivers(case):
    """The agencies that could receive a referral of this case: those with a coordinator whom nothing bars from it."""
    barred = Exclusion.objects.filter(Q(user=OuterRef("user")) | Q(agency=OuterRef("agency")), case=case, lifted_at=None)
    coordinators = Membership.objects.filter(role="marac_coordinator", ended_at=None, user__is_active=True).exclude(Exists(barred))
    return Agency.objects.filter(pk__in=coordinators.values("agency"), is_active=True).order_by("name")


def latest_consent(case):
    """What the victim/survivor last said about sharing, as a code; empty where nobody has recorded it."""
    said = Consent.objects.filter(case=case, party__role=Role.VICTIM).values_list("state", flat=True).first()
    return said if said in ConsentState.values else ""
