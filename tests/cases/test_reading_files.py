"""Reading strangers' files: known by content, words found, pictures laid bare, and nothing that breaks it reaches further than its own process."""

import io
import os
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.reading import alone, pictures
from cases.reading.apart import UNREADABLE
from cases.rules.file_types import HEAD, TYPES, clean_name, kind_of, reasons_name_lies, reasons_too_large
from tests.cases.attaching import PLACE, docx, eml, packed, pdf, photo, read, xlsx


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (pdf("Moved to 17 Nightjar Close"), "pdf", "17 Nightjar Close"), (docx("Moved to 17 Nightjar Close"), "docx", "17 Nightjar Close"),
        (xlsx("17 Nightjar Close"), "xlsx", "17 Nightjar Close"),
        (eml("Moved to 17 Nightjar Close"), "eml", "17 Nightjar Close"), (eml("x", html="<p>17 <b>Nightjar</b> Close</p>"), "eml", "Nightjar"),
        (b"Sie wohnt jetzt: 17 Nightjar Close", "text", "17 Nightjar Close"), ("café ‘x’".encode("cp1252"), "text", "café ‘x’"), ("\ufeffनमस्ते".encode(), "text", "नमस्ते"),
    ],
)
def test_what_is_taken_is_known_by_its_content_and_its_words_are_read(content, kind, words):
    found = read(content)
    assert (found.kind, found.reason, found.is_whole, found.changed) == (kind, "", True, b"")
    assert words in " ".join(found.words.split())


def test_comments_headers_and_links_of_a_document_are_read_too():
    hidden = {
        "word/comments.xml": "<w:comment><w:t>behind Nightjar</w:t></w:comment>", "word/_rels/document.xml.rels": '<Relationship Target="https://example.org/?q=ZZ993VZ"/>',
        "docProps/core.xml": "<dc:title>Tenancy of Plover Court</dc:title>",
    }
    words = read(docx(members=hidden.items())).words
    assert "behind Nightjar" in words and "ZZ993VZ" in words and "Plover Court" in words


@pytest.mark.parametrize("content", [pdf(""), docx(members=[("word/media/image1.png", b"x")])])
def test_a_scan_or_a_picture_in_a_document_is_not_taken_for_read(content):
    found = read(content)
    assert not found.reason and not found.is_whole


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"), (b"<html><script>alert(1)</script>", "web page"), (b"  \n<!DOCTYPE html>", "web page"), (b"<?xml version='1.0'?><svg onload='x'/>", "web page"),
        (b"hello <script src=x>", "web page"), (b"MZ\x90\0", "program"), (b"#!/bin/sh\nrm", "program"), (b"\x7fELF", "program"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "older Office"),
        (packed({"a.txt": "x"}), "Unpack"), (b"Rar!\x1a", "Unpack"), (docx(members=[("word/vbaProject.bin", b"x")]), "macros"),
        (packed({"[Content_Types].xml": "", "ppt/a.xml": ""}), "PDF"),
        (b"\0\0\0\x18ftypheic", "HEIC"), (b"GIF89a", "PNG"), (os.urandom(500) + b"\0", "not taken"), (b"%PDF-1.4 broken", "damaged"), (b"\xff\xd8\xff\xe0 broken", "damaged"),
        (b"\x89PNG\r\n\x1a\nbroken", "damaged"), (b"PK\x03\x04broken", "Unpack"),
        (pdf(extra=b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert(1)) >>] >> >>"), "program"),
        (pdf(extra=b"/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a.exe) >>] >> >>"), "other files"), (eml(attached=b"%PDF-"), "other files"),
    ],
)
def test_what_is_not_taken_is_refused_in_words_that_help(content, said):
    assert said in read(content).reason


@pytest.mark.parametrize(("kind", "is_taken"), [("hyperlink", True), ("image", False), ("attachedTemplate", False), ("oleObject", False)])
def test_a_document_that_would_fetch_something_when_it_is_opened_is_refused(kind, is_taken):
    link = f'<Relationship Id="1" Type="http://x/{kind}" Target="https://example.org/pixel.png" TargetMode="External"/>'
    links = f"<Relationships><Relationship Id='2' Type='http://x/image' Target='media/1.png'/>{link}</Relationships>"
    reason = read(docx(members=[("word/_rels/document.xml.rels", links)])).reason
    assert (reason == "") is is_taken and (is_taken or "fetches something from the internet" in reason)


def test_a_document_that_unpacks_without_end_is_not_opened():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "")
        for number in range(8):
            file.writestr(f"word/part{number}.xml", bytes(20_000_000))
    assert len(bomb.getvalue()) < 1_000_000
    assert "far more than it should" in read(bomb.getvalue()).reason
    many = packed({"[Content_Types].xml": "", "word/document.xml": "", **{f"word/{number}.xml": "" for number in range(5100)}})
    assert "far more than it should" in read(many).reason


def test_what_breaks_the_process_that_reads_is_refused(monkeypatch):
    from cases.reading import apart

    for program in ("raise SystemExit(1)", "import os; os.abort()", "print('not what was agreed')", "import time; time.sleep(60)"):
        monkeypatch.setattr(apart, "_RUN", program)
        monkeypatch.setattr(apart, "_SECONDS", 1)
        assert read(b"x" * 3_000_000).reason == UNREADABLE


@settings(max_examples=200)
@given(st.sampled_from([b"", b"%PDF-1.4\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"From: a@example.org\n"]), st.binary(max_size=400))
def test_any_bytes_at_all_are_taken_or_refused_in_words(beginning, rest):
    found, changed = alone.read(beginning + rest)
    assert (found["kind"] in TYPES or found["reason"]) and isinstance(changed, bytes)


PHOTOS = {kind: photo(kind) for kind in ("JPEG", "PNG")}


@settings(max_examples=100)
@given(st.sampled_from(["JPEG", "PNG"]), st.data())
def test_a_picture_that_somebody_tampered_with_is_taken_or_refused_in_words(kind, data):
    whole = bytearray(PHOTOS[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found, changed = alone.read(bytes(whole))
    assert found["reason"] or changed or found["kind"] not in ("jpeg", "png")


# --- pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_is_kept_without_where_it_was_taken(kind):
    from PIL import Image

    whole = photo(kind, orientation=6) + b"CANARY-BEHIND-THE-END"
    found = read(whole)
    assert found.had_place and not found.reason and b"CANARY" not in found.changed and b"CANARY" in whole
    before, after = Image.open(io.BytesIO(whole)), Image.open(io.BytesIO(found.changed))
    assert before.tobytes() == after.tobytes(), "not one point of the picture itself"
    assert dict(after.getexif()) == ({0x0112: 6} if kind == "JPEG" else {}) and not after.getexif().get_ifd(0x8825)
    assert not read(photo(kind, with_place=False)).had_place


@pytest.mark.parametrize("progressive", [True, False])
def test_every_way_of_drawing_a_jpeg_keeps_its_points(progressive):
    from PIL import Image

    made = io.BytesIO()
    Image.effect_noise((200, 150), 90).save(made, "JPEG", progressive=progressive, restart_marker_rows=1, icc_profile=b"x" * 400)
    bare = pictures.bare("jpeg", made.getvalue())
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(made).tobytes() and Image.open(io.BytesIO(bare)).info["icc_profile"] == b"x" * 400


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_that_was_cut_is_not_whole(kind):
    whole = photo(kind.upper())
    for cut in range(8, len(whole) - 2, 7):
        with pytest.raises(pictures.NotWhole):
            pictures.bare(kind, whole[:cut])


def test_a_picture_too_large_to_be_one_is_not_opened():
    from PIL import Image

    made = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "PNG")
    assert "larger than any" in read(made.getvalue()).reason


# --- names


@pytest.mark.parametrize(
    ("name", "kind", "lies"),
    [
        ("letter.pdf", "pdf", False), ("letter.PDF", "pdf", False), ("letter", "pdf", False), (".pdf", "pdf", False), ("letter.pdf.txt", "pdf", True),
        ("photo.jpg", "png", True),
        ("photo.jpeg", "jpeg", False), ("invoice.docx", "xlsx", True), ("notes.csv", "text", False), ("page.html", "text", True), ("macro.docm", "docx", True),
        ("x.svg", "text", True),
    ],
)
def test_a_name_that_lies_is_refused_in_plain_words(name, kind, lies):
    assert bool(reasons_name_lies(name, kind)) == lies


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\letter.pdf", "letter.pdf"), ("photo\u202egpj.exe", "photogpj.exe"), ("a\0b\r\n.txt", "ab.txt"),
        ("  Brief  an\tdie .pdf", "Brief andie .pdf"),
        ("письмо.pdf", "письмо.pdf"), ("é.txt", "é.txt"), ("...", "Without a name"), ("", "Without a name"), ("<b>x</b>.txt", "b>.txt"), ("💌.txt", "💌.txt"),
    ],
)
def test_names_are_kept_as_people_read_them(name, kept):
    assert clean_name(name) == kept


@given(st.text(max_size=400))
def test_no_name_is_too_long_or_holds_a_path(name):
    kept = clean_name(name)
    assert 0 < len(kept) <= 150 and not set(kept) & set("/\\\0\n\r\u202e")


def test_a_long_name_keeps_its_ending():
    assert clean_name("x" * 500 + ".pdf").endswith("xx.pdf")


def test_sizes_and_beginnings():
    assert reasons_too_large(20, 20) == [] and "1 MB" in reasons_too_large(2_000_000, 1_048_576)[0]
    assert kind_of(b"From: a@example.org\nSubject: b")[0] == "eml" and kind_of(b"From: us to you, with care")[0] == "text" and kind_of(b"Subject: x\nhello")[0] == "text"
    assert kind_of(b"a" * HEAD)[0] == "text" and PLACE in read(PLACE.encode()).words
