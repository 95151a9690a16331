"""What is done to a DASH: start, save, sign, and the second person's decision on a lower level."""

from datetime import timedelta

from django.http import Http404
from django.urls import reverse

from agencies import policies
from agencies.gate import inside
from cases import chronology, extensions, reassessing
from cases.actions.ask_to_assess import answer_asked
from cases.calendar import is_working_day
from cases.dash import FOLLOW_ON, HONOUR10, RIC24, bands, latest, practitioner, wording
from cases.dash.reading import draft_of, mark_of, questions_of, said_in
from cases.gate import Change, Refused, case_action
from cases.models import Answer, Assessment, Party, Task
from cases.models.assessment import LevelBasis, Source
from cases.models.case import RiskLevel
from cases.models.chronology import Audience
from cases.models.task import COUNTERSIGN
from cases.rules import critical
from cases.rules import dash as rules
from cases.rules.clocks import deadline

SIGNED = "This assessment has been signed. It cannot be changed."
STALE = "These answers were changed after you opened this page. Below are yours, and beside them what is saved. Check them, then save again."
# Own choice (docs/dash.md): the higher level holds meanwhile, so nothing is unsafe while it waits.
DECIDE_WITHIN = timedelta(hours=48)
# SEED-152 and SEED-153; the time is a setting (domain 13.1 T9: the same day where a child is harmed or at risk).
CHILDREN = {
    RiskLevel.HIGH: ("children.social_care", "Decide on a referral of the children to Children’s Social Care", "safeguarding.send_within"),
    RiskLevel.MEDIUM: ("children.social_care", "Decide on a referral of the children to Children’s Social Care", "safeguarding.send_within"),
    RiskLevel.STANDARD: ("children.early_help", "Decide on Early Help or universal services for the children", "safeguarding.early_help_within"),
}


@case_action("assessment.start", "assess_risk", counts=False)
def start_assessment(act, case, with_victim, source=Source.VICTIM.value, tool=RIC24):
    """A DASH, or another question set, was started. `source` is what an answer is from unless it says otherwise."""
    if not case.is_open:
        raise Refused("This case is closed. Reopen it before you assess.", code="closed")
    if draft_of(act.actor, case, tool):
        raise Refused("Your agency has started one already. Go on with that one.", code="draft")
    questions = latest(tool)
    assessment = Assessment.objects.create(
        case=case, agency_id=act.actor.agency_id, tool=questions.tool, version=questions.version, started_at=act.at,
        wording=wording.in_force(questions.tool, questions.version, act.at), audience=Audience.AGENCY if tool == HONOUR10 else Audience.PARTNERS,
        started_by_id=act.actor.user_id, with_victim=with_victim,
    )
    Answer.objects.bulk_create(Answer(case=case, assessment=assessment, item=number, source=source) for number in questions.items)
    return Change(
        subject=_subject(assessment), case=case, result=assessment, led_to=_url("assessment_check", case, assessment),
        after={"tool": questions.tool, "version": questions.version, "wording": assessment.wording_id, "with_victim": with_victim},
    )


@case_action("assessment.save", "assess_risk", counts=False)
def save_answers(act, case, assessment_id, given, opened_with):
    """Answers of a draft were saved. `given` is a Given for each item; `opened_with` is the mark that the form was opened with."""
    assessment = own_draft(act, case, assessment_id)
    stored = {answer.item: answer for answer in assessment.answers.filter(item__in=list(given))}
    items = questions_of(assessment).items
    if set(given) - set(items) or any(answer.said and answer.said not in items[number].choices for number, answer in given.items()):
        raise ValueError("an item or an answer that this question set does not have")
    changed = []
    for number, answer in given.items():
        row = stored.get(number) or Answer(case=case, assessment=assessment, item=number)
        if (row.said, row.source, row.comment) != (answer.said, answer.source, answer.comment):
            changed.append((row, answer))
    if changed and mark_of(stored.values()) != opened_with:
        raise Refused(STALE, code="stale")
    for row, answer in changed:
        row.said, row.source, row.comment = answer
        row.save()
    if changed:
        assessment.revision += 1
        assessment.save(update_fields=["revision"])
    numbers = sorted(row.item for row, _ in changed)
    return Change(subject=_subject(assessment), case=case, result=assessment, after={"items": numbers, "revision": assessment.revision})


@case_action("assessment.annotate", "assess_risk", counts=False)
def annotate_assessment(act, case, assessment_id, section, opened_with):
    """The practitioner's section of a draft was saved. `section` is all of it; `opened_with` is the mark that the form was opened with."""
    assessment = own_draft(act, case, assessment_id)
    stored = practitioner.section_of(assessment)
    if reasons := critical.reasons_unknown(section.critical_factors):
        raise Refused(reasons, code="unfit", field="critical_factors")
    changed = [name for name, said in section._asdict().items() if said != getattr(stored, name)]
    if changed and practitioner.mark_of(stored) != opened_with:
        raise Refused(STALE, code="stale")
    for name in changed:
        setattr(assessment, name, list(section.critical_factors) if name == "critical_factors" else getattr(section, name))
    if changed:
        assessment.revision += 1
        assessment.save(update_fields=[*changed, "revision"])
    return Change(subject=_subject(assessment), case=case, result=assessment, after={"changed": changed, "revision": assessment.revision})


@case_action("assessment.sign", "assess_risk")
def sign_assessment(act, case, assessment_id, assessment_revision, final_level, level_basis, rationale):
    """A DASH was signed; from now on nobody can change it. A level below the suggested one or the case's own waits for a second person."""
    assessment = own_draft(act, case, assessment_id)
    if not case.is_open:
        raise Refused("This case is closed. Reopen it before you sign.", code="closed")
    if assessment_revision != assessment.revision:
        raise Refused("The answers were changed after you opened this page. Check them again, then sign.", code="stale")
    answers = said_in(assessment.answers.all())
    questions = questions_of(assessment)
    if not questions.gives_level:
        raise Refused("These questions set no level by themselves.", code="follow_on")
    points, in_force = questions.points(answers), bands.in_force(act.at)
    suggested = in_force.suggest(points)
    reasons = rules.reasons_cannot_sign(
        answers=answers, numbers=questions.items, suggested=suggested, final=final_level, basis=level_basis, rationale=rationale,
        current=case.risk_level,
    )
    if reasons:
        raise Refused(reasons, code="unfit")
    holds, proposed = rules.level_at_signing(final_level, suggested, case.risk_level)
    assessment.signed_at, assessment.signed_by_id = act.at, act.actor.user_id
    assessment.score, assessment.suggested_level, assessment.bands = points, suggested, in_force.words[:200]
    assessment.final_level, assessment.proposed_level = holds, proposed
    assessment.level_basis = rules.basis_at_signing(level_basis, proposed, holds, suggested)
    assessment.rationale = rationale
    assessment.save()
    is_held = assessment.level_basis == LevelBasis.HELD
    if not is_held:
        _set_case_level(case, holds, act.at)
    title = f"Risk stays {holds} until a second person has decided" if is_held else f"Risk assessed as {holds}"
    _tell(act, case, assessment, title, _how_decided(assessment))
    if proposed:
        _raise_task(
            act, case, assessment, COUNTERSIGN, "Decide on a lower risk level",
            f"The score suggests {suggested}; {proposed} was proposed. {holds.capitalize()} holds until another person has decided.", DECIDE_WITHIN,
        )
    answer_asked(act, case, act.actor.agency_id)
    _ask_about_children(act, case, assessment, any(answers.get(item) == rules.YES for item in questions.about_children))
    reassessing.settle(act, case)
    reassessing.plan_next(act, case, assessment)
    for consequence in extensions.ON_SIGNED:
        consequence(act, case, assessment)
    return Change(
        subject=_subject(assessment), case=case, result=assessment, led_to=_url("assessment", case, assessment),
        after={"score": points, "suggested": suggested, "final": holds, "basis": assessment.level_basis, "proposed": proposed},
    )


@case_action("assessment.decide", "countersign")
def decide_downgrade(act, case, assessment_id, decision, reason):
    """A second person approved a lower level, or did not."""
    assessment = Assessment.objects.filter(case=case, pk=assessment_id, signed_at__isnull=False).first()
    if assessment is None:
        raise Http404
    reasons = rules.reasons_cannot_decide(
        proposed=assessment.proposed_level, is_decided=assessment.decided_at is not None, signed_by=assessment.signed_by_id,
        decider=act.actor.user_id, reason=reason,
    )
    if reasons:
        raise Refused(reasons, code="unfit")
    before = assessment.final_level
    assessment.decided_at, assessment.decided_by_id = act.at, act.actor.user_id
    assessment.decision, assessment.decision_reason = decision, reason
    if decision == "approved":
        assessment.final_level = assessment.proposed_level
        assessment.level_basis = rules.basis_once_approved(assessment.proposed_level, assessment.suggested_level)
    assessment.save()
    is_latest = not Assessment.objects.filter(case=case, signed_at__gt=assessment.signed_at).exclude(tool__in=FOLLOW_ON).exists()
    if decision == "approved" and is_latest:
        _set_case_level(case, assessment.final_level, act.at)
        reassessing.replan(act, case, assessment)
    title = f"Risk level {assessment.final_level} approved by a second person" if decision == "approved" else f"Lower risk level not approved: {before} stays"
    _tell(act, case, assessment, title, _how_decided(assessment))
    Task.objects.filter(case=case, kind=COUNTERSIGN, origin=_subject(assessment), done_at=None).update(
        done_at=act.at, done_by_id=act.actor.user_id, outcome=assessment.get_decision_display()
    )
    return Change(
        subject=_subject(assessment), case=case, result=assessment, led_to=_url("assessment", case, assessment),
        before={"final": before}, after={"final": assessment.final_level, "decision": decision},
    )


def own_draft(act, case, assessment_id):
    """The draft of the actor's own agency; another agency's is not there."""
    assessment = Assessment.objects.filter(case=case, agency=act.actor.agency_id, pk=assessment_id).first()
    if assessment is None:
        raise Http404
    if assessment.is_signed:
        raise Refused(SIGNED, code="signed")
    return assessment


def _set_case_level(case, level, at):
    assert inside()
    case.risk_level, case.risk_level_at = level, at
    case.save(update_fields=["risk_level", "risk_level_at"])


def _how_decided(assessment):
    words = f"Score {assessment.score}: {assessment.suggested_level} suggested. Decided by: {assessment.get_level_basis_display().lower()}."
    if assessment.awaits_second_person:
        words += f" {assessment.get_proposed_level_display()} was proposed and waits for a second person."
    return words


def _tell(act, case, assessment, title, text):
    chronology.record(act, case, "risk", title, text=text)


def _ask_about_children(act, case, assessment, said_so):
    """A child of the household is a victim too (2021 Act, s3): somebody decides what is done for them, and writes down why."""
    has_child = said_so or Party.objects.filter(case=case, role="child").exists()
    kind, title, key = CHILDREN[assessment.final_level]
    if has_child and not Task.objects.filter(case=case, agency=act.actor.agency_id, kind=kind, done_at=None).exists():
        _raise_task(
            act, case, assessment, kind, title, f"Risk is {assessment.final_level} and there is a child. Write down what you decided, and why.",
            _within(act, key),
        )


def _within(act, key):
    allowance = policies.in_force(key, act.actor.agency_id, act.at).allowance
    return deadline(act.at, allowance.amount, allowance.unit, is_working_day) - act.at


def _raise_task(act, case, assessment, kind, title, why, within):
    assert inside()
    Task.objects.create(
        case=case, agency_id=act.actor.agency_id, kind=kind, origin=_subject(assessment), title=title, why=why, raised_at=act.at, due_at=act.at + within
    )


def _subject(assessment):
    return f"assessment:{assessment.pk}"


def _url(name, case, assessment):
    return reverse(name, args=[case.reference, assessment.pk])
