"""The people of a case as its page shows them: who, how old, in what relation, and as much of where they live as the reader may see."""

from dataclasses import dataclass
from datetime import date

from cases.compiled import instant
from cases.models.people import Relationship, Role, Visibility
from cases.rules.clocks import LONDON
from cases.rules.people import age_on

_ROLE_ORDER = {Role.VICTIM: 0, Role.CHILD: 1, Role.ADULT: 2, Role.PERPETRATOR: 3}


@dataclass(frozen=True)
class PersonRow:
    """A person on the case, with the address that this reader may see."""

    party_id: int
    role: str
    role_label: str
    name: str
    also_known_as: str
    age: str
    relationship: str
    address: str = ""
    is_address_hidden: bool = False
    has_address: bool = False
    marks: tuple = ()
    is_reachable: bool = False  # has a page of ways of contact of their own


def people(at, read, marks):
    """The rows of what was read of a case: the victim/survivor first, the alleged perpetrator last. `marks` are those that the reader may see, by party."""
    addresses = {
        row["party_id"]: (row["visibility"] != Visibility.NORMAL, ", ".join(filter(None, [*(row["shown_lines"] or "").split("\n"), row["shown_postcode"]])))
        for row in read.get("addresses", [])
    }
    day = at.astimezone(LONDON).date()
    rows = [_person(row, addresses, day, marks.get(row["id"], ())) for row in read["people"]]
    return sorted(rows, key=lambda row: (_ROLE_ORDER[row.role], row.party_id))


def _person(row, addresses, day, marks):
    is_hidden, address = addresses.get(row["id"], (False, ""))
    relationship = row["relationship"] if row["role"] != Role.VICTIM else Relationship.UNKNOWN
    return PersonRow(
        row["id"], row["role"], Role(row["role"]).label, " ".join(filter(None, (row["person__given_name"], row["person__family_name"]))) or "Name not known",
        row["person__also_known_as"],
        age_in_words(
            row["person__date_of_birth"], row["person__approximate_age"], instant(row["person__recorded_at"]), row["is_unborn"],
            _day(row["expected_on"]), day,
        ),
        Relationship(relationship).label if relationship != Relationship.UNKNOWN else "", address, is_hidden, row["id"] in addresses, marks,
        row["role"] in (Role.CHILD, Role.ADULT) and not row["is_unborn"],
    )


def _day(text):
    return date.fromisoformat(text) if text else None


def age_in_words(born, approximate_age, recorded_at, is_unborn, expected_on, day):
    """How old somebody is, as far as it is known."""
    if is_unborn:
        return f"Not yet born, expected {expected_on.day} {expected_on:%B %Y}" if expected_on else "Not yet born"
    if born:
        years = age_on(born, day)
        if years >= 2:
            return f"{years} years old"
        months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
        return f"{months} month{'' if months == 1 else 's'} old"
    if approximate_age is not None:
        local = recorded_at.astimezone(LONDON)
        return f"About {approximate_age} years old on {local.day} {local:%B %Y}"
    return "Age not known"
