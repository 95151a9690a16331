"""Owns the pages that say something went wrong. They say the same whether a thing does not exist or may not be seen."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string

from ui import held_forms


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    """400: the request made no sense."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    """403: seen, but not allowed. A refusal that carries reasons shows them."""
    return render(request, "403.html", {"reasons": list(getattr(exception, "reasons", []))}, status=403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    """404: not there, or not for this person; the page does not tell which."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our mistake. Drawn without asking the database or the request for anything."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in. Its words are given back to its owner to check and send again."""
    if request.user.is_authenticated and (page := held_forms.hold(request)) is not None:
        return HttpResponseRedirect(page)
    return render(request, "403_csrf.html", status=403)
