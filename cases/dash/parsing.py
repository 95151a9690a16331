"""Reading the file of a question set, and refusing one that is not whole."""

import tomllib

from django.core.exceptions import ImproperlyConfigured

from cases.dash.questions import ANSWERS, CriticalFactor, Item, Prompt, QuestionSet, Section

_WORDS = ("label", "help", "ask")


def parse(text, tools, checklist):
    """A question set from the text of its file. `checklist(version)` is the 24-item one, from which an item with `ric` takes its words.

    Raises ImproperlyConfigured where the file is not whole.
    """
    raw = tomllib.loads(text)
    try:
        if raw["tool"] not in tools:
            raise ImproperlyConfigured(f"unknown tool {raw['tool']}")
        common = checklist(raw["ric_version"]).items if "ric_version" in raw else {}
        items = {}
        for entry in raw["items"]:
            _only(entry, {"number", "prompt", "ric", "answers", *_WORDS}, "an item")
            item = _item(entry, common)
            if item.number in items:
                raise ImproperlyConfigured(f"item {item.number} is there twice")
            items[item.number] = item
        _expect_numbers(raw["tool"], tools[raw["tool"]].items, items)
        sections = tuple(
            Section(entry["code"], entry["title"], tuple(_known(items, number, entry["code"]) for number in entry["items"])) for entry in raw["sections"]
        )
        factors = tuple(
            CriticalFactor(entry["code"], entry["label"], frozenset(entry.get("all", ())), frozenset(entry.get("any", ())))
            for entry in raw.get("critical_factors", ())
        )
        # The first published file was made before files said which items are about a child: it is the ninth.
        about_children = frozenset(raw.get("about_children", [9] if raw["tool"] == "ric24" else ()))
        questions = QuestionSet(
            raw["tool"], raw["version"], raw["name"], sections, factors, tools[raw["tool"]], tuple(raw.get("rules", ())), about_children
        )
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
    if not about_children <= set(items):
        raise ImproperlyConfigured("about_children names an item that is not there")
    return questions


def _item(entry, common):
    answers = entry.get("answers", "said")
    if answers not in ANSWERS:
        raise ImproperlyConfigured(f"item {entry['number']} cannot be answered with {answers}")
    if "ric" in entry:
        if set(entry) != {"number", "ric"}:
            raise ImproperlyConfigured(f"item {entry['number']} takes its words from the checklist, and has none of its own")
        if entry["ric"] not in common:
            raise ImproperlyConfigured(f"item {entry['number']} names item {entry['ric']} of the checklist, which is not there")
        first = common[entry["ric"]]
        return Item(entry["number"], first.label, first.help, first.ask, first.prompt, first.number)
    prompt = entry.get("prompt")
    if prompt is not None:
        _only(prompt, {"title", "lines"}, "a prompt")
        if not prompt["lines"]:
            raise ImproperlyConfigured(f"the prompt of item {entry['number']} says nothing")
    words = {name: entry[name] for name in _WORDS}
    if not isinstance(entry["number"], int) or not all(isinstance(word, str) and word.strip() for word in words.values()):
        raise ImproperlyConfigured("an item has a number, a label, help, and what to ask")
    # Of a form that maps to the checklist, an item of its own does not count there; of any other form each item is its own.
    return Item(entry["number"], **words, prompt=prompt and Prompt(prompt["title"], tuple(prompt["lines"])), common=None if common else entry["number"], answers=answers)


def _expect_numbers(tool, many, numbered):
    if sorted(numbered) != list(range(1, many + 1)):
        raise ImproperlyConfigured(f"{tool} has the items 1 to {many}, each once")


def _known(items, number, section):
    if number not in items:
        raise ImproperlyConfigured(f"section {section} names item {number}, which is not there")
    return items[number]


def _only(entry, names, what):
    if unknown := set(entry) - names:
        raise ImproperlyConfigured(f"{what} cannot have {', '.join(sorted(unknown))}")
