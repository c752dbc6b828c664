"""
What ExifTool finds in outgoing documents: the template, and the same in every one of them.

ExifTool is a program of its own that knows nothing of how the documents were made.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anonymizer.documents.out import build_letter, load_template
from anonymizer.errors import AnonymizerError
from anonymizer.model import OutgoingFormat
from corpus.gold import Part, gold_folders, load_letters

FORMATS = (OutgoingFormat.PDF, OutgoingFormat.DOCX)
#: What the file system and the length of a letter tell, not the document.
_NOT_METADATA = frozenset(
    "SourceFile ExifTool:ExifToolVersion PDF:PageCount ZIP:ZipCRC ZIP:ZipCompressedSize "
    "ZIP:ZipUncompressedSize".split()
)


class ExifToolMissing(AnonymizerError):
    """ExifTool is not installed: install libimage-exiftool-perl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataReport:
    """What stands in the documents: the same in all, or different in some."""

    documents: int
    #: Name and value of all that is equal in every document of a format.
    same: Mapping[str, Mapping[str, str]]
    #: Names of what differs between documents of a format, or is only in some.
    differing: Mapping[str, tuple[str, ...]]
    #: Names of values that hold a word which is not in the template.
    beyond_template: Mapping[str, tuple[str, ...]]


def measure_metadata(language: str, documents: int) -> MetadataReport:
    """Documents of as many gold letters (never held-out ones), half of them PDF, half DOCX."""
    texts = [
        letter.text
        for part in (Part.SAMPLE, Part.DEV)
        for folder in gold_folders(language, part)
        for letter in load_letters(folder)
    ]
    count = documents // len(FORMATS)
    texts = (texts * (count // len(texts) + 1))[:count]
    found = {form.value: _found(texts, form, language) for form in FORMATS}
    return MetadataReport(
        documents=sum(map(len, found.values())),
        same={form: _same(values) for form, values in found.items()},
        differing={form: _differing(values) for form, values in found.items()},
        beyond_template={form: _beyond(values, language) for form, values in found.items()},
    )


def _found(texts: Sequence[str], form: OutgoingFormat, language: str) -> list[dict[str, str]]:
    """What ExifTool tells about each document."""
    template = load_template()
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            shown = "".join(one for one in text if one.isprintable() or one == "\n")
            shown = "".join(one for one in shown if ord(one) < _MOST_SIGNS)
            content = build_letter(shown, form=form, template=template, language=language)
            (Path(folder) / f"{number:04}.{form}").write_bytes(content)
        told = json.loads(_exiftool(folder))
    return [
        {
            name: str(value)
            for name, value in one.items()
            if name not in _NOT_METADATA and not name.startswith("File:")
        }
        for one in told
    ]


#: Emoji and other signs that the font of a PDF need not have; detection is not measured here.
_MOST_SIGNS = 0x2000


def _exiftool(folder: str) -> bytes:
    program = shutil.which("exiftool")
    if program is None:
        raise ExifToolMissing
    done = subprocess.run(  # noqa: S603 (a fixed program on a folder of our own)
        [program, "-json", "-G", "-a", "-u", "-ee", "-q", folder],
        capture_output=True,
        check=True,
    )
    return done.stdout


def _same(documents: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first = documents[0]
    return {
        name: value
        for name, value in first.items()
        if all(one.get(name) == value for one in documents)
    }


def _differing(documents: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    names = {name for one in documents for name in one}
    return tuple(sorted(names - set(_same(documents))))


def _beyond(documents: Sequence[Mapping[str, str]], language: str) -> tuple[str, ...]:
    """Values about people, programs or places that the template does not put there."""
    template = load_template()
    allowed = {template.title, template.producer, language, ""}
    date = template.date.isoformat().replace("-", ":")
    return tuple(
        sorted(
            {
                name
                for one in documents
                for name, value in one.items()
                if name.rpartition(":")[2] in _ABOUT_SOMEBODY and value not in allowed
                if not value.startswith(date)
            }
        )
    )


#: Names, as ExifTool gives them, of what may tell who wrote a document, with what and when.
_ABOUT_SOMEBODY = frozenset(
    "Author Creator CreatorTool Producer Title Subject Keywords Description Company Manager "
    "LastModifiedBy LastPrintedBy Application AppVersion CreateDate ModifyDate MetadataDate "
    "Template RevisionNumber TotalEditTime DocumentID InstanceID Language Comment Rights "
    "GPSLatitude GPSLongitude Artist Copyright Software History Category ContentStatus".split()
)
