"""
Named moments at which a process kills itself, put around the service's own functions.

Contract: nothing of this is in the service. A point is a function of a module, and before or after
it; armed, the process is gone (SIGKILL, no goodbye) at the n-th time it gets there.
"""

import functools
import importlib
import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

_AT_COMMIT = "at_commit"

#: Name → the module that looks the function up, and the function.
_AROUND = {
    "intake_insert": ("service.actions.receiving", "insert_answered_letter"),
    "take": ("service.worker", "take_letter"),
    "draft": ("service.worker", "make_draft"),
    "save_draft": ("service.actions.drafting", "save_draft"),
    "store_draft": ("service.worker", "store_draft"),
    "state_and_audit": ("service.store.letters", "append_event"),
    "dispatch": ("service.actions.dispatching", "dispatch_letter"),
    "outgoing": ("service.actions.dispatching", "outgoing_document"),
    "folder_flush": ("service.dispatch.folder", "_flush_folder"),
    "folder_write": ("service.dispatch.folder", "_write_folder"),
    "mail": ("service.dispatch.channels", "send_mail"),
    "mail_data": ("service.dispatch.mail", "_hand_over"),
    "sftp": ("service.dispatch.channels", "upload"),
    "sftp_write": ("service.dispatch.sftp", "_write"),
    "finish_dispatch": ("service.actions.dispatching", "finish_dispatch"),
    "wake_others": ("service.actions.dispatching", "take_up_now"),
    "strike_off": ("service.actions.leasing", "strike_worker"),
    "put_back": ("service.actions.leasing", "_requeue"),
}

#: Every name there is; those of the API's process alone, and those of a worker's.
WORKER_POINTS = (
    *(
        f"{when}_{name}"
        for name in _AROUND
        if name != "intake_insert"
        for when in ("before", "after")
    ),
    _AT_COMMIT,
)
API_POINTS = ("before_intake_insert", "after_intake_insert", "before_state_and_audit", _AT_COMMIT)


def arm(name: str, nth: int) -> None:
    """This process dies at the point, the n-th time it gets there."""
    left = [nth]

    def die_or_not() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if name == _AT_COMMIT:
        event.listen(Engine, "commit", lambda _connection: die_or_not())
        return
    when, _, point = name.partition("_")
    module_name, function_name = _AROUND[point]
    module = importlib.import_module(module_name)
    function = getattr(module, function_name)
    setattr(module, function_name, _wrapped(function, die_or_not, before=when == "before"))


def _wrapped(
    function: Callable[..., Any], die_or_not: Callable[[], None], *, before: bool
) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        if before:
            die_or_not()
        result = function(*arguments, **named)
        if not before:
            die_or_not()
        return result

    return call
