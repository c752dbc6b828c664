"""The pages of four eyes, of notes and of the queue, over HTTP: what a person sees and sends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from service import actions
from service.actions import Desk
from service.actions.queueing import count_passed_on
from service.app import create_app
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    PLAIN_LETTER,
    add,
    bring_in,
    claimed,
    drafted,
    make_desk,
    state_of,
    version_of,
    view,
    work_all,
)
from tests.web.actors import Actor, browser, signed_in_actor

TOWN = f"Dear friend, Anna from Ebeltoft says thank you.\nDonor number {NUMBER}"


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A person at a browser without JavaScript."""

    web: httpx.Client
    actor: Actor

    @property
    def person(self) -> Person:
        """Who sits here."""
        assert self.actor.person is not None
        return self.actor.person

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._ask("GET", path)

    def send(self, path: str, form: Mapping[str, str] | None = None) -> httpx.Response:
        """A form."""
        return self._ask("POST", path, {"csrf_token": self.actor.csrf, **(form or {})})

    def _ask(self, method: str, path: str, data: Mapping[str, str] | None = None) -> httpx.Response:
        self.web.cookies.clear()
        cookie = {"Cookie": f"session={self.actor.cookies['session']}"}
        return self.web.request(method, path, headers=cookie, data=data)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on which every letter is read twice."""
    made = make_desk(tmp_path_factory.mktemp("two"), second_reader_always=True)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def seats(desk: Desk) -> Iterator[Mapping[str, Seat]]:
    """Two proofreaders, a senior and a coordinator."""
    app = create_app(desk.settings, desk=desk, work=False)
    with browser(app) as web:
        roles = (Role.PROOFREADER, Role.SENIOR, Role.COORDINATOR)
        yield {role.value: Seat(web=web, actor=signed_in_actor(desk, role)) for role in roles}


@pytest.fixture
def first(seats: Mapping[str, Seat]) -> Seat:
    """The proofreader."""
    return seats["proofreader"]


@pytest.fixture
def second(seats: Mapping[str, Seat]) -> Seat:
    """The senior."""
    return seats["senior"]


def approve(desk: Desk, seat: Seat, letter_id: str) -> str:
    """Approve as the form would; where that leads."""
    seen = view(desk, seat.person, letter_id)
    form = {"version": str(seen.version), "digest": seen.digest or "", "read_it": "true"}
    return seat.send(f"/review/letters/{letter_id}/approve", form).headers["location"]


def take(desk: Desk, seat: Seat, letter_id: str) -> None:
    """Claim by the form."""
    version = str(version_of(desk, letter_id))
    seat.send(f"/review/letters/{letter_id}/claim", {"version": version})


def test_two_people_settle_a_letter_without_javascript(
    desk: Desk, first: Seat, second: Seat
) -> None:
    """From the first reading to the outbox, by forms alone."""
    letter_id = drafted(desk, TOWN)
    path = f"/review/letters/{letter_id}"
    assert "Every letter is read twice here." in first.get(path).text
    take(desk, first, letter_id)
    mark = {"version": str(version_of(desk, letter_id)), "words": "Ebeltoft", "kind": "PLACE"}
    first.send(f"{path}/mark", mark)
    assert "Give it to a second reader" in first.get(f"{path}/final").text
    assert approve(desk, first, letter_id) == "/review?said=read-first"

    assert "You were the first reader" not in second.get(path).text
    take(desk, second, letter_id)
    shown = second.get(path).text
    assert "It begins with the machine" not in shown
    assert "shows nothing of the first one" in shown
    assert "[place]" not in shown
    assert approve(desk, second, letter_id) == f"{path}/readings?said=differs"

    page = second.get(f"{path}/readings").text
    assert "1 difference" in page
    assert "readable for the other side" in page
    version = str(version_of(desk, letter_id))
    refused = second.send(f"{path}/readings", {"version": version})
    assert refused.status_code == 422
    settled = second.send(f"{path}/readings", {"version": version, "choice-1": "first"})
    assert settled.headers["location"] == f"{path}/final?said=settled"
    assert "Ebeltoft" not in second.get(f"{path}/final").text
    assert approve(desk, second, letter_id) == "/review?said=approved"
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED


def test_a_double_click_hands_a_letter_on_once(desk: Desk, first: Seat) -> None:
    """The second click says the same as the first, and is nobody's second reading."""
    letter_id = drafted(desk, TOWN)
    take(desk, first, letter_id)
    seen = view(desk, first.person, letter_id)
    form = {"version": str(seen.version), "digest": seen.digest or "", "read_it": "true"}
    answers = [first.send(f"/review/letters/{letter_id}/approve", form) for _ in range(3)]
    assert {one.headers["location"] for one in answers} == {"/review?said=read-first"}
    assert state_of(desk, letter_id) is LetterState.SECOND_READING


def test_whoever_did_not_read_sees_no_differences(desk: Desk, first: Seat, second: Seat) -> None:
    """The first reader least of all."""
    letter_id = drafted(desk, TOWN)
    take(desk, first, letter_id)
    approve(desk, first, letter_id)
    answer = first.get(f"/review/letters/{letter_id}/readings")
    assert answer.status_code == 409
    assert "Ebeltoft" not in answer.text
    assert second.get(f"/review/letters/{letter_id}/readings").status_code == 409


def test_passing_to_a_senior_needs_a_reason(desk: Desk, first: Seat, second: Seat) -> None:
    """And shows it to the senior."""
    letter_id = claimed(desk, first.person, PLAIN_LETTER)
    path = f"/review/letters/{letter_id}"
    assert "Pass to a senior" in first.get(path).text
    version = str(version_of(desk, letter_id))
    assert first.send(f"{path}/senior", {"version": version}).status_code == 422
    first.send(f"{path}/senior", {"version": version, "own": "Please look at the twins."})
    assert "Please look at the twins" in second.get(path).text
    assert "For a senior" in second.get("/review").text


def test_a_senior_sees_on_every_page_what_was_passed_on(
    desk: Desk, first: Seat, second: Seat, seats: Mapping[str, Seat]
) -> None:
    """As a number beside Letters and a tab of their own; others have neither."""
    before = count_passed_on(desk, second.person)
    letter_id = claimed(desk, first.person, PLAIN_LETTER)
    form = {"version": str(version_of(desk, letter_id)), "own": "Please look at the twins."}
    first.send(f"/review/letters/{letter_id}/senior", form)
    told = f'>{before + 1}<span class="unseen"> passed to a senior proofreader</span>'
    for path in ("/review/account", "/review/insight", "/review"):
        assert told in second.get(path).text
    tab = second.get("/review?tab=senior").text
    assert f'For seniors <span class="count">{before + 1}</span>' in tab
    assert f'href="/review/letters/{letter_id}"' in tab
    for other in (first, seats["coordinator"]):
        page = other.get("/review").text
        assert "passed to a senior proofreader" not in page
        assert "tab=senior" not in page
    take(desk, second, letter_id)
    assert told not in second.get("/review/account").text


def test_what_was_passed_on_is_counted_once_for_a_page(second: Seat) -> None:
    """The tab and the navigation share the answer; whoever is no senior asks nothing."""
    with passed_on_counted() as asked:
        second.get("/review/account")
    assert len(asked) == 1
    with passed_on_counted() as asked:
        second.get("/review?tab=mine")
    assert len(asked) == 1


@contextmanager
def passed_on_counted() -> Iterator[list[str]]:
    """Every count of letters for seniors that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "count(*)" in statement and "for_senior IS 1" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_note_is_shown_to_colleagues_and_escaped(desk: Desk, first: Seat, second: Seat) -> None:
    """Whatever stands in it."""
    letter_id = drafted(desk, PLAIN_LETTER)
    path = f"/review/letters/{letter_id}"
    sent = first.send(f"{path}/notes", {"text": "Ask <b>Cora</b> & the centre"})
    assert sent.headers["location"] == f"{path}?said=noted"
    assert "Ask &lt;b&gt;Cora&lt;/b&gt; &amp; the centre" in second.get(path).text
    assert first.send(f"{path}/notes", {"text": "  "}).status_code == 422
    assert first.send(f"{path}/notes", {"text": "x" * 2001}).status_code == 422


def test_urgent_letters_come_first(desk: Desk, first: Seat) -> None:
    """In the list and for whoever asks for the next one."""
    drafted(desk, PLAIN_LETTER)
    later = drafted(desk, PLAIN_LETTER)
    version = str(version_of(desk, later))
    first.send(f"/review/letters/{later}/urgent", {"version": version, "urgent": "yes"})
    assert actions.next_for(desk, first.person)[0].letter_id == later
    assert first.get("/review?tab=free").text.index(later) > 0
    assert "! Urgent" in first.get("/review?tab=free").text
    assert first.send("/review/claim").headers["location"].startswith(f"/review/letters/{later}")


# Searching


@pytest.mark.parametrize("query", [NUMBER, f" {NUMBER[:4]} {NUMBER[4:]} ", "C-1"])
def test_a_search_leads_to_letters_and_says_nothing_in_the_address(
    desk: Desk, first: Seat, query: str
) -> None:
    """The number is in no address and in no line of the trail."""
    wanted = {drafted(desk, PLAIN_LETTER), drafted(desk, PLAIN_LETTER)}
    where = first.send("/review/search", {"query": query}).headers["location"]
    assert where.startswith("/review/found?ids=")
    assert NUMBER not in where
    assert "C-1" not in where
    assert wanted <= set(where.partition("=")[2].split(","))
    page = first.get(where).text
    assert all(letter_id in page for letter_id in wanted)
    assert NUMBER not in page


def test_a_letter_without_a_case_is_found_by_its_cover(desk: Desk, first: Seat) -> None:
    """A single letter opens at once."""
    letter_id = bring_in(desk, "Dear friend.", cover_number="DKM0009999")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.HELD_ALLOCATION
    answer = first.send("/review/search", {"query": "DKM 0009999"})
    assert answer.headers["location"] == f"/review/letters/{letter_id}"


@pytest.mark.parametrize("query", ["nobody", "C-", NUMBER[:-1]])
def test_a_search_is_exact(first: Seat, query: str) -> None:
    """A part of a number finds nothing."""
    answer = first.send("/review/search", {"query": query})
    assert answer.headers["location"] == "/review?said=nothing-found"


def test_a_search_for_nothing_is_refused(first: Seat) -> None:
    """With what to type."""
    assert first.send("/review/search", {"query": " "}).status_code == 422


def test_an_address_with_other_things_than_ids_finds_nothing(first: Seat) -> None:
    """Nor does it break."""
    assert "No letter was found" in first.get("/review/found?ids=a,b,../x,%3Cb%3E").text


# Filters, pages, insight


def test_counts_and_rows_are_of_the_same_letters(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Over two pages, with and without a filter, every letter once."""
    desk = make_desk(tmp_path_factory.mktemp("many"))
    reader = add(desk, "Rita")
    german = {drafted(desk, f"GERMAN {PLAIN_LETTER}") for _ in range(3)}
    english = {drafted(desk, PLAIN_LETTER) for _ in range(52)}
    every = actions.QueueScope(states=frozenset(LetterState))
    pages = [actions.queue_page(desk, reader, every, number=number) for number in (1, 2)]
    assert [len(one.rows) for one in pages] == [50, 5]
    assert {row.letter_id for one in pages for row in one.rows} == german | english
    only = actions.queue_page(desk, reader, every, wanted=actions.QueueFilter(language="de"))
    assert (only.count, {row.letter_id for row in only.rows}) == (3, german)
    held = actions.queue_page(desk, reader, every, wanted=actions.QueueFilter(hold="wrong"))
    assert {row.letter_id for row in held.rows} == german
    old = actions.queue_page(desk, reader, every, wanted=actions.QueueFilter(days=1))
    assert (old.count, old.rows) == (0, ())
    assert actions.queue_page(desk, reader, every, number=99).number == 2
    desk.database.close()


def test_insight_is_for_those_who_lead(seats: Mapping[str, Seat]) -> None:
    """As pictures and as a table."""
    assert seats["proofreader"].get("/review/insight").status_code == 403
    page = seats["coordinator"].get("/review/insight").text
    assert page.count('<svg class="chart"') == 4
    assert NUMBER not in page
    table = seats["coordinator"].get("/review/insight.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.startswith("measure,week,state,age,language,kind,value\n")
