"""
Everything in a PDF that is no page: properties, notes, forms, attachments, scripts, old objects.

pypdf reads the file's objects one by one, used or not, and every string in them is told. What
kind of string it is follows from the key it stands under (ISO 32000-1).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import re2
from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from anonymizer.documents.gathering import Gathered
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.raster import check_pixels, words_of
from anonymizer.documents.refusals import MAX_OBJECTS, too_many_objects, unpacks_to_too_much
from anonymizer.errors import Unreadable
from anonymizer.model import Origin

_MAX_DEPTH = 30
_MAX_TEXT = 20_000
_PROPERTIES = (
    "/Author /Creator /Producer /Subject /Keywords /CreationDate /ModDate /Company /Manager"
).split()
#: What a string is, by its key; other keys are OTHER.
_ORIGINS = {
    **dict.fromkeys(("/Contents", "/RC", "/Subj", "/CA", "/AC"), Origin.ANNOTATION),
    **dict.fromkeys(("/V", "/DV", "/TU", "/TM", "/Opt"), Origin.FORM_FIELD),
    **dict.fromkeys(("/Alt", "/ActualText", "/E"), Origin.ALT_TEXT),
    **dict.fromkeys(("/URI", "/Base"), Origin.LINK_TARGET),
    **dict.fromkeys(("/UF", "/F", "/Desc", "/DOS", "/Unix", "/Mac"), Origin.ATTACHMENT),
    **dict.fromkeys(_PROPERTIES, Origin.PROPERTY),
}  # fmt: skip
#: Keys whose strings say how something looks or works, in letters that mean nothing.
_MEANINGLESS = frozenset(
    "/DA /DS /Registry /Ordering /CharSet /FontFamily /OutputConditionIdentifier /RegistryName "
    "/Info /OutputCondition /Lookup /ID /CheckSum /Panose /Lang /Style /S /W /BaseFont".split()
)
_SCRIPTS = frozenset({"/JS", "/JavaScript"})
_ACTIONS = frozenset({"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition"})
#: Streams with these are fonts and colour profiles; attachments are told with their names.
_SILENT_KEYS = frozenset({"/Length1", "/Length2", "/Length3", "/N"})
_SILENT_TYPES = frozenset({"/XRef", "/ObjStm", "/CMap", "/EmbeddedFile"})
_MAX_CONTENT = 2_000_000
_DAMAGED = "Parts of the PDF are damaged and were not read."
_ARRAY = re2.compile(r"\(((?:[^()\\]|\\[\s\S])*)\)")
_DRAWS = re2.compile(rb"\bBT\b[\s\S]*\b(?:Tj|TJ)\b")
_ATTRIBUTE = re2.compile(r'=\s*"([^"]{2,})"|=\s*\'([^\']{2,})\'')
_TAG = re2.compile(r"<[^>]*>")
_TIDY = re2.compile(r"\s+")
_ADDRESS = re2.compile(
    r"^https?://(?:www\.w3\.org|ns\.adobe\.com|purl\.org|iptc\.org|cipa\.jp|www\.aiim\.org)/"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file within the file. `name` comes from the sender."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Inventory:
    """What pypdf told about a file; `reader` is None when it could not read it."""

    reader: PdfReader | None
    attachments: list[Attachment] = field(default_factory=list)
    has_layers_off: bool = False


def take_inventory(content: bytes, limits: ReadingLimits, gathered: Gathered) -> Inventory:
    """
    Tell `gathered` everything that stands outside the pages.

    Raises `Unreadable` (`password_protected`) and `OverLimit`. A file that only PDFium can read
    gives a warning: nobody knows then what else is in it.
    """
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if not _opens(reader):
            return _not_read(gathered)
        inventory = Inventory(reader=reader)
        _Walk(reader=reader, limits=limits, gathered=gathered, inventory=inventory).everything()
    except (Unreadable, MemoryError):
        raise
    except LimitReachedError:
        raise unpacks_to_too_much(limits) from None
    except Exception:  # noqa: BLE001 (pypdf raises whatever a broken file leads it to)
        return _not_read(gathered)
    return inventory


def _opens(reader: PdfReader) -> bool:
    """False when it is encrypted in a way that this reader does not know."""
    if not reader.is_encrypted:
        return True
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError, PyPdfError):
        return False


def _not_read(gathered: Gathered) -> Inventory:
    sentence = (
        "The file's structure is damaged or encrypted: only what the pages show could be read. "
        "Look at the original."
    )
    gathered.warn("second_reader_failed", sentence)
    return Inventory(reader=None)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One walk over all objects of a file."""

    reader: PdfReader
    limits: ReadingLimits
    gathered: Gathered
    inventory: Inventory
    unpacked: int = 0
    on_pages: frozenset[int] = frozenset()

    def everything(self) -> None:
        numbers = self._numbers()
        self.on_pages = frozenset(self._drawn_objects())
        self._layers()
        info = self.reader.trailer.raw_get("/Info") if "/Info" in self.reader.trailer else None
        told = info.idnum if isinstance(info, IndirectObject) else 0
        for number in numbers:
            if number == told:
                continue
            one: object
            try:
                one = self.reader.get_object(IndirectObject(number, 0, self.reader))
            except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError):
                one = self._of_other_generation(number)
            if isinstance(one, PdfObject):
                self._object(one, number)
        if self.reader.metadata is not None:
            lines = (f"{key[1:]}: {value}" for key, value in self.reader.metadata.items())
            self.gathered.put_lines(lines, Origin.PROPERTY, "document")
        self._annotation_looks()

    def _numbers(self) -> list[int]:
        tables = self.reader.xref.values()
        numbers = {number for table in tables for number in table} | set(self.reader.xref_objStm)
        if len(numbers) > MAX_OBJECTS:
            raise too_many_objects()
        return sorted(numbers)

    def _of_other_generation(self, number: int) -> object:
        for generation, table in self.reader.xref.items():
            if number in table and generation:
                try:
                    return self.reader.get_object(IndirectObject(number, generation, self.reader))
                except Exception:  # noqa: BLE001 (one object among many; the warning is below)
                    break
        self.gathered.warn("damaged_parts", _DAMAGED)
        return None

    def _drawn_objects(self) -> Iterator[int]:
        """Numbers of the streams that the pages draw."""
        seen: set[int] = set()
        for page in self.reader.pages:
            if "/Contents" in page:
                contents = page.raw_get("/Contents")
                yield from _numbers_of(contents)
            yield from _forms(page.get("/Resources"), seen, 0)

    def _layers(self) -> None:
        layers = _resolved(self.reader.root_object.get("/OCProperties"))
        if not isinstance(layers, DictionaryObject):
            return
        default = _resolved(layers.get("/D"))
        if isinstance(default, DictionaryObject):
            off = _resolved(default.get("/OFF"))
            is_off = bool(off) or default.get("/BaseState") == "/OFF"
            self.inventory.has_layers_off = is_off
            if is_off:
                self.gathered.warn("layers_off", "The PDF has layers that are not shown.")

    def _object(self, one: PdfObject, number: int) -> None:
        where = f"object {number}"
        if isinstance(one, StreamObject):
            self._stream(one, number, where)
        found: dict[Origin, list[str]] = {}
        for key, text in self._strings(one, "", 0):
            found.setdefault(_ORIGINS.get(key, Origin.OTHER), []).append(text)
        for origin, lines in found.items():
            visible = origin is Origin.FORM_FIELD
            self.gathered.put("\n".join(dict.fromkeys(lines)), origin, where, visible=visible)

    def _strings(self, one: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
        """Every string below an object, with its key; other objects have their own turn."""
        if depth > _MAX_DEPTH:
            self.gathered.warn("damaged_parts", _DAMAGED)
        elif isinstance(one, DictionaryObject):
            self._notice(one)
            for name, value in one.items():
                yield from self._strings(value, _key(one, str(name)), depth + 1)
        elif isinstance(one, ArrayObject):
            for value in one:
                yield from self._strings(value, key, depth + 1)
        elif isinstance(one, (TextStringObject, ByteStringObject)) and key not in _MEANINGLESS:
            text = _TIDY.sub(" ", _text(one)).strip()
            if sum(map(str.isalnum, text)) >= 2:
                yield key, text[:_MAX_TEXT]

    def _notice(self, one: DictionaryObject) -> None:
        """What a dictionary makes a viewer do."""
        warn = self.gathered.warn
        action = one.get("/S")
        if _SCRIPTS & set(one) or action == "/JavaScript":
            warn("script", "The PDF holds a script. It was not run.")
        opening = _resolved(one.get("/OpenAction"))
        # An array is a place to go to: many programs write one.
        if "/AA" in one or (isinstance(opening, DictionaryObject) and opening.get("/S") != "/GoTo"):
            warn("opens_something", "The PDF does something of its own when it is opened.")
        if isinstance(action, str) and action in _ACTIONS:
            warn("action", "The PDF holds a command that starts or sends something.")
        if one.get("/Type") == "/Filespec" or "/EF" in one:
            warn("attachment", "The PDF holds attached files. They are listed, not forwarded.")
            self._attachment(one)
        if "/XFA" in one:
            warn("form", "The PDF holds a form whose contents only some programs show (XFA).")
        elif one.get("/FT") in {"/Tx", "/Ch"}:
            warn("form", "The PDF holds a form. Its fields are listed, not part of the letter.")
        if "/Subtype" in one and "/Rect" in one and one.get("/Subtype") not in {"/Link", "/Widget"}:
            warn("annotations", "The PDF holds notes. They are listed, not forwarded.")

    def _attachment(self, one: DictionaryObject) -> None:
        files = _resolved(one.get("/EF"))
        if not isinstance(files, DictionaryObject):
            return
        name = str(_resolved(one.get("/UF") or one.get("/F") or ""))
        for key in ("/UF", "/F"):
            stream = _resolved(files.get(key))
            if isinstance(stream, StreamObject):
                content = self._data(stream)
                self.inventory.attachments.append(Attachment(name=name, content=content))
                return

    def _data(self, stream: StreamObject) -> bytes:
        data = stream.get_data()
        self.unpacked += len(data)
        if self.unpacked > self.limits.unpacked_bytes:
            raise unpacks_to_too_much(self.limits)
        return bytes(data)

    def _stream(self, stream: StreamObject, number: int, where: str) -> None:
        if stream.get("/Subtype") == "/Image":
            size = (_resolved(stream.get("/Width")), _resolved(stream.get("/Height")))
            if all(isinstance(side, int) and side > 0 for side in size):
                check_pixels(size, self.limits)
            return
        # Fonts and colour profiles say nothing, but they too must not unpack to gigabytes.
        is_silent = _SILENT_KEYS & set(stream) or stream.get("/Type") in _SILENT_TYPES
        data = self._data_if_whole(stream)
        if data is not None and not is_silent:
            self._words_in_stream(stream, data, number, where)

    def _data_if_whole(self, stream: StreamObject) -> bytes | None:
        try:
            return self._data(stream)
        except (LimitReachedError, Unreadable, MemoryError):
            raise
        except Exception:  # noqa: BLE001 (a filter that pypdf does not know or a broken stream)
            self.gathered.warn("damaged_parts", _DAMAGED)
            return None

    def _words_in_stream(self, stream: StreamObject, data: bytes, number: int, where: str) -> None:
        if stream.get("/Type") == "/Metadata":
            self.gathered.put_lines(_of_xml(data), Origin.PROPERTY, where)
        elif _DRAWS.search(data[:_MAX_CONTENT]):
            if number not in self.on_pages:
                self.gathered.put_lines(_drawn_strings(data), Origin.OTHER, where)
        elif b"begincmap" not in data and _is_text(data):
            is_markup = b"<" in data[:100]
            lines = _of_xml(data) if is_markup else [data[:_MAX_TEXT].decode("utf-8", "replace")]
            self.gathered.put("\n".join(lines), Origin.OTHER, where)

    def _annotation_looks(self) -> None:
        """What annotations and form fields draw on the page, which need not be what they say."""
        for number, page in enumerate(self.reader.pages, start=1):
            notes = _resolved(page.get("/Annots"))
            for note in notes if isinstance(notes, ArrayObject) else ():
                looks = _resolved(note)
                looks = _resolved(looks.get("/AP")) if isinstance(looks, DictionaryObject) else None
                for look in _streams(looks, 0):
                    text = page.extract_xform_text(look)  # type: ignore[arg-type]
                    self.gathered.put(text, Origin.ANNOTATION, f"page {number}", visible=True)


def _streams(one: Any, depth: int) -> Iterator[StreamObject]:
    one = _resolved(one)
    if isinstance(one, StreamObject):
        yield one
    elif isinstance(one, DictionaryObject) and depth < 3:
        for value in one.values():
            yield from _streams(value, depth + 1)


def _numbers_of(contents: Any) -> Iterator[int]:
    """Numbers of a page's contents: one stream, or a list of them."""
    if isinstance(contents, IndirectObject):
        yield contents.idnum
    parts = _resolved(contents)
    if isinstance(parts, ArrayObject):
        yield from (part.idnum for part in parts if isinstance(part, IndirectObject))


def _forms(resources: Any, seen: set[int], depth: int) -> Iterator[int]:
    """Numbers of the form XObjects below some resources."""
    resources = _resolved(resources)
    named = (
        _resolved(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    )
    if not isinstance(named, DictionaryObject) or depth > _MAX_DEPTH:
        return
    for reference in dict.values(named):
        if not isinstance(reference, IndirectObject) or reference.idnum in seen:
            continue
        seen.add(reference.idnum)
        form = _resolved(reference)
        if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
            yield reference.idnum
            yield from _forms(form.get("/Resources"), seen, depth + 1)


def _resolved(one: Any) -> Any:
    return one.get_object() if isinstance(one, IndirectObject) else one


def _key(one: DictionaryObject, name: str) -> str:
    """The key of a string; titles and names tell what they are by their neighbours."""
    if name == "/T":
        return "/TU" if "/FT" in one or "/Kids" in one else "/Contents"
    if name == "/Title" and "/Parent" not in one:
        return "/Author"
    if name in {"/F", "/UF"} and "/EF" not in one and one.get("/Type") != "/Filespec":
        return "/URI"
    return name


def _text(one: TextStringObject | ByteStringObject) -> str:
    if isinstance(one, TextStringObject):
        return str(one)
    data = bytes(one)
    if sum(32 <= byte < 127 for byte in data) < 0.8 * len(data):
        return words_of(data)
    return data.decode("latin-1")


def _of_xml(data: bytes) -> list[str]:
    """Words between and within the tags of some XML, without parsing what a stranger wrote."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = data[:1_000_000].decode(encoding, "replace")
    values = [one or other for one, other in _ATTRIBUTE.findall(text)]
    between = [piece.strip() for piece in _TAG.split(text)]
    return [
        piece[:_MAX_TEXT]
        for piece in [*between, *values]
        if sum(map(str.isalnum, piece)) >= 2 and not _ADDRESS.match(piece)
    ]


def _is_text(data: bytes) -> bool:
    sample = data[:4_000]
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" or byte > 160 for byte in sample)
    return len(sample) >= 4 and printable > 0.95 * len(sample)


def _drawn_strings(data: bytes) -> list[str]:
    """The strings that a content stream draws, as far as they are letters and not glyph numbers."""
    text = data[:_MAX_CONTENT].decode("latin-1")
    found = [one for one in _ARRAY.findall(text) if any(map(str.isalpha, one))]
    joined = "".join(found)
    return [*found, joined] if len(found) > 1 else found
