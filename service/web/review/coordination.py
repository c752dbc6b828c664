"""
Step 2 by hand: the allocation desk, the cases, and the list of dispatches.

Contract: for coordinators; donor numbers are shown here because comparing them is the work.
"""

from typing import Annotated

from fastapi import Depends, Request, UploadFile
from fastapi.responses import Response

from service import actions
from service.web.review.desk_forms import Allocation, CaseForm, as_direction
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.words import case_words
from service.workflow.errors import BadImport, BadRequest, CaseConflict, StaleVersion
from service.workflow.people import check_may_save_cases, may_save_cases
from service.workflow.states import LetterState as S

read = reading()
change = changing()

ALLOCATION_REASONS = (
    "The number on the cover is right",
    "The number in the letter is right, mistyped by a digit",
    "The registry confirmed the case",
)


@read.get("/review/allocation")
def show_allocation(request: Request, desk: TheDesk, who: Who, find: str = "") -> Response:
    """Letters without a certain case, each with the numbers seen and the cases that come near."""
    items = actions.list_allocation(desk, who.person)
    found = actions.find_cases(desk, who.person, query=find.strip()) if find.strip() else ()
    return page(
        request,
        "allocation.html",
        who,
        items=items,
        find=find,
        found=found,
        reasons=ALLOCATION_REASONS,
    )


@change.post("/review/allocation/{letter_id}")
def allocate(
    desk: TheDesk, who: Who, letter_id: str, form: Annotated[Allocation, Depends()]
) -> Response:
    """Say which case a letter belongs to, and why."""
    try:
        actions.allocate_letter(
            desk,
            who.person,
            letter_id=letter_id,
            version=form.version,
            case_id=form.case,
            reason=form.why,
            direction=as_direction(form.direction),
        )
    except StaleVersion:
        return go("/review/allocation?said=stale")
    return go("/review/allocation?said=allocated")


@read.get("/review/cases")
def show_cases(request: Request, desk: TheDesk, who: Who) -> Response:
    """The case register."""
    cases = actions.list_cases(desk, who.person)
    return page(request, "cases.html", who, cases=cases, may_save=may_save_cases(who.person))


@read.get("/review/cases/new")
def new_case(request: Request, who: Who) -> Response:
    """An empty case form."""
    check_may_save_cases(who.person)
    return page(request, "case.html", who, case=None, problem=None)


@read.get("/review/cases/import")
def show_import(request: Request, who: Who) -> Response:
    """The form to bring in a file of cases."""
    check_may_save_cases(who.person)
    return page(request, "cases_import.html", who, problems=())


@change.post("/review/cases/import")
def import_cases(request: Request, desk: TheDesk, who: Who, file: UploadFile) -> Response:
    """Bring in a file of cases: all of it or nothing."""
    content = file.file.read()
    try:
        actions.import_cases(desk, who.person, content=content, file_name="cases.csv")
    except BadImport as refused:
        return page(request, "cases_import.html", who, status=422, problems=refused.problems)
    return go("/review/cases?said=imported")


@read.get("/review/cases/{case_id}")
def show_case(request: Request, desk: TheDesk, who: Who, case_id: str) -> Response:
    """One case, to look at or to change."""
    case = actions.open_case(desk, who.person, case_id=case_id)
    return page(request, "case.html", who, case=case, problem=None)


@change.post("/review/cases")
def save_case(
    request: Request, desk: TheDesk, who: Who, form: Annotated[CaseForm, Depends()]
) -> Response:
    """Save a case; what is wrong is said above the form, with everything typed kept."""
    case = form.case()
    try:
        actions.save_case(desk, who.person, case=case)
    except (BadRequest, BadImport, CaseConflict) as refused:
        problem = case_words(refused.reason)
        return page(request, "case.html", who, status=422, case=case, problem=problem)
    return go("/review/cases?said=saved")


@read.get("/review/dispatch")
def show_dispatch(request: Request, desk: TheDesk, who: Who) -> Response:
    """What waits to be sent, what could not be sent, and what was sent."""
    rows = actions.list_queue(
        desk, who.person, states=frozenset({S.APPROVED, S.DISPATCH_FAILED, S.DISPATCHED})
    )
    latest = sorted(rows, key=lambda row: row.changed_at, reverse=True)
    return page(request, "dispatch.html", who, rows=latest, failed=S.DISPATCH_FAILED)
