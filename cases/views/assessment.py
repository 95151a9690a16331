"""The pages of a DASH: before asking, the items part by part, the check, the level, the signed assessment, the second person."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases import second_person
from cases.access import capabilities_on, open_case
from cases.actions.assessment import annotate_assessment, decide_downgrade, save_answers, sign_assessment, start_assessment
from cases.dash import POLICE27, RIC24, TOOLS, bands, comparing, latest, now, practitioner
from cases.dash.factors import factors_of
from cases.dash.reading import assessment_to_read, draft_of, lines_of, mark_of, previous_signed, questions_of, said_in
from cases.forms.assessment import DecideForm, LevelForm, PractitionerForm, SectionForm, StartForm
from cases.forms.places import is_sound
from cases.models import Answer
from cases.models.assessment import Source
from cases.rules import critical, follow_on
from cases.rules import dash as rules
from ui import held_forms

UNPROCESSABLE = 422
MEANWHILE = "This assessment has been signed. It cannot be changed."


@needs("assess_risk")
def start(request, reference, tool=RIC24):
    """Before the first question: with whom, alone, safely; then the first part."""
    case = open_case(request.actor, reference, "assess_risk", part="assessment")
    if tool not in TOOLS:
        raise Http404
    if draft := draft_of(request.actor, case, tool):
        messages.warning(request, "Your agency has started one already. Go on with it here.")
        return redirect("assessment_check", reference, draft.pk)
    form = StartForm(*_typed(request), initial={"how": "held", "source": Source.POLICE_RECORD} if tool == POLICE27 else None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        is_with = facts["how"] == "with"
        try:
            draft = start_assessment(
                request.actor, case, once=facts["once"], with_victim=is_with, source=Source.VICTIM.value if is_with else facts["source"], tool=tool
            )
        except AlreadyDone as done:
            return redirect(done.led_to or "assessment_start", *([] if done.led_to else [reference]))
        except Refused as refusal:
            if refusal.code == "draft":
                return redirect("assessment_check", reference, draft_of(request.actor, case, tool).pk)
            form.add_error(None, refusal.reasons)
        else:
            return redirect("assessment_page", reference, draft.pk, questions_of(draft).sections[0].code)
    return _page(request, "start", case, form=form, questions=latest(tool), is_checklist=tool == RIC24, tool=tool)


@needs("assess_risk")
def part(request, reference, number, section):
    """The items of one part, saved as a draft however many are answered."""
    case, draft, questions, chosen = _open_part(request, reference, number, section)
    if draft.is_signed and request.method != "POST":
        return _signed_meanwhile(request, reference, draft)
    is_signed = False
    form = SectionForm(*_typed(request), section=chosen, stored=_stored(draft, chosen))
    if request.method == "POST" and form.is_valid():
        try:
            save_answers(request.actor, case, assessment_id=draft.pk, given=form.given(), opened_with=form.cleaned_data["opened_with"])
        except Refused as refusal:
            is_signed = refusal.code == "signed"
            form = _with_both(request, form, draft, chosen) if refusal.code == "stale" else form
            form.add_error(None, refusal.reasons)
        else:
            return _after(request, reference, draft, questions, chosen, form)
    return _page(
        request, "part", case, form=form, assessment=draft, title=chosen.title, place=questions.sections.index(chosen) + 1,
        parts=len(questions.sections) + questions.gives_level, answered=_answered(draft), total=len(questions.items), before=questions.before(chosen),
        is_signed=is_signed, questions=questions,
    )


@needs("assess_risk")
def do_now(request, reference, number, section):
    """Without scripts: what to do now, between the part that was just saved and the next."""
    case, draft, questions, chosen = _open_part(request, reference, number, section)
    stored = _stored(draft, chosen)
    to_do = [item for item in chosen.items if item.prompt and stored[item.number].said == rules.YES]
    if draft.is_signed or not to_do:
        return redirect("assessment_check", reference, draft.pk)
    return _page(request, "do_now", case, assessment=draft, section=chosen, items=to_do, after=questions.after(chosen), questions=questions)


@needs("assess_risk")
def annotate(request, reference, number):
    """The last part: what the practitioner adds after the items, saved as a draft like the others."""
    case = open_case(request.actor, reference, "assess_risk", part=f"assessment:{number}")
    draft = assessment_to_read(request.actor, case, number)
    if draft.is_signed and request.method != "POST":
        return _signed_meanwhile(request, reference, draft)
    is_signed, questions = False, questions_of(draft)
    if not questions.gives_level:
        return redirect("assessment_check", reference, draft.pk)  # only what leads to a level has a practitioner's section
    form = PractitionerForm(*_typed(request), stored=practitioner.section_of(draft))
    if request.method == "POST" and is_sound(form, case):
        try:
            annotate_assessment(request.actor, case, assessment_id=draft.pk, section=form.section(), opened_with=form.cleaned_data["opened_with"])
        except Refused as refusal:
            is_signed = refusal.code == "signed"
            form = _section_with_both(request, form, draft) if refusal.code == "stale" else form
            form.add_error(None, refusal.reasons)
        else:
            if "come_back_later" in request.POST:
                return _later(request, reference)
            return redirect("assessment_check", reference, draft.pk)
    last = len(questions.sections) + 1
    return _page(
        request, "annotate", case, form=form, assessment=draft, title="What the questions did not ask", place=last, parts=last,
        answered=_answered(draft), total=len(questions.items), before=questions.sections[-1], is_signed=is_signed,
    )


@needs("assess_risk")
def check(request, reference, number):
    """Every answer on one page, what is missing, and the way on."""
    case = open_case(request.actor, reference, "assess_risk", part=f"assessment:{number}")
    draft = assessment_to_read(request.actor, case, number)
    if draft.is_signed:
        return redirect("assessment", reference, number)
    lines = lines_of(draft, previous=previous_signed(draft))
    return _page(
        request, "check", case, assessment=draft, lines=lines, missing=[line for line in lines if not line.is_answered],
        answered=sum(line.is_answered for line in lines), questions=questions_of(draft), section=practitioner.lines_of(practitioner.section_of(draft)),
    )


@needs("assess_risk")
def sign(request, reference, number):
    """The judgement: the score and what it suggests beside the level that the person decides on; then it is signed for good."""
    case = open_case(request.actor, reference, "assess_risk", part=f"assessment:{number}")
    draft = assessment_to_read(request.actor, case, number)
    if draft.is_signed and request.method != "POST":
        return _signed_meanwhile(request, reference, draft)
    is_signed = False
    questions, answers = questions_of(draft), said_in(draft.answers.all())
    if not questions.gives_level:
        return redirect("assessment_sign_follow_on", reference, number)
    if missing := rules.reasons_unanswered(answers, questions.items):
        messages.warning(request, missing[0])
        return redirect("assessment_check", reference, number)
    in_force, points = bands.in_force(timezone.now()), questions.points(answers)
    factors = factors_of(draft)
    suggested = in_force.suggest(points)
    form = LevelForm(*_typed(request), suggested=suggested, current=case.risk_level, initial={"revision": draft.revision})
    if request.method == "POST" and is_sound(form, case):
        facts = form.cleaned_data
        try:
            sign_assessment(
                request.actor, case, once=facts["once"], assessment_id=draft.pk, assessment_revision=facts["revision"],
                final_level=facts["final_level"], level_basis=facts["level_basis"], rationale=facts["rationale"],
            )
        except AlreadyDone:
            return redirect("assessment", reference, number)
        except Refused as refusal:
            is_signed = refusal.code == "signed"
            form = _again(request, LevelForm, {"revision": draft.revision}, suggested=suggested, current=case.risk_level)
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "Signed. Nobody can change it now.")
            return redirect("assessment", reference, number)
    return _page(
        request, "sign", case, form=form, assessment=draft, score=points, total=questions.most_points, suggested=suggested, bands=in_force.words,
        factors=factors, prompt=critical.words(suggested, [factor.code for factor in factors]), is_signed=is_signed, lowest=rules.floor(suggested, case.risk_level),
        section=[line for line in practitioner.lines_of(practitioner.section_of(draft)) if line.text], comparison=comparing.comparison(draft),
    )


@needs("see_case")
def read(request, reference, number):
    """One assessment as it was signed: who, when, score, suggested and final level, why, and every answer."""
    case = open_case(request.actor, reference, "see_case", part=f"assessment:{number}")
    assessment = assessment_to_read(request.actor, case, number)
    capabilities = capabilities_on(request.actor, case)
    if not assessment.is_signed and "assess_risk" in capabilities:
        return redirect("assessment_check", reference, number)
    answers = list(assessment.answers.all())
    previous, at = previous_signed(assessment), timezone.now()
    comparison = comparing.compared(assessment, previous, answers) if previous and assessment.is_signed and questions_of(assessment).kind.counts else None
    return _page(
        request, "read", case, assessment=assessment, lines=lines_of(assessment, answers, previous), previous=previous, questions=questions_of(assessment),
        factors=factors_of(assessment, answers), total=questions_of(assessment).most_points, **_further(assessment, case, answers, capabilities),
        may_assess="assess_risk" in capabilities and case.is_open, section=practitioner.lines_of(practitioner.section_of(assessment)),
        may_print="record_contact" in capabilities, now=at, to_do=now.to_do(request.actor, case, assessment, capabilities, at), comparison=comparison,
        may_decide=second_person.may_approve(capabilities) and assessment.awaits_second_person and second_person.is_for(assessment.signed_by_id, request.actor.user_id),
    )


@needs("countersign")
def decide(request, reference, number):
    """The second person approves a lower level, or does not."""
    case = open_case(request.actor, reference, "countersign", part=f"assessment:{number}")
    assessment = assessment_to_read(request.actor, case, number)
    if not assessment.awaits_second_person:
        return redirect("assessment", reference, number)
    form = DecideForm(*_typed(request))
    if request.method == "POST" and is_sound(form, case):
        facts = form.cleaned_data
        try:
            decide_downgrade(
                request.actor, case, once=facts["once"], assessment_id=assessment.pk, decision=facts["decision"], reason=facts["reason"]
            )
        except AlreadyDone:
            return redirect("assessment", reference, number)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, "Your decision is recorded.")
            return redirect("assessment", reference, number)
    return _page(request, "decide", case, form=form, assessment=assessment, is_own=assessment.signed_by_id == request.actor.user_id)


def _further(assessment, case, answers, capabilities):
    """What a signed one leads on to: the sets that its answers call for, or what its count of Yes says."""
    questions, said = questions_of(assessment), said_in(answers)
    if questions.gives_level:
        offers = follow_on.offered(questions.in_common(said), case.has_stalking_element) if "assess_risk" in capabilities and case.is_open else []
        return {"offers": [(offer, TOOLS[offer.tool].label) for offer in offers]}
    return {"count_words": follow_on.words_for_count(questions.points(said), questions.most_points) if questions.kind.counts else ""}


def _page(request, name, case, *, form=None, **facts):
    """A page of the assessment; 422 where what was sent cannot be taken."""
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, f"cases/assessment/{name}.html", {"case": case, "form": form, **facts}, status=status)


def _typed(request):
    """What was typed: just now, or before the session ended."""
    return (request.POST, request.FILES) if request.method == "POST" else (held_forms.take(request), None)


def _open_part(request, reference, number, code):
    case = open_case(request.actor, reference, "assess_risk", part=f"assessment:{number}")
    draft = assessment_to_read(request.actor, case, number)
    questions = questions_of(draft)
    try:
        return case, draft, questions, questions.section(code)
    except KeyError:
        raise Http404 from None


def _stored(draft, section):
    """The kept answers of a part, by number; an item that nobody touched yet has an empty one."""
    kept = {answer.item: answer for answer in draft.answers.filter(item__in=[item.number for item in section.items])}
    return {item.number: kept.get(item.number) or Answer(item=item.number) for item in section.items}


def _answered(draft):
    return draft.answers.exclude(said="").count()


def _after(request, reference, draft, questions, section, form):
    """Where to go once a part is saved."""
    if "come_back_later" in request.POST:
        return _later(request, reference)
    said = {number: given.said for number, given in form.given().items()}
    if "without_scripts" in request.POST and any(item.prompt and said[item.number] == rules.YES for item in section.items):
        return redirect("assessment_do_now", reference, draft.pk, section.code)
    following = questions.after(section)
    if request.GET.get("from") == "check":
        return redirect("assessment_check", reference, draft.pk)
    if following is None:
        return redirect("assessment_annotate" if questions.gives_level else "assessment_check", reference, draft.pk)
    return redirect("assessment_page", reference, draft.pk, following.code)


def _later(request, reference):
    messages.success(request, "Saved as a draft. You can come back to it from the case.")
    return redirect("case", reference)


def _with_both(request, form, draft, section):
    """The form as typed, with what somebody saved meanwhile beside each item where it differs; saving again is then on purpose."""
    given, stored = form.given(), _stored(draft, section)
    fresh = _again(request, SectionForm, {"opened_with": mark_of(stored.values())}, section=section, stored=stored)
    fresh.conflicts = {
        number: answer for number, answer in stored.items() if (answer.said, answer.source, answer.comment) != tuple(given[number])
    }
    return fresh


def _section_with_both(request, form, draft):
    """The section as typed, with what somebody saved meanwhile where it differs; saving again is then on purpose."""
    given, stored = form.section(), practitioner.section_of(draft)
    fresh = _again(request, PractitionerForm, {"opened_with": practitioner.mark_of(stored)}, stored=stored)
    differ = {name for name in practitioner.Section._fields if getattr(given, name) != getattr(stored, name)}
    fresh.conflicts = practitioner.lines_of(stored, only=differ)
    return fresh


def _again(request, form_class, changes, **options):
    """The same form with everything that was typed, on top of what is saved now."""
    data = request.POST.copy()
    for name, value in changes.items():
        data[name] = str(value)
    form = form_class(data, **options)
    form.is_valid()
    return form


def _signed_meanwhile(request, reference, assessment):
    messages.warning(request, MEANWHILE)
    return redirect("assessment", reference, assessment.pk)
