"""Finding a case by its reference or by a name in any spelling, among the cases that the person may see and no others."""

import functools
import re
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from cases.access import visible_cases
from cases.models import Party, Person
from cases.models.people import Role
from cases.work import RISK_COLOURS, RISK_TAGS

AT_MOST = 25
_LOOKED_AT = 4 * AT_MOST  # several people of one case may match: enough of them to fill the list with cases
_REFERENCE = re.compile(r"([2-9A-Z]{4})[\s-]?([2-9A-Z]{4})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Hit:
    """A case that was found, and by whom."""

    reference: str
    name: str
    role: str
    risk: str
    risk_colour: str
    lead_agency: str
    is_open: bool


def find(actor, text):
    """The cases that match, the best match first, twenty-five at most."""
    reference = _REFERENCE.fullmatch(text.strip())
    if reference:
        found = _by_reference(actor, f"{reference[1]}-{reference[2]}".upper())
        if found:
            return found
    return _by_name(actor, text)


def _by_reference(actor, reference):
    victims = Party.objects.filter(case__in=visible_cases(actor), case__reference=reference, role=Role.VICTIM)
    return [_hit(party) for party in victims.select_related("person", "case__lead_agency")]


def _by_name(actor, text):
    words = [word for word in re.split(r"[\s,]+", text) if word][:5]
    if not words:
        return []
    named, score = [], Value(0.0)
    for word in words:
        for column in ("family_name", "given_name"):
            lookup = "trigram_similar" if _has_trigrams(word) else "istartswith"
            named.append(Person.objects.filter(**{f"{column}__{lookup}": word}).values("pk"))
        score = score + Greatest(TrigramSimilarity("person__family_name", word), TrigramSimilarity("person__given_name", word))
    # A union, since each part of it walks its index; of one long OR the planner makes a scan of everybody.
    like = Q(person__in=named[0].union(*named[1:], all=True))
    # Two questions, each with one plain condition, so that both start from the names: at summary level the victim/survivor is known
    # and nobody else, so no other name may lead there.
    victims = _best(Party.objects.filter(like, role=Role.VICTIM, case__in=visible_cases(actor)), score)
    others = _best(Party.objects.filter(like, case__in=visible_cases(actor, "see_case")).exclude(role=Role.VICTIM), score)
    parties = sorted([*victims, *others], key=lambda party: (-party.score, -party.case.opened_at.timestamp(), party.pk))
    hits = {}
    for party in parties:
        hits.setdefault(party.case_id, _hit(party))
    return list(hits.values())[:AT_MOST]


def _has_trigrams(word):
    return any(letter.isascii() and letter.isalnum() for letter in word) or _every_script_has_trigrams()


@functools.cache
def _every_script_has_trigrams():
    """Does the database's locale know letters beyond A to Z? If not, names in other scripts are found by how they begin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('ж') <> '{}'")
        return cursor.fetchone()[0]


def _best(parties, score):
    return parties.annotate(score=score).select_related("person", "case__lead_agency").order_by("-score", "-case__opened_at", "id")[:_LOOKED_AT]


def _hit(party):
    case = party.case
    return Hit(
        case.reference, party.person.name, party.get_role_display(), RISK_TAGS[case.risk_level],
        RISK_COLOURS.get(case.risk_level, "grey"), case.lead_agency.short_name, case.is_open,
    )
