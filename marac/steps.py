"""A referral's beginning and each step that it takes, with what follows from it: the record, the chronology, the people told.

Called by actions, and by the signing of an assessment, inside a gate (asserted).
"""

from django.db.models import Q

from agencies import policies
from agencies.gate import Change, Refused, inside, register_verb
from agencies.models import Membership
from cases import chronology
from cases.access import people_seeing
from cases.dash import FOLLOW_ON
from cases.models import Assessment, Grant, Notification
from cases.models.assessment import LevelBasis
from cases.models.case import RiskLevel
from cases.models.people import ConsentState
from marac import escalation, referring, repeat, rules
from marac.models import Listing, MeetingState, Referral, ReferralState, Step

register_verb("referral.prepare", "refer_to_marac", "A draft of a MARAC referral was prepared.", "marac.steps.begin")
register_verb("grant.end_meeting", "refer_to_marac", "An agency's sight of a listing ended, or received its end.", "marac.steps.settle_sight")

# What the case's partners read in the chronology when a step is taken.
_TITLES = {
    "submit": "MARAC referral sent",
    "accept": "MARAC referral accepted",
    "return": "MARAC referral returned for information",
    "decline": "MARAC referral not accepted",
    "withdraw": "MARAC referral withdrawn",
    "list": "Listed on a MARAC meeting",
    "unlist": "Taken off the list of a MARAC meeting",
}
# What people are told of, and in which words the page of notices says it: first the referrer.
NOTICES = {
    "marac.accepted": "Your MARAC referral was accepted",
    "marac.returned": "Your MARAC referral came back: the coordinator needs more information",
    "marac.not_accepted": "Your MARAC referral was not accepted. Read why, and send it again if you disagree",
    "marac.listed": "The case you referred is listed on a MARAC meeting",
    "marac.unlisted": "The case you referred was taken off the list of a MARAC meeting. Read why",
    # What the coordinators are told of, who see no more of the case than its listing.
    "marac.received": "A MARAC referral was sent to you for a decision",
    "marac.answered": "A MARAC referral that was sent back was sent to you again",
}
RECEIVED = {"marac.received", "marac.answered"}
_TOLD = {"accept": "marac.accepted", "return": "marac.returned", "decline": "marac.not_accepted", "list": "marac.listed", "unlist": "marac.unlisted"}


def begin(act, case, agency_id, *, assessment=None):
    """A draft, filled with what the case and the assessment say already. The agency's own open draft is filled up instead of a second one."""
    assert inside(), "a referral begins inside a gate"
    assessment = assessment or _latest_signed(case)
    draft = Referral.objects.filter(case=case, agency=agency_id, state=ReferralState.DRAFT).first()
    is_new = draft is None
    draft = draft or Referral(
        case=case, agency_id=agency_id, prepared_at=act.at, prepared_by_id=act.actor.user_id, state_at=act.at, consent=_consent_carried(case)
    )
    if assessment is not None:
        _carry(draft, assessment)
    # Only this case's own referrals: a draft must not tell its author that another case exists.
    found = repeat.look(case, draft.incident_on, act.at, leave_out=draft.pk)
    if found.is_repeat and Referral.objects.filter(pk=found.last_referral_id, case=case).exists():
        draft.repeat_criterion = True
    adding_up = escalation.of_case(act.actor, case, act.at)
    if adding_up and adding_up.is_reached:
        draft.potential_escalation = True
    draft.revision += 1
    draft.save()
    if is_new:
        _step(act, draft, "prepare", "")
        chronology.record(act, case, "marac", "MARAC referral prepared, not sent yet")
    after = {"agency": agency_id, "assessment": draft.assessment_id, "criteria": draft.criteria}
    return draft, Change(subject=f"referral:{draft.pk}", case=case, after=after)


def _latest_signed(case):
    return Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(tool__in=FOLLOW_ON).order_by("-signed_at").first()


def _carry(draft, assessment):
    draft.assessment = assessment
    draft.visible_high_risk = assessment.suggested_level == RiskLevel.HIGH
    if assessment.level_basis == LevelBasis.JUDGEMENT:
        draft.professional_judgement = True
        draft.judgement_rationale = draft.judgement_rationale or assessment.rationale
    draft.potential_escalation = draft.potential_escalation or assessment.level_basis == LevelBasis.ESCALATION
    draft.repeat_criterion = draft.repeat_criterion or assessment.level_basis == LevelBasis.REPEAT


def _consent_carried(case):
    """A refusal stands until somebody asks again. A consent to something else is not a consent to this: MARAC is asked about."""
    latest = referring.latest_consent(case)
    return "" if latest == ConsentState.GIVEN else latest


def move(act, referral, verb, *, reasons="", meeting=None):
    """Take a step: refused where the state or missing reasons forbid it; recorded, entered in the chronology, told to the referrer."""
    assert inside(), "a step is taken inside a gate"
    before = referral.state
    if refused := rules.reasons_cannot(verb, before):
        raise Refused(refused, code="state")
    if refused := rules.reasons_not_given(verb, reasons):
        raise Refused(refused, code="reasons", field="reasons")
    was_sent = referral.submitted_at is not None
    if verb == "submit":
        referral.criteria_sent = ",".join(referral.criteria)
    referral.state, referral.state_at = rules.TRANSITIONS[before][verb], act.at
    referral.revision += 1
    referral.save()
    _step(act, referral, verb, before, reasons=reasons, meeting=meeting)
    title = "MARAC referral withdrawn before it was sent" if verb == "withdraw" and not was_sent else _TITLES[verb]
    text = "\n".join(part for part in (_place(verb, referral, meeting), reasons) if part)
    chronology.record(act, referral.case, "marac", title, text=text)
    if verb in _TOLD:
        _tell(act, referral, _TOLD[verb])
    return Change(
        subject=f"referral:{referral.pk}", case=referral.case, before={"state": before},
        after={"state": referral.state} | ({"meeting": meeting.pk} if meeting else {}),
    )


def _place(verb, referral, meeting):
    if verb == "submit":
        return f"To {referral.coordinating_agency}."
    if verb in ("list", "unlist") and meeting:
        local = meeting.starts_at.astimezone(rules.LONDON)
        return f"{meeting.area}, {local.day} {local:%B %Y}."
    return ""


def _step(act, referral, verb, before, *, reasons="", meeting=None):
    Step.objects.create(
        case_id=referral.case_id, referral=referral, verb=verb, from_state=before, to_state=referral.state, at=act.at, by_id=act.actor.user_id,
        agency_id=act.actor.agency_id, reasons=reasons, meeting=meeting,
    )


def _tell(act, referral, kind):
    """Tell the referrer; where they may not see the case any more, the agency's worker on it, then those who manage. Never nobody in silence."""
    members = Membership.objects.filter(agency=referral.agency_id, ended_at=None, user__is_active=True).select_related("user").order_by("pk")
    users = {member.user_id: member.user for member in members}
    grant = Grant.objects.filter(content_object=referral.case_id, agency=referral.agency_id).exclude(level="meeting").first()
    managers = [member.user for member in members if member.role in ("housing_manager", "team_manager", "agency_lead")]
    for rung in ([users.get(referral.submitted_by_id)], [users.get(grant.worker_id) if grant else None], managers, list(users.values())):
        allowed = people_seeing(referral.case, [user for user in rung if user], act.at)
        if allowed:
            Notification.objects.bulk_create(Notification(user=user, case=referral.case, kind=kind, at=act.at) for user in allowed)
            return


def tell_coordinators(act, referral, *, is_first):
    """Tell every coordinator of the agency that received it who may see the listing. Whoever is barred from the case hears nothing."""
    coordinators = Membership.objects.filter(agency=referral.coordinating_agency_id, role="marac_coordinator", ended_at=None, user__is_active=True)
    users = [member.user for member in coordinators.select_related("user").order_by("pk")]
    kind = "marac.received" if is_first else "marac.answered"
    told = people_seeing(referral.case, users, act.at, "see_listing")
    Notification.objects.bulk_create(Notification(user=user, case=referral.case, kind=kind, at=act.at) for user in told)


def end_all_sight(act, case):
    """The case is closed: nobody sees its listing any more."""
    for agency_id in _seeing_listing(case):
        _end_sight(act, case, agency_id, act.at)


def untell_coordinators(act, case):
    """One coordinator has decided: nothing waits for the others any more."""
    assert inside(), "a notice is read inside a gate"
    Notification.objects.filter(case=case, kind__in=RECEIVED, read_at=None).update(read_at=act.at)


def settle_sight(act, case, agency_id=None, *, was_receiver=False):
    """How long an agency (or each that has it) keeps its sight of a listing: while a referral needs it, then the agreed days after its meeting, else not at all.

    `was_receiver`: it had a referral that went to another MARAC, so nothing but what it still has of its own keeps the listing open for it.
    """
    for one in [agency_id] if agency_id else _seeing_listing(case):
        until = _sight_until(case, one, act.at, was_receiver)
        if until is not None:
            _end_sight(act, case, one, until)


def _seeing_listing(case):
    return list(Grant.objects.filter(content_object=case, level="meeting").order_by("agency").values_list("agency", flat=True))


def _sight_until(case, agency_id, at, was_receiver):
    """The instant at which sight ends; None while a referral is still on its way to a meeting, or on the list of one."""
    referrals = Referral.objects.filter(case=case)
    received = referrals.filter(coordinating_agency=agency_id)
    if was_receiver or received.exists():  # another MARAC's referral keeps nothing open for this one; who merely attends sees the listing while anybody's needs it
        referrals = received
    if referrals.filter(state__in=rules.ON_ITS_WAY - {ReferralState.LISTED}).exists():
        return None
    until = at
    for listing in Listing.objects.filter(referral__in=referrals, referral__state=ReferralState.LISTED).select_related("meeting"):
        if listing.meeting.state != MeetingState.HELD:
            return None
        held_at = listing.meeting.state_at
        until = max(until, rules.sight_ends_at(held_at, policies.in_force("marac.sight_days_after_meeting", None, held_at).whole))
    return until


def _end_sight(act, case, agency_id, until):
    assert inside(), "a grant ends inside a gate"
    ended = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=until), content_object=case, agency=agency_id, level="meeting")
    if ended.update(ends_at=until):
        act.also("grant.end_meeting", Change(subject=f"agency:{agency_id}", case=case, before={"level": "meeting"}, after={"ends_at": until.isoformat()}))
