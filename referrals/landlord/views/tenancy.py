"""The pages of charges for damage, of the tenancy, and of what is done about the alleged perpetrator."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases.access import capabilities_on, open_case
from cases.audiences import readers_by_name
from cases.models import Order, Party
from cases.models.people import Role
from cases.views.form_page import form_page, revision_of
from referrals.landlord import reading, rules
from referrals.landlord.actions import repairs as repair_actions
from referrals.landlord.actions import tenancy as actions
from referrals.landlord.forms.repairs import RepairForm
from referrals.landlord.forms.tenancy import StepForm
from referrals.landlord.whose import is_landlord, refuse_foreign, refuse_others

FORM = "cases/case/form.html"
LISTS = {rules.SURVIVOR: "tenancy", rules.PERPETRATOR: "tenancy_other"}


@needs("see_case")
@require_safe
def repairs(request, reference):
    """What was decided about charges for damage."""
    case = open_case(request.actor, reference, "see_case", part="repairs")
    context = {"case": case, "rows": reading.waivers(request.actor, case), "may_add": _may_add(request, case)}
    return render(request, "referrals/landlord/repairs.html", context)


@needs("add_entry")
def repair_add(request, reference):
    """Decide whether damage is charged."""
    case = open_case(request.actor, reference, "add_entry", part="repairs")
    refuse_others(request.actor)
    readers = readers_by_name(case)
    return form_page(
        request, case, heading="Charge for a repair", template=FORM, back=reverse("repairs", args=[case.reference]), done=lambda made: reverse("repairs", args=[case.reference]),
        form=lambda **data: RepairForm(**data, readers=readers, initial=revision_of(case)),
        save=lambda filled: repair_actions.decide_repair(request.actor, case, **filled.cleaned_data),
        intro="Repair what was damaged first: a lock or a window that does not close cannot wait for this decision.",
    )


@needs("see_case")
@require_safe
def tenancy(request, reference):
    """What is done about the tenancy with the victim/survivor."""
    return _list(request, reference, rules.SURVIVOR)


@needs("see_case")
@require_safe
def tenancy_other(request, reference):
    """What is done about the alleged perpetrator: one's own agency's, and what another has shared."""
    return _list(request, reference, rules.PERPETRATOR)


@needs("add_entry")
def tenancy_add(request, reference):
    """Something new about the tenancy."""
    return _add(request, reference, rules.SURVIVOR, "Add to the tenancy")


@needs("add_entry")
def tenancy_other_add(request, reference):
    """Something new about the alleged perpetrator."""
    return _add(request, reference, rules.PERPETRATOR, "Add to what is done about the alleged perpetrator")


@needs("add_entry")
def tenancy_step(request, reference, action_id):
    """How far something is now."""
    case = open_case(request.actor, reference, "add_entry", part=f"tenancy:{action_id}")
    row = reading.action_of(request.actor, case, action_id)
    if row is None:
        raise Http404
    refuse_foreign(request.actor, row.one.agency_id)
    last, readers = row.steps[0][0], readers_by_name(case)
    initial = revision_of(case) | {"wishes": last.wishes, "wishes_said": last.wishes_said, "weighing": last.weighing, "protection": last.protection}
    if not rules.states_after(row.one.state):
        return render(request, "referrals/landlord/over.html", {"case": case, "row": row, "heading": row.one.get_kind_display(), "back_url": _page(case, row.one)})
    return form_page(
        request, case, heading=row.one.get_kind_display(), page_title="Record a step", template=FORM, back=_page(case, row.one), done=lambda made: _page(case, made),
        form=lambda **data: StepForm(**data, kinds=[row.one.kind], before=row.one.state, readers=readers, audience=last.audience, initial=initial),
        save=lambda filled: actions.take_step(request.actor, case, action_id=action_id, **filled.facts()), intro=_intro(row.one.side, row.rule),
        as_it_is=lambda: [{"key": "Stands at", "value": reading.action_of(request.actor, case, action_id).tag[0]}],
    )


def _list(request, reference, side):
    case = open_case(request.actor, reference, "see_case", part=LISTS[side])
    context = {
        "case": case, "rows": reading.actions(request.actor, case, side), "may_add": _may_add(request, case), "is_other": side == rules.PERPETRATOR,
        "never": rules.NEVER_REVEAL, "add_url": reverse(f"{LISTS[side]}_add", args=[case.reference]),
    }
    return render(request, "referrals/landlord/tenancy.html", context)


def _add(request, reference, side, heading):
    case = open_case(request.actor, reference, "add_entry", part=LISTS[side])
    refuse_others(request.actor)
    readers, people = readers_by_name(case), list(Party.objects.filter(case=case, role=Role.PERPETRATOR).select_related("person"))
    if side == rules.PERPETRATOR and not people:
        context = {"case": case, "heading": heading, "is_nobody": True, "may": capabilities_on(request.actor, case), "back_url": reverse(LISTS[side], args=[case.reference])}
        return render(request, "referrals/landlord/over.html", context)
    orders = [(one.pk, one.get_kind_display()) for one in Order.objects.filter(case=case).order_by("pk")] if side == rules.SURVIVOR else []
    return form_page(
        request, case, heading=heading, page_title="Add a step", template=FORM, back=reverse(LISTS[side], args=[case.reference]), done=lambda made: _page(case, made),
        form=lambda **data: StepForm(**data, kinds=list(rules.kinds_of(side)), readers=readers, people=people, orders=orders, initial=revision_of(case)),
        save=lambda filled: actions.add_action(request.actor, case, **filled.facts()), intro=_intro(side),
    )


def _intro(side, rule=""):
    return " ".join(filter(None, [rule, rules.NEVER_REVEAL if side == rules.PERPETRATOR else ""]))


def _may_add(request, case):
    return case.is_open and "add_entry" in capabilities_on(request.actor, case) and is_landlord(request.actor)


def _page(case, one):
    return reverse(LISTS[one.side], args=[case.reference])
