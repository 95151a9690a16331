"""The pages of security measures: the orders of a case, one of them, what is recorded about it, the text for the fitter, and the year's sums."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import policies
from agencies.doors import needs
from cases import flags
from cases.access import capabilities_on, open_case, record_look
from cases.models import Clock, Party
from cases.models.people import Role
from cases.rules.clocks import LONDON
from cases.rules.flags import KINDS as FLAGS
from cases.views.form_page import form_page, revision_of
from referrals.landlord import budget, reading, rules, visiting
from referrals.landlord.actions import security as actions
from referrals.landlord.forms.security import CancelForm, CheckedForm, FittedForm, OrderForm, VisitForm
from referrals.landlord.whose import is_landlord, refuse_foreign, refuse_others
from ui.times import local_time

FORM = "cases/case/form.html"
# What a fitter must know of the flags for their own safety, and nothing of why.
_FOR_FITTERS = ("pairs", "dogs")


@needs("see_case")
@require_safe
def security(request, reference):
    """Every order of a case."""
    case = open_case(request.actor, reference, "see_case", part="security")
    may = capabilities_on(request.actor, case)
    context = {
        "case": case, "rows": reading.orders(request.actor, case), "may_add": "add_entry" in may and case.is_open and is_landlord(request.actor),
        "fire": reading.fire_is_spoken_of(case, may), "sees_sums": request.actor.may("see_team"), "now": timezone.now(),
    }
    context["has_letterbox"] = any(one.one.kind == rules.LETTERBOX and one.one.state != rules.CANCELLED for row in context["rows"] for one in row.measures)
    return render(request, "referrals/landlord/security.html", context)


@needs("see_case")
@require_safe
def security_order(request, reference, order_id):
    """One order: what of it is fitted, when the fitter comes, whether it works."""
    case = open_case(request.actor, reference, "see_case", part=f"security:{order_id}")
    row = _row(request, case, order_id)
    at = timezone.now()
    may = capabilities_on(request.actor, case, at)
    context = {
        "case": case, "row": row, "order": row.order, "now": at, "may_write": "add_entry" in may and case.is_open and row.is_ours,
        "clock": Clock.objects.filter(case=case, about=f"security:{order_id}").order_by("-pk").first(), "may_explain": "explain_breach" in may and row.is_ours,
    }
    if row.visit and row.is_open and row.visit.visit_at > at:
        context["not_safe"] = visiting.reasons_not_safe(case, row.visit.visit_at)
    if context["clock"]:
        context["is_missed"] = context["clock"].is_breached(at) and not context["clock"].is_explained
    return render(request, "referrals/landlord/order.html", context)


@needs("add_entry")
def security_add(request, reference):
    """Order measures; the letterbox is proposed where arson is spoken of."""
    case = open_case(request.actor, reference, "add_entry", part="security")
    refuse_others(request.actor)
    at = timezone.now()
    fire = reading.fire_is_spoken_of(case, capabilities_on(request.actor, case, at))
    settings = {"urgent_words": "security.urgent_within", "ordinary_words": "security.within"}
    within = {name: policies.in_force(key, request.actor.agency_id, at).allowance.words for name, key in settings.items()}
    return form_page(
        request, case, heading="Order security measures", template=FORM, back=_list(case), done=lambda made: _page(case, made.pk),
        form=lambda **data: OrderForm(**data, fire=fire, **within, initial=revision_of(case)), save=lambda filled: actions.order_security(request.actor, case, **filled.facts()),
        intro=f"Fire is spoken of in {' and in '.join(fire)}. A fireproof letterbox is proposed." if fire else "",
    )


@needs("add_entry")
def security_visit(request, reference, order_id):
    """When the fitter comes: beside the times at which a visit is safe."""
    case, row = _ours(request, reference, order_id)
    at = timezone.now()
    standing = [FLAGS[code] for code in flags.kinds_now(case)]
    return form_page(
        request, case, heading="Plan the fitter’s visit", template="referrals/landlord/visit.html", back=_page(case, order_id), done=lambda made: _page(case, order_id),
        form=lambda **data: VisitForm(**data, initial=revision_of(case)), states=visiting.ways(case, at), may=capabilities_on(request.actor, case, at), flags=standing,
        save=lambda filled: actions.plan_visit(request.actor, case, order_id=order_id, **filled.cleaned_data), is_asked=bool(visiting.ways(case, at)),
        intro=f"Agree the time with them by a safe way. To be fitted by {local_time(row.order.due_at)}.",
    )


@needs("add_entry")
def security_fitted(request, reference, order_id):
    """What was fitted, and what it came to cost."""
    return _record(request, reference, order_id, rules.ORDERED, FittedForm, actions.fit_security, "What was fitted")


@needs("add_entry")
def security_checked(request, reference, order_id):
    """Whether what was fitted works."""
    return _record(request, reference, order_id, rules.FITTED, CheckedForm, actions.check_security, "Check what was fitted")


@needs("add_entry")
def security_cancel(request, reference, order_id):
    """What is not fitted after all, and why."""
    return _record(request, reference, order_id, rules.ORDERED, CancelForm, actions.cancel_security, "Cancel measures")


@needs("add_entry")
@require_safe
def security_text(request, reference, order_id):
    """The words for the fitter: what, where, when; no reason and nobody's name."""
    case, row = _ours(request, reference, order_id)
    victim = Party.objects.filter(case=case, role=Role.VICTIM).first()
    at = timezone.now()
    context = {
        "case": case, "row": row, "order": row.order, "home": reading.home_of(victim) if victim else None, "victim": victim,
        "visit": row.visit if row.visit and row.visit.visit_at > at else None, "is_safe": not visiting.reasons_not_safe(case, row.visit.visit_at) if row.visit else False,
        "left": [one.words for one in row.measures if one.one.state == rules.ORDERED], "sees_places": "see_protected_address" in capabilities_on(request.actor, case),
        "notes": [FLAGS[code].what_to_do for code in flags.kinds_now(case) if code in _FOR_FITTERS],
    }
    return render(request, "referrals/landlord/text.html", context)


@needs("see_team")
@require_safe
def security_spend(request):
    """The year's sums of one's own agency: set aside, ordered, spent, left. No case and no name."""
    if not is_landlord(request.actor):
        raise Http404
    at = timezone.now()
    this = rules.financial_year(at.astimezone(LONDON).date())
    typed = request.GET.get("year", "")
    begins = int(typed) if typed.isascii() and typed.isdigit() and this - 5 <= int(typed[:4]) <= this and len(typed) == 4 else this
    record_look(request.actor, "security_spend")
    year = budget.year_of(request.actor.agency_id, begins, at)
    return render(request, "referrals/landlord/spend.html", {"year": year, "years": range(this, this - 3, -1), "may_set": request.actor.may("set_policies"), "key": budget.BUDGET})


def _record(request, reference, order_id, state, form, action, heading):
    case, row = _ours(request, reference, order_id)
    measures = [one.one for one in row.measures if one.one.state == state]
    if not measures and request.method != "POST":
        return redirect(_page(case, order_id))
    return form_page(
        request, case, heading=heading, template=FORM, back=_page(case, order_id), done=lambda made: _page(case, order_id),
        form=lambda **data: form(**data, measures=measures, initial=revision_of(case)), save=lambda filled: action(request.actor, case, order_id=order_id, **filled.facts()),
        as_it_is=lambda: [{"key": one.words, "value": one.tag[0]} for one in _row(request, case, order_id).measures],
    )


def _ours(request, reference, order_id):
    """The case and the order, for the people of the agency that sees to it."""
    case = open_case(request.actor, reference, "add_entry", part=f"security:{order_id}")
    row = _row(request, case, order_id)
    refuse_foreign(request.actor, row.order.agency_id)
    return case, row


def _row(request, case, order_id):
    found = reading.order_of(request.actor, case, order_id)
    if found is None:
        raise Http404
    return found


def _list(case):
    return reverse("security", args=[case.reference])


def _page(case, order_id):
    return reverse("security_order", args=[case.reference, order_id])
