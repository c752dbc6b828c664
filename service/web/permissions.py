"""
What every route needs: the permission of `service.workflow.people`, or that it is open to all.

Contract: a route that is not in this table makes the start of the service fail, and is refused
should it be asked all the same. The actions ask the same permissions again, with the letter at
hand; this table refuses before anything of a request is read.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from service.workflow.errors import NotAllowed, ServiceError
from service.workflow.people import Permission


class Open(Enum):
    """A route that needs no permission, and why."""

    TO_ALL = "it tells nothing, or is the way to sign in"
    TO_SIGNED_IN = "it shows what the signed-in person is there for anyway"


OPEN, SIGNED_IN = Open.TO_ALL, Open.TO_SIGNED_IN
Need = Permission | Open
_P = Permission

_LETTER = "/review/letters/{letter_id}"
_CASE = "/review/cases/{case_id}"

#: Method and path of every route, and what it needs.
ROUTES: dict[tuple[str, str], Need] = {
    # signing in and out
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-in/provider"): OPEN,
    ("GET", "/sign-in/provider/return"): OPEN,
    ("GET", "/sign-in/{token}"): OPEN,
    ("POST", "/sign-in/{token}"): OPEN,
    ("POST", "/sign-out"): SIGNED_IN,
    ("POST", "/language"): OPEN,
    ("GET", "/"): SIGNED_IN,
    # one's own account
    ("GET", "/review/account"): _P.KEEP_OWN_ACCOUNT,
    ("POST", "/review/account"): _P.KEEP_OWN_ACCOUNT,
    ("POST", "/review/account/sessions"): _P.KEEP_OWN_ACCOUNT,
    ("GET", "/review/account/keys"): _P.KEEP_OWN_ACCOUNT,
    ("POST", "/review/account/keys"): _P.KEEP_OWN_ACCOUNT,
    ("POST", "/review/account/keys/reset"): _P.KEEP_OWN_ACCOUNT,
    # people and keys
    ("GET", "/review/people"): _P.MANAGE_PEOPLE,
    ("POST", "/review/people"): _P.MANAGE_PEOPLE,
    ("POST", "/review/people/{person_id}"): _P.MANAGE_PEOPLE,
    ("POST", "/review/people/{person_id}/link"): _P.MANAGE_PEOPLE,
    ("GET", "/review/keys"): _P.MANAGE_KEYS,
    ("POST", "/review/keys"): _P.MANAGE_KEYS,
    ("POST", "/review/keys/{key_id}/rotate"): _P.MANAGE_KEYS,
    ("POST", "/review/keys/{key_id}/revoke"): _P.MANAGE_KEYS,
    ("POST", "/review/webhooks/{delivery_id}/retry"): _P.MANAGE_KEYS,
    # the queue and one letter
    ("GET", "/review"): _P.SEE_QUEUE,
    ("POST", "/review/search"): _P.READ_LETTERS,
    ("GET", "/review/found"): _P.READ_LETTERS,
    ("POST", "/review/claim"): _P.REVIEW,
    ("GET", "/review/insight"): _P.SEE_INSIGHT,
    ("GET", "/review/insight.csv"): _P.SEE_INSIGHT,
    ("GET", _LETTER): _P.READ_LETTERS,
    ("GET", f"{_LETTER}/final"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/decide"): _P.REVIEW,
    ("POST", f"{_LETTER}/accept"): _P.REVIEW,
    ("POST", f"{_LETTER}/mark"): _P.REVIEW,
    ("POST", f"{_LETTER}/resize"): _P.REVIEW,
    ("POST", f"{_LETTER}/undo"): _P.REVIEW,
    ("POST", f"{_LETTER}/redo"): _P.REVIEW,
    ("POST", f"{_LETTER}/claim"): _P.REVIEW,
    ("POST", f"{_LETTER}/draft"): _P.REVIEW,
    ("POST", f"{_LETTER}/release"): _P.REVIEW,
    ("POST", f"{_LETTER}/approve"): _P.REVIEW,
    ("POST", f"{_LETTER}/hold"): _P.REVIEW,
    ("POST", f"{_LETTER}/senior"): _P.REVIEW,
    ("GET", f"{_LETTER}/readings"): _P.REVIEW,
    ("POST", f"{_LETTER}/readings"): _P.REVIEW,
    ("POST", f"{_LETTER}/readings/again"): _P.REVIEW,
    ("POST", f"{_LETTER}/notes"): _P.WRITE_NOTES,
    ("POST", f"{_LETTER}/urgent"): _P.SET_PRIORITY,
    ("POST", f"{_LETTER}/reopen"): _P.REOPEN,
    ("POST", f"{_LETTER}/language"): _P.RESOLVE_LANGUAGE,
    ("POST", f"{_LETTER}/rules/check"): _P.DECIDE_EXCHANGE,
    ("POST", f"{_LETTER}/rules/release"): _P.DECIDE_EXCHANGE,
    ("POST", f"{_LETTER}/rules/hold"): _P.REVIEW,
    ("POST", f"{_LETTER}/translation"): _P.RESOLVE_LANGUAGE,
    ("GET", f"{_LETTER}/return"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/return"): _P.REOPEN,
    ("GET", f"{_LETTER}/notices"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/notices"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/notices/given"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/receipt"): _P.SEE_WAITING,
    ("GET", f"{_LETTER}/transcription"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/transcription"): _P.TRANSCRIBE,
    ("POST", f"{_LETTER}/transcription/note"): _P.WRITE_NOTES,
    ("GET", f"{_LETTER}/pages/{{number}}"): _P.READ_LETTERS,
    ("GET", f"{_LETTER}/pictures/{{number}}"): _P.READ_LETTERS,
    ("GET", f"{_LETTER}/pictures/{{number}}/made"): _P.READ_LETTERS,
    ("POST", f"{_LETTER}/pictures/{{number}}/make"): _P.REVIEW,
    ("POST", f"{_LETTER}/pictures/{{number}}/approve"): _P.REVIEW,
    ("POST", f"{_LETTER}/pictures/{{number}}/withdraw"): _P.REVIEW,
    ("GET", f"{_LETTER}/audit"): _P.SEE_AUDIT,
    ("GET", "/review/new"): _P.UPLOAD,
    ("POST", "/review/new"): _P.UPLOAD,
    # coordination
    ("GET", "/review/allocation"): _P.ALLOCATE,
    ("POST", "/review/allocation/find"): _P.ALLOCATE,
    ("POST", "/review/allocation/{letter_id}"): _P.ALLOCATE,
    ("GET", "/review/dispatch"): _P.SEE_QUEUE,
    ("POST", "/review/dispatch/stop"): _P.STOP_SENDING,
    ("POST", "/review/dispatch/resume"): _P.STOP_SENDING,
    ("GET", "/review/endpoints"): _P.KEEP_ENDPOINTS,
    ("POST", "/review/endpoints"): _P.KEEP_ENDPOINTS,
    ("POST", "/review/endpoints/{endpoint_id}/confirm"): _P.KEEP_ENDPOINTS,
    ("POST", "/review/endpoints/{endpoint_id}/withdraw"): _P.KEEP_ENDPOINTS,
    ("POST", "/review/endpoints/{endpoint_id}/answer"): _P.KEEP_ENDPOINTS,
    ("POST", "/review/endpoints/{endpoint_id}/ask"): _P.KEEP_ENDPOINTS,
    ("GET", "/review/settings"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/find"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/try"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/words"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/words/{change_id}/take-off"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/words/{change_id}/confirm"): _P.KEEP_SETTINGS,
    ("POST", "/review/settings/words/{change_id}/withdraw"): _P.KEEP_SETTINGS,
    ("GET", "/review/waiting"): _P.SEE_WAITING,
    ("GET", "/review/cases"): _P.ALLOCATE,
    ("POST", "/review/cases/find"): _P.ALLOCATE,
    ("POST", "/review/cases"): _P.SAVE_CASES,
    ("GET", "/review/cases/new"): _P.SAVE_CASES,
    ("GET", "/review/cases/import"): _P.SAVE_CASES,
    ("POST", "/review/cases/import"): _P.SAVE_CASES,
    ("GET", "/review/cases/template"): _P.SAVE_CASES,
    ("GET", _CASE): _P.ALLOCATE,
    ("POST", f"{_CASE}/course"): _P.SAVE_CASES,
    ("POST", f"{_CASE}/identities"): _P.SHOW_IDENTITIES,
    ("POST", f"{_CASE}/release/propose"): _P.RELEASE_IDENTITIES,
    ("POST", f"{_CASE}/release/confirm"): _P.RELEASE_IDENTITIES,
    ("POST", f"{_CASE}/release/withdraw"): _P.RELEASE_IDENTITIES,
    ("GET", f"{_CASE}/copies"): _P.COPY_FOR_SUBJECT,
    ("POST", f"{_CASE}/copies"): _P.COPY_FOR_SUBJECT,
    ("POST", f"{_CASE}/copies/{{copy_id}}/confirm"): _P.COPY_FOR_SUBJECT,
    ("POST", f"{_CASE}/copies/{{copy_id}}/withdraw"): _P.COPY_FOR_SUBJECT,
    ("POST", f"{_CASE}/copies/{{copy_id}}/fetch"): _P.COPY_FOR_SUBJECT,
    ("GET", "/review/audit"): _P.SEE_AUDIT,
    ("GET", "/review/audit.csv"): _P.SEE_AUDIT,
    ("POST", "/review/audit/find"): _P.SEE_AUDIT,
    # the interface of registry systems
    ("POST", "/v1/redactions"): _P.TRY_REDACTION,
    ("POST", "/v1/letters"): _P.WRITE_LETTERS,
    ("GET", "/v1/letters/{letter_id}"): _P.SEE_STATUS,
    ("GET", "/v1/letters/{letter_id}/notices"): _P.COLLECT_NOTICES,
    ("GET", "/v1/openapi.json"): SIGNED_IN,
    ("GET", "/health/live"): OPEN,
    ("GET", "/health/ready"): OPEN,
    # the token of the monitoring, and no session or API key
    ("GET", "/health/metrics"): _P.SEE_FIGURES,
}


#: Steps that cannot be taken back easily: whoever takes them has shown lately who they are.
#: What makes things safer (stopping, revoking, withdrawing) is never held up by that.
PROVED: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/review/people"),
        ("POST", "/review/people/{person_id}"),
        ("POST", "/review/people/{person_id}/link"),
        ("POST", "/review/keys"),
        ("POST", "/review/keys/{key_id}/rotate"),
        ("POST", f"{_LETTER}/rules/release"),
        ("POST", "/review/dispatch/resume"),
        ("POST", "/review/endpoints"),
        ("POST", "/review/endpoints/{endpoint_id}/confirm"),
        ("POST", "/review/endpoints/{endpoint_id}/answer"),
        ("POST", "/review/settings/words/{change_id}/confirm"),
        ("POST", f"{_CASE}/release/propose"),
        ("POST", f"{_CASE}/release/confirm"),
        ("POST", f"{_CASE}/copies"),
        ("POST", f"{_CASE}/copies/{{copy_id}}/confirm"),
        ("POST", f"{_CASE}/copies/{{copy_id}}/fetch"),
    }
)


class UndeclaredRoute(ServiceError):
    """A route does not say what it needs."""


def routes_of(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Every route, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        included = getattr(route, "original_router", None)
        yield from routes_of(getattr(included, "routes", ()))


def check_every_route_is_declared(routes: Iterable[Any]) -> None:
    """Raise `UndeclaredRoute` for a route without an entry in the table."""
    for route in routes_of(routes):
        for method in sorted(route.methods or ()):
            if (method, route.path) not in ROUTES:
                message = (
                    f"{method} {route.path} does not say who may use it. "
                    "Add it to ROUTES in service/web/permissions.py."
                )
                raise UndeclaredRoute(message)


def needs_proof(request: Request) -> bool:
    """True for a step before which somebody shows again who they are."""
    route = request.scope.get("route")
    return (request.method, getattr(route, "path", "")) in PROVED


def need_of(request: Request) -> Need:
    """What the route of this request needs; one that is not in the table is refused."""
    route = request.scope.get("route")
    need = ROUTES.get((request.method, getattr(route, "path", "")))
    if need is None:
        message = "This page is not open to anybody."
        raise NotAllowed(message)
    return need
