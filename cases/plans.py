"""The safety plan of a case as people read it: the newest version, one's own draft, what changed between two, and what is to be done about it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from django.urls import reverse

from cases.compiled import instant
from cases.extensions import NextAction
from cases.models import SafetyPlan
from cases.rules import plan as rules
from cases.rules.clocks import LONDON, end_of
from cases.rules.flags import is_review_due, is_review_overdue

_HIDDEN = {
    "see_contact_number": "Written down. Only those who may ring the victim/survivor can read it.",
    "see_protected_address": "Written down. Only those whose role lets them see protected addresses can read it.",
}


@dataclass(frozen=True)
class PlanRow:
    """The plan in one line, as the case page says it: that there is one, never what it says."""

    number: int = 0
    finished_at: datetime | None = None
    review_on: date | None = None
    agency: str = ""
    is_due: bool = False
    is_overdue: bool = False
    has_draft: bool = False


@dataclass(frozen=True)
class Line:
    """One section as somebody reads it. `before` is what the version before said, where it differs and may be read."""

    code: str
    label: str
    text: str
    is_hidden: bool = False
    change: str = ""
    before: str = ""


def newest_row(actor, case, at):
    """That there is a plan, since when and until when: nothing of what it says leaves the database for the case page."""
    return finished(case).values("number", "finished_at", "review_on", "agency__short_name")[:1]


def draft_row(actor, case, at):
    """Whether the reader's own agency has begun a version."""
    return SafetyPlan.objects.filter(case=case, agency=actor.agency_id, finished_at=None).values("id")[:1]


def row(newest, draft, at):
    """The line of the case page, from what a statement gave of the two queries above."""
    if not newest:
        return PlanRow(has_draft=bool(draft))
    today, found = at.astimezone(LONDON).date(), newest[0]
    review_on = date.fromisoformat(found["review_on"])
    return PlanRow(
        found["number"], instant(found["finished_at"]), review_on, found["agency__short_name"], is_review_due(review_on, today),
        is_review_overdue(review_on, today), bool(draft),
    )


def finished(case):
    """The versions of a case's plan, the newest first."""
    return SafetyPlan.objects.filter(case=case, finished_at__isnull=False).order_by("-number")


def newest(case):
    """The version that holds; None where there is no plan."""
    return finished(case).select_related("agency", "finished_by").first()


def draft_of(actor, case):
    """The draft of the reader's own agency; another agency's is not there."""
    return SafetyPlan.objects.filter(case=case, agency=actor.agency_id, finished_at=None).select_related("agency", "started_by", "based_on").first()


def lines(plan, may, before=None):
    """The sections in which something stands, or stood in the version `before`, as somebody with these capabilities reads them."""
    changed = rules.changes(before.texts, plan.texts) if before else {}
    found = []
    for code, text in plan.texts.items():
        section, change = rules.SECTIONS[code], changed.get(code, "")
        if not text and not change:
            continue
        if rules.may_read(code, may):
            found.append(Line(code, section.label, text, change=change, before=getattr(before, code) if change else ""))
        else:
            found.append(Line(code, section.label, _HIDDEN[section.needs] if text else "Taken out.", is_hidden=True, change=change))
    return found


def mark_of(texts):
    """A short mark of what is saved: a form carries it, so that a save can tell whether it changed since the form was opened."""
    return hashlib.sha256(json.dumps(dict(sorted(texts.items()))).encode()).hexdigest()[:20]


def history(case):
    """Every version with the labels of what changed in it, the newest first: what it changed into is on its own page."""
    versions = list(finished(case).select_related("agency", "finished_by"))
    return [
        (version, _in_words(rules.changes(before.texts if before else {}, version.texts)))
        for version, before in zip_longest(versions, versions[1:])
    ]


def _in_words(changed):
    return [f"{rules.SECTIONS[code].label}: {what}" for code, what in changed.items()]


def next_actions(actor, page, may):
    """What is to be done about the plan. Nothing here asks the database."""
    if "record_contact" not in may:
        return []
    plan, case = page.plan, page.case
    if plan.has_draft:
        return [NextAction("Go on with the safety plan", _url(case, "plan_draft"), "Your agency has begun a version; it is not finished.")]
    if rules.wants_plan(case.risk_level, plan.number > 0):
        why = f"The risk is {case.get_risk_level_display().lower()}, and there is no plan yet."
        return [NextAction("Make a safety plan", _url(case, "plan"), why, is_urgent=case.risk_level == "high")]
    if plan.is_due:
        why = f"Version {plan.number}, by {plan.agency}."
        return [NextAction("Review the safety plan", _url(case, "plan"), why, end_of(plan.review_on), is_urgent=plan.is_overdue)]
    return []


def _url(case, name):
    return reverse(name, args=[case.reference])
