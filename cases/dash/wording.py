"""A partnership's licensed wording: which holds at an instant, the questions under it, and reading a file of it."""

import functools
import tomllib

from cases.dash import TOOLS, question_set, reworded
from cases.models import Wording
from cases.rules import wording as rules


def in_force(tool, version, at):
    """The wording that new assessments are made under; None where the partnership has loaded none."""
    return Wording.objects.filter(tool=tool, version=version, effective_from__lte=at).first()


def questions_now(tool, at):
    """The questions under which a new assessment would start at an instant."""
    version = TOOLS[tool].latest
    row = in_force(tool, version, at)
    return questions_under(tool, version, row.pk if row else None)


def questions_under(tool, version, wording_id):
    """A version of a tool under a wording that was loaded, or under our own labels."""
    return question_set(tool, version) if wording_id is None else _under(tool, version, wording_id)


def read(text):
    """What a file of wording says, as (facts, reasons why it cannot be loaded).

    The file: `tool`, `version`, `edition` (what the licence calls it), and a table `labels` from each number to its words.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        return {}, [f"This is not a file of wording: {problem}."]
    known = {tool: kind.latest for tool, kind in TOOLS.items()}
    reasons = rules.reasons_unfit(raw, known, {tool: kind.items for tool, kind in TOOLS.items()})
    return ({} if reasons else {name: raw[name] for name in ("tool", "version", "edition")} | {"labels": rules.words_of(raw)}), reasons


@functools.lru_cache(maxsize=64)
def _under(tool, version, wording_id):
    # A wording is never changed, so that what was read once holds.
    row = Wording.objects.get(pk=wording_id)
    return reworded(question_set(tool, version), {int(number): words for number, words in row.labels.items()})
