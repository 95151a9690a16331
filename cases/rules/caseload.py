"""How full a worker's hands are, and what must be said before cases change hands (domain 6: caseload)."""

OVER, FULL, ROOM = "over", "full", "room"
SHORTEST_REASON = 10


def standing(open_cases: int, limit: int) -> str:
    """Does a worker hold more open cases than was agreed, exactly as many, or fewer?"""
    if open_cases > limit:
        return OVER
    return FULL if open_cases == limit else ROOM


def in_words(open_cases: int, limit: int) -> str:
    """The same in words: what stands beside the number, so that nobody has to compare."""
    if open_cases > limit:
        return f"Overloaded: {open_cases - limit} over the limit of {limit}"
    return f"At the limit of {limit}" if open_cases == limit else f"Room for {limit - open_cases} more"


def reasons_says_too_little(reason: str) -> list[str]:
    """Why a reason for moving cases does not do: whoever reads the case later must learn something from it."""
    return [] if len(reason.strip()) >= SHORTEST_REASON else [f"Say why they change hands, in {SHORTEST_REASON} characters or more."]
