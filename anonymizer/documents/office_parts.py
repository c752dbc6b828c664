"""
What lies in an office file besides its text: pictures, files, scripts, properties, odd names.

Every part of the archive goes through here or through the reader of its format; what cannot be
read is counted and told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from anonymizer.documents.archive import Archive
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.ooxml import is_usual_name, where_of
from anonymizer.documents.pictures import is_picture, picture_of
from anonymizer.documents.xml import local_name
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import Origin, Reading

ReadNested = Callable[[bytes], Reading]
#: Drawings of chart engines, fonts and thumbnails of fonts say nothing.
_SILENT = (".odttf", ".ttf", ".otf", ".fntdata")
_MACROS = ("vbaproject", "vbadata", "basic/", "scripts/", "macros/", "activex", "customui")


@dataclass(slots=True)
class OfficeParts:
    """Gives each part of an archive that is no text of the letter to where it belongs."""

    archive: Archive
    gathered: Gathered
    read_nested: ReadNested
    done: set[str] = field(default_factory=set)
    unread: int = 0

    def where(self, name: str) -> str:
        """What a part is called in passages."""
        return where_of(name, self.archive.names.index(name) + 1)

    def is_empty(self, name: str) -> bool:
        """True for a part without any bytes; offices write some."""
        return self.archive.entries[name].file_size == 0

    def rest(self) -> tuple[str, ...]:
        """The names of parts that nobody has read yet."""
        return tuple(name for name in self.archive.names if name not in self.done)

    def gather_names(self) -> None:
        """Names that somebody chose, and comments of the archive."""
        odd = [name for name in self.archive.entries if not is_usual_name(name)]
        self.gathered.put_lines([*odd, *self.archive.comments], Origin.PROPERTY, "the archive")

    def gather_binary(self, name: str) -> None:
        """A part that is no XML: a picture, a document of its own, a script, or unknown."""
        self.done.add(name)
        if name.lower().endswith(_SILENT):
            return
        if any(one in name.lower() for one in _MACROS):
            self.warn_of_macros()
            return
        data, where = self.archive.read(name), self.where(name)
        if is_picture(data):
            self.gathered.pictures.append(picture_of(data, where))
            return
        if not data:
            return
        try:
            self.gathered.adopt(self.read_nested(data), Origin.EMBEDDED, where)
        except OverLimit:
            raise
        except Unreadable:
            self.unread += 1

    def warn_of_macros(self) -> None:
        """Tell that there is a program in the file."""
        self.gathered.warn("macros", "The file has a program in it (macros). It was not run.")

    def warn_of_unread(self) -> None:
        """Tell how much could not be read."""
        if self.unread:
            self.gathered.warn(
                "embedded_unread",
                f"{self.unread} things embedded in the file could not be read. "
                "Look at the original.",
            )


def every_word(root: etree._Element) -> list[str]:
    """Each text with the name of its element, each attribute that has letters in it."""
    lines = []
    for node in root.iter():
        name = local_name(node)
        if name and node.text and node.text.strip():
            lines.append(f"{name}: {node.text.strip()}")
        elif node.text and node.text.strip():
            lines.append(node.text.strip())
        if node.tail and node.tail.strip():
            lines.append(node.tail.strip())
        lines.extend(
            f"{str(key).rpartition('}')[2]}: {text!s}"
            for key, text in node.attrib.items()
            if any(one.isalpha() for one in str(text))
        )
    return lines
