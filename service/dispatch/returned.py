"""
What comes back to the sender's mailbox: bounces (RFC 3464) and confirmations (RFC 8098).

Contract: only the machine-readable parts are read, only for one of our dispatch ids; nothing of a
message is kept, answered or passed on. What is neither is left for a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from enum import StrEnum

import re2


class Returned(StrEnum):
    """What a message says about a letter."""

    BOUNCE = "bounce"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedMail:
    """A message about one dispatch."""

    what: Returned
    dispatch_id: str


_MESSAGE_ID = re2.compile(r"<([0-9a-f]{32})@([A-Za-z0-9.-]+)>")
#: A delivery that is only late is no bounce.
_FAILED = re2.compile(r"(?im)^action:\s*failed\b")
#: "Deleted unread" is no confirmation.
_SEEN = re2.compile(r"(?im)^disposition:[^\n]*;\s*(displayed|processed)\b")
_LARGEST = 5 * 1024 * 1024
_REPORTS = {
    "message/delivery-status": (_FAILED, Returned.BOUNCE),
    "message/disposition-notification": (_SEEN, Returned.RECEIPT),
}


def read_returned(content: bytes, *, domain: str) -> ReturnedMail | None:
    """What the message says about one of our letters; None when it is about none."""
    if len(content) > _LARGEST:
        return None
    message = BytesParser(policy=compat32).parsebytes(content)
    if message.get_content_type() != "multipart/report":
        return None
    for part in message.walk():
        known = _REPORTS.get(part.get_content_type())
        if known is None:
            continue
        says, what = known
        if not says.search("\n".join(_lines(part))):
            return None
        ids = {dispatch_id for dispatch_id, of in _ids(message) if of == domain}
        # about two letters at once: a person has to look
        return ReturnedMail(what=what, dispatch_id=ids.pop()) if len(ids) == 1 else None
    return None


def _lines(part: Message) -> Iterator[str]:
    """The fields of a report, which are parsed as headers of messages within it."""
    for one in part.walk():
        yield from (f"{name}: {value}" for name, value in one.items())
        payload = one.get_payload()
        if isinstance(payload, str):
            yield payload


def _ids(message: Message) -> Iterator[tuple[str, str]]:
    """Our ids in the reports and in the headers of the message that came back."""
    for part in message.walk():
        if part is message:
            continue
        for match in _MESSAGE_ID.finditer("\n".join(_lines(part))):
            yield match.group(1), match.group(2)
