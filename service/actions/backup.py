"""
Backup and restore: a folder with a copy of the database and a signed list of what is in it.

Contract: keys are never part of a backup. A restored database sends nothing by itself: sending is
stopped, and every letter that was about to leave waits for a person who has asked its recipient.
What was erased since the backup is erased again before anybody sees it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anonymizer.model import Hold, Stage
from service.actions.checking import AnchorKind, note_end, verify_trail
from service.actions.desk import Desk
from service.actions.erasing import erase_again
from service.store.audit import append_event, audit_end
from service.store.copying import copy_out
from service.store.database import Writing
from service.store.letters import change_letter, count_by_state, find_letters
from service.store.switches import pause_dispatch
from service.vault.keyring import KeyRing, Purpose
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import BadRequest, CopyFailed, KeysMissing
from service.workflow.people import Permission, Person, check_may
from service.workflow.states import LetterState
from service.workflow.switches import PauseReason

DATABASE_FILE = "database"
MANIFEST_FILE = "manifest.json"
_ALL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore found and did."""

    letters: int
    held: int
    erased_again: int


def make_backup(desk: Desk, person: Person, *, folder: Path) -> Path:
    """Write a backup to a new folder in this one; returns the new one."""
    check_may(person, Permission.KEEP_DATA)
    stamp = desk.now().strftime("%Y-%m-%dT%H%M%SZ")
    target = folder / f"letters-{stamp}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.mkdir(mode=0o700)
    except OSError:
        message = f"{target}: the folder cannot be made, or is there already."
        raise BadRequest(message) from None
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.DATA_BACKED_UP)
        append_event(tx, event=event)
    with desk.database.reading() as connection:
        seq, _ = audit_end(connection)
        letters = sum(count_by_state(connection).values())
    copy_out(desk.database, target / DATABASE_FILE)
    manifest = {
        "made_at": datetime.now(tz=UTC).isoformat(),
        "engine": "sqlite" if desk.database.is_sqlite else "postgresql",
        "audit_at_least": seq,
        "letters_at_least": letters,
        "sha256": _sha256(target / DATABASE_FILE),
    }
    signed = {**manifest, "signature": _signature(_keys(desk), manifest)}
    (target / MANIFEST_FILE).write_text(json.dumps(signed, indent=2) + "\n", "utf-8")
    return target


def check_backup(keys: KeyRing, folder: Path, *, engine: str) -> Path:
    """The copy in this backup, when it is as it was made with these keys; else `CopyFailed`."""
    try:
        manifest = dict(json.loads((folder / MANIFEST_FILE).read_text("utf-8")))
        signature = manifest.pop("signature")
    except (OSError, ValueError, TypeError, KeyError):
        message = f"{folder}: this is no backup, or its {MANIFEST_FILE} is damaged."
        raise CopyFailed(message) from None
    if signature != _signature(keys, manifest):
        message = f"{folder}: the backup was changed, or it was made with other keys."
        raise CopyFailed(message)
    if manifest["engine"] != engine:
        message = f"{folder}: this is a backup of {manifest['engine']}, and here is {engine}."
        raise CopyFailed(message)
    if manifest["sha256"] != _sha256(folder / DATABASE_FILE):
        message = f"{folder}: the copy is damaged. Take another backup."
        raise CopyFailed(message)
    return folder / DATABASE_FILE


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
    return Restored(letters=letters, held=held, erased_again=erase_again(desk))


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
