"""
The case list of a registry as CSV: read whole, checked whole, then imported whole.

Contract: `read_cases` gives every case or raises `BadImport` with each bad row: file, row number
as a spreadsheet shows it, and what to do. A message never quotes a cell.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator

import re2

from anonymizer.donor_number import canonical_donor_number
from anonymizer.model import EntityKind, KnownIdentifier
from service.dispatch.parcel import CLINIC_ID
from service.workflow.errors import BadImport
from service.workflow.records import RegisteredCase

COLUMNS = (
    "donor_number",
    "case_id",
    "donor_country",
    "patient_country",
    "clinic_id",
    "clinic_name",
    "known_donor",
    "known_patient",
)
_MAY_BE_EMPTY = frozenset({"known_donor", "known_patient"})
_COUNTRY = re2.compile(r"^[A-Z]{2}$")
_CASE_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_DONOR_NUMBER = re2.compile(r"^[A-Z0-9]{4,64}$")
_MOST_PROBLEMS = 50
_MOST_ROWS = 200_000


def read_cases(content: bytes, *, file_name: str) -> tuple[RegisteredCase, ...]:
    """The cases of a CSV file, or `BadImport` with all its problems."""
    rows = _rows(content, file_name)
    problems: list[str] = []
    found: list[tuple[int, RegisteredCase]] = []
    for number, cells in rows:
        row_problems = check_cells(cells)
        if row_problems:
            problems += [f"{file_name}, row {number}: {problem}" for problem in row_problems]
        else:
            found.append((number, _case(cells)))
    problems += [f"{file_name}, row {number}: {text}" for number, text in _contradictions(found)]
    if not found and not problems:
        problems.append(f"{file_name}: no cases; put one case in each row below the header.")
    if problems:
        raise BadImport(_at_most(problems))
    return tuple(case for _, case in found)


def check_cells(cells: dict[str, str]) -> list[str]:
    """What is wrong with one case, as sentences with a remedy; empty when it is fine."""
    empty = [name for name in COLUMNS if name not in _MAY_BE_EMPTY and not cells[name]]
    if empty:
        return [f"{name} is empty; fill it in." for name in empty]
    return [problem for fine, problem in _checks(cells) if not fine]


def _checks(cells: dict[str, str]) -> Iterator[tuple[bool, str]]:
    yield (
        bool(_DONOR_NUMBER.match(_number(cells["donor_number"]))),
        "donor_number must be 4 to 64 letters and digits; check the number.",
    )
    yield (
        bool(_CASE_ID.match(cells["case_id"])),
        "case_id may hold letters, digits, dot, hyphen and underscore only.",
    )
    for name in ("donor_country", "patient_country"):
        yield (
            bool(_COUNTRY.match(cells[name].upper())),
            f"{name} must be a two-letter country code such as DE or US.",
        )
    yield (
        bool(CLINIC_ID.match(cells["clinic_id"])),
        "clinic_id may hold letters, digits, hyphen and underscore only.",
    )
    yield (
        len(cells["clinic_name"]) <= 200,
        "clinic_name is longer than 200 characters; shorten it.",
    )
    for name in ("known_donor", "known_patient"):
        yield (
            read_known(cells[name]) is not None,
            f"{name} must be KIND=value;KIND=value with kinds such as PERSON.",
        )


def case_of(cells: dict[str, str]) -> RegisteredCase:
    """The case of one row, for the form; `BadImport` says what is wrong."""
    cells = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    if problems := check_cells(cells):
        raise BadImport(tuple(problems))
    return _case(cells)


def read_known(cell: str) -> tuple[KnownIdentifier, ...] | None:
    """The known identifiers in a cell; None when it is not written as it should be."""
    known: list[KnownIdentifier] = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        kind, equals, value = part.partition("=")
        kind, value = kind.strip().upper(), value.strip()
        if not equals or not value or kind not in EntityKind.__members__:
            return None
        known.append(KnownIdentifier(kind=EntityKind(kind), value=value))
    return tuple(known)


def write_known(known: tuple[KnownIdentifier, ...]) -> str:
    """The cell for these known identifiers."""
    return ";".join(f"{one.kind.value}={one.value}" for one in known)


def _rows(content: bytes, file_name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadImport((f"{file_name}: not UTF-8 text; save it as 'CSV UTF-8'.",)) from None
    if "\0" in text:
        raise BadImport((f"{file_name}: not a CSV file; save it as 'CSV UTF-8'.",))
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        table = list(reader)
    except csv.Error:
        problem = f"{file_name}, line {reader.line_num}: not valid CSV; check its quotes."
        raise BadImport((problem,)) from None
    if len(table) > _MOST_ROWS:
        raise BadImport((f"{file_name}: more than {_MOST_ROWS:,} rows; split the file.",))
    return _cells(table, file_name)


def _cells(table: list[list[str]], file_name: str) -> Iterator[tuple[int, dict[str, str]]]:
    header = [name.strip().lower() for name in table[0]] if table else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BadImport(
            (f"{file_name}, row 1: no column {', '.join(missing)}; the header must name it.",)
        )
    if len(set(header)) != len(header):
        raise BadImport((f"{file_name}, row 1: a column stands twice; keep one of them.",))
    for number, row in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            problem = (
                f"{file_name}, row {number}: {len(row)} cells where the header has "
                f"{len(header)}; put a cell with a comma in quotes."
            )
            raise BadImport((problem,))
        yield number, {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _contradictions(
    found: list[tuple[int, RegisteredCase]],
) -> Iterator[tuple[int, str]]:
    numbers: dict[str, int] = {}
    ids: dict[str, int] = {}
    clinics: dict[str, tuple[int, str]] = {}
    for row, case in found:
        if row != (first := numbers.setdefault(case.donor_number, row)):
            yield row, f"the donor number of row {first} again; each belongs to one case."
        if row != (first := ids.setdefault(case.case_id, row)):
            yield row, f"the case_id of row {first} again; each case stands in one row."
        first, name = clinics.setdefault(case.clinic_id, (row, case.clinic_name))
        if name != case.clinic_name:
            yield row, f"another clinic_name than row {first} for the same clinic_id; use one."


def _case(cells: dict[str, str]) -> RegisteredCase:
    return RegisteredCase(
        case_id=cells["case_id"],
        donor_number=_number(cells["donor_number"]),
        donor_country=cells["donor_country"].upper(),
        patient_country=cells["patient_country"].upper(),
        clinic_id=cells["clinic_id"],
        clinic_name=cells["clinic_name"],
        known_donor=read_known(cells["known_donor"]) or (),
        known_patient=read_known(cells["known_patient"]) or (),
    )


def _number(cell: str) -> str:
    return canonical_donor_number(unicodedata.normalize("NFKC", cell))


def _at_most(problems: list[str]) -> tuple[str, ...]:
    if len(problems) <= _MOST_PROBLEMS:
        return tuple(problems)
    more = len(problems) - _MOST_PROBLEMS
    return (*problems[:_MOST_PROBLEMS], f"and {more} more problems.")
