"""When each victim/survivor on a worklist can next be reached safely, in words: one query a page, which never fetches a number."""

import json
from datetime import time
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from agencies import policies
from cases import safe_contact
from cases.access import visible_cases
from cases.compiled import Rows, instant
from cases.models import AccessChange, Case, Party, SafeContact, SafetyFlag, SafeWindow
from cases.models.case import RiskLevel
from cases.models.people import Role
from cases.rules.clocks import LONDON
from cases.rules.flags import in_order
from ui.times import clock_time


class SafeTime(NamedTuple):
    """When somebody can be reached safely, and in which colour that is a tag: "" for plain words."""

    words: str
    colour: str
    flags: tuple[str, ...] = ()  # the kinds of safety flag that stand, for whoever goes there


def safe_times(actor, at, cases):
    """By the id of the case: when it is next safe, for those of these cases on which this actor may record contact. One query for all of them."""
    if not cases or not actor.may("record_contact"):
        return {}
    found = _channels(actor, at, cases=",".join(map(str, cases)))
    return {pk: safe_time(_states(*facts, flagged, at), at)._replace(flags=tuple(in_order(flagged))) for pk, *facts, flagged in found}


def safe_time(states, at):
    """The safe time that runs now, or the next one, whatever the way."""
    now = [state.until for state in states if state.is_safe_now]
    if now:
        return SafeTime("Safe now" if None in now else f"Safe now until {_until(max(now), at)}", "green")
    ahead = min((span for state in states for span in state.next_openings), default=None)
    if ahead is None:
        return SafeTime("No safe way known", "red")
    starts, ends = ahead  # of one day: no safe time goes on past midnight
    return SafeTime(f"Safe to reach: {_day(starts, at)} {clock_time(starts)} to {clock_time(ends)}", "")


def _states(risk_level, days, is_home_shared, channels, changes, flagged, at):
    contacts, windows = [], []
    for row in map(_read, channels):
        contact = SafeContact(
            id=row["id"], channel=row["channel"], is_safe=row["is_safe"], times=row["times"], recorded_at=instant(row["recorded_at"]),
            verified_at=instant(row["verified_at"]),
        )
        contacts.append((contact, "", False))
        windows += [(contact.pk, one["weekday"], *map(time.fromisoformat, (one["starts"], one["ends"]))) for one in map(_read, row["windows"])]
    days = int(days) if risk_level == RiskLevel.HIGH else 0
    return safe_contact.states(Case(risk_level=risk_level), at, contacts, windows, days=days, shared=is_home_shared, flagged=flagged, changes=changes)


def _read(row):
    return json.loads(row) if isinstance(row, str) else row


_WINDOWS = SafeWindow.objects.filter(contact=OuterRef("pk")).values(said=JSONObject(weekday="weekday", starts="starts", ends="ends"))
_CHANNELS = SafeContact.objects.filter(case=OuterRef("pk"), ended_at=None, party__role=Role.VICTIM).values(
    said=JSONObject(
        id="id", channel="channel", is_safe="is_safe", times="times", recorded_at="recorded_at", verified_at="verified_at", windows=ArraySubquery(_WINDOWS)
    )
)
_ACCESS = AccessChange.objects.filter(case=OuterRef("pk")).order_by("at").values("at")
_FLAGS = SafetyFlag.objects.filter(case=OuterRef("pk"), removed_at=None).values("kind")
# The ids of a page go as one string, so that the query stays the same however many there are (cases/compiled.py).
_channels = Rows(
    lambda actor, case, at, cases: visible_cases(actor, "record_contact", at)
    .filter(pk__in=RawSQL("SELECT unnest(string_to_array(%s, ',')::bigint[])", [cases]))
    .values_list(
        "pk", "risk_level", policies.subquery("safe_contact.expiry_days_high", "lead_agency", at),
        Exists(Party.objects.filter(case=OuterRef("pk"), role=Role.PERPETRATOR, lives_with_victim=True)), ArraySubquery(_CHANNELS), ArraySubquery(_ACCESS),
        ArraySubquery(_FLAGS),
    ),
    "cases",
)


def _until(when, at):
    """The time of day, and the day where it is another."""
    return clock_time(when) if when.astimezone(LONDON).date() == at.astimezone(LONDON).date() else f"{_day(when, at)} {clock_time(when)}"


def _day(when, at):
    local = when.astimezone(LONDON)
    days = (local.date() - at.astimezone(LONDON).date()).days
    if days < 2:
        return ("today", "tomorrow")[days]
    return f"{local:%a}" if days < 7 else f"{local:%a} {local.day} {local:%b}"
