"""The check of kept files: what is whole, what is missing or damaged, what belongs to nothing."""

import os
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.cases.attaching import added
from vault import files as vault


@pytest.fixture(autouse=True)
def folder(tmp_path):
    with override_settings(FILES_FOLDER=tmp_path):
        yield tmp_path


def said(*words):
    out = StringIO()
    try:
        call_command("check_files", *words, stdout=out)
    except CommandError as error:
        out.write(f"failed: {error}")
    return out.getvalue()


def test_what_is_whole_is_counted(people, a_case):
    added(people, a_case(), title="CANARY")
    assert said() == "1 files looked at, 0 not as they were, 0 that belong to nothing.\n"


@pytest.mark.parametrize("harm", ["missing", "changed", "exchanged", "key"])
def test_what_is_not_as_it_was_is_named_by_its_id(people, a_case, folder, harm):
    case = a_case()
    one, other = added(people, case, title="CANARY", content=b"one"), added(people, case, title="CANARY", content=b"other")
    path, keys = folder / one.stored_as[:2] / one.stored_as, {}
    if harm == "missing":
        path.unlink()
    elif harm == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif harm == "exchanged":
        path.write_bytes((folder / other.stored_as[:2] / other.stored_as).read_bytes())
    else:
        keys = {"FILE_KEYS": {"another": bytes(32)}}
    with override_settings(**keys):
        text = said()
    assert f"file:{one.pk} " in text and "failed: Some files are not what was added" in text and "CANARY" not in text
    assert (f"file:{other.pk} " in text) is (harm == "key")


def test_what_belongs_to_nothing_goes_only_when_it_is_old_and_asked_for(people, a_case, folder):
    one, old, new = added(people, a_case()), vault.put([b"old"]), vault.put([b"new"])
    long_ago = time.time() - 48 * 3600
    for name in (old, one.stored_as):
        os.utime(folder / name[:2] / name, (long_ago, long_ago))
    assert "1 that belong to nothing." in said() and vault.names() == {one.stored_as, old, new}
    assert "1 that belong to nothing and were removed" in said("--take-back") and vault.names() == {one.stored_as, new}
