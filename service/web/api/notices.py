"""
`GET /v1/letters/{id}/notices`: what the writer of a letter is told, for whoever posted it.

Contract: a client gets the notices of its own letters only; fetching them notes that they left.
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from service.actions import collect_notices
from service.store.notices import StoredNotice
from service.web.api.keys import Client
from service.web.api.schemas import LetterNotices, problems
from service.web.security import TheDesk

router = APIRouter(prefix="/v1", tags=["letters"])


@router.get(
    "/letters/{letter_id}/notices",
    response_model=LetterNotices,
    responses=problems(404, 422),
)
def get_notices(desk: TheDesk, client: Client, letter_id: str) -> JSONResponse:
    """The texts for the writer: that the letter came, was passed on, or why it comes back."""
    found = collect_notices(desk, client=client.name, letter_id=letter_id)
    return JSONResponse({"id": letter_id, "notices": [_notice(one) for one in found]})


def _notice(one: StoredNotice) -> dict[str, Any]:
    return {
        "id": one.notice_id,
        "kind": one.kind.value,
        "language": one.language,
        "text": one.text,
        "made_at": one.made_at.isoformat(),
    }
