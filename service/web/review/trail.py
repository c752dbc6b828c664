"""
The audit trail for reading: all of it, or what happened to one letter.

Contract: events hold ids, codes and digests; nothing on these pages comes from a letter.
"""

from fastapi import Request
from fastapi.responses import Response

from service import actions
from service.web.review.pages import page
from service.web.review.routing import TheDesk, Who, reading

read = reading()

PAGE_LENGTH = 100


@read.get("/review/audit")
def show_audit(request: Request, desk: TheDesk, who: Who, before: int | None = None) -> Response:
    """Everything that happened, newest first."""
    events = actions.list_audit(desk, who.person, before=before, limit=PAGE_LENGTH)
    older = events[-1].seq if len(events) == PAGE_LENGTH else None
    return page(request, "audit.html", who, events=events, letter_id=None, older=older)


@read.get("/review/letters/{letter_id}/audit")
def show_letter_audit(
    request: Request, desk: TheDesk, who: Who, letter_id: str, before: int | None = None
) -> Response:
    """What happened to one letter, newest first."""
    events = actions.list_audit(
        desk, who.person, letter_id=letter_id, before=before, limit=PAGE_LENGTH
    )
    older = events[-1].seq if len(events) == PAGE_LENGTH else None
    return page(request, "audit.html", who, events=events, letter_id=letter_id, older=older)
