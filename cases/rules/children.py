"""Who counts as a child on a day, what a decision about one needs, and what is asked twice before it is believed (domain section 12, 2021 Act s3)."""

from datetime import date, datetime

from cases.rules.clocks import LONDON
from cases.rules.named_places import names_a_place
from cases.rules.people import age_on

ADULT = 18
VICTIM, NOT_AFFECTED = "victim", "not_affected"
SHORTEST_REASON = 20
# DVRIM (Barnardo's), used beside the DASH (SEED-156): what each step of the scale asks for.
SCALE = {
    1: "Moderate: early help", 2: "Moderate to serious: early help", 3: "Serious: child in need (section 17), safeguarding may be needed",
    4: "Severe: enquiry (section 47)",
}
SERIOUS, SEVERE = 3, 4
YOUNG = 7


def age_known(born: date | None, approximate: int | None, recorded_at: datetime, day: date) -> int | None:
    """Full years on a day, as well as they are known: an approximate age grows with the years since somebody wrote it down."""
    if born:
        return age_on(born, day)
    if approximate is None:
        return None
    return approximate + max(0, age_on(recorded_at.astimezone(LONDON).date(), day))


def is_child(age: int | None, is_unborn: bool) -> bool:
    """Under 18, as far as anybody knows: who may be a child is treated as one, and the unborn are."""
    return is_unborn or age is None or age < ADULT


def reasons_age_unlikely(role: str, is_unborn: bool, age: int | None, victim_age: int | None) -> list[str]:
    """What is asked beside the field about somebody added as a child: it can be so, but is more often a slip."""
    if role != "child" or is_unborn or age is None:
        return []
    if victim_age is not None and age >= victim_age:
        return ["This child would be as old as the victim/survivor, or older. Check the date or age, or say below that it is right."]
    if age >= ADULT:
        return [f"This person is {ADULT} or over, so they are not a child in law. Add them as another adult at risk, or say below that it is right."]
    return []


def reasons_decision(decision: str, effects: int, reason: str, is_under_age: bool) -> dict[str, str]:
    """Why a decision about a child cannot stand, by the question that the reason belongs to. `effects`: how many of saw, heard, felt."""
    if decision == VICTIM and not is_under_age:
        return {"decision": f"Only somebody under {ADULT} is a child victim in law. Treat them as an adult at risk."}
    if decision == VICTIM and not effects:
        return {"effects": "Select whether they saw it, heard it, or felt its effects."}
    if decision == NOT_AFFECTED and effects:
        return {"effects": "A child who saw it, heard it or felt its effects is affected. Change one of the two answers."}
    if decision == NOT_AFFECTED and len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why they are not affected, in {SHORTEST_REASON} characters or more."}
    return {}


def threshold(scale: int, age: int | None, is_unborn: bool, has_special_needs: bool) -> int:
    """The step that counts: under seven, not yet born, or with special needs, a child is a step more at risk than was judged."""
    is_young = is_unborn or (age is not None and age < YOUNG)
    return min(SEVERE, scale + 1) if is_young or has_special_needs else scale


def reasons_risk(scale: int, reason: str, is_under_age: bool) -> dict[str, str]:
    """Why a judgement about a child's own risk cannot stand."""
    if not is_under_age:
        return {"scale": f"This scale is for somebody under {ADULT}."}
    if scale not in SCALE:
        return {"scale": "Choose one of the answers listed."}
    if len(reason.strip()) < SHORTEST_REASON:
        return {"reason": f"Say why, in {SHORTEST_REASON} characters or more."}
    return {}


def needs_decision(is_under_age: bool, decision: str) -> bool:
    """Does somebody still have to decide about this child?"""
    return is_under_age and not decision


def should_ask(children: int, answer: str) -> bool:
    """Has nobody asked about children yet, or has nobody learnt it? Children on the case answer it."""
    return not children and answer not in ("yes", "no")


def should_add(children: int, answer: str) -> bool:
    """There are children, and none is on the case."""
    return not children and answer == "yes"


def reasons_names_place(texts: dict[str, str], places: list[tuple[str, str]]) -> dict[str, str]:
    """The texts that every partner reads and that name a place which not every partner may see (domain 8.3)."""
    words = "This names a protected place of this case, such as the school. Leave it out: partners who may not see it read this."
    return {field: words for field, text in texts.items() if text and names_a_place(text, places)}


def reasons_seen_impossible(seen_on: date | None, today: date) -> dict[str, str]:
    """A child cannot have been seen in the future."""
    return {"seen_on": "This must be today or in the past."} if seen_on and seen_on > today else {}
