"""When two records of one person may become one, and what the one then says. Values in, reasons or values out.

Never across victim/survivor and alleged perpetrator: whatever leads from one record to the other would lead one side to the other's contact details
(domain 8.4, bad input).
"""

from collections.abc import Iterable, Mapping

from cases.rules.spelling import folded

# Asked of people where both records know it and differ; what one alone knows is kept without asking.
ASKED = ("given_name", "family_name", "date_of_birth", "sex")
FACTS = (*ASKED, "also_known_as", "approximate_age", "recorded_at")
KEPT, ABSORBED = "kept", "absorbed"
LONGEST = 200
# Why these two cannot be put together here, where the true reason may be a case that one of the two people must not learn of.
NOT_HERE = "These two records cannot be put together here. If they are certainly one person, tell the agency that leads this case."
_UNKNOWN = (None, "", "unknown")


def to_ask(kept: Mapping, absorbed: Mapping) -> list[str]:
    """The facts in which the two records differ and neither is silent."""
    return [name for name in ASKED if kept[name] not in _UNKNOWN and absorbed[name] not in _UNKNOWN and kept[name] != absorbed[name]]


def merged(kept: Mapping, absorbed: Mapping, holds: Mapping[str, str]) -> dict:
    """What the one record says. A name that does not hold becomes one by which they are also known, so that it still finds them."""
    sides = {KEPT: kept, ABSORBED: absorbed}
    facts = {name: sides[holds.get(name, KEPT if kept[name] not in _UNKNOWN else ABSORBED)][name] for name in ASKED}
    aged = kept if kept["approximate_age"] is not None or absorbed["approximate_age"] is None else absorbed
    facts["approximate_age"] = None if facts["date_of_birth"] else aged["approximate_age"]
    facts["recorded_at"] = aged["recorded_at"] if facts["approximate_age"] is not None else kept["recorded_at"]
    facts["also_known_as"] = _known_as(_name(facts), kept, absorbed)
    return facts


def restored(now: Mapping, written: Mapping, before: Mapping) -> dict:
    """What the record says once a merge is undone: as before it, except where somebody has changed it since."""
    return {name: before[name] if now[name] == written[name] else now[name] for name in FACTS}


def reasons_not_one_person(roles: Iterable[str], other_roles: Iterable[str], cases: Iterable[int], other_cases: Iterable[int]) -> list[str]:
    """Why two records must stay two."""
    roles, other_roles = set(roles), set(other_roles)
    if ("victim" in roles and "perpetrator" in other_roles) or ("perpetrator" in roles and "victim" in other_roles):
        return ["One of them is recorded as a victim/survivor and the other as an alleged perpetrator. Such records stay apart: no contact details may reach the other side."]
    if set(cases) & set(other_cases):
        return ["Both stand in the same case. A person stands in a case once."]
    return []


def reasons_says_too_little(reason: str) -> list[str]:
    """Why a reason is none."""
    return [] if len(reason.split()) >= 3 else ["Say how you know, in a few words."]


def reasons_cannot_decide(is_decided: bool, proposed_by: int, decider: int) -> list[str]:
    """Why this person cannot decide on a proposal now."""
    if is_decided:
        return ["Somebody has decided this already."]
    return ["You proposed this. Another person must decide."] if proposed_by == decider else []


def reasons_cannot_withdraw(is_decided: bool, proposed_by: int, reader: int) -> list[str]:
    """Why this person cannot take a proposal back now."""
    if is_decided:
        return ["Somebody has decided this already."]
    return [] if proposed_by == reader else ["Only whoever proposed this can take it back."]


def _name(facts):
    return " ".join(part for part in (facts["given_name"], facts["family_name"]) if part)


def _known_as(name, kept, absorbed):
    said = [kept["also_known_as"], absorbed["also_known_as"], _name(kept), _name(absorbed)]
    found, seen = "", {folded(name), ""}
    for words in said:
        longer = f"{found}; {words}" if found else words
        if folded(words) not in seen and len(longer) <= LONGEST:
            found = longer
            seen.add(folded(words))
    return found
