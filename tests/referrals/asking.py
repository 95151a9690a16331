"""Asks in writing as somebody without an account and without scripts would: opens the form, fills it, sends it."""

from django.urls import reverse

from referrals.models import PublicRequest
from tests.referrals.walk import hidden

SELF = {
    "danger": "no", "who": "self", "name": "Saoirse", "reach_by": "phone", "number": "07700 900123", "voicemail": "no", "safe": "any", "ask_for": "Sersh",
    "account": "He waits outside her work.", "agree": "on", "formats": ["bsl"], "language": "Irish", "area": "bolsover",
}


def send(client, data=None, **changed):
    """Fill the form and send it."""
    shown = client.get(reverse("info_ask"))
    return client.post(reverse("info_ask"), {**hidden(shown), **(SELF if data is None else data), **changed})


def ask(client, **changed):
    """A request that was sent."""
    answer = send(client, **changed)
    assert answer.status_code == 302, answer.content.decode()
    return PublicRequest.objects.latest("pk")
