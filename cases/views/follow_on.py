"""Signing a set of questions that sets no level: who may read it, and what it says."""

from django.contrib import messages
from django.shortcuts import redirect, render

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import open_case
from cases.actions.follow_on import sign_follow_on
from cases.audiences import readers_by_name
from cases.dash.reading import assessment_to_read, questions_of, said_in
from cases.forms.assessment import FollowOnForm
from cases.rules import dash as rules
from cases.rules import follow_on
from ui import held_forms

UNPROCESSABLE = 422


@needs("assess_risk")
def sign(request, reference, number):
    """The count, the rules of the form, who reads it; then it is signed for good."""
    case = open_case(request.actor, reference, "assess_risk", part=f"assessment:{number}")
    draft = assessment_to_read(request.actor, case, number)
    questions, answers = questions_of(draft), said_in(draft.answers.all())
    if questions.gives_level:
        return redirect("assessment_sign", reference, number)
    if draft.is_signed and request.method != "POST":
        return redirect("assessment", reference, number)
    if missing := rules.reasons_unanswered(answers, questions.items):
        messages.warning(request, missing[0])
        return redirect("assessment_check", reference, number)
    initial, is_signed = {"revision": draft.revision, "audience": draft.audience}, False
    held = held_forms.take(request)
    form = FollowOnForm(request.POST if request.method == "POST" else held, readers=readers_by_name(case), initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            sign_follow_on(
                request.actor, case, once=facts["once"], assessment_id=draft.pk, assessment_revision=facts["revision"], audience=facts["audience"],
            )
        except AlreadyDone:
            return redirect("assessment", reference, number)
        except Refused as refusal:
            is_signed = refusal.code == "signed"
            form.data = form.data.copy()
            form.data["revision"] = str(draft.revision)
            form.add_error(None, refusal.reasons)
        else:
            messages.success(request, "Signed. Nobody can change it now.")
            return redirect("assessment", reference, number)
    return render(request, "cases/assessment/sign_follow_on.html", {
        "case": case, "form": form, "assessment": draft, "questions": questions, "is_signed": is_signed,
        "count_words": follow_on.words_for_count(questions.points(answers), questions.most_points) if questions.kind.counts else "",
    }, status=UNPROCESSABLE if request.method == "POST" else 200)
