"""The question sets of the DASH: data files with a version, read once, checked in full, never changed after publication.

What was completed under a version is shown and scored under it for ever. The files carry our own labels; a partnership that holds
a licence names a file with its wording in `settings.DASH_WORDING`, which is laid over the labels of the version that it names.
"""

import functools
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

HERE = Path(__file__).parent
RIC24 = "ric24"
ITEMS_OF = {RIC24: 24}  # how many items a tool has; they are numbered from 1
LATEST = {RIC24: "2026"}
# What an item can be answered with.
ANSWERS = {"said": {"yes": "Yes", "no": "No", "dont_know": "Don’t know"}}


@dataclass(frozen=True)
class Prompt:
    """What to do now, when an item is answered Yes."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One item: its number on the official form, our label, help, what else to write down, what to do when it is Yes."""

    number: int
    label: str
    help: str
    ask: str
    prompt: Prompt | None = None

    @property
    def choices(self):
        """The answers that it can have, each with its words."""
        return ANSWERS["said"]


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
    """One version of one tool."""

    tool: str
    version: str
    name: str
    sections: tuple[Section, ...]
    critical_factors: tuple[CriticalFactor, ...]

    @functools.cached_property
    def items(self):
        """Every item, by number, in order."""
        return {item.number: item for section in self.sections for item in section.items}

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


def latest(tool=RIC24):
    """The version under which a new assessment starts."""
    return question_set(tool, LATEST[tool])


def question_set(tool, version):
    """One version of a tool, in the partnership's own wording where it has loaded one."""
    return _read(tool, version, str(getattr(settings, "DASH_WORDING", "") or ""))


@functools.cache
def _read(tool, version, wording):
    questions = parse((HERE / f"{tool}-{version}.toml").read_text(encoding="utf-8"))
    if (questions.tool, questions.version) != (tool, version):
        raise ImproperlyConfigured(f"{tool}-{version}.toml says that it is {questions.tool}-{questions.version}")
    return reworded(questions, Path(wording).read_text(encoding="utf-8")) if wording else questions


def parse(text):
    """A question set from the text of its file. Raises ImproperlyConfigured where the file is not whole."""
    raw = tomllib.loads(text)
    try:
        items = {}
        for entry in raw["items"]:
            _only(entry, {"number", "label", "help", "ask", "prompt"}, "an item")
            item = _item(entry)
            if item.number in items:
                raise ImproperlyConfigured(f"item {item.number} is there twice")
            items[item.number] = item
        _expect_numbers(raw["tool"], items)
        sections = tuple(
            Section(entry["code"], entry["title"], tuple(_known(items, number, entry["code"]) for number in entry["items"])) for entry in raw["sections"]
        )
        factors = tuple(
            CriticalFactor(entry["code"], entry["label"], frozenset(entry.get("all", ())), frozenset(entry.get("any", ())))
            for entry in raw.get("critical_factors", ())
        )
        questions = QuestionSet(raw["tool"], raw["version"], raw["name"], sections, factors)
    except KeyError as missing:
        raise ImproperlyConfigured(f"the question set says nothing about {missing}") from missing
    placed = [item.number for section in sections for item in section.items]
    if placed != sorted(items):
        raise ImproperlyConfigured("each item stands in one section, in the order of its number")
    if len({section.code for section in sections}) != len(sections):
        raise ImproperlyConfigured("a section is there twice")
    for factor in factors:
        if not factor.all | factor.any or not factor.all | factor.any <= set(items):
            raise ImproperlyConfigured(f"{factor.code} names no item, or one that is not there")
    return questions


def reworded(questions, text):
    """The question set with a partnership's licensed wording over our labels; its numbering must be the form's, whole.

    The file: `tool`, `version`, and a table `labels` from each number to its words.
    """
    raw = tomllib.loads(text)
    if (raw.get("tool"), raw.get("version")) != (questions.tool, questions.version):
        return questions  # wording of another version leaves this one as it was
    labels = raw.get("labels", {})
    if not all(number.isdecimal() and isinstance(label, str) and label.strip() for number, label in labels.items()):
        raise ImproperlyConfigured("the wording gives each number its words")
    words = {int(number): label.strip() for number, label in labels.items()}
    _expect_numbers(questions.tool, words)
    sections = tuple(
        replace(section, items=tuple(replace(item, label=words[item.number]) for item in section.items)) for section in questions.sections
    )
    return replace(questions, sections=sections)


def _item(entry):
    prompt = entry.get("prompt")
    if prompt is not None:
        _only(prompt, {"title", "lines"}, "a prompt")
        if not prompt["lines"]:
            raise ImproperlyConfigured(f"the prompt of item {entry['number']} says nothing")
    words = {name: entry[name] for name in ("label", "help", "ask")}
    if not isinstance(entry["number"], int) or not all(isinstance(word, str) and word.strip() for word in words.values()):
        raise ImproperlyConfigured("an item has a number, a label, help, and what to ask")
    return Item(entry["number"], **words, prompt=prompt and Prompt(prompt["title"], tuple(prompt["lines"])))


def _expect_numbers(tool, numbered):
    if tool not in ITEMS_OF:
        raise ImproperlyConfigured(f"unknown tool {tool}")
    if sorted(numbered) != list(range(1, ITEMS_OF[tool] + 1)):
        raise ImproperlyConfigured(f"{tool} has the items 1 to {ITEMS_OF[tool]}, each once")


def _known(items, number, section):
    if number not in items:
        raise ImproperlyConfigured(f"section {section} names item {number}, which is not there")
    return items[number]


def _only(entry, names, what):
    if unknown := set(entry) - names:
        raise ImproperlyConfigured(f"{what} cannot have {', '.join(sorted(unknown))}")


def _missing(code):
    raise KeyError(code)
