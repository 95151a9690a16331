"""Walks through the pages of a disclosure as a browser without scripts would: reads each form, fills it, sends it."""

import re

from django.urls import resolve, reverse

from referrals import pages

SHORT = {"contact": {"any": "no"}, "children": {"any": "no"}}
YES = {
    "danger": {"danger": "no"},
    "emergency": {},
    "route": {"route": "direct", "reporter": "self"},
    "received": {},
    "account": {"account": "He took her keys.\nShe is afraid of Friday.", "audience": "partners"},
    "victim": {
        "given_name": "Saoirse", "family_name": "O'Dálaigh-Nwosu", "date_of_birth_day": "17", "date_of_birth_month": "5", "date_of_birth_year": "1994",
        "sex": "female",
    },
    "home": {"address": "4 Plover Court\nNorthvale", "postcode": "zz993vz", "visibility": "restricted", "area": "bolsover"},
    "contact": {"any": "yes"},
    "channels": {
        "rows": "1", "row-0-channel": "phone", "row-0-value": "07700 900123", "row-0-is_safe": "yes", "row-0-voicemail": "no",
        "row-0-said_by_them": "yes", "row-0-times": "windows",
        "row-0-days_1": ["0", "2"], "row-0-from_1": "12:00", "row-0-to_1": "1pm", "row-0-how": "Ask for Sersh", "row-0-code_word": "bluebell",
    },
    "perpetrator": {"known": "yes", "given_name": "Rufus", "family_name": "Blackwater", "relationship": "ex_partner", "lives_with_victim": "no"},
    "children": {"any": "yes"},
    "each_child": {
        "rows": "2", "row-0-given_name": "Juniper", "row-0-stage": "born", "row-0-approximate_age": "3",
        "row-1-stage": "unborn",
    },
    "stalking": {"stalking": "yes"},
    "consent": {"state": "given", "scope": "Housing and the IDVA service"},
}


def hidden(response):
    """The values of the hidden inputs of the form on a page."""
    html = response.content.decode()
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name not in ("csrfmiddlewaretoken", "rows")}


def boxes(response):
    """What stands in the text boxes of a page, as a browser would send it back untouched."""
    html = response.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="text"' in tag:
            found[name[1]] = value[1] if value else ""
    return found


def page_url(reference, code):
    return reverse("disclosure_page", args=[reference, pages.PAGES[code].slug])


def start(client, danger="no"):
    """Begin a disclosure; the reference of the draft."""
    url = client.get(reverse("disclosure_new")).url
    response = client.post(url, {**hidden(client.get(url)), "danger": danger})
    assert response.status_code == 302, response.content.decode()
    return resolve(response.url).kwargs["reference"]


def send(client, reference, code, data=None, **kwargs):
    """Fill one page of a draft and send it."""
    url = page_url(reference, code) + kwargs.pop("query", "")
    shown = client.get(url)
    typed = {name: value for name, value in boxes(shown).items() if not name.startswith("row-")} if code == "received" else {}
    return client.post(url, {**hidden(shown), **typed, **(YES[code] if data is None else data)}, **kwargs)


def fill(client, answers=None, danger="no"):
    """Answer every page that is asked for, as far as the check; the reference of the draft."""
    answers = YES | (answers or {})
    reference = start(client, danger)
    seen = []
    code = pages.following({"danger": {"danger": danger}}, pages.FIRST).code
    while code:
        response = send(client, reference, code, answers[code])
        assert response.status_code == 302, (code, response.content.decode())
        seen.append(code)
        slug = resolve(response.url).kwargs.get("slug")
        code = pages.BY_SLUG[slug].code if slug else None
        assert len(seen) < 30
    return reference


def log(client, answers=None, danger="no"):
    """Answer everything and log it; the disclosure."""
    from referrals.models import Disclosure

    reference = fill(client, answers, danger)
    url = reverse("disclosure_check", args=[reference])
    response = client.post(url, hidden(client.get(url)) | {"same": "new"})  # as a new case, where it is asked
    assert response.status_code == 302, response.content.decode()
    return Disclosure.objects.select_related("case").get(reference=reference)
