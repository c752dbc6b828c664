"""
Word files (.docx, ECMA-376, transitional and strict): every part is read, not only the body.

The letter is the body: paragraphs, tables, text boxes, content controls, results of fields,
tracked insertions. Headers, footers, notes, comments, deletions, hidden text, properties and
whatever else stands in a part become passages.
"""

from dataclasses import dataclass, field

from lxml import etree

from anonymizer.documents.archive import damaged
from anonymizer.documents.docx_looks import Styles
from anonymizer.documents.docx_story import Story
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.limits import ReadingLimits, check_size
from anonymizer.documents.office_parts import OfficeParts, ReadNested, every_word
from anonymizer.documents.ooxml import Package, tag
from anonymizer.documents.xml import all_text, attribute, local_name
from anonymizer.model import DocumentKind, Origin, Reading

#: Parts that are stories of their own, by the name of their root.
_STORIES = {
    "w:hdr": (Origin.HEADER, True),
    "w:ftr": (Origin.FOOTER, True),
    "w:footnotes": (Origin.NOTE, True),
    "w:endnotes": (Origin.NOTE, True),
    "w:comments": (Origin.COMMENT, True),
    "w:glossaryDocument": (Origin.HIDDEN_TEXT, False),
}
#: Parts whose words are formats, not anybody's.
_FORMATS = frozenset({"w:fonts", "a:theme", "w:webSettings", "Types", "w:latentStyles"})
_PROPERTIES = frozenset({"coreProperties", "Properties", "people"})
_DRAWN = frozenset({"chartSpace", "dataModel", "drawing", "a:graphic", "userShapes"})
_REMOTE = frozenset(
    {"attachedTemplate", "oleObject", "image", "frame", "subDocument", "mailMergeSource"}
)
_SETTINGS = frozenset(
    "w:docVar w:attachedTemplate w:mailMerge w:dataSource w:query w:connectString "
    "w:saveThroughXslt w:addressFieldName w:mailSubject".split()
)


def read_docx(content: bytes, limits: ReadingLimits, *, read_nested: ReadNested) -> Reading:
    """A Word file as a reading. Raises `Unreadable` or `OverLimit`."""
    check_size(content, limits)
    package = Package.open(content, limits)
    gathered = Gathered()
    parts = OfficeParts(archive=package.archive, gathered=gathered, read_nested=read_nested)
    word = _Word(package=package, gathered=gathered, parts=parts)
    main = package.main_part()
    parts.gather_names()
    word.read_styles(main)
    text = word.read_main(main)
    for name in parts.rest():
        word.read_part(name)
    parts.warn_of_unread()
    return gathered.reading(DocumentKind.DOCX, text)


@dataclass(slots=True)
class _Word:
    """A Word file while its parts are being read."""

    package: Package
    gathered: Gathered
    parts: OfficeParts
    styles: Styles = field(default_factory=Styles)

    def read_styles(self, main: str) -> None:
        for one in self.package.relationships(main).values():
            if one.kind == "styles" and one.target in self.package.archive.entries:
                root = self.package.xml(one.target)
                self.styles = Styles.of(root)
                self._gather_style_names(root, one.target)
                self.parts.done.add(one.target)

    def read_main(self, name: str) -> str:
        root = self.package.xml(name)
        self.parts.done.add(name)
        if tag(root) != "w:document":
            raise damaged()
        if "macroEnabled" in self.package.archive.read("[Content_Types].xml").decode(
            "utf-8", "replace"
        ):
            self.parts.warn_of_macros()
        return self._story(name, root)

    def _story(self, name: str, root: etree._Element) -> str:
        story = Story(
            styles=self.styles,
            relationships=self.package.relationships(name),
            gathered=self.gathered,
            where=self.parts.where(name),
        )
        return story.read(root)

    def read_part(self, name: str) -> None:
        """Any part but the body."""
        if not name.lower().endswith((".xml", ".rels", ".vml")) or self.parts.is_empty(name):
            self.parts.gather_binary(name)
            return
        self.parts.done.add(name)
        root, where = self.package.xml(name), self.parts.where(name)
        kind = tag(root)
        if kind in _STORIES:
            origin, visible = _STORIES[kind]
            self.gathered.put(self._story(name, root), origin, where, visible=visible)
        elif kind == "Relationships":
            self._gather_targets(root, where)
        elif kind == "w:settings":
            self._gather_settings(root, where)
        elif kind == "w:numbering":
            self._gather_labels(root, where)
        elif kind == "w:styles":
            self._gather_style_names(root, name)
        else:
            self._gather_any(root, kind, where)

    def _gather_any(self, root: etree._Element, kind: str, where: str) -> None:
        name = local_name(root)
        if name in _PROPERTIES:
            self.gathered.put_lines(every_word(root), Origin.PROPERTY, where)
        elif name in _DRAWN:
            self.gathered.put_lines(all_text(root), Origin.TEXT_BOX, where)
            self.gathered.warn("drawings", "The file has charts or diagrams with words in them.")
        elif kind in _FORMATS:
            self.gathered.put_lines(all_text(root), Origin.OTHER, where)
        else:
            self.gathered.put_lines(every_word(root), Origin.OTHER, where)

    def _gather_targets(self, root: etree._Element, where: str) -> None:
        for one in root:
            if one.get("TargetMode") != "External":
                continue
            self.gathered.put(one.get("Target", ""), Origin.LINK_TARGET, where)
            if one.get("Type", "").rpartition("/")[2] in _REMOTE:
                self.gathered.warn(
                    "remote_content", "The file refers to things outside it. They were not fetched."
                )

    def _gather_settings(self, root: etree._Element, where: str) -> None:
        told = [
            str(text)
            for node in root.iter()
            if tag(node) in _SETTINGS
            for text in node.attrib.values()
        ]
        self.gathered.put_lines([*told, *all_text(root)], Origin.PROPERTY, where)

    def _gather_labels(self, root: etree._Element, where: str) -> None:
        """Words that a list puts before its items: they are seen, and stand in no paragraph."""
        labels = [attribute(one, "val") or "" for one in root.iter() if tag(one) == "w:lvlText"]
        words = [one for one in labels if sum(letter.isalpha() for letter in one) > 1]
        self.gathered.put_lines(words, Origin.OTHER, where)

    def _gather_style_names(self, root: etree._Element, name: str) -> None:
        own = [one for one in root if tag(one) == "w:style" and attribute(one, "customStyle")]
        names = [
            attribute(child, "val") or "" for one in own for child in one if tag(child) == "w:name"
        ]
        self.gathered.put_lines([*names, *all_text(root)], Origin.PROPERTY, self.parts.where(name))
