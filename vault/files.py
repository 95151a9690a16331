"""Where sealed files lie: in a folder of their own outside everything that is served, under names that say nothing."""

import contextlib
import os
import re
import secrets
from pathlib import Path

from django.conf import settings

from vault.sealed_files import Damaged, Sealer, unsealed

_NAME = re.compile(r"[0-9a-f]{32}\Z")


def put(content):
    """Seal content (pieces of bytes) into a new file. Returns the name that it lies under; nothing is left behind if it fails."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealer = Sealer(file, name, settings.FILE_KEYS)
            for piece in content:
                sealer.add(piece)
            sealer.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return name


def content_of(name):
    """The content that lies under a name, piece after piece, once all of it has been found whole. Raises Damaged before the first piece."""
    for _ in _pieces(name):
        pass
    return _pieces(name)


def take_back(name):
    """Remove a file that was put and then belonged to nothing, because what was to point to it was refused."""
    with contextlib.suppress(OSError):
        _path(name).unlink()


def names():
    """Every name that something lies under."""
    return {path.name for path in Path(settings.FILES_FOLDER).glob("??/*") if _NAME.match(path.name)}


def _pieces(name):
    try:
        with _path(name).open("rb") as file:
            yield from unsealed(file, name, settings.FILE_KEYS)
    except OSError:
        raise Damaged("it is not where it was put") from None


def _path(name):
    if not _NAME.match(name):
        raise Damaged("nothing lies under such a name")
    return Path(settings.FILES_FOLDER) / name[:2] / name
