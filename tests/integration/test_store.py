"""The store keeps its promises on SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from anonymizer.model import Channel
from service import actions
from service.actions import ClientRequest, Desk, IncomingLetter, receive_client_letter
from service.actions.access import OPERATOR, add_person, make_sign_in_link, use_sign_in_link
from service.actions.drafting import take_letter
from service.actions.leasing import enter
from service.store.database import Database
from service.store.letters import find_letter
from service.store.migrate import is_current, migrate, unmigrate
from service.store.schema import metadata
from service.worker import Worker
from service.workflow.errors import (
    AuditBroken,
    BadImport,
    KeyReused,
    NotAllowed,
    ServiceError,
)
from service.workflow.people import Role
from service.workflow.states import LetterState
from tests.factories import (
    HEADER,
    LETTER,
    NUMBER,
    add,
    approved,
    bring_in,
    claimed,
    decide_suggestions,
    state_of,
    view,
    work_all,
)


def test_the_migrations_make_the_schema_of_the_code(database_url: str) -> None:
    """Up, compared, down, up again."""
    database = Database(database_url)
    for _ in range(2):
        migrate(database)
        assert is_current(database)
        with database.reading() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, metadata) == []
        unmigrate(database)
        assert not is_current(database)
    database.close()


def test_a_letter_walks_the_whole_path(desk: Desk) -> None:
    """Posted, drafted, corrected, approved, dispatched; the trail holds."""
    letter_id = approved(desk, add(desk, "Anna"))
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert actions.verify_audit(desk)[0] > 8


def test_every_record_comes_back_as_it_went(desk: Desk) -> None:
    """Emoji, umlauts, combining marks, times with their zone."""
    odd = f"Grüße 🎗 e\u0301 \u202e {LETTER}"
    letter_id = bring_in(desk, odd)
    work_all(desk)
    seen = view(desk, add(desk, "Anna"), letter_id)
    assert seen.text == "Grüße 🎗 é \u202e " + LETTER
    assert seen.received_at == desk.now()
    assert seen.received_at.tzinfo is UTC
    with desk.database.reading() as connection:
        row = find_letter(connection, letter_id)
    assert row.received_at == desk.now()


def test_times_of_other_zones_are_kept_as_the_same_moment(desk: Desk) -> None:
    """Naive ones are refused before they get there."""
    zone = timezone(timedelta(hours=5))
    local = datetime(2026, 3, 2, 14, 0, tzinfo=zone)
    letter_id = bring_in(replace(desk, clock=lambda: local))
    with desk.database.reading() as connection:
        assert find_letter(connection, letter_id).received_at == local


def test_the_audit_trail_cannot_be_changed(desk: Desk) -> None:
    """The database itself refuses UPDATE and DELETE."""
    for statement in ("UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            desk.database.writing() as tx,
        ):
            tx.connection.execute(text(statement))
    actions.verify_audit(desk)


def test_a_trail_that_was_cut_off_is_found(desk: Desk) -> None:
    """The head says how many there were; a noted event shows a trail replaced as a whole."""
    number, digest = actions.verify_audit(desk)
    assert actions.verify_audit(desk, expected=f"{number}:{digest}") == (number, digest)
    with pytest.raises(AuditBroken):
        actions.verify_audit(desk, expected=f"{number}:{'0' * 64}")
    with desk.database.writing() as tx:
        tx.connection.execute(text("UPDATE audit_head SET seq = seq + 1"))
    with pytest.raises(AuditBroken):
        actions.verify_audit(desk)


def test_of_many_approvals_at_once_one_wins(desk: Desk) -> None:
    """Sixteen clicks, one dispatch."""
    anna = add(desk, "Anna")
    letter_id = claimed(desk, anna)
    decide_suggestions(desk, anna, letter_id)
    seen = view(desk, anna, letter_id)

    def approve(_: int) -> bool:
        try:
            actions.approve_letter(
                desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
            )
        except ServiceError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(approve, range(16))) == 1
    work_all(desk)
    assert len(list((desk.settings.outbox_folder / "CL-1").iterdir())) == 1


def test_of_many_claims_at_once_one_wins(desk: Desk) -> None:
    """Two people never hold the same letter."""
    people = [add(desk, f"P{number}") for number in range(8)]
    letter_id = bring_in(desk)
    work_all(desk)
    version = view(desk, people[0], letter_id).version

    def claim(number: int) -> bool:
        try:
            actions.claim_letter(desk, people[number], letter_id=letter_id, version=version)
        except ServiceError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1


def test_each_letter_is_taken_by_one_worker(desk: Desk) -> None:
    """However many work side by side."""
    letters = {bring_in(desk) for _ in range(12)}

    def take(_: int) -> list[str]:
        taken = []
        while work := take_letter(desk, enter(desk)):
            taken.append(work.row.letter_id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [letter for one in pool.map(take, range(4)) for letter in one]
    missed = letters - set(taken)
    assert len(taken) == len(set(taken))
    # a worker that finds every row locked goes to sleep and asks again
    assert {
        one.row.letter_id for one in iter(lambda: take_letter(desk, enter(desk)), None)
    } == missed


def test_the_oldest_letter_comes_first(desk: Desk) -> None:
    """Nobody is overtaken."""
    letters = []
    for minute in range(3):
        at = desk.now() - timedelta(minutes=minute)
        letters.append(bring_in(replace(desk, clock=lambda at=at: at)))  # type: ignore[misc]
    worker = Worker(desk)
    for letter_id in reversed(letters):
        worker.work_once()
        assert state_of(desk, letter_id) is LetterState.READY


def test_the_same_request_gets_the_same_letter(desk: Desk) -> None:
    """Thirty times at once, and another letter under the key is refused."""
    incoming = IncomingLetter(content=LETTER.encode(), channel=Channel.API)
    request = ClientRequest(client="registry", idempotency_key="k1")

    def post(_: int) -> str | None:
        try:
            return receive_client_letter(desk, incoming=incoming, request=request).letter_id
        except ServiceError:
            return None

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(post, range(30)))
    assert len(ids - {None}) == 1
    assert post(0) in ids
    with pytest.raises(KeyReused):
        receive_client_letter(desk, incoming=replace(incoming, content=b"x"), request=request)
    other = replace(request, client="another")
    assert receive_client_letter(desk, incoming=incoming, request=other).letter_id not in ids


def test_a_link_used_by_two_at_once_opens_one_session(desk: Desk) -> None:
    """A stolen link shows: the second one is refused."""
    add_person(desk, OPERATOR, name="Anna", roles=frozenset({Role.PROOFREADER}))
    token = make_sign_in_link(desk, OPERATOR, name="Anna").rpartition("/")[2]

    def sign_in(_: int) -> bool:
        try:
            use_sign_in_link(desk, token)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(sign_in, range(8))) == 1


def test_two_cases_cannot_take_one_donor_number_at_once(desk: Desk) -> None:
    """The unique constraint decides, not a look beforehand."""
    cora = add(desk, "Cora", Role.COORDINATOR)
    number = NUMBER[:-2] + "AA"

    def save(case: int) -> bool:
        content = f"{HEADER}\n{number},N-{case},DE,US,CL-1,First Clinic,,\n"
        try:
            actions.import_cases(desk, cora, content=content.encode(), file_name="l.csv")
        except BadImport:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(save, range(6))) == 1


def test_what_fails_leaves_nothing_behind(desk: Desk) -> None:
    """State and audit event are one transaction."""
    before = actions.verify_audit(desk)

    def half() -> None:
        with desk.database.writing() as tx:
            tx.connection.execute(text("UPDATE audit_head SET seq = 999"))
            tx.connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        half()
    assert actions.verify_audit(desk) == before


def test_sqlite_is_set_up_to_lose_nothing(desk: Desk) -> None:
    """Read back from a pooled connection."""
    if not desk.database.is_sqlite:
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    with desk.database.reading() as connection:
        for pragma, value in wanted.items():
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value
