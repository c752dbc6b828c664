"""
API keys of registry systems, and the status words that could not be delivered to them.

Contract: for administrators. A key is shown once, on the answer to the form that made it.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service.actions.desk import Desk
from service.actions.keys import LONGEST_LIFE_DAYS, add_key, all_keys, end_key, rotate_key
from service.actions.webhooks import list_undelivered, send_again
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.security import SignedIn
from service.workflow.errors import BadRequest, NotFound
from service.workflow.people import SCOPES, Permission

read = reading()
change = changing()


@dataclass(frozen=True, kw_only=True)
class KeyForm:
    """The key that is wanted."""

    scopes: Annotated[list[str], Form(default_factory=list)]
    client: Annotated[str, Form(max_length=100)] = ""
    days: Annotated[int, Form()] = LONGEST_LIFE_DAYS
    addresses: Annotated[str, Form(max_length=500)] = ""


@read.get("/review/keys")
def show_keys(request: Request, desk: TheDesk, who: Who) -> Response:
    """Every key, and what could not be delivered."""
    return _keys_page(request, desk, who)


@change.post("/review/keys")
def add(request: Request, desk: TheDesk, who: Who, form: Annotated[KeyForm, Depends()]) -> Response:
    """Make a key and show it."""
    try:
        key = add_key(
            desk,
            who.person,
            client=form.client,
            scopes=as_scopes(form.scopes),
            days=form.days,
            addresses=form.addresses.replace(",", " ").split(),
        )
    except BadRequest as refused:
        return _keys_page(request, desk, who, problem=refused.reason)
    return _keys_page(request, desk, who, key=key)


@change.post("/review/keys/{key_id}/rotate")
def rotate(request: Request, desk: TheDesk, who: Who, key_id: str) -> Response:
    """Make the key that follows this one and show it."""
    try:
        key = rotate_key(desk, who.person, key_id=key_id)
    except (BadRequest, NotFound) as refused:
        return _keys_page(request, desk, who, problem=refused.reason)
    return _keys_page(request, desk, who, key=key)


@change.post("/review/keys/{key_id}/revoke")
def revoke(desk: TheDesk, who: Who, key_id: str) -> Response:
    """The key opens nothing from now on."""
    end_key(desk, who.person, key_id=key_id)
    return go("/review/keys?said=key-revoked")


@change.post("/review/webhooks/{delivery_id}/retry")
def retry(desk: TheDesk, who: Who, delivery_id: str) -> Response:
    """Send a status word again that was given up."""
    send_again(desk, who.person, delivery_id=delivery_id)
    return go("/review/keys?said=webhook-retried")


def as_scopes(codes: list[str]) -> frozenset[Permission]:
    """Scopes from a form or the command line."""
    try:
        return frozenset(map(Permission, codes))
    except ValueError:
        message = "There is no such scope."
        raise BadRequest(message) from None


def _keys_page(
    request: Request,
    desk: Desk,
    who: SignedIn,
    *,
    key: str | None = None,
    problem: str | None = None,
) -> Response:
    listeners = {name: urlsplit(one.address).netloc for name, one in desk.listeners.items()}
    return page(
        request,
        "keys.html",
        who,
        status=422 if problem else 200,
        keys=all_keys(desk, who.person),
        now=desk.now(),
        scopes=SCOPES,
        days=LONGEST_LIFE_DAYS,
        listeners=listeners,
        undelivered=list_undelivered(desk, who.person),
        key=key,
        problem=problem,
    )
