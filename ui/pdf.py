"""Owns how a document becomes a PDF: tagged, with its fonts inside, and the same to the byte for the same content."""

import atexit
import functools
import hashlib
import logging
import os
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string

from ui import pdf_fonts

_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
BUNDLED = Path(__file__).resolve().parent / "static" / "ui" / "build"


class NotBundled(ValueError):
    """A document asked for something that does not ship with Waymark."""


class DocumentIncomplete(ValueError):
    """The document lacks what a reader's software needs: a language, a title, a description of a picture."""


def _bundled_file(url: str) -> Path:
    """The file behind an address, if it is one of ours; documents never reach the network or the rest of the disk."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not path.is_relative_to(BUNDLED) or not path.is_file():
        raise NotBundled("a document may use bundled files only")
    return path


def render_pdf(template_name: str, context: dict) -> bytes:
    """The PDF of a template that extends ui/pdf/base.html.

    `made_at` in the context (an aware datetime) is the only date in the file; nothing is read from the clock.
    """
    return html_to_pdf(render_to_string(template_name, context))


class _Complaints(logging.Handler):
    """Gathers what the printer finds wrong with a document."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words = []

    def emit(self, record) -> None:
        self.words.append(record.getMessage())


def _bundled_only():
    """The printer's only way to files: ours, and no others."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class BundledOnly(URLFetcher):
        def fetch(self, url, headers=None):
            try:
                path = _bundled_file(url)
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})
            except (NotBundled, OSError, KeyError) as error:
                raise FatalURLFetchingError(str(error)) from error

    return BundledOnly()


@functools.lru_cache(maxsize=16)
def _letters_and_style(families: tuple[str, ...]):
    """Fonts and style sheet, read once for each mixture of scripts."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    letters, fetcher = FontConfiguration(), _bundled_only()
    style = pdf_fonts.font_faces(families) + (BUNDLED / "pdf.css").read_text()
    return letters, CSS(string=style, font_config=letters, base_url=f"{BUNDLED.as_uri()}/", url_fetcher=fetcher)


atexit.register(_letters_and_style.cache_clear)  # their temporary files go while they still can
_one_at_a_time = threading.Lock()  # the fonts are shared, and the library that draws them is not made for threads


def html_to_pdf(html: str) -> bytes:
    """The tagged PDF of a finished HTML document. Refuses one that a screen reader could not make sense of."""
    from weasyprint import HTML  # takes seconds to import: only those who print pay for it
    from weasyprint.urls import FatalURLFetchingError

    # Embedded fonts carry a date of change; without this it would be the moment of printing.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    log, complaints = logging.getLogger("weasyprint"), _Complaints()
    with _one_at_a_time:
        log.setLevel(logging.ERROR)  # its warnings quote the document, and so people's names
        log.addHandler(complaints)
        try:
            letters, style = _letters_and_style(pdf_fonts.families_for(html))
            document = HTML(string=html, base_url=f"{BUNDLED.as_uri()}/", url_fetcher=_bundled_only())
            pdf = document.write_pdf(
                stylesheets=[style],
                font_config=letters,
                pdf_variant="pdf/ua-1",
                pdf_identifier=hashlib.sha256(html.encode()).hexdigest().encode(),
            )
        except FatalURLFetchingError as error:  # not an Exception: nothing on the way up would catch it
            raise NotBundled(str(error)) from None
        finally:
            log.removeHandler(complaints)
    if complaints.words:
        raise DocumentIncomplete("; ".join(complaints.words))
    return pdf
