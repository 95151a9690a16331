"""Every write passes the gate: only actions, and the rooms that assert they are inside one, may write; nobody else can."""

import ast

import pytest

from tests.guards.source import files, imports, is_actions

WRITES = {
    "save", "create", "bulk_create", "update_or_create", "get_or_create", "bulk_update", "delete", "update", "add", "remove", "set", "asave", "acreate",
    "adelete", "aupdate",
}
# Rooms that write and are not actions, each with the reason. A stale entry fails.
MAY_WRITE = {
    "agencies/founding.py": "founds agencies and accounts from a command line; no page reaches it",
    "agencies/gate.py": "the gate itself: the token of a form that was sent",
    "agencies/models.py": "the account manager that founding and sign-in use",
    "audit/writer.py": "the one writer of the log",
    "audit/seal.py": "the sealer of the log, a system process",
    "cases/gate.py": "the gate itself: counts the revision of a case up",
    "cases/clocks.py": "starts and stops clocks inside a gate (asserted); the sweep is the system's set-based gate",
    "cases/alike.py": "writes down who is likely to be whom inside a gate (asserted)",
    "cases/chronology.py": "writes an entry inside a gate (asserted)",
    "cases/order_alerts.py": "plans and drops alerts inside a gate (asserted); tells them as the system's set-based gate",
    "cases/matching.py": "asks the holders of a case to compare, inside the gate that opened another (asserted)",
    "cases/perpetrator_access.py": "keeps that what an alleged perpetrator can reach changed, inside the gate of what changed it (asserted)",
    "cases/one_record.py": "tells the other cases of one record of its change, inside the gate that changes it (asserted)",
    "cases/opening.py": "opens cases and gives grants inside a gate (asserted)",
    "cases/repeat_victims.py": "links a case to earlier ones of the same person inside a gate (asserted)",
    "cases/reassessing.py": "keeps what happened, raises and settles the action to assess again, inside a gate (asserted)",
    "marac/steps.py": "takes a referral's steps inside a gate (asserted)",
    "referrals/danger.py": "says on the case that somebody was in danger, and that it was dealt with, inside a gate (asserted)",
    "referrals/promises/engine.py": "starts and stops promises inside a gate (asserted); the sweep is the system's set-based gate",
    "referrals/joining.py": "asks the holders of a case to compare what was added to it, inside a gate (asserted)",
    "referrals/landlord/passing_on.py": "passes security measures to the lead agency inside the gate that ends a sharing (asserted)",
    "referrals/safeguarding/proposing.py": "proposes a safeguarding referral inside whatever gate brings it about (asserted)",
    "referrals/onward/due.py": "passes a referral out to the lead agency inside the gate that ends a sharing (asserted)",
    "referrals/into_case.py": "writes the rows of one page of a disclosure inside a gate (asserted)",
}


def writes(tree):
    """The calls in a file that write through a model or a manager: `x.save()`, `X.objects.create()`, `qs.update()` ..."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
            continue
        whole = ast.unparse(node.func)
        if node.func.attr in {"add", "remove", "set", "update", "delete", "create", "save"} and ".objects" not in whole and not _looks_like_a_row(node):
            continue
        yield node.lineno, whole


def _looks_like_a_row(call):
    """`update`, `add` and `set` are words of dicts and sets too; with keyword arguments `update` is a queryset's, `save` and `delete` are a row's."""
    if call.func.attr == "update":
        return bool(call.keywords) and not call.args
    if call.func.attr in {"save", "delete"}:
        return not call.args or bool(call.keywords)
    return False


def test_only_actions_and_the_gated_rooms_write():
    strays = {
        name: found
        for name, (tree, _) in files().items()
        if not is_actions(name) and name not in MAY_WRITE and "/management/commands/" not in name and not name.startswith("config/")
        if (found := [f"line {line}: {what}" for line, what in writes(tree)])
    }
    assert strays == {}


def test_the_list_of_gated_rooms_is_not_stale():
    gone = [name for name in MAY_WRITE if name not in files() or not list(writes(files()[name][0]))]
    assert gone == []


@pytest.mark.parametrize("name", [name for name in files() if is_actions(name)])
def test_what_writes_in_an_actions_file_is_an_action_or_asserts_the_gate(name):
    """A function that a page could call without the gate must not write; helpers begin with an underscore and are called by actions."""
    tree, _ = files()[name]
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and list(writes(node))
        if not any("_action" in ast.unparse(one) for one in node.decorator_list) and "assert inside()" not in ast.unparse(node)
    ]
    assert bare == []


def test_the_log_has_one_writer():
    callers = {name for name, (tree, _) in files().items() if "audit.writer" in set(imports(tree))}
    assert callers == {"agencies/gate.py", "cases/access.py"}


def test_raw_sql_stands_only_where_a_set_is_moved_at_once():
    using = {name for name, (_, source) in files().items() if ".execute(" in source or (".copy(" in source and "cursor" in source)}
    # The sweep, the sealer and the search: each asks for a set that the ORM cannot ask for in one go. The last runs the ORM's own SQL again.
    allowed = {"cases/clocks.py", "audit/seal.py", "cases/search.py", "cases/compiled.py"}
    assert {name for name in using if not name.startswith("config/") and name not in allowed} == set()
