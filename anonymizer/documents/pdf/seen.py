"""
A page as a person sees it: PDFium draws it with and without its text, and the difference is ink.

A letter whose removal changes no pixel is hidden, whatever hides it: a box or a picture over it,
its colour, its render mode, a clip, a layer that is off, the edge of the page. No list of tricks
has to be complete for that; the tricks that are known by name only serve to name the reason.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from anonymizer.documents.lines import Line, PageLines, Word
from anonymizer.documents.styles import same_colour
from anonymizer.model import Origin

#: Points below which nobody reads.
TINY_POINTS = 3.0
#: Height of a character's box, ascent and descent, by font size.
_BOX_BY_SIZE = 1.12
#: Pixels of a page as it is drawn for comparison, and dots per point.
_MAX_PIXELS = 4_000_000
_SCALE = 2.0
#: Difference in a channel, of 255, that a person sees.
_INK = 24
_OPAQUE_FROM = 32
_LIGHT_FROM = 160
_INVISIBLE_MODES = frozenset({3, 7})
_FILL_MODES = frozenset({0, 4})
#: What PDFium gives for a hyphen at the end of a line.
_LINE_END_HYPHEN = "\x02"
_MAX_DEPTH = 12

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyph:
    """A character; its box in points from the upper left corner: left, top, right, bottom."""

    text: str = field(repr=False)
    box: Box | None
    hidden: Origin | None
    font: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenPage:
    """What stands on a page. `width` and `height` in points."""

    lines: PageLines
    #: Hidden text and why nobody sees it.
    hidden: tuple[tuple[Origin, str], ...] = field(repr=False)
    #: Every character, seen or not, in the order of the page.
    everything: str = field(repr=False)
    #: Which characters of which font (an id within the document) are seen on the page.
    used: frozenset[tuple[int, str]] = field(repr=False)
    width: float
    height: float
    #: True when something other than text is drawn.
    shows_more: bool

    @property
    def letters(self) -> int:
        """Letters and digits that are seen."""
        words = (word for line in self.lines.lines for word in line.words)
        return sum(sum(map(str.isalnum, word.text)) for word in words)


def see_page(page: pdfium.PdfPage, *, has_layers_off: bool) -> SeenPage:
    """Look at a page. It cannot be drawn as it was afterwards: its text is gone."""
    width, height = page.get_size()
    scale = min(_SCALE, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    drawn = _pixels(page, scale)
    textpage = page.get_textpage()
    raw = list(_raw_glyphs(page, textpage))
    _take_text_away(page)
    bare = _pixels(page, scale)
    textpage.close()
    canvas = _Canvas.of(drawn, bare, scale, has_layers_off=has_layers_off)
    glyphs = [one.glyph(canvas) for one in raw]
    lines = PageLines(lines=tuple(_lines(glyphs)), width=width)
    return SeenPage(
        lines=lines,
        hidden=tuple(_hidden(glyphs)),
        everything="".join(glyph.text for glyph in glyphs),
        used=frozenset(
            (glyph.font, glyph.text)
            for glyph in glyphs
            if glyph.hidden is None and glyph.text.isalnum()
        ),
        width=width,
        height=height,
        shows_more=bool(np.mean(bare.min(axis=2) < 200) > 0.001),
    )


def draw(page: pdfium.PdfPage, *, pixels: int, dots_per_inch: int) -> Pixels:
    """The page, at most `pixels` in all; rows, columns, then blue, green, red."""
    width, height = page.get_size()
    scale = min(dots_per_inch / 72, (pixels / max(1.0, width * height)) ** 0.5)
    return _pixels(page, scale)


def _pixels(page: pdfium.PdfPage, scale: float) -> Pixels:
    bitmap = page.render(scale=scale, no_smoothtext=False, may_draw_forms=True)
    pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    bitmap.close()
    return pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class _Canvas:
    """Where there is ink, and what colour is behind it."""

    #: Sums of inked pixels left of and above a place, one row and column more than the page.
    ink: NDArray[np.int64]
    bare: Pixels
    scale: float
    has_layers_off: bool

    @classmethod
    def of(cls, drawn: Pixels, bare: Pixels, scale: float, *, has_layers_off: bool) -> "_Canvas":
        rows, columns = min(drawn.shape[0], bare.shape[0]), min(drawn.shape[1], bare.shape[1])
        one, other = drawn[:rows, :columns].astype(np.int16), bare[:rows, :columns]
        inked = np.abs(one - other).max(axis=2) >= _INK
        sums = np.zeros((rows + 1, columns + 1), dtype=np.int64)
        sums[1:, 1:] = inked.cumsum(axis=0).cumsum(axis=1)
        return cls(ink=sums, bare=bare, scale=scale, has_layers_off=has_layers_off)

    def cells(self, box: Box) -> tuple[int, int, int, int] | None:
        """The pixels of a box as left, top, right, bottom; None when it is off the page."""
        rows, columns = self.ink.shape[0] - 1, self.ink.shape[1] - 1
        left = max(0, int(np.floor(box[0] * self.scale)))
        top = max(0, int(np.floor(box[1] * self.scale)))
        right = min(columns, int(np.ceil(box[2] * self.scale)) + 1)
        bottom = min(rows, int(np.ceil(box[3] * self.scale)) + 1)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def has_ink(self, cells: tuple[int, int, int, int]) -> bool:
        left, top, right, bottom = cells
        ink = self.ink
        return bool(ink[bottom, right] - ink[top, right] - ink[bottom, left] + ink[top, left] > 0)

    def paper(self, cells: tuple[int, int, int, int]) -> tuple[int, int, int]:
        """The colour behind a character, red first."""
        left, top, right, bottom = cells
        blue, green, red = np.median(self.bare[top:bottom, left:right], axis=(0, 1))
        return int(red), int(green), int(blue)


@dataclass(frozen=True, kw_only=True, slots=True)
class _RawGlyph:
    """A character as PDFium tells it, before anyone knows whether it is seen."""

    text: str = field(repr=False)
    box: Box | None = None
    size: float = 0.0
    mode: int = 0
    ink: tuple[int, int, int] = (0, 0, 0)
    alpha: int = 255
    font: int = 0

    def glyph(self, canvas: _Canvas) -> Glyph:
        hidden = None if self.box is None or self.text.isspace() else self._hidden(canvas)
        return Glyph(text=self.text, box=self.box, hidden=hidden, font=self.font)

    def _hidden(self, canvas: _Canvas) -> Origin | None:
        assert self.box is not None  # noqa: S101 (the caller asked)
        cells = canvas.cells(self.box)
        if cells is None:
            return Origin.OFF_PAGE
        if self.mode in _INVISIBLE_MODES or self.alpha < _OPAQUE_FROM:
            return Origin.INVISIBLE
        if self.size < TINY_POINTS:
            return Origin.TINY_TEXT
        if self.mode in _FILL_MODES and same_colour(self.ink, canvas.paper(cells)):
            # Dark on dark is a bar over the text more often than text on a bar.
            return Origin.WHITE_TEXT if min(self.ink) > _LIGHT_FROM else Origin.COVERED
        if not canvas.has_ink(cells):
            return Origin.HIDDEN_TEXT if canvas.has_layers_off else Origin.COVERED
        return None


def _raw_glyphs(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Iterator[_RawGlyph]:
    place = _Place(page)
    facts: dict[int, tuple[int, int]] = {}
    pending = ""
    for number in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, number)
        if 0xD800 <= code < 0xDC00:
            pending = chr(code)
            continue
        text = _character(pending, code)
        pending = ""
        if pdfium_c.FPDFText_IsGenerated(textpage, number) == 1 or not text:
            yield _RawGlyph(text=text)
            continue
        yield _raw_glyph(textpage, number, text, place, facts)


def _raw_glyph(
    textpage: pdfium.PdfTextPage,
    number: int,
    text: str,
    place: "_Place",
    facts: dict[int, tuple[int, int]],
) -> _RawGlyph:
    mode, font = _facts(textpage, number, facts)
    loose = place.box(textpage, number, loose=True)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium_c.FPDFText_GetFillColor(textpage, number, red, green, blue, alpha)
    return _RawGlyph(
        text=text,
        box=place.box(textpage, number, loose=False),
        size=place.size(loose, textpage, number),
        mode=mode,
        ink=(red.value, green.value, blue.value),
        alpha=alpha.value,
        font=font,
    )


def _facts(
    textpage: pdfium.PdfTextPage, number: int, known: dict[int, tuple[int, int]]
) -> tuple[int, int]:
    """Render mode and font of the text object that a character belongs to."""
    raw = pdfium_c.FPDFText_GetTextObject(textpage, number)
    if not raw:
        return 0, 0
    address = ctypes.addressof(raw.contents)
    if address not in known:
        font = pdfium_c.FPDFTextObj_GetFont(raw)
        known[address] = (
            int(pdfium_c.FPDFTextObj_GetTextRenderMode(raw)),
            ctypes.addressof(font.contents) if font else 0,
        )
    return known[address]


class _Place:
    """From PDF's coordinates (any box, any rotation) to points from the upper left corner."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        width, height = page.get_size()
        # PDFium answers in whole pixels of a device: one with many pixels keeps the fractions.
        self._fine = 1_000_000 / max(width, height, 1.0)
        size = (max(1, round(width * self._fine)), max(1, round(height * self._fine)))
        origin = self._device(page, size, 0, 0)
        along = self._device(page, size, 100, 0)
        up = self._device(page, size, 0, 100)
        self._origin = origin
        self._x = ((along[0] - origin[0]) / 100, (along[1] - origin[1]) / 100)
        self._y = ((up[0] - origin[0]) / 100, (up[1] - origin[1]) / 100)

    def _device(
        self, page: pdfium.PdfPage, size: tuple[int, int], x: float, y: float
    ) -> tuple[float, float]:
        left, top = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, left, top)
        return left.value / self._fine, top.value / self._fine

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._x[0] + y * self._y[0],
            self._origin[1] + x * self._x[1] + y * self._y[1],
        )

    def box(self, textpage: pdfium.PdfTextPage, number: int, *, loose: bool) -> Box:
        left, bottom, right, top = textpage.get_charbox(number, loose=loose)
        one, other = self._point(left, bottom), self._point(right, top)
        return (
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[0], other[0]),
            max(one[1], other[1]),
        )

    def size(self, loose: Box, textpage: pdfium.PdfTextPage, number: int) -> float:
        """The font's size in points as it is drawn; the box tells it for text on its side too."""
        angle = pdfium_c.FPDFText_GetCharAngle(textpage, number)
        is_upright = angle < 0 or abs(np.sin(angle)) < 0.7
        extent = loose[3] - loose[1] if is_upright else loose[2] - loose[0]
        return float(extent / _BOX_BY_SIZE)


def _character(pending: str, code: int) -> str:
    if code == ord(_LINE_END_HYPHEN):
        return "-"
    if pending and 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((ord(pending) - 0xD800) << 10) + (code - 0xDC00))
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    one = chr(code)
    return one if one >= " " or one in "\n\r\t" else ""


def _take_text_away(page: pdfium.PdfPage) -> None:
    for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=_MAX_DEPTH):
        pdfium_c.FPDFTextObj_SetTextRenderMode(one, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _lines(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """The lines of what is seen."""
    words: list[Word] = []
    letters: list[Glyph] = []
    for glyph in [*glyphs, Glyph(text="\n", box=None, hidden=None, font=0)]:
        if glyph.hidden is not None:
            continue
        if glyph.text.strip() and glyph.box is not None:
            letters.append(glyph)
            continue
        if not glyph.text.strip() and letters:
            words.append(_word(letters))
            letters = []
        if glyph.text in {"\n", "\r"} and words:
            yield Line(words=tuple(words))
            words = []


def _word(letters: Sequence[Glyph]) -> Word:
    boxes = [glyph.box for glyph in letters if glyph.box is not None]
    return Word(
        text="".join(glyph.text for glyph in letters),
        left=min(box[0] for box in boxes),
        top=min(box[1] for box in boxes),
        right=max(box[2] for box in boxes),
        bottom=max(box[3] for box in boxes),
    )


def _hidden(glyphs: Sequence[Glyph]) -> Iterator[tuple[Origin, str]]:
    """Runs of hidden characters with the same reason; the spaces between them belong to them."""
    run: list[str] = []
    reason: Origin | None = None
    for glyph in glyphs:
        if glyph.text.isspace() or glyph.box is None:
            run.append(glyph.text if reason is not None else "")
        elif glyph.hidden == reason:
            run.append(glyph.text)
        else:
            if reason is not None:
                yield reason, "".join(run).strip()
            run, reason = [glyph.text], glyph.hidden
    if reason is not None:
        yield reason, "".join(run).strip()
