"""
Runs the service: all in one, or pages and API here and workers apart; stopped gracefully.

Contract: nothing is served before the data folder is locked and the database is current; on
SIGTERM nothing new is begun and what is under way finishes. One process serves an SQLite file, any
number of workers work on it; on PostgreSQL there may be any number of both, on any machine.
"""

import fcntl
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from service.actions.access import first_sign_in_link
from service.actions.desk import Desk
from service.actions.leasing import take_from_everybody
from service.anchoring import anchored
from service.app import create_app, open_site_desk
from service.canary import Canary, watched
from service.sample import load_sample
from service.settings import Settings
from service.settings_trouble import unknown_variables
from service.vault.memory import keep_memory_private
from service.worker import Task, Worker
from service.workflow.errors import BadSetting, DataFolderBusy, WorkerStopped

_LOCK_FILE = "service.lock"
_WORKERS_LOCK_FILE = "workers.lock"
_GRACE_S = 30
_LOOKS_EVERY_S = 1.0
_MOST_CONNECTIONS = 500
#: From here on Python refuses archives whose files overlap (gh-109858).
OLDEST_PYTHON = (3, 11, 8)


def serve(
    settings: Settings, *, sample: bool, tell: Callable[[str], None], work: bool = True
) -> None:
    """
    Serve until a signal comes; `tell` shows lines to whoever started it.

    Without `work` letters are only taken in and proofread; `run_worker` does the rest elsewhere.
    """
    keep_memory_private()
    check_python(settings)
    with only_service(settings):
        desk = open_site_desk(settings)
        try:
            if sample:
                tell(f"Sample loaded: {load_sample(desk)} invented letters.")
            _greet(desk, tell, sample=sample)
            _end_well_on_signals()
            app = create_app(settings, desk=desk, work=work)
            with (
                anchored(desk, tell),
                _canary_watched(app.state.canary, settings),
                _at_work(desk) if work else nullcontext(),
            ):
                _listen(app, settings)
        finally:
            desk.database.close()


def run_worker(settings: Settings, *, tell: Callable[[str], None], task: Task = Task.ALL) -> None:
    """Work until a signal comes. Raises `WorkerStopped` when it cannot go on."""
    keep_memory_private()
    check_python(settings)
    desk = open_site_desk(settings)
    try:
        if desk.fault:
            message = f"No letter is drafted: {desk.fault}."
            raise WorkerStopped(message)
        told_to_stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        canary = Canary(desk)
        with anchored(desk, tell), _canary_watched(canary, settings), _at_work(desk):
            worker = Worker(desk, task)
            worker.start()
            tell(f"Working with {settings.workers} threads (stop with Ctrl+C)")
            while not told_to_stop.wait(_LOOKS_EVERY_S) and worker.is_alive:
                pass
            worker.stop(seconds=_GRACE_S)
        if canary.fault:
            message = f"No letter is drafted: {canary.fault}."
            raise WorkerStopped(message)
        if not told_to_stop.is_set():
            raise WorkerStopped
    finally:
        desk.database.close()


def check_python(
    settings: Settings, version: tuple[int, ...] = tuple(sys.version_info[:3])
) -> None:
    """
    Raise `BadSetting` for an old Python on a site that serves other people (HTTPS cookies).

    Before 3.11.8 its own reader takes archives whose files overlap; ours are checked by us as well.
    """
    if version < OLDEST_PYTHON and settings.secure_cookies and not settings.old_python:
        told, wanted = (".".join(map(str, one)) for one in (version, OLDEST_PYTHON))
        message = (
            f"This is Python {told}. Use {wanted} or later, or say LETTERS_OLD_PYTHON=true when "
            "your distribution has mended it (docs/operate/install.md)."
        )
        raise BadSetting(message)


def _end_well_on_signals() -> None:
    """After its graceful stop uvicorn raises the signal again; being told to stop is no failure."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _greet(desk: Desk, tell: Callable[[str], None], *, sample: bool) -> None:
    link = first_sign_in_link(desk, trying=sample)
    tell(f"Serving on {desk.settings.base_url} (stop with Ctrl+C)")
    if desk.fault:
        tell(f"No letter is drafted, letters wait: {desk.fault}.")
    if desk.settings.keys_beside_data:
        folder = desk.settings.key_files[0].parent
        tell(f"The keys of all letters lie beside them, in {folder}.")
        tell("Copy them to another place, and move them out of the data folder: without them")
        tell("nothing can be read again (docs/operate/keys.md).")
    if desk.settings.rules_folder:
        tell(f"Rules of the site: {desk.settings.rules_folder}")
    for name in unknown_variables():
        tell(f"{name} is no setting and has no effect; see docs/reference/settings.md")
    if link:
        hours = desk.settings.sign_in_link_s // 3600
        tell(f"Sign in, once and within {hours} hours: {link}")
    else:
        tell(f"A sign-in link for a person: {_link_command(desk.settings)}")


def _link_command(settings: Settings) -> str:
    """The command with the options that make its link lead to this very service."""
    options = {"--data": settings.data_folder, "--port": settings.port}
    told = " ".join(f"{name} {shlex.quote(str(value))}" for name, value in options.items())
    return f"anonymizer-service user link NAME {told}"


def _canary_watched(canary: Canary, settings: Settings) -> AbstractContextManager[None]:
    """A pipeline that no longer finds what it must ends this process, as a signal would."""
    return watched(
        canary,
        every_s=settings.canary_every_s,
        end=lambda: os.kill(os.getpid(), signal.SIGTERM),
    )


def _listen(app: FastAPI, settings: Settings) -> None:
    """On one port, or on one for the pages and one for the interface."""
    server = uvicorn.Server(_config(app, settings))
    if settings.api_port is None:
        server.run()
        return
    ports = (settings.port, settings.api_port)
    changed = (settings.model_copy(update={"port": port}) for port in ports)
    server.run(sockets=[_config(app, one).bind_socket() for one in changed])


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # the address of the client counts tries to sign in: only a proxy of ours may tell it
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_GRACE_S,
    )


@contextmanager
def only_service(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data folder; a shared database needs none."""
    if not settings.database_url.startswith("sqlite"):
        yield
        return
    with _lock_file(settings.data_folder, _LOCK_FILE) as descriptor:
        if not _alone(descriptor):
            raise DataFolderBusy
        yield


@contextmanager
def nobody_at_work(settings: Settings) -> Iterator[None]:
    """Hold the data folder alone: no service and no worker runs on it, and none begins."""
    with only_service(settings):
        if not settings.database_url.startswith("sqlite"):
            yield
            return
        with _lock_file(settings.data_folder, _WORKERS_LOCK_FILE) as descriptor:
            if not _alone(descriptor):
                raise DataFolderBusy
            yield


@contextmanager
def _at_work(desk: Desk) -> Iterator[None]:
    """
    Be one of those who work on the database.

    The first one on an SQLite file takes up at once what was cut off. Elsewhere nobody can know
    who else works, so the beats of the workers tell: that takes a little longer.
    """
    if not desk.database.is_sqlite:
        yield
        return
    with _lock_file(desk.settings.data_folder, _WORKERS_LOCK_FILE) as descriptor:
        if _alone(descriptor):
            take_from_everybody(desk)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def _lock_file(folder: Path, name: str) -> Iterator[int]:
    """A file to lock; the system frees the lock however the process ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
