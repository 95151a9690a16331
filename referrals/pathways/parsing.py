"""Reading the file of a pathway, and refusing one that is not whole."""

from referrals.pathways.rules import BASES, Due, Pathway, Step

HANDS = ("yes", "not_needed", "no")
CONDITIONS = ("red_flag", "reported", "talked", "high", "medium", "standard", "in_marac")
_STEP = {"id", "title", "who", "words", "done_by", "due", "after", "when", "place", "hand", "basis", "source"}
_DUE = {"after", "policy", "clock", "task", "days", "law", "words"}


class NotWhole(ValueError):
    """The file of a pathway says too little, or what nobody understands."""


def parse(raw, name):
    """A pathway from what its file holds; `name` is the file's, as code.version. Raises NotWhole."""
    try:
        pathway = Pathway(raw["code"], raw["version"], raw["label"], raw["about"], raw["published"], tuple(_step(entry) for entry in raw["steps"]))
    except KeyError as missing:
        raise NotWhole(f"{name} says nothing about {missing}") from missing
    if name != f"{pathway.code}.{pathway.version}":
        raise NotWhole(f"{name} calls itself {pathway.code}.{pathway.version}")
    seen = set()
    for step in pathway.steps:
        if step.id in seen:
            raise NotWhole(f"{name}: {step.id} is there twice")
        if not set(step.after) <= seen:
            raise NotWhole(f"{name}: {step.id} follows a step that does not stand before it")
        if step.due and step.due.after.startswith("step:") and step.due.after.removeprefix("step:") not in seen:
            raise NotWhole(f"{name}: {step.id} is due after a step that does not stand before it")
        if step.hand == "no" and not step.done_by:
            raise NotWhole(f"{name}: nothing could complete {step.id}")
        seen.add(step.id)
    return pathway


def _step(entry):
    _only(entry, _STEP)
    due = entry.get("due")
    if due is not None:
        _only(due, _DUE)
        if sum(name in due for name in ("policy", "clock", "task", "days", "words")) != 1 or ("days" in due) != ("law" in due):
            raise NotWhole(f"{entry['id']}: one of a policy, a clock, an action, words, or days with their law says when it is due")
    if entry["basis"] not in BASES or entry.get("hand", "yes") not in HANDS or entry.get("when", CONDITIONS[0]) not in CONDITIONS:
        raise NotWhole(f"{entry['id']}: an unknown basis, hand or condition")
    return Step(
        entry["id"], entry["title"], entry["who"], entry["words"], entry["basis"], entry["source"], tuple(entry.get("done_by", ())), tuple(entry.get("after", ())),
        entry.get("when", ""), entry.get("place", ""), entry.get("hand", "yes"), Due(**due) if due else None,
    )


def _only(entry, known):
    if unknown := set(entry) - known:
        raise NotWhole(f"{entry.get('id', 'a step')} says {sorted(unknown)}, which nobody understands")
