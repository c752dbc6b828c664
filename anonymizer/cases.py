"""
The case list: a CSV file that says which donor and patient belong together.

One line per case with the columns `case_id, donor_number, donor_country, patient_country,
clinic_id` and, if you like, `known_donor` and `known_patient`: what the registry knows about either
side and what must not be readable in a letter, as `KIND=value;KIND=value`. Other columns are for
people. Beside it, the list of cover numbers: which number came with which letter, in the columns
`path` and `donor_number`. Errors name the line, never its words.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from anonymizer.donor_number import canonical_donor_number
from anonymizer.errors import UnreadableInput
from anonymizer.model import Case, EntityKind, KnownIdentifier

REQUIRED_COLUMNS = ("case_id", "donor_number", "donor_country", "patient_country", "clinic_id")
COVER_COLUMNS = ("path", "donor_number")
KNOWN_COLUMNS = ("known_donor", "known_patient")
_COUNTRY_CODE_LENGTH = 2


class CaseList:
    """A `CaseRegister` over cases held in memory."""

    def __init__(self, cases: Iterable[Case]) -> None:
        by_number: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            by_number[canonical_donor_number(case.donor_number)].append(case)
        self._by_number = {number: tuple(found) for number, found in by_number.items()}

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this donor number, in the order of the list."""
        return self._by_number.get(canonical_donor_number(donor_number), ())


def read_cases(data: bytes) -> tuple[Case, ...]:
    """The cases of a CSV file (UTF-8, comma or semicolon). UnreadableInput names the line."""
    cases: dict[str, Case] = {}
    for where, row in _rows(data, "case list", REQUIRED_COLUMNS):
        case = _case(where, row)
        if case.case_id in cases:
            message = f"{where} repeats a case_id; each case stands in one line"
            raise UnreadableInput(message)
        cases[case.case_id] = case
    return tuple(cases.values())


def read_cover_numbers(data: bytes) -> dict[str, str]:
    """The donor number on the cover of each letter, by the letter's path in the report."""
    numbers: dict[str, str] = {}
    for where, row in _rows(data, "list of cover numbers", COVER_COLUMNS):
        if row["path"] in numbers:
            message = f"{where} repeats a path; each letter stands in one line"
            raise UnreadableInput(message)
        numbers[row["path"]] = row["donor_number"]
    return numbers


def _rows(data: bytes, what: str, required: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each line of a CSV file with its name for errors; the required columns are not empty."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"the {what} is not UTF-8 text; save it as CSV UTF-8"
        raise UnreadableInput(message) from None
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        if missing := [name for name in required if name not in (rows.fieldnames or ())]:
            message = f"the {what} has no column {', '.join(missing)} in its first line"
            raise UnreadableInput(message)
        for row in rows:
            where = f"line {rows.line_num} of the {what}"
            cells = {str(name): str(cell or "").strip() for name, cell in row.items()}
            if empty := [name for name in required if not cells[name]]:
                message = f"{where} has nothing in the column {', '.join(empty)}"
                raise UnreadableInput(message)
            yield where, cells
    except csv.Error:
        message = f"line {rows.line_num} of the {what} is not valid CSV"
        raise UnreadableInput(message) from None


def _case(where: str, row: Mapping[str, str]) -> Case:
    return Case(
        case_id=row["case_id"],
        donor_number=canonical_donor_number(row["donor_number"]),
        donor_country=_country(where, row["donor_country"]),
        patient_country=_country(where, row["patient_country"]),
        clinic_id=row["clinic_id"],
        known_identifiers=tuple(
            identifier
            for column in KNOWN_COLUMNS
            for identifier in _known(where, row.get(column, ""))
        ),
    )


def _country(where: str, code: str) -> str:
    code = code.upper()
    if len(code) != _COUNTRY_CODE_LENGTH or not (code.isascii() and code.isalpha()):
        message = f"{where} needs countries as two letters (ISO 3166-1), such as DE or US"
        raise UnreadableInput(message)
    return code


def _known(where: str, cell: str) -> Iterator[KnownIdentifier]:
    for entry in filter(None, (part.strip() for part in cell.split(";"))):
        kind, sign, value = entry.partition("=")
        if not sign or not value.strip() or kind.strip().upper() not in EntityKind.__members__:
            message = f"{where}: write known identifiers as `KIND=value;KIND=value`"
            raise UnreadableInput(message)
        yield KnownIdentifier(kind=EntityKind(kind.strip().upper()), value=value.strip())
