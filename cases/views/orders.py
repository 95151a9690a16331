"""The pages of protective orders: the list of a case, one order with its history, and what is written down about it."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import Refused
from cases import clocks, orders, schemes
from cases.access import capabilities_on, open_case
from cases.actions import orders as actions
from cases.actions.order_breaches import log_breach
from cases.audiences import readers_by_name
from cases.forms.orders import BreachForm, ChangeOrderForm, DecideOrderForm, EndOrderForm, OrderForm, ServeOrderForm, known
from cases.models import Order, Party
from cases.rules import orders as rules
from cases.rules.order_types import TYPES
from cases.views.form_page import form_page, revision_of

FORM = "cases/case/form.html"


@needs("see_case")
@require_safe
def order_list(request, reference):
    """Every order of a case: what is in force, what waits, what is over."""
    case = open_case(request.actor, reference, "see_case", part="orders")
    at = timezone.now()
    rows = orders.list_of(request.actor, case, at)
    context = {
        "case": case, "may": capabilities_on(request.actor, case, at), "current": [row for row in rows if row.is_current],
        "requests": schemes.request_rows(schemes.requests_of_case(request.actor, case, at), at), "markers": schemes.of_each(request.actor, case, at),
        "unsaid": [row for row in rows if row.is_over_unsaid], "over": [row for row in rows if not row.is_current and not row.is_over_unsaid],
    }
    return render(request, "cases/orders/list.html", context)


@needs("see_case")
@require_safe
def order(request, reference, order_id):
    """One order: where it stands, what it says, what it said before, what a breach of it means."""
    case = open_case(request.actor, reference, "see_case", part=f"order:{order_id}")
    at = timezone.now()
    one, may = _order(case, order_id), capabilities_on(request.actor, case, at)
    row = next(row for row in orders.list_of(request.actor, case, at) if row.id == one.pk)
    said = orders.wordings(one, may)
    is_live = one.state in (rules.APPLIED, rules.MADE)
    context = {
        "case": case, "order": one, "row": row, "type": TYPES[one.kind], "now_says": said[0], "earlier": said[1:],
        "may_write": "add_entry" in may and case.is_open and is_live, "may_decide": not rules.reasons_cannot_decide(TYPES[one.kind], one.state),
        "may_serve": one.state == rules.MADE and one.served_at is None,
        "breaches": orders.breaches(request.actor, one), "hearings": clocks.running(case).filter(about=f"order:{one.pk}"), "now": at,
        "may_log": "add_entry" in may and case.is_open and one.state in (rules.MADE, rules.ENDED),
    }
    return render(request, "cases/orders/order.html", context)


@needs("add_entry")
def order_add(request, reference):
    """A protective order, or an application for one. `follows` names the notice that it came out of."""
    case = open_case(request.actor, reference, "add_entry", part="orders")
    parties = _parties(case)
    if not any(party.role == "perpetrator" for party in parties):
        return render(request, "cases/orders/nobody.html", {"case": case, "may": capabilities_on(request.actor, case)})
    notice = _notice(case, request.GET.get("follows"))
    initial = revision_of(case) | (_after(notice) if notice else {})

    def form(**data):
        return OrderForm(**data, parties=parties, initial=initial)

    def save(filled):
        with _asking_about_place(filled):
            return actions.add_order(request.actor, case, follows=notice.pk if notice else None, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading="Add an order", template=FORM, back=_list(case), done=lambda made: _page(case, made),
        as_it_is=lambda: _as_they_are(request.actor, case),
    )


@needs("add_entry")
def order_change(request, reference, order_id):
    """What an order says from now on; what it said before is kept."""
    case = open_case(request.actor, reference, "add_entry", part=f"order:{order_id}")
    one = _order(case, order_id)
    before = orders.wordings(one, capabilities_on(request.actor, case))[0]
    if before.terms is None:
        # Saving would put an empty text in the place of terms that this person may not read.
        return render(request, "cases/orders/not_yours.html", {"case": case, "order": one, "back_url": _page(case, one)})
    initial = revision_of(case) | {name: getattr(before.row, name) for name in actions.SAYS}
    initial |= {"power_of_arrest": known(before.row.power_of_arrest), "police_informed": known(one.police_informed)}
    initial["protected"] = [str(party) for party in before.row.protects.values_list("party_id", flat=True)]

    def save(filled):
        with _asking_about_place(filled):
            return actions.change_order(request.actor, case, order_id=order_id, **filled.facts())

    return form_page(
        request, case, save=save, heading=f"Change: {one.get_kind_display()}", page_title="Change an order", template=FORM, back=_page(case, one),
        form=lambda **data: ChangeOrderForm(**data, parties=_parties(case), initial=initial), done=lambda made: _page(case, made),
        intro="What it says now is kept and can be read.", as_it_is=lambda: _as_they_are(request.actor, case),
    )


@needs("add_entry")
def order_serve(request, reference, order_id):
    """It was served."""
    case = open_case(request.actor, reference, "add_entry", part=f"order:{order_id}")
    one = _order(case, order_id)

    def save(filled):
        return actions.serve_order(request.actor, case, order_id=order_id, **filled.facts())

    return form_page(
        request, case, save=save, heading=f"Served: {one.get_kind_display()}", page_title="An order was served", template=FORM, back=_page(case, one),
        form=lambda **data: ServeOrderForm(**data, initial=revision_of(case)), done=lambda made: _page(case, made),
    )


@needs("add_entry")
def order_decide(request, reference, order_id):
    """What the court decided on an application or a notice; an order made of a notice is recorded next."""
    case = open_case(request.actor, reference, "add_entry", part=f"order:{order_id}")
    one = _order(case, order_id)

    def save(filled):
        return actions.decide_order(request.actor, case, order_id=order_id, **filled.cleaned_data)

    def done(decided):
        if decided.state == "ended" and decided.ended_because == "replaced":
            return f"{reverse('order_add', args=[case.reference])}?follows={decided.pk}"
        return _page(case, decided)

    return form_page(
        request, case, save=save, heading="What did the court decide?", template=FORM, back=_page(case, one), done=done, intro=f"{one.get_kind_display()}.",
        form=lambda **data: DecideOrderForm(**data, kind=one.kind, initial=revision_of(case)), as_it_is=lambda: _as_they_are(request.actor, case),
    )


@needs("add_entry")
def order_breach(request, reference, order_id):
    """It was breached: what happened, whether the police know, what was done."""
    case = open_case(request.actor, reference, "add_entry", part=f"order:{order_id}")
    one, readers = _order(case, order_id), readers_by_name(case)

    def save(filled):
        return log_breach(request.actor, case, order_id=order_id, **filled.facts())

    return form_page(
        request, case, save=save, heading=f"A breach of: {one.get_kind_display()}", page_title="Log an event", template=FORM, back=_page(case, one),
        form=lambda **data: BreachForm(**data, readers=readers), done=lambda breach: _page(case, one), intro=TYPES[one.kind].breach,
    )


@needs("add_entry")
def order_end(request, reference, order_id):
    """It has ended, and why."""
    case = open_case(request.actor, reference, "add_entry", part=f"order:{order_id}")
    one = _order(case, order_id)

    def save(filled):
        return actions.end_order(request.actor, case, order_id=order_id, **filled.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Ended: {one.get_kind_display()}", page_title="An order has ended", template=FORM, back=_page(case, one),
        form=lambda **data: EndOrderForm(**data, initial=revision_of(case)), done=lambda ended: _page(case, ended), submit="Record its end",
        as_it_is=lambda: _as_they_are(request.actor, case),
    )


class _asking_about_place:
    """The terms named a protected place: the form asks, beside what was typed, whether it must stand there."""

    def __init__(self, form):
        self.form = form

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        if isinstance(problem, Refused) and problem.code == actions.PLACE:
            self.form.ask_about_place()
        return False


def _order(case, order_id) -> Order:
    found = orders.order_of(case, order_id)
    if found is None:
        raise Http404
    return found


def _notice(case, text):
    text = text or ""
    found = orders.order_of(case, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return found if found and TYPES[found.kind].is_notice else None


def _after(notice):
    """What is known already of an order that a court made of a notice."""
    day = timezone.localdate(notice.heard_at) if notice.heard_at else None
    protected = actions.current_wording(notice).protects.values_list("party_id", flat=True)
    return {
        "kind": TYPES[notice.kind].leads_to, "state": "made", "respondent": str(notice.respondent_id), "protected": [str(party) for party in protected],
        "starts_on": day, "is_from_elsewhere": notice.is_from_elsewhere,
    }


def _parties(case):
    return list(Party.objects.filter(case=case).select_related("person"))


def _list(case):
    return reverse("order_list", args=[case.reference])


def _page(case, one):
    return reverse("order", args=[case.reference, one.pk])


def _as_they_are(actor, case):
    rows = orders.list_of(actor, case, timezone.now())
    return [{"key": row.label, "value": f"{', '.join(words for words, _ in row.tags)}. {row.left}"} for row in rows]
