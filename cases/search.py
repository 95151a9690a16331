"""Finding a case by its reference or by a name in any spelling, among the cases that the person may see and no others."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from cases.access import visible_cases
from cases.models import Party
from cases.models.people import Role
from cases.work import RISK_COLOURS, RISK_FILTERS

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
    like, score = Q(), Value(0.0)
    for word in words:
        for column in ("person__family_name", "person__given_name"):
            like |= Q(**{f"{column}__trigram_similar": word}) | Q(**{f"{column}__trigram_word_similar": word})
            if not word.isascii():
                # Where the database's locale knows no letters but A to Z, other scripts have no trigrams.
                like |= Q(**{f"{column}__istartswith": word})
        score = score + Greatest(TrigramSimilarity("person__family_name", word), TrigramSimilarity("person__given_name", word))
    parties = (
        Party.objects.filter(like, case__in=visible_cases(actor))
        # At summary level the victim/survivor is known, nobody else: no other name may lead there.
        .filter(Q(role=Role.VICTIM) | Q(case__in=visible_cases(actor, "see_case")))
        .annotate(score=score)
        .select_related("person", "case__lead_agency")
        .order_by("-score", "-case__opened_at", "id")[:_LOOKED_AT]
    )
    hits = {}
    for party in parties:
        hits.setdefault(party.case_id, _hit(party))
    return list(hits.values())[:AT_MOST]


def _hit(party):
    case = party.case
    return Hit(
        case.reference, party.person.name, party.get_role_display(), RISK_FILTERS[case.risk_level or "none"],
        RISK_COLOURS.get(case.risk_level, "grey"), case.lead_agency.short_name, case.is_open,
    )
