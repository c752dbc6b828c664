"""The same letter in every kind of file, files that hide a name, and files that nobody can read."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from PIL.PngImagePlugin import PngInfo

from anonymizer.documents.out import build_letter, load_template
from anonymizer.model import Origin, OutgoingFormat
from corpus.bench.scans import CONDITIONS, FONTS, scanned
from tests.documents.hidden_pdf_places import page_image, saved
from tests.documents.hostile_archives import hostile_archives
from tests.documents.hostile_mail import hostile_mail
from tests.documents.hostile_office import hostile_office, hostile_xml
from tests.documents.hostile_pdf_files import hostile_files
from tests.documents.make_mail import attached, mail, mixed, part
from tests.documents.make_office import docx, odt, paragraph

TEXT = """Dear friend,

thank you so much for everything that you did for me. My name is Katharina and I live in Ulm.
Every morning I walk along the river with my two dogs and think of you.

With love
Katharina"""
LINES = TEXT.split("\n")
#: What the register knows of the donor, planted where nobody looks.
SECRET = "Anna Schmidt"
FORMS: Mapping[str, bytes] = {
    "txt": TEXT.encode(),
    "eml": mail(TEXT.replace("\n", "\r\n")),
    "docx": docx("".join(paragraph(escape(one)) for one in LINES)),
    "odt": odt("".join(f"<text:p>{escape(one)}</text:p>" for one in LINES)),
    "pdf": build_letter(TEXT, form=OutgoingFormat.PDF, template=load_template(), language="en"),
    "scan": scanned(TEXT, FONTS[1], CONDITIONS[0]),
}
HIDDEN: Mapping[str, tuple[bytes, Origin]] = {
    "a property": (
        docx(
            paragraph("Dear friend, thank you for everything that you did for me."),
            {"docProps/app.xml": f"<Properties><Company>{SECRET}</Company></Properties>"},
        ),
        Origin.PROPERTY,
    ),
    "white text": (
        docx(
            paragraph("Dear friend, thank you for everything that you did for me.")
            + paragraph(SECRET, '<w:color w:val="FFFFFF"/>')
        ),
        Origin.WHITE_TEXT,
    ),
    "a header of the mail": (
        mail(
            "Dear friend, thank you for everything that you did for me.",
            head=f"X-Writer: {SECRET}\r\n",
        ),
        Origin.MAIL_HEADER,
    ),
    "an attachment": (
        mixed(
            part("Dear friend, thank you for everything that you did for me."),
            attached(f"This is from {SECRET}.".encode(), kind="text/plain"),
        ),
        Origin.ATTACHMENT,
    ),
}
_MAIL, _OFFICE = hostile_mail(), hostile_office()
HELD: Mapping[str, tuple[bytes, str]] = {
    "a PDF with a password": (hostile_files()["a password"], "password_protected"),
    "a Word file with a password": (_OFFICE["encrypted Word file"], "password_protected"),
    "an OpenDocument file with a password": (_OFFICE["ODT with a password"], "password_protected"),
    "a mail encrypted with S/MIME": (_MAIL["encrypted with S/MIME"], "encrypted_mail"),
    "a mail encrypted with PGP": (_MAIL["encrypted with PGP"], "encrypted_mail"),
    "PGP in the text of a mail": (_MAIL["PGP in the text"], "encrypted_mail"),
    "winmail.dat attached to a mail": (_MAIL["winmail.dat"], "winmail"),
    "a charset that nobody knows": (_MAIL["unknown charset"], "unknown_charset"),
    "a Word file with a picture only": (_OFFICE["only a picture"], "no_text"),
    "a mail with several letters": (_MAIL["several attachments, no text"], "several_letters"),
    "a part of a mail": (_MAIL["part of a mail"], "partial_mail"),
    "a spreadsheet": (_OFFICE["spreadsheet"], "unknown_format"),
    "entities in a Word file": (hostile_xml()["billion laughs"], "unsafe_xml"),
    "only blanks": (b"  \n\t \n", "empty"),
    "zero bytes": (b"", "empty"),
    "nothing but zeros": (bytes(500), "empty"),
    "a program called letter.pdf": (b"\x7fELF\x02\x01\x01" + bytes(300), "unknown_format"),
    "winmail.dat": (b"\x78\x9f\x3e\x22" + bytes(range(200)), "winmail"),
    "half a PDF": (FORMS["pdf"][:900], "damaged"),
    "half a Word file": (FORMS["docx"][:500], "damaged"),
    "a zip bomb": (hostile_archives()["flat bomb"], "over_limit_ratio"),
    "an archive": (hostile_archives()["nested six deep"], "over_limit_nesting"),
}


def poor_scan() -> bytes:
    """A page of which OCR reads many words, and many of them wrongly."""
    owner = PngInfo()
    owner.add_text("Author", SECRET)
    page = page_image().resize((205, 78)).resize((1100, 420))
    return saved(page, "PNG", pnginfo=owner)
