"""The promise to whoever asks in writing: somebody of the line answers within some hours of its opening."""

from django.urls import reverse

from referrals.promises import Kind


def place(about):
    """Where the request of a promise is read."""
    return reverse("asked_one", args=[int(about.removeprefix("asked:").partition("/")[0])])


ASKED = Kind(
    "Asked in writing", "Answer what was asked in writing", "asking.answer_within", "when it was sent; outside the hours of the line, at its next opening",
    "somebody answered them, or wrote it down where no reply is safe", "domain 8.2 (ASSUME)", "take_calls", place,
)
