"""Sealed files and the vault: what was put comes back, and nothing else ever does."""

import io
import os
import tracemalloc

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from vault import files as vault
from vault.sealed_files import PIECE, Damaged, Sealer, unsealed

KEYS = {"new": b"n" * 32, "old": b"o" * 32}
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17]


def sealed(content, name="a", keys=KEYS):
    file = io.BytesIO()
    sealer = Sealer(file, name, keys)
    sealer.add(content)
    sealer.close()
    return file.getvalue()


def opened(data, name="a", keys=KEYS):
    return b"".join(unsealed(io.BytesIO(data), name, keys))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(size):
    content = os.urandom(size)
    data = sealed(content)
    assert opened(data) == content
    assert size < 16 or content[:16] not in data


@given(st.lists(st.binary(max_size=100_000), max_size=5))
def test_it_does_not_matter_in_which_pieces_it_comes(pieces):
    file = io.BytesIO()
    sealer = Sealer(file, "a", KEYS)
    for piece in pieces:
        sealer.add(piece)
    sealer.close()
    assert opened(file.getvalue()) == b"".join(pieces)


def test_the_same_content_is_never_sealed_the_same_way():
    assert sealed(b"x" * 100) != sealed(b"x" * 100)


def test_an_older_key_still_opens_and_one_that_is_gone_does_not():
    data = sealed(b"content", keys={"old": KEYS["old"]})
    assert opened(data) == b"content"
    with pytest.raises(Damaged, match="not held"):
        opened(data, keys={"new": KEYS["new"]})
    with pytest.raises(Damaged):
        opened(data, keys={"old": b"x" * 32})


def test_any_bit_that_is_flipped_is_found():
    data = sealed(b"The quick brown fox" * 3)
    for place in range(len(data)):
        for bit in (1, 128):
            with pytest.raises(Damaged):
                opened(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])


@pytest.mark.parametrize("size", [0, 10, PIECE, 2 * PIECE, 2 * PIECE + 5])
def test_a_file_that_is_cut_short_or_goes_on_is_found(size):
    data = sealed(os.urandom(size))
    for cut in (0, 3, 9, 30, len(data) - PIECE - 16, len(data) - 16, len(data) - 1):
        if 0 <= cut < len(data):
            with pytest.raises(Damaged):
                opened(data[:cut])
    with pytest.raises(Damaged):
        opened(data + b"\0")


def test_pieces_that_changed_places_or_files_that_did_are_found():
    data = sealed(os.urandom(3 * PIECE))
    head = len(data) - 3 * (PIECE + 16)
    first, second, third = (data[head + n * (PIECE + 16) : head + (n + 1) * (PIECE + 16)] for n in range(3))
    for order in ((second, first, third), (first, third), (first, first, third)):
        with pytest.raises(Damaged):
            opened(data[:head] + b"".join(order))
    with pytest.raises(Damaged):
        opened(data, name="b")


# --- the vault


@pytest.fixture
def folder(tmp_path):
    with override_settings(FILES_FOLDER=tmp_path / "files", FILE_KEYS=KEYS):
        yield tmp_path / "files"


def test_what_is_put_lies_sealed_under_a_name_that_says_nothing(folder):
    name = vault.put([b"Plover", b" Court"])
    (path,) = (one for one in folder.rglob("*") if one.is_file())
    assert path.name == name and len(name) == 32 and b"Plover" not in path.read_bytes() and path.stat().st_mode & 0o077 == 0
    assert b"".join(vault.content_of(name)) == b"Plover Court" and vault.names() == {name}
    vault.take_back(name)
    vault.take_back(name)
    assert not vault.names()


def test_a_large_file_is_never_in_memory_as_a_whole(folder):
    tracemalloc.start()
    try:
        name = vault.put(bytes(PIECE) for _ in range(20 * 16))
        assert sum(map(len, vault.content_of(name))) == 20 * 1024 * 1024
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_damaged_file_gives_out_nothing_of_it(folder):
    name = vault.put([os.urandom(PIECE * 3)])
    path = folder / name[:2] / name
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Damaged):
        vault.content_of(name)  # before the first piece
    path.unlink()
    with pytest.raises(Damaged):
        vault.content_of(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n"])
def test_no_other_file_is_ever_opened(folder, name):
    with pytest.raises(Damaged):
        vault.content_of(name)


def test_what_could_not_be_put_leaves_nothing(folder):
    def breaks():
        yield b"some"
        raise OSError("the line was cut")

    with pytest.raises(OSError, match="cut"):
        vault.put(breaks())
    assert not [one for one in folder.rglob("*") if one.is_file()]
