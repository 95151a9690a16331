"""Whether a partnership's licensed wording can be laid over our labels: the form's numbers, each once, each with words."""

from collections.abc import Mapping
from datetime import datetime

LONGEST = 600  # characters; the longest item of a form is far shorter, and a page of text is a slip


def reasons_unfit(raw: Mapping, versions: Mapping[str, str], many: Mapping[str, int]) -> list[str]:
    """Every reason why the contents of a file cannot be loaded, so that somebody mends it in one go."""
    tool = raw.get("tool")
    if tool not in versions:
        return [f"tool: say which form this is: {', '.join(versions)}."]
    reasons = []
    if raw.get("version") != versions[tool]:
        reasons.append(f"version: Waymark asks the questions of {tool} in version {versions[tool]}; this says {raw.get('version') or 'nothing'}.")
    if not isinstance(raw.get("edition"), str) or not raw["edition"].strip() or len(raw["edition"]) > 100:
        reasons.append("edition: say what the licence calls this wording, in 100 characters or fewer.")
    if unknown := sorted(set(raw) - {"tool", "version", "edition", "labels"}):
        reasons.append(f"not known: {', '.join(unknown)}.")
    labels = raw.get("labels")
    if not isinstance(labels, Mapping):
        return [*reasons, "labels: give each number its words."]
    return reasons + _of_labels(labels, many[tool])


def _of_labels(labels, many):
    expected = [str(number) for number in range(1, many + 1)]
    reasons = []
    if missing := [number for number in expected if number not in labels]:
        reasons.append(f"labels: missing {', '.join(missing)}. The form has the items 1 to {many}.")
    if unknown := sorted(set(labels) - set(expected)):
        reasons.append(f"labels: {', '.join(unknown)} {'are' if len(unknown) > 1 else 'is'} not on the form. It has the items 1 to {many}.")
    for number in expected:
        words = labels.get(number, "-")
        if not isinstance(words, str) or not words.strip():
            reasons.append(f"labels: item {number} has no words.")
        elif len(words.strip()) > LONGEST:
            reasons.append(f"labels: item {number} has {len(words.strip())} characters; {LONGEST} at most.")
    said = {}
    for number in expected:
        words = labels.get(number)
        if isinstance(words, str) and words.strip():
            said.setdefault(" ".join(words.lower().split()), []).append(number)
    reasons += [f"labels: items {' and '.join(numbers)} have the same words." for numbers in said.values() if len(numbers) > 1]
    return reasons


def words_of(raw: Mapping) -> dict[str, str]:
    """The words of a file that is fit, by number, each in one line."""
    return {number: " ".join(words.split()) for number, words in raw["labels"].items()}


def reasons_day_impossible(effective_from: datetime, at: datetime, newest: datetime | None) -> list[str]:
    """Why a wording cannot hold from this instant. History is not rewritten: an assessment was made under what held then."""
    if effective_from < at:
        return ["from: a wording holds from today or later. What was completed before was completed under other words."]
    if newest is not None and effective_from <= newest:
        return ["from: a wording that was loaded before holds from that day or later. Choose a later day."]
    return []
