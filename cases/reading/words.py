"""The words in a document, so that an address that must not be seen is found in it. Nothing here trusts what a file says of its own size."""

import email
import email.policy
import html
import io
import re
import zipfile

MOST_WORDS = 3_000_000  # characters
_MOST_PAGES, _MOST_MEMBERS, _MOST_UNPACKED = 1000, 5000, 60_000_000
_BREAKS = re.compile(rb"</w:p>|<w:br\b[^>]*>|<w:tab\b[^>]*>|</si>|</c>|</is>|</comment>|</row>|</dc:\w+>|</cp:\w+>|</a:p>|</Company>|</Manager>")
_TAGS = re.compile(r"<[^>]*>")
_LINK = re.compile(rb"<Relationship\b[^>]*>")
# A link that somebody follows is harmless until they do; a picture or a template from elsewhere is fetched by opening the document.
_FETCHES = re.compile(rb"""^(?=.*TargetMode\s*=\s*["']External)(?!.*/hyperlink["'])""", re.I | re.S)
_READ = re.compile(r"(word|xl|docProps)/.*\.(xml|rels|vml)$", re.I)


class Unfit(Exception):
    """The file cannot be taken; the message says why, and what to do."""


def of_text(content):
    """(words, whether these are all of them)"""
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), True


def of_pdf(content):
    """The text of each page. A page without any is a scan, whose words nobody has read."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise Unfit("This PDF is locked by a password. Save it without one and add that") from None
        raise Unfit("This PDF is damaged and cannot be opened. Make it again, or scan it again") from None
    if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
        raise Unfit("This PDF carries a program. Print it to PDF again, and add that")
    if raw.FPDFDoc_GetAttachmentCount(document.raw) > 0:
        raise Unfit("This PDF carries other files inside it. Add each of them by itself, and print this one to PDF again")
    pages, is_whole = [], len(document) <= _MOST_PAGES
    for number in range(min(len(document), _MOST_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        is_whole = is_whole and bool(text.strip()) and sum(map(len, pages)) < MOST_WORDS
        pages.append(text)
    return "\n".join(pages), is_whole


def of_office(content):
    """The text of a Word document or an Excel workbook, with its comments, headers, links and what it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if len(members) > _MOST_MEMBERS:
                raise Unfit("This document unpacks into far more than it should, and was not opened")
            room, parts = _MOST_UNPACKED, []
            for member in members:
                if _READ.match(member.filename):
                    with packed.open(member) as opened:
                        part = opened.read(room + 1)
                    room -= len(part)
                    if room < 0:
                        raise Unfit("This document unpacks into far more than it should, and was not opened")
                    if member.filename.endswith(".rels") and any(_FETCHES.search(link) for link in _LINK.findall(part)):
                        raise Unfit("This document fetches something from the internet when it is opened, which tells others where that is. Save it as PDF and add that")
                    parts.append(_without_tags(part, keeps_links=member.filename.endswith(".rels")))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        raise Unfit("This document is damaged or locked, and cannot be opened. Save it again") from problem
    return "\n".join(parts), not any("/media/" in member.filename or "/embeddings/" in member.filename for member in members)


def members_of(content):
    """The names in a packed file; none where it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return packed.namelist()[: _MOST_MEMBERS + 1]
    except (zipfile.BadZipFile, ValueError, OSError):
        return []


def of_email(content):
    """Who wrote to whom, about what, and what. A file that travels with the message is not read, so it is not taken."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = [f"{name}: {value}" for name, value in message.items() if name.lower() in ("from", "to", "cc", "bcc", "subject", "date", "reply-to")]
    is_whole = True
    for part in message.walk():
        if part.is_multipart():
            continue
        if part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment":
            is_whole = False
            continue
        if part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
            raise Unfit("This e-mail carries other files. Add each of them by itself, and this message printed to PDF")
        try:
            text = part.get_content()
        except (LookupError, ValueError):
            text, is_whole = (part.get_payload(decode=True) or b"").decode("cp1252", errors="replace"), False
        parts.append(html.unescape(_TAGS.sub(" ", text)) if part.get_content_subtype() == "html" else text)
    return "\n".join(parts), is_whole


def _without_tags(part, *, keeps_links):
    text = _BREAKS.sub(b"\n", part).decode("utf-8", errors="replace")
    links = "\n".join(re.findall(r'Target="([^"]*)"', text)) if keeps_links else ""
    # Inside a paragraph a word may be cut into several tags: they are taken out without a space between.
    return html.unescape(_TAGS.sub("", text)) + "\n" + html.unescape(links)
