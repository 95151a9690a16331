"""What a safety flag asks of whoever works on a case, which ways of contact it bars, and by whom it may be taken away (domain 8.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# A flag that nobody has looked at for a year is no longer known to hold, nor known not to.
LONGEST_REVIEW = timedelta(days=366)
# Why a flag is raised, kept or taken away must say something, not just fill a box.
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Kind:
    """One kind of flag: what it is called, what whoever works on the case must do, and the ways of contact that it bars."""

    label: str
    what_to_do: str
    bars: frozenset[str] = frozenset()


_VISIT, _LETTER = frozenset({"visit"}), frozenset({"letter"})

# In the order in which they are read: what can hurt somebody today stands first.
KINDS = {
    "staff_risk": Kind("Risk to staff", "Never meet alone. Agree with a manager who goes, where, and who rings if you are not back in time.", _VISIT),
    "weapons": Kind("Weapons", "Nobody goes to the home without the police knowing of it. If you see a weapon, leave and ring 999.", _VISIT),
    "no_home_visits": Kind("No home visits", "Meet somewhere else that is agreed. Nobody calls at the home.", _VISIT),
    "stalking": Kind("Stalking", "Change times and places. Look whether somebody follows you or them. Write down each sighting and tell the police."),
    "pairs": Kind("Visit in pairs", "Two workers go together, and somebody at the office knows when they are due back."),
    "others_present": Kind("Others may be present", "Make sure that they are alone before you say who you are, and again before you talk."),
    "dogs": Kind("Dogs at the home", "Ask them to shut the dogs away before you come in."),
    "no_letters": Kind("Do not send letters", "Nothing goes by post: no appointment, no form, no survey.", _LETTER),
}
_ORDER = {code: number for number, code in enumerate(KINDS)}


def in_order(codes: Iterable[str]) -> list[str]:
    """The kinds that stand, each once, what can hurt somebody today first."""
    return sorted(set(codes), key=_ORDER.__getitem__)


def reasons_barred(codes: Iterable[str], channel: str) -> list[str]:
    """Why this way of contact must not be used, because of the flags that stand; empty when none of them bars it."""
    return [f"Flag: {KINDS[code].label.lower()}. {KINDS[code].what_to_do}" for code in in_order(codes) if channel in KINDS[code].bars]


def reasons_stands_already(code: str, standing: Iterable[str]) -> list[str]:
    """Why a flag cannot be raised: the same kind stands, and two of a kind would be reviewed once."""
    return ["This flag stands already. Review it instead, and add what is new."] if code in set(standing) else []


def reasons_says_too_little(reason: str) -> list[str]:
    """Why a reason does not do."""
    return [] if len(reason.strip()) >= SHORTEST_REASON else [f"Say why, in {SHORTEST_REASON} characters or more."]


def reasons_review_impossible(review_on: date, today: date) -> list[str]:
    """Why nobody can be asked to review on that day."""
    if review_on <= today:
        return ["The review must be after today."]
    if review_on > today + LONGEST_REVIEW:
        return ["The review must be within a year."]
    return []


def is_review_due(review_on: date, today: date) -> bool:
    """Is it the day of the review, or after it?"""
    return today >= review_on


def is_review_overdue(review_on: date, today: date) -> bool:
    """Has the day of the review gone by?"""
    return today > review_on


def reasons_cannot_propose(is_removed: bool, has_open_proposal: bool) -> list[str]:
    """Why the removal of a flag cannot be proposed."""
    if is_removed:
        return ["This flag has been removed already."]
    if has_open_proposal:
        return ["Somebody has proposed this already. A second person decides."]
    return []


def reasons_cannot_decide(*, is_decided: bool, proposed_by: object, decider: object) -> list[str]:
    """Why this person cannot decide on the removal of a flag: it takes two people, whoever they are."""
    if is_decided:
        return ["Somebody has decided this already."]
    if proposed_by == decider:
        return ["You proposed it. Another person must decide: nobody takes a flag away alone."]
    return []
