"""
The audit trail for reading: all of it, filtered, or what happened to one letter; and as a table.

Contract: events hold ids, codes and digests; nothing on these pages comes from a letter. In an
address stand codes, and ids that the trail names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request
from fastapi.responses import Response

from service import actions
from service.actions.views import HistoryEvent
from service.web.review.pages import go, letter_path, page
from service.web.review.routing import TheDesk, Who, changing, reading
from service.web.review.words import event_name
from service.workflow.audit import AuditAction
from service.workflow.paging import page_number
from service.workflow.trail import (
    TrailFilter,
    as_action,
    as_case_id,
    as_day,
    as_letter_id,
    end_of_day,
    start_of_day,
)

read = reading()
change = changing()

_HERE = "/review/audit"


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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; whatever is no code, id or day asks for nothing."""

    action: str = ""
    who: str = ""
    letter: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    page: str = ""

    def wanted(self, zone: tzinfo) -> TrailFilter:
        """The filter; its days are those of this time zone."""
        return TrailFilter(
            action=as_action(self.action),
            actor=self.who or None,
            letter_id=as_letter_id(self.letter),
            case_id=as_case_id(self.case),
            since=start_of_day(as_day(self.since), zone),
            until=end_of_day(as_day(self.until), zone),
        )

    def of_codes(self, wanted: TrailFilter) -> "Asked":
        """The same without what is no code; `wanted` is what was really asked."""
        since, until = as_day(self.since), as_day(self.until)
        return replace(
            self,
            action=wanted.action or "",
            who=wanted.actor or "",
            letter=wanted.letter_id or "",
            case=wanted.case_id or "",
            since=since.isoformat() if since else "",
            until=until.isoformat() if until else "",
        )

    def path(self, number: int) -> str:
        """The address of another page of the same list."""
        return self._path(_HERE, page=str(number))

    @property
    def table_path(self) -> str:
        """The address of the same list as a table."""
        return self._path(f"{_HERE}.csv")

    def _path(self, path: str, **more: str) -> str:
        names = ("action", "who", "letter", "case", "since", "until")
        told = {name: getattr(self, name) for name in names} | more
        codes = {name: code for name, code in told.items() if code}
        return path + (f"?{urlencode(codes)}" if codes else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLetter:
    """The pages of the history of one letter."""

    letter_id: str

    def path(self, number: int) -> str:
        """The address of another page."""
        return letter_path(self.letter_id, "/audit", page=number)


@read.get("/review/audit")
def show_audit(
    request: Request, desk: TheDesk, who: Who, asked: Annotated[Asked, Depends()]
) -> Response:
    """What happened, newest first."""
    zone = desk.settings.zone
    shown = actions.audit_page(
        desk, who.person, wanted=asked.wanted(zone), number=page_number(asked.page)
    )
    return page(
        request,
        "audit.html",
        who,
        entries=entries(shown.events),
        shown=shown,
        asked=asked.of_codes(shown.wanted),
        actions=_named_actions(),
        zone=zone.key,
        letter_id=None,
    )


@read.get("/review/audit.csv")
def download_audit(desk: TheDesk, who: Who, asked: Annotated[Asked, Depends()]) -> Response:
    """The same entries as a table, of all pages."""
    wanted = asked.wanted(desk.settings.zone)
    return Response(
        # a byte order mark, so that spreadsheets read it as UTF-8
        "\ufeff" + actions.audit_csv(desk, who.person, wanted=wanted),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


@change.post("/review/audit/find")
def find_in_audit(
    desk: TheDesk, who: Who, query: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Find what happened to a letter or a case."""
    found = actions.find_in_trail(desk, who.person, query=query)
    if found.letter_id:
        return go(f"{_HERE}?letter={found.letter_id}")
    if found.case_id:
        return go(f"{_HERE}?case={found.case_id}")
    if not query.strip():
        return go(_HERE)
    return go(f"{_HERE}?said=" + ("several-letters" if found.several else "not-in-trail"))


@read.get("/review/letters/{letter_id}/audit")
def show_letter_audit(
    request: Request,
    desk: TheDesk,
    who: Who,
    letter_id: str,
    number: Annotated[str, Query(alias="page")] = "",
) -> Response:
    """What happened to one letter, newest first."""
    wanted = TrailFilter(letter_id=letter_id)
    shown = actions.audit_page(desk, who.person, wanted=wanted, number=page_number(number))
    return page(
        request,
        "audit.html",
        who,
        entries=entries(shown.events),
        shown=shown,
        asked=OfLetter(letter_id=letter_id),
        letter_id=letter_id,
    )


def _named_actions() -> tuple[tuple[str, str], ...]:
    """Every action with its words, in the order of the words."""
    named = ((action.value, event_name(action.value)) for action in AuditAction)
    return tuple(sorted(named, key=lambda one: one[1].casefold()))
