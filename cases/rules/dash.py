"""What the answers of a DASH add up to, what they suggest, and why one cannot be signed or a lower level decided."""

from collections.abc import Iterable, Mapping

YES, NO, DONT_KNOW = "yes", "no", "dont_know"
SAID = (YES, NO, DONT_KNOW)
GRADES = ("none", "standard", "moderate", "high")  # of the severity grid, from the least up
MOMENTS = ("intake", "review", "exit")  # at which a grid is taken
_ANY = {*SAID, *GRADES, *MOMENTS}
STANDARD, MEDIUM, HIGH = LEVELS = ("standard", "medium", "high")  # from the lowest up
SCORE, JUDGEMENT, ESCALATION, REPEAT = BASES = ("score", "judgement", "escalation", "repeat")
HELD = "held"  # nobody's choice: the level that the case had goes on until a second person has decided
RATIONALE_LEAST = 50  # characters, where judgement alone makes it high


def score(answers: Mapping[int, str]) -> int:
    """How many items were answered Yes. Nothing else counts; Don't know is not No, and not Yes either."""
    return sum(said == YES for said in answers.values())


def suggested_level(points: int, high_from: int, medium_from: int) -> str:
    """The level that the bands suggest for a score."""
    if points >= high_from:
        return HIGH
    return MEDIUM if points >= medium_from else STANDARD


def is_lower(level: str, than: str) -> bool:
    """Is one level lower than another? Nothing is lower than "": not assessed yet."""
    return bool(than) and LEVELS.index(level) < LEVELS.index(than)


def floor(suggested: str, current: str) -> str:
    """The lowest level that one person may sign: what the score suggests, or the case's level now ("" where it has none) if that is higher."""
    return current if is_lower(suggested, current) else suggested


def unanswered(answers: Mapping[int, str], numbers: Iterable[int]) -> list[int]:
    """The items that still need an answer."""
    return [number for number in numbers if answers.get(number) not in _ANY]


def present(factors, answers: Mapping[int, str]) -> list:
    """The critical factors that the answers show: every item of `all` is Yes and, where `any` names items, one of those."""
    yes = {number for number, said in answers.items() if said == YES}
    return [factor for factor in factors if factor.all <= yes and (not factor.any or factor.any & yes)]


def reasons_unanswered(answers: Mapping[int, str], numbers: Iterable[int]) -> list[str]:
    """Why the answers are not complete."""
    missing = unanswered(answers, numbers)
    if not missing:
        return []
    words = ", ".join(map(str, missing))
    return [f"Answer item {words} first." if len(missing) == 1 else f"Answer items {words} first."]


def reasons_level_unfit(final: str) -> list[str]:
    """Why this cannot be the final level."""
    return [] if final in LEVELS else ["Select the final level."]


def reasons_basis_unfit(final: str, suggested: str, basis: str) -> list[str]:
    """Why this cannot be what decided the level."""
    if basis not in BASES:
        return ["Select what decided the level."]
    if basis == SCORE and final != suggested:
        return [f"The score suggests {suggested}. Select what else decided the level."]
    if basis != JUDGEMENT and is_lower(final, suggested):
        return ["Only professional judgement can set a level below the suggested one."]
    return []


def reasons_rationale_short(final: str, suggested: str, basis: str, rationale: str, current: str = "") -> list[str]:
    """Why the written reason is not enough. `current` is the case's level now: whoever decides on a lower one reads why."""
    written = len(rationale.strip())
    if basis == JUDGEMENT and final == HIGH and suggested != HIGH:
        if written >= RATIONALE_LEAST:
            return []
        return [f"Your judgement alone makes this high. Say why, in {RATIONALE_LEAST} characters or more."]
    if not written and (final != suggested or basis == JUDGEMENT or is_lower(final, current)):
        return ["Say why you decided on this level."]
    return []


def reasons_cannot_sign(
    *, answers: Mapping[int, str], numbers: Iterable[int], suggested: str, final: str, basis: str, rationale: str, current: str = "",
    is_signed: bool = False,
) -> list[str]:
    """Why an assessment cannot be signed with this level; empty when it can."""
    if is_signed:
        return ["This assessment has been signed. It cannot be changed."]
    reasons = reasons_unanswered(answers, numbers) + reasons_level_unfit(final)
    if final not in LEVELS:
        return reasons
    return reasons + reasons_basis_unfit(final, suggested, basis) + reasons_rationale_short(final, suggested, basis, rationale, current)


def level_at_signing(final: str, suggested: str, current: str) -> tuple[str, str]:
    """The level that holds once signed, and the lower one that waits for a second person ("" where none waits)."""
    lowest = floor(suggested, current)
    return (lowest, final) if is_lower(final, lowest) else (final, "")


def basis_at_signing(basis: str, proposed: str, holds: str, suggested: str) -> str:
    """What the level that holds rests on: the assessor's word or, while a lower one waits, the score or else the level that the case had."""
    if not proposed:
        return basis
    return SCORE if holds == suggested else HELD


def basis_once_approved(proposed: str, suggested: str) -> str:
    """What a lower level rests on once a second person has approved it."""
    return SCORE if proposed == suggested else JUDGEMENT


def reasons_cannot_decide(*, proposed: str, is_decided: bool, signed_by: object, decider: object, reason: str) -> list[str]:
    """Why this person cannot decide on a proposed lower level; empty when they can."""
    if not proposed:
        return ["No lower level was proposed."]
    if is_decided:
        return ["This has been decided already."]
    if decider == signed_by:
        return ["Another person must decide: nobody approves their own lower level."]
    return [] if reason.strip() else ["Say why."]
