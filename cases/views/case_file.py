"""The case page, its chronology, and what is written there: notes, corrections, actions done, the stalking element."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import extensions
from cases.access import chronology, open_case
from cases.actions.case_file import add_note, correct_entry, finish_task, set_priority, set_stalking_element
from cases.audiences import readers_by_name
from cases.case_entries import CORRECTABLE
from cases.case_page import case_page_facts
from cases.forms.case_file import FinishTaskForm, NoteForm, PriorityForm, StalkingForm
from cases.models import Task
from cases.models.chronology import Audience
from cases.rules.closing import reasons_cannot_reopen
from cases.views.form_page import case_url, form_page, revision_of


@needs("see_summary")
@require_safe
def case_page(request, reference):
    """The case: how to reach them safely first, then risk, promises, people, what happened, what is next."""
    case = open_case(request.actor, reference)
    at = timezone.now()
    page = case_page_facts(request.actor, case, at)
    panels = _panels(request.actor, case) if page.sees_case else []
    banners = [banner for one in extensions.BANNERS if (banner := one(request.actor, case, page.capabilities, at))]
    may_reopen = "close_case" in page.capabilities and not reasons_cannot_reopen(case.closed_at, at)
    context = {"page": page, "case": case, "may": page.capabilities, "banners": banners, "panels": panels, "may_reopen": may_reopen}
    return render(request, "cases/case/page.html", context)


def _panels(actor, case):
    drawn = []
    for panel in extensions.PANELS:
        context = panel.context(actor, case)
        if context is not None:
            drawn.append(render_to_string(panel.template, {**context, "case": case}))
    return drawn


@needs("add_entry")
def note_add(request, reference):
    """A note for the chronology."""
    case = open_case(request.actor, reference, "add_entry", part="note")
    readers = readers_by_name(case)

    def save(form):
        return add_note(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, form=lambda **data: NoteForm(**data, readers=readers), save=save, heading="Add a note", template="cases/case/form.html",
        done=lambda entry: case_url(case) + "#chronology",
    )


@needs("see_case")
@require_safe
def entry(request, reference, entry_id):
    """One entry with every earlier wording of it."""
    case = open_case(request.actor, reference, "see_case", part=f"entry:{entry_id}")
    wordings = []
    wording = readable_entry(request.actor, case, entry_id)
    while wording is not None:
        wordings.append(wording)
        wording = chronology(request.actor, case).filter(pk=wording.supersedes_id).select_related("author", "agency", "shared_by").first() if wording.supersedes_id else None
    return render(request, "cases/case/entry.html", {"case": case, "wordings": wordings})


@needs("add_entry")
def entry_correct(request, reference, entry_id):
    """A new wording in the place of an entry; the old one is kept."""
    case = open_case(request.actor, reference, "add_entry", part=f"entry:{entry_id}")
    first = readable_entry(request.actor, case, entry_id)
    if first.agency_id != request.actor.agency_id or first.kind not in CORRECTABLE:
        raise PermissionDenied("not theirs to correct")
    readers = f"Only {first.agency.name} will read this." if first.audience == "agency" else f"Will be read by: {', '.join(readers_by_name(case))}."

    def form(**data):
        made = NoteForm(**data, is_correcting=True, initial={"happened_at": first.happened_at, "title": first.title, "text": first.text})
        made.for_own_agency = first.audience == Audience.AGENCY
        return made

    def save(form):
        return correct_entry(request.actor, case, entry_id=entry_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Correct this entry", template="cases/case/form.html", back=reverse("entry", args=[reference, entry_id]),
        form=form, intro=f"The first wording is kept and can be read. {readers}", done=lambda corrected: case_url(case) + "#chronology",
    )


def readable_entry(actor, case, entry_id):
    """An entry that the actor may read; any other does not exist."""
    found = chronology(actor, case).filter(pk=entry_id).select_related("author", "agency", "shared_by").first()
    if found is None:
        raise Http404
    return found


@needs("add_entry")
def task_finish(request, reference, task_id):
    """An action is done, or not needed."""
    case = open_case(request.actor, reference, "add_entry", part=f"task:{task_id}")
    task = Task.objects.filter(pk=task_id, case=case, agency=request.actor.agency_id).select_related("owner").first()
    if task is None:
        raise Http404

    def save(form):
        return finish_task(request.actor, case, task_id=task_id, **form.cleaned_data)

    words, name = extensions.READ_FIRST.get(task.kind, ("", ""))
    return form_page(
        request, case, form=FinishTaskForm, save=save, heading=task.title, page_title="Finish an action", template="cases/case/task.html", intro=task.why,
        read_words=words, read_url=reverse(name, args=[case.reference]) if name else "",
    )


@needs("edit_people")
def case_stalking(request, reference):
    """The stalking element (SEED-092)."""
    case = open_case(request.actor, reference, "edit_people", part="stalking")
    known = {True: "yes", False: "no", None: "unknown"}[case.has_stalking_element]

    def save(form):
        return set_stalking_element(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="", page_title="Change details", template="cases/case/form.html",
        form=lambda **data: StalkingForm(**data, initial={**revision_of(case), "has_stalking_element": known}),
    )


@needs("add_entry")
def case_priority(request, reference):
    """How soon the case must be worked on: A, B or C."""
    case = open_case(request.actor, reference, "add_entry", part="priority")

    def save(form):
        return set_priority(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Priority", template="cases/case/form.html",
        form=lambda **data: PriorityForm(**data, initial={**revision_of(case), "priority": case.priority}),
    )
