"""What goes wrong around the service, for real: disks, databases, mail servers and clocks."""

import math
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from anonymizer.model import Channel, Direction
from service import actions
from service.actions import Desk, IncomingLetter
from service.actions.access import OPERATOR, add_key
from service.actions.endpoints import confirm_proposed_endpoint, propose_endpoint
from service.app import create_app, site_channels
from service.dispatch import mail
from service.dispatch.mail import MailServer
from service.store.database import Database
from service.worker import Worker
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import DatabaseTrouble
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.dispatch.certificates import identity
from tests.dispatch.mail_server import Sink, mail_server
from tests.factories import (
    LETTER,
    PLAIN_LETTER,
    add,
    approved,
    bring_in,
    clock_of,
    drafted,
    make_desk,
    state_of,
    work_all,
)
from tests.integration import postgresql
from tests.integration.server import served

CLINIC = identity("clinic.example")
MAIL = Endpoint(
    recipient_id="CL-1",
    version=0,
    kind=ChannelKind.SMTP,
    address="letters@clinic.example",
    pinned=CLINIC.pem,
)


@contextmanager
def pragma(database: Database, statement: str) -> Iterator[None]:
    """From now on every connection of this SQLite database has it, until the end."""
    engine = database._engine

    def on_checkout(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA {statement}")  # type: ignore[attr-defined]

    event.listen(engine, "checkout", on_checkout)
    try:
        yield
    finally:
        event.remove(engine, "checkout", on_checkout)
        engine.dispose()


#: SQLite itself says "database or disk is full", and "attempt to write a readonly database".
TROUBLES = {"a full disk": "max_page_count=1", "a disk that can only be read": "query_only=ON"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite, whose disk the tests fill."""
    made = make_desk(tmp_path)
    yield made
    made.database.close()


def post(url: str, key: str, text: str, idempotency_key: str) -> httpx.Response:
    """A letter from a registry's system."""
    return httpx.post(
        f"{url}/v1/letters",
        json={"id": idempotency_key, "text": text, "direction": "donor_to_patient"},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key},
        timeout=30,
    )


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_without_a_place_to_write_no_letter_is_answered_for(here: Desk, trouble: str) -> None:
    """503 and a time to wait; the same request is taken once there is room, and once only."""
    key = add_key(here, OPERATOR, client="registry")
    long = f"{LETTER} " * 2000
    with served(create_app(here.settings, desk=here, work=False)) as url:
        with pragma(here.database, trouble):
            answers = [post(url, key, long, f"letter {number}") for number in range(3)]
        assert {one.status_code for one in answers} == {503}
        assert {one.headers["retry-after"] for one in answers} == {"300"}
        assert all("Nothing was taken in" in one.text for one in answers)
        assert actions.list_queue(here, _senior(here)) == ()
        taken = [post(url, key, long, f"letter {number % 3}") for number in range(6)]
    assert {one.status_code for one in taken} == {202}
    assert len({one.json()["id"] for one in taken}) == 3
    assert actions.verify_audit(here)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_without_a_place_to_write_letters_wait_and_then_go_on(here: Desk, trouble: str) -> None:
    """Neither a draft nor a dispatch is half done; nobody has to lend a hand."""
    anna = add(here, "Anna Proof")
    ready, waiting = approved(here, anna), bring_in(here, f"{LETTER} {'Thank you. ' * 3000}")
    with pragma(here.database, trouble):
        worker = Worker(here)
        with pytest.raises(DatabaseTrouble) as told:
            worker.work_once()
        assert "LETTERS" not in told.value.reason
        assert str(here.settings.data_folder) in told.value.reason
    assert state_of(here, waiting) in {LetterState.RECEIVED, LetterState.DRAFTING}
    # a full disk still has room in pages that were freed: then this one has left, as a whole
    left = state_of(here, ready) is LetterState.DISPATCHED
    assert left is here.settings.outbox_folder.exists()
    work_all(here)
    assert state_of(here, ready) is LetterState.DISPATCHED
    assert state_of(here, waiting) is LetterState.READY
    assert len(list(here.settings.outbox_folder.glob("CL-1/*"))) == 1
    assert actions.verify_audit(here)


def test_pages_say_that_nothing_can_be_stored(here: Desk) -> None:
    """A sentence instead of a page that fails on its own footer."""
    with (
        served(create_app(here.settings, desk=here, work=False)) as url,
        pragma(here.database, "query_only=ON"),
    ):
        form = {"name": "Anna", "password": "x", "code": "1"}
        answer = httpx.post(f"{url}/sign-in", data=form, timeout=60)
    assert answer.status_code == 503
    assert "Nothing was taken in or changed" in answer.text


@contextmanager
def restarting() -> Iterator[tuple[str, Callable[[], None]]]:
    """An empty database on a PostgreSQL of its own, and what makes that crash and start again."""
    with (
        postgresql.restartable() as (server_url, restart),
        postgresql.database(server_url) as url,
    ):
        yield url, restart


def _crash_in_a_transaction(desk: Desk, restart: Callable[[], None]) -> None:
    with desk.database.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE letters SET urgent = true")
        restart()
        tx.connection.exec_driver_sql("UPDATE letters SET urgent = true")


def test_a_database_server_that_restarts_loses_nothing(tmp_path: Path) -> None:
    """Crashed and started in the middle of work: what was answered for is there, nothing half."""
    if not postgresql.can_restart():
        return
    with restarting() as (url, restart):
        desk = make_desk(tmp_path, url=url)
        anna = add(desk, "Anna Proof")
        taken = [bring_in(desk, f"{number} {LETTER}") for number in range(6)]
        worker = Worker(desk)
        assert worker.work_once()
        ready = approved(desk, anna, PLAIN_LETTER)
        with pytest.raises(DatabaseTrouble, match="restarted"):
            _crash_in_a_transaction(desk, restart)
        work_all(desk)
        assert {state_of(desk, one) for one in taken} == {LetterState.READY}
        assert state_of(desk, ready) is LetterState.DISPATCHED
        with desk.database.reading() as connection:
            urgent = connection.exec_driver_sql("SELECT COUNT(*) FROM letters WHERE urgent")
            assert urgent.scalar_one() == 0
        assert actions.verify_audit(desk)
        desk.database.close()


def test_a_worker_goes_on_when_the_database_is_back(tmp_path: Path) -> None:
    """Its threads live through it; what it had in hand goes on under the same rules."""
    if not postgresql.can_restart():
        return
    with restarting() as (url, restart):
        desk = make_desk(tmp_path, url=url, worker_pause_s=0.01, heartbeat_s=0.05)
        taken = [bring_in(desk, f"{number} {LETTER}") for number in range(4)]
        worker = Worker(desk)
        worker.start()
        restart()
        restart()
        more = [bring_in(desk, f"again {number} {LETTER}") for number in range(4)]
        until = threading.Event()
        for _ in range(600):
            if {state_of(desk, one) for one in (*taken, *more)} == {LetterState.READY}:
                break
            until.wait(0.1)
        assert worker.is_alive
        worker.stop()
        assert {state_of(desk, one) for one in (*taken, *more)} == {LetterState.READY}
        desk.database.close()


@pytest.fixture
def posting(tmp_path: Path) -> Iterator[tuple[Desk, Person]]:
    """A desk whose clinic is reached by mail, and a proofreader."""
    desk = make_desk(tmp_path / "data", endpoint_delay_h=0, endpoint_check=False)
    first, second = (add(desk, name, Role.COORDINATOR) for name in ("Cora", "Cole"))
    endpoint_id = propose_endpoint(desk, first, endpoint=MAIL)
    confirm_proposed_endpoint(desk, second, endpoint_id=endpoint_id)
    yield desk, add(desk, "Anna Proof")
    desk.database.close()


def through(desk: Desk, server: MailServer) -> Desk:
    """The desk of a site with this mail server."""
    channels = site_channels(desk.settings, clock=desk.clock)
    return replace(desk, way_out=replace(channels, mail=server))


def test_a_mail_server_that_says_nothing_holds_nobody_up_for_long(
    posting: tuple[Desk, Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and is silent: the letter waits for another try, and then goes."""
    desk, anna = posting
    monkeypatch.setattr(mail, "_WITHIN_S", 0.3)
    letter_id = approved(desk, anna, PLAIN_LETTER)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        slow = MailServer(host="localhost", port=port, sender="letters@registry.example")
        Worker(through(desk, slow)).work_once()
    assert state_of(desk, letter_id) is LetterState.APPROVED
    monkeypatch.undo()
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        work_all(through(desk, server))
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert len(sink.delivered) == 1


def carry(source: socket.socket, target: socket.socket, left: float) -> None:
    """Pass bytes on until there are no more, or so many were passed on; then cut both ends."""
    with suppress(OSError):
        while left > 0 and (data := source.recv(int(min(256, left)))):
            target.sendall(data)
            left -= len(data)
    for one in (source, target):
        with_shutdown(one)


def accept(listener: socket.socket, port: int, count: int) -> None:
    """Let clients through to the port, until nobody listens any more."""
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            there = socket.create_connection(("127.0.0.1", port))
            for ends in ((client, there, count), (there, client, math.inf)):
                threading.Thread(target=carry, args=ends, daemon=True).start()


@contextmanager
def cut_after(port: int, count: int) -> Iterator[int]:
    """A way to this port on which the line is cut after so many bytes of the client; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept, args=(listener, port, count), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with_shutdown(listener)
        thread.join(10)


def with_shutdown(one: socket.socket) -> None:
    """Cut it, whatever state it is in."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.mark.parametrize("count", [1, 30, 200, 700, 1200, 2000])
def test_a_line_that_is_cut_sends_nothing_twice_under_two_ids(
    posting: tuple[Desk, Person], tmp_path: Path, count: int
) -> None:
    """Wherever it is cut: the letter is not taken for sent, and arrives at the next good try."""
    desk, anna = posting
    letter_id = approved(desk, anna, PLAIN_LETTER)
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        with cut_after(server.port, count) as port:
            Worker(through(desk, replace(server, port=port))).work_once()
        assert state_of(desk, letter_id) is LetterState.APPROVED
        assert sink.delivered == []
        work_all(through(desk, server))
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    assert len({one.message["Message-ID"] for one in sink.delivered}) == 1


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_that_jumps_at_every_step_loses_no_letter(desk: Desk, days: int) -> None:
    """Three days ahead or back between any two steps, and back again: each letter leaves once."""
    anna = add(desk, "Anna Proof")
    jump = timedelta(days=days)
    # the rules themselves ask for days: all of them lie before and after the jumps
    clock_of(desk).forward(days=30)
    ids = []
    for number in range(3):
        clock_of(desk).now += jump
        bring_in(desk, f"waits {number} {LETTER}")
        clock_of(desk).now -= jump
        ids.append(approved(desk, anna, f"{number} {LETTER}"))
        clock_of(desk).now += jump
        work_all(desk)
        clock_of(desk).now -= jump
    work_all(desk)
    assert {state_of(desk, one) for one in ids} == {LetterState.DISPATCHED}
    assert len(list(desk.settings.outbox_folder.glob("CL-1/*"))) == 3
    assert state_of(desk, drafted(desk, f"last {LETTER}")) is LetterState.READY
    assert actions.verify_audit(desk)


def _senior(desk: Desk) -> Person:
    return add(desk, "Sena Ior", Role.SENIOR)


def test_a_letter_is_stored_before_it_is_answered_for_and_not_after(here: Desk) -> None:
    """The disk fills between two letters: the first is there, the second was refused."""
    incoming = IncomingLetter(
        content=LETTER.encode(), channel=Channel.UPLOAD, direction=Direction.DONOR_TO_PATIENT
    )
    sena = _senior(here)
    first = actions.receive_letter(here, sena, incoming=incoming)
    with pragma(here.database, "max_page_count=1"), pytest.raises(DatabaseTrouble, match="full"):
        actions.receive_letter(here, sena, incoming=replace(incoming, content=b"x " * 50_000))
    assert len(actions.list_queue(here, sena)) == 1
    assert state_of(here, first.letter_id) is LetterState.RECEIVED
