"""
The case register: importing, saving, looking up. Who may not allocate does not get to see it.

Contract: what is known of donor and patient, and the patient's number, are left out of every view;
`actions.identities` shows them. A cell that is left out of a form stays as it is.
"""

from collections.abc import Mapping

from anonymizer.case_columns import COURSE_COLUMNS
from anonymizer.cases import (
    ALL_COLUMNS,
    COLUMNS,
    CaseRows,
    case_of,
    cases_of,
    cells_of,
    problems_of,
    read_case_rows,
    write_rows,
)
from anonymizer.csv_table import BadTable
from anonymizer.model import RegisteredCase
from anonymizer.patient_reference import canonical_patient_reference
from service.actions.desk import Desk
from service.actions.exchange_view import clock_view
from service.actions.views import CasePage, CaseView
from service.store.cases import (
    StoredCase,
    add_case,
    all_cases,
    cases_matching,
    change_case,
    check_seen,
    donor_numbers,
    find_stored_case,
    passed_on,
    save_cases,
    stored_cases,
)
from service.store.database import Connection
from service.store.letters import take_up_now
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import BadImport, CaseConflict, TooLarge
from service.workflow.pathway import pathway
from service.workflow.people import Person, check_may_allocate, check_may_save_cases
from service.workflow.records import masked
from service.workflow.states import LetterState

#: What is known of both sides, and with the patient's number all that is masked at first.
KNOWN = frozenset({"known_donor", "known_patient"})
IDENTITIES = KNOWN | {"patient_reference"}


def import_cases(desk: Desk, person: Person, *, content: bytes, file_name: str) -> int:
    """Import a case list; one bad row and nothing of it is imported."""
    check_may_save_cases(person)
    if len(content) > desk.settings.max_body_bytes:
        message = f"The file is larger than {desk.settings.max_body_bytes // (1024 * 1024)} MB."
        raise TooLarge(message)
    try:
        rows = read_case_rows(content, file_name=file_name)
        with desk.database.writing() as tx:
            before = stored_cases(tx.connection, rows.case_ids)
            known = {case_id: one.case for case_id, one in before.items()}
            cases = cases_of(rows, stored=known, today=desk.today())
            event = _event(desk, person, AuditAction.CASES_IMPORTED, count=len(cases))
            save_cases(tx, cases, event=event, before=before)
            take_up_now(tx, LetterState.HELD_EXCHANGE, desk.now())
    except BadTable as error:
        raise BadImport(error.problems) from None
    except CaseConflict:
        raise BadImport(_taken(desk, rows, cases) or (CaseConflict().reason,)) from None
    return len(cases)


def save_case(desk: Desk, person: Person, *, case: CaseView) -> None:
    """Add a case, or change the one that was seen in this version."""
    check_may_save_cases(person)
    typed = {name: getattr(case, name) for name in COLUMNS}
    cells = {name: str(told).strip() for name, told in typed.items() if told is not None}
    cells |= case.course
    if case.version:
        change_case_cells(desk, person, case_id=case.case_id, version=case.version, cells=cells)
        return
    cells = dict.fromkeys(COLUMNS, "") | cells
    _check(desk, cells)
    checked = case_of(cells)
    event = _event(desk, person, AuditAction.CASE_SAVED, case=checked.case_id)
    with desk.database.writing() as tx:
        add_case(tx, checked, event=event)
        take_up_now(tx, LetterState.HELD_EXCHANGE, desk.now())


def change_case_cells(
    desk: Desk, person: Person, *, case_id: str, version: int, cells: Mapping[str, str]
) -> None:
    """
    Change some columns of a case that is still as it was seen, or `StaleVersion`.

    The audit event names the columns that changed, never what stands in them.
    """
    check_may_save_cases(person)
    with desk.database.writing() as tx:
        seen = find_stored_case(tx.connection, case_id)
        check_seen(seen, version)
        before = cells_of(seen.case)
        _check(desk, {**before, **cells})
        changed = case_of({**before, **cells})
        after = cells_of(changed)
        fields = ",".join(name for name in after if after[name] != before[name])
        if not fields:
            return
        event = _event(desk, person, AuditAction.CASE_CHANGED, case=case_id, fields=fields)
        change_case(tx, changed, version=version, event=event)
        take_up_now(tx, LetterState.HELD_EXCHANGE, desk.now())


def open_case(desk: Desk, person: Person, *, case_id: str) -> CaseView:
    """One case."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        return case_view(find_stored_case(connection, case_id))


def open_case_page(desk: Desk, person: Person, *, case_id: str) -> CasePage:
    """One case with its pathway and its clock as they stand today."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        return case_page(desk, connection, find_stored_case(connection, case_id))


def case_page(
    desk: Desk, connection: Connection, stored: StoredCase, *, identities: bool = False
) -> CasePage:
    """The page of a case; with `identities` for those only who have said why they look."""
    zone, today = desk.settings.zone, desk.today()
    donor_letters, patient_letters = passed_on(connection, stored.case.case_id, zone)
    return CasePage(
        case=case_view(stored, identities=identities),
        pathway=pathway(stored.case, today=today),
        clock=clock_view(desk, stored.case.exchange(donor_letters, patient_letters)),
        donor_letters=len(donor_letters),
        patient_letters=len(patient_letters),
        today=today,
    )


def find_cases(desk: Desk, person: Person, *, query: str) -> tuple[CaseView, ...]:
    """The cases with exactly this id, donor or patient number, however the number is written."""
    check_may_allocate(person)
    number = canonical_patient_reference(query)
    with desk.database.reading() as connection:
        found = cases_matching(connection, case_id=query.strip(), number=number)
    return tuple(case_view(case) for case in found)


def written_cases(desk: Desk, person: Person) -> str:
    """
    The whole register as a case list (CSV) without names: what is known of both sides is left out.

    Such a list cannot be imported: its header lacks those columns, so nobody's names get lost.
    """
    check_may_allocate(person)
    with desk.database.reading() as connection:
        rows = [cells_of(stored.case) for stored in all_cases(connection)]
    columns = [name for name in ALL_COLUMNS if name not in KNOWN]
    return write_rows(rows, columns=columns)


def case_view(stored: StoredCase, *, identities: bool = False) -> CaseView:
    """A case as lists and forms show it: without the words that say who it is about, or with."""
    case, cells = stored.case, cells_of(stored.case)
    # where nothing is kept there is nothing to mask: it can be filled in at once
    hidden = frozenset(one for one in IDENTITIES if cells[one] and not identities)
    return CaseView(
        **{name: cells[name] for name in COLUMNS if name not in KNOWN},
        known_donor=None if "known_donor" in hidden else cells["known_donor"],
        known_patient=None if "known_patient" in hidden else cells["known_patient"],
        version=stored.version,
        course={name: cells[name] for name in COURSE_COLUMNS if name not in hidden},
        donor_kinds=tuple(one.kind for one in case.known_donor),
        patient_kinds=tuple(one.kind for one in case.known_patient),
        reference_masked=masked(case.patient_reference),
    )


def _check(desk: Desk, cells: Mapping[str, str]) -> None:
    if problems := problems_of(cells, today=desk.today()):
        raise BadImport(tuple(problems))


def _taken(desk: Desk, rows: CaseRows, cases: tuple[RegisteredCase, ...]) -> tuple[str, ...]:
    """The rows whose donor number another case of the register has, each with the remedy."""
    with desk.database.reading() as connection:
        owners = dict(donor_numbers(connection))
    ours = set(rows.case_ids)
    return tuple(
        f"{rows.file_name}, row {row}: the donor number is that of case {owner} in the register; "
        "each belongs to one case: correct the number here, or change that case first."
        for (row, _), case in zip(rows.rows, cases, strict=True)
        if (owner := owners.get(case.donor_number, case.case_id)) not in ours
    )


def _event(desk: Desk, person: Person, action: AuditAction, **details: str | int) -> AuditEvent:
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
