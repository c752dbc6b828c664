"""
The case list: a CSV file that says which donor and patient belong together.

Contract: the command line and the service read it here, with the columns of `COLUMNS`; known
identifiers are written `KIND=value;KIND=value`. `read_cases` gives every case or raises `BadTable`
with each bad row: nothing is half read, and no message quotes a cell. Beside it stands the list
of cover numbers: which number came with which letter.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import re2

from anonymizer.csv_table import BadTable, read_table
from anonymizer.donor_number import canonical_donor_number
from anonymizer.model import Case, EntityKind, KnownIdentifier, RegisteredCase

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
COVER_COLUMNS = ("path", "donor_number")

#: Folders beside those of the clinics: letters to donors. No clinic may be called like this.
DONOR_CENTRE_PREFIX = "donor-centre-"

_MAY_BE_EMPTY = frozenset({"known_donor", "known_patient"})
_COUNTRY = re2.compile(r"^[A-Z]{2}$")
_CASE_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_CLINIC_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
_DONOR_NUMBER = re2.compile(r"^[A-Z0-9]{4,64}$")
_LONGEST_NAME = 200


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


def read_cases(content: bytes, *, file_name: str) -> tuple[RegisteredCase, ...]:
    """The cases of a CSV file, or `BadTable` with all its problems."""
    problems: list[str] = []
    found: list[tuple[int, RegisteredCase]] = []
    for number, cells in read_table(content, file_name=file_name, columns=COLUMNS):
        if wrong := problems_of(cells):
            problems += [f"{file_name}, row {number}: {problem}" for problem in wrong]
        else:
            found.append((number, case_of(cells)))
    problems += [f"{file_name}, row {number}: {text}" for number, text in _contradictions(found)]
    if not found and not problems:
        problems.append(f"{file_name}: no cases; put one case in each row below the header.")
    if problems:
        raise BadTable(problems)
    return tuple(case for _, case in found)


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


def problems_of(cells: Mapping[str, str]) -> list[str]:
    """What is wrong with one case, as sentences with a remedy; empty when it is fine."""
    empty = _empty(cells, [name for name in COLUMNS if name not in _MAY_BE_EMPTY])
    return empty or [problem for fine, problem in _checks(cells) if not fine]


def case_of(cells: Mapping[str, str]) -> RegisteredCase:
    """The case of one row that has no problems."""
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
            bool(_COUNTRY.match(cells[name].upper())),
            f"{name} must be a two-letter country code such as DE or US.",
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
            yield row, f"the donor number of row {first} again; each belongs to one case."
        if row != (first := ids.setdefault(case.case_id, row)):
            yield row, f"the case_id of row {first} again; each case stands in one row."
        first, name = clinics.setdefault(case.clinic_id, (row, case.clinic_name))
        if name != case.clinic_name:
            yield row, f"another clinic_name than row {first} for the same clinic_id; use one."


def _number(cell: str) -> str:
    return canonical_donor_number(unicodedata.normalize("NFKC", cell))
