"""What was said on a call, as the pages of a disclosure ask for it, so that nobody says or types it twice.

What a page needs and the call did not ask is left open on that page, with everything that was said already in its boxes.
"""

from ui.times import local_time

ROUTES = {"victim": ("direct", "self"), "professional": ("partner", "agency"), "family": ("", "family"), "other": ("", "")}


def split_name(name):
    """First and last name out of one box: the first word, and the rest."""
    given, _, family = name.strip().partition(" ")
    return given, family.strip()


def carried(call):
    """The answered pages, and the pages that still need something, of the notes that this call opens."""
    said = call.said
    caller, victim = said.get("caller", {}), said.get("victim", {})
    answers = {"danger": {"danger": call.danger}, "received": {"received_at": call.received_at.isoformat()}}
    unfinished = {}
    route, reporter = ROUTES[call.caller]
    reporter = reporter or ("anonymous" if call.is_anonymous else "")
    told = {"route": route, "reporter": reporter, "reported_by": "" if call.caller == "victim" else _who(call, caller)}
    _put(answers, unfinished, "route", told, is_whole=bool(route and reporter))
    if text := said.get("account", {}).get("text", ""):
        _put(answers, unfinished, "account", {"account": text}, is_whole=False)  # who may read it is for the person to say
    _put(answers, unfinished, "victim", _victim(call, caller, victim), is_whole=True)
    if call.caller == "victim" and caller.get("number"):
        answers["contact"] = {"any": "yes"}
        row = _way(caller["number"], said.get("reach", {}))
        if row.get("times") == "windows":
            unfinished["channels"] = {"rows": ["1"]} | {f"row-0-{name}": [value] for name, value in row.items()}
        else:
            answers["channels"] = {"rows": [row]}
    return answers, unfinished


def _put(answers, unfinished, page, given, *, is_whole):
    given = {name: value for name, value in given.items() if value}
    if is_whole:
        answers[page] = given
    elif given:
        unfinished[page] = {name: [value] for name, value in given.items()}


def _who(call, caller):
    parts = [caller.get("name"), caller.get("organisation"), caller.get("number")]
    return "" if call.is_anonymous else ", ".join(part for part in parts if part)[:200]


def _victim(call, caller, victim):
    given, family = victim.get("given_name", ""), victim.get("family_name", "")
    if call.caller == "victim" and not (given or family):
        given, family = split_name(caller.get("name", ""))
    if given or family:
        return {"given_name": given, "family_name": family}
    about = "Rang the line" if call.caller == "victim" else "Somebody rang the line about them"
    return {"description": f"{about} on {local_time(call.received_at)}; no name was given"}


def _way(number, reach):
    """The telephone as the page of ways to reach them asks for it. Said by them; a time that nobody asked about is no safe time."""
    safe = reach.get("safe") or "unknown"
    row = {"channel": "phone", "value": number, "is_safe": "yes" if safe in ("any", "windows") else safe}
    if row["is_safe"] == "yes":
        row |= {"said_by_them": "yes", "times": safe}
    how = "; ".join(part for part in (f"Ask for {reach['ask_for']}" if reach.get("ask_for") else "", reach.get("when", "")) if part)
    more = {"voicemail": reach.get("voicemail", ""), "how": how, "code_word": reach.get("code_word", "")}
    return row | {name: value for name, value in more.items() if value}

