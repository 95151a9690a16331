"""The steps of a pathway, what has become of each on a case, and what somebody may record of it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

DONE, NOT_NEEDED, WAITING, TO_DO, DUE, OVERDUE = "done", "not_needed", "waiting", "to_do", "due", "overdue"
SETTLED = frozenset({DONE, NOT_NEEDED})

RED_FLAGS = frozenset({"repairs", "antisocial_behaviour", "abandoned"})


BASES = {"seed": "Stated in local policy", "reconstructed": "Reconstructed from common practice", "law": "Law"}


@dataclass(frozen=True)
class Due:
    """By when: so much time after something (`policy`, or `days` by `law`), by a clock or an action that runs anyway, or in words alone."""

    after: str = ""
    policy: str = ""
    clock: str = ""
    task: str = ""
    days: int = 0
    law: str = ""
    words: str = ""


@dataclass(frozen=True)
class Step:
    """One step. `done_by` are facts of the case, all of which complete it; `hand` says what a person may record of it."""

    id: str
    title: str
    who: str
    words: str
    basis: str
    source: str
    done_by: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    when: str = ""
    place: str = ""
    hand: str = "yes"
    due: Due | None = None

    @property
    def basis_words(self):
        """On what it rests, for whoever works with it; the documents behind it stand in docs/pathways.md."""
        return "; ".join([BASES[self.basis], *self.source.split("; ")[1:]])


@dataclass(frozen=True)
class Pathway:
    """One version of one pathway."""

    code: str
    version: str
    label: str
    about: str
    published: date
    steps: tuple[Step, ...]

    def step(self, step_id):
        """The step of this id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)


@dataclass(frozen=True)
class Recorded:
    """What somebody recorded of a step by hand."""

    state: str  # done | not_needed
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Situation:
    """What the case file says at an instant: facts with when they became true, when its promises fall due, how it came, and the level."""

    facts: dict[str, datetime]
    clocks: dict[str, datetime] = field(default_factory=dict)  # of each kind, by when
    tasks: dict[str, datetime] = field(default_factory=dict)
    route: str = ""
    level: str = ""


@dataclass(frozen=True)
class Standing:
    """Where one step stands: its state, why, when it was done or is due, and on what basis."""

    step: Step
    state: str
    why: str = ""
    at: datetime | None = None
    by: str = ""
    due_at: datetime | None = None
    due_basis: str = ""
    missing: tuple[str, ...] = ()

    @property
    def is_settled(self):
        return self.state in SETTLED


def standings(pathway: Pathway, situation: Situation, records: dict[str, Recorded], at: datetime, time_after: Callable, fact_words: dict[str, str]) -> list[Standing]:
    """Each step as it stands at `at`, in order.

    `time_after(due, since)` is (when, on what basis) for a time that was agreed or that a law fixes; `fact_words` says in words what is still missing.
    """
    found: dict[str, Standing] = {}
    for step in pathway.steps:
        found[step.id] = _standing(step, situation, records.get(step.id), found, at, time_after, fact_words)
    return list(found.values())


def _standing(step, situation, record, before, at, time_after, fact_words):
    missing = [fact for fact in step.done_by if fact not in situation.facts]
    if step.done_by and not missing:
        return Standing(step, DONE, at=max(situation.facts[fact] for fact in step.done_by))
    if record:
        return Standing(step, record.state, record.reason, record.at, record.by)
    is_on, why = applies(step.when, situation)
    if is_on is False:
        return Standing(step, NOT_NEEDED, why)
    due_at, basis = _due(step, situation, before, time_after)
    words = tuple(fact_words[fact] for fact in missing if fact in fact_words)
    open_before = [before[name].step.id for name in step.after if not before[name].is_settled]
    # A step may wait for another and be late all the same: its time began with something else.
    if (is_on is None or open_before) and (due_at is None or due_at > at):
        return Standing(step, WAITING, why or f"After {_listed(open_before)}", due_at=due_at, due_basis=basis, missing=words)
    if due_at is None:
        return Standing(step, TO_DO, basis, missing=words)
    return Standing(step, OVERDUE if due_at < at else DUE, due_at=due_at, due_basis=basis, missing=words)


def applies(condition: str, situation: Situation) -> tuple[bool | None, str]:
    """Does a step of this condition concern the case? None while nobody can tell yet. With why not, or what it waits for."""
    if condition == "red_flag":
        return (True, "") if situation.route in RED_FLAGS else (False, "It did not begin with a red flag.")
    if condition == "reported":
        return (True, "") if "contact" in situation.clocks else (False, "They told us themselves.")
    if condition == "talked":
        return (True, "") if "discussion" in situation.clocks else (False, "It came as a report, so that the first contact is the step.")
    if condition in ("high", "medium", "standard"):
        if not situation.level:
            return None, "Once the risk has been assessed"
        return (True, "") if situation.level == condition else (False, f"The risk is {situation.level}.")
    if condition == "in_marac":
        return (True, "") if "marac_referred" in situation.facts else (None, "Once the case has been referred to MARAC")
    return True, ""


def _due(step, situation, before, time_after):
    """When a step is due and on what basis; (None, words) where no time runs."""
    due = step.due
    if due is None:
        return None, ""
    if due.words:
        return None, due.words
    if due.clock:
        return situation.clocks.get(due.clock), "The clock of the case"
    if due.task:
        return situation.tasks.get(due.task), "The action on the case"
    since = before[due.after.removeprefix("step:")].at if due.after.startswith("step:") else situation.facts.get(due.after)
    return time_after(due, since) if since else (None, "")


def _listed(ids):
    return ", ".join(ids[:-1]) + (" and " if len(ids) > 1 else "") + ids[-1]


def counts(found: list[Standing]) -> dict[str, int]:
    """How many steps are settled, how many there are, how many are overdue."""
    return {
        "settled": sum(one.is_settled for one in found), "all": len(found), "overdue": sum(one.state == OVERDUE for one in found),
        "waiting": sum(one.state == WAITING for one in found),
    }


def upcoming(found: list[Standing]) -> list[Standing]:
    """What can be done now, overdue first, then by when it is due, then in the order of the pathway."""
    ready = [one for one in found if one.state in (OVERDUE, DUE, TO_DO)]
    return sorted(ready, key=lambda one: (one.state != OVERDUE, one.due_at is None, one.due_at.timestamp() if one.due_at else 0))


def reasons_cannot_record(standing: Standing | None, state: str, reason: str) -> list[str]:
    """Why this cannot be recorded of a step by hand; empty when it can."""
    if standing is None:
        return ["This step is not on the pathway of the case any more."]
    if standing.state == DONE and not standing.by:
        return ["The case file itself says that this step is done."]
    if standing.by:
        return ["Somebody has recorded this step already."]
    if standing.step.hand == "no" or (standing.step.hand == "not_needed" and state == DONE):
        return ["The case file completes this step by itself, once it has been done there."]
    if state == NOT_NEEDED and not reason.strip():
        return ["Say why this step is not needed."]
    return []
