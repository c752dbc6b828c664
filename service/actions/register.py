"""The case register: importing, saving, looking up. Who may not allocate does not get to see it."""

import unicodedata

from anonymizer.cases import COLUMNS, case_of, problems_of, read_cases, write_known
from anonymizer.csv_table import BadTable
from anonymizer.donor_number import canonical_donor_number
from anonymizer.model import RegisteredCase
from service.actions.desk import Desk
from service.actions.views import CaseView
from service.store.cases import all_cases, cases_matching, find_case, save_cases
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import BadImport, TooLarge
from service.workflow.people import Person, check_may_allocate, check_may_save_cases


def import_cases(desk: Desk, person: Person, *, content: bytes, file_name: str) -> int:
    """Import a case list; one bad row and nothing of it is imported."""
    check_may_save_cases(person)
    if len(content) > desk.settings.max_body_bytes:
        message = f"The file is larger than {desk.settings.max_body_bytes // (1024 * 1024)} MB."
        raise TooLarge(message)
    try:
        cases = read_cases(content, file_name=file_name)
    except BadTable as error:
        raise BadImport(error.problems) from None
    event = AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=AuditAction.CASES_IMPORTED,
        details={"count": len(cases)},
    )
    with desk.database.writing() as tx:
        save_cases(tx, cases, event=event)
    return len(cases)


def save_case(desk: Desk, person: Person, *, case: CaseView) -> None:
    """Add a case or replace the one with the same id."""
    check_may_save_cases(person)
    cells = {name: str(getattr(case, name)).strip() for name in COLUMNS}
    if problems := problems_of(cells):
        raise BadImport(tuple(problems))
    checked = case_of(cells)
    event = AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=AuditAction.CASE_SAVED,
        details={"case": checked.case_id},
    )
    with desk.database.writing() as tx:
        save_cases(tx, (checked,), event=event)


def open_case(desk: Desk, person: Person, *, case_id: str) -> CaseView:
    """One case."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        return case_view(find_case(connection, case_id))


def find_cases(desk: Desk, person: Person, *, query: str) -> tuple[CaseView, ...]:
    """The cases with exactly this id or donor number, however the number is written."""
    check_may_allocate(person)
    number = canonical_donor_number(unicodedata.normalize("NFKC", query))
    with desk.database.reading() as connection:
        found = cases_matching(connection, case_id=query.strip(), donor_number=number)
    return tuple(case_view(case) for case in found)


def list_cases(desk: Desk, person: Person, *, limit: int = 500) -> tuple[CaseView, ...]:
    """The first cases of the register."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        return tuple(case_view(case) for case in all_cases(connection, limit=limit))


def case_view(case: RegisteredCase) -> CaseView:
    """A case as the form shows it."""
    return CaseView(
        case_id=case.case_id,
        donor_number=case.donor_number,
        donor_country=case.donor_country,
        patient_country=case.patient_country,
        clinic_id=case.clinic_id,
        clinic_name=case.clinic_name,
        known_donor=write_known(case.known_donor),
        known_patient=write_known(case.known_patient),
    )
