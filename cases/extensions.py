"""What the apps above add to the case file: panels on the case page, next actions, and consequences of a signed assessment.

Each of them registers itself in its AppConfig.ready(). A plain list of functions, called in order, inside the same gate: nothing
happens out of sight, and `cases` need not know who is above it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NextAction:
    """Something that the case page proposes to do next."""

    label: str
    url: str
    why: str = ""
    due_at: datetime | None = None
    is_urgent: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the case page that another app draws. `context(actor, case)` returns None to draw nothing."""

    name: str
    template: str
    context: Callable


PANELS: list[Panel] = []
NEXT_ACTIONS: list[Callable] = []  # (actor, case, capabilities, at) -> list[NextAction]
ON_SIGNED: list[Callable] = []  # (act, case, assessment) -> None, inside the gate that signs
BEFORE_CLOSING: list[Callable] = []  # (case, at) -> list[str] of reasons why the case cannot close
ON_CLOSED: list[Callable] = []  # (act, case) -> None, inside the gate that closes


def add(registry, item):
    """Register once, however often the app registry is set up."""
    if item not in registry:
        registry.append(item)
