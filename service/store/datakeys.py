"""
Data keys in the database: one for each letter, one for what its draft says of identities, one for
each case. Wrapped by the master keys, which are never in the database.

Contract: a data key that was destroyed never comes back; without its row nothing is opened, and
what cannot be opened raises and is never taken for empty.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, func, insert, select, update

from service.store.database import Writing, keys_of, opened_keys
from service.store.schema import data_keys, master_keys
from service.vault.keyring import KeyRing, Purpose, WrappedKey
from service.vault.sealing import DataKey, Place, Sealed
from service.workflow.errors import BadKeys, Erased, SealBroken

#: Databases limit how many values a statement may carry.
_AT_ONCE = 500


class Envelope:
    """The data key of one owner, as the store uses it: for columns and records, text or bytes."""

    __slots__ = ("_key",)

    def __init__(self, key: DataKey) -> None:
        self._key = key

    def seal_bytes(self, column: "Column[Any]", record: str, content: bytes) -> Sealed:
        """The bytes, sealed for this column of this record."""
        return self._key.seal(_place(column, record), content)

    def open_bytes(self, column: "Column[Any]", record: str, sealed: Sealed) -> bytes:
        """The bytes again, or `SealBroken`."""
        return self._key.open(_place(column, record), sealed)

    def seal(self, column: "Column[Any]", record: str, text: str) -> Sealed:
        """The text, sealed for this column of this record."""
        return self.seal_bytes(column, record, text.encode("utf-8", "surrogatepass"))

    def open(self, column: "Column[Any]", record: str, sealed: Sealed) -> str:
        """The text again, or `SealBroken`."""
        return self.open_bytes(column, record, sealed).decode("utf-8", "surrogatepass")


def letter_owner(letter_id: str) -> str:
    """Whose key seals a letter's texts."""
    return f"letter/{letter_id}"


def known_owner(letter_id: str) -> str:
    """Whose key seals what a letter's drafts hold of both sides' identities."""
    return f"known/{letter_id}"


def case_owner(case_id: str) -> str:
    """Whose key seals a case: donor number, known identifiers, dates."""
    return f"case/{case_id}"


def purpose_of(owner: str) -> Purpose:
    """Which master keys wrap the key of this owner."""
    return Purpose.LETTERS if owner.startswith("letter/") else Purpose.IDENTITY


def letter_envelope(connection: Connection, letter_id: str) -> Envelope:
    """The key of a letter that is there; `Erased` when it was destroyed."""
    return _required(envelopes(connection, [letter_owner(letter_id)]), letter_owner(letter_id))


def case_envelope(connection: Connection, case_id: str) -> Envelope:
    """The key of a case that is there; `Erased` when it was destroyed."""
    return _required(envelopes(connection, [case_owner(case_id)]), case_owner(case_id))


def envelopes(connection: Connection, owners: Iterable[str]) -> dict[str, Envelope | None]:
    """The keys of these owners; None where the key was destroyed, no entry where none ever was."""
    ring, wanted = keys_of(connection), list(dict.fromkeys(owners))
    opened: dict[str, Envelope | None] | None = opened_keys(connection)
    if opened is None:
        opened = {}
    for row in _rows(connection, [owner for owner in wanted if owner not in opened]):
        opened[row.owner] = None if row.wrapped is None else Envelope(ring.unwrap(_stored(row)))
    return {owner: opened[owner] for owner in wanted if owner in opened}


def made_envelopes(tx: Connection, owners: Iterable[str]) -> dict[str, Envelope]:
    """The keys of these owners; whoever has none gets one, within this transaction."""
    wanted = list(dict.fromkeys(owners))
    ring = keys_of(tx)
    before = {row.owner: row for row in _rows(tx, wanted)}
    made: dict[str, Envelope] = {}
    new: list[WrappedKey] = []
    for owner in wanted:
        row = before.get(owner)
        if row is not None and row.wrapped is not None:
            made[owner] = Envelope(ring.unwrap(_stored(row)))
            continue
        # after an erasure a case may come back: under another key than the destroyed one
        generation = 1 if row is None else row.generation + 1
        wrapped, key = ring.new_data_key(purpose_of(owner), owner, generation=generation)
        made[owner] = Envelope(key)
        if row is None:
            new.append(wrapped)
        else:
            _replace(tx, wrapped)
    if new:
        tx.execute(insert(data_keys), [_values(one) for one in new])
    return made


def made_envelope(tx: Connection, owner: str) -> Envelope:
    """The key of this owner, made when there is none."""
    return made_envelopes(tx, [owner])[owner]


def replace_key(tx: Connection, owner: str) -> Envelope:
    """A new key in place of the one that is there, which is destroyed by it."""
    row = next(iter(_rows(tx, [owner])), None)
    generation = 1 if row is None else row.generation + 1
    wrapped, key = keys_of(tx).new_data_key(purpose_of(owner), owner, generation=generation)
    if row is None:
        tx.execute(insert(data_keys).values(**_values(wrapped)))
    else:
        _replace(tx, wrapped)
    return Envelope(key)


def destroy_keys(tx: Writing, owners: Iterable[str], at: datetime) -> int:
    """Destroy the keys of these owners: what they sealed can never be read again; how many."""
    count = 0
    for ids in _portions(owners):
        done = tx.connection.execute(
            update(data_keys)
            .where(data_keys.c.owner.in_(ids), data_keys.c.wrapped.is_not(None))
            .values(wrapped=None, destroyed_at=at)
        )
        count += done.rowcount
    return count


def look_up_code(
    connection: Connection, purpose: Purpose, column: "Column[Any]", value: str
) -> str:
    """The code by which this value of a column is found."""
    return keys_of(connection).code(purpose, f"{column.table.name}.{column.name}", value)


def rewrap_some(tx: Writing, purpose: Purpose, *, limit: int) -> int:
    """Wrap up to `limit` keys of older master keys under the newest one; how many it were."""
    ring = keys_of(tx.connection)
    newest = ring.newest(purpose).key_id
    query = (
        select(data_keys)
        .where(
            data_keys.c.purpose == purpose.value,
            data_keys.c.master_id != newest,
            data_keys.c.wrapped.is_not(None),
        )
        .order_by(data_keys.c.owner)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.connection.execute(query).all()
    for row in rows:
        _replace(tx.connection, ring.rewrap(_stored(row)))
    return len(rows)


def count_by_master(connection: Connection) -> dict[tuple[str, str], int]:
    """How many data keys each master key wraps, by purpose and id."""
    query = (
        select(data_keys.c.purpose, data_keys.c.master_id, func.count())
        .where(data_keys.c.wrapped.is_not(None))
        .group_by(data_keys.c.purpose, data_keys.c.master_id)
    )
    return {(purpose, master): count for purpose, master, count in connection.execute(query)}


def check_master_keys(connection: Connection) -> None:
    """Raise unless the key files hold every key that this database needs, and the right one."""
    ring = keys_of(connection)
    used = count_by_master(connection)
    for row in connection.execute(select(master_keys).order_by(master_keys.c.made_at)):
        purpose = Purpose(row.purpose)
        looks_up = purpose in {Purpose.TEXTS, Purpose.NUMBERS, Purpose.AUDIT}
        if looks_up or used.get((row.purpose, row.master_id)):
            key = ring.find(purpose, row.master_id)
            if key.check != row.check_value:
                name = f"the key `{row.purpose} {row.master_id}`"
                raise BadKeys.of(name, "it is another one than this database was written with")
            if looks_up and ring.newest(purpose) != key:
                name = f"the key `{row.purpose} {row.master_id}`"
                raise BadKeys.of(name, "another key stands behind it, and this one cannot change")


def note_master_keys(tx: Writing, at: datetime) -> None:
    """Remember the check value of every key of the files that is new here."""
    known = {
        (row.purpose, row.master_id): row.check_value
        for row in tx.connection.execute(select(master_keys))
    }
    for key in keys_of(tx.connection).keys:
        before = known.get((key.purpose.value, key.key_id))
        if before is not None and before != key.check:
            name = f"the key `{key.purpose.value} {key.key_id}`"
            raise BadKeys.of(name, "it is another one than this database was written with")
        if before is None:
            tx.connection.execute(
                insert(master_keys).values(
                    purpose=key.purpose.value,
                    master_id=key.key_id,
                    check_value=key.check,
                    made_at=at,
                )
            )


def ring_of(connection: Connection) -> KeyRing:
    """The master keys behind this connection, or `KeysMissing`."""
    return keys_of(connection)


def _required(found: dict[str, Envelope | None], owner: str) -> Envelope:
    if owner not in found:
        raise SealBroken
    envelope = found[owner]
    if envelope is None:
        raise Erased
    return envelope


def _place(column: "Column[Any]", record: str) -> Place:
    return Place(table=column.table.name, column=column.name, record=record)


def _rows(connection: Connection, owners: Iterable[str]) -> Iterable[Row[Any]]:
    for ids in _portions(owners):
        yield from connection.execute(select(data_keys).where(data_keys.c.owner.in_(ids)))


def _portions(owners: Iterable[str]) -> Iterable[list[str]]:
    ids = list(dict.fromkeys(owners))
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _replace(tx: Connection, key: WrappedKey) -> None:
    tx.execute(
        update(data_keys)
        .where(data_keys.c.owner == key.owner)
        .values(**_values(key), destroyed_at=None)
    )


def _values(key: WrappedKey) -> dict[str, Any]:
    return {
        "owner": key.owner,
        "purpose": key.purpose.value,
        "generation": key.generation,
        "master_id": key.master_id,
        "wrapped": key.wrapped,
    }


def _stored(row: Row[Any]) -> WrappedKey:
    return WrappedKey(
        owner=row.owner,
        generation=row.generation,
        purpose=Purpose(row.purpose),
        master_id=row.master_id,
        wrapped=row.wrapped,
    )
