"""
Page images to a letter: put straight, read by OCR, and honest about what was not read for sure.

Few or unsure words mean that a person transcribes; handwriting ends there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic

from PIL import Image

from anonymizer.documents.deskew import straightened
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.lines import Line, PageLines, running_text
from anonymizer.documents.ocr import OcrUnavailable, is_installed, quarter_turns, words_on
from anonymizer.model import UnsureWord

#: Below this confidence a word is unsure.
UNSURE = 0.60
#: Below this mean confidence, or with more unsure words than this share, a person transcribes.
_MEAN_AT_LEAST = 0.75
_UNSURE_AT_MOST = 0.20
_WORDS_AT_LEAST = 3
#: Below this mean confidence a page may lie on its side or upside down.
_UPRIGHT_FROM = 0.60
#: Share of the time limit that OCR may use; what is left over reads and tells the rest.
_SHARE_OF_TIME = 0.75
#: Width and height in pixels between which Tesseract reads best.
_MAX_SIDE = 4_000
_MIN_WIDTH = 1_000


@dataclass(slots=True)
class Clock:
    """How much of the time for OCR is left."""

    limits: ReadingLimits
    begun: float = field(default_factory=monotonic)

    @property
    def seconds_left(self) -> float:
        """Seconds; 0 or less when the time is over."""
        return self.limits.seconds * _SHARE_OF_TIME - (monotonic() - self.begun)


def read_page(
    image: Image.Image, languages: tuple[str, ...], clock: Clock, *, may_be_turned: bool = True
) -> PageLines | None:
    """The lines of a page image, in a mode of `flat`; None when OCR cannot say anything."""
    page = straightened(_sized(image.convert("L")))
    try:
        lines = words_on(page, languages, seconds=clock.seconds_left)
        if may_be_turned and confidence_of(lines) < _UPRIGHT_FROM:
            page, lines = _turned(page, lines, languages, clock)
    except OcrUnavailable:
        return None
    return PageLines(lines=lines, width=page.width)


def _turned(
    page: Image.Image, lines: tuple[Line, ...], languages: tuple[str, ...], clock: Clock
) -> tuple[Image.Image, tuple[Line, ...]]:
    """The page and its lines the right way up, where that reads better."""
    try:
        turns = quarter_turns(page, seconds=clock.seconds_left)
    except OcrUnavailable:  # too few letters to tell
        return page, lines
    if not turns:
        return page, lines
    upright = straightened(page.rotate(90 * turns, expand=True, fillcolor=255))
    found = words_on(upright, languages, seconds=clock.seconds_left)
    better = confidence_of(found) > confidence_of(lines)
    return (upright, found) if better else (page, lines)


def _sized(image: Image.Image) -> Image.Image:
    largest = max(image.size)
    scale = min(1.0, _MAX_SIDE / largest)
    if image.width * scale < _MIN_WIDTH and largest * 3 <= _MAX_SIDE:
        scale = min(3.0, _MIN_WIDTH / image.width)
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def confidence_of(lines: Sequence[Line]) -> float:
    """Mean confidence, longer words counting more; 0 without words."""
    words = [word for line in lines for word in line.words]
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / letters if letters else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedText:
    """What OCR made of all pages; see `Reading` for the fields."""

    text: str = field(repr=False)
    unsure: tuple[UnsureWord, ...]
    needs_transcription: bool


def scanned_text(
    pages: Sequence[PageLines | None],
    languages: tuple[str, ...],
    gathered: Gathered,
    *,
    scans: Collection[int] | None = None,
) -> ScannedText:
    """
    The text of the pages together; `gathered` is told what a proofreader must know.

    `scans` are the numbers (from 0) of the pages that OCR read, without it all of them.
    """
    read = [page for page in pages if page is not None]
    text, placed = running_text(read)
    unsure = tuple(
        UnsureWord(start=word.start, end=word.end, confidence=round(word.confidence, 3))
        for word in placed
        if word.confidence < UNSURE
    )
    by_ocr = [page for n, page in enumerate(pages) if scans is None or n in scans]
    poor = any(page is not None and _is_poor(page.lines) for page in by_ocr)
    if len(read) < len(pages):
        _warn_unread(languages, gathered)
    gathered.warn(
        "scan", "The letter is a scan: its text was read by OCR. Compare it with the image."
    )
    if poor:
        sentence = "The scan was not read with certainty. Type the letter from the image."
        gathered.warn("poor_scan", sentence)
    return ScannedText(text=text, unsure=unsure, needs_transcription=poor or len(read) < len(pages))


def _is_poor(lines: Sequence[Line]) -> bool:
    """True when too few words of a page were read, or too many without certainty."""
    words = [word for line in lines for word in line.words]
    unsure = sum(word.confidence < UNSURE for word in words)
    return (
        len(words) < _WORDS_AT_LEAST
        or confidence_of(lines) < _MEAN_AT_LEAST
        or unsure > _UNSURE_AT_MOST * len(words)
    )


def _warn_unread(languages: tuple[str, ...], gathered: Gathered) -> None:
    if any(is_installed(one) for one in languages):
        sentence = "Some pages were not read in the time there is. Type them from the image."
        gathered.warn("ocr_unfinished", sentence)
    else:
        sentence = (
            "The scan was not read: Tesseract or its data for this language are not installed. "
            "Type the letter from the image."
        )
        gathered.warn("ocr_not_installed", sentence)
