"""
The case register as a list: searched, filtered, page by page.

Contract: for those who look after cases. What was searched for never stands in an address: the
answer is addressed by the ids of cases and clinics. Whatever is no code or id asks for nothing.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request
from fastapi.responses import Response

from service import actions
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.paging import page_number
from service.workflow.people import may_save_cases
from service.workflow.register import (
    CaseFilter,
    Missing,
    as_case_ids,
    as_clinic_ids,
    as_country,
    as_missing,
)

read = reading()
change = changing()

_HERE = "/review/cases"

#: What can be asked for as missing; what stands there instead is sealed.
MISSING: dict[Missing, str] = {
    Missing.DONATION_DAY: "the day of donation",
    Missing.TRANSPLANT_DAY: "the day of transplant",
    Missing.DAY: "a day that a letter waits for",
    Missing.CONSENT: "what a side says about letters",
    Missing.PATIENT_NUMBER: "the patient’s own number",
}

Ids = Annotated[list[str], Query(default_factory=list)]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for."""

    case: Ids
    clinic: Ids
    donor: str = ""
    patient: str = ""
    missing: str = ""
    page: str = ""

    @property
    def wanted(self) -> CaseFilter:
        """The filter."""
        return CaseFilter(
            case_ids=as_case_ids(self.case),
            clinic_ids=as_clinic_ids(self.clinic),
            donor_country=as_country(self.donor),
            patient_country=as_country(self.patient),
            missing=as_missing(self.missing),
        )

    def path(self, number: int) -> str:
        """The address of another page of the same list; codes and ids only."""
        return list_path(self.wanted, number)


def list_path(wanted: CaseFilter, number: int = 1) -> str:
    """The address of a page of the cases that the filter wants."""
    told = {
        "case": wanted.case_ids,
        "clinic": wanted.clinic_ids,
        "donor": wanted.donor_country,
        "patient": wanted.patient_country,
        "missing": wanted.missing,
        "page": number if number > 1 else None,
    }
    codes = {key: one for key, one in told.items() if one}
    return _HERE + (f"?{urlencode(codes, doseq=True)}" if codes else "")


@read.get("/review/cases")
def show_cases(
    request: Request, desk: TheDesk, who: Who, asked: Annotated[Asked, Depends()]
) -> Response:
    """The case register, in the order of its ids."""
    shown = actions.cases_page(
        desk, who.person, wanted=asked.wanted, number=page_number(asked.page)
    )
    return page(
        request,
        "cases.html",
        who,
        shown=shown,
        asked=asked,
        missing=MISSING,
        may_save=may_save_cases(who.person),
    )


@change.post("/review/cases/find")
def find_cases(
    desk: TheDesk, who: Who, query: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Find cases by id, number or clinic; one case is shown at once."""
    found = actions.search_cases(desk, who.person, query=query)
    if len(found.case_ids) == 1:
        return go(f"{_HERE}/{found.case_ids[0]}")
    if not found.is_set and query.strip():
        return go(f"{_HERE}?said=no-case-found")
    return go(list_path(found))
