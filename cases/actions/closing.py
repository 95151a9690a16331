"""Closing a case, and opening it again within a year."""

from django.db.models import Max

from agencies import policies
from agencies.models import Agency, User
from cases import attachments, chronology, clocks, extensions, merging, reassessing, safe_contact, second_person
from cases.access import capabilities_on, people_seeing
from cases.attempts import tries_since
from cases.dash import FOLLOW_ON
from cases.gate import Change, Refused, case_action
from cases.models import Assessment, Clock, Closing, Grant, Notification, Task
from cases.models.case import CaseStatus, ClosingReason
from cases.models.chronology import Audience
from cases.models.task import COUNTERSIGN
from cases.rules import closing as rules
from cases.rules import outcomes
from cases.rules.clocks import LONDON
from cases.rules.contact import reasons_cannot_give_up, reasons_own_promise

NOTHING_SAID = {"is_planned": None, "housing": "", "safeguarding": "", "onward": [], "onward_note": "", "outcomes": {}, "survey": ""}


@case_action("case.close", "close_case")
def close_case(act, case, *, closing_reason, summary, audience, survey_contact=None, no_exit_dash_reason="", **ending):
    """Close a case: nothing may be left running, unexplained or undone, and what came of it is written down.

    `ending`: is_planned, housing, safeguarding, onward, onward_note, survey, and `outcomes`, the answers by measure (rules/outcomes.py).
    """
    reasons = rules.reasons_closed(case.is_open) or reasons_cannot_close(case, act.actor, act.at)
    if reasons:
        raise Refused(reasons, code="not_finished")
    reasons = rules.reasons_reason_needs_manager(closing_reason, "countersign" in capabilities_on(act.actor, case, act.at))
    if reasons:
        raise Refused(reasons, code="needs_manager", field="closing_reason")
    if closing_reason == ClosingReason.UNABLE_TO_CONTACT:
        _refuse_giving_up(act, case)
    ending = NOTHING_SAID | ending
    dash = exit_dash(case, act.actor.agency_id, act.at)
    _refuse_incomplete(act, case, closing_reason, ending, dash, no_exit_dash_reason, survey_contact)
    case.status, case.closed_at, case.closed_by_id, case.closing_reason = CaseStatus.CLOSED, act.at, act.actor.user_id, closing_reason
    case.save(update_fields=["status", "closed_at", "closed_by", "closing_reason"])
    title = f"Case closed: {ClosingReason(closing_reason).label}"
    entry = chronology.record(act, case, "case", title, text=summary if audience == Audience.PARTNERS else "")
    if audience == Audience.AGENCY:
        entry = chronology.record(act, case, "note", f"Note on: {title}", text=summary, audience=Audience.AGENCY)
    closing = Closing.objects.create(
        case=case, agency_id=act.actor.agency_id, began_at=began_at(case), closed_at=act.at, closed_by_id=act.actor.user_id, reason=closing_reason, summary=entry,
        exit_assessment=dash, no_exit_dash_reason="" if dash else no_exit_dash_reason, level_at_start=_first_level(case), level_at_exit=case.risk_level,
        survey_contact_id=survey_contact, **ending,
    )
    reassessing.let_rest(act, case)
    _tell_proposers(act, case)
    for consequence in extensions.ON_CLOSED:
        consequence(act, case)
    return Change(
        subject="case", case=case, led_to=f"/cases/{case.reference}/", result=closing,
        after={"closing_reason": closing_reason, "closing": closing.pk, "is_planned": closing.is_planned, "onward": closing.onward},
    )


def _tell_proposers(act, case):
    """A proposal about records that whoever closes may not know of stays as it is; whoever made it hears that nobody can decide on it here."""
    users = User.objects.filter(pk__in=merging.left_waiting(case), is_active=True)
    Notification.objects.bulk_create([Notification(user=user, case=case, kind="merge.left", at=act.at) for user in people_seeing(case, users, act.at)])


def began_at(case):
    """When this stretch of work began: when the case was opened, or last opened again."""
    return Closing.objects.filter(case=case).aggregate(last=Max("reopened_at"))["last"] or case.opened_at


def exit_dash(case, agency_id, at):
    """The DASH that says how things are at the end: the latest signed one, where it is recent enough and nobody has to decide on it yet."""
    latest = Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(tool__in=FOLLOW_ON).order_by("-signed_at", "-id").first()
    days = policies.in_force("closing.exit_dash_days", agency_id, at).whole
    if latest is None or latest.awaits_second_person or latest.signed_at < began_at(case):
        return None
    return latest if outcomes.is_recent(latest.signed_at, at, days) else None


def _first_level(case):
    first = Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(tool__in=FOLLOW_ON).order_by("signed_at", "id").first()
    return first.final_level if first else ""


def _refuse_incomplete(act, case, closing_reason, ending, dash, no_exit_dash_reason, survey_contact):
    """What must be said is said, and whoever asks afterwards will use a way that is known to be safe."""
    missing = outcomes.reasons_incomplete(
        closing_reason, **ending, has_exit_dash=dash is not None, no_exit_dash_reason=no_exit_dash_reason, has_survey_contact=survey_contact is not None,
    )
    for field, reason in missing.items():
        raise Refused(reason, code=f"closing:{field}", field=field)
    if survey_contact is not None and survey_contact not in safe_ways(case, act.at):
        raise Refused("This way is not known to be safe. Choose another, or say that no way is safe.", code="closing:unsafe", field="survey_contact")


def safe_ways(case, at):
    """The ways of contact by which somebody may ask afterwards how it was: marked safe, checked with them, and barred by nothing."""
    return {state.contact.pk: state.label for state in safe_contact.channels(case, at) if state.may_become_safe}


def _refuse_giving_up(act, case):
    """Closing because nobody was reached takes what stopping the promise takes: enough tries, and somebody else who decides."""
    promises = Clock.objects.filter(case=case, agency=act.actor.agency_id, kind__in=("contact", "discussion")).order_by("-started_at", "-pk")
    last = promises.first()
    holders = Grant.objects.filter(content_object=case, agency=act.actor.agency_id).values_list("worker", flat=True)
    limit = policies.in_force("contact.attempt_limit", act.actor.agency_id, act.at).whole
    tries = tries_since(case, act.actor.agency_id, last.started_at if last else case.opened_at)
    reasons = reasons_own_promise({*holders, last.owner_id if last else None}, act.actor.user_id) or reasons_cannot_give_up(tries, limit)
    if reasons:
        raise Refused(reasons, code="cannot_give_up", field="closing_reason")


def reasons_cannot_close(case, actor, at):
    """Why this person cannot close a case as it stands; empty when they can."""
    # What is due later only rests: it stands in no way. What asks for a second person is spoken of by itself: it is nobody else's to finish.
    waiting = Task.objects.filter(case=case, done_at=None, raised_at__lte=at).exclude(kind=COUNTERSIGN)
    return rules.reasons_cannot_close(
        running_clocks=Clock.objects.filter(case=case, stopped_at=None).count(),
        missed_without_reason=len(clocks.missed_without_reason(case, at)),
        own_open_tasks=waiting.filter(agency=actor.agency_id).count(),
        others_with_open_tasks=list(
            Agency.objects.filter(pk__in=waiting.exclude(agency=actor.agency_id).values("agency")).values_list("short_name", flat=True)
        ),
        others=[
            *second_person.reasons_cannot_close(case, at), *merging.reasons_cannot_close(actor, case, at), *attachments.reasons_cannot_close(actor, case),
            *(reason for check in extensions.BEFORE_CLOSING for reason in check(case, at)),
        ],
    )


@case_action("case.reopen", "close_case")
def reopen_case(act, case, *, reason, audience, received_at=None):
    """Open a closed case again. A new report starts its promise from when it was received."""
    reasons = rules.reasons_cannot_reopen(case.closed_at, act.at)
    if reasons:
        raise Refused(reasons, code="cannot_reopen")
    if received_at and received_at > act.at:
        raise Refused("The report cannot have been received in the future.", code="time", field="received_at")
    if received_at and received_at < case.closed_at:
        raise Refused("This is before the case was closed.", code="time", field="received_at")
    before = {"closing_reason": case.closing_reason, "closed_at": case.closed_at.isoformat()}
    case.status, case.closed_at, case.closed_by, case.closing_reason = CaseStatus.OPEN, None, None, ""
    case.save(update_fields=["status", "closed_at", "closed_by", "closing_reason"])
    entry = chronology.record(act, case, "case", "Case opened again", text=reason if audience == Audience.PARTNERS else "")
    if audience == Audience.AGENCY:
        entry = chronology.record(act, case, "note", "Note on: Case opened again", text=reason, audience=Audience.AGENCY)
    Closing.objects.filter(case=case, reopened_at=None).update(reopened_at=act.at, reopened_by_id=act.actor.user_id, reopened_because=entry)
    if received_at:
        held_by = Grant.objects.filter(content_object=case, agency=case.lead_agency, worker__isnull=False).select_related("worker").first()
        owner = held_by.worker if held_by else User.objects.get(pk=act.actor.user_id)
        clocks.start(act, case, "contact", agency=case.lead_agency, owner=owner, started_at=received_at)
    reassessing.happened(act, case, "reopened", act.at.astimezone(LONDON).date(), origin=f"reopened:{case.revision}")
    return Change(subject="case", case=case, before=before, after={"status": CaseStatus.OPEN}, led_to=f"/cases/{case.reference}/")
