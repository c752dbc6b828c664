"""
The case list: a CSV file that says which donor and patient belong together.

Contract: the command line and the service read it here, with the columns of `COLUMNS`, and those
of `COURSE_COLUMNS` where the header names them; known identifiers are written
`KIND=value;KIND=value`. `read_cases` gives every case or raises `BadTable` with each bad row:
nothing is half read, and no message quotes a cell. Beside it stands the list of cover numbers:
which number came with which letter.
"""

import csv
import difflib
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import re2

from anonymizer.case_columns import COURSE_COLUMNS, course_cells, course_problems, with_course
from anonymizer.case_days import day_problems
from anonymizer.csv_table import BadTable, Row, read_table
from anonymizer.donor_number import canonical_donor_number
from anonymizer.exchange.codes import COUNTRY_CODES
from anonymizer.model import Case, EntityKind, KnownIdentifier, RegisteredCase
from anonymizer.patient_reference import canonical_patient_reference

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
#: Every column a case list may have.
ALL_COLUMNS = (*COLUMNS, *COURSE_COLUMNS)
COVER_COLUMNS = ("path", "donor_number")

#: Folders beside those of the clinics: letters to donors. No clinic may be called like this.
DONOR_CENTRE_PREFIX = "donor-centre-"

_MAY_BE_EMPTY = frozenset({"known_donor", "known_patient"})
_CASE_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_CLINIC_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
_DONOR_NUMBER = re2.compile(r"^[A-Z0-9]{4,64}$")
_LONGEST_NAME = 200

#: An invented case for the template, so that every column shows how it is filled in.
_EXAMPLE = {
    "donor_number": "4970000000000000118",
    "case_id": "EXAMPLE-1",
    "donor_country": "DE",
    "patient_country": "US",
    "clinic_id": "CL-EXAMPLE",
    "clinic_name": "Example Clinic (invented)",
    "known_donor": "PERSON=Erika Beispiel;PLACE=Musterstadt",
    "known_patient": "PERSON=Joan Example",
    "patient_reference": "EX-2025-0042",
    "donor_registry": "dkms-de",
    "patient_registry": "nmdp",
    "donor_language": "de",
    "patient_language": "en",
    "cord_blood": "no",
    "donation_dates": "2025-03-11",
    "transplant_dates": "2025-03-12",
    "donor_consents": "granted 2025-02-03",
    "patient_consents": "granted 2025-09-01",
    "donor_deliverable": "yes",
    "patient_deliverable": "yes",
    "asked_on": "2025-01-20",
    "consented_on": "2025-01-27",
    "checked_on": "2025-02-03",
    "medical_on": "2025-02-14",
    "injections_from": "2025-03-06",
    "week_on": "2025-03-18",
    "month_on": "2025-04-11",
}


class CaseList:
    """A `CaseRegister` over cases held in memory."""

    def __init__(self, cases: Iterable[Case]) -> None:
        by_number: dict[str, list[Case]] = defaultdict(list)
        by_reference: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            by_number[canonical_donor_number(case.donor_number)].append(case)
            if case.patient_reference:
                by_reference[canonical_patient_reference(case.patient_reference)].append(case)
        self._by_number = {number: tuple(found) for number, found in by_number.items()}
        self._by_reference = {number: tuple(found) for number, found in by_reference.items()}

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this donor number, in the order of the list."""
        return self._by_number.get(canonical_donor_number(donor_number), ())

    def find_cases_of_patient(self, reference: str) -> tuple[Case, ...]:
        """Every case with this patient reference, in the order of the list."""
        return self._by_reference.get(canonical_patient_reference(reference), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRows:
    """The rows of a case list whose header is right and whose cells nobody has checked yet."""

    file_name: str
    rows: tuple[Row, ...] = field(repr=False)

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The ids that stand in the rows, right or wrong."""
        return tuple(cells["case_id"] for _, cells in self.rows)


def read_cases(
    content: bytes, *, file_name: str, today: date | None = None
) -> tuple[RegisteredCase, ...]:
    """The cases of a CSV file, or `BadTable`; days are too late only where `today` is given."""
    return cases_of(read_case_rows(content, file_name=file_name), today=today)


def read_case_rows(content: bytes, *, file_name: str) -> CaseRows:
    """The rows of a CSV file, or `BadTable` when its header or its form is wrong."""
    rows = read_table(content, file_name=file_name, columns=COLUMNS)
    problems = [
        f"{file_name}, row 1: no column is called like the one that is nearly {meant[0]}; "
        "correct its name, or its cells would be left out."
        for name in (rows[0][1] if rows else ())
        if name not in ALL_COLUMNS
        and (meant := difflib.get_close_matches(name, COURSE_COLUMNS, n=1, cutoff=0.85))
    ]
    if problems:
        raise BadTable(problems)
    return CaseRows(file_name=file_name, rows=rows)


def cases_of(
    rows: CaseRows, *, stored: Mapping[str, RegisteredCase] | None = None, today: date | None = None
) -> tuple[RegisteredCase, ...]:
    """
    The cases of these rows, or `BadTable` with all their problems.

    A column that the file does not have stays as it is in the `stored` case of that id; an empty
    cell in a column that it has is an empty value.
    """
    before = stored or {}
    problems: list[str] = []
    found: list[tuple[int, RegisteredCase]] = []
    for number, told in rows.rows:
        known = before.get(told["case_id"])
        cells = {**(cells_of(known) if known else {}), **told}
        if wrong := problems_of(cells, today=today):
            problems += [f"{rows.file_name}, row {number}: {problem}" for problem in wrong]
        else:
            found.append((number, case_of(cells)))
    problems += [f"{rows.file_name}, row {row}: {text}" for row, text in _contradictions(found)]
    if not found and not problems:
        problems.append(f"{rows.file_name}: no cases; put one case in each row below the header.")
    if problems:
        raise BadTable(problems)
    return tuple(case for _, case in found)


def case_list_template() -> str:
    """A case list as CSV: the header with every column, and one invented case."""
    return write_rows([_EXAMPLE])


def write_rows(rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = ALL_COLUMNS) -> str:
    """These cells as CSV with a header; columns that a row does not have stay empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cells.get(name, "") for name in columns] for cells in rows)
    return out.getvalue()


def read_cover_numbers(content: bytes, *, file_name: str) -> dict[str, str]:
    """The donor number on the cover of each letter, by the letter's path in the report."""
    numbers: dict[str, str] = {}
    problems: list[str] = []
    for row, cells in read_table(content, file_name=file_name, columns=COVER_COLUMNS):
        path, number = (cells[name] for name in COVER_COLUMNS)
        where = f"{file_name}, row {row}"
        problems += [f"{where}: {one}" for one in _empty(cells, COVER_COLUMNS)]
        if path in numbers:
            problems.append(f"{where}: a path again; each letter stands in one row.")
        numbers[path] = number
    if problems:
        raise BadTable(problems)
    return numbers


def problems_of(cells: Mapping[str, str], *, today: date | None = None) -> list[str]:
    """What is wrong with one case, as sentences with a remedy; empty when it is fine."""
    if empty := _empty(cells, [name for name in COLUMNS if name not in _MAY_BE_EMPTY]):
        return empty
    wrong = [problem for fine, problem in _checks(cells) if not fine]
    wrong += course_problems(cells)
    return wrong or list(day_problems(case_of(cells), today=today))


def case_of(cells: Mapping[str, str]) -> RegisteredCase:
    """The case of one row that has no problems."""
    case = RegisteredCase(
        case_id=cells["case_id"],
        donor_number=_number(cells["donor_number"]),
        donor_country=cells["donor_country"].upper(),
        patient_country=cells["patient_country"].upper(),
        clinic_id=cells["clinic_id"],
        clinic_name=cells["clinic_name"],
        known_donor=read_known(cells["known_donor"]) or (),
        known_patient=read_known(cells["known_patient"]) or (),
    )
    return with_course(case, cells)


def cells_of(case: RegisteredCase) -> dict[str, str]:
    """The cells of a case in every column, as they would be read again."""
    return {
        "donor_number": case.donor_number,
        "case_id": case.case_id,
        "donor_country": case.donor_country,
        "patient_country": case.patient_country,
        "clinic_id": case.clinic_id,
        "clinic_name": case.clinic_name,
        "known_donor": write_known(case.known_donor),
        "known_patient": write_known(case.known_patient),
        **course_cells(case),
    }


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


def write_known(known: Iterable[KnownIdentifier]) -> str:
    """The cell for these known identifiers."""
    return ";".join(f"{one.kind.value}={one.value}" for one in known)


def _empty(cells: Mapping[str, str], columns: Sequence[str]) -> list[str]:
    return [f"{name} is empty; fill it in." for name in columns if not cells[name]]


def _checks(cells: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
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
            cells[name].upper() in COUNTRY_CODES,
            f"{name} must be a two-letter country code such as DE or US (ISO 3166-1).",
        )
    yield (
        is_folder_name(cells["clinic_id"]),
        "clinic_id may hold letters, digits, hyphen and underscore only.",
    )
    yield (
        not cells["clinic_id"].lower().startswith(DONOR_CENTRE_PREFIX),
        f"clinic_id may not begin with {DONOR_CENTRE_PREFIX}; letters to donors go there.",
    )
    yield (
        len(cells["clinic_name"]) <= _LONGEST_NAME,
        f"clinic_name is longer than {_LONGEST_NAME} characters; shorten it.",
    )
    for name in ("known_donor", "known_patient"):
        yield (
            read_known(cells[name]) is not None,
            f"{name} must be KIND=value;KIND=value with kinds such as PERSON.",
        )


def is_folder_name(recipient_id: str) -> bool:
    """True when the id can name a folder and cannot climb out of the one above it."""
    return bool(_CLINIC_ID.match(recipient_id))


def _contradictions(found: Iterable[tuple[int, RegisteredCase]]) -> Iterator[tuple[int, str]]:
    numbers: dict[str, int] = {}
    ids: dict[str, int] = {}
    clinics: dict[str, tuple[int, str]] = {}
    for row, case in found:
        if row != (first := numbers.setdefault(case.donor_number, row)):
            once = "each belongs to one case: keep the row of the case that is open."
            yield row, f"the donor number of row {first} again; {once}"
        if row != (first := ids.setdefault(case.case_id, row)):
            yield row, f"the case_id of row {first} again; each case stands in one row."
        first, name = clinics.setdefault(case.clinic_id, (row, case.clinic_name))
        if name != case.clinic_name:
            yield row, f"another clinic_name than row {first} for the same clinic_id; use one."


def _number(cell: str) -> str:
    return canonical_donor_number(unicodedata.normalize("NFKC", cell))
