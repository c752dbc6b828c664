"""
What a person typed about a letter while their session ended: the page gives it back to send again.

Contract: for forms about letters only, never those with passwords; it goes back to the browser that
sent it and is stored nowhere. Sent again, it is checked like any form: the session, its token, and
the version of the letter that was on the screen. A page that was given back before signing in has
no token; sent by its own button after signing in, it goes on by itself, where the browser says that
our own page sent it. Without scripts that is a second press, and the page says so: a form without
the token of its session is never acted on.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import re2
from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from service.web.problems import NotSignedIn
from service.web.review.pages import page
from service.web.security import SignedIn, get_desk, signed_in

_FORMS = re2.compile(r"/review/(?:letters/[0-9a-f]{32}/[a-z/0-9]+|new)")
_TOKEN = "csrf_token"  # noqa: S105 - the name of a field
#: Sent along by the button of the page itself, never handed on.
_AGAIN = "sent_again"

#: What sending a form does, by the end of its address.
_DEEDS = {
    "notes": "Keeps this note with the letter.",
    "note": "Keeps the note with the letter, and shows the transcription again to be saved.",
    "mark": "Marks these words in the letter and takes them out.",
    "decide": "Decides about this passage of the letter.",
    "accept": "Decides about the suggestions of the letter.",
    "resize": "Moves the edges of this passage of the letter.",
    "hold": "Puts the letter on hold for this reason.",
    "senior": "Passes the letter to a senior proofreader for this reason.",
    "return": "Returns the letter to its writer with this text.",
    "reopen": "Puts the letter back on its way for this reason.",
    "language": "Lets the letter go on as it is written for this reason.",
    "translation": "Puts this translation in the letter’s place.",
    "transcription": "Saves this transcription of the letter.",
    "new": "Takes this letter in.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A field of the form; what reads like a sentence is shown to be changed."""

    name: str
    value: str = field(repr=False)

    @property
    def is_text(self) -> bool:
        """True for what a person wrote; codes, ids and digests have no spaces."""
        return any(sign.isspace() for sign in self.value.strip())


async def kept_page(request: Request) -> Response | None:
    """The page with what was typed; None where there is nothing to keep."""
    if request.method != "POST" or not _FORMS.fullmatch(request.url.path):
        return None
    try:
        fields = tuple([one async for one in _fields(request)])
    except HTTPException:
        return None
    if not any(one.is_text for one in fields):
        return None
    who = _who(request)
    again = any(one.name == _AGAIN for one in fields)
    path = request.url.path
    return page(
        request,
        "kept.html",
        who,
        status=403,
        action=path,
        deed=_DEEDS.get(path.rpartition("/")[2], "Sends the form of the letter page once more."),
        fields=tuple(one for one in fields if one.name != _AGAIN),
        again=_AGAIN,
        pressed=again,
        goes_on=bool(who and again and request.headers.get("sec-fetch-site") == "same-origin"),
    )


async def _fields(request: Request) -> AsyncIterator[Typed]:
    form = await request.form(max_files=10, max_fields=2000)
    for name, value in form.multi_items():
        if name != _TOKEN and isinstance(value, str):
            yield Typed(name=name, value=value)


def _who(request: Request) -> SignedIn | None:
    try:
        return signed_in(request, get_desk(request))
    except NotSignedIn:
        return None
