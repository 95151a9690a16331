"""The last fence around protected places: whatever a page of a case says, one that its reader may not see is not in it (domain 8.3).

Texts are many and their writers more; a place that was harmless when somebody wrote of it may be where somebody hides today. So each
page and each answer of a case is looked through on its way out. What the reader has just typed is theirs, and is given back to them.
"""

import html
import json
import re

from django.shortcuts import render

from cases.access import visible_cases
from cases.children import hidden_among
from cases.models import Address, Case
from cases.models.people import Visibility
from cases.rules.named_places import names_a_place, without_places

MARK = "[protected place]"
_TAG = re.compile(r"(<[^>]*>)")
_INPUT = re.compile(r"<(input|option)\b", re.I)
_VALUE = re.compile(r'="([^"]*)"')
_BOX = re.compile(r"<(textarea)\b|</(textarea)\b", re.I)


class ProtectedPlaces:
    """Looks through what leaves for who lacks `see_protected_address` on the case of the page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").split(";")[0]
        match = getattr(request, "resolver_match", None)
        reference = match.kwargs.get("reference") if match else None
        if response.streaming or kind not in ("text/html", "application/json") or not reference or response.status_code in (404, 301, 302):
            return response
        places = self._hidden(request, reference)
        if not places:
            return response
        if kind == "application/json":
            response.content = json.dumps(_cleared(json.loads(response.content), places)).encode()
            return response
        cleared = page_without(response.content.decode(), places, _typed(request))
        if cleared is None:  # it stands in a box to be edited: saving would put our mark in its place
            return render(request, "cases/case/place_in_form.html", {"reference": reference}, status=403)
        response.content = cleared
        return response

    def _hidden(self, request, reference):
        actor = getattr(request, "actor", None)
        if actor is None or actor.agency_id is None:
            return []
        # One case, asked from its side: the other way round the database goes through all that somebody may see.
        if actor.may("see_protected_address") and visible_cases(actor, "see_protected_address").filter(reference=str(reference)[:20]).exists():
            return []
        cases = Case.objects.filter(reference=str(reference)[:20]).values("pk")
        addresses = Address.objects.filter(case__in=cases).exclude(visibility=Visibility.NORMAL)
        return [*addresses.values_list("lines", "postcode"), *hidden_among(cases)]


def _typed(request):
    """What the reader has just typed, word for word: that alone is given back to them as it is."""
    if request.method != "POST":
        return set()
    return {_plain(value) for _, values in request.POST.lists() for value in values}


def _plain(text):
    return " ".join(html.unescape(text).split())



def page_without(page, places, typed=frozenset()):
    """A page without these places; None where one stands in a box that is there to be changed, unless it is what the reader `typed` there."""
    if not names_a_place(html.unescape(_TAG.sub(" ", page)), places) and not any(names_a_place(html.unescape(tag), places) for tag in _TAG.findall(page)):
        return page
    parts, kept, is_in_box = [], [], False
    for part in _TAG.split(page):
        said = html.unescape(part)
        if part.startswith("<"):
            box = _BOX.match(part)
            is_in_box = bool(box[1]) if box else is_in_box
        if names_a_place(said, places):
            own = _plain(part) in typed if is_in_box else any(_plain(value) in typed and names_a_place(html.unescape(value), places) for value in _VALUE.findall(part))
            if own and (is_in_box or _INPUT.match(part)):
                parts.append(part)
                kept.append(said)
                continue
            if is_in_box or _INPUT.match(part):
                return None
            part = _VALUE.sub(lambda value: f'="{_escaped(value[1], places)}"', part) if part.startswith("<") else _escaped(part, places)
        parts.append(part)
    rest = html.unescape(_TAG.sub(" ", "".join(parts)))
    for own in kept:
        rest = rest.replace(own, " ")
    return None if names_a_place(rest, places) else "".join(parts)


def _escaped(text, places):
    return html.escape(without_places(html.unescape(text), places, MARK))


def _cleared(value, places):
    if isinstance(value, str):
        return without_places(value, places, MARK)
    if isinstance(value, list):
        return [_cleared(one, places) for one in value]
    if isinstance(value, dict):
        return {name: _cleared(one, places) for name, one in value.items()}
    return value
