"""What people do about a safeguarding referral: propose, send, decide against, chase, write down the answer; and tell a school.

Whoever adds to the case may send: safeguarding is everybody's. Deciding against one takes somebody who may assess the risk.
"""

from django.db.models import Q
from django.http import Http404

from agencies import policies
from agencies.models import Agency, Membership, User
from cases import chronology, clocks
from cases.access import people_seeing
from cases.actions.clock import explain
from cases.calendar import is_working_day
from cases.children import child_on, details_of, is_place_hidden
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock, Grant, Notification, Party
from cases.models.chronology import Audience
from cases.models.clock import ClockOutcome
from cases.protected_places import places_of
from cases.rules.children import reasons_names_place
from referrals.models import OnwardState, OnwardStep, SafeguardingReferral, SchoolNotice
from referrals.safeguarding import rules
from referrals.safeguarding.proposing import age_of, counts_as_child, finish_task, propose
from ui.times import local_time

RECEIVERS = {rules.ADULT: "adult_social_care", rules.SOCIAL_CARE: "childrens_social_care", rules.EMERGENCY: "childrens_social_care", rules.EARLY_HELP: "childrens_social_care"}
# What partners read of a referral without any protection.


@case_action("onward.add", "add_entry")
def add_referral(act, case, *, party_id, route, why, needs_care=False, cannot_protect=False):
    """Propose a referral by hand: somebody is worried, whatever the assessment says."""
    refuse_closed(case)
    party = Party.objects.filter(pk=party_id, case=case).select_related("person").first()
    if party is None:
        raise Http404
    held = list(SafeguardingReferral.objects.filter(party=party).values_list("route", "state"))
    _check(rules.reasons_by_hand(route, party.role, counts_as_child(party, act.at), needs_care, cannot_protect, why, held))
    _check(reasons_names_place({"why": why}, places_of(case)))
    made = propose(act, case, party, route, why)
    return Change(subject=_subject(made), case=case, after={"route": route}, result=made, led_to=_url(made))


@case_action("onward.send", "add_entry")
def send_referral(
    act, case, *, referral_id, sent_at, method, audience, also=(), receiver_id=None, receiver_name="", their_reference="", is_told=None, not_told_reason="",
    consent="", consent_basis="", necessity="", concern="",
):
    """Record that a referral was sent, for this person and for others whom the same one covers; the time for an answer runs from now on."""
    refuse_closed(case)
    one = _referral(case, referral_id)
    if one.route == rules.SCHOOL:
        raise Http404
    receiver = _receiver(case, one.route, receiver_id)
    texts = {"not_told_reason": not_told_reason, "necessity": necessity, "receiver_name": receiver_name}
    _check(
        rules.reasons_send(one.route, method, bool(receiver or receiver_name), is_told, not_told_reason, consent, consent_basis, necessity, sent_at, act.at)
        | reasons_names_place(texts | ({"concern": concern} if audience == Audience.PARTNERS else {}), places_of(case))
    )
    sent = [one, *(_referral(case, pk) for pk in also if pk != one.pk)]
    for each in sent:
        if reasons := rules.reasons_not_waiting(each.state):
            raise Refused(reasons, code="onward:decided")
        if each.route != one.route:
            raise Http404
        _mark_sent(
            act, each, sent_at=sent_at, method=method, receiver=receiver, receiver_name=receiver_name, their_reference=their_reference, is_told=is_told,
            not_told_reason=not_told_reason if is_told is False else "", consent=consent, concern=concern, audience=audience,
            consent_basis=consent_basis if consent != "given" else "", necessity=necessity if consent != "given" else "",
        )
        # Whoever sends it chases the answer, and what they told belongs to their agency.
        asked, each.agency, each.told_by_id = each.agency_id, Agency.objects.get(pk=act.actor.agency_id), act.actor.agency_id
        clock = clocks.start(
            act, case, rules.ROUTES[one.route].clock, agency=each.agency, owner=User.objects.get(pk=act.actor.user_id), started_at=sent_at, about=_subject(each),
        )
        each.due_at, each.basis = clock.due_at, clock.basis
        each.save()
        finish_task(act, case, asked, each.route, f"Sent to {each.to}")
    chronology.record(
        act, case, "people", f"Safeguarding referral sent: {rules.ROUTES[one.route].label}", text=f"About {len(sent)} {'person' if len(sent) == 1 else 'people'}.",
        happened_at=sent_at,
    )
    told = _tell(act, case, "onward.sent", _holders(case, one) | _receiving(case, receiver))
    return Change(
        subject=_subject(one), case=case, result=one, led_to=_url(one),
        after={"route": one.route, "sent": [each.pk for each in sent], "sent_at": sent_at.isoformat(), "method": method, "told": told},
    )


@case_action("onward.override", "assess_risk")
def override_referral(act, case, *, referral_id, reason):
    """Decide against a referral that the rule proposes, with a reason; whoever leads hears of it."""
    refuse_closed(case)
    one = _referral(case, referral_id)
    _check(rules.reasons_override(one.state, reason))
    _check(reasons_names_place({"reason": reason}, places_of(case)))
    one.state, one.decided_at, one.decided_by_id, one.override_reason = OnwardState.OVERRIDDEN, act.at, act.actor.user_id, reason
    one.save(update_fields=["state", "decided_at", "decided_by", "override_reason"])
    _stop_clock(act, one, ClockOutcome.NOT_NEEDED, reason="Decided against")
    finish_task(act, case, one.agency_id, one.route, "Decided against, with a reason")
    chronology.record(act, case, "people", f"Decided against a safeguarding referral: {one.get_route_display()}", text=reason)
    told = _tell(act, case, "onward.overridden", _leads(act, case))
    return Change(subject=_subject(one), case=case, result=one, led_to=_url(one), after={"route": one.route, "told": told})


@case_action("onward.chase", "add_entry")
def chase_referral(act, case, *, referral_id, happened_at, who, note=""):
    """Record that somebody asked for the answer that is late; of a missed promise this is the reason."""
    refuse_closed(case)
    one = _referral(case, referral_id)
    _check(rules.reasons_step(one.route, one.state, one.sent_at, happened_at, act.at, None))
    _check(reasons_names_place({"note": note}, places_of(case)))
    step = _step(act, one, "", happened_at, who, note)
    for clock in _clocks(one):
        if clock.is_breached(act.at) and not clock.is_explained and clock.agency_id == act.actor.agency_id:
            explain(act, case, clock, f"No answer from {one.to} yet. Chased {local_time(happened_at)}.")
    chronology.record(act, case, "people", f"Answer chased: {one.get_route_display()}", text=note, happened_at=happened_at)
    return Change(subject=_subject(one), case=case, result=step, led_to=_url(one), after={"chased_at": happened_at.isoformat()})


@case_action("onward.answer", "add_entry")
def answer_referral(act, case, *, referral_id, outcome, happened_at, who, note=""):
    """Record what they decided. A later answer takes the place of the one before, which is kept."""
    refuse_closed(case)
    one = _referral(case, referral_id)
    if one.route == rules.SCHOOL:
        raise Http404
    _check(rules.reasons_step(one.route, one.state, one.sent_at, happened_at, act.at, outcome))
    _check(reasons_names_place({"note": note}, places_of(case)))
    before = one.outcome
    _step(act, one, outcome, happened_at, who, note)
    one.state, one.outcome = OnwardState.ANSWERED, outcome
    one.save(update_fields=["state", "outcome"])
    late = [clock for clock in _clocks(one) if clock.is_breached(happened_at) and not clock.is_explained]
    _stop_clock(act, one, ClockOutcome.MET, at=happened_at)
    for clock in late:
        if clock.agency_id == act.actor.agency_id:
            explain(act, case, clock, f"{one.to[:1].upper()}{one.to[1:]} answered on {local_time(happened_at)}.")
    chronology.record(act, case, "people", f"{one.get_route_display()}: {one.outcome_label}", text=note, happened_at=happened_at)
    told = _tell(act, case, "onward.answered", _holders(case, one))
    return Change(subject=_subject(one), case=case, result=one, led_to=_url(one), before={"outcome": before}, after={"outcome": outcome, "told": told})


@case_action("school.add", "add_entry")
def add_notice(act, case, *, party_id, incident_at, is_attended, school="", next_school_day=None):
    """A school has to be told of an incident before its next day (Operation Encompass)."""
    refuse_closed(case)
    party = child_on(case, party_id)
    if party is None:
        raise Http404
    age = age_of(party, act.at)
    _check(rules.reasons_notice(incident_at, act.at, counts_as_child(party, act.at) and not party.is_unborn, age, next_school_day))
    days, hour = (policies.in_force(key, act.actor.agency_id, incident_at) for key in ("encompass.school_days", "encompass.school_starts"))
    due_at = rules.school_starts(incident_at, days.whole, hour.whole, is_working_day, next_school_day)
    first = "the next school day that was entered" if next_school_day else f"the next working day, as term dates are not known ({days.basis})"
    why = "The police came to an incident, or recorded one." if is_attended else "An incident was reported."
    made = propose(act, case, party, rules.SCHOOL, why, due_at=due_at, basis=f"Before school starts on {first}"[:200])
    held = details_of(party)
    SchoolNotice.objects.create(
        case=case, referral=made, incident_at=incident_at, is_attended=is_attended, school=school or (held.school if held else ""),
    )
    clocks.start(
        act, case, "encompass", agency=made.agency, owner=User.objects.get(pk=act.actor.user_id), started_at=incident_at, about=_subject(made), due=(due_at, made.basis),
    )
    return Change(subject=_subject(made), case=case, result=made, led_to=_url(made), after={"incident_at": incident_at.isoformat(), "due_at": due_at.isoformat()})


@case_action("school.tell", "add_entry")
def tell_school(act, case, *, referral_id, told_at, method, key_adult, follow_up="", school_note=""):
    """Record that a school was told: who, how, and what it will do for the child."""
    refuse_closed(case)
    one = _referral(case, referral_id)
    if one.route != rules.SCHOOL:
        raise Http404
    if reasons := rules.reasons_not_waiting(one.state):
        raise Refused(reasons, code="onward:decided")
    notice = one.notice
    if told_at > act.at or told_at < notice.incident_at:
        raise Refused("This must be after the incident, and now or in the past.", code="onward:told_at", field="told_at")
    hidden = [*places_of(case), *([(notice.school, "")] if notice.school and is_place_hidden(one.party, notice.school) else [])]
    _check(reasons_names_place({"key_adult": key_adult, "follow_up": follow_up, "school_note": school_note}, hidden))
    _mark_sent(act, one, sent_at=told_at, method=method)
    one.state, one.outcome = OnwardState.ANSWERED, "told"
    one.save()
    notice.key_adult, notice.follow_up, notice.school_note = key_adult, follow_up, school_note
    notice.save(update_fields=["key_adult", "follow_up", "school_note"])
    _step(act, one, "told", told_at, key_adult, "")
    late = [clock for clock in _clocks(one) if clock.is_breached(told_at)]
    _stop_clock(act, one, ClockOutcome.MET, at=told_at)
    chronology.record(act, case, "people", "The school was told (Operation Encompass)", happened_at=told_at)
    return Change(subject=_subject(one), case=case, result=one, led_to=_url(one), after={"told_at": told_at.isoformat(), "late": bool(late)})


def _mark_sent(act, one, **facts):
    for name, value in facts.items():
        setattr(one, name, value)
    one.state, one.decided_at, one.decided_by_id = OnwardState.SENT, act.at, act.actor.user_id


def _step(act, one, outcome, happened_at, who, note):
    return OnwardStep.objects.create(
        case=one.case, referral=one, outcome=outcome, who=who, note=note, happened_at=happened_at, agency_id=act.actor.agency_id, recorded_at=act.at,
        recorded_by_id=act.actor.user_id,
    )


def _clocks(one):
    return list(Clock.objects.filter(case=one.case_id, about=_subject(one), stopped_at=None).select_related("case"))


def _stop_clock(act, one, outcome, **facts):
    for clock in _clocks(one):
        clocks.stop(act, clock, outcome, **facts)


def _receiver(case, route, agency_id):
    if not agency_id:
        return None
    found = receivers(route).filter(pk=agency_id).first()
    if found is None:
        raise Refused("Choose one of the answers listed.", code="onward:receiver", field="receiver_id")
    return found


def receivers(route):
    """The agencies in Waymark that could receive a referral of this kind."""
    return Agency.objects.filter(type=RECEIVERS.get(route, ""), is_active=True).order_by("name")


def _holders(case, one):
    """Who holds the case for the agencies that must know: whose task it is, and who leads."""
    held = Grant.objects.filter(content_object=case, agency__in=[one.agency_id, case.lead_agency_id], worker__isnull=False)
    return User.objects.filter(pk__in=held.values("worker"), is_active=True)


def _receiving(case, receiver):
    """Who holds the case for the agency that received it; all of its people where nobody does yet. None of them where the case is not theirs."""
    if receiver is None:
        return User.objects.none()
    held = Grant.objects.filter(content_object=case, agency=receiver, worker__isnull=False).values("worker")
    return User.objects.filter(pk__in=held if held.exists() else Membership.objects.filter(agency=receiver, ended_at=None).values("user"), is_active=True)


def _leads(act, case):
    """The managers of whoever decided, and who holds the case for the agency that leads it."""
    managers = Membership.objects.filter(user=act.actor.user_id, ended_at=None, manager__isnull=False).values("manager")
    held = Grant.objects.filter(content_object=case, agency=case.lead_agency_id, worker__isnull=False).values("worker")
    return User.objects.filter(Q(pk__in=managers) | Q(pk__in=held), is_active=True)


def _tell(act, case, kind, users):
    told = people_seeing(case, users.exclude(pk=act.actor.user_id), act.at, "see_case")
    Notification.objects.bulk_create([Notification(user=user, case=case, kind=kind, at=act.at) for user in told])
    return sorted(user.pk for user in told)


def _referral(case, referral_id):
    found = SafeguardingReferral.objects.filter(pk=referral_id, case=case).select_related("agency", "party__person", "case").first()
    if found is None:
        raise Http404
    return found


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"onward:{field}"[:40], field=field or None)


def _subject(one):
    return f"onward:{one.pk}"


def _url(one):
    return f"/cases/{one.case.reference}/onward/{one.pk}/"
