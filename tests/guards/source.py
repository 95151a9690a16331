"""What the guards read: the project's own Python files, parsed once."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("config", "reporting", "marac", "accommodation", "referrals", "cases", "agencies", "audit", "ui")


@functools.cache
def files():
    """{path relative to the root: (tree, source)} for every production file that is not a migration."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and "node_modules" not in name:
                source = path.read_text()
                found[name] = (ast.parse(source), source)
    return found


def imports(tree):
    """Every module that a file imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def is_rules(name):
    return name.endswith("/rules.py") or "/rules/" in name


def is_actions(name):
    return name.endswith("/actions.py") or "/actions/" in name
