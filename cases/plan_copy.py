"""What stands on a printed copy of a safety plan: neutral words, no place that the victim/survivor does not want on paper, in the pocket no names."""

from dataclasses import dataclass

from cases import plans
from cases.access import agencies_seeing
from cases.models import Address, Party
from cases.models.people import Role, Visibility
from cases.protected_places import places_of
from cases.rules import named_places
from cases.rules import plan as rules

FULL, POCKET = "full", "pocket"
COPIES = (FULL, POCKET)


@dataclass(frozen=True)
class Copy:
    """The words of one copy: (heading, text) for each section, the address where it is wanted, and the sections that are left out."""

    sections: list[tuple[str, str]]
    left_out: list[str]
    address: str = ""


def copy_of(case, plan, may, which):
    """The copy that somebody with these capabilities can print."""
    is_pocket = which == POCKET
    written = [code for code, text in plan.texts.items() if text]
    shown = rules.printed(written, may, wants_address=plan.wants_address, is_pocket=is_pocket)
    addresses = list(Address.objects.filter(case=case).select_related("party"))
    is_wanted = plan.wants_address and not is_pocket
    hidden = [] if is_wanted and "see_protected_address" in may else _lines_of(addresses)
    # Of a protected place not even the street without its number, which is how people write of it.
    protected = places_of(case) if hidden else []
    names, phrases = _names(case, plan) if is_pocket else ([], [])

    def printed(text):
        return rules.without_names(named_places.without_places(rules.without_places(text, hidden), protected, "(address)"), names, phrases)

    sections = [(rules.SECTIONS[code].printed, printed(plan.texts[code])) for code in shown]
    return Copy(sections, [rules.SECTIONS[code].label for code in written if code not in shown], _address(addresses, may) if is_wanted else "")


def _lines_of(addresses):
    return [line for address in addresses for line in [*address.lines.replace(",", "\n").split("\n"), address.postcode] if line.strip()]


def _address(addresses, may):
    """Where they live now, if the reader may see it."""
    for address in addresses:
        if address.party.role == Role.VICTIM and address.until_at is None and (address.visibility == Visibility.NORMAL or "see_protected_address" in may):
            return "\n".join(part for part in (address.lines, address.postcode) if part)
    return ""


def _names(case, plan):
    """Everybody whose name Waymark knows in this case, word by word; and the agencies and the case, as a whole."""
    people = [party.person for party in Party.objects.filter(case=case).select_related("person")]
    grants = list(agencies_seeing(case))
    names = [name for person in people for name in (person.given_name, person.family_name, person.also_known_as)]
    names += [plan.agreed_with, plan.finished_by.full_name, *(grant.worker.full_name for grant in grants if grant.worker)]
    return names, [case.reference, *(name for grant in grants for name in (grant.agency.name, grant.agency.short_name))]


def newest_with(case, may):
    """The version that holds, with both copies of it; None where there is no plan."""
    plan = plans.newest(case)
    return (plan, {which: copy_of(case, plan, may, which) for which in COPIES}) if plan else None
