"""
The options that several commands share, each with its check and its help.

Imports nothing heavy, so that `--help` answers at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from anonymizer.model import OutgoingFormat

_CODE_LENGTH = 2


def country_code(code: str | None) -> str | None:
    """Two capitals. Raises `BadParameter`, which does not repeat what was given."""
    if code is None:
        return None
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isalpha()):
        message = "a country is two letters (ISO 3166-1), such as DE or US"
        raise typer.BadParameter(message)
    return code.upper()


def language_code(code: str | None) -> str | None:
    """Two small letters. Raises `BadParameter`, which does not repeat what was given."""
    if code is None:
        return None
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isalpha()):
        message = "a language is two letters (ISO 639-1), such as en or de"
        raise typer.BadParameter(message)
    return code.lower()


WriterCountry = Annotated[
    str | None,
    typer.Option(metavar="CC", callback=country_code, help="Country of the writer, such as DE."),
]
ReaderCountry = Annotated[
    str | None,
    typer.Option(metavar="CC", callback=country_code, help="Country of the reader, such as US."),
]
Language = Annotated[
    str | None,
    typer.Option(metavar="LL", callback=language_code, help="Language the letter must be in."),
]
Format = Annotated[
    OutgoingFormat,
    typer.Option("--format", help="What the drafts are written as: txt, docx or pdf."),
]
CaseFile = Annotated[
    Path | None,
    typer.Option("--cases", metavar="FILE", help="CSV file that tells who writes to whom."),
]
DonorNumber = Annotated[
    str | None,
    typer.Option(metavar="NUMBER", help="The donor number that came with the letter."),
]
RulesFolder = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Your own rules; word lists add to ours."),
]
ModelsFolder = Annotated[
    Path | None,
    typer.Option("--models", metavar="DIR", help="Your own models instead of ours."),
]
SpacyPipeline = Annotated[
    str | None,
    typer.Option(
        "--spacy-pipeline",
        metavar="NAME",
        envvar="LETTERS_SPACY_PIPELINE",
        help="Installed spaCy pipeline, or a folder with one, in place of our model.",
    ),
]
NumberFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--number-format",
        metavar="REGEX",
        help="Form of your own donor numbers, such as [0-9]{8}; may be given several times.",
    ),
]
LetterFile = Annotated[
    Path,
    typer.Argument(
        metavar="LETTER",
        help="A letter: text, mail, Word, OpenDocument, PDF or a picture.",
    ),
]
