"""The house stands as it was drawn: short files, known names, no room for odds and ends."""

import ast
import re

import pytest

from tests.guards.source import APPS, ROOT, files

LIMIT = 400
BANNED_NAMES = re.compile(r"(Manager|Handler|Processor|Service|Helper|Util|Base)$")
BANNED_ROOMS = {"core", "common", "utils", "util", "helpers", "helper", "services", "service", "misc"}


@pytest.mark.parametrize("name", files())
def test_a_file_stays_short_and_says_what_it_owns(name):
    tree, source = files()[name]
    assert len(source.splitlines()) <= LIMIT
    if source.strip() and not name.endswith(("apps.py", "__init__.py", "urls.py")) and "/urls/" not in name and tree.body:
        assert ast.get_docstring(tree), "the first line says what this file owns"


@pytest.mark.parametrize("name", files())
def test_names_are_the_fields_own(name):
    tree, _ = files()[name]
    bad = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and BANNED_NAMES.search(node.name)]
    assert bad == []


def test_there_is_no_room_for_odds_and_ends():
    rooms = {part.removesuffix(".py") for name in files() for part in name.split("/")}
    assert rooms & BANNED_ROOMS == set()


def test_nothing_of_a_machine_or_a_registry_is_in_the_tree():
    places = re.compile(r"(?<![\w.])/(home|root|Users|work/main)/[a-z]|https?://(?!example\.org|127\.0\.0\.1|localhost|www\.w3\.org)[a-z0-9.-]*(pypi|npmjs|registry)[a-z0-9.-]*")
    found = [name for name, (_, source) in files().items() if places.search(source)]
    assert found == []


def test_titles_never_say_what_the_service_is_about():
    telling = re.compile(r"abuse|violence|victim|survivor|perpetrator|MARAC|DASH|refuge|risk|safe", re.I)
    block = re.compile(r"{%\s*block\s+(?:page_title|title)\s*%}(.*?){%\s*endblock", re.S)
    bad = {}
    for path in (ROOT / "templates").rglob("*.html"):
        for title in block.findall(path.read_text()):
            words = re.sub(r"{[%{#].*?[%}#]}", "", title, flags=re.S)
            if telling.search(words):
                bad[path.name] = words.strip()
    assert bad == {}


def test_the_apps_are_the_ones_that_were_drawn():
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} | {"config", "ui"} == set(APPS)


def test_nobody_empties_the_cache_of_everybody():
    """Django empties the whole Redis, the sessions of everybody and the tests that run beside this one included."""
    tests = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    assert {name for name, source in ({name: source for name, (_, source) in files().items()} | tests).items() if "cache" + ".clear(" in source} == set()
