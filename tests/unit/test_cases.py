"""The case list: what it may look like, and errors that name a line and nothing in it."""

from pathlib import Path

import pytest

from anonymizer.cases import CaseList, read_cases, read_cover_numbers
from anonymizer.errors import UnreadableInput
from anonymizer.model import EntityKind

ROOT = Path(__file__).parents[2]
HEADING = "case_id,donor_number,donor_country,patient_country,clinic_id,known_donor,known_patient\n"


def test_a_case_is_found_by_its_number_however_it_is_written() -> None:
    """Spaces, hyphens and case do not matter."""
    cases = read_cases(
        (HEADING + "C-1,6939 DKM0 0139 2612 726,de,US,CL-1,PERSON=Anna,PLACE=Ulm\n").encode()
    )
    (case,) = CaseList(cases).find_cases("6939-dkm0-0139-2612-726")
    assert (case.donor_country, case.patient_country) == ("DE", "US")
    assert [known.kind for known in case.known_identifiers] == [EntityKind.PERSON, EntityKind.PLACE]


def test_two_cases_with_one_number_are_both_found() -> None:
    """Allocation then asks a person."""
    lines = "C-1,47114711,DE,US,CL-1,,\nC-2,47114711,DE,FR,CL-2,,\n"
    assert len(CaseList(read_cases((HEADING + lines).encode())).find_cases("47114711")) == 2


def test_an_unknown_number_has_no_case() -> None:
    """Nothing is guessed."""
    assert CaseList(()).find_cases("47114711") == ()


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_a_list_saved_by_a_spreadsheet_is_read(mark: str) -> None:
    """With semicolons and a byte order mark, as spreadsheets write it."""
    text = mark + "case_id;donor_number;donor_country;patient_country;clinic_id\r\n"
    text += "C-1;47114711;DE;US;CL-1\r\n"
    assert [case.case_id for case in read_cases(text.encode())] == ["C-1"]


def test_the_sample_cases_are_read() -> None:
    """The list that comes with the corpus is a valid one."""
    assert read_cases((ROOT / "corpus/cases.csv").read_bytes())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"", "no column"),
        (b"name\nAnna\n", "no column"),
        ((HEADING + "C-1,,DE,US,CL-1,,\n").encode(), "line 2.*donor_number"),
        ((HEADING + "C-1,Anna,Germany,US,CL-1,,\n").encode(), "line 2.*countries"),
        ((HEADING + "C-1,4711,DE,US,CL-1,Anna,\n").encode(), "line 2.*KIND=value"),
        ((HEADING + "C-1,4711,DE,US,CL-1,NAME=Anna,\n").encode(), "line 2.*KIND=value"),
        ((HEADING + "C-1,4,DE,US,C,,\nC-1,5,DE,US,C,,\n").encode(), "line 3 .*repeats"),
        ((HEADING + 'C-1,"Anna').encode(), "not valid CSV"),
    ],
)
def test_a_list_that_is_wrong_is_refused(data: bytes, reason: str) -> None:
    """The error names the line and repeats nothing of it."""
    with pytest.raises(UnreadableInput, match=reason) as caught:
        read_cases(data)
    assert "Anna" not in str(caught.value)


def test_cover_numbers_are_read_by_path() -> None:
    """Beside the letter, as the registry's list has them."""
    data = b"path,donor_number\na.txt,47114711\nsub/b.txt,6939 DKM0 0139 2612 726\n"
    assert read_cover_numbers(data)["sub/b.txt"] == "6939 DKM0 0139 2612 726"


@pytest.mark.parametrize("data", [b"path\na.txt\n", b"path,donor_number\na,1\na,2\n"])
def test_a_list_of_cover_numbers_that_is_wrong_is_refused(data: bytes) -> None:
    """Two numbers for one letter, or none at all."""
    with pytest.raises(UnreadableInput, match="list of cover numbers"):
        read_cover_numbers(data)
