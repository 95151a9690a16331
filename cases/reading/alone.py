"""What runs in the process apart: reads one file from its input, says what it is, and gives a picture back bare. Knows no Django, no key, no database."""

import io
import json
import resource
import sys
import warnings

from cases.reading import pictures, words
from cases.rules.file_types import HEAD, PICTURES, kind_of

SECONDS, BYTES = 20, 1_500_000_000
_MOST_PIXELS = 120_000_000


def read(content):
    """(what was found, the content if it was changed). `found` holds kind, reason (why it is not taken), words, is_whole, had_place."""
    kind, reason = kind_of(content[:HEAD], words.members_of(content) if content.startswith(b"PK") else None)
    found = {"kind": kind, "reason": reason, "words": "", "is_whole": True, "had_place": False}
    if kind is None:
        return found, b""
    changed = b""
    try:
        if kind in PICTURES:
            found["had_place"], changed = _picture(kind, content)
            found["is_whole"] = False
        else:
            said, found["is_whole"] = {"pdf": words.of_pdf, "docx": words.of_office, "xlsx": words.of_office, "eml": words.of_email, "text": words.of_text}[kind](content)
            found["words"] = said[: words.MOST_WORDS]
            found["is_whole"] = found["is_whole"] and len(said) <= words.MOST_WORDS
    except words.Unfit as unfit:
        found["reason"] = str(unfit)
    except Exception:  # whatever a broken file breaks, it is refused
        found["reason"] = "This file is damaged and cannot be opened. Save it again"
    return found, changed


def _picture(kind, content):
    """(whether it said where it was taken, the picture bare)"""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a camera wrote wrongly beside the picture goes anyhow
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[kind.upper()])
            exif = picture.getexif()
            had_place, orientation = bool(exif.get_ifd(0x8825)), exif.get(0x0112, 1)
            picture.load()
        return had_place, pictures.bare(kind, content, orientation if isinstance(orientation, int) else 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise words.Unfit("This picture is larger than any that a camera makes, and was not opened") from None
    except Exception:
        raise words.Unfit("This picture is damaged and cannot be opened. Save it again, or take it again") from None


def main():
    """Limits itself first, then reads."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found, changed = read(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + changed)
