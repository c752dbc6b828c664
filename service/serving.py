"""
Runs the service: one process per data folder, stopped gracefully.

Contract: nothing is served before the data folder is locked and the database is current; on
SIGTERM nothing new is begun and what is under way finishes.
"""

import fcntl
import os
import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from service.actions.access import first_sign_in_link
from service.actions.desk import Desk
from service.app import create_app, open_site_desk
from service.sample import load_sample
from service.settings import Settings, unknown_variables
from service.workflow.errors import DataFolderBusy

_LOCK_FILE = "service.lock"
_GRACE_S = 30
_MOST_CONNECTIONS = 500


def serve(settings: Settings, *, sample: bool, tell: Callable[[str], None]) -> None:
    """Serve until a signal comes; `tell` shows lines to whoever started it."""
    with _only_service(settings.data_folder):
        desk = open_site_desk(settings)
        try:
            if sample:
                tell(f"Sample loaded: {load_sample(desk)} invented letters.")
            _greet(desk, tell)
            _end_well_on_signals()
            uvicorn.Server(_config(desk)).run()
        finally:
            desk.database.close()


def _end_well_on_signals() -> None:
    """After its graceful stop uvicorn raises the signal again; being told to stop is no failure."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _greet(desk: Desk, tell: Callable[[str], None]) -> None:
    link = first_sign_in_link(desk)
    tell(f"Serving on {desk.settings.base_url} (stop with Ctrl+C)")
    if desk.fault:
        tell(f"No letter is drafted, letters wait: {desk.fault}.")
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


def _config(desk: Desk) -> uvicorn.Config:
    settings = desk.settings
    return uvicorn.Config(
        create_app(settings, desk=desk),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # the address of the client is used for nothing, so no header may set it
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=_GRACE_S,
    )


@contextmanager
def _only_service(folder: Path) -> Iterator[None]:
    """Hold the lock of the data folder; the system frees it however the process ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise DataFolderBusy from None
    try:
        yield
    finally:
        os.close(descriptor)
