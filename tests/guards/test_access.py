"""One room asks who may see a case; every page has a door; nothing is served by a view that says nothing."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.capabilities import CAPABILITIES
from agencies.doors import declaration
from agencies.gate import VERBS
from agencies.middleware import SIGN_IN_VIEWS
from agencies.roles import ROLES
from cases.levels import LEVELS
from tests.guards.source import files, imports

# guardian's abstract table is the parent of our table of grants; only access.py asks the table anything.
MAY_IMPORT_GUARDIAN = {"cases/models/sharing.py"}


def patterns(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern


def test_only_access_asks_the_table_of_grants():
    using = {name for name, (tree, _) in files().items() if any(module.split(".")[0] == "guardian" for module in imports(tree))}
    assert using <= {"cases/access.py"} | MAY_IMPORT_GUARDIAN


def test_nobody_else_filters_by_grants_or_asks_a_superuser():
    words = re.compile(r"\bhas_perm\(|get_objects_for_user|assign_perm|is_superuser\b(?!=)")
    using = {name for name, (_, source) in files().items() if words.search(source)}
    assert using <= {"agencies/models.py"}


@pytest.mark.parametrize(("path", "pattern"), list(patterns()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_url_declares_a_door(path, pattern):
    if pattern.name in SIGN_IN_VIEWS:
        return
    doors = [declaration(pattern.callback, name) for name in ("capability", "signed_in_reason", "public_reason")]
    assert any(doors), f"{path} lets nobody in and says nothing"
    if doors[0]:
        assert doors[0] in CAPABILITIES


def test_only_sign_in_and_the_examples_are_public():
    public = {path for path, pattern in patterns() if declaration(pattern.callback, "public_reason")}
    assert all(path.startswith(("ui/", "info/")) or path in {"healthy/"} for path in public)


def test_roles_and_levels_speak_of_known_capabilities():
    assert {code for role in ROLES.values() for code in role.capabilities} <= set(CAPABILITIES)
    on_cases = {code for code, capability in CAPABILITIES.items() if capability.scope == "case"}
    assert {code for _, codes in LEVELS.values() for code in codes} == on_cases


def test_every_capability_is_used():
    used = {verb.capability for verb in VERBS.values()} | {declaration(pattern.callback, "capability") for _, pattern in patterns()}
    sources = "\n".join(source for name, (_, source) in files().items() if not name.startswith("agencies/"))
    idle = {code for code in CAPABILITIES if code not in used and f'"{code}"' not in sources}
    assert idle <= {"read_audit"}, "read_audit waits for the pages of the log"


def test_commissioners_auditors_and_administrators_can_never_hold_a_case():
    on_cases = {code for code, capability in CAPABILITIES.items() if capability.scope == "case"}
    for role in ("commissioner", "auditor", "information_governance", "administrator", "partnership_administrator"):
        assert not ROLES[role].capabilities & on_cases
