"""
Verifies the audit trail: every event in its place, the end where it is said to be, and both as
they were noted outside the database.

Contract: the chain shows what was changed inside it; the notes (`Anchors`) show a chain that was
written anew, cut off or removed. Nothing is written before what was there has been checked.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from service.actions.desk import Desk
from service.store.audit import audit_end, events_after, hash_before, hashes_at
from service.store.database import Connection
from service.store.switches import find_dispatch_pause, pause_dispatch
from service.vault.keyring import Purpose
from service.vault.signed_lines import Line, SignedLines
from service.workflow.audit import GENESIS, AuditAction, AuditEvent, first_break
from service.workflow.errors import AuditBroken, KeysMissing
from service.workflow.people import SYSTEM
from service.workflow.switches import PauseReason

_AT_ONCE = 1000
_FILE = "audit-anchors.jsonl"


class AnchorKind(StrEnum):
    """Why the end of the trail was noted."""

    START = "start"
    INTERVAL = "interval"
    STOP = "stop"
    COMMAND = "command"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The end of a trail that holds, and how many notes outside the database it fits."""

    seq: int
    hash: str
    anchors: int


def anchor_file(desk: Desk) -> Path:
    """Where the ends of the trail are noted."""
    return desk.settings.anchor_folder_path / _FILE


def verify_audit(desk: Desk, *, expected: str | None = None) -> tuple[int, str]:
    """
    Number and hash of the last event, when the whole chain holds; else `AuditBroken`.

    `expected` is a "number:hash" noted earlier outside the database: a trail that was cut off or
    replaced as a whole is consistent in itself and shows only there.
    """
    found = verify_trail(desk, expected=expected)
    return found.seq, found.hash


def verify_trail(desk: Desk, *, expected: str | None = None) -> Verified:
    """As `verify_audit`, with how many notes there are."""
    with desk.database.snapshot() as connection:
        noted = _noted(desk)
        seq, digest = _checked_from(connection, seq=0, after=GENESIS)
        _check_noted(connection, noted)
        if expected:
            number, _, wanted = expected.partition(":")
            found = hashes_at(connection, [int(number)] if number.isdecimal() else [])
            if wanted not in found.values() or not wanted:
                message = "The audit trail does not hold the event that was noted."
                raise AuditBroken(message)
    return Verified(seq=seq, hash=digest, anchors=len(noted))


def anchor_audit(desk: Desk, kind: AnchorKind) -> bool:
    """
    Check what was written since the last note, and note where the trail ends now.

    Returns False when nothing was added since. A trail that does not hold stops all sending and
    raises `AuditBroken`.
    """
    lines = _lines(desk)
    try:
        with desk.database.snapshot() as connection:
            noted = _noted(desk)
            _check_noted(connection, noted)
            last = max(noted, default=0)
            end = _checked_from(connection, seq=last, after=noted.get(last, GENESIS))
    except AuditBroken:
        _stop_sending(desk)
        raise
    if noted.get(end[0]) == end[1] and kind is AnchorKind.INTERVAL:
        return False
    lines.append({"at": desk.now().isoformat(), "kind": kind.value, "seq": end[0], "hash": end[1]})
    return True


def note_end(desk: Desk, kind: AnchorKind) -> None:
    """Note where the trail ends, unchecked: a restored one goes on from an earlier event."""
    with desk.database.snapshot() as connection:
        seq, digest = audit_end(connection)
    at = desk.now().isoformat()
    _lines(desk).append({"at": at, "kind": kind.value, "seq": seq, "hash": digest})


def verify_or_stop(desk: Desk) -> Verified:
    """The whole trail checked; one that does not hold stops all sending and raises."""
    try:
        return verify_trail(desk)
    except AuditBroken:
        _stop_sending(desk)
        raise


def full_check_every() -> timedelta:
    """How often the whole trail is read again."""
    return timedelta(hours=24)


def _lines(desk: Desk) -> SignedLines:
    keys = desk.database.keys
    if keys is None:
        raise KeysMissing
    return SignedLines(anchor_file(desk), keys.newest(Purpose.AUDIT))


def _noted(desk: Desk) -> dict[int, str]:
    """Hash by number, of every note that still counts: a restore takes back what came after it."""
    noted: dict[int, str] = {}
    for line in _lines(desk).read():
        seq = int(line["seq"])
        if line["kind"] == AnchorKind.RESTORE.value:
            noted = {number: digest for number, digest in noted.items() if number <= seq}
        _keep(noted, seq, line)
    return noted


def _keep(noted: dict[int, str], seq: int, line: Line) -> None:
    digest = str(line["hash"])
    if noted.setdefault(seq, digest) != digest:
        message = f"The audit trail had two different events {seq} when its end was noted."
        raise AuditBroken(message)


def _check_noted(connection: Connection, noted: dict[int, str]) -> None:
    found = {0: GENESIS, **hashes_at(connection, noted)}
    for seq, digest in sorted(noted.items()):
        if seq not in found:
            message = (
                f"The audit trail was cut off or replaced: event {seq}, which was noted outside "
                "the database, is not in it."
            )
            raise AuditBroken(message)
        if found[seq] != digest:
            message = f"The audit trail was changed before event {seq}: it is not the one noted."
            raise AuditBroken(message)


def _checked_from(connection: Connection, *, seq: int, after: str) -> tuple[int, str]:
    """The end of a chain that holds from this event on."""
    end = audit_end(connection)
    while events := events_after(connection, seq=seq, limit=_AT_ONCE):
        if broken := first_break(events, after=after, seq=seq):
            message = f"The audit trail was changed at event {broken}."
            raise AuditBroken(message)
        seq, after = events[-1].seq, hash_before(events)
    if (seq, after) != end:
        message = f"The audit trail ends at event {seq}, but {end[0]} were written."
        raise AuditBroken(message)
    return end


def _stop_sending(desk: Desk) -> None:
    """Nothing leaves while nobody knows what was changed."""
    with desk.database.writing() as tx:
        pause = find_dispatch_pause(tx.connection)
        if pause is not None and pause.reason is PauseReason.AUDIT_BROKEN:
            return
        event = AuditEvent(
            at=desk.now(),
            actor=SYSTEM.person_id,
            action=AuditAction.DISPATCH_PAUSED,
            details={"reason": PauseReason.AUDIT_BROKEN.value},
        )
        pause_dispatch(tx, PauseReason.AUDIT_BROKEN, event=event)
