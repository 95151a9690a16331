"""Pictures without what a camera or an editor wrote into them: where it was taken, when, with what, by whom. The picture itself is untouched.

Where a photograph was taken gives a refuge away as surely as an address does (domain 8.3).
"""

import struct

_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP"}
# Orientation alone, so that a photograph still stands the right way up: an Exif block of one entry.
_UPRIGHT = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


class NotWhole(Exception):
    """The picture ends before it should, or is not made as its kind is."""


def bare(kind, content, orientation=1):
    """The same picture with nothing beside it."""
    return _bare_jpeg(content, orientation) if kind == "jpeg" else _bare_png(content)


def _bare_png(content):
    kept, at = [content[:8]], 8
    while True:
        if at + 12 > len(content):
            raise NotWhole
        size = struct.unpack_from(">I", content, at)[0]
        name, end = content[at + 4 : at + 8], at + 12 + size
        if end > len(content):
            raise NotWhole
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)  # what follows the end is no part of the picture
        at = end


def _bare_jpeg(content, orientation):
    kept, at = [content[:2]], 2
    if 2 <= orientation <= 8:
        block = _UPRIGHT % orientation
        kept.append(b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block)
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if (at + 4 > len(content) and content[at : at + 2] != b"\xff\xd9") or content[at] != 0xFF:
            raise NotWhole
        mark = content[at + 1]
        if mark == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])  # a second picture, a film or anything else behind the end is left behind
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end > len(content):
            raise NotWhole
        if _is_kept(mark, content[at + 4 : end]):
            kept.append(content[at:end])
        at = end
        if mark == 0xDA:
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end


def _is_kept(mark, block):
    if mark == 0xFE or 0xE0 <= mark <= 0xEF:  # a comment, or what an application wrote: kept is how to show it, and nothing else
        return (mark == 0xE0 and block.startswith(b"JFIF\0")) or (mark == 0xE2 and block.startswith(b"ICC_PROFILE\0")) or (mark == 0xEE and block.startswith(b"Adobe"))
    return True


def _end_of_scan(content, at):
    """Where the drawn part that begins here gives way to the next block."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NotWhole
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at
