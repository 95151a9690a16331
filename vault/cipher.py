"""Sealing bytes with AES-256-GCM: what comes back is what was put in, for the place it was put in, or an error.

A sealed value is: format (1 byte), number of the key (1), nonce (12, random), ciphertext and tag (16 more than the plain bytes). What it
is `about` (the table and column) is authenticated with it, so that a value moved to another column is refused. Two rows of one column
can still be swapped by somebody who may write to the table: that takes the database role, not a stolen copy.
A random nonce is safe for 2**32 values of one key (NIST SP 800-38D): a thousand times what a partnership writes in a century.
"""

import functools
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.keys import field_ring

_FORMAT, _NONCE, _TAG = 1, 12, 16
_HEAD = 2 + _NONCE
SEALED = bytes([_FORMAT])


class Unreadable(Exception):
    """A sealed value cannot be opened: it was altered, it stands in the wrong place, or its key is not on the ring. Never ignored, never guessed."""


def seal(plain: bytes, about: str) -> bytes:
    """Seal bytes under the current key. Nothing stays nothing: that a field is empty is no secret."""
    if not plain:
        return b""
    number, key = field_ring().current
    head, nonce = bytes([_FORMAT, number]), os.urandom(_NONCE)
    return head + nonce + _cipher(key).encrypt(nonce, plain, head + about.encode())


def unseal(sealed: bytes, about: str) -> bytes:
    """The bytes that were sealed. Raises Unreadable rather than giving anything else."""
    if not sealed:
        return b""
    if len(sealed) <= _HEAD + _TAG or sealed[0] != _FORMAT:
        raise Unreadable(f"{about}: not a sealed value")
    key = field_ring().keys.get(sealed[1])
    if key is None:
        raise Unreadable(f"{about}: sealed with key {sealed[1]}, which is not among the keys of this process")
    try:
        return _cipher(key).decrypt(sealed[2:_HEAD], sealed[_HEAD:], sealed[:2] + about.encode())
    except InvalidTag:
        raise Unreadable(f"{about}: altered, or not written here with key {sealed[1]}") from None


@functools.lru_cache(maxsize=32)
def _cipher(key):
    return AESGCM(key)
