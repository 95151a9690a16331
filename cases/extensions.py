"""What the apps above add to the case file: banners and panels on the case page, next actions, consequences of a contact or a signature.

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
    covers: str = ""  # the kind of task that says the same, which is not shown beside it


@dataclass(frozen=True)
class Panel:
    """A part of the case page that another app draws. `context(actor, case)` returns None to draw nothing."""

    name: str
    template: str
    context: Callable


@dataclass(frozen=True)
class Banner:
    """What has to be read first on the case page, above everything else. `links` are (words, where)."""

    heading: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DueKind:
    """A kind of thing that is due on a case, for the page of everything that is due (cases/due.py).

    `rows(reach)` gives querysets in the columns of `cases.due_kinds.columns`, which ask only among the cases that `reach` hands out;
    `words(item)` says what is to be done; `place(item)` leads to where it is done.
    """

    code: str
    label: str
    needs: str  # the capability without which nobody could do it, so that nobody is shown it
    rows: Callable
    words: Callable
    place: Callable
    is_waiting: bool = False  # it has no day by which: it waits, since a time
    either: frozenset[str] = frozenset()  # of these one more is needed

    def is_for(self, capabilities):
        """Could somebody with these capabilities do anything about it?"""
        return self.needs in capabilities and (not self.either or bool(self.either & capabilities))


@dataclass(frozen=True)
class Work:
    """What an agency has to do on a case and another app keeps: it passes to the lead agency when the agency may not see the case any more.

    `left()` gives what is left to do as a queryset with `case` and `agency`; `pass_on(act, case, agency_id)` moves it, inside the gate
    that ends the sharing, and returns the ids.
    """

    name: str
    left: Callable
    pass_on: Callable


BANNERS: list[Callable] = []  # (actor, case, capabilities, at) -> Banner or None; asks nothing where there is nothing to say
PANELS: list[Panel] = []
CHILD_PANELS: list[Panel] = []  # on the pages of children; context(actor, case, capabilities, the child or None for all) -> dict or None
NEXT_ACTIONS: list[Callable] = []  # (actor, case, capabilities, at) -> list[NextAction]
ON_REACHED: list[Callable] = []  # (act, case, attempt) -> None, inside the gate that records a contact which reached them by a safe route
ON_PEOPLE: list[Callable] = []  # (act, case, party) -> None, inside the gate that adds somebody to a case or changes who they are
ON_CHILD_RISK: list[Callable] = []  # (act, case, party, threshold) -> None, inside the gate that judges a child's own risk
ON_SIGNED: list[Callable] = []  # (act, case, assessment) -> None, inside the gate that signs
BEFORE_FINISHING: list[Callable] = []  # (case, task) -> list[str] of reasons why an action cannot be finished by itself
BEFORE_CLOSING: list[Callable] = []  # (case, at) -> list[str] of reasons why the case cannot close
ON_CLOSED: list[Callable] = []  # (act, case) -> None, inside the gate that closes
WORK: list[Work] = []
KEPT_ON: dict[str, str] = {}  # what a clock is about (the word before its number) -> the name of the page on which that promise is kept
READ_FIRST: dict[str, tuple[str, str]] = {}  # the kind of an action -> what is to be read before it can be done: its name, and the name of its page
CHILD_PLACES: list[Callable] = []  # (cases) -> where children of these could be found, as the app above keeps it; hidden until somebody makes it open
DUE: list[DueKind] = []  # what the apps above add to the page of everything that is due


def add(registry, item):
    """Register once, however often the app registry is set up."""
    if item not in registry:
        registry.append(item)
