"""
Tesseract, through its command line: the words of one page image with boxes and confidences.

The image goes in on stdin and a table comes out on stdout, so nothing of a letter is written to
a disk. A plain subprocess with a list of arguments and a time limit does all we need; wrappers
write temporary files and add a dependency.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import groupby

from PIL import Image

from anonymizer.documents.lines import Line, Word
from anonymizer.model import normalize_text

#: ISO 639-1 to the names of Tesseract's language data.
_NAMES = {
    "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est",
    "fi": "fin", "fr": "fra", "hr": "hrv", "hu": "hun", "it": "ita", "lt": "lit", "lv": "lav",
    "nl": "nld", "no": "nor", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk",
    "sl": "slv", "sv": "swe", "tr": "tur", "uk": "ukr", "vi": "vie",
}  # fmt: skip
_WORD_LEVEL = "5"
_COLUMNS = 12
_ORIENTATION = "osd"
#: Tesseract knows no unit but dots per inch; letters are on paper of about this width.
_PAPER_INCHES = 8.27
_MIN_DPI = 70
_MAX_DPI = 600


class OcrUnavailable(Exception):
    """Tesseract or its language data are not installed, or it did not finish in time."""


def words_on(image: Image.Image, languages: tuple[str, ...], *, seconds: float) -> tuple[Line, ...]:
    """
    The lines of an upright page image (mode `L`), boxes in its pixels, from top to bottom.

    Raises `OcrUnavailable` when nothing can be said about the page.
    """
    names = [_NAMES[one] for one in languages if _NAMES.get(one) in _installed()]
    if not names:
        raise OcrUnavailable
    options = ["-l", "+".join(dict.fromkeys(names)), "--dpi", str(_dpi(image)), "--psm", "3"]
    table = _tesseract([*options, "tsv"], image, seconds)
    return tuple(_lines(table.splitlines()))


def quarter_turns(image: Image.Image, *, seconds: float) -> int:
    """By how many quarter turns anticlockwise the image must be turned to be upright; 0 to 3."""
    if _ORIENTATION not in _installed():
        return 0
    told = _tesseract(["--psm", "0", "-c", "min_characters_to_try=20"], image, seconds)
    facts = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    try:
        # "Rotate" is clockwise; Pillow turns anticlockwise.
        return -int(facts["Rotate"]) // 90 % 4
    except (KeyError, ValueError):
        return 0


def is_installed(language: str) -> bool:
    """True when a page in this language (ISO 639-1) can be read."""
    return _NAMES.get(language) in _installed()


def _dpi(image: Image.Image) -> int:
    width = min(image.width, image.height)
    return max(_MIN_DPI, min(_MAX_DPI, round(width / _PAPER_INCHES)))


@cache
def _program() -> str | None:
    return shutil.which("tesseract")


@cache
def _installed() -> frozenset[str]:
    """The language data that are there; empty without Tesseract."""
    program = _program()
    if program is None:
        return frozenset()
    try:
        told = subprocess.run(  # noqa: S603 (a fixed program with fixed arguments)
            [program, "--list-langs"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(told.stdout.decode("utf-8", "replace").split("\n")[1:])


def _tesseract(options: list[str], image: Image.Image, seconds: float) -> str:
    program = _program()
    if program is None or seconds <= 0:
        raise OcrUnavailable
    page = BytesIO()
    image.save(page, "PPM")
    environment = {"OMP_THREAD_LIMIT": "1", **os.environ}
    try:
        done = subprocess.run(  # noqa: S603 (no shell; nothing of a letter is an argument)
            [program, "-", "-", *options],
            input=page.getvalue(),
            capture_output=True,
            timeout=seconds,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        raise OcrUnavailable from None
    if done.returncode != 0:
        raise OcrUnavailable
    return done.stdout.decode("utf-8", "replace")


def _lines(rows: list[str]) -> Iterator[Line]:
    """Tesseract's table: level, page, block, paragraph, line, word, box, confidence, text."""
    cells = (row.split("\t", _COLUMNS - 1) for row in rows[1:])
    words = (one for one in cells if len(one) == _COLUMNS and one[0] == _WORD_LEVEL)
    for _, group in groupby(words, key=lambda one: one[2:5]):
        line = tuple(word for one in group if (word := _word(one)) is not None)
        if line:
            yield Line(words=line)


def _word(cells: list[str]) -> Word | None:
    text = normalize_text(cells[11]).strip()
    if not text:
        return None
    left, top, width, height = map(int, cells[6:10])
    confidence = max(0.0, min(1.0, float(cells[10]) / 100))
    return Word(
        text=text,
        left=left,
        top=top,
        right=left + width,
        bottom=top + height,
        confidence=confidence,
    )
