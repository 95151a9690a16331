"""What proposes a referral: a signed assessment, somebody added or made known as a child, a danger. Inside the gate of whatever brings it about."""

from datetime import datetime

from agencies import policies
from agencies.gate import Change, inside, register_verb
from cases import chronology
from cases.calendar import is_working_day
from cases.children import risk_of
from cases.extensions import Work
from cases.models import Party, Task
from cases.models.assessment import LevelBasis
from cases.models.chronology import Audience
from cases.models.people import Role
from cases.rules.children import age_known
from cases.rules.clocks import LONDON, deadline
from referrals.models import OnwardState, SafeguardingReferral
from referrals.safeguarding import rules
from ui.times import local_time

register_verb("onward.propose", "", "A safeguarding referral was proposed.", "referrals.safeguarding.proposing.propose")
register_verb("onward.replace", "", "A proposal gave way to one that asks for more.", "referrals.safeguarding.proposing.propose")


def after_signing(act, case, assessment):
    """A level was signed: a referral of each child is proposed by the rule, and one of each adult at risk."""
    is_afresh = assessment.level_basis != LevelBasis.HELD
    for party in _people(case):
        _propose_for(act, case, party, assessment=assessment, is_afresh=is_afresh)


def after_people(act, case, party):
    """Somebody was added, or turned out to be a child: what would have been proposed at the signature is proposed now."""
    if case.is_open and (case.risk_level or case.is_danger_unsettled):
        _propose_for(act, case, party)


def after_child_risk(act, case, party, threshold):
    """A child's own risk was judged: serious asks again, whatever was decided before."""
    _propose_for(act, case, party, is_afresh=threshold >= rules.OWN_SERIOUS)


def after_danger(act, case):
    """Somebody was in danger: the emergency duty team for each child, again where an earlier danger had been dealt with."""
    for party in _people(case):
        _propose_for(act, case, party, is_afresh=True)


def propose(act, case, party, route, why, *, agency_id=None, assessment=None, due_at=None, basis=""):
    """Write the proposal down, with the action that waits for it and its place in the chronology; inside a gate."""
    assert inside(), "a referral is proposed inside a gate"
    agency_id, one = agency_id or act.actor.agency_id, rules.ROUTES[route]
    if due_at is None:
        due_at, basis = due(one.send_within, agency_id, act.at)
    made = SafeguardingReferral.objects.create(
        case=case, party=party, agency_id=agency_id, route=route, why=why[:1000], assessment=assessment, proposed_at=act.at, proposed_by_id=act.actor.user_id,
        due_at=due_at, basis=basis,
    )
    if one.task and not Task.objects.filter(case=case, agency=agency_id, kind=one.task, done_at=None).exists():
        Task.objects.get_or_create(
            case=case, agency_id=agency_id, kind=one.task, origin=f"onward:{made.pk}",
            defaults={"title": f"Decide on a referral to {one.to}", "why": why[:500], "due_at": due_at, "raised_at": act.at},
        )
    chronology.record(act, case, "people", f"Safeguarding referral proposed: {one.label}", text=why)
    act.also("onward.propose", Change(subject=f"onward:{made.pk}", case=case, after={"route": route, "party": party.pk, "due_at": due_at.isoformat()}))
    return made


def left_to_do():
    """The referrals for which their agency has something to do: decide, chase, tell a school."""
    return SafeguardingReferral.objects.filter(state__in=rules.OPEN)


def pass_on(act, case, agency_id):
    """An agency that may not see the case any more can neither send nor chase: the lead agency does it, and their times go on. Inside a gate."""
    assert inside(), "referrals are passed on inside a gate"
    found = list(left_to_do().filter(case=case, agency=agency_id))
    if found:
        SafeguardingReferral.objects.filter(pk__in=[one.pk for one in found]).update(agency=case.lead_agency_id)
        labels = ", ".join(sorted({rules.ROUTES[one.route].label for one in found}))
        # For the lead alone, who has to act on it: to partners it would say that an agency, and soon which, was shut out.
        chronology.record(
            act, case, "people", f"Safeguarding referrals pass to {case.lead_agency.name}", text=f"{labels}. The time in which each is due goes on.", audience=Audience.AGENCY,
        )
    return [one.pk for one in found]


WORK = Work("onward", left_to_do, pass_on)


def due(key, agency_id, at: datetime):
    """When something is due by a setting with a date, and on what that rests."""
    policy = policies.in_force(key, agency_id, at)
    return deadline(at, policy.allowance.amount, policy.allowance.unit, is_working_day), f"{policy.allowance.words} from {local_time(at)} ({policy.basis})"


def age_of(party, at):
    """How old somebody on a case is, as well as it is known."""
    person = party.person
    return age_known(person.date_of_birth, person.approximate_age, person.recorded_at, at.astimezone(LONDON).date())


def counts_as_child(party, at):
    """Is this person referred as a child, as far as anybody knows how old they are?"""
    return rules.counts_as_child(party.role, age_of(party, at), party.is_unborn)


def _people(case):
    return Party.objects.filter(case=case).select_related("person")


def _propose_for(act, case, party, *, assessment=None, is_afresh=False):
    assert inside(), "a referral is proposed inside a gate"
    own = 0
    if counts_as_child(party, act.at):
        judged = risk_of(party, act.at)
        own = judged[1] if judged else 0
        wanted = rules.routes_for(case.risk_level, case.is_danger_unsettled, own)
    elif party.role == Role.ADULT and case.risk_level:
        wanted = [rules.ADULT]
    else:
        return
    held = list(SafeguardingReferral.objects.filter(party=party).values_list("route", "state"))
    new = rules.to_propose(wanted, held, is_afresh=is_afresh)
    for overtaken in SafeguardingReferral.objects.filter(party=party, state=OnwardState.PROPOSED):
        if rules.is_replaced(overtaken.route, overtaken.state, new):
            overtaken.state = OnwardState.REPLACED
            overtaken.save(update_fields=["state"])
            finish_task(act, case, overtaken.agency_id, overtaken.route, "Replaced by a referral to Children’s Social Care")
            act.also("onward.replace", Change(subject=f"onward:{overtaken.pk}", case=case))
    for route in new:
        why = rules.why_words(route, case.risk_level, own) if route != rules.ADULT else ADULT_WHY
        propose(act, case, party, route, why, assessment=assessment)


ADULT_WHY = "The risk was assessed, and another adult at risk is linked to the case. Refer if they have needs for care and support and cannot protect themselves."


def finish_task(act, case, agency_id, route, outcome):
    """Once nobody waits for a decision any more on this route, the action that waited is done; inside a gate."""
    assert inside(), "an action is finished inside a gate"
    kind = rules.ROUTES[route].task
    if kind and not SafeguardingReferral.objects.filter(case=case, agency=agency_id, route=route, state=OnwardState.PROPOSED).exists():
        Task.objects.filter(case=case, agency=agency_id, kind=kind, done_at=None).update(done_at=act.at, done_by_id=act.actor.user_id, outcome=outcome)
