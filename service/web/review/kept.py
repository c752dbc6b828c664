"""
What a person typed about a letter while their session ended: the page gives it back to send again.

Contract: for forms about letters only, never those with passwords; it goes back to the browser that
sent it and is stored nowhere. Sent again, it is checked like any form: the session, its token, and
the version of the letter that was on the screen.
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
    return page(request, "kept.html", who, status=403, action=request.url.path, fields=fields)


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
