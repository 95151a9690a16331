"""Files as people add them, made for the tests: letters, photographs, and what somebody might try."""

import io
import zipfile
from email.message import EmailMessage

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.actions.attachments import add_file
from cases.attachments import keep
from cases.reading.apart import read_apart

PLACE, POSTCODE = "17 Nightjar Close", "ZZ99 3VZ"


def pdf(text="A letter from the school", *, extra=b""):
    """A PDF of one page; `extra` stands in its catalogue."""
    words = text.encode("latin-1", errors="replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 12 Tf 50 700 Td (" + words + b") Tj ET" if text else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = io.BytesIO(b"%PDF-1.4\n"), []
    made.seek(0, io.SEEK_END)
    for number, one in enumerate(objects, start=1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n" % number + one + b"\nendobj\n")
    start = made.tell()
    made.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return made.getvalue()


def packed(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


def docx(text="A letter", *, members=()):
    """A Word document whose words are cut into runs, as Word cuts them."""
    runs = "".join(f"<w:r><w:t xml:space='preserve'>{text[at : at + 3]}</w:t></w:r>" for at in range(0, len(text), 3))
    body = f"<?xml version='1.0'?><w:document xmlns:w='x'><w:body><w:p>{runs}</w:p></w:body></w:document>"
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": body, **dict(members)})


def xlsx(text="Rent"):
    from openpyxl import Workbook

    made, book = io.BytesIO(), Workbook()
    book.active.append(["Address", text])
    book.save(made)
    return made.getvalue()


def eml(text="Dear Tamsin", *, attached=None, html=""):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "school@example.org", "officer@example.org", "A letter"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if attached:
        message.add_attachment(attached, maintype="application", subtype="pdf", filename="letter.pdf")
    return message.as_bytes()


def photo(kind="JPEG", *, orientation=1, with_place=True, size=(40, 30)):
    """A photograph that says where it was taken, with what, and carries words that nobody sees."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    picture, exif, made = Image.effect_noise(size, 60).convert("RGB"), Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F], exif[0x9286] = orientation, "CANARY-CAMERA", "CANARY-COMMENT"
    if with_place:
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (53.0, 14.0, 30.0), "W", (1.0, 17.0, 20.0)
    more = {"comment": b"CANARY-JPEG-COMMENT", "quality": 90} if kind == "JPEG" else {"pnginfo": PngInfo()}
    if kind == "PNG":
        more["pnginfo"].add_text("Comment", "CANARY-PNG-TEXT")
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", "CANARY-XMP")
    picture.save(made, kind, exif=exif, **more)
    return made.getvalue()


def read(content):
    """What reading it apart finds."""
    return read_apart([content])


def sent(content=b"A note about the locks.", name="note.txt", media="application/octet-stream"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, media)


def added(people, case, persona="housing_officer", *, content=b"A note about the locks.", name="note.txt", title="Note about the locks", **facts):
    """A file that a persona has added."""
    kept = keep(name, [content], read(content))
    facts = {"audience": "partners", "shows_place": False} | facts
    return add_file(people.actor(persona), case, kept=kept, title=title, **facts)[0]
