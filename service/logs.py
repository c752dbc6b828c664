"""
Logs that cannot carry a letter: keys on a list, exceptions as class and code location only.

Contract: every record of every library goes through `_only_allowed`. An unknown key is dropped,
a message that is not one of our constant event names is replaced by its logger's name. Libraries
are heard from warnings on: what they say at start is for their own developers.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

#: What may stand in a log line. Ids and numbers; no text, no names, no messages.
ALLOWED_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "letter_id",
        "dispatch_id",
        "request_id",
        "state",
        "method",
        "route",
        "status",
        "duration_ms",
        "attempt",
        "count",
        "exception",
        "location",
        "version",
        "port",
    }
)

Record = MutableMapping[str, Any]


def configure_logs(*, as_json: bool) -> None:
    """Send every log record, ours and the libraries', through the allow-list to stderr."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_as_location,
        _only_allowed,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_foreign_message_away, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    _route_foreign_loggers()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """A logger for a module: `get_logger(__name__)`. Event names are constants in the code."""
    return structlog.stdlib.get_logger(name)


def code_location(error: BaseException) -> str:
    """Where an exception was raised: file and line of the last frames, never values."""
    return _location(error.__traceback__)


def _worth_a_line(record: logging.LogRecord) -> bool:
    # structlog hands its events on with the logger beside them; only we log through it
    ours = hasattr(record, "_logger")
    return ours or record.levelno >= logging.WARNING


def _route_foreign_loggers() -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "alembic", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    # our own middleware logs requests: uvicorn's line holds the query string
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(True)


def _location(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace, limit=-3) if trace else []
    return " < ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames)
    )


def _foreign_message_away(_logger: Any, _method: str, record: Record) -> Record:
    """A library's message may quote what it worked on, so only its source line is kept."""
    source = record.get("_record")
    if isinstance(source, logging.LogRecord):
        record["location"] = f"{source.filename}:{source.lineno}"
        if source.exc_info and not record.get("exc_info"):
            record["exc_info"] = source.exc_info
    record["event"] = "library.message"
    return record


def _exception_as_location(_logger: Any, _method: str, record: Record) -> Record:
    info = record.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        record["exception"] = type(error).__name__
        record["location"] = code_location(error)
    return record


def _only_allowed(_logger: Any, _method: str, record: Record) -> Record:
    kept = {"_record", "_from_structlog"}
    for key in [key for key in record if key not in ALLOWED_KEYS and key not in kept]:
        del record[key]
    return record
