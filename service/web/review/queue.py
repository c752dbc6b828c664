"""
Step 8: the queue page with its tabs, and claiming the next letter.

Contract: rows carry no letter text; the counts on the tabs are those of the store.
"""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from service import actions
from service.actions.desk import Desk
from service.actions.views import QueueItem
from service.web.review.pages import go, letter_path, page, start_of
from service.web.review.routing import TheDesk, Who, changing, reading
from service.workflow.errors import IllegalTransition, StaleVersion
from service.workflow.people import Person, may_review
from service.workflow.states import LetterState as S

read = reading()
change = changing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A part of the queue, and what to say when it is empty."""

    key: str
    name: str
    states: frozenset[S] | None
    empty_heading: str
    empty_advice: str
    mine: bool = False

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
        key="hold",
        name="On hold",
        states=frozenset({S.ON_HOLD, S.HELD_FAULT}),
        empty_heading="Nothing is on hold",
        empty_advice="Letters with an open question wait here, with the reason.",
    ),
    Tab(
        key="allocation",
        name="Allocation",
        states=frozenset({S.HELD_ALLOCATION}),
        empty_heading="Every letter has found its case",
        empty_advice="Letters with a missing, doubled or unknown donor number wait here.",
    ),
    Tab(
        key="rules",
        name="Rules",
        states=frozenset({S.HELD_EXCHANGE}),
        empty_heading="No letter is held by the rules of the exchange",
        empty_advice="Letters that are too early, too many, or between sides whose rule nobody "
        "has told wait here. They go on by themselves as soon as the rules let them.",
    ),
    Tab(
        key="language",
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


@read.get("/review")
def show_queue(request: Request, desk: TheDesk, who: Who, tab: str = "free") -> Response:
    """The queue, oldest letter first; what is over, latest first."""
    chosen = next((one for one in TABS if one.key == tab), TABS[0])
    rows = _rows(desk, who.person, chosen)
    free = _rows(desk, who.person, TABS[0])
    tabs = _counted(desk, who.person)
    counts = {str(one["key"]): int(one["count"]) for one in tabs}
    return page(
        request,
        "queue.html",
        who,
        tab=chosen,
        tabs=tabs,
        rows=rows,
        count=counts[chosen.key],
        free=counts["free"],
        oldest=free[0].received_at if free else None,
        may_review=may_review(who.person),
    )


@change.post("/review/claim")
def claim_next(desk: TheDesk, who: Who) -> Response:
    """Take the oldest free letter; when a colleague is quicker, the next one."""
    for row in _rows(desk, who.person, TABS[0]):
        try:
            actions.claim_letter(desk, who.person, letter_id=row.letter_id, version=row.version)
        except (StaleVersion, IllegalTransition):
            continue
        return go(letter_path(row.letter_id, said="claimed"))
    return go("/review?said=nothing-free")


def _rows(desk: Desk, person: Person, tab: Tab) -> tuple[QueueItem, ...]:
    return actions.list_queue(
        desk, person, states=tab.states, mine=tab.mine, latest_first=tab.is_past
    )


def _counted(desk: Desk, person: Person) -> list[dict[str, str | int]]:
    by_state = actions.count_letters(desk, person).by_state
    counted: list[dict[str, str | int]] = []
    for tab in TABS:
        states = tab.states or frozenset(S)
        count = sum(by_state.get(state, 0) for state in states)
        if tab.mine:
            count = len(_rows(desk, person, tab))
        counted.append({"key": tab.key, "name": tab.name, "count": count})
    return counted
