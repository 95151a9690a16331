"""Safety flags: what stands and what stood, raise one, review it, propose that it goes, decide on that."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import policies
from agencies.doors import needs
from cases import flags, second_person
from cases.access import capabilities_on, open_case
from cases.actions.flags import decide_removal, propose_removal, raise_flag, review_flag
from cases.forms.flags import DecideRemovalForm, ProposeRemovalForm, RaiseFlagForm, ReviewFlagForm
from cases.models import FlagRemoval
from cases.rules import flags as rules
from cases.views.form_page import case_url, form_page, revision_of
from ui.times import local_date

FORM = "cases/case/form.html"
TITLE = "Flags"


@needs("see_case")
@require_safe
def case_flags(request, reference):
    """The flags of a case, those that stand first, each with what was found at its reviews and who decided what."""
    case = open_case(request.actor, reference, "see_case", part="flags")
    may = capabilities_on(request.actor, case)
    context = {
        "case": case, "flags": list(flags.with_history(case)), "kinds": rules.KINDS, "may": may, "may_decide": second_person.may_decide(may), "today": timezone.localdate(),
        "reader": request.actor.user_id, "back_url": case_url(case),
    }
    return render(request, "cases/flags/list.html", context)


@needs("add_entry")
def flag_add(request, reference):
    """Raise a flag."""
    case = open_case(request.actor, reference, "add_entry", part="flags")
    review = _next_review(request.actor)

    def save(form):
        return raise_flag(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Raise a safety flag", page_title=TITLE, template=FORM, submit="Raise the flag", said="The flag is raised.",
        form=lambda **data: RaiseFlagForm(**data, basis=review["basis"], initial={"review_on": review["day"]}),
        intro="It stands on the case page and before every contact attempt. Only two people together can remove it.",
    )


@needs("add_entry")
def flag_review(request, reference, flag_id):
    """Look whether a flag still holds, and set the next review."""
    case = open_case(request.actor, reference, "add_entry", part=f"flag:{flag_id}")
    flag = _standing(case, flag_id)
    review = _next_review(request.actor)

    def save(form):
        return review_flag(request.actor, case, flag_id=flag_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Review: {flag.get_kind_display()}", page_title=TITLE, template=FORM, submit="It still holds", back=_list(case),
        said="Reviewed. The flag stays.", done=lambda flag: _list(case),
        form=lambda **data: ReviewFlagForm(**data, basis=review["basis"], initial={"review_on": review["day"], **revision_of(case)}),
        as_it_is=lambda: _as_it_is(case, flag_id), intro=f"Raised because: {flag.reason}",
    )


@needs("add_entry")
def flag_remove(request, reference, flag_id):
    """Propose that a flag goes; it stands until a second person has approved that."""
    case = open_case(request.actor, reference, "add_entry", part=f"flag:{flag_id}")
    flag = _standing(case, flag_id)

    def save(form):
        return propose_removal(request.actor, case, flag_id=flag_id, **form.cleaned_data)

    return form_page(
        request, case, form=ProposeRemovalForm, save=save, heading=f"Propose to remove: {flag.get_kind_display()}", page_title=TITLE, template=FORM,
        submit="Propose it", back=_list(case), done=lambda removal: _list(case), said="Proposed. The flag stands until a second person has decided.",
        intro=f"Raised because: {flag.reason}",
    )


@needs("add_entry")
def flag_decide(request, reference, removal_id):
    """The second person approves that a flag goes, or does not."""
    case = open_case(request.actor, reference, "add_entry", part=f"flag_removal:{removal_id}")
    if not second_person.may_decide(capabilities_on(request.actor, case)):
        raise PermissionDenied("not a second person")
    removal = FlagRemoval.objects.filter(pk=removal_id, case=case).select_related("flag__raised_by", "proposed_by", "agency").first()
    if removal is None:
        raise Http404
    if removal.decided_at and request.method != "POST":
        return redirect(_list(case))

    def save(form):
        return decide_removal(request.actor, case, removal_id=removal_id, **form.cleaned_data)

    return form_page(
        request, case, form=DecideRemovalForm, save=save, heading=f"Decide: {removal.flag.get_kind_display()}", page_title=TITLE,
        template="cases/flags/decide.html", submit="Record the decision", back=_list(case), done=lambda flag: _list(case), said="Your decision is recorded.",
        removal=removal, is_own=removal.proposed_by_id == request.actor.user_id,
    )


def _list(case):
    return reverse("case_flags", args=[case.reference])


def _standing(case, flag_id):
    flag = flags.standing(case).filter(pk=flag_id).first()
    if flag is None:
        raise Http404
    return flag


def _next_review(actor):
    """The day of the next review as the reader's agency has agreed it, and where that comes from."""
    days = policies.in_force("flag.review_days", actor.agency_id, timezone.now())
    return {"day": timezone.localdate() + timedelta(days=days.whole), "basis": f"{days.whole} days from today: {days.basis}"}


def _as_it_is(case, flag_id):
    flag = flags.standing(case).filter(pk=flag_id).first()
    return [{"key": flag.get_kind_display(), "value": f"Review by {local_date(flag.review_on)}"}] if flag else [{"key": "This flag", "value": "Removed meanwhile"}]
