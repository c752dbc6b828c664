"""
The audit trail for reading: all of it, or what happened to one letter.

Contract: events hold ids, codes and digests; nothing on these pages comes from a letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from service import actions
from service.actions.views import HistoryEvent
from service.web.review.pages import page
from service.web.review.routing import TheDesk, Who, reading
from service.workflow.audit import AuditAction

read = reading()

PAGE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event, or the same person opening the same letter several times in a row."""

    event: HistoryEvent
    times: int = 1

    @property
    def numbers(self) -> str:
        """The number of the event, or the first and the last of them."""
        last = self.event.seq
        return str(last) if self.times == 1 else f"{last - self.times + 1}–{last}"


def entries(events: Sequence[HistoryEvent]) -> tuple[Entry, ...]:
    """The events, newest first, with repeated opening folded into one line."""
    folded: list[Entry] = []
    for event in events:
        before = folded[-1] if folded else None
        if before and _repeats(before, event):
            folded[-1] = Entry(event=before.event, times=before.times + 1)
        else:
            folded.append(Entry(event=event))
    return tuple(folded)


def _repeats(before: Entry, event: HistoryEvent) -> bool:
    """True for the directly preceding event of the trail, when it is the same opening."""
    last = before.event
    return (
        event.action == last.action == AuditAction.LETTER_OPENED
        and (event.actor, event.letter_id) == (last.actor, last.letter_id)
        and event.seq == last.seq - before.times
    )


@read.get("/review/audit")
def show_audit(request: Request, desk: TheDesk, who: Who, before: int | None = None) -> Response:
    """Everything that happened, newest first."""
    events = actions.list_audit(desk, who.person, before=before, limit=PAGE_LENGTH)
    older = events[-1].seq if len(events) == PAGE_LENGTH else None
    return page(request, "audit.html", who, entries=entries(events), letter_id=None, older=older)


@read.get("/review/letters/{letter_id}/audit")
def show_letter_audit(
    request: Request, desk: TheDesk, who: Who, letter_id: str, before: int | None = None
) -> Response:
    """What happened to one letter, newest first."""
    events = actions.list_audit(
        desk, who.person, letter_id=letter_id, before=before, limit=PAGE_LENGTH
    )
    older = events[-1].seq if len(events) == PAGE_LENGTH else None
    return page(
        request, "audit.html", who, entries=entries(events), letter_id=letter_id, older=older
    )
