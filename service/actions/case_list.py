"""
The case register page by page, and finding a case by a number, its id or its clinic.

Contract: for those who look after cases. What was searched for is kept nowhere: neither in the
trail nor in an address. What was found is told by the ids of cases and clinics.
"""

from dataclasses import dataclass

from anonymizer.patient_reference import canonical_patient_reference
from service.actions.desk import Desk
from service.actions.register import case_view
from service.actions.views import CaseView
from service.store.case_list import (
    clinic_names,
    clinics_with_cases,
    count_case_list,
    countries_of_cases,
    find_case_list,
    ids_written_alike,
)
from service.store.cases import cases_matching, count_cases
from service.store.database import Connection
from service.workflow.paging import Paged, window
from service.workflow.people import Person, check_may_allocate
from service.workflow.register import MOST_IDS, CaseFilter

#: The whole register.
ALL = CaseFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListPage(Paged):
    """One page of the register; `count` is how many cases all its pages have, of `total`."""

    rows: tuple[CaseView, ...]
    total: int
    clinics: tuple[str, ...]
    """The names of the clinics that were asked for."""
    donor_countries: tuple[str, ...]
    patient_countries: tuple[str, ...]


def cases_page(
    desk: Desk, person: Person, *, wanted: CaseFilter = ALL, number: int = 1
) -> CaseListPage:
    """A page of the register; the last one where `number` is too high."""
    check_may_allocate(person)
    with desk.database.reading() as connection:
        count = count_case_list(connection, wanted)
        shown = window(CaseListPage, count=count, number=number)
        found = find_case_list(connection, wanted, offset=shown.offset, limit=shown.limit)
        donor, patient = countries_of_cases(connection)
        return CaseListPage(
            rows=tuple(map(case_view, found)),
            count=count,
            number=shown.number,
            total=count_cases(connection),
            clinics=clinic_names(connection, wanted.clinic_ids),
            donor_countries=donor,
            patient_countries=patient,
        )


def search_cases(desk: Desk, person: Person, *, query: str) -> CaseFilter:
    """
    A filter for the cases with exactly this id or number, or else for the clinics that fit.

    A number may be written with spaces and hyphens, an id in other capitals. A clinic fits when all
    words stand in its id or its name. The filter is not set when nothing fits, or too many clinics.
    """
    check_may_allocate(person)
    written = query.strip()
    if not written:
        return ALL
    with desk.database.reading() as connection:
        number = canonical_patient_reference(written)
        found = cases_matching(connection, case_id=written, number=number)
        ids = [one.case.case_id for one in found] or ids_written_alike(connection, written)
        if ids:
            return CaseFilter(case_ids=tuple(ids)[:MOST_IDS])
        clinics = _clinics_fitting(connection, written)
    return CaseFilter(clinic_ids=clinics) if len(clinics) <= MOST_IDS else ALL


def _clinics_fitting(connection: Connection, written: str) -> tuple[str, ...]:
    words = written.casefold().split()
    return tuple(
        clinic_id
        for clinic_id, name in clinics_with_cases(connection).items()
        if all(word in f"{clinic_id} {name}".casefold() for word in words)
    )
