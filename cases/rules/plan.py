"""What a safety plan can say (domain 6), who reads which part of it, what changed between two versions, and what a printed copy leaves out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 4000
# Whoever agreed to nothing, or was not asked, has a reason that the next reader must know.
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Section:
    """One thing that a plan can say. `printed` is its heading on a copy: whoever finds the paper learns little from it.

    `needs` is what a reader must hold besides reading the case: a number or a place is as protected here as anywhere else.
    """

    label: str
    hint: str
    printed: str
    part: int
    needs: str = ""
    in_pocket: bool = False
    is_place: bool = False


# The pages of a draft, by number, so that no address says what it is about.
PARTS = {
    1: "If something happens now",
    2: "Home and around it",
    3: "Children, work and school",
    4: "Money, telephones and papers",
    5: "What to look out for, and what helps",
}
SECTIONS = {
    "danger": Section("If they are in danger", "What they do first, whom they ring, what they say. 999, and 55 if they cannot speak.", "If I need help at once", 1, in_pocket=True),
    "phone": Section(
        "Safe telephone and code word", "Which telephone they can use, where it is, and the word that tells somebody to send help.", "Telephone", 1,
        needs="see_contact_number", in_pocket=True,
    ),
    "escape": Section("Way out, and the bag", "Doors, windows and stairs; what is packed, and who keeps it.", "Way out, and the bag", 1, in_pocket=True),
    "safe_place": Section(
        "Safe place", "Where they go, day and night. The only part of the plan in which an address belongs.", "Where I can go", 1,
        needs="see_protected_address", in_pocket=True, is_place=True,
    ),
    "transport": Section("Transport", "How they get there: keys, fuel, fares, somebody who drives.", "Getting there", 1, in_pocket=True),
    "locks": Section("Locks and security", "Locks, lights, alarms, a fire check, who has keys.", "Doors and windows", 2),
    "neighbours": Section("Neighbours", "Who can be told, and what they do when they hear something.", "Neighbours", 2),
    "pets": Section("Pets", "Who takes them, and when.", "Pets", 2),
    "children": Section("Children", "What each child knows and does; whom they ring; the word that means go.", "Children", 3, in_pocket=True),
    "child_contact": Section(
        "Contact with the alleged perpetrator about the children", "Handing over, calls, what a court has said, who goes along.", "Arrangements for the children", 3,
    ),
    "work_school": Section("Work, college and school", "Who knows there, the way there and back, what reception says.", "Work and school", 3),
    "online": Section("Devices, accounts and location", "Shared accounts, passwords, location sharing, cameras, the car.", "Telephone, computer and accounts", 4),
    "money": Section("Joint accounts and benefits", "An account of their own, cash, benefits paid to them.", "Money", 4),
    "orders": Section("Orders that they carry", "Each order: of which court, until when, and where the paper is.", "Papers to carry", 4, in_pocket=True),
    "triggers": Section(
        "What sets the alleged perpetrator off, and where they are", "Days, places and signs; where they live, work and wait.", "What to look out for", 5,
    ),
    "coping": Section("Getting through it", "What helps on a bad day, and who can be rung.", "Looking after myself", 5, in_pocket=True),
}


def sections_of(part: int) -> list[str]:
    """The sections of one page of a draft."""
    return [code for code, section in SECTIONS.items() if section.part == part]


def may_read(code: str, may: Iterable[str]) -> bool:
    """May somebody with these capabilities read this section, or write it?"""
    return not SECTIONS[code].needs or SECTIONS[code].needs in set(may)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What happened to each section that differs between two versions: added, changed or taken out."""
    found = {}
    for code in SECTIONS:
        was, now = before.get(code, ""), after.get(code, "")
        if was != now:
            found[code] = "added" if not was else "taken out" if not now else "changed"
    return found


def reasons_says_nothing(texts: Mapping[str, str]) -> list[str]:
    """Why a plan cannot be finished: there is nothing in it."""
    return [] if any(text.strip() for text in texts.values()) else ["Write down at least one thing before you finish the plan."]


def reasons_agreement_unclear(is_agreed: bool, agreed_with: str, has_day: bool, why_not: str) -> list[str]:
    """Why it is not clear whether the victim/survivor agreed to the plan: it is theirs, so who asked and when, or why nobody did, is part of it."""
    if is_agreed and not (has_day and agreed_with.strip()):
        return ["Say when they agreed to it, and who went through it with them."]
    if not is_agreed and len(why_not.strip()) < SHORTEST_REASON:
        return [f"Say why it is not agreed with them, in {SHORTEST_REASON} characters or more."]
    return []


def reasons_copy_unclear(has_copy: bool, copy_kept: str) -> list[str]:
    """Why a copy cannot be recorded as given: nobody gives one without having asked where it is safe."""
    return ["Say where the copy is kept, and why it is safe there."] if has_copy and len(copy_kept.strip()) < SHORTEST_REASON else []


def wants_plan(risk_level: str, has_plan: bool) -> bool:
    """Is there no plan where there should be one? At medium and at high risk there is one (domain 6)."""
    return risk_level in ("high", "medium") and not has_plan


def review_setting(risk_level: str) -> str:
    """Which dated setting says how soon a plan is reviewed. Where nobody has assessed the risk, it counts as high."""
    return f"plan.review_days_{risk_level or 'high'}"


def printed(codes: Iterable[str], may: Iterable[str], *, wants_address: bool, is_pocket: bool) -> list[str]:
    """The sections that stand on a printed copy: what the reader may read, and no place unless the victim/survivor wants it on paper."""
    return [
        code for code in codes
        if may_read(code, may) and (wants_address or not SECTIONS[code].is_place) and (SECTIONS[code].in_pocket or not is_pocket)
    ]


def without_names(text: str, names: Iterable[str], phrases: Iterable[str] = ()) -> str:
    """The text with each of these names as its first letter alone, however it is written: a lost paper names nobody.

    Of `names` every word counts, of `phrases` (an agency, say, which is called Police) only the whole.
    """
    words = {word for name in names for word in re.findall(r"\w+", name) if len(word) > 1}
    wholes = {" ".join(phrase.split()) for phrase in phrases if len(phrase.strip()) > 1}
    patterns = [re.escape(one).replace(r"\ ", r"\s+") for one in sorted(words | wholes, key=len, reverse=True)]
    if not patterns:
        return text
    # Not inside a longer word: Ann is taken out, an anniversary stays.
    return re.sub(r"(?<!\w)(" + "|".join(patterns) + r")(?!\w)", lambda found: f"{found[0][0].upper()}.", text, flags=re.IGNORECASE)


def without_places(text: str, places: Iterable[str]) -> str:
    """The text with each of these address lines and postcodes left out, however they are spaced."""
    for place in sorted({" ".join(place.split()) for place in places}, key=len, reverse=True):
        if len(place) > 3:
            # A postcode is written with its space and without.
            pattern = r"\s*".join(map(re.escape, place.replace(" ", ""))) if re.fullmatch(r"[A-Za-z]{1,4}\d\w? ?\d\w\w", place) else re.escape(place).replace(r"\ ", r"\s+")
            text = re.sub(pattern, "(address)", text, flags=re.IGNORECASE)
    return text
