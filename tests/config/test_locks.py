"""The lock files: hashed, without an address, one inside the other; and a reason for everything that they lock."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parent.parent.parent
PROJECT = CHECKOUT / "pyproject.toml"
LOCKS = ("app", "demo", "dev")


def _locked(name):
    """name -> {marker: version} of a lock file, having checked that each line pins and is hashed."""
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
    locked = {}
    for entry in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = entry.split("--hash=")
        parsed = Requirement(requirement)
        assert re.fullmatch(r"==[^=*]+", str(parsed.specifier)), entry
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", each) for each in hashes), entry
        locked.setdefault(canonicalize_name(parsed.name), {})[str(parsed.marker or "")] = str(parsed.specifier)
    return locked


def _declared():
    project = tomllib.loads(PROJECT.read_text())["project"]
    return {"app": project["dependencies"], **project["optional-dependencies"]}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(name):
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
    assert len(_locked(name)) > 40
    assert "://" not in text and "--index" not in text and "--find-links" not in text and " @ " not in text


def test_what_is_run_is_what_is_demonstrated_is_what_is_tested():
    app, demo, dev = (_locked(name) for name in LOCKS)
    for smaller, larger in ((app, demo), (demo, dev)):
        assert smaller.keys() < larger.keys()
        for name, versions in smaller.items():
            assert set(versions.values()) <= set(larger[name].values()), name


@pytest.mark.parametrize("group", ["app", "demo", "dev"])
def test_each_declared_dependency_is_locked_in_its_range(group):
    locked = _locked(group)
    for text in _declared()[group]:
        wanted = Requirement(text)
        versions = locked[canonicalize_name(wanted.name)].values()
        assert all(wanted.specifier.contains(version.removeprefix("==")) for version in versions), text


def test_each_dependency_says_why_it_is_here():
    declared = [text for group in _declared().values() for text in group]
    lines = {line.strip() for line in PROJECT.read_text().splitlines()}
    for text in declared:
        assert any(re.match(re.escape(f'"{text}",') + r"\s+# \S+ \S+", line) for line in lines), f"{text} has no reason"


def test_guardian_is_never_a_release_with_known_faults():
    assert all(tuple(map(int, version[2:].split("."))) >= (3, 5, 1) for version in _locked("app")["django-guardian"].values())
