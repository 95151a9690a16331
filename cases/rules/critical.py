"""Critical factors: what can mean high risk whatever the score (domain 1.5). They speak up; they never lower anything and never decide."""

from collections.abc import Iterable

from cases.rules import dash

# What a practitioner can tick, because it was said or seen though no item says it. The codes that a question set computes are the same.
FACTORS = {
    "strangulation": "Strangulation or suffocation, ever",
    "threats_to_kill": "Threats to kill",
    "separation_control_violence": "Separation, control, and physical or sexual violence together",
    "stalking": "Stalking or harassment",
    "escalation": "Happening more often, or getting worse",
    "own_view": "The victim/survivor believes that they are in grave danger",
    "honour": "So-called honour-based abuse or forced marriage",
}


def together(computed: Iterable[str], ticked: Iterable[str]) -> list[str]:
    """The factors that are there, by an answer or by a tick: each once, those of the answers first."""
    return list(dict.fromkeys([*computed, *(code for code in FACTORS if code in set(ticked))]))


def words(suggested: str, present: Iterable[str]) -> str:
    """What stands beside the decision; "" where no factor is there."""
    present = list(present)
    if not present:
        return ""
    many = f"{len(present)} critical factors are" if len(present) > 1 else "A critical factor is"
    if suggested == dash.HIGH:
        return f"{many} present, and the score suggests high as well."
    return f"{many} present. Think of high, whatever the score: it suggests {suggested}. If you decide on less, say why."


def reasons_unknown(ticked: Iterable[str]) -> list[str]:
    """Why these ticks cannot be kept."""
    return ["This critical factor is not known."] if set(ticked) - set(FACTORS) else []
