"""
A letter's file to its text, and what the report tells about the file: counts and codes, no words.

Plain text is decoded in the worker itself: nothing in it is parsed. Every other kind of document
is read in a child process of its own.
"""

from collections import Counter

from anonymizer.documents import read_in_child
from anonymizer.documents.kinds import kind_of
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.text import read_plain
from anonymizer.errors import Unreadable
from anonymizer.model import DocumentKind, DraftStatus, Reading, Stage
from anonymizer.outcome import LOOK_AT_DOCUMENT


def read_letter(data: bytes, *, file_name: str, languages: tuple[str, ...]) -> Reading:
    """
    The letter in a file of any kind.

    Raises `Unreadable`; also for a scan that a person has to transcribe first.
    """
    if kind_of(data) is DocumentKind.TEXT:
        return read_plain(data, ReadingLimits())
    reading = read_in_child(data, file_name=file_name, languages=languages)
    if reading.needs_transcription:
        sentence = "The letter is a scan or picture. A person has to transcribe it."
        raise Unreadable(code="needs_transcription", sentence=sentence)
    return reading


def reading_answer(reading: Reading) -> dict[str, object]:
    """What the report says about the document: its kind, and how many passages of which origin."""
    hidden = [one for one in reading.passages if not one.visible]
    return {
        "kind": reading.kind.value,
        "passages": dict(sorted(Counter(one.origin.value for one in reading.passages).items())),
        "hidden": dict(sorted(Counter(one.origin.value for one in hidden).items())),
        "pictures": len(reading.pictures),
        "warnings": [one.code for one in reading.warnings],
        "pages": reading.pages,
    }


def held_for_document(answer: dict[str, object], reading: Reading) -> dict[str, object]:
    """`answer` with what the report says about the document; held where it has to be looked at."""
    told = answer | {"reading": reading_answer(reading)}
    holds = told["holds"]
    if not reading.warnings or not isinstance(holds, list):
        return told
    reasons = " ".join(one.sentence for one in reading.warnings)
    hold = {"stage": Stage.INTAKE.value, "code": LOOK_AT_DOCUMENT, "reason": reasons}
    return told | {"status": DraftStatus.HELD.value, "holds": [*holds, hold]}
