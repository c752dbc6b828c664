"""
The cases of the register on the pages: their import, and one case with its pathway and its clock.

Contract: for coordinators. What is wrong is said above the form, with everything typed kept; a
case that a colleague changed meanwhile is shown as it is now, and nothing is saved. Who donor and
patient are is masked, but for the one answer to somebody who said why they look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request, UploadFile
from fastapi.responses import Response

from anonymizer.cases import ALL_COLUMNS, COLUMNS, case_list_template
from anonymizer.model import Deliverability, LetterConsent
from service import actions
from service.actions.identities import (
    ShownIdentities,
    list_looks,
    may_show_identities,
    show_identities,
)
from service.actions.views import CaseView
from service.web.review.case_forms import CaseForm, CourseForm, IdentitiesForm, typed_of
from service.web.review.detail_words import VIEW_REASONS
from service.web.review.pages import Message, go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.words import case_words
from service.workflow.errors import (
    BadImport,
    BadRequest,
    CaseConflict,
    ServiceError,
    StaleVersion,
)
from service.workflow.identities import Words, as_view_reason
from service.workflow.people import check_may_save_cases

read = reading()
change = changing()

_ONCE = "Shown on this page only. The audit trail says that you looked, and why."
_LEFT_OUT = (
    "Shown on this page only. The audit trail says that you looked, and why. Your own words were "
    "not kept: they name somebody, or hold a number."
)
#: What is said above the identities.
_SHOWN: dict[Words, Message] = {
    Words.NONE: Message(text=_ONCE),
    Words.KEPT: Message(text=_ONCE),
    Words.LEFT_OUT: Message(text=_LEFT_OUT, tone="care"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What the page of a case shows besides the case: what was refused, or what was asked for."""

    refused: ServiceError | None = None
    base: CaseView | None = None
    typed: Mapping[str, str] | None = field(default=None, repr=False)
    asked: IdentitiesForm | None = None
    identities: ShownIdentities | None = None


FIRST = Again()


@read.get("/review/cases/new")
def new_case(request: Request, who: Who) -> Response:
    """An empty case form."""
    check_may_save_cases(who.person)
    return page(request, "case_new.html", who, case=None, problems=())


@read.get("/review/cases/import")
def show_import(request: Request, who: Who) -> Response:
    """The form to bring in a file of cases."""
    check_may_save_cases(who.person)
    return _import_page(request, who, problems=(), status=200)


@read.get("/review/cases/template")
def download_template(who: Who) -> Response:
    """An empty case list with every column and one invented case."""
    check_may_save_cases(who.person)
    return Response(
        # a byte order mark, so that spreadsheets read it as UTF-8
        "\ufeff" + case_list_template(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cases-template.csv"'},
    )


@change.post("/review/cases/import")
def import_cases(request: Request, desk: TheDesk, who: Who, file: UploadFile) -> Response:
    """Bring in a file of cases: all of it or nothing."""
    content = file.file.read()
    try:
        actions.import_cases(desk, who.person, content=content, file_name="cases.csv")
    except BadImport as refused:
        return _import_page(request, who, problems=refused.problems, status=422)
    return go("/review/cases?said=imported")


@read.get("/review/cases/{case_id}")
def show_case(request: Request, desk: TheDesk, who: Who, case_id: str) -> Response:
    """One case: its pathway, its clock, and the forms to change it."""
    return _case_page(request, desk, who, case_id)


@change.post("/review/cases")
def save_case(
    request: Request, desk: TheDesk, who: Who, form: Annotated[CaseForm, Depends()]
) -> Response:
    """Save who belongs to a case."""
    case = form.case()
    try:
        actions.save_case(desk, who.person, case=case)
    except StaleVersion:
        return go(f"/review/cases/{case.case_id}?said=case-stale")
    except (BadRequest, BadImport, CaseConflict) as refused:
        if case.version:
            return _case_page(request, desk, who, case.case_id, Again(refused=refused, base=case))
        told = _told(refused)
        return page(request, "case_new.html", who, status=422, case=case, problems=told)
    return go(f"/review/cases/{case.case_id}?said=saved")


@change.post("/review/cases/{case_id}/course")
def save_course(
    request: Request,
    desk: TheDesk,
    who: Who,
    case_id: str,
    form: Annotated[CourseForm, Depends()],
) -> Response:
    """Save days, consents and numbers of a case."""
    try:
        actions.change_case_cells(
            desk, who.person, case_id=case_id, version=form.version, cells=form.cells()
        )
    except StaleVersion:
        return go(f"/review/cases/{case_id}?said=case-stale")
    except BadImport as refused:
        return _case_page(request, desk, who, case_id, Again(refused=refused, typed=form.typed))
    return go(f"/review/cases/{case_id}?said=saved")


@change.post("/review/cases/{case_id}/identities")
def show_case_identities(
    request: Request,
    desk: TheDesk,
    who: Who,
    case_id: str,
    form: Annotated[IdentitiesForm, Depends()],
) -> Response:
    """The case once with its identities, for whoever says why; this answer has no address."""
    try:
        shown = show_identities(
            desk, who.person, case_id=case_id, reason=as_view_reason(form.reason), words=form.own
        )
    except BadRequest as refused:
        return _case_page(request, desk, who, case_id, Again(refused=refused, asked=form))
    return _case_page(request, desk, who, case_id, Again(identities=shown))


def _import_page(request: Request, who: Who, *, problems: tuple[str, ...], status: int) -> Response:
    return page(
        request,
        "cases_import.html",
        who,
        status=status,
        problems=problems,
        needed=COLUMNS,
        optional=ALL_COLUMNS[len(COLUMNS) :],
    )


def _case_page(
    request: Request, desk: TheDesk, who: Who, case_id: str, again: Again = FIRST
) -> Response:
    identities, asked = again.identities, again.asked
    person = who.person
    shown = identities.page if identities else actions.open_case_page(desk, person, case_id=case_id)
    return page(
        request,
        "case.html",
        who,
        status=422 if again.refused else 200,
        shown=shown,
        identities=identities,
        asked=asked or IdentitiesForm(),
        asks_again=asked is not None,
        may_show=may_show_identities(person),
        looks=list_looks(desk, person, case_id=case_id),
        view_reasons=VIEW_REASONS,
        message=_SHOWN[identities.words] if identities else None,
        thread=actions.open_thread(desk, person, case_id=case_id),
        contact=actions.open_contact(desk, person, case_id=case_id),
        case=again.base or shown.case,
        typed=again.typed or typed_of(shown.case),
        problems=_told(again.refused) if again.refused else (),
        consents=tuple(LetterConsent),
        deliveries=tuple(Deliverability),
    )


def _told(refused: ServiceError) -> tuple[str, ...]:
    """The sentences of a refusal, in the words of the form."""
    return tuple(case_words(sentence) for sentence in refused.reason.splitlines())
