"""The question sets: data files with a version, read once, checked in full, never changed after publication.

What was completed under a version is shown and scored under it for ever. The files carry our own labels; a partnership that holds a
licence loads its wording over them (cases/dash/wording.py).
"""

import functools
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from cases.dash.parsing import parse as _parse
from cases.dash.questions import CriticalFactor, Item, Prompt, QuestionSet, Section, Tool

HERE = Path(__file__).parent
RIC24, POLICE27, STALKING11, HONOUR10, GRID = "ric24", "pol27", "s11", "h10", "grid4"
# The codes stand in addresses, so they say nothing.
TOOLS = {
    RIC24: Tool("DASH, 24 items", 24, "2026", gives_level=True),
    POLICE27: Tool("Police DASH, 27 items", 27, "2026", gives_level=True),
    STALKING11: Tool("S-DASH, on stalking", 11, "2026"),
    HONOUR10: Tool("H-DASH, on so-called honour", 10, "2026"),
    GRID: Tool("Severity of abuse grid", 13, "2026", counts=False),
}
FOLLOW_ON = tuple(code for code, tool in TOOLS.items() if not tool.gives_level)


def latest(tool=RIC24):
    """The version under which a new assessment starts."""
    return question_set(tool, TOOLS[tool].latest)


@functools.cache
def question_set(tool, version):
    """One version of a tool under our own labels."""
    questions = parse((HERE / f"{tool}-{version}.toml").read_text(encoding="utf-8"))
    if (questions.tool, questions.version) != (tool, version):
        raise ImproperlyConfigured(f"{tool}-{version}.toml says that it is {questions.tool}-{questions.version}")
    return questions


def parse(text):
    """A question set from the text of its file. Raises ImproperlyConfigured where the file is not whole."""
    return _parse(text, TOOLS, lambda version: question_set(RIC24, version))


def reworded(questions, labels):
    """The question set with a partnership's licensed words over our labels, by number."""
    sections = tuple(
        replace(section, items=tuple(replace(item, label=labels.get(item.number, item.label)) for item in section.items)) for section in questions.sections
    )
    return replace(questions, sections=sections)


__all__ = [
    "FOLLOW_ON", "GRID", "HERE", "HONOUR10", "POLICE27", "RIC24", "STALKING11", "TOOLS", "CriticalFactor", "Item", "Prompt", "QuestionSet", "Section", "Tool", "latest",
    "parse", "question_set", "reworded",
]
