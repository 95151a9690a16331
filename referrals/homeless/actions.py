"""What is done on a homeless application: decide, end a duty, ask for a review, keep the Personalised Housing Plan."""

from django.http import Http404
from django.urls import reverse

from agencies.models import Agency, User
from cases import chronology, clocks
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock
from cases.models.clock import ClockOutcome
from cases.protected_places import places_of
from cases.rules.children import reasons_names_place
from cases.rules.clocks import LONDON
from referrals.homeless import reading, rules
from referrals.homeless.models import HousingAgreement, HousingDecision, HousingStep

MET = {"secured"}


@case_action("housing.decide", "edit_people")
def decide(act, case, *, topic, answer, why="", **looked_at):
    """Something was decided on a homeless application; the duty that follows from it starts its 56 days."""
    refuse_closed(case)
    if topic not in rules.TOPICS:
        raise Http404
    before = reading.decisions(case)
    answers = {code: one.answer for code, one in before.items()}
    runs = _running(case)
    _check(rules.reasons_decide(topic, answer, answers, why=why, relief_runs=any(clock.kind == rules.RELIEF for clock in runs), at=act.at, **looked_at))
    one = HousingDecision.objects.create(
        case=case, topic=topic, answer=answer, why=why, agency_id=act.actor.agency_id, decided_at=act.at, decided_by_id=act.actor.user_id, **looked_at,
    )
    duty = rules.duty_for(answers | {topic: answer})
    if topic in (rules.ELIGIBLE, rules.HOMELESS):
        _move_to(act, case, duty, runs)
    chronology.record(act, case, "case", f"{rules.TOPICS[topic].label}: {one.answer_words[:1].lower()}{one.answer_words[1:]}")
    return Change(
        subject=f"housing_decision:{one.pk}", case=case, result=one, led_to=_url(case), before={topic: answers.get(topic, "")}, after={topic: answer, "duty": duty},
    )


@case_action("housing.end_duty", "edit_people")
def end_duty(act, case, *, clock_id, ending, why=""):
    """A prevention or relief duty ended, and how."""
    refuse_closed(case)
    clock = Clock.objects.filter(pk=clock_id, case=case, kind__in=rules.DUTIES).select_related("case").first()
    if clock is None:
        raise Http404
    _check(rules.reasons_end_duty(clock.kind, ending, why, clock.due_at.astimezone(LONDON).date(), act.at.astimezone(LONDON).date()))
    # Ended by its days it was carried through; otherwise it is over before, for the reason that was given.
    outcome = ClockOutcome.MET if ending in MET or ending == "days" else ClockOutcome.NOT_NEEDED
    # Day 56 is the end of the duty and no promise that was missed: what ended by its days ended then.
    clocks.stop(act, clock, outcome, at=min(act.at, clock.due_at) if ending == "days" else None, reason=_joined(rules.ENDINGS[ending], why))
    chronology.record(act, case, "case", f"{clocks.KINDS[clock.kind].label} ended: {rules.ENDINGS[ending].lower()}")
    return Change(subject=f"clock:{clock.pk}", case=case, led_to=_url(case), after={"duty": clock.kind, "ending": ending})


@case_action("housing.review", "edit_people")
def ask_review(act, case, *, asked_on, why_late=""):
    """They asked for a review of the decision; eight weeks begin."""
    refuse_closed(case)
    main = reading.decisions(case).get(rules.MAIN)
    given_on = main.given_at.astimezone(LONDON).date() if main else None
    _check(rules.reasons_ask_review(main.answer if main else "", given_on, asked_on, act.at.astimezone(LONDON).date(), why_late))
    if Clock.objects.filter(case=case, kind=rules.REVIEW, stopped_at=None).exists():
        raise Refused("A review is under way already.", code="housing:review", field="asked_on")
    clocks.start(
        act, case, rules.REVIEW, agency=Agency.objects.get(pk=act.actor.agency_id), owner=User.objects.get(pk=act.actor.user_id),
        started_at=reading.start_of(asked_on, act.at), about=f"housing:{main.pk}",
    )
    chronology.record(act, case, "case", "A review of the decision on the main duty was asked for")
    return Change(subject=f"housing_decision:{main.pk}", case=case, led_to=_url(case), after={"asked_on": asked_on.isoformat()})


@case_action("housing.step", "edit_people", counts=False)
def add_step(act, case, *, side, words, by_on=None):
    """A step was added to the Personalised Housing Plan."""
    refuse_closed(case)
    # They get these words on paper, and partners read them.
    _check(reasons_names_place({"words": words}, places_of(case)))
    one = HousingStep.objects.create(case=case, side=side, words=words, by_on=by_on, added_at=act.at, added_by_id=act.actor.user_id)
    return Change(subject=f"housing_step:{one.pk}", case=case, result=one, led_to=_url(case), after={"side": side, "by_on": by_on.isoformat() if by_on else None})


@case_action("housing.step_end", "edit_people", counts=False)
def end_step(act, case, *, step_id, ending):
    """A step of the plan is done, or not needed any more."""
    refuse_closed(case)
    one = HousingStep.objects.select_for_update().filter(pk=step_id, case=case).first()
    if one is None:
        raise Http404
    if one.ended_at:
        raise Refused("Somebody has recorded this step already.", code="housing:step")
    one.ended_at, one.ended_by_id, one.ending = act.at, act.actor.user_id, ending
    one.save(update_fields=["ended_at", "ended_by", "ending"])
    return Change(subject=f"housing_step:{one.pk}", case=case, led_to=_url(case), after={"ending": ending})


@case_action("housing.agree", "edit_people")
def agree_plan(act, case, *, is_agreed, why_not=""):
    """The Personalised Housing Plan was gone through with them: agreed, or why not."""
    refuse_closed(case)
    sides = list(HousingStep.objects.filter(case=case).exclude(ending="dropped").values_list("side", flat=True))
    _check(rules.reasons_agree(sides.count("council"), sides.count("applicant"), is_agreed, why_not))
    one = HousingAgreement.objects.create(case=case, is_agreed=is_agreed, why_not="" if is_agreed else why_not, agreed_at=act.at, agreed_by_id=act.actor.user_id)
    chronology.record(act, case, "case", "Personalised Housing Plan: " + ("agreed with them" if is_agreed else "gone through with them, not agreed"))
    return Change(subject=f"housing_agreement:{one.pk}", case=case, led_to=_url(case), after={"agreed": is_agreed})


def _running(case):
    return list(Clock.objects.filter(case=case, kind__in=rules.DUTIES, stopped_at=None).select_related("case"))


def _move_to(act, case, duty, running):
    """Start the duty that is owed now; one that is not owed any more ends: threatened people who became homeless are owed relief."""
    for clock in running:
        if clock.kind != duty:
            clocks.stop(act, clock, ClockOutcome.NOT_NEEDED, reason=rules.ENDINGS["homeless"] if duty == rules.RELIEF else "Not owed any more, by what was decided")
    if duty and not any(clock.kind == duty for clock in running):
        clocks.start(act, case, duty, agency=Agency.objects.get(pk=act.actor.agency_id), owner=User.objects.get(pk=act.actor.user_id), about="housing")


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"housing:{field or 'rule'}", field=field or None)


def _joined(*parts):
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())[:500]


def _url(case):
    return reverse("housing", args=[case.reference])
