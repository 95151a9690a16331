"""What kinds of file a case takes, how each is known by its content, and why a file is refused: in words that say what to do instead.

The name of a file proves nothing. A kind stands here only if it can be kept from doing anything by itself on the computer of whoever opens it.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class FileType:
    """A kind of file that a case takes."""

    label: str
    endings: tuple[str, ...]
    media_type: str


# code: (label, endings that its name may have, media type)
TYPES = {
    "pdf": FileType("PDF document", ("pdf",), "application/pdf"),
    "jpeg": FileType("JPEG picture", ("jpg", "jpeg"), "image/jpeg"),
    "png": FileType("PNG picture", ("png",), "image/png"),
    "docx": FileType("Word document", ("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": FileType("Excel workbook", ("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "eml": FileType("E-mail", ("eml",), "message/rfc822"),
    "text": FileType("Plain text", ("txt", "text", "log", "csv"), "text/plain"),
}
PICTURES = ("jpeg", "png")
TAKEN = "PDF, JPEG, PNG, Word (.docx), Excel (.xlsx), e-mail (.eml) or plain text"

# Content that is known and not taken, by how it begins: what it is, and what to do about it.
_NOT_TAKEN = (
    (b"\xd0\xcf\x11\xe0", "This is an older Office or Outlook file, or one that is locked by a password. Save it as .docx, .xlsx or PDF without a password and add that"),
    (b"MZ", "This is a program. Programs cannot be added"),
    (b"\x7fELF", "This is a program. Programs cannot be added"),
    (b"#!", "This is a program. Programs cannot be added"),
    (b"GIF8", "GIF pictures cannot be added. Save it as PNG or JPEG"),
    (b"RIFF", "Sound, film and WebP files cannot be added here. Save a picture as JPEG or PNG"),
    (b"ID3", "Sound and film cannot be added here"),
    (b"OggS", "Sound and film cannot be added here"),
    (b"\x1aE\xdf\xa3", "Sound and film cannot be added here"),
    (b"{\\rtf", "Rich text files cannot be added. Save it as .docx or PDF"),
    (b"Rar!", "Packed files cannot be added. Unpack it, and add each file by itself"),
    (b"7z\xbc\xaf", "Packed files cannot be added. Unpack it, and add each file by itself"),
    (b"\x1f\x8b", "Packed files cannot be added. Unpack it, and add each file by itself"),
    (b"BM", "BMP pictures cannot be added. Save it as PNG or JPEG"),
    (b"II*\0", "TIFF pictures cannot be added. Save it as PDF or JPEG"),
    (b"MM\0*", "TIFF pictures cannot be added. Save it as PDF or JPEG"),
)
_PACKED = "Packed files cannot be added. Unpack it, and add each file by itself"
_WEB_PAGE = "This is a web page or a drawing that can carry programs. Print it to PDF and add that"
_FILM = "Film cannot be added here. If this is a picture from a telephone (HEIC), save or send it as JPEG"
_UNKNOWN = f"This kind of file is not taken. Add {TAKEN}"
_WEB = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|style|img|a\s|meta|link|form|div|table)", re.I)
_HEADER = re.compile(
    rb"(?:From|Received|Return-Path|Delivered-To|Date|Subject|To|MIME-Version|Message-ID|X-[\w-]+|DKIM-Signature|ARC-[\w-]+|Content-Type):[ \t]", re.I
)
_SENDER = re.compile(rb"^From:[ \t]", re.I | re.M)
_DATED = re.compile(rb"^(?:Date|Subject|MIME-Version|Message-ID):[ \t]", re.I | re.M)
HEAD = 16384
_LONGEST_NAME = 150


def kind_of(head: bytes, members=None):
    """The kind of a file by how it begins, and of a packed one by what is in it (`members`, the names); or None with why not: (kind, reason)."""
    if not head:
        return None, "The file is empty. Choose another, or scan it again"
    if head.startswith(b"%PDF-"):
        return "pdf", ""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg", ""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", ""
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_packed(members or [])
    if head[4:8] == b"ftyp":
        return None, _FILM
    for beginning, reason in _NOT_TAKEN:
        if head.startswith(beginning):
            return None, reason
    return _kind_of_text(head)


def _kind_of_packed(members):
    if "[Content_Types].xml" not in members:
        return None, _PACKED
    if any(name.lower().endswith((".bin", ".exe", ".js", ".vbs", ".ocx", ".dll")) and "printersettings" not in name.lower() for name in members):
        return None, "This document carries macros or other files inside it. Save it without them, or as PDF, and add that"
    if any(name.startswith("word/") for name in members):
        return "docx", ""
    if any(name.startswith("xl/") for name in members):
        return "xlsx", ""
    return None, "Of Office files only Word (.docx) and Excel (.xlsx) are taken. Save it as PDF and add that"


def _kind_of_text(head):
    if b"\0" in head or any(byte < 9 or 13 < byte < 27 for byte in head):
        return None, _UNKNOWN
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HEADER.match(text) and _SENDER.search(text) and _DATED.search(text):
        return "eml", ""
    if _WEB.search(text):
        return None, _WEB_PAGE
    return "text", ""


def reasons_name_lies(name: str, kind: str) -> list[str]:
    """Why a name does not fit what the file is; empty when it does, or when it ends in nothing."""
    stem, _, ending = name.rpartition(".")
    if not stem or ending.lower() in TYPES[kind].endings:
        return []
    return [f"Its name ends in .{ending[:10]}, and its content is a different kind of file ({TYPES[kind].label}). Check that it is the one you mean, and name it as what it is"]


def reasons_too_large(size: int, most: int) -> list[str]:
    """Why a file is too large; empty when it is not."""
    if size <= most:
        return []
    return [
        f"The file is larger than {most // 1_048_576} MB, and was not kept. Scan it in grey at 200 dots an inch, or divide it, and choose it again. "
        "What else you typed is still here"
    ]


def clean_name(name: str) -> str:
    """The name as people read it: without what is not to be seen (which can turn a name round) and without a path."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(one for one in name if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = " ".join(name.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_NAME:
        name = f"{stem[: _LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 10 else name[:_LONGEST_NAME]
    return name or "Without a name"
