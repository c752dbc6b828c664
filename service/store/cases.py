"""
The case register: which donor and patient belong together.

Contract: one case per donor number, held by a unique constraint and not by looking first, so two
people who save at the same time cannot both succeed.
"""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from anonymizer.model import Case, RegisteredCase
from service.store.audit import append_event
from service.store.codec import known_codec
from service.store.database import Database, Writing
from service.store.schema import cases, clinics
from service.workflow.audit import AuditEvent
from service.workflow.errors import CaseConflict, NotFound


class StoreRegister:
    """The case register as the pipeline asks for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this canonical donor number; the constraint allows one."""
        with self._database.reading() as connection:
            return tuple(found.as_case() for found in cases_by_number(connection, donor_number))


def save_cases(tx: Writing, new: tuple[RegisteredCase, ...], *, event: AuditEvent) -> None:
    """Add the cases or replace those with the same case id; all or none."""
    for case in new:
        _save_clinic(tx, case)
    try:
        # first out, then in: two cases may swap their donor numbers in one file
        tx.connection.execute(
            delete(cases).where(cases.c.case_id.in_([case.case_id for case in new]))
        )
        for case in new:
            tx.connection.execute(insert(cases).values(**_columns(case)))
    except IntegrityError:
        # the database's message would quote the donor number
        raise CaseConflict from None
    append_event(tx, event=event)


def find_case(connection: Connection, case_id: str) -> RegisteredCase:
    """The case with this id, or `NotFound`."""
    row = connection.execute(_query().where(cases.c.case_id == case_id)).one_or_none()
    if row is None:
        message = "There is no case with this id."
        raise NotFound(message)
    return _case(row)


def cases_by_number(connection: Connection, donor_number: str) -> tuple[RegisteredCase, ...]:
    """The cases with this canonical donor number."""
    rows = connection.execute(_query().where(cases.c.donor_number == donor_number))
    return tuple(_case(row) for row in rows)


def cases_matching(
    connection: Connection, *, case_id: str, donor_number: str
) -> tuple[RegisteredCase, ...]:
    """The cases with this id or this number."""
    found = or_(cases.c.case_id == case_id, cases.c.donor_number == donor_number)
    return tuple(_case(row) for row in connection.execute(_query().where(found)))


def all_cases(connection: Connection, *, limit: int) -> tuple[RegisteredCase, ...]:
    """The first cases in the order of their ids."""
    rows = connection.execute(_query().order_by(cases.c.case_id).limit(limit))
    return tuple(_case(row) for row in rows)


def donor_numbers(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Donor number and case id of every case, for finding a number that is nearly right."""
    rows = connection.execute(select(cases.c.donor_number, cases.c.case_id))
    return tuple((str(number), str(case_id)) for number, case_id in rows)


def count_cases(connection: Connection) -> int:
    """How many cases there are."""
    return int(connection.execute(select(func.count()).select_from(cases)).scalar_one())


def _save_clinic(tx: Writing, case: RegisteredCase) -> None:
    done = tx.connection.execute(
        update(clinics)
        .where(clinics.c.clinic_id == case.clinic_id)
        .values(clinic_name=case.clinic_name)
    )
    if done.rowcount == 0:
        tx.connection.execute(
            insert(clinics).values(clinic_id=case.clinic_id, clinic_name=case.clinic_name)
        )


def _query() -> Select[Any]:
    return select(cases, clinics.c.clinic_name).join(
        clinics, clinics.c.clinic_id == cases.c.clinic_id
    )


def _columns(case: RegisteredCase) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "donor_number": case.donor_number,
        "donor_country": case.donor_country,
        "patient_country": case.patient_country,
        "clinic_id": case.clinic_id,
        "known_donor": known_codec.dump(case.known_donor),
        "known_patient": known_codec.dump(case.known_patient),
    }


def _case(row: Row[Any]) -> RegisteredCase:
    return RegisteredCase(
        case_id=row.case_id,
        donor_number=row.donor_number,
        donor_country=row.donor_country,
        patient_country=row.patient_country,
        clinic_id=row.clinic_id,
        clinic_name=row.clinic_name,
        known_donor=known_codec.load(row.known_donor),
        known_patient=known_codec.load(row.known_patient),
    )
