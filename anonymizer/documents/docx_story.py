"""
One story of a Word file (the body, a header, a note …): every element of it is walked.

What is seen is returned as text; what is not goes to the passages. An element that is not known
is walked like the rest, so that nothing is skipped because somebody invented it later; at the end
the characters are counted.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from lxml import etree

from anonymizer.documents.docx_looks import Styles, shaded
from anonymizer.documents.flow import Flow
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.ooxml import Relationship, child, is_on, tag
from anonymizer.documents.styles import Place
from anonymizer.documents.xml import attribute
from anonymizer.errors import Unreadable
from anonymizer.model import Origin

_TEXTS = frozenset({"w:t", "w:delText", "w:instrText", "w:delInstrText", "m:t", "a:t"})
_MARKS = {
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:br": "\n",
    "w:cr": "\n",
    "w:noBreakHyphen": "\u2011",
    "w:softHyphen": "\u00ad",
}
_DELETED = frozenset({"w:del", "w:moveFrom"})
_PROPERTIES = frozenset(
    "w:pPr w:rPr w:tblPr w:tblPrEx w:tcPr w:trPr w:sectPr w:tblGrid w:sdtPr w:sdtEndPr w:rubyPr "
    "w:ffData w:bookmarkStart w:smartTagPr w:customXmlPr".split()
)
#: What an attribute is called that has words in it, wherever it stands.
_WORDS = {
    "descr": Origin.ALT_TEXT,
    "title": Origin.ALT_TEXT,
    "alt": Origin.ALT_TEXT,
    "tooltip": Origin.ALT_TEXT,
    "author": Origin.PROPERTY,
    "initials": Origin.PROPERTY,
    "string": Origin.TEXT_BOX,  # word art in VML
    "displayText": Origin.FORM_FIELD,
    "href": Origin.LINK_TARGET,
    "prefixMappings": Origin.PROPERTY,
}
_WORDS_BY_ELEMENT = {
    "w:tblCaption": ("val", Origin.ALT_TEXT),
    "w:tblDescription": ("val", Origin.ALT_TEXT),
    "w:alias": ("val", Origin.CONTENT_CONTROL),
    "w:tag": ("val", Origin.CONTENT_CONTROL),
    "w:listItem": ("value", Origin.FORM_FIELD),
    "w:listEntry": ("val", Origin.FORM_FIELD),
    "w:helpText": ("val", Origin.FORM_FIELD),
    "w:statusText": ("val", Origin.FORM_FIELD),
    "w:default": ("val", Origin.FORM_FIELD),
    "w:name": ("val", Origin.FORM_FIELD),
    "w:bookmarkStart": ("name", Origin.OTHER),
    "w:attr": ("val", Origin.PROPERTY),
    "w:smartTag": ("element", Origin.PROPERTY),
    "w:date": ("fullDate", Origin.CONTENT_CONTROL),
    "wp:docPr": ("name", Origin.ALT_TEXT),
    "pic:cNvPr": ("name", Origin.ALT_TEXT),
}
#: Elements whose text is a number or a word of the format.
_MEASURES = frozenset("posOffset align pctWidth pctHeight pctPosHOffset pctPosVOffset".split())
#: Wingdings that Word puts for typed smileys and arrows.
_SYMBOLS = {
    "F04A": "\u263a",
    "F04C": "\u2639",
    "F04B": "\U0001f610",
    "F0E0": "\u2192",
    "F0DF": "\u2190",
}
#: English Metric Units (360,000 in a centimetre) beyond which a drawing is not on the page.
_OFF_PAGE = 30_000_000


@dataclass(slots=True)
class _Field:
    """A field between its begin and its end."""

    instruction: list[str] = field(default_factory=list, repr=False)
    has_result: bool = False


@dataclass(slots=True)
class Story:
    """Walks the elements of one part."""

    styles: Styles
    relationships: dict[str, Relationship]
    gathered: Gathered
    where: str
    characters: int = 0
    _fields: list[_Field] = field(default_factory=list)

    def read(self, root: etree._Element) -> str:
        """The text of `root` that is seen; the rest is gathered."""
        self._gather_words(root)
        flow = Flow(self.gathered, self.where)
        self._walk_all(root, flow, Place(look=self.styles.defaults))
        text = flow.text()
        for one in self._fields:  # a field that never ends
            self._gather_field(one)
            self.gathered.warn("torn_field", "The file has a field that does not end.")
        self._fields.clear()
        self._check_whole(root)
        return text

    def _check_whole(self, root: etree._Element) -> None:
        there = sum(len(one.text or "") for one in root.iter() if tag(one) in _TEXTS)
        if there != self.characters:
            sentence = "The file is built in a way that we cannot read as a whole."
            raise Unreadable(code="unread_content", sentence=sentence)

    def _walk_all(self, node: etree._Element, flow: Flow, place: Place) -> None:
        for one in node:
            self._walk(one, flow, place)

    def _walk(self, node: etree._Element, flow: Flow, place: Place) -> None:
        name = tag(node)
        if name in _TEXTS:
            self._text(node, name, flow, place)
        elif name in _MARKS:
            flow.put(_MARKS[name], place.reason)
        elif name in _PROPERTIES:
            return
        elif name in _DELETED:
            self._walk_all(node, flow, replace(place, origin=Origin.DELETED))
        elif name in self._walks:
            self._walks[name](self, node, flow, place)
        else:
            self._walk_all(node, flow, place)

    def _text(self, node: etree._Element, name: str, flow: Flow, place: Place) -> None:
        text = node.text or ""
        self.characters += len(text)
        if name in {"w:instrText", "w:delInstrText"}:
            if self._fields:
                self._fields[-1].instruction.append(text)
            else:
                self.gathered.put(text, Origin.FIELD, self.where)
        elif name == "w:delText":
            flow.put(text, Origin.DELETED)
        elif any(not one.has_result for one in self._fields):
            flow.put(text, Origin.FIELD)
        else:
            flow.put(text, place.reason)

    def _paragraph(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = self.styles.of_paragraph(place.look, child(node, "w:pPr"))
        self._walk_all(node, flow, replace(place, look=look))
        flow.end_paragraph()

    def _run(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = self.styles.of_run(place.look, child(node, "w:rPr"))
        self._walk_all(node, flow, replace(place, look=look))

    def _table(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = shaded(place.look, child(node, "w:tblPr"))
        self._walk_all(node, flow, replace(place, look=look))

    def _row(self, node: etree._Element, flow: Flow, place: Place) -> None:
        properties = child(node, "w:trPr")
        if is_on(properties, "w:hidden"):
            place = replace(place, origin=place.origin or Origin.HIDDEN_TEXT)
        if child(properties, "w:del") is not None:
            place = replace(place, origin=Origin.DELETED)
        row = Flow(self.gathered, self.where)
        self._walk_all(node, row, place)
        text = row.text().rstrip("\t\n")
        if text.strip():
            flow.put(text, None)
            flow.end_paragraph()

    def _cell(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = shaded(place.look, child(node, "w:tcPr"))
        cell = Flow(self.gathered, self.where)
        self._walk_all(node, cell, replace(place, look=look))
        flow.put(cell.text().strip("\n") + "\t", None)

    def _box(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """A text box is a small page of its own; it follows its paragraph."""
        box = Flow(self.gathered, self.where)
        self._walk_all(node, box, place)
        if text := box.text().strip("\n"):
            flow.boxes.append(text)

    def _alternate(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """One content for newer and one for older programs; they should say the same."""
        forms = [one for one in node if tag(one) in {"mc:Choice", "mc:Fallback"}]
        if not forms:
            return
        self._walk_all(forms[0], flow, place)
        shown = _texts_below(forms[0])
        for other in forms[1:]:
            texts = _texts_below(other)
            self.characters += len("".join(texts))
            if "".join(texts) != "".join(shown):
                self.gathered.put("".join(texts), Origin.ALTERNATIVE, self.where)

    def _drawing(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """A drawing can be hidden, or lie beside the page."""
        for one in node.iter():
            style = (attribute(one, "style") or "").replace(" ", "").lower()
            hidden = tag(one) == "wp:docPr" and attribute(one, "hidden") in {"1", "true"}
            if hidden or "visibility:hidden" in style or "display:none" in style:
                place = replace(place, origin=place.origin or Origin.HIDDEN_TEXT)
            if tag(one) == "wp:posOffset" and _is_far(one.text):
                place = replace(place, origin=place.origin or Origin.OFF_PAGE)
        self._walk_all(node, flow, place)

    def _field_mark(self, node: etree._Element, flow: Flow, place: Place) -> None:  # noqa: ARG002
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._fields[-1].has_result = True
        elif self._fields and kind == "end":
            self._gather_field(self._fields.pop())

    def _simple_field(self, node: etree._Element, flow: Flow, place: Place) -> None:
        self._gather_field(_Field(instruction=[attribute(node, "instr") or ""]))
        self._walk_all(node, flow, place)

    def _gather_field(self, one: _Field) -> None:
        instruction = "".join(one.instruction).strip()
        link = instruction.upper().startswith("HYPERLINK")
        self.gathered.put(instruction, Origin.LINK_TARGET if link else Origin.FIELD, self.where)

    def _link(self, node: etree._Element, flow: Flow, place: Place) -> None:
        target = self.relationships.get(attribute(node, "id") or "")
        self.gathered.put(target.target if target else "", Origin.LINK_TARGET, self.where)
        self.gathered.put(attribute(node, "anchor") or "", Origin.LINK_TARGET, self.where)
        self._walk_all(node, flow, place)

    def _control(self, node: etree._Element, flow: Flow, place: Place) -> None:
        if is_on(child(node, "w:sdtPr"), "w:showingPlcHdr"):
            place = replace(place, origin=place.origin or Origin.CONTENT_CONTROL)
        self._walk_all(node, flow, place)

    def _symbol(self, node: etree._Element, flow: Flow, place: Place) -> None:
        known = _SYMBOLS.get((attribute(node, "char") or "").upper())
        if known is None:
            self.gathered.warn("symbols", "The file has signs of a symbol font, shown as \u25a1.")
        flow.put(known or "\u25a1", place.reason)

    def _chunk(self, node: etree._Element, flow: Flow, place: Place) -> None:  # noqa: ARG002
        self.gathered.warn(
            "inserted_file",
            "The letter shows a file that was inserted into it; it is not part of the text here.",
        )

    def _gather_words(self, root: etree._Element) -> None:
        """What attributes say: descriptions, authors, names of bookmarks and controls."""
        words: dict[Origin, list[str]] = {}
        changed = False
        for node in root.iter():
            name = tag(node)
            changed |= name in {"w:ins", "w:del", "w:moveFrom", "w:moveTo"}
            for key, text in node.attrib.items():
                origin = _WORDS.get(str(key).rpartition("}")[2])
                if origin is not None:
                    words.setdefault(origin, []).append(str(text))
            if name in _WORDS_BY_ELEMENT:
                key_, origin_ = _WORDS_BY_ELEMENT[name]
                words.setdefault(origin_, []).append(attribute(node, key_) or "")
            words.setdefault(Origin.OTHER, []).extend(_stray_texts(node, name))
        for origin, texts in words.items():
            kept = [one for one in texts if not one.startswith(("_GoBack", "_Toc", "_Hlk"))]
            self.gathered.put_lines(kept, origin, self.where)
        if changed:
            self.gathered.warn(
                "tracked_changes",
                "The file has tracked changes: insertions are in the letter, deletions are not.",
            )

    #: What is done with an element, by its name; all others are walked.
    _walks: ClassVar = {
        "w:p": _paragraph,
        "w:r": _run,
        "w:tbl": _table,
        "w:tr": _row,
        "w:tc": _cell,
        "w:txbxContent": _box,
        "mc:AlternateContent": _alternate,
        "w:drawing": _drawing,
        "w:pict": _drawing,
        "w:object": _drawing,
        "w:fldChar": _field_mark,
        "w:fldSimple": _simple_field,
        "w:hyperlink": _link,
        "w:sdt": _control,
        "w:sym": _symbol,
        "w:altChunk": _chunk,
    }


def _stray_texts(node: etree._Element, name: str) -> list[str]:
    """Text where Word has none: it shows nothing of it, a program can read it."""
    own = None if name in _TEXTS or name.rpartition(":")[2] in _MEASURES else node.text
    return [one for one in (own, node.tail) if one and one.strip()]


def _texts_below(node: etree._Element) -> list[str]:
    return [one.text or "" for one in node.iter() if tag(one) in _TEXTS]


def _is_far(text: str | None) -> bool:
    try:
        return abs(int(text or "0")) > _OFF_PAGE
    except ValueError:
        return False
