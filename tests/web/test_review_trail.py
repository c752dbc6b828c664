"""The audit trail for reading: filters leave the others out, and nothing opens wider."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from service import actions
from service.actions import Desk
from service.actions import trail as trail_actions
from service.actions.access import OPERATOR, add_person
from service.app import create_app
from service.store.audit import append_event
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import NotAllowed
from service.workflow.people import Role
from service.workflow.spreadsheet import plain_cell
from tests.factories import LETTER, add, claimed, clock_of, drafted, make_desk
from tests.integration.server import served
from tests.web.actors import MARK, Actor, signed_in_actor

HERE = "/review/audit"
House = tuple[str, dict[Role, Actor]]


@pytest.fixture(scope="module")
def letters(desk: Desk) -> tuple[str, str]:
    """One letter that Anna claimed, and the day after one that nobody has."""
    anna = add(desk, "Anna Proof")
    first = claimed(desk, anna, f"{MARK} {LETTER}")
    version = actions.open_case(desk, OPERATOR, case_id="C-2").version
    actions.change_case_cells(
        desk,
        OPERATOR,
        case_id="C-2",
        version=version,
        cells={"patient_reference": "NEW-4711"},
    )
    clock_of(desk).forward(days=1)
    return first, drafted(desk, LETTER)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the small pipeline."""
    made = make_desk(tmp_path_factory.mktemp("trail"), session_idle_s=86_400 * 7)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def house(desk: Desk, letters: tuple[str, str]) -> Iterator[House]:
    """The pages over HTTP, with everybody of the staff."""
    assert letters
    roles = (Role.AUDITOR, Role.SENIOR, Role.COORDINATOR, Role.PROOFREADER, Role.ADMIN)
    actors = {role: signed_in_actor(desk, role) for role in roles}
    with served(create_app(desk.settings, desk=desk, work=False)) as url:
        yield url, actors


def ask(house: House, path: str, role: Role = Role.AUDITOR, /, **query: str) -> httpx.Response:
    """Open a page as this person."""
    url, actors = house
    cookies = dict(actors[role].cookies)
    return httpx.get(f"{url}{path}", params=query, cookies=cookies, timeout=30)


def find(house: House, query: str, role: Role = Role.AUDITOR) -> httpx.Response:
    """Send the search form; the answer is not followed."""
    url, actors = house
    return httpx.post(
        f"{url}{HERE}/find",
        data={"csrf_token": actors[role].csrf, "query": query},
        cookies=dict(actors[role].cookies),
        headers={"Origin": url},
        timeout=30,
    )


def table(house: House, **query: str) -> list[dict[str, str]]:
    """The entries as they are downloaded."""
    answer = ask(house, f"{HERE}.csv", **query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_latest_comes_first_and_the_count_is_that_of_the_trail(
    house: House, desk: Desk
) -> None:
    """Every event once, on the page and in the table."""
    number = actions.verify_audit(desk)[0]
    assert f"{number} entries" in ask(house, HERE).text
    numbers = [int(row["number"]) for row in table(house)]
    assert numbers == list(range(number, 0, -1))


def test_each_filter_leaves_the_others_out(house: House, letters: tuple[str, str]) -> None:
    """By what was done, by whom, about which letter and which case."""
    first, second = letters
    claims = table(house, action="letter.claimed")
    assert [(row["letter_id"], row["who"]) for row in claims] == [(first, "Anna Proof")]
    of_anna = table(house, who=claims[0]["who_id"])
    assert {row["who"] for row in of_anna} == {"Anna Proof"}
    assert {row["letter_id"] for row in table(house, letter=second)} == {second}
    (changed,) = table(house, case="C-2")
    assert (changed["action"], "case=C-2" in changed["details"]) == ("case.changed", True)
    # an id in other capitals is another id, on every database
    assert table(house, case="c-2") == []
    both = table(house, action="letter.claimed", letter=second)
    assert both == []


def test_days_are_those_of_the_registry_and_both_are_included(house: House, desk: Desk) -> None:
    """In Berlin the day begins an hour before that of the clocks in UTC."""
    zone = desk.settings.zone
    today = desk.now().astimezone(zone).date()
    yesterday = (today - timedelta(days=1)).isoformat()
    rows = table(house)
    early, late = table(house, until=yesterday), table(house, since=today.isoformat())
    assert early
    assert late
    assert len(early) + len(late) == len(rows)
    assert {row["at"][:10] for row in early} == {yesterday}
    assert table(house, since=yesterday, until=today.isoformat()) == rows
    assert table(house, since=today.isoformat(), until=yesterday) == []
    assert f"Days are those of {zone.key}" in ask(house, HERE).text


def test_another_page_and_the_table_keep_the_filter(
    house: House, desk: Desk, letters: tuple[str, str]
) -> None:
    """In their addresses stand codes and nothing else."""
    event = AuditEvent(at=desk.now(), actor="system", action=AuditAction.DATA_PURGED)
    with desk.database.writing() as tx:
        for _ in range(205):
            append_event(tx, event=event)
    first = ask(house, HERE, action="data.purged", who="system", since="2026-01-01").text
    assert "Page 1 of 3 · 205 entries, newest first" in first
    kept = "action=data.purged&amp;who=system&amp;since=2026-01-01"
    assert f'href="{HERE}?{kept}&amp;page=2"' in first
    assert f'href="{HERE}.csv?{kept}"' in first
    assert '<option value="data.purged" selected>' in first
    assert '<option value="system" selected>the service</option>' in first
    last = ask(house, HERE, action="data.purged", page="3").text
    assert last.count("erased what nobody needs any more</td>") == 5
    assert ">Next<" not in last
    assert letters[0][:8] not in last
    one = ask(house, f"/review/letters/{letters[0]}/audit").text
    assert "claimed the letter" in one
    assert "erased what nobody needs any more" not in one


def test_people_stand_there_by_name_and_ids_are_short(house: House, desk: Desk) -> None:
    """The whole id is in the title; whom an event is about is named as well."""
    new = add_person(desk, OPERATOR, name="Nora New", roles=frozenset({Role.PROOFREADER}))
    html = ask(house, HERE, action="person.added").text
    assert "added a person: <strong>Nora New</strong>" in html
    assert f'title="{new.person_id}">{new.person_id[:8]}…</span>' in html
    assert f">{new.person_id}<" not in html
    row = next(row for row in table(house) if row["about"] == "Nora New")
    assert f"subject={new.person_id}" in row["details"]


def test_a_letter_is_found_by_the_beginning_of_its_id(
    house: House, letters: tuple[str, str]
) -> None:
    """As it stands in the tables."""
    first, _ = letters
    answer = find(house, f" {first[:8]} ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?letter={first}")
    html = ask(house, HERE, letter=first).text
    assert f'<input type="hidden" name="letter" value="{first}">' in html
    assert "Only letter" in html
    assert find(house, "C-2").headers["location"] == f"{HERE}?case=C-2"


def test_what_the_trail_does_not_name_stands_in_no_address(house: House) -> None:
    """A donor number typed by mistake, a name, too short an id."""
    for query in ("4970000000000000100", "Quincampoix", "<b>", "abc", "%", "_" * 8, "0" * 8):
        answer = find(house, query)
        assert answer.headers["location"] == f"{HERE}?said=not-in-trail", query
    assert "names no such letter or case" in ask(house, HERE, said="not-in-trail").text
    assert find(house, "").headers["location"] == HERE


@pytest.mark.parametrize(
    "written",
    ["<b>", "' OR 1=1 --", "%", "letter.", "2026-13-40", "9999-12-31", "0001-01-01", "9" * 5000],
)
def test_what_is_no_code_is_no_filter(house: House, written: str) -> None:
    """It is neither asked for, nor shown, nor does it break the page."""
    names = ("action", "who", "letter", "since", "until", "page")
    answer = ask(house, HERE, **dict.fromkeys(names, written))
    assert answer.status_code == 200
    assert "No entry fits" not in answer.text
    assert f'value="{written}"' not in answer.text
    assert "<b>" not in answer.text
    assert len(table(house, **dict.fromkeys(names, written))) == len(table(house))


def test_a_filter_that_nothing_fits_says_what_to_do(house: House) -> None:
    """With a way back to the whole trail."""
    html = ask(house, HERE, case="NO-SUCH").text
    assert "No entry fits this filter" in html
    assert f'<a href="{HERE}">show the whole trail</a>' in html


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PROOFREADER, Role.ADMIN])
@pytest.mark.parametrize("path", [HERE, f"{HERE}.csv"])
def test_others_get_neither_page_nor_table(
    house: House, letters: tuple[str, str], role: Role, path: str
) -> None:
    """With a filter or without."""
    for query in ({}, {"letter": letters[0]}, {"case": "C-2"}):
        answer = ask(house, path, role, **query)
        assert answer.status_code == 403
        assert "needs the role" in answer.text
        assert letters[0][:8] not in answer.text
    assert find(house, letters[0], role).status_code == 403


def test_the_actions_refuse_by_themselves(house: House, desk: Desk) -> None:
    """Without the check of the routes."""
    person = house[1][Role.COORDINATOR].person
    assert person is not None
    for act in (
        lambda: actions.audit_page(desk, person),
        lambda: actions.audit_csv(desk, person),
        lambda: actions.find_in_trail(desk, person, query="C-2"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_no_word_of_a_letter_is_in_page_or_table(house: House) -> None:
    """An auditor reads no letters."""
    assert MARK not in ask(house, HERE).text
    assert MARK not in ask(house, f"{HERE}.csv").text
    assert "NEW-4711" not in ask(house, f"{HERE}.csv").text


def test_no_cell_is_a_formula(house: House, desk: Desk) -> None:
    """Names are typed by people."""
    add_person(desk, OPERATOR, name="=HYPERLINK(1)", roles=frozenset({Role.PROOFREADER}))
    row = next(row for row in table(house) if "HYPERLINK" in row["about"])
    assert row["about"] == "'=HYPERLINK(1)"
    for sign in "=+-@\t\r":
        assert plain_cell(f"{sign}1") == f"'{sign}1"
    assert plain_cell("1=1") == "1=1"


def test_a_table_is_whole_or_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the trail would pass for all of it."""
    monkeypatch.setattr(trail_actions, "MOST_ROWS", 3)
    answer = ask(house, f"{HERE}.csv")
    assert answer.status_code == 422
    assert "more entries than one table takes" in answer.text
    assert len(table(house, action="letter.claimed")) == 1


def test_an_empty_trail_of_a_letter_says_so(house: House) -> None:
    """A letter that never was has no history."""
    assert "Nothing happened yet" in ask(house, f"/review/letters/{'0' * 32}/audit").text
