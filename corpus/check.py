"""
Is every corpus file as GUIDELINES.md wants it? Reads all of them and reports what is wrong.

A complaint names file and place and never quotes a letter, so held-out letters stay unread.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from anonymizer.cases import ALL_COLUMNS, COLUMNS
from anonymizer.model import EntityKind
from corpus.errors import CorpusError
from corpus.gold import GOLD_FOLDER, GoldLetter, load_letter
from corpus.spec import SPEC_FOLDER, load_known_failures, load_spec

REGISTER_FILE = Path(__file__).parent / "cases.csv"


def check_corpus(
    *,
    gold: Path = GOLD_FOLDER,
    spec: Path = SPEC_FOLDER,
    register: Path = REGISTER_FILE,
) -> Iterator[str]:
    """One line per complaint; nothing when all is well."""
    for folder in sorted(path for path in gold.glob("*/*") if path.is_dir()):
        yield from _check_folder(folder)
    yield from _check_spec(spec)
    if register.exists():
        yield from _check_register(register)


def _check_folder(folder: Path) -> Iterator[str]:
    where = f"{folder.parent.name}/{folder.name}"
    for name in sorted({path.stem for path in folder.iterdir()}):
        try:
            letter = load_letter(folder, name)
        except FileNotFoundError:
            yield f"{where}/{name}: .txt or .toml is missing"
        except CorpusError as error:
            yield f"{where}/{error}"
        else:
            yield from (f"{where}/{name}: {flaw}" for flaw in _flaws(letter, folder))


def _flaws(letter: GoldLetter, folder: Path) -> Iterator[str]:
    if letter.language != folder.parent.name:
        yield "lies in the folder of another language"
    for mark in letter.marks:
        spoilt = mark.text.endswith(("'s", "\u2019s"))
        if mark.kind is EntityKind.PERSON and spoilt:
            yield f"the mark at {mark.span.start} takes in a possessive"


def _check_spec(folder: Path) -> Iterator[str]:
    try:
        load_spec(folder)
        load_known_failures(folder)
    except CorpusError as error:
        yield f"spec/{error}"


def _check_register(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = tuple(reader.fieldnames or ())
        if names[: len(COLUMNS)] != COLUMNS or not set(names) <= set(ALL_COLUMNS):
            yield f"{path.name}: the columns do not begin with {','.join(COLUMNS)}"
            return
        for line, row in enumerate(reader, start=2):
            known = f"{row['known_donor']};{row['known_patient']}".split(";")
            for pair in filter(None, known):
                kind, equals, value = pair.partition("=")
                if not equals or not value or kind not in EntityKind.__members__:
                    yield f"{path.name}: line {line}: known values read KIND=value;KIND=value"
