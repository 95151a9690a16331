"""The question set is whole, ours, pinned once published, and refuses a file that is not whole."""

import hashlib
import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from cases import dash

FILE = dash.HERE / "ric24-2026.toml"
# Published files never change. A change is a new version with a new line here.
PUBLISHED = {
    "grid4-2026.toml": "b56f8e53a80da4679e9893e441c0fab189b61b2909f3210a0e311478e0dde70b",
    "h10-2026.toml": "98acbe9c98b17cd66798e5c2433bad1eb4292202014033223d018d87650980ff",
    "pol27-2026.toml": "757ff7ec20a24f35a93b41ba2b77fac717fa273e53ef2cefdb74d121c3d6faa9",
    "ric24-2026.toml": "205e5401a902f95bb6d3ba51827e1d72fc8efd3680d9e6aaa090b9a027aba7d7",
    "s11-2026.toml": "03388184a2488e751372cb633eeae6447261d9b41454a8875f327af69cf27140",
}
TEXT = FILE.read_text(encoding="utf-8")


def test_every_published_file_is_as_it_was_published():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in dash.HERE.glob("*.toml")}
    assert found == PUBLISHED


def test_it_has_24_items_in_parts_of_a_page():
    questions = dash.latest()
    assert (questions.tool, questions.version) == ("ric24", "2026")
    assert list(questions.items) == list(range(1, 25))
    assert [len(section.items) for section in questions.sections] == [5, 4, 5, 5, 5]


def test_item_nine_is_pregnancy_or_a_baby():
    assert "baby" in dash.latest().items[9].label.lower()


def test_the_safety_prompts_are_there():
    prompted = {number for number, item in dash.latest().items.items() if item.prompt}
    assert {2, 3, 4, 5, 8, 9, 14, 15, 22} <= prompted


def test_strangulation_says_what_to_do_before_the_next_item():
    prompt = dash.latest().items[15].prompt
    assert "before the next item" in prompt.title
    assert any("999" in line for line in prompt.lines)


def test_no_address_says_what_it_is_about():
    assert all(re.fullmatch(r"part-\d", section.code) for section in dash.latest().sections)


def test_parts_follow_each_other():
    questions = dash.latest()
    first, last = questions.sections[0], questions.sections[-1]
    assert questions.before(first) is None
    assert questions.after(last) is None
    assert questions.before(questions.after(first)) == first
    assert questions.section_of(15).code == "part-4"
    with pytest.raises(KeyError):
        questions.section("part-9")


def test_it_is_read_once():
    assert dash.question_set("ric24", "2026") is dash.question_set("ric24", "2026")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("number = 24", "number = 23", "twice"),
        ("number = 24", "number = 25", "1 to 24"),
        ("items = [20, 21, 22, 23, 24]", "items = [20, 21, 22, 23]", "one section"),
        ("items = [20, 21, 22, 23, 24]", "items = [20, 21, 22, 23, 24, 25]", "not there"),
        ("items = [20, 21, 22, 23, 24]", "items = [20, 21, 22, 24, 23]", "in the order"),
        ('code = "part-5"', 'code = "part-4"', "twice"),
        ('tool = "ric24"', 'tool = "other"', "unknown tool"),
        ('version = "2026"', "", "version"),
        ('label = "Money worries"', 'label = " "', "an item has"),
        ('label = "Money worries"', 'label = "Money worries"\nweight = 2', "weight"),
        ('help = "Anything used as a weapon, also things from the home."', "", "help"),
        ("all = [17]", "all = [77]", "not there"),
        ("all = [17]", "", "names no item"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(before, after, words):
    assert TEXT.count(before) == 1
    with pytest.raises(ImproperlyConfigured, match=words):
        dash.parse(TEXT.replace(before, after))


def test_a_prompt_that_says_nothing_is_refused():
    start = TEXT.index("lines = [")
    end = TEXT.index("]", start) + 1
    with pytest.raises(ImproperlyConfigured, match="says nothing"):
        dash.parse(TEXT[:start] + "lines = []" + TEXT[end:])


def test_words_are_laid_over_the_labels_and_nothing_else():
    questions = dash.reworded(dash.latest(), {15: "Licensed words"})
    assert questions.items[15].label == "Licensed words" and questions.items[14] == dash.latest().items[14]
    assert questions.items[15].prompt.title.startswith("Strangulation")


def test_a_file_that_names_another_version_is_refused(tmp_path, monkeypatch):
    (tmp_path / "ric24-2099.toml").write_text(TEXT)
    monkeypatch.setattr(dash, "HERE", tmp_path)
    with pytest.raises(ImproperlyConfigured, match="says that it is"):
        dash.question_set("ric24", "2099")
