"""
Copies of the wrapped data keys, kept apart from copies of everything else.

Contract: a copy of the database holds no data key; whoever has it needs a copy of the keys too, and
of what was erased before that one was made nobody can read anything. What a younger copy of the
keys no longer opens counts as erased.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, literal, select

from service.store.database import Writing
from service.store.schema import cases, data_keys, letters
from service.vault.sealing import Sealed
from service.workflow.errors import KeysMissing
from service.workflow.retention import Part

KeyRow: TypeAlias = Mapping[str, Any]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Ids of what nobody can read."""

    letters: tuple[str, ...]
    cases: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.letters) + len(self.cases)


def all_keys(connection: Connection) -> tuple[KeyRow, ...]:
    """Every row of the keys, wrapped as they are, in values that JSON can say."""
    rows = connection.execute(select(data_keys).order_by(data_keys.c.owner)).mappings()
    return tuple(
        {
            **row,
            "wrapped": _text_of(row["wrapped"]),
            "destroyed_at": row["destroyed_at"] and row["destroyed_at"].isoformat(),
        }
        for row in rows
    )


def bring_in_keys(
    tx: Writing, keys: Iterable[KeyRow], generations: Mapping[str, int], at: datetime
) -> None:
    """
    Put the keys of a copy in the place of those that are there.

    `generations` are those of the copy of the database, where they are not 1. A key that took the
    place of another one since opens nothing here: its letter or case was erased, in part or as a
    whole, so it comes in destroyed. Keys of letters that are not there stay away: nobody would
    ever erase them.
    """
    there = set(tx.connection.execute(select(letters.c.letter_id)).scalars())
    rows = [_row(one) for one in keys if _is_wanted(str(one["owner"]), there)]
    for row in rows:
        if row["wrapped"] is not None and row["generation"] != generations.get(row["owner"], 1):
            row.update(wrapped=None, destroyed_at=at)
    tx.connection.execute(delete(data_keys))
    for start in range(0, len(rows), _AT_ONCE):
        tx.connection.execute(insert(data_keys), rows[start : start + _AT_ONCE])


def unreadable(connection: Connection) -> Unreadable:
    """Letters and cases whose key was destroyed, and which do not say so."""
    return Unreadable(
        letters=_letters(connection, _key_is(letters.c.letter_id, "letter/", destroyed=True)),
        cases=_cases(connection, _key_is(cases.c.case_id, "case/", destroyed=True)),
    )


def lost(connection: Connection) -> Unreadable:
    """Letters and cases that say that they can be read, and whose key is not there."""
    return Unreadable(
        letters=_letters(connection, ~_key_is(letters.c.letter_id, "letter/", destroyed=False)),
        cases=_cases(connection, ~_key_is(cases.c.case_id, "case/", destroyed=False)),
    )


def check_keys_are_there(connection: Connection) -> None:
    """Raise `KeysMissing` for letters or cases without any key: a restore that was cut off."""
    if _is_filled(connection, data_keys):
        return
    if _is_filled(connection, letters) or _is_filled(connection, cases):
        message = (
            "This database is a copy without its data keys: a restore was cut off, or the copy "
            "was put in place by hand. Run `anonymizer-service restore` (docs/operate/backup.md)."
        )
        raise KeysMissing(message)


def _letters(connection: Connection, which: ColumnElement[bool]) -> tuple[str, ...]:
    readable = letters.c.erased.is_(None) | (letters.c.erased != Part.EVERYTHING.value)
    query = select(letters.c.letter_id).where(readable, which).order_by(letters.c.letter_id)
    return tuple(connection.execute(query).scalars())


def _cases(connection: Connection, which: ColumnElement[bool]) -> tuple[str, ...]:
    query = select(cases.c.case_id).where(which).order_by(cases.c.case_id)
    return tuple(connection.execute(query).scalars())


def _key_is(id_column: ColumnElement[Any], prefix: str, *, destroyed: bool) -> ColumnElement[bool]:
    state = data_keys.c.destroyed_at if destroyed else data_keys.c.wrapped
    key = select(data_keys.c.owner).where(
        data_keys.c.owner == literal(prefix) + id_column, state.is_not(None)
    )
    return key.exists()


def _is_filled(connection: Connection, table: Table) -> bool:
    rows = select(literal(1)).select_from(table).limit(1)
    return connection.execute(rows).one_or_none() is not None


def _is_wanted(owner: str, there: set[str]) -> bool:
    kind, _, name = owner.partition("/")
    return kind not in {"letter", "known"} or name in there


def _text_of(sealed: Sealed | None) -> str | None:
    return None if sealed is None else base64.b64encode(sealed.data).decode("ascii")


def _row(one: KeyRow) -> dict[str, Any]:
    """The row again, or `ValueError`."""
    try:
        wrapped = one["wrapped"]
        destroyed = one["destroyed_at"]
        return {
            **{name: one[name] for name in ("owner", "purpose", "master_id")},
            "generation": int(one["generation"]),
            "wrapped": None if wrapped is None else Sealed(base64.b64decode(wrapped)),
            "destroyed_at": None if destroyed is None else datetime.fromisoformat(destroyed),
        }
    except (KeyError, TypeError, binascii.Error):
        raise ValueError from None
