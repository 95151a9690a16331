"""What a person typed into a form: sent now, or held since their session ended."""

from ui import held_forms


def typed(request):
    """The data and files for a form; None twice when the page is only looked at."""
    if request.method == "POST":
        return request.POST, request.FILES or None
    return held_forms.take(request), None
