"""
The case register as lists show it: filtered by what is stored openly, page by page.

Contract: what a page shows and what its count says come from the same conditions. Nothing sealed is
opened to choose cases: numbers are looked up by their codes elsewhere, days not at all; that a day
is missing stands beside it, unsealed.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from anonymizer.model import LetterConsent
from service.store.cases import StoredCase, cases_in_order
from service.store.correspondence import cases_of_letters
from service.store.schema import cases, clinics, letters
from service.workflow.register import CaseFilter, Missing
from service.workflow.states import LetterState

#: How a letter that waits for a day of its case says so, and how a side that nobody asked.
_DAY_IS_MISSING = '"code":"dates_missing"'
_UNASKED = f'"letters":"{LetterConsent.UNASKED.value}"'
_NOTHING_SAID = "{}"


def find_case_list(
    connection: Connection, wanted: CaseFilter, *, offset: int, limit: int
) -> tuple[StoredCase, ...]:
    """The cases of one page, in the order of their ids."""
    # the ids first: only what is shown is opened
    ids = connection.execute(
        select(cases.c.case_id)
        .where(*_conditions(wanted))
        .order_by(cases.c.case_id)
        .offset(offset)
        .limit(limit)
    )
    return cases_in_order(connection, list(ids.scalars()))


def count_case_list(connection: Connection, wanted: CaseFilter) -> int:
    """How many cases `find_case_list` has on all its pages."""
    query = select(func.count()).select_from(cases).where(*_conditions(wanted))
    return int(connection.execute(query).scalar_one())


def countries_of_cases(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The countries that cases have, of donors and of patients."""
    donor, patient = (
        tuple(sorted(connection.execute(select(column).distinct()).scalars()))
        for column in (cases.c.donor_country, cases.c.patient_country)
    )
    return donor, patient


def ids_written_alike(connection: Connection, case_id: str) -> tuple[str, ...]:
    """The ids of cases that are this one but for capitals."""
    query = select(cases.c.case_id).where(func.lower(cases.c.case_id) == case_id.lower())
    return tuple(sorted(connection.execute(query).scalars()))


def clinics_with_cases(connection: Connection) -> dict[str, str]:
    """Names of the clinics that have a case, by their ids, in the order of their names."""
    query = (
        select(clinics.c.clinic_id, clinics.c.clinic_name)
        .where(clinics.c.clinic_id.in_(select(cases.c.clinic_id)))
        .order_by(clinics.c.clinic_name, clinics.c.clinic_id)
    )
    return {str(row.clinic_id): str(row.clinic_name) for row in connection.execute(query)}


def clinic_names(connection: Connection, ids: Iterable[str]) -> tuple[str, ...]:
    """The names of these clinics, as far as there are such."""
    query = select(clinics.c.clinic_name).where(clinics.c.clinic_id.in_(list(ids)))
    return tuple(sorted(connection.execute(query).scalars()))


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.case_ids:
        where.append(cases.c.case_id.in_(wanted.case_ids))
    if wanted.clinic_ids:
        where.append(cases.c.clinic_id.in_(wanted.clinic_ids))
    if wanted.donor_country is not None:
        where.append(cases.c.donor_country == wanted.donor_country)
    if wanted.patient_country is not None:
        where.append(cases.c.patient_country == wanted.patient_country)
    if wanted.missing is not None:
        where.append(_MISSING[wanted.missing]())
    return where


def _without_day() -> ColumnElement[bool]:
    """A letter waits for a day of the case."""
    waiting = cases_of_letters(
        letters.c.state == LetterState.HELD_EXCHANGE.value,
        letters.c.holds.contains(_DAY_IS_MISSING, autoescape=True),
    )
    return cases.c.case_id.in_(waiting)


def _without_answer() -> ColumnElement[bool]:
    sides = (cases.c.donor_consents, cases.c.patient_consents)
    return or_(
        *(side.contains(_UNASKED, autoescape=True) for side in sides),
        *(side == _NOTHING_SAID for side in sides),
    )


def _without_patient_number() -> ColumnElement[bool]:
    return cases.c.patient_reference_code.is_(None)


_MISSING: dict[Missing, Callable[[], ColumnElement[bool]]] = {
    Missing.DAY: _without_day,
    Missing.DONATION_DAY: lambda: cases.c.no_donation_day.is_(true()),
    Missing.TRANSPLANT_DAY: lambda: cases.c.no_transplant_day.is_(true()),
    Missing.CONSENT: _without_answer,
    Missing.PATIENT_NUMBER: _without_patient_number,
}
