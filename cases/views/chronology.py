"""The chronology: all of it with a filter, a page at a time; the same as a paper; and sharing an entry later."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases.access import capabilities_on, chronology, open_case
from cases.actions.case_file import share_entry
from cases.audiences import readers_by_name
from cases.case_entries import entries, read_key
from cases.forms.case_file import ShareEntryForm
from cases.forms.chronology import ChronologyFilter
from cases.middleware import MARK
from cases.models.chronology import Audience
from cases.protected_places import names_protected_place, places_hidden_from
from cases.rules.named_places import without_places
from cases.views.case_file import readable_entry
from cases.views.form_page import form_page
from ui.pdf import render_pdf

ENTRIES_ON_A_PAGE = 50
ENTRIES_ON_PAPER = 1000


@needs("see_case")
@require_safe
def case_chronology(request, reference):
    """The whole chronology, fifty entries a page, narrowed down to what is looked for."""
    case = open_case(request.actor, reference, "see_case", part="chronology")
    may, form = capabilities_on(request.actor, case), _filter(request, case)
    shown, older = entries(
        request.actor, case, may, before=read_key(request.GET.get("before")), count=ENTRIES_ON_A_PAGE, narrowed=form.narrow if form.is_bound else None,
    )
    asked = _asked(request)
    context = {
        "case": case, "entries": shown, "may": may, "form": form, "is_narrowed": form.is_bound and form.is_narrowed, "asked": urlencode(asked),
        "older": urlencode([*asked, ("before", older)]) if older else "",
    }
    return render(request, "cases/case/chronology.html", context, status=422 if form.errors else 200)


@needs("see_case")
@require_safe
def chronology_file(request, reference):
    """The same on paper: tagged, with whose copy it is on every page. Each print is in the log."""
    case = open_case(request.actor, reference, "see_case", part="chronology.print")
    may, form, at = capabilities_on(request.actor, case), _filter(request, case), timezone.now()
    shown, older = entries(request.actor, case, may, count=ENTRIES_ON_PAPER, narrowed=form.narrow if form.is_bound else None)
    hidden = places_hidden_from(case, may)
    rows = [(one, without_places(one.title, hidden, MARK), without_places(one.text, hidden, MARK)) for one in reversed(shown)]
    pdf = render_pdf("cases/case/chronology_paper.html", {
        "case": case, "rows": rows, "actor": request.actor, "made_at": at, "is_cut": bool(older), "is_narrowed": form.is_bound and form.is_narrowed,
        "holds_own": any(one.is_private for one in shown),
    })
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="notes-{timezone.localdate():%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@needs("add_entry")
def entry_share(request, reference, entry_id):
    """An entry that the agency had kept to itself, shared with partners from now on."""
    case = open_case(request.actor, reference, "add_entry", part=f"entry:{entry_id}")
    one = readable_entry(request.actor, case, entry_id)
    if one.agency_id != request.actor.agency_id or one.kind == "file":
        raise PermissionDenied("not theirs to share")
    if one.audience == Audience.PARTNERS:
        raise Http404
    names_place = names_protected_place(case, one.title, one.text)

    def save(form):
        return share_entry(request.actor, case, entry_id=entry_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="Share this entry with partners", template="cases/case/entry_share.html", submit="Share it", said="Shared.", entry=one,
        form=lambda **data: ShareEntryForm(**data, names_place=names_place), back=reverse("case_chronology", args=[reference]), readers=readers_by_name(case),
    )


def _filter(request, case):
    """The filter as it was asked for; one that nobody has used is empty and asks for everything."""
    agencies = chronology(request.actor, case).order_by("agency__short_name").values_list("agency_id", "agency__short_name").distinct()
    return ChronologyFilter(request.GET if _asked(request) else None, agencies=agencies)


def _asked(request):
    names = {"kind", "agency", "readers", *(f"{name}_{part}" for name in ("since", "until") for part in ("day", "month", "year"))}
    return [(name, value[:20]) for name, value in request.GET.items() if name in names and value]
