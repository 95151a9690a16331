"""The pages of docs/generated/: roles, levels, clocks, verbs, states and settings, drawn from the tables in code."""

from agencies.capabilities import CAPABILITIES
from agencies.gate import VERBS
from agencies.policies import KEYS
from agencies.roles import ROLES
from cases import tasks  # noqa: F401 - what each minute's sweep does enters its verbs, which no page imports
from cases.actions import wording  # noqa: F401 - the command that loads a wording enters its verb, which no page imports
from cases.clocks import KINDS, TOLD
from cases.levels import LEVELS, levels_granting
from config.management.commands import change_keys  # noqa: F401 - likewise
from marac.rules import TRANSITIONS
from referrals import pathways, promises
from referrals import tasks as before_a_case  # noqa: F401 - likewise
from referrals.onward.rules import TRANSITIONS as OUT
from referrals.pathways.rules import BASES


def pages():
    """{file name: text} of every generated page."""
    return {"roles.md": roles(), "clocks.md": clocks(), "verbs.md": verbs(), "states.md": states(), "settings.md": numbers(), "../pathways.md": steps()}


def roles():
    """Who may do what: the ceiling of each role, and the level that a case capability needs besides."""
    lines = ["# Who may do what", "", "A person needs both: a role that allows it, and, for what concerns a case, a grant at one of the levels named. An exclusion beats both.", ""]
    for role in ROLES.values():
        lines += [f"## {role.label}", "", role.description, ""]
        for code in sorted(role.capabilities):
            capability = CAPABILITIES[code]
            needs = f" (grant: {', '.join(levels_granting(code))})" if capability.scope == "case" else ""
            lines.append(f"- {capability.label}{needs}")
        lines.append("")
    lines += ["## The levels of a grant", "", *_table(("level", "what it is"), [(code, label) for code, (label, _) in LEVELS.items()])]
    return _page(lines)


def clocks():
    """Each kind of promise, and who hears of it when."""
    rows = [(kind.label, kind.promise, _time(kind), kind.starts, kind.stops, kind.source) for kind in (*KINDS.values(), *promises.KINDS.values())]
    words = {"half": "half of the time is gone", "five_sixths": "five sixths of the time are gone", "breach": "the promise is missed", "day_after": "24 hours after that"}
    return _page(
        [
            "# Clocks",
            "",
            *_table(("clock", "promise", "default time", "starts", "stops", "source"), rows),
            "",
            "## Who hears of it",
            "",
            *_table(("when", "who"), [(words[stage], who.replace("_", " ")) for stage, who in TOLD.items()]),
        ]
    )


def _time(kind):
    return f"{kind.by_law.words} ({kind.law})" if kind.by_law else KEYS[kind.policy].default


def verbs():
    """Everything that can be done, as the audit log names it."""
    rows = [
        (verb.code, CAPABILITIES[verb.capability].label if verb.capability else "", verb.meaning, verb.where)
        for _, verb in sorted(VERBS.items())
        if not verb.code.startswith("test.")
    ]
    return _page(["# Verbs", "", "What the audit log can say, and the one place from which it says it.", "", *_table(("verb", "needs", "meaning", "where"), rows)])


def states():
    """The states of a MARAC referral and of a referral out, as diagrams."""
    lines = ["# States", "", "## A MARAC referral", "", "```mermaid", "stateDiagram-v2"]
    for state, following in TRANSITIONS.items():
        lines += [f"    {state} --> {to}: {verb}" for verb, to in sorted(following.items())]
    lines += ["```", "", "## A referral out to a service", "", "```mermaid", "stateDiagram-v2"]
    for state, following in OUT.items():
        lines += [f"    {state} --> {to}: {verb}" for verb, to in sorted(following.items())]
    return _page([*lines, "```"])


def steps():
    """Every step of every pathway, with its basis: what a reader of the policy checks against."""
    lines = ["# Pathways", "", "The steps that the case page shows, from the published files in `referrals/pathways/`. A case keeps the version with which it began."]
    for versions in pathways.published().values():
        for one in versions:
            rows = [(step.id, step.title, step.who, _step_time(step.due), ", ".join(step.done_by) or "by hand", f"{BASES[step.basis]} ({step.source})") for step in one.steps]
            lines += ["", f"## {one.label}, version {one.version}", "", one.about, "", *_table(("step", "what", "who", "by when", "completed by", "basis"), rows)]
    return _page(lines)


def _step_time(due):
    if due is None:
        return ""
    if due.policy:
        return f"{KEYS[due.policy].default} after {due.after} ({due.policy})"
    return due.words or (f"the clock `{due.clock}`" if due.clock else f"the action `{due.task}`" if due.task else f"{due.days} days after {due.after} ({due.law})")


def numbers():
    """The numbers that agencies or the partnership agree, with their defaults."""
    rows = [(code, key.label, key.default, key.scope, key.source) for code, key in KEYS.items()]
    return _page(["# Settings with a date", "", *_table(("key", "what", "default", "set by", "source"), rows)])


def _table(head, rows):
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def _page(lines):
    return "\n".join(lines).rstrip() + "\n"
