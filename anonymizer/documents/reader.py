"""One document to one reading: the kind is decided by content, one module reads each format."""

from dataclasses import replace

from anonymizer.documents.kinds import kind_of
from anonymizer.documents.limits import ReadingLimits, check_size, refuse
from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind, Reading, ReadingWarning

DEFAULT_LIMITS = ReadingLimits()
#: What the end of a file's name promises; other ends promise nothing.
_PROMISES = {
    "txt": DocumentKind.TEXT,
    "eml": DocumentKind.MAIL,
    "docx": DocumentKind.DOCX,
    "docm": DocumentKind.DOCX,
    "dotx": DocumentKind.DOCX,
    "odt": DocumentKind.ODT,
    "ott": DocumentKind.ODT,
    "pdf": DocumentKind.PDF,
    "png": DocumentKind.IMAGE,
    "jpg": DocumentKind.IMAGE,
    "jpeg": DocumentKind.IMAGE,
    "tif": DocumentKind.IMAGE,
    "tiff": DocumentKind.IMAGE,
}


def read_document(
    content: bytes,
    *,
    file_name: str | None = None,
    languages: tuple[str, ...] = ("en",),
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> Reading:
    """
    Everything a document holds: the letter's text, and what else was found where.

    `file_name` only serves to warn when it promises another kind of file; `languages` (ISO
    639-1) are those that a scan is read in. Raises `Unreadable` when a person must see the
    original instead, `OverLimit` when the document is larger than `limits`; nothing else.
    Call `read_in_child` for documents from strangers.
    """
    try:
        reading = _read(content, languages, limits)
    except Unreadable:
        raise
    except RecursionError:
        raise refuse(limit="nesting", most="parts nested less deeply") from None
    except MemoryError:
        raise refuse(
            limit="memory", most=f"at most {limits.memory_bytes >> 20} MiB of memory"
        ) from None
    except Exception:  # noqa: BLE001 (a parser met what nobody thought of: a person looks at it)
        raise reader_failed() from None
    return _with_doubt_about_name(reading, file_name)


def reader_failed() -> Unreadable:
    """The error for a document that a parser stumbled over."""
    sentence = (
        "This program could not read the file. Look at the original, or ask the writer "
        "for the letter as PDF or as plain text."
    )
    return Unreadable(code="reader_failed", sentence=sentence)


def _read(content: bytes, languages: tuple[str, ...], limits: ReadingLimits) -> Reading:
    check_size(content, limits)
    if limits.nesting < 0:
        raise refuse(limit="nesting", most="documents within documents less deeply")
    reading = _read_kind(kind_of(content), content, languages, limits)
    if reading.text.strip() or reading.needs_transcription:
        return reading
    raise Unreadable(
        code="no_text", sentence="No text was found in the file. Look at the original."
    )


def _read_kind(
    kind: DocumentKind, content: bytes, languages: tuple[str, ...], limits: ReadingLimits
) -> Reading:
    """The libraries of a format are loaded when a document of that format comes."""

    def read_nested(nested: bytes) -> Reading:
        return _read(nested, languages, replace(limits, nesting=limits.nesting - 1))

    match kind:
        case DocumentKind.TEXT:
            from anonymizer.documents.text import read_plain  # noqa: PLC0415

            return read_plain(content, limits)
        case DocumentKind.MAIL:
            from anonymizer.documents.eml import read_mail  # noqa: PLC0415

            return read_mail(content, limits, read_nested=read_nested)
        case DocumentKind.DOCX:
            from anonymizer.documents.docx import read_docx  # noqa: PLC0415

            return read_docx(content, limits, read_nested=read_nested)
        case DocumentKind.ODT:
            from anonymizer.documents.odt import read_odt  # noqa: PLC0415

            return read_odt(content, limits, read_nested=read_nested)
        case DocumentKind.PDF:
            from anonymizer.documents.pdf import read_pdf  # noqa: PLC0415

            return read_pdf(content, limits, languages=languages, read_nested=read_nested)
        case DocumentKind.IMAGE:
            from anonymizer.documents.image import read_image  # noqa: PLC0415

            return read_image(content, limits, languages=languages)


def _with_doubt_about_name(reading: Reading, file_name: str | None) -> Reading:
    end = (file_name or "").rpartition(".")[2].lower()
    promised = _PROMISES.get(end, reading.kind)
    if promised == reading.kind:
        return reading
    sentence = f"The file's name promises {promised.value}, but the file is {reading.kind.value}."
    warning = ReadingWarning(code="name_differs", sentence=sentence)
    return replace(reading, warnings=(*reading.warnings, warning))
