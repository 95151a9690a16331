"""Sealing: what comes back is what was put in, or an error; never something else."""

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from vault.cipher import Unreadable, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32
ABOUT = "cases_person.family_name"


@given(st.binary())
def test_what_is_sealed_comes_back(plain):
    assert unseal(seal(plain, ABOUT), ABOUT) == plain


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_flipped_bit_is_an_error(plain, data):
    sealed = bytearray(seal(plain, ABOUT))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        unseal(bytes(sealed), ABOUT)


@given(st.binary(min_size=1, max_size=40), st.integers(1, 200))
def test_what_is_cut_short_is_an_error(plain, cut):
    sealed = seal(plain, ABOUT)
    with pytest.raises(Unreadable):
        unseal(sealed[: max(1, len(sealed) - cut)], ABOUT)


def test_in_another_column_it_does_not_open():
    with pytest.raises(Unreadable):
        unseal(seal(b"Thistlewood", ABOUT), "cases_person.given_name")


def test_the_same_twice_does_not_look_the_same():
    assert seal(b"Thistlewood", ABOUT) != seal(b"Thistlewood", ABOUT)
    assert b"Thistlewood" not in seal(b"Thistlewood", ABOUT)


def test_an_old_key_reads_and_the_first_writes():
    with override_settings(FIELD_KEYS={1: OLD}):
        before = seal(b"Thistlewood", ABOUT)
    with override_settings(FIELD_KEYS={2: NEW, 1: OLD}):
        assert unseal(before, ABOUT) == b"Thistlewood"
        after = seal(b"Thistlewood", ABOUT)
    with override_settings(FIELD_KEYS={2: NEW}):
        assert unseal(after, ABOUT) == b"Thistlewood"
        with pytest.raises(Unreadable, match="key 1"):
            unseal(before, ABOUT)


def test_another_key_under_the_same_number_does_not_open():
    with override_settings(FIELD_KEYS={1: OLD}):
        sealed = seal(b"Thistlewood", ABOUT)
    with override_settings(FIELD_KEYS={1: NEW}), pytest.raises(Unreadable):
        unseal(sealed, ABOUT)


def test_an_error_says_where_and_never_what():
    with pytest.raises(Unreadable) as told:
        unseal(b"Thistlewood" * 5, ABOUT)
    assert ABOUT in str(told.value) and "histlewood" not in str(told.value)
