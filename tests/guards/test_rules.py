"""Rules are pure, and numbers that agencies negotiate never become constants in them."""

import ast

import pytest

from tests.guards.source import files, imports, is_rules

RULES = [name for name in files() if is_rules(name)]
PURE = {"collections", "dataclasses", "datetime", "enum", "math", "re", "typing", "zoneinfo", "itertools", "functools", "calendar", "unicodedata", "jellyfish"}


def test_there_are_rules():
    assert len(RULES) > 3


@pytest.mark.parametrize("name", RULES)
def test_it_imports_no_database_no_request_no_framework(name):
    tree, _ = files()[name]
    foreign = {module for module in imports(tree) if module.split(".")[0] not in PURE and not _is_rules_module(module)}
    assert foreign == set()


@pytest.mark.parametrize("name", RULES)
def test_it_never_asks_for_the_time(name):
    tree, _ = files()[name]
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {call for call in calls if call.split(".")[-1] in {"now", "today", "utcnow", "localdate", "localtime"}}


def _is_rules_module(module):
    return module.endswith(".rules") or ".rules." in module
