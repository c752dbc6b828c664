"""
Copies of the data keys, apart from backups: younger than what they open, and gone in time.

Contract: a copy is signed; `restore` takes the newest one, so what was erased before it was made
opens no more. Copies that are older than the setting go, all but the newest; while a letter or a
case has lost its key without having been erased, none goes.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.actions.desk import Desk
from service.store.audit import audit_end
from service.store.key_copies import KeyRow, all_keys
from service.store.key_copies import lost as lost_keys
from service.vault.keyring import KeyRing, Purpose
from service.workflow.errors import CopyFailed

STAMP = "%Y-%m-%dT%H%M%SZ"
_BEGINS, _ENDS = "keys-", (".json", ".json.age")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCopy:
    """The content of a copy, and how many letters and cases have lost their key before it."""

    content: str
    lost: int


def make_key_copy(desk: Desk, keys: KeyRing) -> KeyCopy:
    """All data keys as they are now, wrapped as they are, signed."""
    with desk.database.snapshot() as connection:
        seq, _ = audit_end(connection)
        lost = len(lost_keys(connection))
        body = {"audit_at_least": seq, "keys": [dict(one) for one in all_keys(connection)]}
    return KeyCopy(content=json.dumps({**body, "signature": _signature(keys, body)}), lost=lost)


def read_key_copy(keys: KeyRing, path: Path, *, at_least: int) -> tuple[KeyRow, ...]:
    """The keys in an opened copy that is as old as event `at_least` or younger; `CopyFailed`."""
    try:
        body = dict(json.loads(path.read_text("utf-8")))
        signature, seq, rows = body.pop("signature"), int(body["audit_at_least"]), body["keys"]
    except (OSError, ValueError, TypeError, KeyError):
        message = f"{path}: this is no copy of data keys."
        raise CopyFailed(message) from None
    if signature != _signature(keys, body):
        message = f"{path}: the copy of the data keys was changed, or made with other keys."
        raise CopyFailed(message)
    if seq < at_least:
        message = (
            f"{path}: this copy of the data keys is older than the backup. Take a younger one."
        )
        raise CopyFailed(message)
    return tuple(rows)


def key_copy_name(at: datetime, *, sealed: bool) -> str:
    """The file name of a copy that is made now."""
    return f"{_BEGINS}{at.astimezone(UTC).strftime(STAMP)}{_ENDS[sealed]}"


def newest_key_copy(place: Path) -> Path:
    """The newest copy in a folder, or the file itself; `CopyFailed` when there is none."""
    if place.is_file():
        return place
    found = _copies(place)
    if not found:
        message = (
            f"{place}: there is no copy of the data keys here. Name its folder or file with --keys."
        )
        raise CopyFailed(message)
    return found[-1][1]


def drop_old_key_copies(folder: Path, *, now: datetime, days: int) -> int:
    """Delete the copies that are older, but never the newest one; how many it were."""
    old = [path for at, path in _copies(folder)[:-1] if at < now - timedelta(days=days)]
    for path in old:
        path.unlink()
    if old:
        _flush(folder)
    return len(old)


def _copies(folder: Path) -> list[tuple[datetime, Path]]:
    """The copies in a folder, the oldest first; other files are not ours."""
    found = []
    for path in folder.glob(f"{_BEGINS}*") if folder.is_dir() else ():
        name = path.name.removeprefix(_BEGINS)
        stamp = name.removesuffix(_ENDS[True]).removesuffix(_ENDS[False])
        try:
            at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if name != stamp:
            found.append((at, path))
    return sorted(found)


def _signature(keys: KeyRing, body: dict[str, object]) -> str:
    return keys.newest(Purpose.AUDIT).sign("key copy", json.dumps(body, sort_keys=True))


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
