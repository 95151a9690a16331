"""Owns how a document becomes a PDF: tagged, with its fonts inside, and the same to the byte for the same content."""

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string

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


def html_to_pdf(html: str) -> bytes:
    """The tagged PDF of a finished HTML document."""
    from weasyprint import HTML  # takes seconds to import: only those who print pay for it
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class BundledOnly(URLFetcher):
        def fetch(self, url, headers=None):
            try:
                return URLFetcherResponse(url, _bundled_file(url).read_bytes())
            except (NotBundled, OSError) as error:
                raise FatalURLFetchingError(str(error)) from error

    # Embedded fonts carry a date of change; without this it would be the moment of printing.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    document = HTML(string=html, base_url=f"{BUNDLED.as_uri()}/", url_fetcher=BundledOnly())
    return document.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).hexdigest().encode(),
    )
