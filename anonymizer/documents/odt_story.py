"""
One story of an OpenDocument file: every element is walked, text and tails alike.

What is seen is returned as text; what is not goes to the passages. Elements that are not known
are walked like the rest; at the end the characters are counted.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import re2
from lxml import etree

from anonymizer.documents.flow import Flow
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.odt_looks import OdtStyles
from anonymizer.documents.styles import Look, Place, points
from anonymizer.documents.xml import attribute, is_element, local_name
from anonymizer.errors import Unreadable
from anonymizer.model import Origin

#: Elements of which all text is something else than the letter, and whether it is seen.
_ASIDE = {
    "annotation": (Origin.COMMENT, True),
    "tracked-changes": (Origin.DELETED, False),
    "note": (Origin.NOTE, True),
    "title": (Origin.ALT_TEXT, False),
    "desc": (Origin.ALT_TEXT, False),
    "scripts": (Origin.EMBEDDED, False),
    "script": (Origin.EMBEDDED, False),
    "event-listeners": (Origin.EMBEDDED, False),
    "forms": (Origin.FORM_FIELD, True),
    "settings": (Origin.PROPERTY, False),
    "binary-data": (Origin.EMBEDDED, False),
    "dde-connection-decls": (Origin.FIELD, False),
}
#: Places where a paragraph's text may not stand: blanks between elements say nothing there.
_TEXTUAL = frozenset({"p", "h", "span", "a", "ruby-base", "ruby-text", "meta", "meta-field"})
_WORDS = {
    "href": Origin.LINK_TARGET,
    "creator": Origin.PROPERTY,
    "initials": Origin.PROPERTY,
    "string-value": Origin.FIELD,
    "formula": Origin.FIELD,
    "condition": Origin.FIELD,
    "description": Origin.FIELD,
    "string-value-if-true": Origin.FIELD,
    "string-value-if-false": Origin.FIELD,
    "current-value": Origin.FORM_FIELD,
    "value": Origin.FORM_FIELD,
    "label": Origin.FORM_FIELD,
    "help-message": Origin.FORM_FIELD,
    "title": Origin.ALT_TEXT,
    "caption": Origin.ALT_TEXT,
    "connection-resource": Origin.LINK_TARGET,
}
_NAMED = {
    "bookmark": Origin.OTHER,
    "bookmark-start": Origin.OTHER,
    "reference-mark": Origin.OTHER,
    "reference-mark-start": Origin.OTHER,
    "section": Origin.OTHER,
    "frame": Origin.ALT_TEXT,
    "table": Origin.ALT_TEXT,
    "variable-decl": Origin.FIELD,
    "user-field-decl": Origin.FIELD,
}
#: Points from the corner of the page beyond which a frame is not on it.
_OFF_PAGE = 3_000
_BLANKS = re2.compile(r"[ \t\r\n]+")
#: Names that the office gives by itself, with a number behind.
_GIVEN = (
    "Table",
    "Frame",
    "Image",
    "Section",
    "Text",
    "Graphic",
    "Object",
    "__",
    "Tabelle",
    "Rahmen",
)


@dataclass(slots=True)
class OdtStory:
    """Walks the elements of one part."""

    styles: OdtStyles
    gathered: Gathered
    where: str
    characters: int = 0

    def read(self, root: etree._Element) -> str:
        """The text of `root` that is seen; the rest is gathered."""
        self._gather_words(root)
        flow = Flow(self.gathered, self.where)
        self._within(root, flow, Place(look=Look()))
        self._check_whole(root)
        return flow.text()

    def _check_whole(self, root: etree._Element) -> None:
        there = sum(len(one.text or "") for one in root.iter() if is_element(one))
        there += sum(len(one.tail or "") for one in root.iter() if one is not root)
        if there != self.characters:
            sentence = "The file is built in a way that we cannot read as a whole."
            raise Unreadable(code="unread_content", sentence=sentence)

    def _within(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """The text of an element, its children and what follows each of them."""
        self._text(node.text, node, flow, place)
        for one in node:
            if is_element(one):
                self._walk(one, flow, place)
            self._text(one.tail, node, flow, place)

    def _text(self, text: str | None, node: etree._Element, flow: Flow, place: Place) -> None:
        if not text:
            return
        self.characters += len(text)
        if local_name(node) not in _TEXTUAL and not text.strip():
            return
        flow.put(_one_blank(text), place.reason)

    def _walk(self, node: etree._Element, flow: Flow, place: Place) -> None:
        name = local_name(node)
        if name in _ASIDE and not _is_field(node, name):
            self._aside(node, name)
        elif name in self._walks:
            self._walks[name](self, node, flow, place)
        else:
            self._within(node, flow, place)

    def _aside(self, node: etree._Element, name: str) -> None:
        """A comment, note or deletion: all of it is one passage, however it looks."""
        origin, visible = _ASIDE[name]
        aside = Flow(self.gathered, self.where)
        self._within(node, aside, Place(look=Look()))
        self.gathered.put(aside.text(), origin, self.where, visible=visible)

    def _paragraph(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = self.styles.look(place.look, "paragraph", attribute(node, "style-name"))
        self._within(node, flow, replace(place, look=look))
        flow.end_paragraph()

    def _span(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = self.styles.look(place.look, "text", attribute(node, "style-name"))
        self._within(node, flow, replace(place, look=look))

    def _space(self, node: etree._Element, flow: Flow, place: Place) -> None:
        count = attribute(node, "c") or "1"
        flow.put(" " * (min(int(count), 1000) if count.isdecimal() else 1), place.reason)

    def _tab(self, node: etree._Element, flow: Flow, place: Place) -> None:  # noqa: ARG002
        flow.put("\t", place.reason)

    def _line(self, node: etree._Element, flow: Flow, place: Place) -> None:  # noqa: ARG002
        flow.put("\n", place.reason)

    def _hidden(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """Hidden text and paragraphs: shown or not as a condition says, which is not reckoned."""
        self._within(node, flow, replace(place, origin=place.origin or Origin.HIDDEN_TEXT))

    def _hidden_paragraph(self, node: etree._Element, flow: Flow, place: Place) -> None:
        self.gathered.warn(
            "conditional_text", "The file has paragraphs that are shown or hidden by a condition."
        )
        self._within(node, flow, place)

    def _section(self, node: etree._Element, flow: Flow, place: Place) -> None:
        shown = attribute(node, "display") or "true"
        style = attribute(node, "style-name")
        if shown != "true" or self.styles.hides_section(style):
            place = replace(place, origin=place.origin or Origin.HIDDEN_TEXT)
        self._within(node, flow, place)

    def _row(self, node: etree._Element, flow: Flow, place: Place) -> None:
        if attribute(node, "visibility") in {"collapse", "filter"} or self.styles.hides_section(
            attribute(node, "style-name")
        ):
            place = replace(place, origin=place.origin or Origin.HIDDEN_TEXT)
        row = Flow(self.gathered, self.where)
        self._within(node, row, place)
        text = row.text().rstrip("\t\n")
        if text.strip():
            flow.put(text, None)
            flow.end_paragraph()

    def _cell(self, node: etree._Element, flow: Flow, place: Place) -> None:
        look = self.styles.look(place.look, "table-cell", attribute(node, "style-name"))
        cell = Flow(self.gathered, self.where)
        self._within(node, cell, replace(place, look=look))
        flow.put(cell.text().strip("\n") + "\t", None)

    def _box(self, node: etree._Element, flow: Flow, place: Place) -> None:
        box = Flow(self.gathered, self.where)
        self._within(node, box, place)
        if text := box.text().strip("\n"):
            flow.boxes.append(text)

    def _frame(self, node: etree._Element, flow: Flow, place: Place) -> None:
        if _is_far(node) or self.styles.hides_section(attribute(node, "style-name")):
            place = replace(place, origin=place.origin or Origin.OFF_PAGE)
        self._within(node, flow, place)

    def _lined(self, node: etree._Element, flow: Flow, place: Place) -> None:
        """Who wrote a comment, and when: a line each."""
        self._within(node, flow, place)
        if ":text:" not in str(node.tag) or local_name(node) == "note-citation":
            flow.end_paragraph()

    def _gather_words(self, root: etree._Element) -> None:
        words: dict[Origin, list[str]] = {}
        for node in root.iter():
            if not is_element(node):
                self.gathered.put(node.text or "", Origin.HIDDEN_TEXT, self.where)
                continue
            name = local_name(node)
            if name == "changed-region":
                self.gathered.warn(
                    "tracked_changes",
                    "The file has tracked changes: insertions are in the letter, "
                    "deletions are not.",
                )
            for key, text in node.attrib.items():
                origin = _WORDS.get(str(key).rpartition("}")[2])
                if origin is not None and any(one.isalnum() for one in str(text)):
                    words.setdefault(origin, []).append(str(text))
            given = attribute(node, "name") or ""
            if name in _NAMED and not given.startswith(_GIVEN):
                words.setdefault(_NAMED[name], []).append(given)
        for origin, texts in words.items():
            self.gathered.put_lines(texts, origin, self.where)

    #: What is done with an element, by its name; all others are walked.
    _walks: ClassVar = {
        "p": _paragraph,
        "h": _paragraph,
        "span": _span,
        "s": _space,
        "tab": _tab,
        "line-break": _line,
        "hidden-text": _hidden,
        "hidden-paragraph": _hidden_paragraph,
        "conditional-text": _within,
        "section": _section,
        "table-row": _row,
        "table-cell": _cell,
        "covered-table-cell": _cell,
        "frame": _frame,
        "note-citation": _lined,
        "creator": _lined,
        "creator-initials": _lined,
        "date": _lined,
        "text-box": _box,
        "custom-shape": _box,
        "rect": _box,
        "ellipse": _box,
    }


def _is_field(node: etree._Element, name: str) -> bool:
    """`text:title` shows the document's title in the letter, `svg:title` describes a picture."""
    return name == "title" and ":text:" in str(node.tag)


def _is_far(node: etree._Element) -> bool:
    """True for a frame that lies beside the page; lengths in points."""
    places = (points(attribute(node, side) or "", 0) or 0 for side in ("x", "y"))
    return any(not -_OFF_PAGE / 4 < place < _OFF_PAGE for place in places)


def _one_blank(text: str) -> str:
    """Blanks as OpenDocument 1.3 part 3, 6.1.2 reads them: a run of them is one."""
    return str(_BLANKS.sub(" ", text))
