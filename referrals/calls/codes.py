"""What can be said about a call in one key: who rang, what came of it, how worried we are. One table of each, with the key on the call screen."""

# code: (words, key on the call screen)
RESULTS = {"answered": ("We are talking", "a"), "message": ("A message was left", "l"), "abandoned": ("They rang off, or nobody answered", "b")}
CAME_OF_IT = {"answered": "Answered", "message": "A message was left", "abandoned": "Abandoned"}  # the same, read afterwards
DANGER = {"yes": ("Yes", "1"), "no": ("No", "2"), "not_known": ("I cannot tell", "3")}
CALLERS = {
    "victim": ("The victim/survivor", "4"),
    "family": ("Family or friend", "5"),
    "professional": ("A professional", "6"),
    "other": ("Somebody else", "7"),
    "perpetrator": ("The alleged perpetrator", "8"),  # never chosen on the call screen: a button leads to a page of its own
}
PERPETRATOR = "perpetrator"
CONCERN = {"high": ("High", "h"), "medium": ("Medium", "m"), "standard": ("Standard", "t"), "unknown": ("Not known yet", "u")}
ADVICE = {
    "listening": "Listened; emotional support",
    "safety": "Staying safe, and a plan for it",
    "police": "Telling the police",
    "legal": "Orders and other legal protection",
    "housing": "Housing, and leaving",
    "money": "Money and benefits",
    "children": "Children",
    "process": "How referrals and services work",
}
SIGNPOSTS = {
    "police": "Police",
    "advocate": "IDVA or outreach",
    "victim_support": "Victim Support",
    "accommodation": "Somewhere safe to stay",
    "housing_options": "The council’s housing options team",
    "legal": "Legal advice",
    "health": "GP or other health service",
    "sexual_violence": "ISVA or sexual assault referral centre",
    "social_care": "Children’s or adult social care",
    "specialist": "A service by and for their community",
    "programme": "A programme for people who want to change how they behave",
    "other": "Elsewhere",
}
# What the handler chooses; what the system says of a call that went on is not chosen.
OUTCOMES = {
    "support": "Advice or support was enough for now",
    "signposted": "Sent on to another service",
    "information": "Asked for information only",
    "cut_off": "The call broke off",
    "wrong": "Nothing to do with this line",
}
OPENED, TO_RETURN, NO_NUMBER = "opened", "to_return", "no_number"
ALL_OUTCOMES = OUTCOMES | {OPENED: "Notes were opened", TO_RETURN: "To be returned", NO_NUMBER: "No number to ring back"}
SAFE = {"any": "Yes, at any time", "windows": "Yes, but only at some times", "no": "No", "unknown": "Not known"}
VOICEMAIL = {"yes": "Yes", "no": "No", "unknown": "Not known: leave none"}
ATTEMPTS = {
    "reached": "We talked",
    "no_answer": "No answer",
    "somebody_else": "Somebody else answered",
    "voicemail": "Left a voicemail",
    "wrong_number": "The number does not work, or is not theirs",
}
REACHED, VOICEMAIL_LEFT = "reached", "voicemail"
RETURNED, NOT_NEEDED, UNREACHED = "returned", "not_needed", "unreached"
ENDINGS = {RETURNED: "Returned", NOT_NEEDED: "Not needed", UNREACHED: "Could not be reached"}
FROM_LEFT, FROM_OPENING = "left", "opening"
COUNTS_FROM = {FROM_LEFT: "From when the message was left, at any hour", FROM_OPENING: "From the next opening, where the line was closed"}


def choices(table):
    """A table as the choices of a field."""
    return [(code, row[0] if isinstance(row, tuple) else row) for code, row in table.items()]


def keys(table):
    """The key of each choice on the call screen."""
    return {code: row[1] for code, row in table.items()}
