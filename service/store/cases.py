"""
The case register: which donor and patient belong together.

Contract: one case per donor number, held by a unique constraint and not by looking first, so two
people who save at the same time cannot both succeed. Every change of a case counts its version up,
and a change names the version that was seen. Who a case is about is sealed under the case's own
key, apart from letters; numbers are found by codes that only the key of numbers can make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from anonymizer.model import Case, Deliverability, Direction, RegisteredCase
from service.store.audit import append_event
from service.store.codec import consents_codec, days_codec, known_codec, pathway_codec
from service.store.database import Database, Writing
from service.store.datakeys import (
    Envelope,
    case_owner,
    envelopes,
    look_up_code,
    made_envelope,
    made_envelopes,
)
from service.store.schema import approvals, cases, clinics, dispatches
from service.vault.keyring import Purpose
from service.workflow.audit import AuditEvent
from service.workflow.errors import CaseConflict, NotFound, SealBroken, StaleVersion

_STALE = "The case was changed in the meantime. Open it again and look at what it says now."
#: Databases limit how many values a statement may carry.
_AT_ONCE = 500
#: Sealed under the case's key.
_SEALED = (
    *("donor_number", "patient_reference", "known_donor", "known_patient"),
    *("donation_dates", "transplant_dates", "infusion_dates", "pathway"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A case and its version, which goes back with every change."""

    case: RegisteredCase
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """When the letters of a case left, those of the donor and those of the patient, in order."""

    donor: tuple[datetime, ...] = ()
    patient: tuple[datetime, ...] = ()

    def days(self, zone: tzinfo) -> tuple[tuple[date, ...], tuple[date, ...]]:
        """The local days, the donor's and the patient's."""
        donor, patient = (
            tuple(at.astimezone(zone).date() for at in moments)
            for moments in (self.donor, self.patient)
        )
        return donor, patient


class StoreRegister:
    """The case register as the pipeline asks for it; days are those of the time zone `zone`."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._zone = zone

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Every case with this canonical donor number; the constraint allows one."""
        with self._database.reading() as connection:
            found = cases_by_number(connection, donor_number)
            return tuple(case_with_letters(connection, one, self._zone) for one in found)

    def find_cases_of_patient(self, reference: str) -> tuple[Case, ...]:
        """Every case with this canonical patient reference."""
        with self._database.reading() as connection:
            found = cases_by_reference(connection, reference)
            return tuple(case_with_letters(connection, one, self._zone) for one in found)


def save_cases(
    tx: Writing,
    new: tuple[RegisteredCase, ...],
    *,
    event: AuditEvent,
    before: Mapping[str, StoredCase],
) -> None:
    """Add the cases or replace those with the same case id, as `before` has them; all or none."""
    for case in new:
        _save_clinic(tx, case)
    try:
        # here as well: who saves the same new case at the same time makes the same key
        keys = made_envelopes(tx.connection, [case_owner(case.case_id) for case in new])
        # first out, then in: two cases may swap their donor numbers in one file
        for ids in _in_portions([case.case_id for case in new]):
            tx.connection.execute(delete(cases).where(cases.c.case_id.in_(ids)))
        for case in new:
            seen = before.get(case.case_id)
            version = seen.version + 1 if seen else 1
            columns = _columns(tx.connection, case, keys[case_owner(case.case_id)])
            tx.connection.execute(insert(cases).values(**columns, version=version))
    except IntegrityError:
        # the database's message would quote the donor number
        raise CaseConflict from None
    append_event(tx, event=event)


def add_case(tx: Writing, case: RegisteredCase, *, event: AuditEvent) -> None:
    """Add a case; `CaseConflict` when its id or its donor number is taken."""
    _save_clinic(tx, case)
    try:
        columns = _own_columns(tx, case)
        tx.connection.execute(insert(cases).values(**columns))
    except IntegrityError:
        raise CaseConflict from None
    append_event(tx, event=event)


def change_case(tx: Writing, case: RegisteredCase, *, version: int, event: AuditEvent) -> int:
    """Change the case that was seen in this version; returns the new one, or `StaleVersion`."""
    _save_clinic(tx, case)
    try:
        columns = _own_columns(tx, case)
        done = tx.connection.execute(
            update(cases)
            .where(cases.c.case_id == case.case_id, cases.c.version == version)
            .values(**columns, version=version + 1)
        )
    except IntegrityError:
        raise CaseConflict from None
    if done.rowcount != 1:
        raise StaleVersion(_STALE)
    append_event(tx, event=event)
    return version + 1


def find_case(connection: Connection, case_id: str) -> RegisteredCase:
    """The case with this id, or `NotFound`."""
    return find_stored_case(connection, case_id).case


def find_stored_case(connection: Connection, case_id: str) -> StoredCase:
    """The case with this id and its version, or `NotFound`."""
    found = _stored(connection, _query().where(cases.c.case_id == case_id))
    if not found:
        message = "There is no case with this id."
        raise NotFound(message)
    return found[0]


def stored_cases(connection: Connection, case_ids: Iterable[str]) -> dict[str, StoredCase]:
    """The cases of these ids that there are; in a writing transaction locked until its end."""
    found: dict[str, StoredCase] = {}
    for ids in _in_portions(list(dict.fromkeys(case_ids))):
        query = _query().where(cases.c.case_id.in_(ids)).with_for_update(of=cases)
        found.update((one.case.case_id, one) for one in _stored(connection, query))
    return found


def check_seen(seen: StoredCase, version: int) -> None:
    """Raise `StaleVersion` unless the person saw the case as it is now."""
    if seen.version != version:
        raise StaleVersion(_STALE)


def passed_on(
    connection: Connection, case_id: str, zone: tzinfo
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The local days on which letters of the case left, the donor's and the patient's."""
    return passed_on_at(connection, case_id).days(zone)


def passed_on_at(connection: Connection, case_id: str) -> PassedOn:
    """When letters of the case left."""
    query = (
        select(dispatches.c.done_at, approvals.c.direction)
        .join(approvals, approvals.c.approval_id == dispatches.c.approval_id)
        .where(approvals.c.case_id == case_id, dispatches.c.done_at.is_not(None))
        .order_by(dispatches.c.done_at)
    )
    rows = connection.execute(query).all()

    def moments(direction: Direction) -> tuple[datetime, ...]:
        return tuple(row.done_at for row in rows if row.direction == direction.value)

    return PassedOn(
        donor=moments(Direction.DONOR_TO_PATIENT), patient=moments(Direction.PATIENT_TO_DONOR)
    )


def case_with_letters(connection: Connection, case: RegisteredCase, zone: tzinfo) -> Case:
    """The case as the pipeline asks for it, with the letters of both sides that have left."""
    return case.as_case(case.exchange(*passed_on(connection, case.case_id, zone)))


def cases_by_number(connection: Connection, donor_number: str) -> tuple[RegisteredCase, ...]:
    """The cases with this canonical donor number."""
    found = _query().where(cases.c.donor_number_code == _code(connection, donor_number))
    return tuple(one.case for one in _stored(connection, found))


def cases_by_reference(connection: Connection, reference: str) -> tuple[RegisteredCase, ...]:
    """The cases with this canonical patient reference, in the order of their ids."""
    code = _reference_code(connection, reference)
    found = _query().where(cases.c.patient_reference_code == code).order_by(cases.c.case_id)
    return tuple(one.case for one in _stored(connection, found))


def cases_matching(connection: Connection, *, case_id: str, number: str) -> tuple[StoredCase, ...]:
    """The cases with this id, this donor number or this patient reference."""
    found = or_(
        cases.c.case_id == case_id,
        cases.c.donor_number_code == _code(connection, number),
        cases.c.patient_reference_code == _reference_code(connection, number),
    )
    return _stored(connection, _query().where(found).order_by(cases.c.case_id))


def all_cases(connection: Connection) -> tuple[StoredCase, ...]:
    """All cases in the order of their ids."""
    return _stored(connection, _query().order_by(cases.c.case_id))


def cases_in_order(connection: Connection, ids: list[str]) -> tuple[StoredCase, ...]:
    """The cases with these ids that there are, in the order of the ids."""
    found = {
        one.case.case_id: one
        for one in _stored(connection, _query().where(cases.c.case_id.in_(ids)))
    }
    return tuple(found[case_id] for case_id in ids if case_id in found)


def donor_numbers(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Donor number and case id of every case, for finding a number that is nearly right."""
    return _numbers(connection, cases.c.donor_number)


def patient_references(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Patient reference and case id of every case that has one."""
    return _numbers(connection, cases.c.patient_reference)


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


def _stored(connection: Connection, query: Select[Any]) -> tuple[StoredCase, ...]:
    rows = connection.execute(query).all()
    keys = envelopes(connection, [case_owner(row.case_id) for row in rows])
    return tuple(
        StoredCase(case=_case(row, keys.get(case_owner(row.case_id))), version=row.version)
        for row in rows
    )


def _numbers(connection: Connection, column: "Column[Any]") -> tuple[tuple[str, str], ...]:
    query = select(column, cases.c.case_id).where(column.is_not(None)).order_by(cases.c.case_id)
    rows = connection.execute(query).all()
    keys = envelopes(connection, [case_owner(case_id) for _, case_id in rows])
    return tuple(
        (envelope.open(column, case_id, sealed), case_id)
        for sealed, case_id in rows
        if (envelope := keys[case_owner(case_id)]) is not None
    )


def _code(connection: Connection, number: str) -> str:
    return look_up_code(connection, Purpose.NUMBERS, cases.c.donor_number, number)


def _reference_code(connection: Connection, number: str) -> str:
    return look_up_code(connection, Purpose.NUMBERS, cases.c.patient_reference, number)


def _own_columns(tx: Writing, case: RegisteredCase) -> dict[str, Any]:
    return _columns(tx.connection, case, made_envelope(tx.connection, case_owner(case.case_id)))


def _columns(connection: Connection, case: RegisteredCase, envelope: Envelope) -> dict[str, Any]:
    columns = _plain_columns(case)
    reference = case.patient_reference
    for name in _SEALED:
        if columns[name] is not None:
            columns[name] = envelope.seal(cases.c[name], case.case_id, columns[name])
    columns["donor_number_code"] = _code(connection, case.donor_number)
    columns["patient_reference_code"] = (
        None if reference is None else _reference_code(connection, reference)
    )
    return columns


def _plain_columns(case: RegisteredCase) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "donor_number": case.donor_number,
        "donor_country": case.donor_country,
        "patient_country": case.patient_country,
        "clinic_id": case.clinic_id,
        "known_donor": known_codec.dump(case.known_donor),
        "known_patient": known_codec.dump(case.known_patient),
        "patient_reference": case.patient_reference,
        "donor_registry": case.donor_registry,
        "patient_registry": case.patient_registry,
        "donor_language": case.donor_language,
        "patient_language": case.patient_language,
        "cord_blood": case.cord_blood,
        "donation_dates": days_codec.dump(case.donation_dates),
        "transplant_dates": days_codec.dump(case.transplant_dates),
        "infusion_dates": days_codec.dump(case.infusion_dates),
        "donor_consents": consents_codec.dump(case.donor_consents),
        "patient_consents": consents_codec.dump(case.patient_consents),
        "donor_deliverable": case.donor_deliverable.value,
        "patient_deliverable": case.patient_deliverable.value,
        "pathway": pathway_codec.dump(case.pathway),
        "no_donation_day": not case.donation_dates,
        "no_transplant_day": not case.transplant_dates,
    }


def _case(row: Row[Any], envelope: Envelope | None) -> RegisteredCase:
    if envelope is None:
        raise SealBroken
    told = {
        name: None if sealed is None else envelope.open(cases.c[name], row.case_id, sealed)
        for name, sealed in ((name, row._mapping[name]) for name in _SEALED)  # noqa: SLF001
    }
    return RegisteredCase(
        case_id=row.case_id,
        donor_number=told["donor_number"] or "",
        donor_country=row.donor_country,
        patient_country=row.patient_country,
        clinic_id=row.clinic_id,
        clinic_name=row.clinic_name,
        known_donor=known_codec.load(told["known_donor"] or ""),
        known_patient=known_codec.load(told["known_patient"] or ""),
        patient_reference=told["patient_reference"],
        donor_registry=row.donor_registry,
        patient_registry=row.patient_registry,
        donor_language=row.donor_language,
        patient_language=row.patient_language,
        cord_blood=row.cord_blood,
        donation_dates=days_codec.load(told["donation_dates"] or ""),
        transplant_dates=days_codec.load(told["transplant_dates"] or ""),
        infusion_dates=days_codec.load(told["infusion_dates"] or ""),
        donor_consents=consents_codec.load(row.donor_consents),
        patient_consents=consents_codec.load(row.patient_consents),
        donor_deliverable=Deliverability(row.donor_deliverable),
        patient_deliverable=Deliverability(row.patient_deliverable),
        pathway=pathway_codec.load(told["pathway"] or ""),
    )


def _in_portions(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
