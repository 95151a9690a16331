"""Safeguarding referrals as pages show them: what the case page proposes, the panel of the children's pages, an agency's open ones. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from cases.access import visible_cases
from cases.compiled import Objects
from cases.extensions import NextAction
from cases.models import Party
from cases.models.case import CaseStatus
from cases.models.chronology import Audience
from cases.models.people import Role
from referrals.models import OnwardState, SafeguardingReferral, SchoolNotice
from referrals.safeguarding import rules
from referrals.safeguarding.proposing import counts_as_child

PAGE = 50
TAGS = {
    OnwardState.PROPOSED: ("To be decided", "orange"), OnwardState.SENT: ("Sent, no answer yet", "blue"), OnwardState.ANSWERED: ("Answered", "green"),
    OnwardState.OVERRIDDEN: ("Decided against", "grey"), OnwardState.REPLACED: ("Replaced by another", "grey"),
}


@dataclass(frozen=True)
class OnwardRow:
    """One referral for a list, at the instant of the page."""

    one: SafeguardingReferral
    at: datetime

    @property
    def name(self):
        return self.one.party.name

    @property
    def label(self):
        return rules.ROUTES[self.one.route].label

    @property
    def is_late(self):
        return self.one.is_open and self.at > self.one.due_at

    @property
    def tags(self):
        words, colour = TAGS[self.one.state]
        if self.one.state == OnwardState.SENT and self.is_late:
            words, colour = "No answer: chase it", "red"
        if self.one.route == rules.SCHOOL and self.one.state == OnwardState.PROPOSED:
            words = "School not told yet"
        if self.one.outcome:
            words = self.one.outcome_label
        return [(words, colour)]

    @property
    def url(self):
        return reverse("onward", args=[self.one.case.reference, self.one.pk])


def next_actions(actor, case, capabilities, at):
    """What the case page proposes: decide on what is proposed, chase what is late, write down what was answered. One query."""
    if not (case.is_open and "add_entry" in capabilities):
        return []
    found = sorted(_open_of_case(actor, at, case=case), key=lambda one: (one.state, one.route, one.due_at))
    return [_next(case, route, list(group), at) for (_, route), group in groupby(found, key=lambda one: (one.state, one.route))]


def _next(case, route, group, at):
    first, one = group[0], rules.ROUTES[route]
    names = ", ".join(each.party.name for each in group)
    url = reverse("onward", args=[case.reference, first.pk])
    if first.state == OnwardState.SENT:
        if at > first.due_at:
            return NextAction(f"Chase the answer of {one.to}", url, f"{names}. It was due.", first.due_at, is_urgent=True)
        return NextAction(f"Record what {one.to} decided", url, f"{names}.", first.due_at)
    if route == rules.SCHOOL:
        return NextAction("Tell the school before its next day", url, f"{names}. Operation Encompass.", first.due_at, is_urgent=True)
    label = "Ring the emergency duty team, or 999" if route == rules.EMERGENCY else f"Decide on a referral to {one.to}"
    return NextAction(label, url, f"{names}. {first.why}", first.due_at, is_urgent=route != rules.EARLY_HELP, covers=one.task)


_open_of_case = Objects(
    lambda actor, case, at: SafeguardingReferral.objects.filter(case=case, state__in=rules.OPEN).select_related("party__person").order_by("due_at", "pk")
)


def panel(actor, case, capabilities, child):
    """For the pages of children: what is on its way for them, adults at risk too on the page of all."""
    at = timezone.now()
    found = SafeguardingReferral.objects.filter(case=case).select_related("party__person", "case", "agency").order_by("-pk")
    found = found.filter(party=child) if child is not None else found.exclude(state=OnwardState.REPLACED)
    # What still waits stands first, the most overdue on top; what is settled follows, the latest first.
    found = sorted(found, key=lambda one: one.due_at.timestamp() if one.is_open else float("inf"))
    may_add = "add_entry" in capabilities and case.is_open
    others = Party.objects.filter(case=case).exclude(role=Role.CHILD).select_related("person") if child is None and may_add else []
    return {"rows": [OnwardRow(one, at) for one in found], "may_add": may_add, "others": [words for party in others if (words := _may_be_referred(party, at))]}


def _may_be_referred(party, at):
    """(party, words) for somebody who is no child of the case and can be referred all the same; an alleged perpetrator only while under 18."""
    if counts_as_child(party, at):
        return party, f"Refer {party.name}, who is under 18"
    return (party, f"Refer {party.name} to adult safeguarding") if party.role != Role.PERPETRATOR else None


def one_of(case, referral_id):
    """A referral of a case with its people; None where the case has no such referral."""
    return (
        SafeguardingReferral.objects.filter(pk=referral_id, case=case)
        .select_related("party__person", "case", "agency", "proposed_by", "decided_by", "receiver", "notice", "assessment", "told_by")
        .first()
    )


def may_read_concern(actor, one):
    """May this reader see what was said to whoever received it?"""
    return bool(one.concern) and (one.audience == Audience.PARTNERS or one.told_by_id == actor.agency_id)


def alike(one):
    """The other people for whom the same referral waits: one call or form usually covers brothers and sisters."""
    return list(
        SafeguardingReferral.objects.filter(case=one.case_id, route=one.route, state=OnwardState.PROPOSED).exclude(pk=one.pk).select_related("party__person")
    )


def schools(cases):
    """The schools to which the notices of these cases go, as extensions.CHILD_PLACES wants them: one gives a home away, whether or not it stands with the child."""
    return list(SchoolNotice.objects.filter(case__in=cases).values_list("school", flat=True))


def open_of_agency(actor, at, *, after=0):
    """The open referrals of one's own agency, what is due first at the top (so what is most overdue), and whether there are more."""
    found = (
        SafeguardingReferral.objects.filter(agency=actor.agency_id, state__in=rules.OPEN, case__in=visible_cases(actor, "see_case", at), case__status=CaseStatus.OPEN)
        .select_related("party__person", "case")
        .order_by("due_at", "pk")[after:after + PAGE + 1]
    )
    rows = [OnwardRow(one, at) for one in found]
    return rows[:PAGE], len(rows) > PAGE


def reasons_cannot_finish(case, task):
    """Why the action that waits for a decision cannot be ticked off by itself: the decision is on the referral."""
    routes = [code for code, route in rules.ROUTES.items() if route.task == task.kind]
    if not (routes and task.kind):
        return []
    waiting = SafeguardingReferral.objects.filter(case=case, route__in=routes, state=OnwardState.PROPOSED)
    return ["A referral waits for this decision. Open it from the case: record that it was made, or decide against it."] if waiting.exists() else []


def reasons_cannot_close(case, at):
    """Why a case cannot close: a child or an adult at risk waits for a decision. What waits for an answer runs as a clock, and says so itself."""
    waiting = SafeguardingReferral.objects.filter(case=case, state=OnwardState.PROPOSED).exclude(route=rules.SCHOOL).exists()
    return ["A safeguarding referral waits for a decision. Send it, or decide against it with a reason, first."] if waiting else []
