"""
Second opinions on the text of a PDF: another extractor, and OCR of the page as it is drawn.

A PDF says twice what a page holds: as glyphs to draw and as letters to copy. Nothing makes both
agree. Two extractors read the same letters, so only OCR notices a false map of glyphs to letters.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from rapidfuzz import fuzz

from anonymizer.documents.gathering import Gathered
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.lines import Line, Word
from anonymizer.documents.refusals import unpacks_to_too_much
from anonymizer.model import Origin

#: Letters by which two extractors may differ, and the share of all letters.
_FEW = 3
_SHARE = 0.02
#: Likeness of 100 below which OCR saw another word.
_ANOTHER_WORD = 55.0
_SURE = 0.80
_SHORT = 3
_WORDS_BESIDE = 3
_BOMS = (b"\xfe\xff", b"\xff\xfe")
_DIFFER = (
    "Two programs read different text from the PDF. Compare the letter with the original, page "
    "by page."
)


def second_text(
    reader: PdfReader | None, number: int, limits: ReadingLimits, gathered: Gathered
) -> str | None:
    """
    The text of page `number` (from 0) as pypdf extracts it; None when it cannot.

    Replacement texts (`/ActualText`) within the page are told to `gathered` on the way.
    """
    if reader is None:
        return None
    replaced: list[str] = []

    def notice(operator: object, operands: object, *_: object) -> None:
        if operator in {b"BDC", b"DP"} and isinstance(operands, list) and len(operands) > 1:
            replaced.extend(_replacements(operands[1]))

    try:
        text = reader.pages[number].extract_text(visitor_operand_before=notice)
    except LimitReachedError:
        raise unpacks_to_too_much(limits) from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (as in the inventory: the warning says so)
        gathered.warn("extractors_differ", _DIFFER)
        return None
    gathered.put_lines(replaced, Origin.ALT_TEXT, f"page {number + 1}")
    return text


def _replacements(properties: object) -> Iterator[str]:
    if isinstance(properties, dict):
        for key in ("/ActualText", "/Alt", "/E"):
            value = properties.get(key)
            if isinstance(value, bytes):
                yield value.decode("utf-16" if value[:2] in _BOMS else "latin-1", "replace")
            elif isinstance(value, str):
                yield str(value)


def compare_extractors(first: str, second: str, number: int, gathered: Gathered) -> bool:
    """True when they agree; else the words that only the second one read are told."""
    one, other = _letters(first), _letters(second)
    differing = sum(((one - other) + (other - one)).values())
    if differing <= max(_FEW, _SHARE * max(one.total(), other.total())):
        return True
    gathered.warn("extractors_differ", _DIFFER)
    known = _squeezed(first)
    extra = [word for word in second.split() if _squeezed(word) not in known]
    gathered.put(" ".join(extra), Origin.OTHER, f"page {number + 1}, read otherwise")
    return False


def _letters(text: str) -> Counter[str]:
    return Counter(one for one in normalize("NFKC", text) if one.isalnum())


def _squeezed(text: str) -> str:
    return "".join(one for one in normalize("NFKC", text).casefold() if one.isalnum())


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What OCR read otherwise, and what it read where the text has nothing."""

    otherwise: tuple[str, ...] = field(repr=False)
    beside: tuple[str, ...] = field(repr=False)


def compare_with_drawing(text: Sequence[Line], drawn: Sequence[Line]) -> Looked:
    """The words of a page beside the words of its drawing; both in the same units."""
    words = [word for line in text for word in line.words]
    looked = [word for line in drawn for word in line.words]
    return Looked(
        otherwise=tuple(_otherwise(words, looked)),
        beside=tuple(
            one.text
            for one in looked
            if one.confidence >= _SURE
            and sum(map(str.isalnum, one.text)) >= _SHORT
            and not any(_overlap(one, word) for word in words)
        ),
    )


def tell(looked: Looked, number: int, gathered: Gathered) -> None:
    """Tell what the comparison of page `number` (from 0) showed."""
    if looked.otherwise:
        sentence = "The PDF shows other words than it holds. Type the letter from the image."
        gathered.warn("shows_other_words", sentence)
        gathered.put_lines(looked.otherwise, Origin.OTHER, f"page {number + 1} as drawn")
    if len(looked.beside) >= _WORDS_BESIDE:
        sentence = "The PDF shows text that is not in it as text, such as in a picture or a form."
        gathered.warn("shows_more_words", sentence)
    if looked.beside:
        where = f"page {number + 1} as drawn"
        gathered.put(" ".join(looked.beside), Origin.OTHER, where, visible=True)


def _otherwise(words: Sequence[Word], looked: Sequence[Word]) -> Iterator[str]:
    for word in words:
        held = _squeezed(word.text)
        there = [one for one in looked if _overlap(one, word)]
        shown = _squeezed("".join(one.text for one in there))
        if len(held) < _SHORT or len(shown) < _SHORT:
            continue
        sure = min(one.confidence for one in there) >= _SURE
        if sure and max(fuzz.ratio(held, shown), fuzz.partial_ratio(held, shown)) < _ANOTHER_WORD:
            yield " ".join(one.text for one in there)


def _overlap(one: Word, other: Word) -> bool:
    """True when most of the smaller one lies in the other."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return False
    narrow = min(one.right - one.left, other.right - other.left)
    low = min(one.bottom - one.top, other.bottom - other.top)
    return width > 0.5 * narrow and height > 0.4 * low
