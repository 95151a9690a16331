"""Receiving a file: only where a page asks for one, only from who is signed in, never more than may be kept, and never in plain on a disk.

Every other page that is sent a file learns that there was one, and nothing of it is kept. What is too large is let go by as it
arrives, so that the rest of the form is still read and nothing that was typed is lost.
"""

import os
import tempfile

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from vault.sealed_files import Sealer, unsealed

MEGABYTE = 1024 * 1024
# What is let go by before the line is cut: a form that goes on for ever holds a worker.
_LET_GO = 200 * MEGABYTE


def takes_a_file(most_bytes):
    """Mark a view as one that takes files, each of no more than `most_bytes()`."""

    def mark(view):
        view.most_bytes = most_bytes
        return view

    return mark


class Received(UploadedFile):
    """A file as it came, sealed under a key that lives no longer than the request. `is_too_large`, or not asked for: nothing was kept."""

    def __init__(self, name, size, content_type, spool, keys, *, is_too_large):
        super().__init__(file=spool, name=name, content_type=content_type, size=size)
        self.is_too_large = is_too_large
        self._keys = keys

    def chunks(self, chunk_size=None):
        """The content, piece after piece, from the beginning."""
        if self.file is None:
            return
        self.file.seek(0)
        yield from unsealed(self.file, "", self._keys)

    def close(self):
        """Gone with the request."""
        if self.file is not None:
            self.file.close()

    def read(self, *_):
        """The whole content at once is never asked for."""
        raise NotImplementedError("read it in pieces")


class SealedUpload(FileUploadHandler):
    """What Django calls for each file of a form while the form arrives (settings.FILE_UPLOAD_HANDLERS)."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._keys = {"once": os.urandom(32)}
        self._most, self._size, self._spool, self._sealer = self._may_take(), 0, None, None
        if self._most:
            self._spool = tempfile.TemporaryFile()  # noqa: SIM115 it lives as long as the request; Django closes it
            self._sealer = Sealer(self._spool, "", self._keys)

    def _may_take(self):
        """How many bytes the page takes; none where it asks for no file or nobody has signed in."""
        page = getattr(self.request, "resolver_match", None)
        most_bytes = getattr(page.func, "most_bytes", None) if page else None
        return most_bytes() if most_bytes and getattr(self.request, "actor", None) else 0

    def receive_data_chunk(self, raw_data, start):
        self._size += len(raw_data)
        if self._sealer and self._size <= self._most:
            self._sealer.add(raw_data)
        elif self._sealer:
            self._drop()
        if self._size > self._most + _LET_GO:
            raise StopUpload(connection_reset=True)

    def file_complete(self, file_size):
        if self._sealer:
            self._sealer.close()
        is_too_large = bool(self._most) and self._size > self._most
        return Received(self.file_name, self._size, self.content_type, self._spool, self._keys, is_too_large=is_too_large)

    def upload_interrupted(self):
        self._drop()

    def _drop(self):
        if getattr(self, "_spool", None):
            self._spool.close()
        self._spool = self._sealer = None
