"""Documents: tagged, in a language, with their letters inside, from bundled files only, and the same to the byte."""

import ctypes
import datetime as dt
import subprocess
import sys

import pypdfium2
import pytest
from django.template import engines

from ui import pdf, pdf_fonts
from ui.examples import chart

MADE_AT = dt.datetime(2026, 3, 20, 10, 20, tzinfo=dt.UTC)
DOCUMENT = """{% extends "ui/pdf/base.html" %}{% load ui %}
{% block title %}List of 20 March{% endblock %}
{% block running_title %}The title line{% endblock %}{% block running_note %}The note line{% endblock %}{% block running_foot %}The foot line{% endblock %}
{% block content %}<h1>A list</h1><p>{{ name }}</p>{% chart chart %}<p class="new-page">The second page</p>{% endblock %}"""


def html(**context):
    return engines["django"].from_string(DOCUMENT).render({"made_at": MADE_AT, "chart": chart(), "name": "Zoë O’Brien"} | context)


@pytest.fixture(scope="module")
def document():
    return pypdfium2.PdfDocument(pdf.html_to_pdf(html()))


def texts(document):
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def test_its_text_can_be_read_back(document):
    first, second = texts(document)
    assert "Zoë O’Brien" in first
    assert "South, with the villages along the river 17 21" in first
    assert "The second page" in second


def test_every_page_has_its_running_lines_and_number(document):
    for number, text in enumerate(texts(document), start=1):
        for line in ("The title line", "The note line", "The foot line", f"Page {number} of 2"):
            assert line in text


def test_it_is_tagged_and_says_its_language(document):
    raw = pypdfium2.raw
    assert raw.FPDFCatalog_IsTagged(document)
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    language = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document, ctypes.cast(language, ctypes.POINTER(ctypes.c_ushort)), size)
    assert language.raw.decode("utf-16-le").rstrip("\x00") == "en-GB"


def _tags(document, page_number):
    """The names of the structure elements of a page, with the alternative text of its figures."""
    raw = pypdfium2.raw

    def text_of(read, element):
        size = read(element, None, 0)
        buffer = ctypes.create_string_buffer(size or 2)
        read(element, buffer, size)
        return buffer.raw.decode("utf-16-le").rstrip("\x00")

    def walk(element):
        yield text_of(raw.FPDF_StructElement_GetType, element), text_of(raw.FPDF_StructElement_GetAltText, element)
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, index):
                yield from walk(child)

    tree = raw.FPDF_StructTree_GetForPage(document[page_number])
    try:
        for index in range(raw.FPDF_StructTree_CountChildren(tree)):
            yield from walk(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
    finally:
        raw.FPDF_StructTree_Close(tree)


def test_headings_tables_and_figures_are_told_to_a_screen_reader(document):
    tags = list(_tags(document, 0))
    names = [name for name, _ in tags]
    for name in ("Document", "H1", "P", "Figure", "Table", "TH", "TD"):
        assert name in names
    assert ("Figure", "Contacts in the quarter") in tags


def test_the_title_is_neutral_and_the_only_date_is_the_documents(document):
    facts = document.get_metadata_dict()
    assert facts["Title"] == "List of 20 March"
    assert facts["CreationDate"] == facts["ModDate"] == "D:20260320102000+00'00"
    assert facts["Author"] == ""


def _fonts(document):
    """The name of each font that draws letters, and whether it is inside the document."""
    raw, found = pypdfium2.raw, set()
    for page in document:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(item)
            name = ctypes.create_string_buffer(200)
            raw.FPDFFont_GetBaseFontName(font, name, 200)
            found.add((name.value.decode(), bool(raw.FPDFFont_GetIsEmbedded(font))))
    return found


def test_its_letters_are_inside(document):
    fonts = _fonts(document)
    assert fonts
    assert all("Print-Latin" in name and inside for name, inside in fonts), fonts


SCRIPTS = {
    "Şükrü Öz": "Latin-Extended",
    "Ольга Иванова": "Cyrillic",
    "Γιώργος": "Greek",
    "Nguyễn Văn": "Vietnamese",
    "שרה": "Hebrew",
    "محمد": "Arabic",
    "ਗੁਰਪ੍ਰੀਤ": "Gurmukhi",
    "தமிழ்": "Tamil",
    "આયશા": "Gujarati",
    "সালমা": "Bengali",
    "आयशा": "Devanagari",
    "አበበ": "Ethiopic",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_in_many_scripts_are_drawn_with_bundled_letters(name):
    made = pypdfium2.PdfDocument(pdf.html_to_pdf(html(name=name)))
    fonts = _fonts(made)
    assert all("Print-" in font and inside for font, inside in fonts), fonts
    assert any(f"Print-{SCRIPTS[name]}" in font for font, _ in fonts), fonts


@pytest.mark.parametrize("name", ["Şükrü Öz", "Ольга Иванова", "Γιώργος", "Łukasz Żak", "Nguyễn Văn", "שרה", "አበበ"])
def test_names_in_other_letters_can_be_read_back_and_searched(name):
    made = pypdfium2.PdfDocument(pdf.html_to_pdf(html(name=name)))
    assert name in texts(made)[0]


def test_the_style_sheet_asks_for_the_families_that_are_loaded():
    style = (pdf.BUNDLED / "pdf.css").read_text()
    for family, (file, _) in pdf_fonts.FONTS.items():
        assert f'"{family}"' in style or family in style
        for weight in pdf_fonts.WEIGHTS:
            assert (pdf.BUNDLED / "fonts" / f"{file}-{weight}-normal.woff2").is_file()


def test_the_same_content_is_the_same_to_the_byte():
    first = pdf.html_to_pdf(html())
    pdf.html_to_pdf(html(name="Ольга"))  # what was printed in between leaves no trace
    assert pdf.html_to_pdf(html()) == first
    assert pdf.html_to_pdf(html(name="Somebody else")) != first


def test_the_same_to_the_byte_in_another_process(tmp_path):
    source = tmp_path / "document.html"
    source.write_text(html())
    code = "import sys, pathlib; from ui import pdf; sys.stdout.buffer.write(pdf.html_to_pdf(pathlib.Path(sys.argv[1]).read_text()))"

    def printed(seed):
        environment = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed}
        return subprocess.run([sys.executable, "-c", code, source], capture_output=True, check=True, cwd=pdf.BUNDLED.parents[3], env=environment).stdout

    made = [printed("1"), printed("2")]
    assert made[0] == made[1] == pdf.html_to_pdf(html())


@pytest.mark.parametrize(
    "source",
    [
        "http://127.0.0.1:9/x.png",
        "file:///etc/passwd",
        "../../../../../manage.py",
        "/etc/hostname",
        "fonts/../../favicon.svg",
        "data:image/svg+xml,<svg/>",
        "//example.org/x.svg",
    ],
)
@pytest.mark.parametrize(
    "way",
    [
        '<img src="{}" alt="x">',
        '<link rel="stylesheet" href="{}">',
        '<style>@import url("{}");</style>',
        '<object data="{}"></object>',
        '<p style="background: url({})">x</p>',
    ],
)
def test_a_document_reaches_nothing_but_bundled_files(source, way):
    page = f'<html lang="en"><head><title>x</title></head><body>{way.format(source)}<p>x</p></body></html>'
    with pytest.raises(pdf.NotBundled):
        pdf.html_to_pdf(page)


def test_a_picture_without_words_or_a_page_without_a_language_is_refused():
    with pytest.raises(pdf.DocumentIncomplete):
        pdf.html_to_pdf('<html lang="en"><body><img src="images/icon-document.svg"></body></html>')
    with pytest.raises(pdf.DocumentIncomplete):
        pdf.html_to_pdf("<html><body><p>x</p></body></html>")


def test_render_pdf_takes_a_template(settings):
    made = pypdfium2.PdfDocument(pdf.render_pdf("ui/pdf/base.html", {"made_at": MADE_AT}))
    assert len(made) == 1
