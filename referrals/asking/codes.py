"""What can be said when somebody asks in writing: who asks, how to reach them, what came of it."""

from agencies.types import AREAS as _AREAS
from referrals.calls import codes as calls

WHO = {"self": "For myself", "other": "For somebody else: a friend, a relative, a neighbour", "professional": "I am asking as part of my work"}
WHO_READ = {"self": "For themselves", "other": "For somebody else", "professional": "As part of their work"}
DANGER = {"yes": "Yes", "no": "No", "not_known": "I am not sure"}
BY = {"phone": "Ring me", "text": "Send me a text message", "email": "Send me an email", "none": "Do not contact me"}
BY_READ = {"phone": "By telephone", "text": "By text message", "email": "By email", "none": "Not at all"}
WRITTEN = ("text", "email")
SAFE = {"any": "Yes, at any time", "windows": "Yes, but only at some times", "no": "No", "unknown": "I am not sure"}
KNOWS = {"yes": "Yes", "no": "No", "unknown": "I am not sure"}
FORMATS = {
    "interpreter": "An interpreter", "bsl": "British Sign Language by video", "relay": "Relay UK", "text": "Text only", "large_print": "Large print", "easy_read": "Easy read",
}
AREAS = dict(_AREAS)
ANSWERED_IN_WRITING = "written"
ATTEMPTS = {"reached": "We talked", ANSWERED_IN_WRITING: "We wrote to them, as they asked"} | {code: words for code, words in calls.ATTEMPTS.items() if code != calls.REACHED}
ANSWERS = (calls.REACHED, ANSWERED_IN_WRITING)
OPENED = "opened"
ENDINGS = {
    "advised": "Advice was given", "unreached": "Could not be reached", "noted": "Read and written down: no reply was safe or wanted",
    "not_serious": "Not meant seriously", "duplicate": "The same was asked before",
}
ALL_ENDINGS = ENDINGS | {OPENED: "Notes were opened"}
