"""Recording an attempt to reach the victim/survivor, and what follows from it: promises kept, others told, a channel lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.urls import reverse

from agencies import policies
from agencies.gate import register_verb
from agencies.models import Membership
from cases import answered, attempts, chronology, clocks, extensions, flags, safe_contact
from cases.access import people_seeing
from cases.actions.clock import explain
from cases.actions.safe_contact import may_vouch, note_check, of_whom, replace
from cases.gate import Change, Refused, case_action
from cases.models import Clock, ContactAttempt, Grant, Notification, Party, SafeContact, Task
from cases.models.chronology import Audience
from cases.models.clock import ClockOutcome
from cases.models.contact import AttemptOutcome, Channel, Safe
from cases.models.people import Role
from cases.rules import contact as rules
from cases.rules.clocks import reasons_cannot_move_on
from cases.rules.closing import reasons_closed
from cases.rules.flags import reasons_barred
from ui.times import since_when

register_verb("attempts.limit", "", "So many attempts failed that others were told.", "cases.actions.contact._tell_others")
register_verb("safe_contact.lost", "", "A channel is no longer known to be safe, because of who answered.", "cases.actions.contact._take_safe_mark")

# To consider a police welfare check cannot wait for a meeting; a day is our assumption, the sources name no time.
TIME_TO_CONSIDER = timedelta(hours=24)


@case_action("contact.record", "record_contact")
def record_contact(
    act, case, *, at, outcome, audience, contact_id=None, channel="", answered_by="", talked_it_through=False, still_safe=False, note="",
    override_reason="", breach_reason="", keeps_promise_of_others=False,
):
    """Record an attempt to reach the victim/survivor. Only one that reached them by a safe route keeps a promise."""
    _refuse(reasons_closed(case.is_open), "closed")
    tried = examined(act, case, Party.objects.get(case=case, role=Role.VICTIM), at, contact_id, channel, outcome, override_reason)
    at, contact, channel, not_safe = tried.at, tried.contact, tried.channel, tried.not_safe
    reached = outcome == AttemptOutcome.REACHED
    attempt = ContactAttempt.objects.create(
        case=case, agency_id=act.actor.agency_id, by_id=act.actor.user_id, at=at, recorded_at=act.at, contact=contact,
        channel=channel, outcome=outcome, was_safe_route=not not_safe,
        answered_by=answered_by if outcome == AttemptOutcome.SOMEONE_ELSE else "",
        override_reason=override_reason if not_safe else "", talked_it_through=talked_it_through and reached,
    )
    lines = [f"Used although it was not safe: {attempt.override_reason}"] if not_safe else []
    if rules.keeps_promise(reached, attempt.was_safe_route):
        lines += _keep_promises(act, case, attempt, breach_reason, keeps_promise_of_others)
    # Their own word counts also where the way was not known to be safe; it was given at the time of the attempt, not of its record.
    if still_safe and tried.may_be_checked(act, case):
        note_check(contact, at, act.actor.user_id)
    if not reached:
        lines += lose(act, case, attempt)
        lines += _tell_others(act, case, attempt)
    if attempt.answered_by:
        lines = [f"Who answered: {attempt.get_answered_by_display()}", *lines]
    write_down(act, case, f"{attempt.get_channel_display()}: {attempt.get_outcome_display()}", at, lines, note, audience)
    if rules.keeps_promise(reached, attempt.was_safe_route):
        for consequence in extensions.ON_REACHED:
            consequence(act, case, attempt)
    return Change(
        subject=f"attempt:{attempt.pk}", case=case, result=attempt, led_to=reverse("case_contact_saved", args=[case.reference, attempt.pk]),
        after={"channel": attempt.channel, "outcome": outcome, "was_safe_route": attempt.was_safe_route, "at": at.isoformat()},
    )


@dataclass(frozen=True)
class Tried:
    """An attempt as it was examined: when, by which way as that was recorded then, and why the way was not safe."""

    at: datetime
    outcome: str
    channel: str
    chosen: SafeContact | None
    contact: SafeContact | None  # the same way as it stood at the time
    not_safe: list[str]

    def may_be_checked(self, act, case):
        """May what they said on this way count as a check of it? Not where it has changed since, nor for a place that the actor may not see."""
        reached = self.outcome == AttemptOutcome.REACHED
        return reached and self.contact == self.chosen is not None and self.contact.ended_at is None and may_vouch(act, case, self.contact)


def examined(act, case, party, at, contact_id, channel, outcome, override_reason):
    """What every attempt is held to, whoever of the case it was meant to reach. Raises Refused where the time, the outcome or the way cannot be."""
    at = rules.not_before(at, earliest(case))
    _refuse(rules.reasons_attempt_impossible(at, earliest(case), act.at), "time", "at")
    chosen = chosen_way(party, contact_id, at) if contact_id else None
    contact = safe_contact.held_at(chosen, at) if chosen else None
    channel = contact.channel if contact else channel
    by_them = channel == Channel.FROM_THEM
    _refuse(rules.reasons_not_by_them(by_them, outcome), "outcome", "outcome")
    if party.role == Role.VICTIM:
        _refuse(rules.reasons_is_report(by_them, at, [earliest(case), *filter(None, [case.danger_reported_at])]), "report", "at")
    not_safe = reasons_route_not_safe(case, contact, channel, outcome, at)
    _refuse(rules.reasons_route_unsafe(not_safe, override_reason), "unsafe", "override_reason")
    return Tried(at, outcome, channel, chosen, contact, not_safe)


def earliest(case):
    """The first instant at which somebody can have tried: the report that started a promise may be older than the case."""
    first = Clock.objects.filter(case=case).aggregate(first=Min("started_at"))["first"]
    return min(case.opened_at, first) if first else case.opened_at


def reasons_route_not_safe(case, contact, channel, outcome, at):
    """Why the route of an attempt was not safe when it was used; empty when it was."""
    if contact is None:
        # Meeting in person, alone and by arrangement, is safe by what it is, and so is what they chose themselves.
        # Any other way must be written down as safe first.
        if channel in (Channel.IN_PERSON, Channel.FROM_THEM):
            return []
        return ["This way of contact is not recorded as safe.", *reasons_barred(flags.kinds_at(case, at), channel)]
    reasons = safe_contact.reasons_not_safe_at(contact, case, at)
    if outcome == AttemptOutcome.VOICEMAIL_LEFT and contact.voicemail != Safe.YES:
        reasons.append("Nobody has agreed that a voicemail is safe here.")
    return reasons


def chosen_way(party, contact_id, at):
    """The way to somebody that was chosen. It may be out of use by now: it was not when it was tried."""
    contact = SafeContact.objects.filter(pk=contact_id, party=party).select_related("party").first()
    if contact is None or (contact.ended_at and contact.ended_at <= at):
        raise Refused("Somebody changed this way of contact before you tried it, or took it out of use. Choose again.", code="stale", field="route")
    return contact


def _keep_promises(act, case, attempt, breach_reason, keeps_promise_of_others):
    """Stop what this contact keeps, and start what follows from it: a contact without the discussion promises the discussion (SEED-067)."""
    by_them = attempt.channel == Channel.FROM_THEM
    running = [clock for clock in clocks.running(case) if rules.may_keep(by_them, attempt.at, clock.started_at)]
    kept = [clock for clock in running if clock.kind == "contact" or (clock.kind == "discussion" and attempt.talked_it_through)]
    own = [clock for clock in kept if clock.agency_id == act.actor.agency_id]
    # Whether another agency's promise is kept too is a judgement; why theirs was missed is theirs to say.
    others = [clock for clock in kept if clock not in own and keeps_promise_of_others and not clock.is_breached(attempt.at)]
    missed = [clock for clock in own if clock.is_breached(attempt.at) and not clock.is_explained]
    if missed and not breach_reason.strip():
        raise Refused(reasons_cannot_move_on(len(missed)), code="unexplained", field="breach_reason")
    lines = []
    for clock in [*own, *others]:
        clock.case = case
        if clock in missed:
            explain(act, case, clock, breach_reason)
        by = "" if clock in own else f"Contact by {act.actor.agency_name}"
        clocks.stop(act, clock, ClockOutcome.MET, at=rules.not_before(attempt.at, clock.started_at), reason=by)
        whose = "" if clock in own else f" ({clock.agency.short_name})"
        lines.append(f"Promise kept{' late' if clock.is_breached(attempt.at) else ''}: {clocks.KINDS[clock.kind].promise}{whose}")
        if clock.kind == "contact" and not attempt.talked_it_through:
            lines += _promise_discussion(act, case, clock, attempt)
    return lines


def _promise_discussion(act, case, clock, attempt):
    if Clock.objects.filter(case=case, kind="discussion", agency=clock.agency_id, stopped_at=None).exists():
        return []
    discussion = clocks.start(act, case, "discussion", agency=clock.agency, owner=clock.owner, started_at=attempt.at)
    return [f"New promise: {clocks.KINDS['discussion'].promise}, {discussion.basis}"]


def lose(act, case, attempt):
    """Whoever else answers may have the number: every channel that leads there loses its safe mark, and the rows that say so are kept."""
    if attempt.outcome != AttemptOutcome.SOMEONE_ELSE or attempt.answered_by in answered.NO_DANGER:
        return []
    safe = list(safe_contact.in_use(case).filter(is_safe=Safe.YES).select_related("party"))
    lost = [channel for channel in safe if rules.leads_to_same(answered.way(channel), answered.way(attempt.contact or attempt))]
    for contact in lost:
        _take_safe_mark(act, case, contact)
    names = ", ".join(f"{contact.get_channel_display()}{of_whom(contact)}" for contact in lost)
    lines = [f"No longer known to be safe, because of who answered: {names}."] if lost else []
    # What was recorded and kept stands; whoever reads on must know what it was worth.
    if since := answered.counted_since(case, attempt):
        when = ", ".join(since_when(one.at, act.at) for one in since)
        lines.append(f"Recorded as a safe contact before this was known: {when}. It may not have been the victim/survivor. Make sure that they are safe.")
    return lines


def _take_safe_mark(act, case, contact):
    replacement = replace(
        act, case, contact, list(contact.windows.values_list("weekday", "starts", "ends")), value=contact.value, how=contact.how, code_word=contact.code_word,
        times=contact.times,
    )
    act.also("safe_contact.lost", Change(subject=f"safe_contact:{contact.pk}", case=case, after={"replaced_by": replacement.pk}))


def _tell_others(act, case, attempt):
    """After so many failed attempts: something must be considered, and a manager and whoever logged the case are told (domain 6)."""
    limit = policies.in_force("contact.attempt_limit", act.actor.agency_id, act.at).whole
    failed = attempts.failed_since_raised(case, act.actor.agency_id)
    if not rules.limit_reached(failed, limit):
        return []
    worker = Grant.objects.filter(content_object=case, agency=act.actor.agency_id, worker__isnull=False).values_list("worker", flat=True).first()
    task = Task.objects.create(
        case=case, agency_id=act.actor.agency_id, owner_id=worker or act.actor.user_id, kind=attempts.LIMIT, origin=f"attempt:{attempt.pk}",
        title="Consider a MARAC referral or a police welfare check", why=f"{failed} attempts to reach the victim/survivor have failed.",
        due_at=act.at + TIME_TO_CONSIDER, raised_at=act.at,
    )
    told = people_seeing(case, _managers(act.actor) | {case.opened_by}, act.at)
    Notification.objects.bulk_create([Notification(user=user, case=case, kind=attempts.LIMIT, at=act.at) for user in told])
    act.also("attempts.limit", Change(subject=f"task:{task.pk}", case=case, after={"failed": failed, "told": sorted(user.pk for user in told)}))
    return [f"{failed} attempts have failed. A MARAC referral or a police welfare check is to be considered."]


def _managers(actor):
    members = Membership.objects.filter(agency=actor.agency_id, ended_at=None, user__is_active=True).select_related("user", "manager")
    own = {member.manager for member in members if member.user_id == actor.user_id and member.manager and member.manager.is_active}
    roles = ("housing_manager", "team_manager", "agency_lead")
    return own or {member.user for member in members if member.role in roles and member.user_id != actor.user_id}


def write_down(act, case, title, at, lines, note, audience):
    """That somebody tried is for the partners, so that nobody tries again an hour later; the note is for whom its writer chose."""
    shared = [*lines, note] if note and audience == Audience.PARTNERS else lines
    chronology.record(act, case, "contact", title, text="\n".join(shared), happened_at=at)
    if note and audience == Audience.AGENCY:
        chronology.record(act, case, "note", f"Note on: {title}", text=note, audience=Audience.AGENCY, happened_at=at)


def _refuse(reasons, code, field=None):
    if reasons:
        raise Refused(reasons, code=code, field=field)
