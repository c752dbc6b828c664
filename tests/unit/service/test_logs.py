"""A log line is an event of ours, or the place where a library warned; never its words."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from service.logs import configure_logs, get_logger


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the service writes to its log; the loggers are as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logs(as_json=True)
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("name", ["presidio-analyzer", "presidio-anonymizer", "tldextract", "x.y"])
def test_a_library_is_heard_from_warnings_on(stream: io.StringIO, name: str) -> None:
    """Also one that sets its own level; its words are left out."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    logger.info("Loaded recognizer for Quincampoix")
    assert stream.getvalue() == ""
    logger.warning("Quincampoix")
    told = json.loads(stream.getvalue())
    assert (told["event"], told["logger"]) == ("library.message", name)
    assert "Quincampoix" not in stream.getvalue()


def test_our_own_events_are_written(stream: io.StringIO) -> None:
    """With the keys on the list, and without any other."""
    get_logger("service.x").info("letter.seen", letter_id="1", text="Quincampoix")
    told = json.loads(stream.getvalue())
    assert (told["event"], told["letter_id"]) == ("letter.seen", "1")
    assert "text" not in told
