"""What people do about a referral out: make it, answer it, write down what somebody outside answered, chase, take back, close.

Making one shares the case by recorded decisions: the summary at once, and what was agreed once they accept. A refusal ends that at once.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from agencies import policies
from agencies.models import Agency, Membership, User
from agencies.roles import roles_holding
from agencies.types import AREAS
from cases import chronology, clocks
from cases.access import agencies_seeing, people_seeing
from cases.actions.clock import explain
from cases.actions.sharing import pass_to_lead
from cases.calendar import is_working_day
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock, Exclusion, Grant, Notification, Party, SharingDecision
from cases.models.chronology import Audience
from cases.models.clock import ClockOutcome
from cases.models.people import Role
from cases.opening import give_grant
from cases.protected_places import places_of
from cases.rules import sharing
from cases.rules.children import reasons_names_place
from cases.rules.clocks import deadline
from cases.sharing import consent_given, workers_for
from referrals.directory.reading import row_of
from referrals.directory.rules import Somebody, misfits
from referrals.models import OutStep, ReferralOut
from referrals.onward import rules
from referrals.safeguarding.proposing import age_of
from ui.times import local_time


@case_action("referral_out.send", "share_case")
def send_out(
    act, case, *, entry_id, party_id, asked_for, basis, level="partner", channel="", sent_at=None, despite="", necessity="", risk_believed="", restrictions="",
    victim_told=None, victim_not_told_reason="",
):
    """Refer somebody to a service of the directory; the time for its answer runs from now on."""
    refuse_closed(case)
    row, party = row_of(entry_id, act.at), Party.objects.filter(pk=party_id, case=case).exclude(role=Role.PERPETRATOR).select_related("person").first()
    if row is None or party is None:
        raise Http404
    if reasons := row.takes_nobody or rules.reasons_not_referred_here(row.entry.kind):
        raise Refused(reasons, code="referral_out:closed")
    receiver, is_own = row.entry.agency, row.entry.agency_id == act.actor.agency_id
    sent_at = act.at if receiver else sent_at or act.at
    why = {"necessity": necessity, "risk_believed": risk_believed, "restrictions": restrictions, "victim_told": victim_told, "victim_not_told_reason": victim_not_told_reason}
    _check(
        rules.reasons_cannot_send(
            is_inside=receiver is not None, channel=channel, asked_for=asked_for, misfits=list(misfits(row.version.criteria, somebody(case, party, act.at), AREAS).values()),
            despite=despite, is_under_way=ReferralOut.objects.filter(party=party, entry=row.entry, state__in=[*rules.WAITING, "accepted"]).exists(), sent_at=sent_at, at=act.at,
        )
        | _cannot_share(act, case, row, is_own, level, basis)
        | sharing.reasons_decision_incomplete(
            basis=basis, necessity=necessity, risk_believed=risk_believed, restrictions=restrictions, victim_told=victim_told, not_told_reason=victim_not_told_reason,
        )
        | reasons_names_place({"asked_for": asked_for, "despite": despite}, places_of(case))
    )
    now, then = (None, None) if receiver is None or is_own else _share(act, case, receiver, level, basis, why)
    due = _due(row.version, act.actor.agency_id, sent_at)
    one = ReferralOut.objects.create(
        case=case, party=party, entry=row.entry, version=row.version, agency_id=act.actor.agency_id, told_by_id=act.actor.agency_id, receiver=receiver,
        channel="waymark" if receiver else channel, sent_at=sent_at, recorded_at=act.at, recorded_by_id=act.actor.user_id, asked_for=asked_for, despite=despite,
        due_at=due[0], due_basis=due[1], basis=basis, decision_now=now, decision_then=then, **why,
    )
    clocks.start(
        act, case, "service_answer", agency=Agency.objects.get(pk=act.actor.agency_id), owner=User.objects.get(pk=act.actor.user_id), started_at=sent_at,
        about=_subject(one), due=due,
    )
    chronology.record(act, case, "sharing", f"Referred to {row.version.name}", text=f"{party.name}, {party.get_role_display().lower()}.", happened_at=sent_at)
    told = _tell(case, act, "referral_out.sent", _answering(receiver), "receive_referrals") if receiver else []
    after = {"entry": row.entry.pk, "version": row.version.pk, "basis": basis, "channel": one.channel, "due_at": due[0].isoformat(), "told": told}
    return Change(subject=_subject(one), case=case, after=after, result=one, led_to=_url(one))


@case_action("referral_out.answer", "receive_referrals")
def answer_out(act, case, *, referral_id, step, said="", reason="", outcome="", worker_id=None):
    """Answer a referral to one's own agency: received, looked at, accepted, declined; and later what became of it."""
    one = _referral(case, referral_id)
    if one.receiver_id != act.actor.agency_id:
        raise Http404
    refuse_closed(case)
    if step not in rules.steps_for(one.state, is_receiver=True):
        raise Refused(rules.reasons_step(one.state, "", one.sent_at, act.at, act.at, "", "")[""], code="referral_out:moved")
    if worker_id and worker_id not in {person.pk for person, _ in workers_for(case, act.actor.agency_id)}:
        raise Refused("This person cannot hold the case. Choose somebody from the list.", code="referral_out:worker", field="worker_id")
    _take_step(act, case, one, step, happened_at=act.at, said=said, reason=reason, outcome=outcome)
    after = {"step": step, "reason": reason if step == "decline" else "", "outcome": outcome if step == "report" else ""}
    if step == "accept":
        after["level"] = _open_up(act, case, one, worker_id)
    after["told"] = _tell(case, act, "referral_out.answered", _sending(case, one), "see_case")
    if step == "decline":
        after["ended"] = _end_sight(act, case, one)
    return Change(subject=_subject(one), case=case, after=after, result=one, led_to=_url(one) if step != "decline" else reverse("incoming"))


@case_action("referral_out.record", "add_entry")
def record_out(act, case, *, referral_id, step, happened_at, who, said="", reason="", outcome=""):
    """Write down what a service answered that does not answer in Waymark: one outside, or one that does not see the case any more."""
    refuse_closed(case)
    one = _own(act, case, referral_id)
    if answers_itself(case, one, act.at):
        raise Refused("They answer this in Waymark themselves. Chase them, or take it back.", code="referral_out:theirs")
    if step not in rules.steps_for(one.state, is_receiver=False):
        raise Refused("The referral has moved on since. Read where it stands.", code="referral_out:moved")
    _take_step(act, case, one, step, happened_at=happened_at, who=who, said=said, reason=reason, outcome=outcome)
    after = {"step": step, "reason": reason if step == "decline" else "", "outcome": outcome if step == "report" else ""}
    return Change(subject=_subject(one), case=case, after=after, result=one, led_to=_url(one))


@case_action("referral_out.chase", "add_entry")
def chase_out(act, case, *, referral_id, happened_at, who, said=""):
    """Record that somebody asked for the answer; of a missed promise this is the reason."""
    refuse_closed(case)
    one = _own(act, case, referral_id)
    _check(rules.reasons_chase(one.state, one.sent_at, happened_at, act.at) | reasons_names_place({"said": said}, places_of(case)))
    _step(act, one, "chase", happened_at, who, said)
    for clock in _clocks(one):
        if clock.is_breached(act.at) and not clock.is_explained:
            explain(act, case, clock, f"No answer from {one.version.name} yet. Chased {local_time(happened_at)}.")
    return Change(subject=_subject(one), case=case, after={"chased_at": happened_at.isoformat()}, result=one, led_to=_url(one))


@case_action("referral_out.withdraw", "share_case")
def withdraw_out(act, case, *, referral_id, said):
    """Take a referral back; what it let them see ends with it."""
    refuse_closed(case)
    one = _own(act, case, referral_id)
    _take_step(act, case, one, "withdraw", happened_at=act.at, said=said)
    ended = _end_sight(act, case, one)
    return Change(subject=_subject(one), case=case, after={"ended": ended}, result=one, led_to=_url(one))


@case_action("referral_out.close", "add_entry")
def close_out(act, case, *, referral_id, said=""):
    """Close a referral whose outcome was read: nothing more is expected of it."""
    refuse_closed(case)
    one = _own(act, case, referral_id)
    _take_step(act, case, one, "close", happened_at=act.at, said=said)
    return Change(subject=_subject(one), case=case, result=one, led_to=_url(one))


def somebody(case, party, at):
    """What is known of a person on a case that a service asks about."""
    sex = party.person.sex
    return Somebody(case.risk_level, sex if sex in ("female", "male", "other") else "", age_of(party, at), case.area)


def answers_itself(case, one, at):
    """Does the service that received it work in Waymark, and still see the case?"""
    return one.receiver_id is not None and one.receiver_id in {grant.agency_id for grant in agencies_seeing(case, at)}


def _cannot_share(act, case, row, is_own, level, basis):
    """The same questions as sharing asks; the agency is that of the service."""
    agency = row.entry.agency
    reasons = sharing.reasons_cannot_share(
        agency=row.entry.provided_by, level=level, is_lead=False, is_active=agency is None or agency.is_active, basis=basis, consent_given=consent_given(case), ends_at=None,
        is_barred=agency is not None and Exclusion.objects.filter(case=case, agency=agency, lifted_at=None).exists(), may_know_bars=act.actor.may("exclude"), at=act.at,
    )
    if "agency" in reasons:
        reasons[""] = reasons.pop("agency")
    if agency is None or is_own:
        reasons.pop("level", None)
    return reasons


def _share(act, case, receiver, level, basis, why):
    """Decide what the receiver sees now and what it sees once it accepts; give it the first. What it holds already is not made less."""
    held = Grant.objects.filter(pk__in=[grant.pk for grant in agencies_seeing(case, act.at)], agency=receiver).exclude(level="meeting").first()

    def decision(at_level):
        return SharingDecision.objects.create(
            case=case, recipient=receiver, level=at_level, basis=basis, decided_at=act.at, decided_by_id=act.actor.user_id, deciding_agency_id=act.actor.agency_id, **why,
        )

    now = then = None
    if held is None:
        now = decision("summary")
        give_grant(act, case, receiver, "summary", now)
    if level == "partner" and (held is None or held.level == "summary"):
        then = decision("partner")
    return now, then


def _open_up(act, case, one, worker_id):
    """Let whoever accepted see what was decided when it was sent, and say who of them holds the case; the level that they see from now on."""
    held = Grant.objects.get(content_object=case, agency=one.receiver_id, level__in=["summary", "partner", "lead"])
    wanted = one.decision_then.level if one.decision_then else held.level
    level = rules.level_then(wanted, held.level, one.basis == sharing.CONSENT, consent_given(case))
    if level != held.level:
        give_grant(act, case, one.receiver, level, one.decision_then, ends_at=held.ends_at, worker_id=worker_id)
        chronology.record(act, case, "sharing", f"Shared with {one.receiver.name}: {level} level, as decided when they were asked")
    elif worker_id:
        Grant.objects.filter(pk=held.pk).update(worker=worker_id)
    return level


def _end_sight(act, case, one):
    """End what this referral let the receiver see, and no more than that; what they still had to do passes to the lead agency."""
    decisions = [pk for pk in (one.decision_now_id, one.decision_then_id) if pk]
    if one.receiver_id is None or not decisions:
        return False
    held = Grant.objects.filter(content_object=case, agency=one.receiver_id, decision__in=decisions)
    if one.decision_now_id is None:  # they saw the summary before
        return False
    others = ReferralOut.objects.filter(case=case, receiver=one.receiver_id, state__in=[*rules.WAITING, "accepted"]).exclude(pk=one.pk).exists()
    if others or not held.update(ends_at=act.at, worker=None):
        return False
    pass_to_lead(act, case, one.receiver_id)
    chronology.record(act, case, "sharing", f"No longer shared with {one.receiver.name}", audience=Audience.AGENCY)
    return True


def _take_step(act, case, one, step, *, happened_at, said="", who="", reason="", outcome=""):
    _check(rules.reasons_step(one.state, step, one.sent_at, happened_at, act.at, reason, outcome) | reasons_names_place({"said": said}, places_of(case)))
    one.state = rules.TRANSITIONS[one.state][step]
    if step == "decline":
        one.declined_because = reason
    if step == "report":
        one.outcome = outcome
    one.save(update_fields=["state", "declined_because", "outcome"])
    _step(act, one, step, happened_at, who, said)
    if step in ("accept", "decline", "withdraw"):
        _stop_clock(act, case, one, step, happened_at)
    words = f"{one.get_state_display()}: {one.get_declined_because_display() or one.get_outcome_display()}" if step in ("decline", "report") else one.get_state_display()
    if step not in ("receive", "triage"):
        chronology.record(act, case, "sharing", f"Referral to {one.version.name}: {words[:1].lower()}{words[1:]}", happened_at=happened_at)


def _stop_clock(act, case, one, step, happened_at):
    for clock in _clocks(one):
        was_late = clock.is_breached(happened_at) and not clock.is_explained
        if step == "withdraw":
            clocks.stop(act, clock, ClockOutcome.NOT_NEEDED, reason="The referral was taken back")
        else:
            clocks.stop(act, clock, ClockOutcome.MET, at=max(happened_at, clock.started_at))
        if was_late:
            explain(act, case, clock, f"{one.version.name} had not answered in its time.")


def _due(version, agency_id, sent_at):
    """By when they answer: the service's own time, or what was agreed; and on what that rests."""
    if version.answers_within:
        allowance, basis = policies.parse_allowance(version.answers_within), "the service’s own time"
    else:
        policy = policies.in_force("onward.answer_within", agency_id, sent_at)
        allowance, basis = policy.allowance, policy.basis
    return deadline(sent_at, allowance.amount, allowance.unit, is_working_day), f"{allowance.words} from {local_time(sent_at)} ({basis})"


def _step(act, one, step, happened_at, who, said):
    return OutStep.objects.create(
        case=one.case, referral=one, step=step, said=said, who=who, happened_at=happened_at, agency_id=act.actor.agency_id, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )


def _clocks(one):
    return list(Clock.objects.filter(case=one.case_id, about=_subject(one), stopped_at=None).select_related("case"))


def _answering(agency):
    members = Membership.objects.filter(agency=agency, ended_at=None, role__in=roles_holding("receive_referrals"))
    return User.objects.filter(pk__in=members.values("user"), is_active=True)


def _sending(case, one):
    """Who waits for the answer: whoever made it, and who holds the case for the agency that chases it."""
    held = Grant.objects.filter(content_object=case, agency=one.agency_id, worker__isnull=False).values_list("worker", flat=True)
    return User.objects.filter(pk__in=[one.recorded_by_id, *held], is_active=True)


def _tell(case, act, kind, users, capability):
    told = people_seeing(case, users.exclude(pk=act.actor.user_id), act.at, capability)
    Notification.objects.bulk_create([Notification(user=user, case=case, kind=kind, at=act.at) for user in told])
    return sorted(user.pk for user in told)


def _referral(case, referral_id):
    found = ReferralOut.objects.filter(pk=referral_id, case=case).select_related("version", "entry", "receiver", "party__person", "case", "decision_then").first()
    if found is None:
        raise Http404
    found.case = case
    return found


def _own(act, case, referral_id):
    one = _referral(case, referral_id)
    if one.agency_id != act.actor.agency_id:
        raise PermissionDenied("another agency's referral")
    return one


def _check(reasons):
    for field, reason in reasons.items():
        if reason:
            raise Refused(reason, code=f"referral_out:{field or 'rule'}"[:40], field=field or None)


def _subject(one):
    return f"referral:{one.pk}"


def _url(one):
    return reverse("referral_out", args=[one.case.reference, one.pk])
