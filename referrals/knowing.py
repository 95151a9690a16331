"""Is the person whom a draft speaks of known already? What its answers say of who they are."""

from dataclasses import replace
from datetime import date

from cases import matching
from cases.models.people import Visibility
from cases.rules import spelling
from cases.rules.matching import Profile


def profile(answers):
    """Who a disclosure is about, as far as it says."""
    victim, home = answers.get("victim", {}), answers.get("home", {})
    born = victim.get("date_of_birth")
    values = [row.get("value", "") for row in answers.get("channels", {}).get("rows", [])]
    return Profile(
        victim.get("given_name", ""), victim.get("family_name", ""), "", date.fromisoformat(born) if born else None,
        frozenset(mark for value in values for mark in spelling.called(value)), frozenset(spelling.postal(home.get("postcode", ""))),
    )


def told(answers):
    """The same for whoever holds another case: without the postcode of a place that is protected, which "the same postcode" would give away."""
    described = profile(answers)
    return described if answers.get("home", {}).get("visibility", Visibility.NORMAL) == Visibility.NORMAL else replace(described, postcodes=frozenset())


def candidates(actor, answers, at):
    """The cases that this person may see and that may be about the same victim/survivor. Nothing is looked for before somebody is described."""
    described = profile(answers)
    return matching.candidates(actor, described, at) if described != Profile() else []
