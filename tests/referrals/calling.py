"""Takes calls as a browser without scripts would: opens the call screen, fills it, sends it."""

from django.urls import reverse

from referrals.models import Call
from tests.referrals.walk import boxes, hidden

VICTIM = {
    "result": "answered", "danger": "no", "caller": "victim", "name": "Saoirse O'Dálaigh-Nwosu", "number": "07700 900123", "safe": "any", "voicemail": "no", "ask_for": "Sersh",
    "code_word": "bluebell", "words": "He waits outside her work.", "concern": "standard",
}
MESSAGE = {"result": "message", "caller": "victim", "number": "07700 900456", "safe": "any", "voicemail": "no", "name": "Mari", "ask_for": "Mari"}


def screen(client, **query):
    return client.get(reverse("line_new"), query)


def send(client, data, button=None, **query):
    """Fill the call screen and press a button."""
    shown = screen(client, **query)
    url = reverse("line_new") + (f"?returns={query['returns']}" if query else "")
    typed = {name: value for name, value in boxes(shown).items() if name.startswith("left_at")}
    return client.post(url, {**hidden(shown), **typed, **data, **({button[0]: button[1]} if button else {})})


def take(client, data=None, button=None):
    """A call that is logged; the call."""
    response = send(client, VICTIM if data is None else data, button)
    assert response.status_code == 302, response.content.decode()
    return Call.objects.latest("pk")


def left(client, when="10:00am", **changed):
    """A message of today, left at this time."""
    return take(client, MESSAGE | {"left_at_time": when} | changed)


def quiet(client, which="perpetrator", **typed):
    """The alleged perpetrator is on the line, or somebody fishes; the answer and the call."""
    response = send(client, typed, ("quiet", which))
    assert response.status_code == 302, response.content.decode()
    return response, Call.objects.latest("pk")


def fill(client, url, data):
    """Any other form of the line."""
    shown = client.get(url)
    return client.post(url, {**hidden(shown), **{name: value for name, value in boxes(shown).items() if name.startswith("happened_at")}, **data})
