"""
Runs the pipeline over gold letters and spec cases. The only module here that loads a model.

Known identifiers are left out unless asked for, because figures that lean on a case register
would say little about a letter whose register entry is thin.
"""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from anonymizer.model import Circumstances, Draft, KnownIdentifier, Letter
from anonymizer.pipeline import Pipeline
from corpus.gold import GoldLetter, load_letters
from corpus.score import LetterScore, TextScore, score_letter, score_text
from corpus.spec import SpecCase


def score_folder(pipeline: Pipeline, folder: Path, *, known: bool) -> Iterator[LetterScore]:
    """Draft and score every letter of one folder; the folder's name is the part."""
    for letter in load_letters(folder):
        identifiers = letter.known if known else ()
        begun = perf_counter()
        draft = _draft(pipeline, letter, identifiers)
        seconds = perf_counter() - begun
        yield score_letter(letter, draft, part=folder.name, seconds=seconds)


def score_case(pipeline: Pipeline, case: SpecCase) -> TextScore:
    """Draft and score one spec case."""
    draft = pipeline.draft(
        Letter.from_text(case.case_id, case.text),
        Circumstances(
            writer_country=case.writer_country,
            reader_country=case.reader_country,
            known_identifiers=case.known,
        ),
    )
    return score_text(case.text, case.marks, draft.treatments)


def _draft(pipeline: Pipeline, letter: GoldLetter, known: tuple[KnownIdentifier, ...]) -> Draft:
    return pipeline.draft(
        letter.as_letter(),
        Circumstances(
            writer_country=letter.writer_country,
            reader_country=letter.reader_country,
            known_identifiers=known,
        ),
    )
