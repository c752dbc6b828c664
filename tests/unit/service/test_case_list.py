"""The case list comes in whole or not at all, and says what to mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import EntityKind, KnownIdentifier
from service import actions
from service.actions import Desk
from service.actions.caselist import read_cases, read_known, write_known
from service.actions.views import CaseView
from service.workflow.errors import BadImport, CaseConflict, NotAllowed, TooLarge
from service.workflow.people import Person
from tests.factories import CASES, HEADER, NUMBER, OTHER_NUMBER

GOOD = f"{NUMBER},C-1,DE,US,CL-1,First Clinic,PERSON=Anna;PLACE=Ulm,"


def problems(text: str) -> tuple[str, ...]:
    """What is said about a file."""
    with pytest.raises(BadImport) as refused:
        read_cases(text.encode(), file_name="list.csv")
    return refused.value.problems


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace(NUMBER, ""), "donor_number is empty"),
        (GOOD.replace(NUMBER, "??"), "donor_number must be"),
        (GOOD.replace("C-1,", "C 1/..,"), "case_id may hold"),
        (GOOD.replace(",DE,", ",Germany,"), "donor_country must be a two-letter"),
        (GOOD.replace(",US,", ",U1,"), "patient_country must be a two-letter"),
        (GOOD.replace("CL-1", "../CL"), "clinic_id may hold"),
        (GOOD.replace("First Clinic", "x" * 201), "shorten it"),
        (GOOD.replace("PERSON=Anna", "NAME=Anna"), "known_donor must be KIND=value"),
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


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"PK\x03\x04\xff", b"a\x00b"])
def test_a_file_that_is_no_csv_is_refused(content: bytes) -> None:
    """With the advice how to save it."""
    with pytest.raises(BadImport, match="CSV UTF-8"):
        read_cases(content, file_name="list.csv")


def test_a_spreadsheets_csv_is_read() -> None:
    """Byte order mark, semicolons, empty lines, small letters, numbers in groups."""
    grouped = f"{NUMBER[:4]} {NUMBER[4:8]}-{NUMBER[8:]}"
    row = GOOD.replace(NUMBER, grouped).replace("DE", "de").replace("PERSON=Anna;PLACE=Ulm", "")
    text = f"\ufeff{HEADER}\r\n\r\n{row}\r\n".replace(",", ";")
    (case,) = read_cases(text.encode(), file_name="list.csv")
    assert (case.donor_number, case.donor_country) == (NUMBER, "DE")


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
    assert read_known(write_known(tuple(known))) == tuple(known)


def test_nothing_of_a_bad_file_is_imported(desk: Desk, cora: Person) -> None:
    """Neither the good rows nor the clinics."""
    before = actions.list_cases(desk, cora)
    bad = f"{HEADER}\n{GOOD.replace('C-1', 'C-7')}\n{GOOD.replace(',DE,', ',X,')}\n"
    with pytest.raises(BadImport):
        actions.import_cases(desk, cora, content=bad.encode(), file_name="list.csv")
    assert actions.list_cases(desk, cora) == before


def test_a_donor_number_belongs_to_one_case(desk: Desk, cora: Person) -> None:
    """The database refuses the second case; the first one stays."""
    taken = f"{HEADER}\n{GOOD.replace('C-1', 'C-7')}\n"
    with pytest.raises(CaseConflict):
        actions.import_cases(desk, cora, content=taken.encode(), file_name="list.csv")
    assert [case.case_id for case in actions.list_cases(desk, cora)] == ["C-1", "C-2"]


def test_importing_again_changes_the_cases(desk: Desk, cora: Person) -> None:
    """Two cases may even swap their numbers."""
    swapped = CASES.replace(NUMBER.encode(), b"#").replace(OTHER_NUMBER.encode(), NUMBER.encode())
    swapped = swapped.replace(b"#", OTHER_NUMBER.encode())
    assert actions.import_cases(desk, cora, content=swapped, file_name="list.csv") == 2
    assert actions.open_case(desk, cora, case_id="C-1").donor_number == OTHER_NUMBER


def test_a_case_is_saved_by_form(desk: Desk, cora: Person, anna: Person) -> None:
    """With the same checks as in the file, and for coordinators only."""
    case = CaseView(
        case_id="C-5",
        donor_number="1234 5678",
        donor_country="fr",
        patient_country="US",
        clinic_id="CL-5",
        clinic_name="Fifth",
        known_donor="PERSON=Eve",
        known_patient="",
    )
    actions.save_case(desk, cora, case=case)
    (found,) = actions.find_cases(desk, cora, query="1234-5678")
    assert (found.case_id, found.donor_country, found.known_donor) == ("C-5", "FR", "PERSON=Eve")
    with pytest.raises(NotAllowed):
        actions.save_case(desk, anna, case=case)
    with pytest.raises(NotAllowed):
        actions.find_cases(desk, anna, query="C-5")


def test_a_file_over_the_limit_is_refused_by_its_limit(desk: Desk, cora: Person) -> None:
    """The limit is named."""
    with pytest.raises(TooLarge, match="10 MB"):
        actions.import_cases(desk, cora, content=b"x" * (10 * 1024 * 1024 + 1), file_name="l.csv")
