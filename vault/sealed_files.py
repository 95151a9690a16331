"""Sealed files: how a file lies on a disk so that whoever finds it reads nothing, and whoever changes one bit of it is found out.

Each file has a key of its own, which is itself sealed with one of the service's keys; the header names which, so that keys can be
changed. The content follows in pieces of 64 kB (AES-256-GCM), numbered and with the last one marked: a piece that is changed, left
out, moved or cut off is an error, and so is a file put in another's place. Whole files are never in memory.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 64 * 1024
_MARK, _TAG, _NONCE, _KEY = b"WAYMARK1", 16, 12, 32
_LONGEST_ID = 32


class Damaged(Exception):
    """The file is not what was sealed, or its key is not held: nothing of it can be given out."""


class Sealer:
    """Writes one sealed file: `add` its content, then `close`. `keys` as config.env.keys gives them; `name` binds the file to its place."""

    def __init__(self, file, name, keys):
        self._file, self._waiting, self._number = file, bytearray(), 0
        key_id, outer = next(iter(keys.items()))
        key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE)
        self._seal = AESGCM(key)
        marked = _header(key_id)
        file.write(marked + nonce + AESGCM(outer).encrypt(nonce, key, marked + name.encode()))

    def add(self, content):
        """The next of the content, however it comes."""
        self._waiting += content
        while len(self._waiting) > PIECE:  # the last piece stays back, because it is marked as the last
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def close(self):
        """The last of the content has been added."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, piece, *, is_last):
        self._file.write(self._seal.encrypt(_place(self._number, is_last), piece, None))
        self._number += 1


def unsealed(file, name, keys):
    """The content of a sealed file, piece after piece. Raises Damaged as soon as something is not what it was."""
    seal = _open(file, name, keys)
    number, piece = 0, file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield seal.decrypt(_place(number, not following), piece, None)
        except InvalidTag:
            raise Damaged("a piece is not what was sealed") from None
        if not following:
            return
        number, piece = number + 1, following


def _open(file, name, keys):
    marked = file.read(len(_MARK) + 1)
    if len(marked) <= len(_MARK) or not marked.startswith(_MARK) or marked[-1] > _LONGEST_ID:
        raise Damaged("it does not begin as a sealed file does")
    key_id = file.read(marked[-1])
    nonce, sealed_key = file.read(_NONCE), file.read(_KEY + _TAG)
    outer = keys.get(key_id.decode(errors="replace"))
    if outer is None:
        raise Damaged("it was sealed with a key that is not held")
    try:
        return AESGCM(AESGCM(outer).decrypt(nonce, sealed_key, marked + key_id + name.encode()))
    except (InvalidTag, ValueError):
        raise Damaged("its header is not what was written") from None


def _header(key_id):
    code = key_id.encode()
    return _MARK + bytes([len(code)]) + code


def _place(number, is_last):
    """The nonce of a piece: no two pieces of a file share one, and no two files share a key."""
    return struct.pack(">xxxQ?", number, is_last)
