"""The safety plan: read it, see what changed, write the next version page by page, finish it."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import policies
from agencies.doors import needs
from agencies.gate import Refused
from cases import plans
from cases.access import capabilities_on, open_case
from cases.actions.plan import discard_draft, finish_plan, save_plan, start_plan
from cases.audiences import readers_by_name
from cases.forms.case_file import OnceForm
from cases.forms.plan import FinishPlanForm, PlanPartForm
from cases.rules import plan as rules
from cases.views.form_page import case_url, form_page

TITLE = "Plan"


@needs("see_case")
@require_safe
def read(request, reference):
    """The version that holds, or that there is none yet."""
    case = open_case(request.actor, reference, "see_case", part="plan")
    return _shown(request, case, plans.newest(case), is_newest=True)


@needs("see_case")
@require_safe
def version(request, reference, number):
    """One version, with what changed in it."""
    case = open_case(request.actor, reference, "see_case", part=f"plan:{number}")
    plan = plans.finished(case).select_related("agency", "finished_by").filter(number=number).first()
    if plan is None:
        raise Http404
    return _shown(request, case, plan, is_newest=False)


def _shown(request, case, plan, *, is_newest):
    may = capabilities_on(request.actor, case)
    before = plans.finished(case).filter(number=plan.number - 1).first() if plan else None
    context = {
        "case": case, "plan": plan, "lines": plans.lines(plan, may, before) if plan else [], "before": before, "may": may, "is_newest": is_newest,
        "may_write": "record_contact" in may and case.is_open, "draft": plans.draft_of(request.actor, case), "today": timezone.localdate(),
        "back_url": case_url(case) if is_newest else _url(case, "plan_versions"),
    }
    return render(request, "cases/plan/read.html", context)


@needs("see_case")
@require_safe
def versions(request, reference):
    """Every version, and which sections changed in it."""
    case = open_case(request.actor, reference, "see_case", part="plan.versions")
    return render(request, "cases/plan/versions.html", {"case": case, "history": plans.history(case), "back_url": _url(case, "plan")})


@needs("record_contact")
def start(request, reference):
    """Begin the next version."""
    case = open_case(request.actor, reference, "record_contact", part="plan")
    if plans.draft_of(request.actor, case):
        return redirect("plan_draft", reference)

    def save(form):
        return start_plan(request.actor, case, **form.cleaned_data)

    has_one = plans.finished(case).exists()
    return form_page(
        request, case, form=OnceForm, save=save, heading="Begin the next version" if has_one else "Begin the safety plan", page_title=TITLE, said="",
        template="cases/plan/start.html", submit="Begin", back=_url(case, "plan"), done=lambda draft: _url(case, "plan_draft"), has_one=has_one,
    )


@needs("record_contact")
@require_safe
def draft(request, reference):
    """The pages of one's own draft as a list: what is written, what is not, and the way on."""
    case = open_case(request.actor, reference, "record_contact", part="plan.draft")
    plan = plans.draft_of(request.actor, case)
    if plan is None:
        return redirect("plan", reference)
    may = capabilities_on(request.actor, case)
    tasks = [_task(case, plan, part, title, may) for part, title in rules.PARTS.items()]
    return render(request, "cases/plan/draft.html", {"case": case, "plan": plan, "tasks": tasks, "back_url": case_url(case), "newest": plans.newest(case)})


def _task(case, plan, part, title, may):
    readable = [code for code in rules.sections_of(part) if rules.may_read(code, may)]
    written = sum(bool(getattr(plan, code)) for code in readable)
    status = {"status": f"{written} of {len(readable)} written"} if written else {"status": "Nothing yet", "colour": "grey"}
    return {"title": title, "url": _url(case, "plan_part", part), "hint": ", ".join(rules.SECTIONS[code].label for code in readable), **status}


@needs("record_contact")
def page(request, reference, part):
    """One page of a draft."""
    case = open_case(request.actor, reference, "record_contact", part=f"plan.draft:{part}")
    if part not in rules.PARTS:
        raise Http404
    if plans.draft_of(request.actor, case) is None and request.method != "POST":
        return redirect("plan", reference)
    may = capabilities_on(request.actor, case)

    def stored():
        plan = plans.draft_of(request.actor, case)
        return {code: getattr(plan, code) if plan else "" for code in rules.sections_of(part) if rules.may_read(code, may)}

    def save(form):
        try:
            return save_plan(request.actor, case, **form.facts())
        except Refused as refusal:
            if refusal.code == "stale":
                _carry(form, opened_with=plans.mark_of(stored()))
            raise

    return form_page(
        request, case, form=lambda **data: PlanPartForm(**data, stored=stored()), save=save, heading=rules.PARTS[part], page_title=TITLE,
        template="cases/case/form.html", submit="Save and continue", back=_url(case, "plan_draft"), done=lambda plan: _url(case, "plan_draft"),
        intro="Leave empty what does not apply. No addresses, other than in “Safe place”.",
        as_it_is=lambda: [{"key": rules.SECTIONS[code].label, "value": text or "Nothing", "is_notes": True} for code, text in stored().items()],
    )


@needs("record_contact")
def finish(request, reference):
    """Read the draft as a whole, say whether it is agreed, where a copy is, and when it is reviewed; then it never changes again."""
    case = open_case(request.actor, reference, "record_contact", part="plan.finish")
    plan = plans.draft_of(request.actor, case)
    if plan is None and request.method != "POST":
        return redirect("plan", reference)
    at, may = timezone.now(), capabilities_on(request.actor, case)
    days = policies.in_force(rules.review_setting(case.risk_level), request.actor.agency_id, at)
    opened = {"wants_address": False, "agreed_with": request.actor.name, "review_on": timezone.localdate() + timedelta(days=days.whole), **_seen(request, case)}

    def save(form):
        facts = dict(form.cleaned_data)
        try:
            return finish_plan(request.actor, case, **facts | {"wants_address": bool(facts["wants_address"])})
        except Refused as refusal:
            if refusal.code in ("stale", "overtaken"):
                _carry(form, **_seen(request, case))
            raise

    return form_page(
        request, case, save=save, heading="Finish the safety plan", page_title=TITLE, template="cases/plan/finish.html", submit="Finish this version",
        form=lambda **data: FinishPlanForm(**data, basis=f"{days.whole} days from today: {days.basis}", initial=opened), back=_url(case, "plan_draft"),
        said="Finished. Nobody can change this version now.", done=lambda finished: _url(case, "plan"), reading=lambda: _reading(request, case, may),
        readers=readers_by_name(case, at),
    )


def _reading(request, case, may):
    """The draft beside the version that holds, as both stand at this moment."""
    plan, newest = plans.draft_of(request.actor, case), plans.newest(case)
    if plan is None:
        return {}
    return {"lines": plans.lines(plan, may, newest), "newest": newest, "is_overtaken": newest is not None and plan.based_on_id != newest.pk}


def _seen(request, case):
    """What stands on the page: the draft and the newest version, by their numbers."""
    plan, newest = plans.draft_of(request.actor, case), plans.newest(case)
    return {"draft_revision": plan.revision if plan else 0, "newest_seen": newest.number if newest else 0}


@needs("record_contact")
def discard(request, reference):
    """Throw one's own draft away."""
    case = open_case(request.actor, reference, "record_contact", part="plan.draft")
    if plans.draft_of(request.actor, case) is None and request.method != "POST":
        return redirect("plan", reference)

    def save(form):
        return discard_draft(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, form=OnceForm, save=save, heading="Throw this draft away?", page_title=TITLE, template="cases/case/form.html", submit="Throw it away",
        back=_url(case, "plan_draft"), done=lambda nothing: _url(case, "plan"), said="The draft is gone.",
        intro="What is written in it cannot be brought back. Versions that were finished stay.",
    )


def _carry(form, **hidden):
    """The same form with the same words, ready to be saved over the change that overtook it."""
    form.data = form.data.copy()
    for name, value in hidden.items():
        form.data[form.add_prefix(name)] = str(value)


def _url(case, name, *ids):
    return reverse(name, args=[case.reference, *ids])
