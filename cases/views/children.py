"""The pages of the children of a case: all of them, one of them with their own needs, and what is written down about them."""

from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import case_reads, children, extensions
from cases.access import capabilities_on, open_case
from cases.actions import children as actions
from cases.audiences import readers_by_name
from cases.case_people import age_in_words
from cases.forms.children import AskedForm, ChildForm, ChildNoteForm, DecideChildForm, RiskForm
from cases.models import ChildrenAsked
from cases.models.people import Role
from cases.rules import children as rules
from cases.rules.clocks import LONDON
from cases.views.form_page import form_page, revision_of

FORM = "cases/case/form.html"


@needs("see_case")
@require_safe
def children_list(request, reference):
    """Every child of a case: what was decided, and what is on its way for them."""
    case = open_case(request.actor, reference, "see_case", part="children")
    at = timezone.now()
    may = capabilities_on(request.actor, case, at)
    people = case_reads.parties(request.actor, case, at).filter(role=Role.CHILD)
    context = {
        "case": case, "may": may, "rows": children.rows(people, children.decisions_of_case(request.actor, case, at), at),
        "asked": ChildrenAsked.objects.filter(case=case).select_related("asked_by", "agency").first(), "panels": _panels(request.actor, case, may, None),
    }
    return render(request, "cases/children/list.html", context)


@needs("see_case")
@require_safe
def child(request, reference, party_id):
    """One child: decision, life, what they said, what is on its way for them. Protected places are on a page of their own."""
    case = open_case(request.actor, reference, "see_case", part=f"child:{party_id}")
    return _child_page(request, case, party_id, with_places=False)


@needs("see_protected_address")
@require_safe
def child_places(request, reference, party_id):
    """The same with school, GP and home: a page of its own, so that each look at it is kept."""
    case = open_case(request.actor, reference, "see_protected_address", part=f"child-places:{party_id}")
    if "see_case" not in capabilities_on(request.actor, case):
        raise Http404
    return _child_page(request, case, party_id, with_places=True)


def _child_page(request, case, party_id, *, with_places):
    at, party = timezone.now(), _child(case, party_id)
    person, may = party.person, capabilities_on(request.actor, case, at)
    decisions, risk = children.decisions_about(party), children.risk_of(party, at)
    day = at.astimezone(LONDON).date()
    context = {
        "case": case, "party": party, "may": may, "life": children.life_of(party, with_places=with_places), "decision": decisions[0] if decisions else None,
        "earlier": decisions[1:], "risk": risk, "counts": rules.SCALE[risk[1]] if risk else "", "notes": children.notes_about(request.actor, party),
        "panels": _panels(request.actor, case, may, party),
        "age": age_in_words(person.date_of_birth, person.approximate_age, person.recorded_at, party.is_unborn, party.expected_on, day),
        "name": party.name,
    }
    return render(request, "cases/children/child.html", context)


@needs("add_entry")
def children_ask(request, reference):
    """Are there children?"""
    case = open_case(request.actor, reference, "add_entry", part="children")

    def save(form):
        return actions.ask_about_children(request.actor, case, **form.cleaned_data)

    def done(row):
        may = capabilities_on(request.actor, case)
        return f"{reverse('person_add', args=[case.reference])}?role=child" if row.answer == "yes" and "edit_people" in may else _list(case)

    return form_page(
        request, case, save=save, heading="Ask about children", page_title="Add details", template=FORM, back=_list(case), done=done,
        form=lambda **data: AskedForm(**data, initial=revision_of(case)),
    )


@needs("add_entry")
def child_decide(request, reference, party_id):
    """Is this child a victim in their own right?"""
    case = open_case(request.actor, reference, "add_entry", part=f"child:{party_id}")
    party = _child(case, party_id)
    latest = next(iter(children.decisions_about(party)), None)
    initial = revision_of(case)
    if latest:
        initial |= {"decision": latest.decision, "effects": [name for name in ("saw", "heard", "felt_effects") if getattr(latest, name)], "reason": latest.reason}

    def save(form):
        return actions.decide_child(request.actor, case, party_id=party_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"{party.name}: affected or not?", page_title="Record a decision", template=FORM, back=_page(case, party),
        form=lambda **data: DecideChildForm(**data, initial=initial), done=lambda row: _page(case, party),
        as_it_is=lambda: [{"key": "Decision", "value": now.get_decision_display()} for now in children.decisions_about(party)[:1]],
    )


@needs("assess_risk")
def child_risk(request, reference, party_id):
    """How serious it is for this child."""
    case = open_case(request.actor, reference, "assess_risk", part=f"child:{party_id}")
    party = _child(case, party_id)

    def save(form):
        return actions.judge_risk(request.actor, case, party_id=party_id, **form.facts())

    return form_page(
        request, case, save=save, heading=f"How serious is it for {party.name}?", page_title="Record a decision", template=FORM, back=_page(case, party),
        form=lambda **data: RiskForm(**data, initial=revision_of(case)), done=lambda row: _page(case, party),
        intro="Serious or severe: a referral to Children’s Social Care is proposed, whatever the level of the case.",
    )


@needs("edit_people")
def child_change(request, reference, party_id):
    """What is known of a child's life; what was recorded before is kept."""
    case = open_case(request.actor, reference, "edit_people", part=f"child:{party_id}")
    party = _child(case, party_id)
    held = children.details_of(party)
    # Saving must not put empty places over those that this person may not read.
    with_places = held is None or not held.is_protected or "see_protected_address" in capabilities_on(request.actor, case)
    initial = revision_of(case) | ({name: getattr(held, name) for name in actions.FACTS} if held else {})

    def save(form):
        return actions.change_child(request.actor, case, party_id=party_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"What is known of {party.name}", page_title="Change details", template=FORM, back=_page(case, party),
        form=lambda **data: ChildForm(**data, with_places=with_places, initial=initial), done=lambda row: _page(case, party),
        intro="" if with_places else "The school, GP and home of this child are protected. They stay as they are.",
    )


@needs("add_entry")
def child_note(request, reference, party_id):
    """What a child said, needs, or does to stay safe."""
    case = open_case(request.actor, reference, "add_entry", part=f"child:{party_id}")
    party, readers = _child(case, party_id), readers_by_name(case)
    kind = request.GET.get("kind", "")

    def save(form):
        return actions.note_child(request.actor, case, party_id=party_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Write on {party.name}’s own page", page_title="Add a note", template=FORM, back=_page(case, party),
        form=lambda **data: ChildNoteForm(**data, readers=readers, initial={"kind": kind}), done=lambda row: _page(case, party),
    )


def _panels(actor, case, may, party):
    drawn = [(panel.template, panel.context(actor, case, may, party)) for panel in extensions.CHILD_PANELS]
    return [render_to_string(template, {**context, "case": case, "may": may, "child": party}) for template, context in drawn if context is not None]


def _child(case, party_id):
    party = children.child_on(case, party_id)
    if party is None:
        raise Http404
    return party


def _list(case):
    return reverse("children", args=[case.reference])


def _page(case, party):
    return reverse("child", args=[case.reference, party.pk])
