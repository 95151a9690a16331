"""What a question set consists of: parts, items, what to do when one is Yes, and what can mean high risk whatever the score."""

import functools
from dataclasses import dataclass

from cases.rules import dash as rules

# What an item can be answered with, each with its words.
ANSWERS = {
    "said": {rules.YES: "Yes", rules.NO: "No", rules.DONT_KNOW: "Don’t know"},
    "grade": {"none": "None", "standard": "Standard", "moderate": "Moderate", "high": "High"},
    "moment": {"intake": "The beginning", "review": "A review", "exit": "The end"},
}


@dataclass(frozen=True)
class Tool:
    """A kind of question set: what people call it, how many items it has, its newest version, whether it leads to a level, whether Yes is counted."""

    label: str
    items: int
    latest: str
    gives_level: bool = False
    counts: bool = True


@dataclass(frozen=True)
class Prompt:
    """What to do now, when an item is answered Yes."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One item: its number on the official form, our label, help, what else to write down, what to do when it is Yes.

    `common` is the number under which it is scored and compared across tools: that of the 24-item checklist; None where that has no such item.
    """

    number: int
    label: str
    help: str
    ask: str
    prompt: Prompt | None = None
    common: int | None = None
    answers: str = "said"

    @property
    def choices(self):
        """The answers that it can have, each with its words."""
        return ANSWERS[self.answers]


@dataclass(frozen=True)
class Section:
    """The items that stand on one page. The code stands in an address, so it says nothing."""

    code: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class CriticalFactor:
    """Something that can mean high risk whatever the score: all of `all`, and one of `any` where there are any, answered Yes."""

    code: str
    label: str
    all: frozenset[int]
    any: frozenset[int]


@dataclass(frozen=True)
class QuestionSet:
    """One version of one tool. `rules` are read before its questions and beside them; `about_children` are items that say that there is a child."""

    tool: str
    version: str
    name: str
    sections: tuple[Section, ...]
    critical_factors: tuple[CriticalFactor, ...]
    kind: Tool
    rules: tuple[str, ...] = ()
    about_children: frozenset[int] = frozenset()

    @functools.cached_property
    def items(self):
        """Every item, by number, in order."""
        return {item.number: item for section in self.sections for item in section.items}

    @property
    def gives_level(self):
        """Does a signed one lead to a level of the case? A follow-on set never does by itself."""
        return self.kind.gives_level

    def in_common(self, answers):
        """The answers under the numbers by which tools are scored and compared; what only this form asks for is left out."""
        return {item.common: answers[number] for number, item in self.items.items() if item.common is not None and number in answers}

    def points(self, answers):
        """The score: how many of the items that count were answered Yes."""
        return rules.score(self.in_common(answers))

    @property
    def most_points(self):
        """How many items count."""
        return sum(item.common is not None for item in self.items.values())

    def section(self, code):
        """The section with this code. Raises KeyError where there is none."""
        return next((section for section in self.sections if section.code == code), None) or _missing(code)

    def section_of(self, number):
        """The section in which an item stands."""
        return next(section for section in self.sections if any(item.number == number for item in section.items))

    def after(self, section):
        """The section that follows, or None after the last."""
        place = self.sections.index(section) + 1
        return self.sections[place] if place < len(self.sections) else None

    def before(self, section):
        """The section before, or None before the first."""
        place = self.sections.index(section)
        return self.sections[place - 1] if place else None


def _missing(code):
    raise KeyError(code)
