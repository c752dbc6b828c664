"""
A letter as PDF/A-2b: one embedded font, a language tag, fixed properties, no date of today.

DejaVu Sans covers Latin (Polish, Turkish, Vietnamese included), Greek and Cyrillic, and its
licence (Bitstream Vera and Arev) allows it to be embedded; Debian has it in fonts-dejavu-core.
"""

from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from unicodedata import bidirectional, normalize
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from anonymizer.documents.out.printable import NotPrintable
from anonymizer.documents.out.template import LetterTemplate
from anonymizer.errors import AnonymizerError

FONT_FILE = "DejaVuSans.ttf"
_FONT = "DejaVuSans"
_FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),  # Debian, Ubuntu
    Path("/usr/share/fonts/TTF"),  # Arch
    Path("/usr/share/fonts/dejavu-sans-fonts"),  # Fedora
    Path("/usr/share/fonts/dejavu"),  # Alpine, older Fedora
)
_POINTS_BY_MM = 72 / 25.4
#: A page has one identifier by the standard; one that is the same for all tells nothing.
_NO_ID = "<00000000000000000000000000000000><00000000000000000000000000000000>"
_TAB = "    "
#: What is drawn in place of a sign: nothing for those that say where a word may break or join
#: signs, a line end for its two other forms, letters for joined letters, which readers of PDF
#: files take apart, some of them, and others not.
_SHOWN_AS: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufe0e\ufe0f")),
    **dict.fromkeys(map(ord, "\u2028\u2029"), "\n"),
    **{ord(one): normalize("NFKC", one) for one in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"},
}
#: The classes of signs that are written from right to left (Unicode Standard Annex 9, table 4).
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})


def check_shown_in_pdf(text: str) -> None:
    """Raise `NotPrintable` or `FontMissing` when a PDF cannot show the text as it is."""
    shown = text.translate(_SHOWN_AS).replace("\t", _TAB)
    _check_direction(shown)
    _check_font_has(shown)


class FontMissing(AnonymizerError):
    """The font for outgoing PDF files is not installed: install fonts-dejavu-core."""


class _Letter(FPDF):
    """A PDF without anything that tells when or by whom it was made."""

    def file_id(self) -> str:
        return _NO_ID


def pdf_of(text: str, title: str, template: LetterTemplate, language: str) -> bytes:
    """The text, set in lines; an empty line stays one."""
    check_shown_in_pdf(text)
    shown = text.translate(_SHOWN_AS).replace("\t", _TAB)
    pdf = _Letter(format="A4", unit="mm", enforce_compliance="PDF/A-2B")
    _describe(pdf, title, template, language)
    pdf.set_margin(template.margin)
    pdf.set_auto_page_break(auto=True, margin=template.margin)
    pdf.add_font(_FONT, fname=str(font_path()))
    pdf.add_page()
    pdf.set_font(_FONT, size=template.font_size)
    height = template.font_size * template.line_height / _POINTS_BY_MM
    for line in shown.split("\n"):
        if line.strip():
            pdf.multi_cell(
                w=0, h=height, text=line, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT,
                wrapmode=WrapMode.WORD,
            )  # fmt: skip
        else:
            pdf.ln(height)
    return bytes(pdf.output())


def font_path() -> Path:
    """Where the font is installed. Raises `FontMissing`."""
    for folder in _FOLDERS:
        if (folder / FONT_FILE).is_file():
            return folder / FONT_FILE
    raise FontMissing


def _check_direction(text: str) -> None:
    """What a PDF shows from right to left it stores in the order of drawing: no gate can check."""
    if any(bidirectional(one) in _FROM_THE_RIGHT for one in text):
        message = (
            "The approved text has words in a script that is written from right to left, which "
            "cannot be checked in a PDF. Choose DOCX or plain text."
        )
        raise NotPrintable(message)


@cache
def _covered() -> frozenset[int]:
    with TTFont(font_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _check_font_has(text: str) -> None:
    count = sum(ord(one) not in _covered() for one in text if one != "\n")
    if count:
        message = (
            f"The approved text has {count} characters that the PDF font has no sign for (such as "
            "emoji or a script other than Latin, Greek and Cyrillic). Choose DOCX or plain text."
        )
        raise NotPrintable(message)


def _describe(pdf: FPDF, title: str, template: LetterTemplate, language: str) -> None:
    moment = datetime.combine(template.date, time(), UTC)
    pdf.set_lang(language)
    pdf.set_title(title)
    pdf.set_producer(template.producer)
    pdf.set_creation_date(moment)
    # fpdf2 would put the time of day into the XMP packet it makes itself.
    pdf.set_xmp_metadata(_xmp(title, template, moment.isoformat()))


def _xmp(title: str, template: LetterTemplate, moment: str) -> str:
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<pdf:Producer>{escape(template.producer)}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
