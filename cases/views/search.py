"""Finding a case: asked and answered by POST, so that no name stands in an address or in a history."""

from django.shortcuts import render

from agencies.doors import needs
from cases.access import record_look
from cases.forms.search import FindForm
from cases.search import AT_MOST, find


@needs("search_cases")
def find_case(request):
    """The question, and what was found."""
    if request.method != "POST":
        return render(request, "cases/work/find.html", {"form": FindForm()})
    form = FindForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "cases/work/find.html", {"form": form}, status=422)
    hits = find(request.actor, form.cleaned_data["words"])
    record_look(request.actor, "find", count=len(hits))
    return render(request, "cases/work/find.html", {"form": form, "hits": hits, "asked": True, "is_full": len(hits) == AT_MOST})
