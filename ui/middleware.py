"""Owns what happens around every page: nothing is kept by the browser, and nothing typed is lost to an ended session."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from ui import held_forms

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_NEVER_STORED = ("text/html", "application/pdf", "application/json", "text/csv", "text/calendar", "application/vnd")


class SafeHeaders:
    """A screen may be seen by the wrong person: pages, documents and data are never kept on the device."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith(_NEVER_STORED) or not response.headers.get("Content-Type"):
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class HoldExpiredForms:
    """A form sent after its session ended is held, and the person is asked to sign in and come back to it.

    It acts before the check for forgery on purpose: it changes nothing but what the signed owner of the form will see
    again, and only a page given to that person carries the signature.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.content_type in _FORM_TYPES and not request.user.is_authenticated:
            page = held_forms.hold(request)
            if page is not None:
                return to_sign_in(request, page)
        return self.get_response(request)


def to_sign_in(request: HttpRequest, page: str) -> HttpResponse:
    """To the sign-in page, and from there back to the page of the form."""
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page, 'held': 1})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
