"""Finding a case by its reference, a name in any spelling, a telephone number, an e-mail address or a postcode, among the cases that the person may see and no others.

What identifies people is sealed: the database finds candidates by keyed tokens, and how alike they are is judged here, in clear, of those alone
that the person may see (docs/adr/0021).
"""

import itertools
import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from cases.access import parties_seen, visible_cases
from cases.compiled import Rows
from cases.few import Among, HowMany, few_or_all, listed, people_with
from cases.models import Address, Party, Person, SafeContact
from cases.models.case import CaseStatus
from cases.models.people import Role, Visibility
from cases.rules import spelling
from cases.rules.people import called
from cases.work import RISK_COLOURS, RISK_TAGS
from vault.tokens import any_to_find, tokens_to_find

AT_MOST = 25
_ENOUGH = 5
_LOOKED_AT = 8 * AT_MOST  # several people of one case may match: enough of them to fill the list with cases
_ALIKE_FROM, _SOUNDS_ALIKE = 0.3, 0.6  # as PostgreSQL's own trigram search draws the line; a word that sounds the same may share few letters
_PART_OF_A_POSTCODE = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,7}", re.ASCII)
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
    number = spelling.called(text)
    if number:
        return _by_number(actor, number)
    if _PART_OF_A_POSTCODE.fullmatch(re.sub(r"\s", "", text).upper()):
        found = _by_postcode(actor, spelling.postal(text))
        if found:
            return found
    return _by_name(actor, text)


def _by_reference(actor, reference):
    return _victims(Q(case__reference=reference), visible_cases(actor))


def _by_number(actor, marks):
    """Whose way of contact this is, in use or not, for whoever may see the number there. A place that is protected is none of them."""
    like = SafeContact.objects.filter(tokens__overlap=any_to_find(marks)).order_by()
    own = like.filter(party__role=Role.VICTIM, case__in=visible_cases(actor, "see_contact_number"))
    of_others = like.exclude(party__role=Role.VICTIM).filter(case__in=visible_cases(actor, "see_case")).filter(case__in=visible_cases(actor, "see_contact_number"))
    return _victims(Q(case__in=own.values("case")) | Q(case__in=of_others.values("case")), visible_cases(actor))


def _by_postcode(actor, marks):
    """Who lives or lived there: a protected address leads to its case for nobody but those who may see it."""
    like = Address.objects.filter(tokens__overlap=any_to_find(marks)).order_by()
    open_ones = like.filter(visibility=Visibility.NORMAL, case__in=visible_cases(actor, "see_case"))
    others = like.exclude(visibility=Visibility.NORMAL).filter(case__in=visible_cases(actor, "see_protected_address"))
    return _victims(Q(case__in=open_ones.values("case")) | Q(case__in=others.values("case")), visible_cases(actor, "see_case"))


def _victims(which, cases):
    victims = Party.objects.filter(which, case__in=cases, role=Role.VICTIM).select_related("person", "case__lead_agency")
    return [_hit(party) for party in victims.order_by("-case__opened_at", "id")[:AT_MOST]]


def _by_name(actor, text):
    words = spelling.words(text)[:5]
    if not words:
        return []
    each, whole = [any_to_find(spelling.alike(word)) for word in words], any_to_find(spelling.alike("".join(words))) if len(words) > 1 else []
    found = _named(actor, people_with(each, whole), words)
    if len(found) >= _ENOUGH:
        return found
    # Few enough answers to ask again, of a wider and slower question.
    wider = Q(*(Q(tokens__overlap=tokens) for tokens in each)) | Q(tokens__overlap=whole) | _any(words)
    return _named(actor, few_or_all(Person.objects.filter(wider)), words)


def _named(actor, found, words):
    """Who of these people the searcher may know of, the likeliest first. `found`: few keys, or the question for many."""
    if isinstance(found, list):
        rows = _among_few(actor, found, words) if found else []
    else:
        # Two questions, each with one plain condition, so that both start from the cases.
        parties = Party.objects.filter(person__in=found)
        victims = parties.filter(role=Role.VICTIM, case__in=visible_cases(actor))
        others = parties.filter(case__in=visible_cases(actor, "see_case")).exclude(role=Role.VICTIM)
        shared = HowMany("person__tokens", _trigrams(words))
        rows = [row for part in (victims, others) for row in _best(part, shared)]
    named = [_Named(*row) for row in rows]
    likeness = _Likeness(words)
    scored = [(likeness.of(one), one) for one in named]
    scored.sort(key=lambda each: (-each[0], -each[1].opened_at.timestamp(), each[1].party))
    best = {}
    for score, one in scored:
        if score:
            best.setdefault(one.case, one)
    return [one.hit() for one in list(best.values())[:AT_MOST]]


def _any(words):
    """People who have a name that shares four letters in a row with one of these words: two neighbouring trigrams, since one is shared by too many."""
    either = Q()
    for word in words:
        parts = spelling.trigrams(word)
        # Two letters at the beginning are enough of a short word; of a long one they would be half the alphabet.
        for pair in list(itertools.pairwise(parts))[1 if len(word) > 4 else 0 :]:
            for both in zip(*(tokens_to_find((spelling.TRIGRAM, part)) for part in pair), strict=True):
                either |= Q(tokens__contains=list(both))
    return either


_COLUMNS = (
    "pk", "role", "person__given_name", "person__family_name", "person__also_known_as", "case", "case__reference", "case__risk_level", "case__lead_agency__short_name",
    "case__status", "case__opened_at",
)


@dataclass(frozen=True)
class _Named:
    """Somebody of whom the searcher may know, on a case: the columns above."""

    party: int
    role: str
    given_name: str
    family_name: str
    also_known_as: str
    case: int
    reference: str
    risk_level: str
    lead_agency: str
    status: str
    opened_at: datetime

    def hit(self):
        return Hit(
            self.reference, called(self.given_name, self.family_name), Role(self.role).label, RISK_TAGS[self.risk_level], RISK_COLOURS.get(self.risk_level, "grey"),
            self.lead_agency, self.status == CaseStatus.OPEN,
        )


def _best(parties, shared):
    """The likeliest of them, by how many trigrams they share with what was typed: as far as the database can say."""
    return parties.annotate(shared=shared).order_by("-shared", "-case__opened_at", "id").values_list(*_COLUMNS)[:_LOOKED_AT]


def _trigrams(words):
    return listed(any_to_find({(spelling.TRIGRAM, part) for word in words for part in spelling.trigrams(word)}))


def _seen(actor, at, people):
    return parties_seen(actor, at).filter(Among("person", people))


# Made once: who may see what is said in cases/access.py, and making its SQL takes longer than asking it.
_everyone = Rows(lambda actor, case, at, people: _seen(actor, at, people).order_by().values_list(*_COLUMNS), "people")
_likeliest = Rows(lambda actor, case, at, people, marks: _best(_seen(actor, at, people), HowMany("person__tokens", marks)), "people", "marks")


def _among_few(actor, people, words):
    """The rows of these people: of all where they fit into one look, else of the likeliest."""
    now, everyone = timezone.now(), len(people) <= _LOOKED_AT
    if not (actor.may("see_summary") and actor.may("see_case")):
        seen = _seen(actor, now, listed(people))
        return list(seen.values_list(*_COLUMNS) if everyone else _best(seen, HowMany("person__tokens", _trigrams(words))))
    if everyone:
        return _everyone(actor, now, people=listed(people))
    return _likeliest(actor, now, people=listed(people), marks=_trigrams(words))


class _Likeness:
    """How well names answer the words of one search, in clear. Many of those who are found share a name: each is judged once, and forgotten with the search."""

    def __init__(self, words):
        self._asked = [(word, set(spelling.trigrams(word)), spelling.sounds(word)) for word in words]
        self._judged = {}

    def of(self, one):
        """0 where none of somebody's names answers any of the words."""
        names = [self._judged.get(name) or self._judge(name) for name in spelling.words(one.given_name, one.family_name, one.also_known_as)]
        best = [max(each) for each in zip(*names, strict=True)]
        return sum(alike for alike in best if alike >= _ALIKE_FROM)

    def _judge(self, name):
        parts, sounds = set(spelling.trigrams(name)), spelling.sounds(name)
        self._judged[name] = [_alike(name, parts, sounds, *asked) for asked in self._asked]
        return self._judged[name]


def _alike(name, parts, sounds, word, its_parts, its_sounds):
    alike = spelling.likeness(parts, its_parts)
    if name.startswith(word):
        alike = max(alike, _ALIKE_FROM)
    return max(alike, _SOUNDS_ALIKE) if alike < _SOUNDS_ALIKE and sounds & its_sounds else alike


def _hit(party):
    case = party.case
    return Hit(
        case.reference, party.person.name, party.get_role_display(), RISK_TAGS[case.risk_level],
        RISK_COLOURS.get(case.risk_level, "grey"), case.lead_agency.short_name, case.is_open,
    )
