"""
Every error as an answer, in one place: problem documents (RFC 9457) for the API, pages for people.

Contract: an answer is made of our own sentences only. Nothing of the request is repeated, neither
in a body nor in a header; FastAPI's own answer to an invalid request would quote the letter. One
exception: what a person typed into a form about a letter comes back to the same browser when the
session has ended meanwhile (`service.web.review.kept`), so that it is not lost.
"""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from anonymizer.errors import AnonymizerError, UnreadableInput
from service.actions.access import SignedIn
from service.actions.proving import Asked
from service.logs import get_logger
from service.workflow import errors

log = get_logger(__name__)

_STATUS: dict[type[errors.ServiceError], int] = {
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.StaleVersion: 409,
    errors.IllegalTransition: 409,
    errors.NotReady: 409,
    errors.CaseConflict: 409,
    errors.KeyInProgress: 409,
    errors.BadRequest: 422,
    errors.BadImport: 422,
    errors.KeyReused: 422,
    errors.TooLarge: 413,
    errors.DiskFull: 503,
    errors.KeyRefused: 401,
    errors.ProviderFailed: 403,
    errors.TooOften: 429,
}

_TITLES = {
    400: "The request is not valid",
    401: "No valid API key",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported kind of content",
    422: "The letter cannot be taken like this",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


_NO_DATABASE = (
    "The service cannot store or read anything at the moment. Nothing was taken in or changed. Try "
    "again in a few minutes, and tell whoever runs the service."
)


class NotSignedIn(errors.ServiceError):
    """Please sign in."""


class ProofAsked(errors.ServiceError):
    """Show first that it is you."""

    def __init__(self, who: SignedIn, asked: Asked, problem: str | None = None) -> None:
        super().__init__(problem)
        self.who = who
        self.asked = asked
        self.problem = problem


class HttpProblem(errors.ServiceError):
    """The request is not valid."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class FormExpired(HttpProblem):
    """The form has expired. Open the page again and repeat it."""

    def __init__(self) -> None:
        super().__init__(403, "The form has expired. Open the page again and repeat it.")


def problem(status: int, reason: str) -> JSONResponse:
    """A problem document."""
    title = _TITLES.get(status, "Error")
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "300"}}.get(status)
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": reason},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def add_error_handlers(app: FastAPI) -> None:
    """Every way a request can fail, answered by us."""
    app.add_exception_handler(errors.ServiceError, _service_error)
    app.add_exception_handler(ProofAsked, _proof_asked)
    app.add_exception_handler(errors.DatabaseTrouble, _no_database)
    app.add_exception_handler(AnonymizerError, _library_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)


def answer(request: Request, status: int, reason: str, problems: tuple[str, ...] = ()) -> Response:
    """A problem document for a program, a page for a person."""
    if is_api(request):
        return problem(status, reason)
    if request.url.path.startswith("/static"):
        return PlainTextResponse(reason, status_code=status)
    # the pages are handed in by the composition root: they import this module
    page: Response = request.app.state.error_page(request, status, reason, problems)
    return page


def is_api(request: Request) -> bool:
    """True where a program asks, not a person."""
    return request.url.path.startswith(("/v1/", "/health/")) or request.url.path == "/v1"


async def _service_error(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn | FormExpired) and not is_api(request):
        kept: Response | None = await request.app.state.kept_page(request)
        if kept is not None:
            return kept
    if isinstance(error, NotSignedIn) and not is_api(request):
        return RedirectResponse("/sign-in", status_code=303)
    if isinstance(error, HttpProblem):
        return answer(request, error.status, error.reason)
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    problems = error.problems if isinstance(error, errors.BadImport) else ()
    if status == 500 or not isinstance(error, errors.ServiceError):
        log.error("request.failed", exc_info=error)
        return answer(request, 500, "Something went wrong in the service.")
    response = answer(request, status, error.reason, problems)
    if isinstance(error, errors.TooOften):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


async def _proof_asked(request: Request, error: Exception) -> Response:
    # a page that carries on what was typed: into hidden fields, for the same session
    page: Response = request.app.state.proof_page(request, error)
    return page


async def _no_database(request: Request, error: Exception) -> Response:
    # what is wrong is for whoever runs the service; others learn that it is not their fault
    log.error("database.failed", exc_info=error)
    if is_api(request):
        return problem(503, _NO_DATABASE)
    # our pages ask the database themselves: this one stands alone
    return PlainTextResponse(_NO_DATABASE, status_code=503, headers={"Retry-After": "60"})


async def _library_error(request: Request, error: Exception) -> Response:
    if isinstance(error, UnreadableInput):
        return answer(request, 422, str(error))
    log.error("request.failed", exc_info=error)
    return answer(request, 500, "The letter could not be processed.")


async def _invalid(request: Request, _error: Exception) -> Response:
    return answer(request, 422, "The request is not complete or not valid.")


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    reasons = {
        404: "There is nothing under this address.",
        405: "This address does not take this method.",
        400: "The request could not be read.",
    }
    response = answer(request, status, reasons.get(status, "The request could not be answered."))
    allow = (error.headers or {}).get("Allow") if isinstance(error, HTTPException) else None
    if allow:
        response.headers["Allow"] = allow
    return response
