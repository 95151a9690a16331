"""What was written by somebody without an account, as the pages of a disclosure ask for it, so that nobody types it twice."""

from referrals.asking import codes
from referrals.calls.carrying import put, split_name, way
from ui.times import local_time

ROUTES = {"self": ("direct", "self"), "professional": ("partner", "agency"), "other": ("", "")}


def carried(request):
    """The answered pages, and the pages that still need something, of the notes that this request opens."""
    said = request.said
    caller, about = said.get("caller", {}), said.get("about", {})
    answers = {"danger": {"danger": request.danger}, "received": {"received_at": request.asked_at.isoformat()}}
    unfinished = {}
    route, reporter = ROUTES[request.who]
    who = ", ".join(part for part in (caller.get("name"), caller.get("organisation"), caller.get("value")) if part)[:200]
    put(answers, unfinished, "route", {"route": route, "reporter": reporter, "reported_by": "" if request.who == "self" else who}, is_whole=bool(route))
    if account := _account(request):
        put(answers, unfinished, "account", {"account": account}, is_whole=False)  # who may read it is for the person to say
    name = caller.get("name", "") if request.who == "self" else about.get("name", "")
    put(answers, unfinished, "victim", _victim(request, name), is_whole=True)
    if request.who == "self" and caller.get("value") and request.reach_by != "none":
        answers["contact"] = {"any": "yes"}
        row = way(caller["value"], said.get("reach", {}), request.reach_by)
        if row.get("times") == "windows":
            unfinished["channels"] = {"rows": ["1"]} | {f"row-0-{field}": [value] for field, value in row.items()}
        else:
            answers["channels"] = {"rows": [row]}
    return answers, unfinished


def _account(request):
    """Their own words, and after them what they need to be talked with."""
    said = request.said
    needs = [codes.FORMATS[code] for code in request.formats] + [part for part in (said.get("needs", {}).get("language", ""),) if part]
    parts = [said.get("account", {}).get("text", ""), f"Language or format asked for: {'; '.join(needs)}" if needs else ""]
    return "\n\n".join(part for part in parts if part)


def _victim(request, name):
    given, family = split_name(name)
    if given:
        return {"given_name": given, "family_name": family}
    return {"description": f"Somebody asked in writing about them on {local_time(request.asked_at)}; no name was given"}
