"""Who may come to a programme, and what must have been done before: values in, reasons out. F9 is the table of tests/referrals/test_programme_rules.py."""

from dataclasses import dataclass
from datetime import date

KNOWN = {"yes": "Yes", "no": "No", "unknown": "Not known"}
REFERRERS = {"self": "They come themselves", "professional": "A professional", "family": "Family or a friend", "court": "A court or probation"}
LEVELS = {"standard": "Standard", "medium": "Medium", "high": "High"}
# state: {what is done: the state after it}
TRANSITIONS = {
    "referred": {"suit": "suitable", "refuse": "unsuitable", "withdraw": "withdrawn"},
    "suitable": {"start": "started", "withdraw": "withdrawn"},
    "started": {"finish": "finished", "leave": "left"},
}
STATES = {
    "referred": "To be decided", "suitable": "Suitable, not begun", "unsuitable": "Not suitable", "started": "Begun", "finished": "Finished", "left": "Left early",
    "withdrawn": "Taken back",
}
STEPS = {"suit": "Suitable", "refuse": "Not suitable", "start": "It has begun", "finish": "It is finished", "leave": "They left early", "withdraw": "It is taken back"}


@dataclass(frozen=True)
class Programme:
    """One programme: whom it takes, and what rules somebody out."""

    code: str
    name: str
    weeks: int
    levels: list[str]
    how: str
    asks_age: bool = False
    refuse_police_case: bool = False
    refuse_bail: bool = False
    refuse_investigation: bool = False
    needs_abuse: bool = False
    needs_recognition: bool = False
    needs_willing: bool = False
    by_professionals_only: bool = False


def age_on(born: date, day: date) -> int:
    """How old somebody is on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def reasons_not_eligible(
    programme: Programme, *, born: date, day: date, minimum_age: int, level: str, on_bail: str, under_investigation: str, police_case: str, is_abusive: str, recognises: str,
    is_willing: str, referrer: str,
) -> dict[str, str]:
    """Why somebody cannot come to a programme, by the question that rules them out. Nobody overrides these."""
    name, reasons = programme.name, {}
    if born > day:
        reasons["date_of_birth"] = "This day is in the future."
    elif programme.asks_age and (age := age_on(born, day)) < minimum_age:
        reasons["date_of_birth"] = f"{name} takes people from {minimum_age} years on, and they are {age}."
    if level not in programme.levels:
        reasons["level"] = f"{name} takes {' and '.join(programme.levels)} risk only."
    ruled_out = (
        ("on_bail", on_bail, programme.refuse_bail, "anybody who is on bail"),
        ("under_investigation", under_investigation, programme.refuse_investigation, "anybody who is under investigation"),
        ("police_case", police_case, programme.refuse_police_case, "anybody while a police case goes on"),
    )
    for field, answer, refuses, whom in ruled_out:
        if refuses and answer == "yes":
            reasons[field] = f"{name} does not take {whom}."
        elif refuses and answer != "no":
            reasons[field] = f"{name} does not take {whom}. Find out first."
    wanted = (
        ("is_abusive", is_abusive, programme.needs_abuse, "have been abusive to a partner or former partner"),
        ("recognises", recognises, programme.needs_recognition, "recognise some of what they have done"),
        ("is_willing", is_willing, programme.needs_willing, "are willing to change"),
    )
    for field, answer, wants, who in wanted:
        if wants and answer != "yes":
            reasons[field] = f"{name} is for people who {who}."
    if programme.by_professionals_only and referrer in ("self", "family"):
        reasons["referrer"] = f"{name} takes people from professionals and courts only."
    return reasons


def reasons_not_asked(has_agreed: bool | None) -> dict[str, str]:
    """Why nobody is referred who does not know of it: a call out of the blue would tell him who has spoken."""
    return {} if has_agreed else {"has_agreed": "Only refer somebody who has been asked, and has agreed. Speak with whoever supports the victim/survivor first."}


def reasons_step(state: str, step: str, is_supported: bool, why: str) -> dict[str, str]:
    """Why a step cannot be recorded."""
    if step not in TRANSITIONS.get(state, {}):
        return {"step": "This has moved on since. Read where it stands."}
    if step == "start" and not is_supported:
        return {"step": "Linked support must be recorded before it can begin."}
    if step in ("suit", "refuse", "leave", "withdraw") and not why.strip():
        return {"said": "Say why."}
    return {}


def reasons_support(state: str, is_supported: bool) -> list[str]:
    """Why linked support cannot be recorded."""
    if state not in ("referred", "suitable"):
        return ["This has moved on since. Read where it stands."]
    return ["It is recorded already."] if is_supported else []
