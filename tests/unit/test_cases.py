"""The case list comes in whole or not at all, and says what to mend without quoting it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.cases import CaseList, read_cases, read_cover_numbers, read_known, write_known
from anonymizer.csv_table import BadTable
from anonymizer.model import Case, EntityKind, KnownIdentifier
from tests.factories import HEADER, NUMBER, OTHER_NUMBER

ROOT = Path(__file__).parents[2]
GOOD = f"{NUMBER},C-1,DE,US,CL-1,First Clinic,PERSON=Anna;PLACE=Ulm,"


def problems(text: str) -> tuple[str, ...]:
    """What is said about a file."""
    with pytest.raises(BadTable) as refused:
        read_cases(text.encode(), file_name="list.csv")
    return refused.value.problems


def listed(text: str) -> CaseList:
    """The register over a file."""
    return CaseList(one.as_case() for one in read_cases(text.encode(), file_name="list.csv"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace(NUMBER, ""), "donor_number is empty"),
        (GOOD.replace(NUMBER, "??"), "donor_number must be"),
        (GOOD.replace("C-1,", "C 1/..,"), "case_id may hold"),
        (GOOD.replace(",DE,", ",Germany,"), "donor_country must be a two-letter"),
        (GOOD.replace(",US,", ",U1,"), "patient_country must be a two-letter"),
        (GOOD.replace("CL-1", "../CL"), "clinic_id may hold"),
        (GOOD.replace("CL-1", "Donor-Centre-DE"), "letters to donors go there"),
        (GOOD.replace("First Clinic", "x" * 201), "shorten it"),
        (GOOD.replace("PERSON=Anna", "NAME=Anna"), "known_donor must be KIND=value"),
        (GOOD.replace("PERSON=Anna", "PERSON: Anna"), "known_donor must be KIND=value"),
        (GOOD.replace("PERSON=Anna", "Anna"), "known_donor must be KIND=value"),
        (GOOD + ",too,many", "put a cell with a comma in quotes"),
    ],
)
def test_a_bad_row_names_file_row_and_remedy(row: str, told: str) -> None:
    """Without quoting what stands in the cell."""
    (problem,) = problems(f"{HEADER}\n{row}\n")
    assert problem.startswith("list.csv, row 2: ")
    assert told in problem
    assert "Anna" not in problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column"),
        (HEADER, "no cases"),
        (HEADER.replace("clinic_name", "clinic") + "\n" + GOOD, "no column clinic_name"),
        (HEADER + ",case_id\n" + GOOD + ",C-1", "stands twice"),
        (f"{HEADER}\n{GOOD}\n{GOOD.replace('C-1', 'C-2')}", "donor number of row 2 again"),
        (f"{HEADER}\n{GOOD}\n{GOOD.replace(NUMBER, OTHER_NUMBER)}", "case_id of row 2 again"),
        (
            f"{HEADER}\n{GOOD}\n"
            + GOOD.replace(NUMBER, OTHER_NUMBER).replace("C-1", "C-2").replace("First", "1st"),
            "another clinic_name than row 2",
        ),
        (f'{HEADER}\n"{GOOD}', "check its quotes"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(text: str, told: str) -> None:
    """Each contradiction points at the row it contradicts."""
    assert told in problems(text)[0]


def test_every_bad_row_is_told_and_the_error_itself_is_one_line() -> None:
    """The command line prints one line, the service all of them."""
    rows = "\n".join([HEADER, *[GOOD.replace(",DE,", ",X,")] * 60])
    with pytest.raises(BadTable) as refused:
        read_cases(rows.encode(), file_name="list.csv")
    assert len(refused.value.problems) == 51
    assert refused.value.problems[-1] == "and 10 more problems."
    assert str(refused.value).startswith("list.csv, row 2: donor_country must be")
    assert str(refused.value).endswith("(59 more to mend in this file)")


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"PK\x03\x04\xff", b"a\x00b"])
def test_a_file_that_is_no_csv_is_refused(content: bytes) -> None:
    """With the advice how to save it."""
    with pytest.raises(BadTable, match="CSV UTF-8"):
        read_cases(content, file_name="list.csv")


def test_a_spreadsheets_csv_is_read() -> None:
    """Byte order mark, semicolons, empty lines, small letters, numbers in groups."""
    grouped = f"{NUMBER[:4]} {NUMBER[4:8]}-{NUMBER[8:]}"
    row = GOOD.replace(NUMBER, grouped).replace("DE", "de").replace("PERSON=Anna;PLACE=Ulm", "")
    text = f"\ufeff{HEADER}\r\n\r\n{row}\r\n".replace(",", ";")
    (case,) = read_cases(text.encode(), file_name="list.csv")
    assert (case.donor_number, case.donor_country) == (NUMBER, "DE")


def test_the_sample_cases_are_read() -> None:
    """The list that comes with the corpus is a valid one."""
    assert read_cases((ROOT / "corpus/cases.csv").read_bytes(), file_name="cases.csv")


def test_a_case_is_found_by_its_number_however_it_is_written() -> None:
    """Spaces, hyphens and case do not matter."""
    written = f"{NUMBER[:4]}-{NUMBER[4:9]} {NUMBER[9:]}"
    (case,) = listed(f"{HEADER}\n{GOOD}\n").find_cases(written.lower())
    assert (case.donor_country, case.patient_country) == ("DE", "US")
    assert [known.kind for known in case.known_identifiers] == [EntityKind.PERSON, EntityKind.PLACE]


def test_two_cases_with_one_number_are_both_found() -> None:
    """A register that has them lets allocation ask a person."""
    case = Case(
        case_id="C-1", donor_number="4711", donor_country="DE", patient_country="US", clinic_id="C"
    )
    assert len(CaseList((case, case)).find_cases("4711")) == 2


def test_an_unknown_number_has_no_case() -> None:
    """Nothing is guessed."""
    assert CaseList(()).find_cases("47114711") == ()


@given(
    st.lists(
        st.builds(
            KnownIdentifier,
            kind=st.sampled_from(EntityKind),
            value=st.text("abc =äß,-", min_size=1).map(str.strip).filter(bool),
        )
    )
)
def test_known_identifiers_survive_writing_and_reading(known: list[KnownIdentifier]) -> None:
    """The form shows what the file said."""
    assert read_known(write_known(known)) == tuple(known)


def test_cover_numbers_are_read_by_path() -> None:
    """Beside the letter, as the registry's list has them."""
    data = b"path,donor_number\na.txt,47114711\nsub/b.txt,6939 DKM0 0139 2612 726\n"
    numbers = read_cover_numbers(data, file_name="numbers.csv")
    assert numbers["sub/b.txt"] == "6939 DKM0 0139 2612 726"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"path\na.txt\n", "row 1: no column donor_number"),
        (b"path,donor_number\na,1\na,2\n", "row 3: a path again"),
        (b"path,donor_number\na,\n", "row 2: donor_number is empty"),
    ],
)
def test_a_list_of_cover_numbers_that_is_wrong_is_refused(data: bytes, told: str) -> None:
    """Two numbers for one letter, or none at all."""
    with pytest.raises(BadTable, match=f"numbers.csv, {told}"):
        read_cover_numbers(data, file_name="numbers.csv")
