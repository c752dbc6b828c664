"""
Letters as scans beside the same letters as text: how many words are read wrong, what stays masked.

Only sample and development letters are used. Marks are carried over to what OCR read by the
alignment of both texts, so a name that was read wrong still has to be masked where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from anonymizer.documents.image import read_image
from anonymizer.documents.limits import ReadingLimits
from anonymizer.model import Circumstances, IdentifierClass, Letter, Reading, Span
from anonymizer.pipeline import Pipeline
from corpus.bench.scans import CONDITIONS, FONTS, Condition, scanned
from corpus.gold import GoldLetter, Group, Mark, Part, class_of, gold_folders, load_letters
from corpus.score import Outcome, TextScore, score_text

#: OCR is slow on one core, and the figures are about its words, not about its time.
_LIMITS = ReadingLimits(seconds=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Some of all."""

    some: int = 0
    all: int = 0

    @property
    def share(self) -> float:
        """Share of all; 0 of none."""
        return self.some / self.all if self.all else 0.0

    def __add__(self, other: "Count") -> "Count":
        return Count(some=self.some + other.some, all=self.all + other.all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a condition did to all letters."""

    condition: str
    #: Words that were added, lost or read wrong, of the words of the letters.
    wrong_words: Count
    unsure_words: Count
    #: Direct identifiers masked, of those marked.
    masked: Count
    #: Letters that a person would have to type, of all.
    transcribe: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrReport:
    """The letters as text, and as scans in each condition."""

    letters: int
    masked_as_text: Count
    conditions: tuple[Scanned, ...]


def chosen_letters(language: str, count: int) -> tuple[GoldLetter, ...]:
    """`count` ordinary letters of the sample and dev parts, spread evenly over them."""
    letters = [
        letter
        for part in (Part.SAMPLE, Part.DEV)
        for folder in gold_folders(language, part)
        for letter in load_letters(folder)
        if letter.group is Group.ORDINARY
    ]
    step = max(1, len(letters) // max(1, count))
    return tuple(letters[::step][:count])


def measure_ocr(pipeline: Pipeline, language: str, letters: Sequence[GoldLetter]) -> OcrReport:
    """Every letter in every condition; fonts change from letter to letter."""
    as_text = (_masked(_scored(pipeline, one, one.text, one.marks)) for one in letters)
    return OcrReport(
        letters=len(letters),
        masked_as_text=sum(as_text, Count()),
        conditions=tuple(
            _measured(pipeline, language, letters, condition) for condition in CONDITIONS
        ),
    )


def _measured(
    pipeline: Pipeline, language: str, letters: Sequence[GoldLetter], condition: Condition
) -> Scanned:
    wrong = unsure = masked = transcribe = Count()
    for number, letter in enumerate(letters):
        font = FONTS[number % len(FONTS)]
        content = scanned(letter.text, font, condition)
        reading = read_image(content, _LIMITS, languages=(language,))
        wrong += wrong_words(letter.text, reading.text)
        unsure += Count(some=len(reading.unsure), all=len(reading.text.split()))
        transcribe += Count(some=int(reading.needs_transcription), all=1)
        masked += _masked_in(pipeline, letter, reading)
    return Scanned(
        condition=condition.name,
        wrong_words=wrong,
        unsure_words=unsure,
        masked=masked,
        transcribe=transcribe,
    )


def wrong_words(text: str, read: str) -> Count:
    """Words added, lost and changed, of the words of `text`; case and punctuation count."""
    words = text.split()
    return Count(some=Levenshtein.distance(words, read.split()), all=len(words))


def carried_over(marks: Sequence[Mark], text: str, read: str) -> tuple[Mark, ...]:
    """The marks of `text` where they stand in `read`; what OCR lost altogether is left out."""
    places = _places(text, read)
    carried = []
    for mark in marks:
        start, end = places[mark.span.start], places[mark.span.end]
        if read[start:end].strip():
            span = Span(start=start, end=end)
            carried.append(replace(mark, span=span, text=read[start:end]))
    return tuple(carried)


def _places(text: str, read: str) -> list[int]:
    """For each offset of `text`, its end included, the offset in `read`."""
    places = [0] * (len(text) + 1)
    for block in Levenshtein.opcodes(text, read):
        length = block.dest_end - block.dest_start
        for offset in range(block.src_start, block.src_end):
            places[offset] = block.dest_start + min(offset - block.src_start, length)
    places[len(text)] = len(read)
    return places


def _masked_in(pipeline: Pipeline, letter: GoldLetter, reading: Reading) -> Count:
    direct = [mark for mark in letter.marks if class_of(mark.kind) is IdentifierClass.DIRECT]
    marks = carried_over(direct, letter.text, reading.text)
    found = _masked(_scored(pipeline, letter, reading.text, marks))
    # What OCR did not read at all cannot leave.
    lost = len(direct) - len(marks)
    return Count(some=found.some + lost, all=len(direct))


def _scored(pipeline: Pipeline, letter: GoldLetter, text: str, marks: Sequence[Mark]) -> TextScore:
    draft = pipeline.draft(
        Letter.from_text(letter.name, text),
        Circumstances(writer_country=letter.writer_country, reader_country=letter.reader_country),
    )
    return score_text(draft.letter.text, marks, draft.treatments)


def _masked(score: TextScore) -> Count:
    direct = [
        mention
        for mention in score.mentions
        if class_of(mention.mark.kind) is IdentifierClass.DIRECT
    ]
    masked = sum(mention.outcome is Outcome.MASKED for mention in direct)
    return Count(some=masked, all=len(direct))
