"""
Steps 8-9: a letter cut into pieces that a template can print without touching a character.

Contract: joining the texts of all pieces gives the letter back, code point for code point (only
NUL, which HTML cannot carry, is shown as its picture). The browser relies on this: it counts
code points in the page to know where a marked passage stands.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

#: A blank line ends a paragraph; the page lines up the paragraphs of both texts.
_BLANK_LINE = re.compile(r"\n[ \t]*(?:\n[ \t]*)+(?=\S)")

#: The style sheet lays out this many rows; a longer letter keeps its rest in the last one.
MAX_PARAGRAPHS = 200

_VISIBLE_BREAKS = frozenset("\n\t")
_EMOJI_GLUE = frozenset("\u200d\ufe0e\ufe0f")
_CONTROL_NAMES = {
    0x00AD: "soft hyphen",
    0x200B: "zero-width space",
    0x200C: "zero-width non-joiner",
    0x200D: "zero-width joiner",
    0x200E: "left-to-right mark",
    0x200F: "right-to-left mark",
    0x2028: "line separator",
    0x2029: "paragraph separator",
    0x202A: "left-to-right embedding",
    0x202B: "right-to-left embedding",
    0x202C: "end of embedding",
    0x202D: "left-to-right override",
    0x202E: "right-to-left override",
    0x2060: "word joiner",
    0x2066: "left-to-right isolate",
    0x2067: "right-to-left isolate",
    0x2068: "first strong isolate",
    0x2069: "end of isolate",
    0xFEFF: "zero-width no-break space",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A passage to mark: code points `start` to `end`, and what the template knows it by."""

    start: int
    end: int
    name: str
    """The key of the finding, replacement or flag behind the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text that looks the same throughout; `control` names a character nobody could see."""

    text: str = field(repr=False)
    control: str | None = None
    under: tuple[str, ...] = ()
    """Names of the marks of the second layer (flags, residuals) that cover the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A marked passage, or the plain text between two of them (`name` is None)."""

    name: str | None
    start: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """The pieces up to and including the blank line that ends the paragraph."""

    pieces: tuple[Piece, ...]


def paragraphs(
    text: str,
    *,
    marks: Sequence[Mark],
    under: Sequence[Mark] = (),
    breaks: Sequence[int] = (),
) -> tuple[Paragraph, ...]:
    """
    The text as paragraphs of pieces.

    `marks` become pieces (where two overlap, the later one starts where the earlier one ends),
    `under` only colours runs and may overlap anything. `breaks` are the ends of paragraphs.
    """
    edges = [0, *breaks, len(text)]
    ordered = sorted(marks, key=lambda one: (one.start, -one.end))
    return tuple(
        Paragraph(pieces=tuple(_pieces(text, start, end, ordered, under)))
        for start, end in pairwise(edges)
    )


def paragraph_breaks(text: str, marks: Iterable[Mark]) -> tuple[int, ...]:
    """Where paragraphs end: after a blank line that is not inside a marked passage."""
    closed = [(mark.start, mark.end) for mark in marks]
    breaks = [
        match.end()
        for match in _BLANK_LINE.finditer(text)
        if not any(start < match.end() < end for start, end in closed)
    ]
    return tuple(breaks[: MAX_PARAGRAPHS - 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Where letter positions stand in the outgoing text: the changes, in order."""

    sources: tuple[tuple[int, int], ...]
    targets: tuple[tuple[int, int], ...]

    def position(self, offset: int) -> int:
        """The place in the outgoing text of a letter position that no change covers."""
        index = bisect_right(self.sources, (offset, -1)) - 1
        if index + 1 < len(self.sources) and self.sources[index + 1][0] == offset:
            return self.targets[index + 1][0]
        if index < 0:
            return offset
        source_end, target_end = self.sources[index][1], self.targets[index][1]
        return max(target_end, target_end + offset - source_end)


def _pieces(
    text: str, start: int, end: int, marks: Sequence[Mark], under: Sequence[Mark]
) -> Iterable[Piece]:
    position = start
    for mark in marks:
        if mark.end <= position or mark.start >= end:
            continue
        begin, stop = max(mark.start, position), min(mark.end, end)
        if position < begin:
            yield _piece(text, position, begin, None, under)
        yield _piece(text, begin, stop, mark.name, under)
        position = stop
    if position < end:
        yield _piece(text, position, end, None, under)


def _piece(text: str, start: int, end: int, name: str | None, under: Sequence[Mark]) -> Piece:
    return Piece(name=name, start=start, runs=tuple(_runs(text, start, end, under)))


def _runs(text: str, start: int, end: int, under: Sequence[Mark]) -> Iterable[Run]:
    near = [mark for mark in under if mark.start < end and start < mark.end]
    edges = {start, end}
    for mark in near:
        edges |= {max(start, mark.start), min(end, mark.end)}
    for left, right in pairwise(sorted(edges)):
        names = tuple(mark.name for mark in near if mark.start <= left and right <= mark.end)
        yield from _split_controls(text, left, right, names)


def _split_controls(text: str, start: int, end: int, under: tuple[str, ...]) -> Iterable[Run]:
    begin = start
    for index in range(start, end):
        label = _control_label(text, index)
        if label is None:
            continue
        if begin < index:
            yield Run(text=text[begin:index], under=under)
        shown = "\u2400" if text[index] == "\0" else text[index]
        yield Run(text=shown, control=label, under=under)
        begin = index + 1
    if begin < end:
        yield Run(text=text[begin:end], under=under)


def _control_label(text: str, index: int) -> str | None:
    """The name of a character that has no shape of its own, else None."""
    character = text[index]
    if character.isalnum() or character == " " or character in _VISIBLE_BREAKS:
        return None
    if character in _EMOJI_GLUE and index > 0 and _is_emoji_part(text[index - 1]):
        return None
    return _name_control(character)


@lru_cache(maxsize=512)
def _name_control(character: str) -> str | None:
    code = ord(character)
    if code in _CONTROL_NAMES:
        return _CONTROL_NAMES[code]
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    return f"U+{code:04X}" if hidden else None


def _is_emoji_part(character: str) -> bool:
    return unicodedata.category(character) in {"So", "Sk"} or character in _EMOJI_GLUE
