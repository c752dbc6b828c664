"""The approved text as a document: same text, template and language, same bytes."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from anonymizer.documents.out.docx import docx_of
from anonymizer.documents.out.pdf import check_shown_in_pdf, pdf_of
from anonymizer.documents.out.printable import check_printable
from anonymizer.documents.out.template import LetterTemplate
from anonymizer.errors import AnonymizerError
from anonymizer.model import OutgoingFormat

#: Media types (RFC 2046) of the formats.
MEDIA_TYPES: Mapping[OutgoingFormat, str] = MappingProxyType(
    {
        OutgoingFormat.TXT: "text/plain; charset=utf-8",
        OutgoingFormat.DOCX: (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        OutgoingFormat.PDF: "application/pdf",
    }
)


def build_letter(
    text: str, *, form: OutgoingFormat, template: LetterTemplate, language: str
) -> bytes:
    """
    The letter as a document. `language` is its BCP 47 tag, such as `en`.

    Raises `NotPrintable` when the text has characters that no reader could be shown.
    """
    check_printable(text)
    return _BUILDERS[form](text, template.title, template, language)


def why_not_shown(text: str, form: OutgoingFormat) -> str | None:
    """Why a document of this format cannot show the text as it is, in a sentence; None: it can."""
    try:
        check_printable(text)
        if form is OutgoingFormat.PDF:
            check_shown_in_pdf(text)
    except AnonymizerError as error:
        return str(error)
    return None


def build_slip(
    rows: Sequence[tuple[str, str]],
    *,
    form: OutgoingFormat,
    template: LetterTemplate,
    language: str,
) -> bytes:
    """
    The routing slip, a document of its own: rows of what it is and its value.

    It carries the donor number, so it never goes into the letter or to its reader.
    """
    lines = [template.slip_title, "", *(f"{name}: {value}" for name, value in rows)]
    text = "\n".join(lines)
    check_printable(text)
    return _BUILDERS[form](text, template.slip_title, template, language)


def _txt_of(text: str, _title: str, _template: LetterTemplate, _language: str) -> bytes:
    return text.encode("utf-8")


_BUILDERS: Mapping[OutgoingFormat, Callable[[str, str, LetterTemplate, str], bytes]] = (
    MappingProxyType(
        {OutgoingFormat.TXT: _txt_of, OutgoingFormat.DOCX: docx_of, OutgoingFormat.PDF: pdf_of}
    )
)
