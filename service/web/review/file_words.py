"""What the file of a letter is called and where its passages stood, in words for the pages."""

from anonymizer.model import DocumentKind, Origin, Passage
from service.web.language.words import gettext
from service.workflow.documents import FileReading

KINDS: dict[DocumentKind, str] = {
    DocumentKind.TEXT: "Plain text",
    DocumentKind.MAIL: "A mail",
    DocumentKind.DOCX: "A Word document",
    DocumentKind.ODT: "An OpenDocument text",
    DocumentKind.PDF: "A PDF",
    DocumentKind.IMAGE: "A scan or photograph",
}

ORIGINS: dict[Origin, str] = {
    Origin.BODY: "Body",
    Origin.TABLE: "Table",
    Origin.TEXT_BOX: "Text box",
    Origin.HEADER: "Page header",
    Origin.FOOTER: "Page footer",
    Origin.NOTE: "Note",
    Origin.COMMENT: "Comment",
    Origin.INSERTED: "Inserted",
    Origin.DELETED: "Deleted",
    Origin.FIELD: "Field",
    Origin.CONTENT_CONTROL: "Content control",
    Origin.HIDDEN_TEXT: "Hidden text",
    Origin.WHITE_TEXT: "Text in the colour of the paper",
    Origin.TINY_TEXT: "Tiny text",
    Origin.OFF_PAGE: "Text beside the page",
    Origin.COVERED: "Covered text",
    Origin.INVISIBLE: "Invisible text",
    Origin.ANNOTATION: "Annotation",
    Origin.FORM_FIELD: "Form field",
    Origin.PROPERTY: "Property of the file",
    Origin.ALT_TEXT: "Alternative text",
    Origin.LINK_TARGET: "Target of a link",
    Origin.QUOTED: "Quoted mail",
    Origin.SIGNATURE_BLOCK: "Signature block",
    Origin.MAIL_HEADER: "Header of the mail",
    Origin.ALTERNATIVE: "The other form of the mail",
    Origin.ATTACHMENT: "Attachment",
    Origin.EMBEDDED: "Embedded document",
    Origin.OTHER: "Elsewhere in the file",
}


def passages_by_origin(
    file: FileReading, *, visible: bool
) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
    """Passages that a person sees who opens the file, or those that nobody sees, by origin."""
    some = [one for one in file.passages if one.visible is visible]
    origins = dict.fromkeys(one.origin for one in some)
    return tuple(
        (gettext(ORIGINS[origin]), tuple(one for one in some if one.origin is origin))
        for origin in origins
    )


def pieces_of(file: FileReading) -> tuple[tuple[str, bool], ...]:
    """What the machine read, cut up: each piece with whether it is a word that is not certain."""
    pieces: list[tuple[str, bool]] = []
    position = 0
    for word in sorted(file.unsure, key=lambda one: one.start):
        if word.start < position:
            continue
        pieces.append((file.text[position : word.start], False))
        pieces.append((file.text[word.start : word.end], True))
        position = word.end
    pieces.append((file.text[position:], False))
    return tuple(piece for piece in pieces if piece[0])
