"""
Choosing the language of the pages: a form in the frame of every page, signed in or not.

Contract: what is kept is one of our codes, in a cookie of this browser; the answer leads back to a
page of ours only. The form needs no session: `OwnOrigin` refuses what another site sends.
"""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from service.web.language.choice import LANGUAGES
from service.web.review.pages import go
from service.web.review.routing import TheDesk, reading
from service.web.security import set_language_cookie
from service.workflow.errors import BadRequest

read = reading()

_LONGEST = 2000


@read.post("/language")
def choose_language(
    desk: TheDesk,
    code: Annotated[str, Form(max_length=10)] = "",
    back: Annotated[str, Form(max_length=_LONGEST)] = "/",
) -> Response:
    """Keep the choice and go back."""
    if code not in LANGUAGES:
        message = "There is no such language."
        raise BadRequest(message)
    response = go(back if is_ours(back) else "/")
    set_language_cookie(response, code, secure=desk.settings.secure_cookies)
    return response


def is_ours(path: str) -> bool:
    """True for a path on this host; browsers read a second slash as the start of another host."""
    return (
        path.isascii() and path.isprintable() and path[:1] == "/" and path[1:2] not in {"/", "\\"}
    )
