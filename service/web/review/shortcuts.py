"""
The page on which a person changes their keys. They hold for the account, in every browser.

Contract: whatever cannot be kept changes nothing; the page comes back with what was typed and the
reason.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service.actions.shortcuts import change_keys, keys_of, reset_keys
from service.web.review.pages import go, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.shortcut_words import SHORTCUTS
from service.web.security import SignedIn
from service.workflow.errors import BadRequest
from service.workflow.shortcuts import DEFAULT_KEYS, Shortcut

read = reading()
change = changing()

_PATH = "/review/account/keys"
#: A sign and what belongs to it; more is no key.
_LONGEST = 8


async def typed_keys(request: Request) -> Mapping[Shortcut, str]:
    """The field of every action; one that is missing is empty, so that no key is made up."""
    form = await request.form()
    values = {action: form.get(action.value) for action in Shortcut}
    return {
        action: value[:_LONGEST] if isinstance(value, str) else ""
        for action, value in values.items()
    }


@read.get(_PATH)
def show_own_keys(request: Request, desk: TheDesk, who: Who) -> Response:
    """Every key and what it does."""
    return _keys_page(request, who, keys_of(desk, who.person))


@change.post(_PATH)
def change_own_keys(
    request: Request,
    desk: TheDesk,
    who: Who,
    typed: Annotated[Mapping[Shortcut, str], Depends(typed_keys)],
) -> Response:
    """Keep the keys."""
    try:
        change_keys(desk, who.person, typed)
    except BadRequest as refused:
        return _keys_page(request, who, typed, problem=refused.reason)
    return go(f"{_PATH}?said=shortcuts-saved")


@change.post(f"{_PATH}/reset")
def reset_own_keys(desk: TheDesk, who: Who) -> Response:
    """Bring the usual keys back."""
    reset_keys(desk, who.person)
    return go(f"{_PATH}?said=shortcuts-reset")


def _keys_page(
    request: Request,
    who: SignedIn,
    typed: Mapping[Shortcut, str],
    *,
    problem: str | None = None,
) -> Response:
    rows = [
        (action.value, words, typed.get(action, ""), DEFAULT_KEYS[action])
        for action, words in SHORTCUTS.items()
    ]
    return page(
        request,
        "shortcuts.html",
        who,
        status=422 if problem else 200,
        rows=rows,
        changed=dict(typed) != dict(DEFAULT_KEYS),
        problem=problem,
    )
