"""What the case page proposes to do next: what follows from the case itself, then what the apps above add. Nothing here asks the database."""

from datetime import timedelta

from django.urls import reverse

from cases import attachments, children, extensions, flags, merging, orders, plans, schemes, second_person
from cases.actions.ask_to_assess import ASKED
from cases.extensions import NextAction
from cases.reassessing import REASSESS


def proposed(actor, page):
    """The next actions of one reader, urgent first, then by when they are due. `page` is the CasePage with its facts."""
    case, may = page.case, page.capabilities
    actions = []
    if case.is_open:
        actions = [
            *_promises(page, may), *_hearings(page, may), *_contact_details(page, may), *_assessment(actor, page, may), *flags.next_actions(actor, page, may),
            *plans.next_actions(actor, page, may), *(action for room in (children, merging, attachments, orders, schemes) for action in room.next_actions(page, may)),
            *_consent(page, may),
        ]
    for more in extensions.NEXT_ACTIONS:
        actions += more(actor, case, may, page.at)
    return sorted(actions, key=lambda action: (not action.is_urgent, action.due_at is None, action.due_at.timestamp() if action.due_at else 0))


def _url(page, name, *ids):
    return reverse(name, args=[page.case.reference, *ids])


def _promises(page, may):
    actions = [
        NextAction("Say why a promise was missed", _url(page, "clock_reason", row.id), row.promise, is_urgent=True)
        for row in page.clocks if row.needs_reason and row.may_explain and row.about.partition(":")[0] not in extensions.KEPT_ON  # asked for there
    ]
    due = [row for row in page.clocks if row.is_running and row.is_contact]
    if due and "record_contact" in may:
        first = due[0]
        safe = [state for state in page.channels if state.is_safe_now]
        ahead = sorted(span[0] for state in page.channels for span in state.next_openings)
        why = f"{first.promise}. "
        if safe:
            why += f"Safe now: {', '.join(state.label.lower() for state in safe)}."
        elif ahead:
            why += f"Next safe time: {page.in_words(ahead[0])}."
        else:
            why += "No safe time is known. Meet them alone by arrangement, or answer when they make the contact."
        actions.append(NextAction("Record a contact attempt", _url(page, "case_contact"), why, first.due_at, is_urgent=True))
    return actions


def _hearings(page, may):
    """A notice of the police waits for a court: who hears of it writes it down."""
    if "add_entry" not in may:
        return []
    return [
        NextAction("Record what the court decided", _url(page, "order_decide", row.about.removeprefix("order:")), f"{row.promise}.", row.due_at, is_urgent=True)
        for row in page.clocks if row.is_running and row.about.startswith("order:")
    ]


def _contact_details(page, may):
    if "edit_people" in may and not page.channels:
        why = "Nothing is recorded; every way counts as not safe."
        return [NextAction("Record how to contact them safely", _url(page, "safe_contact_add"), why, is_urgent=True)]
    # While another way is safe, a check can wait; else nobody can be reached by telephone or message before it is made.
    needed = not any(state.may_become_safe for state in page.channels)
    unchecked = [state for state in page.channels if state.is_unchecked or state.wants_times]
    if "record_contact" in may and unchecked:
        why = unchecked[0].not_now[0] if unchecked[0].not_now else ""
        return [NextAction(f"Check with them: {unchecked[0].label.lower()}", _url(page, "safe_contact_verify", unchecked[0].contact.pk), why, is_urgent=needed)]
    lapsed = [state for state in page.channels if state.is_lapsed]
    if "record_contact" in may and lapsed:
        why = lapsed[0].not_now[0]
        return [NextAction("Check the contact details with them", _url(page, "safe_contact_verify", lapsed[0].contact.pk), why, is_urgent=needed)]
    return []


def _assessment(actor, page, may):
    waiting = next((one for one in page.assessments if one.awaits_second_person and second_person.is_for(one.signed_by_id, actor.user_id)), None)
    if waiting and second_person.may_approve(may):
        why = "Somebody proposed it; a second person decides."
        return [NextAction("Decide on a lower risk level", _url(page, "assessment_decide", waiting.id), why, is_urgent=True)]
    again = next((task for task in page.tasks if task.kind == REASSESS), None)
    if "assess_risk" not in may:
        return _ask_to_assess(actor, page, may, again)
    drafts = [one for one in page.assessments if not one.signed_at and one.agency_id == actor.agency_id]
    others = [NextAction(f"Go on with: {one.name}", _url(page, "assessment_check", one.id), "Your agency has begun it; it is not signed.") for one in drafts if not one.gives_level]
    draft = next((one for one in drafts if one.gives_level), None)
    if draft:
        why = "Your agency has begun one; it is not signed."
        due_at = again.due_at if again else None
        return [NextAction("Go on with the risk assessment", _url(page, "assessment_check", draft.id), why, due_at, is_urgent=_presses(page, again), covers=ASKED), *others]
    if again:
        return [NextAction(again.title, _url(page, "assessment_start"), again.why, again.due_at, is_urgent=_presses(page, again)), *others]
    if not page.case.risk_level:
        return [NextAction("Assess the risk", _url(page, "assessment_start"), "Nobody has assessed it yet.", covers=ASKED), *others]
    return others


def _presses(page, again):
    """Is it to be assessed again today?"""
    return again is not None and again.due_at - page.at < timedelta(days=1)


def _ask_to_assess(actor, page, may, again):
    """Whoever heard it is often not the one who may assess: then the step is to ask, until somebody has been asked."""
    is_under_way = any(task.kind == ASKED and task.owner for task in page.tasks) or any(
        not one.signed_at and one.gives_level and one.agency_id == actor.agency_id for one in page.assessments
    )
    if "add_entry" not in may or is_under_way:
        return []
    if again:
        why = f"{again.why} Your role does not assess."
        return [NextAction(f"Ask a colleague. {again.title}", _url(page, "assessment_ask"), why, again.due_at, is_urgent=_presses(page, again))]
    if page.case.risk_level:
        return []
    return [NextAction("Ask a colleague to assess the risk", _url(page, "assessment_ask"), "Nobody has assessed it yet, and your role does not.")]


def _consent(page, may):
    if "edit_people" in may and (page.consent is None or page.consent["state"] == "not_asked"):
        return [NextAction("Ask what may be shared", _url(page, "case_consent"), "Only when it is safe to ask.")]
    return []
