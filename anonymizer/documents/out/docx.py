"""
A letter as .docx: five parts of plain XML in an archive without dates, names or compression.

Written by hand, because libraries start from a template of their own with an author, dates and
revision numbers in it (ECMA-376, parts 1 and 2).
"""

import zipfile
from io import BytesIO
from unicodedata import bidirectional
from xml.sax.saxutils import escape, quoteattr

from anonymizer.documents.out.template import LetterTemplate

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_APPLICATION = "application/vnd.openxmlformats-"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_APPLICATION}package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    f'ContentType="{_APPLICATION}officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" '
    f'ContentType="{_APPLICATION}officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    f'ContentType="{_APPLICATION}package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>'
)
_WORD_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
#: The first day that a ZIP archive can hold.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_A4_TWIPS = (11_906, 16_838)
_TWIPS_BY_MM = 56.6929
_FONT = "DejaVu Sans"
#: Of a paragraph and of its run, in a script that is written from right to left.
_FROM_THE_RIGHT = ("<w:pPr><w:bidi/></w:pPr>", "<w:rPr><w:rtl/></w:rPr>")


def docx_of(text: str, title: str, template: LetterTemplate, language: str) -> bytes:
    """The text, a paragraph for each line."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": _core(title, template, language),
        "word/document.xml": _document(text, template),
        "word/_rels/document.xml.rels": _WORD_RELATIONS,
        "word/styles.xml": _styles(template, language),
    }
    file = BytesIO()
    # Stored, not compressed: the same bytes whatever the version of zlib, and open to any search.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.create_system = _UNIX
            archive.writestr(entry, (_HEAD + part).encode("utf-8"))
    return file.getvalue()


def _core(title: str, template: LetterTemplate, language: str) -> str:
    moment = f"{template.date.isoformat()}T00:00:00Z"
    dated = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>{escape(language)}</dc:language>"
        f"{dated}</cp:coreProperties>"
    )


def _document(text: str, template: LetterTemplate) -> str:
    paragraphs = "".join(_paragraph(line) for line in text.split("\n"))
    margin = round(template.margin * _TWIPS_BY_MM)
    width, height = _A4_TWIPS
    sides = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
    return (
        f'<w:document xmlns:w="{_WORD}"><w:body>{paragraphs}<w:sectPr>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/>'
        f'<w:pgMar {sides} w:header="0" w:footer="0" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _paragraph(line: str) -> str:
    if not line:
        return "<w:p/>"
    pieces = (
        f'<w:t xml:space="preserve">{escape(piece)}</w:t>' if piece else ""
        for piece in line.split("\t")
    )
    paragraph, run = _FROM_THE_RIGHT if _is_from_the_right(line) else ("", "")
    return f"<w:p>{paragraph}<w:r>{run}{'<w:tab/>'.join(pieces)}</w:r></w:p>"


def _is_from_the_right(line: str) -> bool:
    """By the first letter that has a direction (Unicode Standard Annex 9, rule P2)."""
    classes = map(bidirectional, line)
    return next((one != "L" for one in classes if one in {"L", "R", "AL"}), False)


def _styles(template: LetterTemplate, language: str) -> str:
    half_points = round(2 * template.font_size)
    line = round(240 * template.line_height)
    tag = quoteattr(language)
    return (
        f'<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault><w:rPr>'
        f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" w:eastAsia="{_FONT}"/>'
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
        f"<w:lang w:val={tag} w:eastAsia={tag} w:bidi={tag}/>"
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
        f'<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="auto"/>'
        "</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style></w:styles>"
    )
