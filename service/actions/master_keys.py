"""
The master keys: which there are, how much each one still wraps, and changing to new ones.

Contract: changing goes on while the service runs and can be cut off at any moment: old and new
keys are both valid, and the next run takes up what is left before it makes another key. An old
key may be taken out of its file once it wraps nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from service.actions.desk import Desk
from service.store.audit import append_event
from service.store.datakeys import count_by_master, note_master_keys, rewrap_some, ring_of
from service.store.opening import read_keys
from service.vault.keyfile import add_keys
from service.vault.keyring import ROTATED, Purpose
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.people import Permission, Person, check_may

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeyState:
    """A master key of the files, and of how many letters or cases it wraps the key."""

    purpose: Purpose
    key_id: str
    newest: bool
    wraps: int

    @property
    def may_go(self) -> bool:
        """True when the key may be taken out of its file."""
        return self.purpose in ROTATED and not self.newest and self.wraps == 0


def master_key_states(desk: Desk, person: Person) -> tuple[MasterKeyState, ...]:
    """Every key of the files."""
    check_may(person, Permission.KEEP_DATA)
    with desk.database.reading() as connection:
        ring, wraps = ring_of(connection), count_by_master(connection)
    return tuple(
        MasterKeyState(
            purpose=key.purpose,
            key_id=key.key_id,
            newest=ring.newest(key.purpose) == key,
            wraps=wraps.get((key.purpose.value, key.key_id), 0),
        )
        for key in ring.keys
    )


def rotate_master_keys(desk: Desk, person: Person) -> int:
    """
    Wrap every data key under a new master key; returns how many it were.

    What an earlier run left is finished first, without another new key. Where a command gives the
    keys, the new one has to be there already.
    """
    check_may(person, Permission.KEEP_DATA)
    left = any(not one.newest and one.wraps for one in master_key_states(desk, person))
    if not left and desk.settings.key_command is None:
        _add(desk, person)
    return sum(_rewrap(desk, person, purpose) for purpose in ROTATED)


def _add(desk: Desk, person: Person) -> None:
    letters, identity = desk.settings.key_files
    today = datetime.now(tz=UTC).date()
    if letters == identity:
        add_keys(letters, ROTATED, today=today)
    else:
        add_keys(letters, (Purpose.LETTERS,), today=today)
        add_keys(identity, (Purpose.IDENTITY,), today=today)
    desk.database.unlock(read_keys(desk.settings))
    with desk.database.writing() as tx:
        note_master_keys(tx, desk.now())
        ring = ring_of(tx.connection)
        ids = {purpose.value: ring.newest(purpose).key_id for purpose in ROTATED}
        append_event(tx, event=_event(desk, person, ids))


def _rewrap(desk: Desk, person: Person, purpose: Purpose) -> int:
    count = 0
    while True:
        with desk.database.writing() as tx:
            done = rewrap_some(tx, purpose, limit=_AT_ONCE)
            if done:
                append_event(tx, event=_event(desk, person, {"wrapped": str(done)}))
        if not done:
            return count
        count += done


def _event(desk: Desk, person: Person, details: dict[str, str]) -> AuditEvent:
    return AuditEvent(
        at=desk.now(), actor=person.person_id, action=AuditAction.KEYS_ROTATED, details=details
    )
