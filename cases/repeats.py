"""Repeat and serial alleged perpetrators: the marker on a case, and the list across all cases, for those whose work it is (domain 11, SEED-127, SEED-140).

Counted whenever it is read, from who is likely to be whom (cases/alike.py) and the setting in force: a marker is never older than the page that shows it.
Of a case that the reader may not see, days and numbers alone come here (`access.parts_to_count`).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Subquery

from agencies import policies
from cases.access import parts_to_count, visible_cases
from cases.compiled import Statement, instant
from cases.models import Alike, Case, OrderBreach, OrderProtects, Party, Person
from cases.models.case import RiskLevel
from cases.models.people import Role
from cases.rules import repeats as rules
from cases.rules.clocks import LONDON

CAPABILITY = "see_repeats"
MONTHS, YEARS = "repeats.months", "repeats.serial_years"
TAGS = {rules.REPEAT: ("Repeat", "orange"), rules.SERIAL: ("Serial", "red")}
_RISK = [RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.STANDARD, ""]
INCIDENT = "incident"  # the kind of a RiskEvent
_PART = ("person_id", "case_id", "case__opened_at", "case__risk_level")


@dataclass(frozen=True)
class Row:
    """One alleged perpetrator on the list. `references` are those cases alone that the reader may open."""

    name: str
    birth_year: int | None
    tags: tuple
    victims: int
    cases: int
    incidents: int
    latest_on: date
    risk: str
    references: tuple


class Record:
    """What is counted of some records of one alleged perpetrator."""

    def __init__(self, people, parts, breaches, events):
        mine = [part for person in people for part in parts.get(person, ())]
        self.cases = {part["case_id"] for part in mine}
        self.victims = {part["victim"] for part in mine}
        self.risk = min((part["case__risk_level"] for part in mine), key=_RISK.index, default="")
        self.incidents = [
            *(rules.Incident(part["victim"], _day(part["case__opened_at"])) for part in mine if part["victim"]),
            *(rules.Incident(one["victim"], _day(one["happened_at"])) for person in people for one in breaches.get(person, ())),
        ]
        # What was said of one day twice, by whoever logged it and by whoever added to it, is one incident.
        later = {rules.Incident(one["victim"], _day(one["happened_on"])) for person in people for one in events.get(person, ()) if one["victim"]}
        self.incidents += sorted(later.difference(self.incidents), key=lambda one: one.on)


def markers(actor, case, at):
    """Of each alleged perpetrator on this case, by party: what they are marked as. Nothing is asked for somebody who may not learn it."""
    if not actor.may(CAPABILITY):
        return {}
    read = _ON_CASE(actor, case, at)
    parts, breaches, events, same = *(_by_person(read[name]) for name in ("parts", "breaches", "events")), _same(read["alike"])
    months, years = int(read["settings"][0]["months"]), int(read["settings"][0]["years"])
    found = {}
    for own in read["own"]:
        record = Record({own["person_id"]} | same.get(own["person_id"], set()), parts, breaches, events)
        found[own["id"]] = tuple(TAGS[mark] for mark in rules.marks(record.incidents, same, at.astimezone(LONDON).date(), months, years))
    return found


def list_of(actor, at):
    """Every alleged perpetrator who is repeat or serial, the serial first, then those with the most victims/survivors. Names follow in `shown`."""
    parts = parts_to_count(actor)
    several = parts.order_by().values("person").annotate(parts=Count("pk")).filter(parts__gt=1).values("person")
    breached = OrderBreach.objects.order_by().values("order__respondent__person")
    again = parts.filter(case__risk_events__kind=INCIDENT).order_by().values("person")
    of_interest = parts.filter(person__in=Alike.objects.values("person").union(several, breached, again)).order_by()
    read = {
        "parts": list(_with_victim(of_interest).values(*_PART, "victim")), "breaches": list(_breaches(of_interest)), "alike": list(_alike_of(of_interest)),
        "events": list(_events(of_interest)),
    }
    parts, breaches, events, same = *(_by_person(read[name]) for name in ("parts", "breaches", "events")), _same(read["alike"])
    months, years = (policies.in_force(key, None, at).whole for key in (MONTHS, YEARS))
    today, found = at.astimezone(LONDON).date(), {}
    for person in parts:
        record = Record({person} | same.get(person, set()), parts, breaches, events)
        if marks := rules.marks(record.incidents, same, today, months, years):
            found[person] = (record, marks)
    # Each human being once: whoever is left out is likely to be one of those that stand here, and is counted with them.
    rows = [(person, *found[person], rules.certainly_different(found[person][0].victims, same)) for person in rules.certainly_different(found, same)]
    return sorted(rows, key=lambda row: (rules.SERIAL not in row[2], -len(row[3]), -max(one.on for one in row[1].incidents).toordinal(), row[0]))


def shown(actor, rows, at):
    """The rows of one page of the list, with the names and the cases that the reader may open: two queries, however many there are."""
    people = {person.pk: person for person in Person.objects.filter(pk__in=[row[0] for row in rows])}
    cases = set().union(*(row[1].cases for row in rows))
    references = dict(visible_cases(actor, at=at).filter(pk__in=cases).order_by("-opened_at", "pk").values_list("pk", "reference"))
    return [
        Row(
            people[person].name, people[person].birth_year, tuple(TAGS[mark] for mark in marks), len(victims), len(record.cases), len(record.incidents),
            max(one.on for one in record.incidents), record.risk, tuple(reference for pk, reference in references.items() if pk in record.cases),
        )
        for person, record, marks, victims in rows
    ]


def _with_victim(parts):
    return parts.annotate(victim=Subquery(_victim_of("case").values("person")[:1]))


def _victim_of(column):
    return Party.objects.filter(case=OuterRef(column), role=Role.VICTIM)


def _breaches(parts):
    """Breaches of an order that protects the victim/survivor of its case: each of them is an incident."""
    protects = OrderProtects.objects.filter(wording__order=OuterRef("order"), party__role=Role.VICTIM)
    return (
        OrderBreach.objects.filter(Exists(protects), order__respondent__in=parts.values("pk")).order_by()
        .annotate(victim=Subquery(_victim_of("case").values("person")[:1])).values("happened_at", "victim", person_id=F("order__respondent__person"))
    )


def _events(parts):
    """What was recorded as another incident on a case, by a worker or by a disclosure that was added to it: of each alleged perpetrator of that case."""
    return _with_victim(parts.filter(case__risk_events__kind=INCIDENT)).values("person_id", "victim", happened_on=F("case__risk_events__happened_on"))


def _alike_of(parts):
    """Pairs among these alleged perpetrators, and among the victims/survivors of their cases."""
    victims = Party.objects.filter(role=Role.VICTIM, case__in=parts.values("case")).values("person")
    among = parts.values("person").union(victims)
    return Alike.objects.filter(person__in=among, other__in=among).values("person_id", "other_id")


def _day(at):
    """The day of an instant, or of a day, as the ORM or a statement gives it."""
    if isinstance(at, str):
        at = date.fromisoformat(at) if len(at) == len("2026-01-01") else instant(at)
    return at.astimezone(LONDON).date() if isinstance(at, datetime) else at


def _by_person(rows):
    found = defaultdict(list)
    for row in rows:
        found[row["person_id"]].append(row)
    return found


def _same(rows):
    found = defaultdict(set)
    for row in rows:
        found[row["person_id"]].add(row["other_id"])
    return found


def _own(actor, case, at):
    return Party.objects.filter(case=case, role=Role.PERPETRATOR).order_by()


def _parts(actor, case, at):
    own = _own(actor, case, at).values("person")
    return parts_to_count(actor).filter(person__in=own.union(Alike.objects.filter(person__in=own).values("other"))).order_by()


_ON_CASE = Statement(
    settings=lambda actor, case, at: Case.objects.filter(pk=case.pk).values(months=policies.subquery(MONTHS, "lead_agency", at), years=policies.subquery(YEARS, "lead_agency", at)),
    own=lambda actor, case, at: _own(actor, case, at).values("id", "person_id"),
    parts=lambda actor, case, at: _with_victim(_parts(actor, case, at)).values(*_PART, "victim"),
    breaches=lambda actor, case, at: _breaches(_parts(actor, case, at)),
    events=lambda actor, case, at: _events(_parts(actor, case, at)),
    alike=lambda actor, case, at: _alike_of(_parts(actor, case, at)),
)
