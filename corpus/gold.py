"""
The nouns of the gold corpus, and how a folder of letters is read.

A gold letter is a pair of files, `NAME.txt` and `NAME.toml`. Whatever `load_letters` returns
has been checked: every mark says the text it stands on, marks are in order and never overlap.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from anonymizer.model import (
    Direction,
    EntityKind,
    IdentifierClass,
    KnownIdentifier,
    Letter,
    Span,
    normalize_text,
)
from corpus.errors import CorpusError

GOLD_FOLDER = Path(__file__).parent / "gold"

_DIRECT = frozenset(
    {
        EntityKind.PERSON,
        EntityKind.INITIALS,
        EntityKind.PLACE,
        EntityKind.ADDRESS,
        EntityKind.HOSPITAL,
        EntityKind.ORGANIZATION,
        EntityKind.EMAIL,
        EntityKind.PHONE,
        EntityKind.URL,
        EntityKind.HANDLE,
        EntityKind.DONOR_NUMBER,
        EntityKind.OTHER_ID,
    }
)
_ENTITY = re.compile(r"(?P<kind>[A-Z_]+)-[1-9][0-9]*")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Group(StrEnum):
    """
    How hard a letter is meant to be.

    The writers of `everyday` letters were asked for what people write, those of `ordinary` ones
    also for what tempts: songs, dishes, greetings and feast days of many cultures.
    """

    ORDINARY = "ordinary"
    EVERYDAY = "everyday"
    ADVERSARIAL = "adversarial"
    CLEAN = "clean"


class Part(StrEnum):
    """
    Which letters.

    `sample` fill the queue of a first start; they and `dev` may be read while improving the
    pipeline, `heldout` may not.
    """

    SAMPLE = "sample"
    DEV = "dev"
    HELDOUT = "heldout"
    ALL = "all"


def class_of(kind: EntityKind) -> IdentifierClass:
    """The class that GUIDELINES.md gives a kind; it holds whatever a policy says."""
    if kind is EntityKind.DIAGNOSIS:
        return IdentifierClass.SPECIAL
    return IdentifierClass.DIRECT if kind in _DIRECT else IdentifierClass.QUASI


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One identifier in a text. `entity` groups the marks of one person or place."""

    span: Span
    kind: EntityKind
    text: str = field(repr=False)
    entity: str | None = None

    def __post_init__(self) -> None:
        if self.entity is None:
            return
        match = _ENTITY.fullmatch(self.entity)
        if match is None or match["kind"] != self.kind:
            message = f"entity of a {self.kind} mark must read {self.kind}-N"
            raise CorpusError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldLetter:
    """A whole letter with everything in it that may identify a person."""

    name: str
    text: str = field(repr=False)
    marks: tuple[Mark, ...]
    title: str = field(repr=False)
    direction: Direction
    writer_country: str
    reader_country: str
    voice: str = field(repr=False)
    group: Group
    language: str = "en"
    tags: tuple[str, ...] = ()
    donor_number: str | None = field(default=None, repr=False)
    known: tuple[KnownIdentifier, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        # Offsets count on the text that every pipeline stage sees.
        if self.text != normalize_text(self.text):
            message = f"{self.name}: the text is not NFC with \\n line ends"
            raise CorpusError(message)
        for country in (self.writer_country, self.reader_country):
            if not _COUNTRY.fullmatch(country):
                message = f"{self.name}: a country is not an ISO 3166-1 alpha-2 code"
                raise CorpusError(message)
        if (self.group is Group.CLEAN) is not (not self.marks):
            message = f"{self.name}: clean letters, and only they, have no marks"
            raise CorpusError(message)
        try:
            check_marks(self.text, self.marks)
        except CorpusError as error:
            message = f"{self.name}: {error}"
            raise CorpusError(message) from None

    def as_letter(self) -> Letter:
        """The letter as intake would give it to the pipeline, its number on the cover."""
        return Letter.from_text(
            self.name, self.text, direction=self.direction, cover_number=self.donor_number
        )


def check_marks(text: str, marks: tuple[Mark, ...]) -> None:
    """Raise unless the marks are in order, do not overlap, and say what stands in `text`."""
    reached = 0
    for number, mark in enumerate(marks, start=1):
        where = f"mark {number} ({mark.kind} at {mark.span.start})"
        if mark.span.start < reached:
            message = f"{where} overlaps the mark before it or is out of order"
            raise CorpusError(message)
        reached = mark.span.end
        if text[mark.span.start : mark.span.end] != mark.text:
            message = f"{where} does not say what stands in the letter"
            raise CorpusError(message)
        if mark.text != mark.text.strip():
            message = f"{where} begins or ends with white space"
            raise CorpusError(message)


def gold_folders(language: str, part: Part = Part.ALL) -> tuple[Path, ...]:
    """The folders with gold letters of one language, one per part."""
    parts = (Part.SAMPLE, Part.DEV, Part.HELDOUT) if part is Part.ALL else (part,)
    folders = (GOLD_FOLDER / language / name for name in parts)
    return tuple(folder for folder in folders if folder.is_dir())


def load_letters(folder: Path) -> tuple[GoldLetter, ...]:
    """Every letter of one folder, sorted by name; a file without its partner is an error."""
    texts = {path.stem for path in folder.glob("*.txt")}
    tables = {path.stem for path in folder.glob("*.toml")}
    if lonely := texts ^ tables:
        message = f"{folder.name}: without its partner file: {', '.join(sorted(lonely))}"
        raise CorpusError(message)
    return tuple(load_letter(folder, name) for name in sorted(texts))


def load_letter(folder: Path, name: str) -> GoldLetter:
    """One letter from `NAME.txt` and `NAME.toml`."""
    # Bytes first: read_text would quietly turn \r\n into \n and so shift every offset.
    text = (folder / f"{name}.txt").read_bytes().decode("utf-8")
    try:
        table = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        marks = tuple(_read_mark(entry) for entry in table.pop("marks", []))
        return letter_from_table(name, text, marks, table)
    except tomllib.TOMLDecodeError as error:
        message = f"{name}.toml: {error}"
        raise CorpusError(message) from error
    except KeyError as error:
        message = f"{name}.toml: the key {error} is missing"
        raise CorpusError(message) from error


def letter_from_table(
    name: str, text: str, marks: tuple[Mark, ...], table: dict[str, object]
) -> GoldLetter:
    """A letter from the keys of its TOML table; a key that nobody reads is an error."""
    known = table.get("known", [])
    tags = table.get("tags", [])
    number = table.get("donor_number")
    if unread := set(table) - _KEYS:
        message = f"{name}: unknown keys: {', '.join(sorted(unread))}"
        raise CorpusError(message)
    try:
        return GoldLetter(
            name=name,
            text=text,
            marks=marks,
            title=str(table["title"]),
            direction=Direction(str(table["direction"])),
            writer_country=str(table["writer_country"]),
            reader_country=str(table["reader_country"]),
            voice=str(table["voice"]),
            group=Group(str(table["group"])),
            language=str(table.get("language", "en")),
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
            donor_number=None if number is None else str(number),
            known=tuple(_read_known(known)),
        )
    except CorpusError:
        raise
    except KeyError as error:
        message = f"{name}: the key {error} is missing"
        raise CorpusError(message) from error
    except ValueError as error:
        message = f"{name}: {error}"
        raise CorpusError(message) from error


_KEYS = frozenset(
    {
        "title",
        "language",
        "direction",
        "writer_country",
        "reader_country",
        "voice",
        "group",
        "tags",
        "donor_number",
        "known",
    }
)


def _read_known(entries: object) -> Iterator[KnownIdentifier]:
    if not isinstance(entries, list):
        message = "`known` must be a list of tables"
        raise CorpusError(message)
    for entry in entries:
        yield KnownIdentifier(kind=EntityKind(entry["kind"]), value=entry["value"])


def _read_mark(entry: dict[str, str | int]) -> Mark:
    entity = entry.get("entity")
    return Mark(
        span=Span(start=int(entry["start"]), end=int(entry["end"])),
        kind=EntityKind(str(entry["kind"])),
        text=str(entry["text"]),
        entity=None if entity is None else str(entity),
    )
