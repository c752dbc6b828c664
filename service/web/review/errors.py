"""
Pages for what cannot be done. They say why and what to do next, and never repeat what was sent.

Contract: `error_page` is called by the composition root for every `ServiceError` and for the last
resort; the reason is a sentence of ours.
"""

import re

from fastapi import Request
from fastapi.responses import Response

from service.actions.proving import ways_to_prove
from service.web.problems import ProofAsked
from service.web.review.pages import letter_path, page

_HEADINGS: dict[int, tuple[str, str]] = {
    400: ("The form could not be read", "Go back and try once more."),
    403: ("This is not yours to do", "If you think it should be, ask your administrator."),
    404: ("There is nothing here", "Start again from the beginning."),
    405: ("This page cannot be opened like that", "Start again from the beginning."),
    409: ("Not possible at the moment", "Nothing was changed."),
    413: ("Too large", "Nothing was taken in."),
    422: ("Something is missing", "Go back, complete the form and send it again."),
    429: ("Too many tries", "Wait a little, then try again."),
    503: ("Not possible at the moment", "Your work so far is safe."),
    500: ("Something went wrong here", "Nothing was sent. Tell your administrator the time."),
}

_LETTER = re.compile(r"^/review/letters/([0-9a-f]{32})(?:/|$)")


def proof_page(request: Request, asked: ProofAsked) -> Response:
    """The page that asks somebody to show that it is them, and then does what they asked for."""
    desk = request.app.state.desk
    return page(
        request,
        "proof.html",
        asked.who,
        status=403,
        asked=asked.asked,
        problem=asked.problem,
        ways=ways_to_prove(desk, asked.who),
        minutes=desk.settings.proof_s // 60,
    )


def error_page(
    request: Request, status: int, reason: str, problems: tuple[str, ...] = ()
) -> Response:
    """A page that says what could not be done and why."""
    heading, advice = _HEADINGS.get(status, _HEADINGS[500])
    found = _LETTER.match(request.url.path)
    return page(
        request,
        "error.html",
        status=status,
        heading=heading,
        sentence=reason,
        advice=advice,
        problems=problems,
        letter_href=letter_path(found.group(1)) if found and status in {409, 422} else None,
    )
