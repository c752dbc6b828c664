"""The case register: a list comes in whole or not at all, and a form is checked like a row."""

import pytest

from anonymizer.model import EntityKind
from service import actions
from service.actions import Desk
from service.actions.views import CaseView
from service.workflow.errors import BadImport, NotAllowed, TooLarge
from service.workflow.people import Person
from tests.factories import CASES, HEADER, NUMBER, OTHER_NUMBER

GOOD = f"{NUMBER},C-1,DE,US,CL-1,First Clinic,PERSON=Anna;PLACE=Ulm,"


def test_nothing_of_a_bad_file_is_imported(desk: Desk, cora: Person) -> None:
    """Neither the good rows nor the clinics."""
    before = actions.cases_page(desk, cora).rows
    bad = f"{HEADER}\n{GOOD.replace('C-1', 'C-7')}\n{GOOD.replace(',DE,', ',X,')}\n"
    with pytest.raises(BadImport) as refused:
        actions.import_cases(desk, cora, content=bad.encode(), file_name="list.csv")
    assert refused.value.problems[0].startswith("list.csv, row 3: donor_country")
    assert actions.cases_page(desk, cora).rows == before


def test_a_donor_number_belongs_to_one_case(desk: Desk, cora: Person) -> None:
    """The second case is refused by file and row, with the case that has it; the first stays."""
    taken = f"{HEADER}\n{GOOD.replace('C-1', 'C-7')}\n"
    with pytest.raises(BadImport) as refused:
        actions.import_cases(desk, cora, content=taken.encode(), file_name="list.csv")
    (problem,) = refused.value.problems
    assert problem.startswith("list.csv, row 2: the donor number is that of case C-1")
    assert "correct the number here, or change that case first" in problem
    assert NUMBER not in problem
    assert [case.case_id for case in actions.cases_page(desk, cora).rows] == ["C-1", "C-2"]


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
    assert (found.case_id, found.donor_country) == ("C-5", "FR")
    assert (found.known_donor, found.donor_kinds) == (None, (EntityKind.PERSON,))
    with pytest.raises(NotAllowed):
        actions.save_case(desk, anna, case=case)
    with pytest.raises(NotAllowed):
        actions.find_cases(desk, anna, query="C-5")


def test_a_file_over_the_limit_is_refused_by_its_limit(desk: Desk, cora: Person) -> None:
    """The limit is named."""
    with pytest.raises(TooLarge, match="10 MB"):
        actions.import_cases(desk, cora, content=b"x" * (10 * 1024 * 1024 + 1), file_name="l.csv")
