"""The keys that this process was given: read from the settings once, the first of each ring writes, all of them read (docs/keys.md)."""

import functools
from dataclasses import dataclass

from django.conf import settings
from django.core.signals import setting_changed


@dataclass(frozen=True)
class Ring:
    """Numbered 32-byte keys. `current` writes; an old one stays on the ring until nothing is left that it wrote."""

    keys: dict[int, bytes]

    @property
    def current(self):
        """The number and the bytes of the key that writes."""
        return next(iter(self.keys.items()))


@functools.cache
def field_ring():
    """The keys of what is encrypted in the database."""
    return Ring(dict(settings.FIELD_KEYS))


@functools.cache
def index_ring():
    """The keys of the tokens by which it is found again. Never one of the others: whoever holds these can try names against a dump."""
    return Ring(dict(settings.INDEX_KEYS))


def _forget(*, setting, **_):
    if setting in ("FIELD_KEYS", "INDEX_KEYS"):
        field_ring.cache_clear()
        index_ring.cache_clear()


setting_changed.connect(_forget)  # only tests change settings while a process runs
