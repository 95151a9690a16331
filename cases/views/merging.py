"""Is somebody on record twice? What is likely, both records side by side, and the two people who put them together or take them apart."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from cases import merging, second_person
from cases.access import capabilities_on, open_case, visible_cases
from cases.actions import merging as actions
from cases.actions.people import party_on
from cases.forms.merging import DecideMergeForm, OtherCaseForm, ProposeMergeForm, ProposeUndoForm, WithdrawForm
from cases.models import Party
from cases.rules import merging as rules
from cases.views.form_page import REFUSED, case_url, form_page

TITLE = "Records"
FORM, COMPARE = "cases/case/form.html", "cases/same/compare.html"
_UNKNOWN = "No other case with this reference can be compared. Check the reference."


@needs("see_case")
def people_same(request, reference):
    """What is likely, what waits for a second person, what was put together; and the way to another case."""
    case = open_case(request.actor, reference, "see_case", part="same")
    at, may = timezone.now(), capabilities_on(request.actor, case)
    may_propose = "edit_people" in may and case.is_open
    if request.method == "POST" and not may_propose:
        raise PermissionDenied("edit_people")
    here = list(Party.objects.filter(case=case).select_related("person"))
    form = OtherCaseForm(request.POST or None, people=[(str(party.pk), f"{party.person.name}, {party.get_role_display().lower()}") for party in here])
    chosen, found = None, []
    if request.method == "POST" and form.is_valid():
        chosen = next(party for party in here if str(party.pk) == form.cleaned_data["person"])
        found = _people_of(request.actor, case, form.cleaned_data["reference"], at)
        if not found:
            form.add_error("reference", _UNKNOWN)
    merges = list(merging.of_case(request.actor, case, at))
    for merge in merges:
        merge.may_be_parted = merging.may_be_parted(merge, merge.undoings.all())
    context = {
        "case": case, "may": may, "may_propose": may_propose, "back_url": case_url(case), "form": form, "chosen": chosen, "found": found, "reader": request.actor.user_id,
        "likely": merging.likely(request.actor, case, at), "merges": merges, "may_decide": second_person.may_decide(may) and case.is_open,
    }
    return render(request, "cases/same/list.html", context, status=REFUSED if request.method == "POST" and form.errors else 200)


@needs("edit_people")
def merge_propose(request, reference, party_id, other_id):
    """Both records side by side; for each fact in which they differ, which holds."""
    case = open_case(request.actor, reference, "edit_people", part=f"party:{party_id}")
    party, at = party_on(case, party_id), timezone.now()
    other = Party.objects.filter(pk=other_id, case__in=visible_cases(request.actor, "see_case", at)).select_related("person", "case").first()
    if other is None:
        raise Http404
    pair = merging.pair_of(party.person, other.person)
    reasons = merging.reasons_not(pair, [request.actor], at)
    parts = {party.person_id: party, other.person_id: other}

    def save(form):
        return actions.propose_merge(request.actor, case, party_id=party_id, other_id=other_id, **form.facts())

    return form_page(
        request, case, form=lambda **data: ProposeMergeForm(**data, pair=pair), save=save, heading="Are these two records of one person?", page_title=TITLE, template=COMPARE,
        submit="Propose it", back=_list(case), done=lambda merge: _list(case), said="Proposed. Nothing changes until a second person has decided.",
        rows=merging.side_by_side(pair), kept_on=parts.get(pair.kept.pk), absorbed_on=parts.get(pair.absorbed.pk), reasons=reasons,
    )


@needs("add_entry")
def merge_decide(request, reference, merge_id):
    """The second person reads both records and what they would become."""
    case = _for_second_person(request, reference, f"merge:{merge_id}")
    merge = merging.of_case(request.actor, case, timezone.now()).filter(pk=merge_id, case=case).first()
    if merge is None:
        raise Http404
    if merge.decided_at and request.method != "POST":
        return redirect(_list(case))
    pair = merging.Pair(merge.kept, merge.absorbed)
    becomes = rules.merged(*pair.facts(), merge.holds)

    def form(**data):
        return DecideMergeForm(**data, question="Are these two records of one person?", yes="Yes, make them one", no="No, they stay two", mark=pair.mark())

    def save(filled):
        return actions.decide_merge(request.actor, case, merge_id=merge_id, **filled.cleaned_data)

    return form_page(
        request, case, form=form, save=save, heading="Two records of one person", page_title=TITLE, template=COMPARE, submit="Record the decision", back=_list(case),
        done=lambda merge: _list(case), said="Your decision is recorded.", rows=merging.side_by_side(pair, becomes), becomes=becomes, proposal=merge,
        is_own=merge.proposed_by_id == request.actor.user_id, withdraw_url=reverse("merge_withdraw", args=[case.reference, merge_id]), **_where(pair),
    )


@needs("edit_people")
def merge_undo(request, reference, merge_id):
    """They are two people after all."""
    case = open_case(request.actor, reference, "edit_people", part=f"merge:{merge_id}")
    merge = merging.of_case(request.actor, case, timezone.now()).filter(merging.MADE, pk=merge_id).first()
    if merge is None:
        raise Http404

    def save(form):
        return actions.propose_undo(request.actor, case, merge_id=merge_id, **form.cleaned_data)

    return form_page(
        request, case, form=ProposeUndoForm, save=save, heading="Take the two records apart", page_title=TITLE, template=FORM, submit="Propose it", back=_list(case),
        done=lambda undo: _list(case), said="Proposed. The records stay one until a second person has decided.",
        intro=f"{merge.kept.name} was put together with the record of {merge.absorbed.name}. Each case gets its own record back; what was changed since stays.",
    )


@needs("add_entry")
def merge_undo_decide(request, reference, undo_id):
    """The second person decides whether they are two again."""
    case = _for_second_person(request, reference, f"undo:{undo_id}")
    undo = merging.undoings_of_case(request.actor, case, timezone.now()).filter(pk=undo_id, case=case).first()
    if undo is None:
        raise Http404
    if undo.decided_at and request.method != "POST":
        return redirect(_list(case))
    pair = merging.Pair(undo.merge.kept, undo.merge.absorbed)

    def form(**data):
        return DecideMergeForm(**data, question="Are they two people?", yes="Yes, make them two records again", no="No, they stay one")

    def save(filled):
        facts = {name: value for name, value in filled.cleaned_data.items() if name != "opened_with"}
        return actions.decide_undo(request.actor, case, undo_id=undo_id, **facts)

    return form_page(
        request, case, form=form, save=save, heading="Take the two records apart", page_title=TITLE, template=COMPARE, submit="Record the decision", back=_list(case),
        done=lambda merge: _list(case), said="Your decision is recorded.", rows=merging.side_by_side(pair), proposal=undo, is_own=undo.proposed_by_id == request.actor.user_id,
        withdraw_url=reverse("merge_undo_withdraw", args=[case.reference, undo_id]),
    )


@needs("add_entry")
def merge_withdraw(request, reference, merge_id):
    """Whoever proposed that two records are of one person takes it back."""
    case = open_case(request.actor, reference, "add_entry", part=f"merge:{merge_id}")
    merge = merging.of_case(request.actor, case, timezone.now()).filter(pk=merge_id, case=case).first()
    return _withdraw(request, case, merge, merge, lambda **facts: actions.withdraw_merge(request.actor, case, merge_id=merge_id, **facts), "The two records stay two.")


@needs("add_entry")
def merge_undo_withdraw(request, reference, undo_id):
    """Whoever proposed that they are two again takes it back."""
    case = open_case(request.actor, reference, "add_entry", part=f"undo:{undo_id}")
    undo = merging.undoings_of_case(request.actor, case, timezone.now()).filter(pk=undo_id, case=case).first()
    return _withdraw(request, case, undo, undo and undo.merge, lambda **facts: actions.withdraw_undo(request.actor, case, undo_id=undo_id, **facts), "The record stays one.")


def _withdraw(request, case, proposal, merge, withdraw, what_stays):
    if proposal is None:
        raise Http404
    if proposal.proposed_by_id != request.actor.user_id:
        raise PermissionDenied("somebody else’s proposal")
    if proposal.decided_at and request.method != "POST":
        return redirect(_list(case))
    return form_page(
        request, case, form=WithdrawForm, save=lambda form: withdraw(**form.cleaned_data), heading="Take your proposal back", page_title=TITLE, template=FORM,
        submit="Take it back", back=_list(case), done=lambda merge: _list(case), said="Your proposal is taken back.",
        intro=f"You proposed this of {merge.kept.name} and {merge.absorbed.name}, and nobody has decided. {what_stays} It can be proposed anew.",
    )


def _for_second_person(request, reference, part):
    case = open_case(request.actor, reference, "add_entry", part=part)
    if not second_person.may_decide(capabilities_on(request.actor, case)):
        raise PermissionDenied("not a second person")
    return case


def _people_of(actor, case, typed, at):
    """The people of another case that this reader reads; nobody where there is none, and no word on why."""
    reference = typed.strip().upper().replace(" ", "-").replace("\x00", "")
    others = visible_cases(actor, "see_case", at).filter(reference=reference).exclude(pk=case.pk)
    return list(Party.objects.filter(case__in=others).select_related("person", "case"))


def _where(pair):
    """One part of each record, for the headings of the comparison."""
    parts = Party.objects.filter(person__in=[pair.kept, pair.absorbed]).select_related("case").order_by("-pk")
    first = {part.person_id: part for part in parts}
    return {"kept_on": first.get(pair.kept.pk), "absorbed_on": first.get(pair.absorbed.pk)}


def _list(case):
    return reverse("people_same", args=[case.reference])
