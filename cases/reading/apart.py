"""Reading a file in a process apart, from the side that asks: what it is, its words, why it is not taken."""

import contextlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass

from django.conf import settings

from cases.rules.file_types import TAKEN

_SECONDS = 30
_RUN = "import sys; sys.path.insert(0, sys.argv[1]); from cases.reading.alone import main; main()"
UNREADABLE = f"This file could not be opened, and may be damaged. Save it again as {TAKEN}"


@dataclass(frozen=True)
class Found:
    """What reading a file gave. `changed` is the picture bare, empty where the file stays as it came."""

    kind: str | None
    reason: str
    words: str = ""
    is_whole: bool = False  # every word of it was read
    had_place: bool = False  # a photograph that said where it was taken
    changed: bytes = b""


def read_apart(content):
    """Read content (pieces of bytes). Whatever happens to the process that reads, this returns: at worst the file is refused."""
    process = subprocess.Popen(  # noqa: S603 our own program, with nothing of the file among its words
        [sys.executable, "-I", "-c", _RUN, str(settings.BASE_DIR)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd="/", env={"LANG": "C.UTF-8"},
    )
    patience = threading.Timer(_SECONDS, process.kill)  # for a process that does not listen as well as for one that does not answer
    patience.start()
    with process:
        with contextlib.suppress(BrokenPipeError):  # it ended before it had heard all: what it said counts
            for piece in content:
                process.stdin.write(piece)
        answer, _ = process.communicate()
    patience.cancel()
    said, _, changed = answer.partition(b"\n")
    try:
        found = json.loads(said)
    except ValueError:
        return Found(None, UNREADABLE)
    return Found(found["kind"], found["reason"], found["words"], found["is_whole"], found["had_place"], changed)
