"""Long lists are filtered alike on SQLite and PostgreSQL."""

import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.store.schema import letters
from service.workflow.people import Person, Role
from service.workflow.register import CaseFilter, Missing
from service.workflow.trail import TrailFilter
from tests.factories import HEADER, LETTER, donor_number, drafted

AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))
WAITS = '[{"stage":"exchange","code":"dates_missing","reason":"No day."}]'
#: The words of another reason may tell of the code; only a code is one.
TELLS = '[{"stage":"exchange","code":"no_letters","reason":"\\"code\\":\\"dates_missing\\""}]'


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A case more, with answers about letters and the patient's own number."""
    row = f"{donor_number(9)},c-2,FR,US,CL-9,Été Clinic,,,US4711082,granted,refused"
    content = f"{HEADER},patient_reference,donor_consents,patient_consents\n{row}\n".encode()
    actions.import_cases(desk, OPERATOR, content=content, file_name="cases.csv")
    return desk


def listed(desk: Desk, **wanted: object) -> list[str]:
    """The ids of the cases that fit, which are as many as the page says."""
    shown = actions.cases_page(desk, OPERATOR, wanted=CaseFilter(**wanted))  # type: ignore[arg-type]  # passed on
    assert shown.count == len(shown.rows)
    return [one.case_id for one in shown.rows]


def test_cases_are_filtered_by_what_is_open(cases: Desk) -> None:
    """Countries, clinics, ids, and answers that nobody gave."""
    assert sorted(listed(cases)) == ["C-1", "C-2", "c-2"]
    assert listed(cases, donor_country="FR", patient_country="US") == ["c-2"]
    assert listed(cases, donor_country="FR", patient_country="GB") == []
    assert listed(cases, clinic_ids=("CL-2", "CL-9"), donor_country="DE") == ["C-2"]
    assert listed(cases, case_ids=("c-2",)) == ["c-2"]
    for missing in (Missing.CONSENT, Missing.PATIENT_NUMBER):
        assert listed(cases, missing=missing) == ["C-1", "C-2"]


def test_a_case_without_a_day_is_found_though_days_are_sealed(cases: Desk) -> None:
    """Of donation or of transplant; a day that is entered or taken away changes the answer."""
    donation, transplant = Missing.DONATION_DAY, Missing.TRANSPLANT_DAY
    assert sorted(listed(cases, missing=donation)) == ["C-1", "C-2", "c-2"]
    assert listed(cases, missing=transplant) == ["c-2"]
    given = {"donation_dates": "2026-02-03", "transplant_dates": ""}
    actions.change_case_cells(cases, OPERATOR, case_id="C-2", version=1, cells=given)
    assert sorted(listed(cases, missing=donation)) == ["C-1", "c-2"]
    assert listed(cases, missing=donation, clinic_ids=("CL-2",)) == []
    assert sorted(listed(cases, missing=transplant)) == ["C-2", "c-2"]


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_letter_that_waits_for_a_day_tells_its_case(cases: Desk, by_hand: bool) -> None:
    """Whether somebody allocated it or its number did; while it waits, and for that reason."""
    letter_id = drafted(cases, LETTER)

    def change(**values: object) -> list[str]:
        with cases.database.writing() as tx:
            mine = letters.update().where(letters.c.letter_id == letter_id)
            tx.connection.execute(mine.values(**values))
        return listed(cases, missing=Missing.DAY)

    assert change(case_id="C-1" if by_hand else None) == []
    assert change(state="held_exchange", holds=TELLS) == []
    assert change(holds=WAITS) == ["C-1"]
    assert change(state="ready") == []


def test_an_id_is_found_in_other_capitals_when_there_is_no_such_one(cases: Desk) -> None:
    """Two ids may differ in nothing else."""
    assert actions.search_cases(cases, OPERATOR, query="c-2").case_ids == ("c-2",)
    assert actions.search_cases(cases, OPERATOR, query="c-1").case_ids == ("C-1",)
    assert actions.search_cases(cases, OPERATOR, query="us-4711 082").case_ids == ("c-2",)
    assert actions.search_cases(cases, OPERATOR, query="ÉTÉ").clinic_ids == ("CL-9",)
    assert not actions.search_cases(cases, OPERATOR, query="%").is_set


def test_the_trail_is_filtered_alike(cases: Desk) -> None:
    """A case by its very id, a letter by the beginning of its own."""
    version = actions.open_case(cases, OPERATOR, case_id="c-2").version
    changed = {"donor_language": "fr"}
    actions.change_case_cells(cases, OPERATOR, case_id="c-2", version=version, cells=changed)
    letter_id = drafted(cases, LETTER)
    of_case = [
        actions.audit_page(cases, AUDITOR, wanted=TrailFilter(case_id=one)).count
        for one in ("c-2", "C-2", "c", "_-2")
    ]
    assert of_case == [1, 0, 0, 0]
    assert actions.find_in_trail(cases, AUDITOR, query="C-2").case_id is None
    assert actions.find_in_trail(cases, AUDITOR, query="c-2").case_id == "c-2"
    for length in (8, 31, 32):
        found = actions.find_in_trail(cases, AUDITOR, query=letter_id[:length])
        assert found.letter_id == letter_id
    page = actions.audit_page(cases, AUDITOR, wanted=TrailFilter(actor="system"), number=9)
    assert (page.number, page.pages) == (1, 1)
    assert {one.actor for one in page.events} == {"the service"}
