"""The gate: the one way in for every write. It reads the time once, opens a transaction, checks the right to act, runs the
action, writes the audit line from the `Change` that the action returns, and commits. No Change, no commit. A refusal is kept.

`agency_action` guards what concerns an agency or the partnership; `cases.gate.case_action` adds the case, its lock and its grants.
"""

import functools
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from agencies.actors import Actor, anybody
from agencies.capabilities import CAPABILITIES
from agencies.models import Submission
from audit.models import Outcome
from audit.writer import Line, write

# What an address bar may have held instead of a reference (a name, say) never enters a log that keeps everything.
REFERENCE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}$")
VERBS: dict[str, "Verb"] = {}
_inside: ContextVar[bool] = ContextVar("inside_the_gate", default=False)


@dataclass(frozen=True)
class Verb:
    """One thing that can be done, for the generated page of verbs and the guard tests."""

    code: str
    capability: str
    meaning: str
    where: str


@dataclass(frozen=True)
class Change:
    """What an action did, in codes, dates and ids. `result` is handed back to the caller and not logged."""

    subject: str = ""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    reason: str = ""
    result: Any = None
    case: Any = None
    led_to: str = ""


@dataclass
class Act:
    """One act in progress: who, when, and the further lines that it wants in the log."""

    actor: Actor
    at: datetime
    lines: list[tuple[str, Change]] = field(default_factory=list)

    def also(self, verb: str, change: Change):
        """Log a consequence under its own verb, in the same transaction."""
        self.lines.append((verb, change))


class Refused(Exception):
    """A rule says no. `reasons` are plain words for the person; `field` names the form field to show them beside."""

    def __init__(self, reasons, code="", field=None):
        self.reasons = [reasons] if isinstance(reasons, str) else list(reasons)
        self.code = code
        self.field = field
        super().__init__("; ".join(self.reasons))


class AlreadyDone(Exception):
    """The same form was sent twice; `led_to` is where the first one led."""

    def __init__(self, led_to):
        self.led_to = led_to
        super().__init__(led_to)


def inside():
    """Is a gate open in this context? The guard tests ask, to prove that nothing writes outside one."""
    return _inside.get()


def register_verb(code, capability, meaning, where):
    """Enter a verb into the one table of verbs. Raises ValueError if another place holds it or the capability is unknown."""
    if capability and capability not in CAPABILITIES:
        raise ValueError(f"{code}: unknown capability {capability}")
    if code in VERBS and VERBS[code].where != where:
        raise ValueError(f"{code} is already the verb of {VERBS[code].where}")
    VERBS[code] = Verb(code, capability, meaning, where)


def register(verb, capability, function):
    register_verb(verb, capability, (function.__doc__ or "").strip().split("\n")[0], f"{function.__module__}.{function.__name__}")


def line(actor, verb, outcome, at, change=Change(), case_reference="", reason=""):
    """The audit line for a change by an actor."""
    # A consequence for another case stands under that case.
    reference = getattr(change.case, "reference", "") or case_reference
    return Line(
        at=at, verb=verb, outcome=outcome, actor=actor.code, role=actor.role, agency=actor.agency_id, channel=actor.channel,
        request_id=actor.request_id, case_reference=reference if REFERENCE.match(reference) else "", subject=change.subject[:80], before=change.before, after=change.after,
        reason=(reason or change.reason)[:200],
    )


def run(verb, actor, body, *, case_reference="", once: UUID | None = None):
    """Run `body(act)` inside the gate. Used by the two decorators only."""
    at = timezone.now()
    token = _inside.set(True)
    try:
        with transaction.atomic():
            if once is not None:
                _first_time(once, verb, actor, at)
            act = Act(actor, at)
            change = body(act)
            if not isinstance(change, Change):
                raise TypeError(f"{verb} returned no Change: nothing was committed")
            if once is not None and change.led_to:
                Submission.objects.filter(token=once).update(led_to=change.led_to)
            lines = [(verb, change), *act.lines]
            write(*(line(actor, code, Outcome.DONE, at, one, case_reference) for code, one in lines))
        return change.result
    except Refused as refusal:
        write(line(actor, verb, Outcome.REFUSED, at, case_reference=case_reference, reason=refusal.code or "rule"))
        raise
    except (PermissionDenied, Http404):
        write(line(actor, verb, Outcome.DENIED, at, case_reference=case_reference))
        raise
    finally:
        _inside.reset(token)


def agency_action(verb, capability):
    """Make a function the action `verb`: called as `action(actor, **facts)`, written as `def action(act, **facts) -> Change`."""

    def decorate(function):
        register(verb, capability, function)

        @functools.wraps(function)
        def action(actor, *, once=None, **facts):
            def body(act):
                if not actor.may(capability):
                    raise PermissionDenied(capability)
                return function(act, **facts)

            return run(verb, actor, body, once=once)

        action.verb, action.capability = verb, capability
        return action

    return decorate


def public_action(verb):
    """As `agency_action`, for what anybody may send to an agency without an account: called as `action(agency, **facts)`.

    It asks for no role, since there is none; the door of its page says why. What it writes belongs to that agency.
    """

    def decorate(function):
        register(verb, "", function)

        @functools.wraps(function)
        def action(agency, **facts):
            return run(verb, anybody(agency), lambda act: function(act, **facts))

        action.verb, action.capability = verb, ""
        return action

    return decorate


def system_changes(verb, actor, at, changes):
    """The set-based gate for our own processes: one line for each change, in the transaction that made them.

    `changes` are (case_reference, Change) pairs. Must be called inside that transaction.
    """
    write(*(line(actor, verb, Outcome.DONE, at, change, reference) for reference, change in changes))


def _first_time(token, verb, actor, at):
    _, created = Submission.objects.get_or_create(
        token=token, defaults={"verb": verb, "user_id": actor.user_id, "at": at}
    )
    if not created:
        first = Submission.objects.get(token=token)
        # A token that somebody else used leads nowhere: it must not tell one person where another person's form went.
        raise AlreadyDone(first.led_to if first.user_id == actor.user_id and first.verb == verb else "")

