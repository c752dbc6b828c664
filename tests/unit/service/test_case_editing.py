"""A coordinator changes days and consents: checked, audited by field, never over a colleague."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anonymizer.model import Direction
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.web.review.case_forms import CourseForm, typed_of
from service.workflow.audit import AuditAction
from service.workflow.errors import BadImport, CaseConflict, NotAllowed, StaleVersion
from service.workflow.pathway import Step, StepState
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import HEADER, NUMBER, OTHER_NUMBER, approved, drafted, state_of, work_all

AUDITOR = Person(person_id="a", name="A", roles=frozenset({Role.AUDITOR}))
REFERENCE = "US4711082"


def change(desk: Desk, person: Person, *, version: int = 1, **cells: str) -> None:
    """Change the first case."""
    actions.change_case_cells(desk, person, case_id="C-1", version=version, cells=cells)


def test_a_change_is_kept_and_the_trail_names_fields_only(desk: Desk, cora: Person) -> None:
    """No day and no number stands in an audit event."""
    change(desk, cora, donation_dates="2026-02-03", patient_reference="US-4711082", cord_blood="no")
    case = actions.open_case(desk, cora, case_id="C-1")
    assert (case.version, case.course["donation_dates"]) == (2, "2026-02-03")
    assert "patient_reference" not in case.course
    assert case.reference_masked == f"…{REFERENCE[-3:]}"
    event = actions.list_audit(desk, AUDITOR)[0]
    assert event.action == AuditAction.CASE_CHANGED
    assert event.details == {"case": "C-1", "fields": "patient_reference,donation_dates"}


def test_nothing_changed_is_no_change(desk: Desk, cora: Person) -> None:
    """Saving a form again wakes nobody up."""
    before = actions.verify_audit(desk)
    change(desk, cora, cord_blood="no", donor_deliverable="unknown")
    assert actions.open_case(desk, cora, case_id="C-1").version == 1
    assert actions.verify_audit(desk) == before


def test_two_people_do_not_overwrite_each_other(desk: Desk, cora: Person, sena: Person) -> None:
    """The second one is told to look again, in either form and after an import."""
    seen = actions.open_case(desk, sena, case_id="C-1")
    change(desk, cora, medical_on="2026-01-10")
    with pytest.raises(StaleVersion, match="case was changed"):
        change(desk, sena, medical_on="2026-01-11")
    with pytest.raises(StaleVersion):
        actions.save_case(desk, sena, case=replace(seen, clinic_name="Other"))
    content = f"{HEADER}\n{NUMBER},C-1,DE,US,CL-1,First Clinic,,\n".encode()
    actions.import_cases(desk, cora, content=content, file_name="list.csv")
    with pytest.raises(StaleVersion):
        change(desk, sena, version=2, medical_on="2026-01-11")
    assert actions.open_case(desk, cora, case_id="C-1").course["medical_on"] == "2026-01-10"


def test_the_form_about_the_case_leaves_its_days_alone(desk: Desk, cora: Person) -> None:
    """And a new case never replaces one that is there."""
    change(desk, cora, donation_dates="2026-02-03")
    seen = actions.open_case(desk, cora, case_id="C-1")
    actions.save_case(desk, cora, case=replace(seen, clinic_name="Renamed", course={}))
    after = actions.open_case(desk, cora, case_id="C-1")
    assert (after.clinic_name, after.course["donation_dates"]) == ("Renamed", "2026-02-03")
    with pytest.raises(CaseConflict):
        actions.save_case(desk, cora, case=replace(seen, version=0, donor_number="12345678"))
    with pytest.raises(CaseConflict):
        actions.save_case(desk, cora, case=replace(after, donor_number=OTHER_NUMBER))


def test_a_change_is_checked_like_a_row(desk: Desk, cora: Person, anna: Person) -> None:
    """Against the day where the registry is, and for coordinators only."""
    with pytest.raises(BadImport) as refused:
        change(desk, cora, medical_on="2026-03-03")
    assert refused.value.problems == (
        "medical_on lies in the future; write it down when it was done.",
    )
    with pytest.raises(NotAllowed):
        change(desk, anna, medical_on="2026-03-01")
    with pytest.raises(NotAllowed):
        actions.open_case_page(desk, anna, case_id="C-1")


@pytest.mark.parametrize(("zone", "fine"), [("Europe/Berlin", True), ("America/New_York", False)])
def test_today_is_where_the_registry_is(desk: Desk, cora: Person, zone: str, fine: bool) -> None:
    """Shortly after midnight in Berlin it is still yesterday in New York."""
    settings = desk.settings.model_copy(update={"time_zone": zone})
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    there = replace(desk, settings=settings, clock=lambda: late)
    if fine:
        change(there, cora, medical_on="2026-03-03")
        return
    with pytest.raises(BadImport):
        change(there, cora, medical_on="2026-03-03")


def test_the_page_shows_pathway_and_clock(desk: Desk, cora: Person) -> None:
    """The clock by the rules of both countries, its end as a day."""
    change(desk, cora, donation_dates="2026-02-03", transplant_dates="2026-02-04")
    shown = actions.open_case_page(desk, cora, case_id="C-1")
    states = {one.step: one.state for one in shown.pathway.steps}
    assert states[Step.DONATION] is StepState.DONE
    assert states[Step.WEEK] is StepState.OVERDUE
    assert "2026-02-04" in shown.clock.sentence
    assert shown.clock.started
    assert not shown.clock.over
    assert shown.clock.end is not None


def test_letters_that_left_are_counted_by_side(desk: Desk, cora: Person, anna: Person) -> None:
    """By the day on which they were passed on, not by that of the approval."""
    approved(desk, anna)
    assert actions.open_case_page(desk, cora, case_id="C-1").donor_letters == 0
    work_all(desk)
    shown = actions.open_case_page(desk, cora, case_id="C-1")
    assert (shown.donor_letters, shown.patient_letters) == (1, 0)


def test_a_letter_of_the_patient_finds_its_case_by_the_patients_number(
    desk: Desk, cora: Person
) -> None:
    """In the letter or on the cover; a slip of the pen waits with the case beside it."""
    change(desk, cora, patient_reference=REFERENCE)
    back = Direction.PATIENT_TO_DONOR
    right = drafted(desk, "My patient number is US 4711082.", direction=back)
    cover = drafted(desk, "Dear donor.", direction=back, cover_number="us-4711082")
    assert state_of(desk, right) is state_of(desk, cover) is LetterState.READY
    wrong = drafted(desk, "My patient number is US 4711028.", direction=back)
    assert state_of(desk, wrong) is LetterState.HELD_ALLOCATION
    (item,) = actions.list_allocation(desk, cora)
    assert item.references_in_text == ("US4711028",)
    assert [one.case_id for one in item.candidates] == ["C-1"]
    assert item.candidates[0].why == "its patient number is nearly the one in the letter"
    (found,) = actions.find_cases(desk, cora, query="us 4711 082")
    assert found.case_id == "C-1"


def test_the_form_says_what_the_register_says(desk: Desk, cora: Person) -> None:
    """Cells to fields and back, so that saving an untouched form changes nothing."""
    change(
        desk,
        cora,
        donor_consents="granted 2026-01-05;counselled 2026-01-07;release 2026-01-09",
        patient_consents="refused",
        donation_dates="2026-02-03;2026-02-20",
    )
    case = actions.open_case(desk, cora, case_id="C-1")
    form = CourseForm(version=case.version, shown=True, **typed_of(case))
    change(desk, cora, version=2, **form.cells())
    assert actions.open_case(desk, cora, case_id="C-1") == case
    lost = replace(form, donor_letters="")
    with pytest.raises(BadImport, match="donor_consents"):
        change(desk, cora, version=2, **lost.cells())


def test_the_written_register_names_nobody(desk: Desk) -> None:
    """What is known of both sides stays in the register."""
    written = actions.written_cases(desk, OPERATOR)
    assert "C-1" in written
    assert "Anna Schmidt" not in written
