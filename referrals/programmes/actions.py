"""What people do about a programme: refer somebody, from a case or not, decide, record linked support and each step.

A referral from a case is two acts: the participant's, which knows of no case, and the case's, which keeps the way to it (docs/adr/0035).
"""

from django.http import Http404
from django.urls import reverse

from agencies import policies
from agencies.gate import Change, Refused, agency_action
from agencies.models import Agency, Membership, User
from agencies.roles import roles_holding
from cases import chronology
from cases.access import people_seeing
from cases.gate import case_action, refuse_closed
from cases.models import Grant, Notification, Party
from cases.models.people import Role
from cases.rules.clocks import LONDON
from referrals.models import ProgrammeLink, ProgrammeReferral, ProgrammeStep
from referrals.programmes import rules
from referrals.programmes.catalogue import newest, programmes

ANSWERS = ("level", "on_bail", "under_investigation", "police_case", "is_abusive", "recognises", "is_willing", "referrer")
_OWN = ("given_name", "family_name", "telephone")


@agency_action("programme.take", "run_programme")
def take_participant(act, **said):
    """Write down somebody who came to a programme of one's own agency, by themselves or through anybody."""
    said["agency_id"] = act.actor.agency_id
    return _made(act, said)


@agency_action("programme.refer", "add_entry")
def _refer(act, **said):
    """Refer somebody to a programme, as somebody who works on a case: the participant's side of it, which knows of no case."""
    return _made(act, said)


@case_action("programme.link", "add_entry")
def refer_from_case(act, case, *, party_id, **said):
    """Refer the alleged perpetrator of a case to a programme; the way from the case to it stays here."""
    refuse_closed(case)
    party = Party.objects.filter(pk=party_id, case=case, role=Role.PERPETRATOR).first()
    if party is None:
        raise Http404
    made = _refer(act.actor, **said)
    link = ProgrammeLink.objects.create(case=case, party=party, referral=made, made_at=act.at, made_by_id=act.actor.user_id)
    chronology.record(act, case, "people", f"Alleged perpetrator referred to {programmes()[made.programme].name}", text="They have been asked, and have agreed.")
    return Change(subject=f"party:{party.pk}", case=case, after={"link": link.pk}, result=link, led_to=reverse("programmes_of_case", args=[case.reference]))


@case_action("programme.support", "add_entry")
def support_from_case(act, case, *, link_id):
    """Record that linked support for the partner is in place: without it the programme cannot begin. It says nothing else there."""
    refuse_closed(case)
    link = ProgrammeLink.objects.filter(pk=link_id, case=case).first()
    if link is None:
        raise Http404
    one = _locked(link.referral_id)
    _support(act, one)
    chronology.record(act, case, "people", "Linked support is in place for the programme")
    return Change(subject=f"party:{link.party_id}", case=case, after={"link": link.pk}, result=link, led_to=reverse("programmes_of_case", args=[case.reference]))


@agency_action("programme.confirm", "run_programme")
def confirm_support(act, *, referral_id):
    """Record that the programme's own support worker has confirmed linked support: that it is there, and nothing else of it."""
    one = _of_ours(act, referral_id)
    _support(act, one)
    return Change(subject=_subject(one), result=one, led_to=_url(one))


@agency_action("programme.step", "run_programme")
def record_step(act, *, referral_id, step, said=""):
    """Decide whether somebody is suitable, and record that it began, was finished or left; whoever holds a case that led here is told on their side."""
    one = _of_ours(act, referral_id)
    for field, reason in rules.reasons_step(one.state, step, one.support_at is not None, said).items():
        raise Refused(reason, code=f"programme:{field}", field=field)
    before, one.state = one.state, rules.TRANSITIONS[one.state][step]
    one.save(update_fields=["state"])
    ProgrammeStep.objects.create(referral=one, step=step, notes=said, recorded_at=act.at, recorded_by_id=act.actor.user_id)
    _tell_the_case(act, one)
    return Change(subject=_subject(one), before={"state": before}, after={"state": one.state}, result=one, led_to=_url(one))


def running_agencies():
    """The agencies that run programmes: those where somebody works who may."""
    members = Membership.objects.filter(role__in=roles_holding("run_programme"), ended_at=None, user__is_active=True)
    return Agency.objects.filter(pk__in=members.values("agency"), is_active=True).order_by("name")


def participants(actor):
    """The participants of one's own agency's programmes; nobody else's exist."""
    if actor is None or actor.agency_id is None or not actor.may("run_programme"):
        return ProgrammeReferral.objects.none()
    return ProgrammeReferral.objects.filter(agency=actor.agency_id)


def _made(act, said):
    agency = running_agencies().filter(pk=said["agency_id"]).first()
    programme = programmes().get(said["programme"])
    if agency is None or programme is None:
        raise Refused("Choose one of the answers listed.", code="programme:which", field="programme")
    minimum_age = policies.in_force("programme.minimum_age", None, act.at).whole
    reasons = rules.reasons_not_eligible(
        programme, born=said["date_of_birth"], day=act.at.astimezone(LONDON).date(), minimum_age=minimum_age, **{name: said[name] for name in ANSWERS},
    ) | rules.reasons_not_asked(said["has_agreed"])
    for field, reason in reasons.items():
        raise Refused(reason, code=f"programme:{field}", field=field)
    one = ProgrammeReferral.objects.create(
        agency=agency, programme=programme.code, version=newest(), referred_at=act.at, date_of_birth=said["date_of_birth"],
        **{name: said.get(name, "") for name in (*_OWN, *ANSWERS)},
    )
    after = {"programme": one.programme, "version": one.version, "agency": agency.pk, "referrer": one.referrer}
    return Change(subject=_subject(one), after=after, result=one, led_to=_url(one))


def _support(act, one):
    if reasons := rules.reasons_support(one.state, one.support_at is not None):
        raise Refused(reasons, code="programme:support")
    one.support_at = act.at
    one.save(update_fields=["support_at"])


def _tell_the_case(act, one):
    """Whoever referred from a case, and whoever holds it, is told there that something has changed: a programme that he leaves changes her risk."""
    link = ProgrammeLink.objects.filter(referral=one).select_related("case").first()
    if link is None:
        return
    held = Grant.objects.filter(content_object=link.case, worker__isnull=False).values_list("worker", flat=True)
    told = people_seeing(link.case, User.objects.filter(pk__in=[link.made_by_id, *held], is_active=True), act.at, "see_case")
    Notification.objects.bulk_create([Notification(user=user, case=link.case, kind="programme.moved", at=act.at) for user in told])


def _locked(referral_id):
    return ProgrammeReferral.objects.select_for_update(of=("self",)).get(pk=referral_id)


def _of_ours(act, referral_id):
    one = participants(act.actor).select_for_update(of=("self",)).filter(pk=referral_id).first()
    if one is None:
        raise Http404
    return one


def _subject(one):
    return f"programme:{one.pk}"


def _url(one):
    return reverse("participant", args=[one.pk])
