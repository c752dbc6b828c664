"""A worker that drafts needs no network, and one that sends opens no file of a stranger."""

import socket
from collections.abc import Callable

import pytest

from service.actions import Desk
from service.worker import Task, Worker
from service.workflow.states import LetterState
from tests.factories import LETTER, add, approved, bring_in, state_of


def work(desk: Desk, task: Task) -> Worker:
    """Let such a worker do everything that it does."""
    worker = Worker(desk, task)
    while worker.work_once():
        pass
    worker.look_after_others()
    worker.keep_house()
    return worker


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may make no connection, as its unit says."""

    def refuse(*_: object) -> None:
        message = "Address family not supported by protocol"
        raise OSError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_a_worker_for_drafts_drafts_and_sends_nothing(desk: Desk) -> None:
    """What is approved waits for the one that sends."""
    ready = approved(desk, add(desk, "Anna Proof"), f"First {LETTER}")
    new = bring_in(desk)
    work(desk, Task.DRAFTS)
    assert state_of(desk, new) is LetterState.READY
    assert state_of(desk, ready) is LetterState.APPROVED
    assert not desk.settings.outbox_folder.exists()


def test_a_worker_for_sending_sends_and_drafts_nothing(desk: Desk) -> None:
    """What came in waits for the one that drafts."""
    ready = approved(desk, add(desk, "Anna Proof"), f"First {LETTER}")
    new = bring_in(desk)
    work(desk, Task.SENDING)
    assert state_of(desk, new) is LetterState.RECEIVED
    assert state_of(desk, ready) is LetterState.DISPATCHED


@pytest.mark.parametrize("order", [(Task.DRAFTS, Task.SENDING), (Task.SENDING, Task.DRAFTS)])
def test_both_together_do_everything(desk: Desk, order: tuple[Task, Task]) -> None:
    """Nothing is left that only a worker for all would do."""
    ready = approved(desk, add(desk, "Anna Proof"), f"First {LETTER}")
    new = bring_in(desk)
    for task in order:
        work(desk, task)
    assert state_of(desk, new) is LetterState.READY
    assert state_of(desk, ready) is LetterState.DISPATCHED


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("dispatch_next", Task.SENDING),
        ("deliver_next_webhook", Task.SENDING),
        ("ask_next_endpoint", Task.SENDING),
        ("collect_returned_mail", Task.SENDING),
        ("take_letter", Task.DRAFTS),
        ("recheck_next", Task.DRAFTS),
        ("reconcile", Task.DRAFTS),
        ("purge_is_due", Task.DRAFTS),
    ],
)
def test_every_kind_of_work_belongs_to_one_task(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, task: Task
) -> None:
    """And a worker for all does each."""
    called: list[str] = []

    def noting(answer: object) -> Callable[..., object]:
        def call(*_: object, **__: object) -> object:
            called.append(name)
            return answer

        return call

    answers: dict[str, object] = {"reconcile": {}, "deliver_next_webhook": False}
    answers["purge_is_due"] = False
    monkeypatch.setattr(f"service.worker.{name}", noting(answers.get(name)))
    for one in Task:
        called.clear()
        work(desk, one)
        assert bool(called) == (one in {task, Task.ALL}), one
