"""What the case file itself says of a pathway's steps: each fact in words, and the query that gives when it became true.

A fact is `(actor, case, at) -> queryset of one column, a time`. It may filter by these and not branch on them (cases/compiled.py). What one agency
keeps to itself is a fact for that agency alone. Rooms and apps above enter theirs when the app is set up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, F, Q, Subquery
from django.db.models.functions import Least

from cases.access import visible_cases
from cases.compiled import Rows
from cases.models import Assessment, Case, ChildrenAsked, Clock, Consent, Grant, SafeContact, Task
from cases.models.clock import ClockOutcome
from cases.models.people import ConsentState, Role
from cases.reassessing import REASSESS
from referrals.models import Disclosure, OnwardState, PathwayChange, ReferralOut, SafeguardingReferral
from referrals.onward.rules import UNDER_WAY
from referrals.pathways.rules import Situation


@dataclass(frozen=True)
class Fact:
    """One thing that the case file knows: what stays to be done while it is not so, and since when it is so."""

    missing: str
    query: Callable


FACTS: dict[str, Fact] = {}


def add(code, fact):
    """Enter a fact that another room knows. Raises ValueError where the name stands for another."""
    if code in FACTS and FACTS[code].missing != fact.missing:
        raise ValueError(f"{code} is already a fact")
    FACTS[code] = fact


def _first(rows, field):
    return rows.order_by(field).values(field)


def _kept(kind):
    return lambda actor, case, at: _first(Clock.objects.filter(case=case, kind=kind, outcome=ClockOutcome.MET), "stopped_at")


def _involved(agency_type, kind):
    """An agency of this kind works on the case (it holds more of it than that it exists), or somebody was referred to such a service, wherever it works."""

    def query(actor, case, at):
        held = Grant.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=at), content_object=case, agency__type=agency_type, level__in=("partner", "lead"), started_at__lte=at
        )
        referred = ReferralOut.objects.filter(case=case, entry__kind=kind, state__in=UNDER_WAY)
        first = Least(Subquery(_first(held, "started_at")[:1]), Subquery(_first(referred, "sent_at")[:1]))
        return Case.objects.filter(pk=case.pk).annotate(first=first).values("first")

    return query


FACTS |= {
    "logged": Fact("It is written down", lambda actor, case, at: Case.objects.filter(pk=case.pk).values("opened_at")),
    "danger_asked": Fact(
        "Say whether anybody was in danger",
        lambda actor, case, at: _first(
            Disclosure.objects.filter(case=case, immediate_danger__isnull=False).filter(Q(immediate_danger=False) | Q(case__danger_settled_at__isnull=False)), "submitted_at"
        ),
    ),
    "contact_made": Fact("Reach them by a safe way", _kept("contact")),
    "talked_through": Fact("Talk it through with them", _kept("discussion")),
    "safe_contact_checked": Fact(
        "Check with them how to reach them",
        lambda actor, case, at: _first(SafeContact.objects.filter(case=case, party__role=Role.VICTIM, verified_at__isnull=False), "verified_at"),
    ),
    "consent_asked": Fact("Ask what may be shared", lambda actor, case, at: _first(Consent.objects.filter(case=case).exclude(state=ConsentState.NOT_ASKED), "recorded_at")),
    "risk_assessed": Fact(
        "Sign a DASH", lambda actor, case, at: _first(Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(final_level=""), "signed_at")
    ),
    "children_asked": Fact("Ask about children", lambda actor, case, at: _first(ChildrenAsked.objects.filter(case=case), "asked_at")),
    "idva_involved": Fact("Bring an IDVA in", _involved("idva", "idva")),
    "outreach_involved": Fact("Bring outreach in", _involved("outreach", "outreach")),
    "standard_support_involved": Fact("Bring victim support in", _involved("victim_support", "standard_support")),
    "safeguarding_decided": Fact(
        "Decide on the safeguarding referral",
        lambda actor, case, at: _first(SafeguardingReferral.objects.filter(case=case, state__in=(OnwardState.SENT, OnwardState.ANSWERED, OnwardState.OVERRIDDEN)), "proposed_at"),
    ),
    "risk_reviewed": Fact(
        "Assess the risk again",
        # The second signed assessment: the one after the first.
        lambda actor, case, at: Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(final_level="").order_by("signed_at").values("signed_at")[1:2],
    ),
    "closed": Fact("Close the case", lambda actor, case, at: Case.objects.filter(pk=case.pk, closed_at__isnull=False).values("closed_at")),
}

# When a step falls due that a clock of the case times: the first of its kind; of the duties of a homeless application the one that runs, or ran last.
PROMISES = {
    "contact": lambda case: Clock.objects.filter(case=case, kind="contact").order_by("started_at"),
    "discussion": lambda case: Clock.objects.filter(case=case, kind="discussion").order_by("started_at"),
    "duty": lambda case: Clock.objects.filter(case=case, kind__in=("prevention", "relief")).order_by(F("stopped_at").desc(nulls_first=True), "-started_at"),
}


def _columns(actor, case, at):
    """Everything that a pathway asks of a case, in one row."""
    asked = [Subquery(fact.query(actor, case, at)[:1], output_field=DateTimeField()) for fact in FACTS.values()]
    asked += [Subquery(clock(case).values("due_at")[:1]) for clock in PROMISES.values()]
    asked += [Subquery(Task.objects.filter(case=case, kind=REASSESS, done_at=None).order_by("due_at").values("due_at")[:1])]
    asked += [Subquery(Disclosure.objects.filter(case=case).values("route")[:1])]
    asked += [Subquery(PathwayChange.objects.filter(case=case).order_by("-changed_at", "-pk").values("changed_at")[:1])]
    named = {f"fact_{number}": query for number, query in enumerate(asked)}
    return visible_cases(actor, "see_case", at).filter(pk=case.pk).annotate(**named).order_by().values_list("risk_level", *named)


_row = Rows(_columns)


@dataclass(frozen=True)
class Known:
    """What the case file says of a case at an instant."""

    situation: Situation
    changed_at: datetime | None  # when it last changed over to another pathway


def of_case(actor, case, at):
    """What is known of a case, for a reader who may read it, else None: one query."""
    rows = _row(actor, at, case=case)
    if not rows:
        return None
    level, *values = rows[0]
    known = {code: value for code, value in zip(FACTS, values, strict=False) if value is not None}
    *due, reassess, route, changed_at = values[len(FACTS):]
    clocks = {kind: due_at for kind, due_at in zip(PROMISES, due, strict=True) if due_at}
    return Known(Situation(known, clocks, {REASSESS: reassess} if reassess else {}, route or "", level), changed_at)
