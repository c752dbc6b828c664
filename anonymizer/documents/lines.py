"""
Words with places on a page, and how their lines become running text again.

A page breaks lines where they are full; a writer breaks them on purpose. A break counts as the
page's when the next word would not have fitted, and then becomes a space. So a letter reads the
same from a PDF, a scan and a text file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

#: A line shorter than this share of the page is not broken by the page's edge.
_SHORT_LINE = 0.4
#: A line this full goes on in the next one when that begins within a sentence.
_NEARLY_FULL = 0.8
#: Line pitches between two lines from which there is an empty line between them.
_EMPTY_LINE = 1.45
#: Widths of a letter by which a line may miss the edge.
_SLACK = 0.5
_MAX_EMPTY_LINES = 3
#: Heights of a letter that one line below another may take.
_MAX_PITCH = 1.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word and its box; `top` is less than `bottom`, units are those of the page."""

    text: str = field(repr=False)
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The words of one line, from left to right; never empty."""

    words: tuple[Word, ...]

    @property
    def left(self) -> float:
        """Where the line begins."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """Where the line ends."""
        return max(word.right for word in self.words)

    @property
    def bottom(self) -> float:
        """Where the line stands: the middle of its words' lower edges."""
        return median(word.bottom for word in self.words)

    @property
    def letter_width(self) -> float:
        """Width of a letter, on average."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.right - word.left for word in self.words) / max(1, letters)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLines:
    """The lines of one page, from top to bottom, and the page's width in the same units."""

    lines: tuple[Line, ...]
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A word of the running text, at code points `start` to `end`."""

    start: int
    end: int
    confidence: float


def running_text(pages: Sequence[PageLines]) -> tuple[str, tuple[Placed, ...]]:
    """The text of some pages, and where in it each word stands."""
    pieces: list[str] = []
    placed: list[Placed] = []
    length = 0
    for piece, word in _pieces(pages):
        if word is not None:
            placed.append(Placed(start=length, end=length + len(piece), confidence=word.confidence))
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), tuple(placed)


def _pieces(pages: Sequence[PageLines]) -> Iterator[tuple[str, Word | None]]:
    before: Line | None = None
    for page in pages:
        edge, pitch = _edge(page.lines), _pitch(page.lines)
        for number, line in enumerate(page.lines):
            if before is not None:
                gap = (line.bottom - before.bottom) / pitch if number and pitch else 1.0
                is_full = _is_full(before, line, edge=edge, width=page.width)
                yield _break(gap, is_full=is_full, ends=before.words[-1].text), None
            yield from _spaced(line.words)
            before = line


def _spaced(words: Iterable[Word]) -> Iterator[tuple[str, Word | None]]:
    for number, word in enumerate(words):
        if number:
            yield " ", None
        yield word.text, word


def _break(gap: float, *, is_full: bool, ends: str) -> str:
    if gap >= _EMPTY_LINE:
        return "\n" * (1 + min(_MAX_EMPTY_LINES, max(1, round(gap) - 1)))
    # A hyphen at the end may belong to the word or to the break: both stay for the detectors.
    return " " if is_full and not ends.endswith(("-", "\u00ad")) else "\n"


def _is_full(line: Line, following: Line, *, edge: float, width: float) -> bool:
    """True when the first word of the following line would not have fitted into this one."""
    if line.right - line.left < _SHORT_LINE * width:
        return False
    word = following.words[0]
    if abs(following.left - line.left) > 4 * line.letter_width:
        return False
    needed = line.right + line.letter_width + (word.right - word.left)
    if needed > edge - _SLACK * line.letter_width:
        return True
    # Typewriters and mail programs count letters, so their lines end less evenly.
    goes_on = word.text[0].islower() or line.words[-1].text.endswith(",")
    return goes_on and line.right - line.left > _NEARLY_FULL * (edge - line.left)


def _edge(lines: Sequence[Line]) -> float:
    """Where lines end at the right."""
    return max((line.right for line in lines), default=0.0)


def _pitch(lines: Sequence[Line]) -> float:
    """
    The usual distance between two lines; 0 where there are none below each other.

    Bounded by the height of the letters: a note of two lines may have nothing but an empty line.
    """
    steps = [
        after.bottom - line.bottom for line, after in pairwise(lines) if after.bottom > line.bottom
    ]
    height = max((word.bottom - word.top for line in lines for word in line.words), default=0.0)
    return min(_usual(steps), _MAX_PITCH * height) if steps else 0.0


def _usual(steps: list[float]) -> float:
    """The lower quartile: empty lines and paragraphs make steps longer, never shorter."""
    return sorted(steps)[len(steps) // 4]
