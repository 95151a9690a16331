"""Signing a follow-on set: the screening on stalking, the one on so-called honour, the severity grid. None of them sets a level by itself (domain 1.4)."""

from django.urls import reverse

from cases import chronology
from cases.actions.assessment import own_draft
from cases.dash.reading import questions_of, said_in
from cases.gate import Change, Refused, case_action
from cases.rules import dash as rules


@case_action("assessment.sign_follow_on", "assess_risk", counts=False)
def sign_follow_on(act, case, *, assessment_id, assessment_revision, audience):
    """A follow-on set was signed; from now on nobody can change it. The level of the case stays what it is."""
    assessment = own_draft(act, case, assessment_id)
    if not case.is_open:
        raise Refused("This case is closed. Reopen it before you sign.", code="closed")
    questions, answers = questions_of(assessment), said_in(assessment.answers.all())
    if questions.gives_level:
        raise Refused("This one sets a level. Decide on it, then sign.", code="level")
    if assessment_revision != assessment.revision:
        raise Refused("The answers were changed after you opened this page. Check them again, then sign.", code="stale")
    if reasons := rules.reasons_unanswered(answers, questions.items):
        raise Refused(reasons, code="unfit")
    assessment.signed_at, assessment.signed_by_id = act.at, act.actor.user_id
    assessment.score, assessment.audience = questions.points(answers), audience
    assessment.save()
    chronology.record(act, case, "risk", f"Completed: {questions.kind.label}", audience=audience)
    return Change(
        subject=f"assessment:{assessment.pk}", case=case, result=assessment, led_to=reverse("assessment", args=[case.reference, assessment.pk]),
        after={"tool": assessment.tool, "score": assessment.score, "audience": audience},
    )
