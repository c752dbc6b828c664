"""
Backup and restore: a folder with a copy of the database and a signed list of what is in it, and
beside it, to be kept apart, a copy of the data keys.

Contract: master keys are never part of a backup, data keys never lie in it. Both copies are sealed
for somebody elsewhere, unless the operator says otherwise. A restored database sends nothing by
itself: sending is stopped, and every letter that was about to leave waits for a person who has
asked its recipient. What was erased since the backup is erased again before anybody sees it.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anonymizer.model import Hold, Stage
from service.actions.checking import AnchorKind, note_end, verify_trail
from service.actions.desk import Desk
from service.actions.erasing import erase_again, erase_unreadable
from service.actions.key_copies import (
    STAMP,
    drop_old_key_copies,
    key_copy_name,
    make_key_copy,
    newest_key_copy,
    read_key_copy,
)
from service.logs import get_logger
from service.settings import Settings
from service.store.audit import append_event, audit_end
from service.store.copying import copy_out
from service.store.database import Writing
from service.store.key_copies import KeyRow
from service.store.letters import change_letter, count_by_state, find_letters
from service.store.switches import pause_dispatch
from service.vault.agefile import open_file, read_recipients, seal_file
from service.vault.keyring import KeyRing, Purpose
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import (
    BadRequest,
    CopyFailed,
    DatabaseTrouble,
    KeysMissing,
    ServiceError,
)
from service.workflow.people import Permission, Person, check_may
from service.workflow.states import LetterState
from service.workflow.switches import PauseReason

log = get_logger(__name__)

DATABASE_FILE = "database"
MANIFEST_FILE = "manifest.json"
_SEALED = ".age"
_KEY_COPIES = "key-copies"
_SHOP = "backup-"
_LEFT_AFTER_S = 86_400
_ALL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """Where a backup and its copy of the data keys are, and how many keys were lost before it."""

    folder: Path
    key_copy: Path
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBackup:
    """A backup that is as it was made: the copy of the database, in the clear, and its keys."""

    database: Path
    keys: tuple[KeyRow, ...] | None
    """None in a backup of an earlier version, whose copy of the database has them."""
    generations: Mapping[str, int]
    """Of the keys that the copy of the database was sealed with, where it is not 1."""
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore found and did."""

    letters: int
    held: int
    erased_again: int


#: Tries a backup out before it is sealed; gets its folder and the copy of its data keys.
TryOut = Callable[[Path, Path], None]


def make_backup(
    desk: Desk,
    person: Person,
    *,
    folder: Path,
    unsealed: bool = False,
    try_out: TryOut | None = None,
) -> MadeBackup:
    """
    Write a backup to a new folder in this one, and the copy of the data keys to theirs.

    Without recipients in the settings it is refused, unless it may be `unsealed`. What lies in the
    clear meanwhile lies in the data folder.
    """
    check_may(person, Permission.KEEP_DATA)
    recipients = _recipients(desk.settings, unsealed=unsealed)
    target = _new_folder(folder / f"letters-{desk.now().strftime(STAMP)}")
    with desk.database.writing() as tx:
        append_event(tx, event=_event(desk, person, AuditAction.DATA_BACKED_UP))
    key_folder = desk.settings.key_copies or folder / _KEY_COPIES
    with workshop(desk.settings) as shop:
        keys_file = shop / key_copy_name(desk.now(), sealed=False)
        lost = _copy(desk, shop, keys_file)
        trouble = _tried(try_out, shop, keys_file)
        key_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_copy = key_folder / key_copy_name(desk.now(), sealed=bool(recipients))
        _bring_out(keys_file, key_copy, recipients)
        # its list last: without it a backup is none
        for name in (DATABASE_FILE, MANIFEST_FILE):
            sealed_name = f"{name}{_SEALED if recipients else ''}"
            _bring_out(shop / name, target / sealed_name, recipients)
    if trouble is not None:
        message = f"{target}: the backup is made, but trying it out failed. {trouble}"
        raise CopyFailed(message)
    if lost:
        log.error("backup.keys_lost", count=lost)
    else:
        days = desk.settings.keep_key_copies_days
        drop_old_key_copies(key_folder, now=desk.now(), days=days)
    return MadeBackup(folder=target, key_copy=key_copy, lost=lost)


@contextmanager
def workshop(settings: Settings) -> Iterator[Path]:
    """A folder beside the database for what must not lie in the clear elsewhere; gone after it."""
    settings.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in settings.data_folder.glob(f"{_SHOP}*"):
        # of a backup that was killed: it holds keys of what may have to be erased
        if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SHOP, dir=settings.data_folder) as name:
        yield Path(name)


def check_backup(
    keys: KeyRing,
    folder: Path,
    shop: Path,
    *,
    engine: str,
    key_copy: Path | None = None,
    identity: Path | None = None,
) -> CheckedBackup:
    """
    The backup, opened in the workshop, when it is as it was made with these keys; `CopyFailed`.

    `key_copy` is a copy of its data keys or a folder with some, of which the newest is taken.
    """
    manifest = _checked_manifest(keys, folder, shop, identity)
    if manifest["engine"] != engine:
        message = f"{folder}: this is a backup of {manifest['engine']}, and here is {engine}."
        raise CopyFailed(message)
    database = _opened(folder / DATABASE_FILE, shop, identity)
    if manifest["sha256"] != _sha256(database):
        message = f"{folder}: the copy is damaged. Take another backup."
        raise CopyFailed(message)
    rows = None
    if "keys_apart" in manifest:
        found = newest_key_copy(key_copy or folder.parent / _KEY_COPIES)
        opened = _opened(found, shop, identity)
        rows = read_key_copy(keys, opened, at_least=int(manifest["audit_at_least"]))
    return CheckedBackup(
        database=database,
        keys=rows,
        generations=manifest.get("keys_apart", {}),
        made_at=datetime.fromisoformat(manifest["made_at"]),
    )


def settle_restored(desk: Desk, person: Person) -> Restored:
    """
    Make a restored database safe to open: nothing leaves, what was erased is erased again.

    First of all the end of its trail is noted as where it goes on from; a backup whose own trail
    does not fit what was noted while it was made raises `AuditBroken`.
    """
    check_may(person, Permission.KEEP_DATA)
    note_end(desk, AnchorKind.RESTORE)
    verify_trail(desk)
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.DISPATCH_PAUSED, reason="restored")
        pause_dispatch(tx, PauseReason.RESTORED, event=event)
        append_event(tx, event=_event(desk, person, AuditAction.DATA_RESTORED))
        held = _hold_approved(desk, person, tx)
        letters = sum(count_by_state(tx.connection).values())
    unreadable = erase_unreadable(desk)
    return Restored(letters=letters, held=held, erased_again=unreadable + erase_again(desk))


def _hold_approved(desk: Desk, person: Person, tx: Writing) -> int:
    """Whether these left after the backup was made, only their recipients know."""
    hold = Hold(
        stage=Stage.RELEASE,
        code="restored",
        reason="The database comes from a backup. Ask the recipient whether this letter came.",
    )
    found = find_letters(tx.connection, states=frozenset({LetterState.APPROVED}), limit=_ALL)
    for seen in found:
        changes = {
            "state": LetterState.DISPATCH_FAILED,
            "holds": (hold,),
            "lease_until": None,
            "lease_token": seen.lease_token + 1,
        }
        event = AuditEvent(
            at=desk.now(),
            actor=person.person_id,
            action=AuditAction.DISPATCH_FAILED,
            letter_id=seen.letter_id,
            details={"code": hold.code},
        )
        change_letter(tx, seen, changes, event=event)
    return len(found)


def _new_folder(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
    except OSError:
        message = f"{path}: the folder cannot be made, or is there already."
        raise BadRequest(message) from None
    return path


def _checked_manifest(
    keys: KeyRing, folder: Path, shop: Path, identity: Path | None
) -> dict[str, Any]:
    """What the list of a backup says, or `CopyFailed` when it is not as it was signed."""
    opened = _opened(folder / MANIFEST_FILE, shop, identity)
    try:
        manifest = dict(json.loads(opened.read_text("utf-8")))
        signature = manifest.pop("signature")
    except (OSError, ValueError, TypeError, KeyError):
        message = f"{folder}: this is no backup, or its {MANIFEST_FILE} is damaged."
        raise CopyFailed(message) from None
    if signature != _signature(keys, manifest):
        message = f"{folder}: the backup was changed, or it was made with other keys."
        raise CopyFailed(message)
    return manifest


def _recipients(settings: Settings, *, unsealed: bool) -> tuple[object, ...]:
    if settings.backup_recipients is not None:
        return read_recipients(settings.backup_recipients)
    if unsealed:
        return ()
    message = (
        "Nobody is named whom backups are sealed for. Set LETTERS_BACKUP_RECIPIENTS "
        "(docs/operate/backup.md), or say --unsealed: then ids, times and names of staff can be "
        "read in it."
    )
    raise BadRequest(message)


def _copy(desk: Desk, shop: Path, keys_file: Path) -> int:
    """Copy database and keys to the workshop, in this order; how many keys were lost before."""
    with desk.database.reading() as connection:
        seq, _ = audit_end(connection)
        letters = sum(count_by_state(connection).values())
    generations = copy_out(desk.database, shop / DATABASE_FILE)
    # the keys after what they open: whatever is in the copy has its key, or was erased since
    copied = make_key_copy(desk, _keys(desk))
    keys_file.write_text(copied.content, "utf-8")
    keys_file.chmod(0o600)
    manifest = {
        "made_at": datetime.now(tz=UTC).isoformat(),
        "engine": "sqlite" if desk.database.is_sqlite else "postgresql",
        "audit_at_least": seq,
        "letters_at_least": letters,
        "sha256": _sha256(shop / DATABASE_FILE),
        "keys_apart": generations,
    }
    signed = {**manifest, "signature": _signature(_keys(desk), manifest)}
    (shop / MANIFEST_FILE).write_text(json.dumps(signed, indent=2) + "\n", "utf-8")
    return copied.lost


def _tried(try_out: TryOut | None, shop: Path, keys_file: Path) -> str | None:
    """Why the backup could not be restored; it is kept all the same: it may be all there is."""
    if try_out is None:
        return None
    try:
        try_out(shop, keys_file)
    except (ServiceError, DatabaseTrouble) as error:
        return error.reason
    except Exception as error:
        log.error("backup.not_tried", exc_info=error)
        return "Its place is in the log."
    return None


def _bring_out(source: Path, target: Path, recipients: tuple[object, ...]) -> None:
    """Bring a file out of the workshop, sealed when it is for somebody."""
    if recipients:
        seal_file(source, target, recipients)
        return
    try:
        shutil.copyfile(source, target)
        target.chmod(0o600)
        with target.open("rb") as stream:
            os.fsync(stream.fileno())
    except OSError:
        message = f"{target}: it cannot be written. Is the disk full?"
        raise CopyFailed(message) from None


def _opened(path: Path, shop: Path, identity: Path | None) -> Path:
    """The file itself where it is not sealed; else what was in it, in the workshop."""
    sealed = path if path.suffix == _SEALED else path.with_name(path.name + _SEALED)
    if not sealed.exists():
        return path
    if identity is None:
        message = f"{sealed}: it is sealed. Name the file of its private key with --identity."
        raise CopyFailed(message)
    target = shop / sealed.name.removesuffix(_SEALED)
    open_file(sealed, target, identity)
    return target


def _keys(desk: Desk) -> KeyRing:
    if desk.database.keys is None:
        raise KeysMissing
    return desk.database.keys


def _signature(keys: KeyRing, manifest: Mapping[str, object]) -> str:
    body = json.dumps(dict(manifest), sort_keys=True)
    return keys.newest(Purpose.AUDIT).sign("backup", body)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        message = f"{path}: the copy cannot be read."
        raise CopyFailed(message) from None


def _event(desk: Desk, person: Person, action: AuditAction, **details: str) -> AuditEvent:
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
