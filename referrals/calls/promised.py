"""The promise of the line: a message that was left is returned within the hour (SEED-176)."""

from django.urls import reverse

from referrals.promises import Kind


def place(about):
    """Where the call of a promise is read."""
    return reverse("line_call", args=[int(about.removeprefix("call:").partition("/")[0])])


CALLBACK = Kind(
    "Callback", "Return the call", "calls.callback_within", "when the message was left; where the agency has set so, at the next opening of the line",
    "somebody talked with them", "SEED-176, F5", "take_calls", place,
)
