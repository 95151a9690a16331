"""What is done with a disclosure: started, saved page by page, discarded, logged as a case, and finished later."""

from datetime import datetime

from django.http import Http404
from django.urls import reverse

from agencies.gate import AlreadyDone, Change, Refused, agency_action
from agencies.models import Agency, User
from cases import chronology, clocks, matching, reassessing, repeat_victims
from cases.access import capabilities_on
from cases.gate import case_action
from cases.models import Clock
from cases.models.people import Role
from cases.opening import new_reference, open_new_case
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed
from referrals import danger, into_case, joining, knowing, pages, rules
from referrals.drafts import disclosures_of
from referrals.models import Disclosure, DisclosureState
from referrals.routes import REPORTERS, ROUTES, has_talked
from ui import times

STALE = "Somebody else saved this page after you opened it"


@agency_action("disclosure.start", "log_disclosure")
def start_disclosure(act, *, answers):
    """A disclosure was begun; nobody but its author and their managers sees it."""
    draft = _new_draft(act, {pages.FIRST.code: answers})
    following = pages.following(draft.answers, pages.FIRST)
    return Change(subject=f"disclosure:{draft.pk}", result=draft, led_to=reverse("disclosure_page", args=[draft.reference, following.slug]))


@agency_action("disclosure.save", "log_disclosure")
def save_page(act, *, reference, page, answers, revision):
    """A page of a disclosure was saved."""
    draft = _lock(act, reference)
    if draft.saved_since(page, revision) and draft.answers.get(page) != answers:
        raise Refused(STALE, code="stale")
    draft.answers[page] = answers
    draft.unfinished.pop(page, None)
    _saved(act, draft, page)
    return Change(subject=f"disclosure:{draft.pk}", after={"page": page, "revision": draft.revision}, result=draft)


@agency_action("disclosure.keep", "log_disclosure")
def keep_unfinished(act, *, reference, page, typed, revision):
    """A page that is not complete yet was put aside as it was typed."""
    draft = _lock(act, reference)
    if draft.saved_since(page, revision):
        raise Refused(STALE, code="stale")
    draft.unfinished[page] = typed
    _saved(act, draft, page)
    return Change(subject=f"disclosure:{draft.pk}", after={"page": page, "revision": draft.revision}, result=draft)


@agency_action("disclosure.discard", "log_disclosure")
def discard_disclosure(act, *, reference, reason):
    """A draft was discarded, with the reason; the record is kept."""
    draft = _lock(act, reference)
    draft.state, draft.discarded_at, draft.discarded_by_id, draft.discard_reason = DisclosureState.DISCARDED, act.at, act.actor.user_id, reason
    draft.save(update_fields=["state", "discarded_at", "discarded_by", "discard_reason"])
    return Change(subject=f"disclosure:{draft.pk}", before={"state": "draft"}, after={"state": "discarded"}, led_to=reverse("disclosures"))


@agency_action("disclosure.submit", "log_disclosure")
def submit_disclosure(act, *, reference, revision):
    """A disclosure was logged: a case exists, its people are on it and its clock runs."""
    draft = _lock(act, reference)
    _refuse_stale(draft, revision)
    return _submit(act, draft)


@agency_action("disclosure.log", "log_disclosure")
def log_disclosure(act, *, answers, logged_at=None):
    """A disclosure that was written down elsewhere was logged in one go (the API)."""
    return _submit(act, _new_draft(act, answers), logged_at)


@case_action("disclosure.join", "add_entry")
def join_disclosure(act, case, *, draft, draft_revision):
    """A disclosure was added to the open case of the same person: its danger and its promise count from now on."""
    draft = _lock(act, draft)
    _refuse_stale(draft, draft_revision)
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    answers = pages.relevant(draft.answers)
    received_at, logged_at = _moments(act, answers, None)
    how = answers.get("route", {}).get("route", "")
    draft.answers, draft.unfinished = answers, {}
    draft.state, draft.joined_to, draft.joined_at, draft.joined_by_id = DisclosureState.JOINED, case, act.at, act.actor.user_id
    draft.received_at, draft.logged_at, draft.immediate_danger = received_at, logged_at, into_case.TRUTH.get(answers["danger"]["danger"])
    draft.route, draft.reporter = how, answers.get("route", {}).get("reporter", "")
    written = answers.get("emergency", {}).get("police_incident_number", "")
    draft.police_incident_number = written if rules.is_incident_number(written) else ""
    draft.save()
    by = f"Reported by: {REPORTERS[draft.reporter].lower()}." if draft.reporter else ""
    chronology.record(act, case, "disclosure", f"Another disclosure: {ROUTES[how].label.lower() if how else 'how it came is not recorded'}", happened_at=received_at, text=by)
    _say_danger(act, case, draft)
    # Who may not change who is on the case leaves all of it for those who may.
    may_bring = "edit_people" in capabilities_on(act.actor, case, act.at)
    differs = joining.bring(act, case, draft, answers) if may_bring else joining.leave(act, case, draft, answers)
    agency = Agency.objects.get(pk=act.actor.agency_id)
    if not Clock.objects.filter(case=case, kind=rules.clock_kind(has_talked(how)), agency=agency, stopped_at=None).exists():
        _start_clock(act, case, how, received_at, agency, act.actor.user_id)
    joining.ask_to_compare(act, case, draft, differs)
    matching.tell_holders(act, case, knowing.told(answers))
    reassessing.happened(act, case, "incident", received_at.astimezone(LONDON).date(), origin=f"disclosure:{draft.pk}")
    return Change(
        subject=f"disclosure:{draft.pk}", case=case, result=draft, led_to=draft.get_absolute_url(),
        after={"route": how, "received_at": received_at.isoformat(), "pages": sorted(answers)},
    )


@case_action("disclosure.complete", "edit_people")
def complete_page(act, case, *, page, answers):
    """A page that was left for later, because somebody was in danger, was answered on the case."""
    disclosure = Disclosure.objects.select_for_update(of=("self",)).filter(case=case).first()
    if disclosure is None or not pages.PAGES[page].can_wait:
        raise Http404
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    if page in disclosure.answers:
        raise Refused("This has been answered already.", code="answered")
    disclosure.answers[page] = answers
    disclosure.save(update_fields=["answers"])
    victim = case.parties.get(role=Role.VICTIM)
    into_case.add(act, case, victim, disclosure, page, answers)
    matching.tell_holders(act, case, knowing.told(disclosure.answers))
    return Change(subject=f"disclosure:{disclosure.pk}", case=case, after={"page": page}, result=disclosure)


@case_action("disclosure.incident_number", "record_contact")
def set_incident_number(act, case, *, number):
    """The police incident number was added, or corrected; the one before stays in the chronology."""
    disclosure = Disclosure.objects.select_for_update(of=("self",)).filter(case=case).first()
    if disclosure is None:
        raise Http404
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    before = disclosure.police_incident_number
    if reasons := rules.reasons_incident_number(number, before):
        raise Refused(reasons, code="number", field="number")
    disclosure.police_incident_number = number
    disclosure.save(update_fields=["police_incident_number"])
    if before:
        chronology.record(act, case, "risk", "Police incident number corrected", text=f"It was {before}. It is now {number}.")
    else:
        chronology.record(act, case, "risk", "Police incident number added", text=f"{number}.")
    if case.danger_reported_at is None and rules.is_danger(disclosure.immediate_danger, number):
        # Whoever logged it could not tell; that the police were called says it now.
        danger.report(act, case, disclosure.received_at)
    danger.settle_if_done(act, case, number)
    return Change(
        subject=f"disclosure:{disclosure.pk}", case=case, result=disclosure, after={"police_incident_number": number}, led_to=f"/cases/{case.reference}/",
        before={"police_incident_number": before},
    )


@case_action("danger.settle", "edit_people")
def settle_danger(act, case, *, reason):
    """The danger that somebody was in when this was reported has been dealt with, with the reason."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    if reasons := rules.reasons_not_settled_by_hand(case.is_danger_unsettled):
        raise Refused(reasons, code="settled")
    danger.settle(act, case)
    chronology.record(act, case, "risk", "The danger when this was reported has been dealt with", text=reason)
    return Change(subject="case", case=case, after={"basis": "reason"}, led_to=f"/cases/{case.reference}/")


def _new_draft(act, answers):
    return Disclosure.objects.create(
        reference=new_reference(), agency_id=act.actor.agency_id, author_id=act.actor.user_id, answers=answers, started_at=act.at, saved_at=act.at,
        saved_by_id=act.actor.user_id,
    )


def _lock(act, reference):
    """The draft under a lock, if the actor may see it. One that has become a case, or was discarded, says where it went."""
    draft = disclosures_of(act.actor).select_for_update(of=("self",)).filter(reference=reference).first()
    if draft is None:
        raise Http404
    if not draft.is_draft:
        raise AlreadyDone(draft.get_absolute_url())
    return draft


def _refuse_stale(draft, revision):
    if draft.revision != revision:
        raise Refused("Somebody else changed this draft after you opened this page. Check the answers, then log it again.", code="stale")


def _saved(act, draft, page):
    draft.revision += 1
    draft.page_revisions[page] = draft.revision
    draft.saved_at, draft.saved_by_id = act.at, act.actor.user_id
    draft.save(update_fields=["answers", "unfinished", "revision", "page_revisions", "saved_at", "saved_by"])


def _submit(act, draft, logged_at=None):
    answers = pages.relevant(draft.answers)
    received_at, logged_at = _moments(act, answers, logged_at)
    how = answers.get("route", {}).get("route", "")
    in_danger = into_case.TRUTH.get(answers["danger"]["danger"])
    case = open_new_case(act, pathway=rules.pathway_for(how, act.actor.role))
    victim = into_case.add_victim(act, case, answers["victim"])
    draft.answers, draft.unfinished = answers, {}
    draft.state, draft.case, draft.submitted_at, draft.submitted_by_id = DisclosureState.SUBMITTED, case, act.at, act.actor.user_id
    draft.pathway, draft.received_at, draft.logged_at, draft.immediate_danger = case.pathway, received_at, logged_at, in_danger
    # In a hurry people write "none yet" in this box: their words are kept, but the police have no number for it.
    written = answers.get("emergency", {}).get("police_incident_number", "")
    draft.police_incident_number = written if rules.is_incident_number(written) else ""
    draft.save()
    _say_danger(act, case, draft)
    for code in answers:
        into_case.add(act, case, victim, draft, code, answers[code])
    clock = _start_clock(act, case, how, received_at, case.lead_agency, case.opened_by_id)
    matching.tell_holders(act, case, knowing.told(answers))
    repeat_victims.link(act, case)
    return Change(
        subject=f"disclosure:{draft.pk}", case=case, result=draft, led_to=draft.get_absolute_url(),
        after={"route": how, "pathway": case.pathway, "received_at": received_at.isoformat(), "clock": clock.pk, "pages": sorted(answers)},
    )


def _say_danger(act, case, disclosure):
    """What was said about danger, for the chronology, and for the top of the case where there was any."""
    if disclosure.immediate_danger is False:
        return
    said = "Someone was in danger when this was reported" if disclosure.immediate_danger else "Whoever logged this could not tell whether anyone was in danger"
    number = disclosure.police_incident_number
    written = disclosure.answers.get("emergency", {}).get("police_incident_number", "")
    text = f"Police incident number {number}." if number else "No police incident number yet."
    if written and not number:
        text += f" Written in its place: {written}"
    chronology.record(act, case, "risk", said, text=text, happened_at=disclosure.received_at)
    if rules.is_danger(disclosure.immediate_danger, number):
        danger.report(act, case, disclosure.received_at)


def _moments(act, answers, logged_at):
    """When it was received and logged, or Refused: asked again under the lock, because a draft can lie for days."""
    if missing := pages.unanswered(answers):
        raise Refused(rules.reasons_cannot_submit([page.heading for page in missing]), code="unanswered")
    received_at = datetime.fromisoformat(answers["received"]["received_at"])
    logged_at = logged_at or act.at
    reasons = rules.reasons_logged_impossible(logged_at, act.at) or rules.reasons_received_impossible(received_at, logged_at, act.at)
    if reasons:
        raise Refused(reasons, code="time", field="received_at")
    return received_at, logged_at


def _start_clock(act, case, how, received_at, agency, owner_id):
    kind = rules.clock_kind(has_talked(how))
    clock = clocks.start(act, case, kind, agency=agency, owner=User.objects.get(pk=owner_id), started_at=received_at)
    text = f"{rules.clock_rule(has_talked(how))} {clock.basis}."
    if rules.opens_missed(clock.due_at, act.at):
        text += " It was received so long ago that this was already missed when it was logged."
    chronology.record(act, case, "clock", f"{clocks.KINDS[kind].promise} by {times.local_time(clock.due_at)}", text=text)
    return clock
