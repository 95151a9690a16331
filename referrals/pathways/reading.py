"""The pathway of a case as its page and its panel show it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from agencies import policies
from agencies.doors import declaration
from cases.calendar import is_working_day
from cases.compiled import Objects
from cases.extensions import Panel
from cases.rules.clocks import LONDON, deadline
from referrals import pathways
from referrals.pathways import facts, rules
from referrals.pathways.models import StepRecord
from referrals.routes import PATHWAYS
from ui.times import local_time

STATE_TAGS = {
    rules.DONE: ("Done", "green"), rules.NOT_NEEDED: ("Not needed", "grey"), rules.WAITING: ("Not yet", "grey"), rules.TO_DO: ("To do", "blue"),
    rules.DUE: ("Due", "yellow"), rules.OVERDUE: ("Overdue", "red"),
}


@dataclass(frozen=True)
class OnCase:
    """A case's pathway: its version, and each step as it stands."""

    pathway: rules.Pathway
    steps: list[rules.Standing]

    @property
    def counts(self):
        return rules.counts(self.steps)

    @property
    def upcoming(self):
        return rules.upcoming(self.steps)

    def standing(self, step_id):
        """How the step of this id stands, or None."""
        return next((one for one in self.steps if one.step.id == step_id), None)


_records = Objects(lambda actor, case, at: StepRecord.objects.filter(case=case, withdrawn_at=None).select_related("recorded_by", "agency"))


def newest(code, at):
    """The version of a pathway that a case takes which changes over to it now."""
    return pathways.in_force(code, at.astimezone(LONDON).date())


def of_case(actor, case, at=None):
    """The pathway of a case, for a reader who may read it; None where they may not, or where it has none. Three queries."""
    at = at or timezone.now()
    known = facts.of_case(actor, case, at) if case.pathway in PATHWAYS else None
    if known is None:
        return None
    pathway = newest(case.pathway, known.changed_at or case.opened_at)
    records = {
        one.step: rules.Recorded(one.state, one.reason, one.recorded_at, f"{one.recorded_by}, {one.agency.short_name}")
        for one in _records(actor, at, case=case) if one.pathway == pathway.code
    }
    words = {code: fact.missing for code, fact in facts.FACTS.items()}
    return OnCase(pathway, rules.standings(pathway, known.situation, records, at, _times_of(case, pathway), words))


def _times_of(case, pathway):
    """When an agreed or lawful time after an instant is over, and on what basis."""
    in_force = policies.lookup({step.due.policy for step in pathway.steps if step.due and step.due.policy}, case.lead_agency_id)

    def time_after(due, since):
        if due.days:
            return deadline(since, due.days, "d", is_working_day), f"{due.days} days ({due.law})"
        agreed = in_force(due.policy, since)
        allowance = agreed.allowance
        return deadline(since, allowance.amount, allowance.unit, is_working_day), f"{allowance.words} from {local_time(since)} ({agreed.basis})"

    return time_after


def place_of(step, case, capabilities):
    """Where a step is done, for somebody with these capabilities on the case; empty where they may not, or where it has no page of its own."""
    if not step.place or not case.is_open:
        return ""
    try:
        url = reverse(step.place, args=[case.reference])
    except NoReverseMatch:
        return ""
    needed = declaration(get_resolver().resolve(url).func, "capability")
    return url if needed in capabilities else ""


# --- on the case page


def panel(actor, case):
    """The pathway in a few lines, for those who may read the case."""
    at = timezone.now()
    if actor.agency_id is None or not actor.may("see_case"):
        return None
    on_case = of_case(actor, case, at)
    if on_case is None:
        return None
    return {"case": case, "on_case": on_case, "counts": on_case.counts, "next": on_case.upcoming[:3] if case.is_open else [], "now": at}


PANEL = Panel("pathway", "referrals/pathways/panel.html", panel)

