"""What must be said when a case is closed, and what counts as a risk that fell (domain 6: exit, closure reasons, outcomes; SEED-095)."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

SHORTEST_REASON = 10

# Where somebody goes on to. "none" stands alone.
ONWARD = {
    "outreach": "Outreach service",
    "idva": "IDVA service elsewhere",
    "refuge": "Refuge or safe accommodation",
    "group": "Group programme",
    "counselling": "Counselling or therapy",
    "isva": "Sexual violence service",
    "childrens": "Children’s services",
    "adult": "Adult social care",
    "health": "Health or mental health",
    "substance": "Drugs and alcohol service",
    "housing": "Housing",
    "legal": "Legal or immigration advice",
    "money": "Money and benefits advice",
    "police": "Police",
    "other": "Another service",
    "none": "Nowhere: no referral was needed or wanted",
}

_YES_NO = {"yes": "Yes", "no": "No", "same": "No change", "unknown": "Not known, or not asked"}


@dataclass(frozen=True)
class Measure:
    """One outcome at exit: the question, and what may be answered."""

    question: str
    answers: Mapping[str, str]


# SafeLives Insights-style (domain 6, OWN-M). Not known stands apart from no.
MEASURES = {
    "abuse": Measure(
        "Has the abuse stopped?",
        {"ceased": "It has stopped", "reduced": "It is less", "same": "It is the same", "worse": "It is worse", "unknown": "Not known, or not asked"},
    ),
    "safer": Measure("Do they feel safer?", _YES_NO),
    "confident": Measure("Do they feel more confident?", _YES_NO),
    "life": Measure("Is their life better?", _YES_NO),
    "contact": Measure("Is contact with the alleged perpetrator safe?", {"none": "There is no contact", "yes": "Yes", "no": "No", "unknown": "Not known, or not asked"}),
    "home": Measure("Is their housing stable?", {"yes": "Yes", "no": "No", "unknown": "Not known, or not asked"}),
    "children": Measure("Are the children safer?", {"yes": "Yes", "no": "No", "none": "There are no children", "unknown": "Not known, or not asked"}),
}

# Nobody is left to ask, or it was never a case of its own.
NOTHING_ASKED = frozenset({"deceased", "duplicate"})
# They went on to somebody else: to whom belongs to it.
GOES_SOMEWHERE = frozenset({"stepped_down", "transferred"})
_ORDER = {"standard": 1, "medium": 2, "high": 3}


def reasons_incomplete(
    closing_reason: str, *, is_planned: bool | None, housing: str, safeguarding: str, onward: Iterable[str], onward_note: str, has_exit_dash: bool,
    no_exit_dash_reason: str, outcomes: Mapping[str, str], survey: str, has_survey_contact: bool,
) -> dict[str, str]:
    """What still has to be said before a case is closed for this reason, by question; empty when nothing is missing."""
    if closing_reason in NOTHING_ASKED:
        return {}
    reasons, onward = {}, set(onward)
    if is_planned is None:
        reasons["is_planned"] = "Say whether it was planned."
    if not housing:
        reasons["housing"] = "Say what came of the help with housing."
    if not safeguarding:
        reasons["safeguarding"] = "Say what came of safeguarding."
    if not onward:
        reasons["onward"] = "Say where they were referred on to, or that they were not."
    elif "none" in onward and len(onward) > 1:
        reasons["onward"] = "Choose either the services or “Nowhere”, not both."
    elif onward == {"none"} and closing_reason in GOES_SOMEWHERE:
        reasons["onward"] = "They go on to somebody else: say to whom."
    if "other" in onward and not onward_note.strip():
        reasons["onward_note"] = "Say which service it is."
    if not has_exit_dash and len(no_exit_dash_reason.strip()) < SHORTEST_REASON:
        reasons["no_exit_dash_reason"] = f"Assess the risk before closing, or say why not, in {SHORTEST_REASON} characters or more."
    for code, measure in MEASURES.items():
        if outcomes.get(code) not in measure.answers:
            reasons[code] = "Choose an answer. “Not known” is one."
    if not survey:
        reasons["survey"] = "Say whether they may be asked how it was."
    elif survey == "yes" and not has_survey_contact:
        reasons["survey_contact"] = "Choose a way that is safe."
    return reasons


def has_fallen(at_start: str, at_exit: str) -> bool | None:
    """Is the risk lower than when it was first assessed? None where one of the two is not known."""
    if at_start not in _ORDER or at_exit not in _ORDER:
        return None
    return _ORDER[at_exit] < _ORDER[at_start]


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def is_recent(signed_at: datetime | None, at: datetime, days: int) -> bool:
    """Was an assessment signed so lately that it says how things are at the end?"""
    return signed_at is not None and (at - signed_at).days < days
