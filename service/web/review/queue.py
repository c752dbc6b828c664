"""
Step 8: the queue page with its tabs and filters, the search, and claiming the next letter.

Contract: rows carry no letter text; the counts on the tabs are those of the store. What was
searched for never stands in an address: the answer is addressed by the ids of letters.
"""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

import re2
from fastapi import Depends, Form, Request
from fastapi.responses import Response

from service import actions
from service.actions.desk import Desk
from service.web.review.desk_forms import as_direction
from service.web.review.pages import go, letter_path, page, passed_on_count, start_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import IllegalTransition, NotAllowed, StaleVersion
from service.workflow.paging import page_number
from service.workflow.people import Permission, Person, may, may_review
from service.workflow.queue import QueueFilter, QueueScope, as_code
from service.workflow.states import LetterState as S

read = reading()
change = changing()

_LETTER_ID = re2.compile(r"^[0-9a-f]{32}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A part of the queue, and what to say when it is empty."""

    key: str
    name: str
    states: frozenset[S] | None
    empty_heading: str
    empty_advice: str
    mine: bool = False
    within: str | None = None
    """The key of the tab that it is a part of."""
    passed_on: bool = False
    """True for what only seniors take."""

    @property
    def one_state(self) -> bool:
        """True when the state needs no column."""
        return self.states is not None and len(self.states) == 1

    @property
    def is_past(self) -> bool:
        """True when its letters wait for nobody: no owner, and a day in place of a waiting time."""
        return self.states is not None and self.states <= {S.DISPATCHED, S.RETURNED}


TABS: tuple[Tab, ...] = (
    Tab(
        key="free",
        name="Free",
        states=frozenset({S.READY}),
        empty_heading="No letter is waiting",
        empty_advice="Load the page again later. What is left open stands under On hold.",
    ),
    Tab(
        key="mine",
        name="Mine",
        states=frozenset({S.IN_REVIEW}),
        empty_heading="You have no letter at the moment",
        empty_advice="Press “Claim next letter” to get the oldest free one.",
        mine=True,
    ),
    Tab(
        key="review",
        name="In review",
        states=frozenset({S.IN_REVIEW}),
        empty_heading="Nobody works on a letter",
        empty_advice="Claimed letters are listed here with the colleague who reads them.",
    ),
    Tab(
        key="second",
        name="Second reading",
        states=frozenset({S.SECOND_READING}),
        empty_heading="No letter waits for a second reader",
        empty_advice="Letters that two people have to read wait here after the first reading.",
    ),
    Tab(
        key="senior",
        name="For seniors",
        states=frozenset({S.READY, S.SECOND_READING}),
        empty_heading="No letter was passed to a senior",
        empty_advice="Letters that colleagues pass on wait here until a senior takes them.",
        passed_on=True,
    ),
    Tab(
        key="held",
        name="Held",
        states=frozenset(
            {
                S.ON_HOLD,
                S.HELD_FAULT,
                S.HELD_TRANSCRIPTION,
                S.HELD_ALLOCATION,
                S.HELD_EXCHANGE,
                S.HELD_LANGUAGE,
            }
        ),
        empty_heading="No letter is held",
        empty_advice="Letters that wait for somebody else stand here, with the reason.",
    ),
    Tab(
        key="hold",
        within="held",
        name="On hold",
        states=frozenset({S.ON_HOLD, S.HELD_FAULT}),
        empty_heading="Nothing is on hold",
        empty_advice="Letters with an open question wait here, with the reason.",
    ),
    Tab(
        key="transcribe",
        within="held",
        name="Transcribe",
        states=frozenset({S.HELD_TRANSCRIPTION}),
        empty_heading="No scan waits to be typed",
        empty_advice="Handwriting and poor scans wait here until a person has typed them.",
    ),
    Tab(
        key="allocation",
        within="held",
        name="Allocation",
        states=frozenset({S.HELD_ALLOCATION}),
        empty_heading="Every letter has found its case",
        empty_advice="Letters with a missing, doubled or unknown donor number wait here.",
    ),
    Tab(
        key="rules",
        within="held",
        name="Rules",
        states=frozenset({S.HELD_EXCHANGE}),
        empty_heading="No letter is held by the rules of the exchange",
        empty_advice="Letters that are too early, too many, or between sides whose rule nobody "
        "has told wait here. They go on by themselves as soon as the rules let them.",
    ),
    Tab(
        key="language",
        within="held",
        name="Language",
        states=frozenset({S.HELD_LANGUAGE}),
        empty_heading="Every letter is in a language that its reader’s side admits",
        empty_advice="Letters in another language wait here for a decision.",
    ),
    Tab(
        key="waiting",
        name="Waiting for dispatch",
        states=frozenset({S.APPROVED, S.DISPATCH_FAILED}),
        empty_heading="Nothing waits for dispatch",
        empty_advice="Approved letters pass through here within seconds.",
    ),
    Tab(
        key="sent",
        name="Sent",
        states=frozenset({S.DISPATCHED}),
        empty_heading="No letter was sent yet",
        empty_advice="Letters appear here once they lie in the folder of their recipient.",
    ),
    Tab(
        key="returned",
        name="Returned",
        states=frozenset({S.RETURNED}),
        empty_heading="No letter went back to its writer",
        empty_advice="Letters that you return are listed here with the reason.",
    ),
    Tab(
        key="all",
        name="All",
        states=frozenset(S),
        empty_heading="There are no letters yet",
        empty_advice="They come in from the registry, or by hand under “Bring in”.",
    ),
)


@read.get("/")
def home(who: Who) -> Response:
    """The address without a path leads to what the person is here for."""
    return go(start_of(who.person))


#: Letters that came in at least so many days ago.
AGES = (1, 3, 7, 14, 30)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; whatever is no code asks for nothing."""

    tab: str = "free"
    direction: str = ""
    writer: str = ""
    reader: str = ""
    language: str = ""
    hold: str = ""
    days: str = ""
    page: str = ""

    @property
    def wanted(self) -> QueueFilter:
        """The filter."""
        return QueueFilter(
            direction=as_direction(self.direction),
            writer_country=as_code(self.writer),
            reader_country=as_code(self.reader),
            language=as_code(self.language),
            hold=as_code(self.hold),
            days=next((one for one in AGES if str(one) == self.days), None),
        )

    @property
    def number(self) -> int:
        """Which page."""
        return page_number(self.page)

    def path(self, number: int) -> str:
        """The address of another page of the same list; codes only."""
        wanted = self.wanted
        told = {
            "tab": self.tab,
            "direction": wanted.direction,
            "writer": wanted.writer_country,
            "reader": wanted.reader_country,
            "language": wanted.language,
            "hold": wanted.hold,
            "days": wanted.days,
            "page": number,
        }
        return "/review?" + urlencode({key: one for key, one in told.items() if one is not None})


@read.get("/review")
def show_queue(
    request: Request, desk: TheDesk, who: Who, asked: Annotated[Asked, Depends()]
) -> Response:
    """The queue, urgent and oldest letters first; what is over, latest first."""
    chosen = next((one for one in TABS if one.key == asked.tab), TABS[0])
    asked = replace(asked, tab=chosen.key)
    shown = actions.queue_page(
        desk,
        who.person,
        _scope(chosen, who.person),
        wanted=asked.wanted,
        number=asked.number,
        latest_first=chosen.is_past,
    )
    review = may_review(who.person)
    free = actions.count_next(desk, who.person) if review else 0
    oldest = actions.next_for(desk, who.person, limit=1) if review else ()
    return page(
        request,
        "queue.html",
        who,
        tab=chosen,
        tabs=_counted(desk, who.person, passed_on_count(request, desk, who.person)),
        shown=shown,
        asked=asked,
        ages=AGES,
        free=free,
        oldest=oldest[0].received_at if oldest else None,
        may_review=review,
    )


@change.post("/review/search")
def search(desk: TheDesk, who: Who, query: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Find letters by a number or case id; the result is addressed by the letters' own ids."""
    ids = actions.search_letters(desk, who.person, query=query)
    if not ids:
        return go("/review?said=nothing-found")
    if len(ids) == 1:
        return go(letter_path(ids[0]))
    return go("/review/found?ids=" + ",".join(ids))


@read.get("/review/found")
def show_found(request: Request, desk: TheDesk, who: Who, ids: str = "") -> Response:
    """The letters with these ids."""
    wanted = tuple(one for one in ids.split(",") if _LETTER_ID.match(one))
    rows = actions.letters_found(desk, who.person, ids=wanted)
    return page(request, "found.html", who, rows=rows, most=actions.MOST_FOUND)


@change.post("/review/claim")
def claim_next(desk: TheDesk, who: Who) -> Response:
    """Take the letter whose turn it is."""
    letter_id = claim_one(desk, who.person)
    return go(letter_path(letter_id, said="claimed") if letter_id else "/review?said=nothing-free")


def claim_one(desk: Desk, person: Person) -> str | None:
    """The letter whose turn it is, claimed; when a colleague is quicker, the one after it."""
    for row in actions.next_for(desk, person):
        try:
            actions.claim_letter(desk, person, letter_id=row.letter_id, version=row.version)
        except (StaleVersion, IllegalTransition, NotAllowed):
            continue
        return row.letter_id
    return None


def _scope(tab: Tab, person: Person) -> QueueScope:
    return QueueScope(
        states=tab.states or frozenset(S),
        claimed_by=person.person_id if tab.mine else None,
        passed_on=tab.passed_on,
    )


def _counted(desk: Desk, person: Person, passed_on: int) -> list[dict[str, str | int | None]]:
    by_state = actions.count_letters(desk, person).by_state
    mine = actions.count_mine(desk, person)

    def count(tab: Tab) -> int:
        if tab.mine or tab.passed_on:
            return mine if tab.mine else passed_on
        return sum(by_state.get(state, 0) for state in tab.states or frozenset(S))

    senior = may(person, Permission.READ_PASSED_ON)
    shown = [tab for tab in TABS if senior or not tab.passed_on]
    return [
        {"key": tab.key, "name": tab.name, "within": tab.within, "count": count(tab)}
        for tab in shown
    ]
