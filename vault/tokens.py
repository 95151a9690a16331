"""Finding what is sealed: keyed tokens (HMAC-SHA256) of a word, its neighbours, sound and trigrams, of a number. Without the key they mean nothing.

A token is 63 bits, kept as a bigint so that PostgreSQL can index arrays of them. Two words share one by chance once in nine million
million million: what is found by tokens is looked at in clear before anybody is shown it. That some tokens are common can be seen in a dump
(so many people share a trigram): which letters they stand for cannot, without the key (docs/adr/0021).
"""

import hmac

from vault.keys import index_ring

_MASK = (1 << 63) - 1


def tokens(marks):
    """The tokens to store for `(kind, text)` marks, under the current key; each once."""
    return sorted(_made(index_ring().current[1], marks))


def tokens_to_find(mark):
    """The tokens under which one `(kind, text)` mark may be stored: one for each key on the ring, so that a change of keys hides nobody."""
    return [token for key in index_ring().keys.values() for token in _made(key, [mark])]


def any_to_find(marks):
    """The tokens under which any of these marks may be stored."""
    return [token for mark in sorted(marks) for token in tokens_to_find(mark)]


def _made(key, marks):
    return {int.from_bytes(hmac.digest(key, f"{kind}\x00{text}".encode(), "sha256")[:8], "big") & _MASK for kind, text in marks}
