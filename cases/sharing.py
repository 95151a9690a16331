"""Who sees a case, and what sharing it would show: read by the sharing pages and by the actions behind them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from agencies.models import Agency, Membership
from agencies.roles import ROLES, roles_holding
from cases.access import agencies_seeing
from cases.levels import LEVELS
from cases.models import Consent, Exclusion, Grant
from cases.models.case import CaseStatus
from cases.models.people import ConsentState, Role

# What a level shows, in words, for the page that is read before saving.
SHOWS = {
    "summary": ["that the case exists", "the victim/survivor’s name", "how to contact them safely, and their number", "the risk level", "the lead worker"],
    "partner": [
        "everything at summary level",
        "the people on the case, the alleged perpetrator and children among them",
        "the chronology, except each agency’s private notes",
        "assessments and promises",
        "a restricted or confidential address, for the roles that may see one",
    ],
}
NAMED = 12


@dataclass(frozen=True)
class Readers:
    """The people of an agency who would see a case at a level."""

    names: list[str]
    others: int


def consent_given(case):
    """Does the case record, last of all, that the victim/survivor agreed to sharing?"""
    latest = Consent.objects.filter(case=case, party__role=Role.VICTIM).first()
    return latest is not None and latest.state == ConsentState.GIVEN


def readers(case, agency, level):
    """Who in an agency would see the case at a level: those whose role allows it and whom no bar holds back, by name."""
    opened_by_level = LEVELS[level][1]
    roles = [code for code, role in ROLES.items() if {"see_summary", "see_listing"} & role.capabilities & opened_by_level]
    barred = Exclusion.objects.filter(case=case, user__isnull=False, lifted_at=None).values("user")
    names = list(
        _members(agency).filter(role__in=roles).exclude(user__in=barred).order_by("user__full_name").values_list("user__full_name", flat=True)
    )
    return Readers(names[:NAMED], max(0, len(names) - NAMED))


def standing(case, at):
    """The agencies that see the case now, each with its grant."""
    return list(agencies_seeing(case, at).select_related("agency", "decision__decided_by", "decision__deciding_agency", "worker"))


def addressed_already(case, agency):
    """Does this agency hold a grant already, which a new decision would replace?"""
    return Grant.objects.filter(content_object=case, agency=agency).exclude(level="meeting").exists()


def bars(case):
    """The bars that hold on a case."""
    return list(Exclusion.objects.filter(case=case, lifted_at=None).select_related("user", "agency", "made_by").order_by("made_at"))


def to_share_with(case):
    """The agencies that a case could be shared with: all but the one that leads it."""
    return Agency.objects.filter(is_active=True).exclude(pk=case.lead_agency_id)


def workers_for(case, agency_id, roles=None):
    """The people of an agency who could hold the case, each with the number of open cases that they hold: (user, count) pairs."""
    roles = roles_holding("see_case", "record_contact") if roles is None else roles
    barred = Exclusion.objects.filter(case=case, user__isnull=False, lifted_at=None).values("user")
    people = [
        member.user
        for member in _members(agency_id).filter(role__in=roles).exclude(user__in=barred).select_related("user").order_by("user__full_name")
    ]
    held = dict(
        Grant.objects.filter(agency=agency_id, worker__in=people, content_object__status=CaseStatus.OPEN)
        .exclude(level="meeting")
        .values_list("worker")
        .annotate(cases=Count("content_object"))
    )
    return [(person, held.get(person.pk, 0)) for person in people]


def can_lift_after(case, *, without):
    """Would anybody in the lead agency still be able to lift a bar, if this person were barred?"""
    roles = roles_holding("exclude")
    barred = Exclusion.objects.filter(case=case, user__isnull=False, lifted_at=None).values("user")
    return _members(case.lead_agency_id).filter(role__in=roles).exclude(Q(user__in=barred) | Q(user=without)).exists()


def _members(agency):
    return Membership.objects.filter(agency=agency, ended_at=None, user__is_active=True)
