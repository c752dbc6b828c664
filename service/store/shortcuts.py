"""
The keys that a person has chosen for the pages.

Contract: one row per person who has changed any; what is stored for actions that are no more is
passed over, and a damaged row means the usual keys: keys decide nothing.
"""

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, insert, select

from service.store.access_tables import shortcuts
from service.store.database import Writing
from service.workflow.errors import BadRequest
from service.workflow.shortcuts import DEFAULT_KEYS, Shortcut, checked_keys

_KEYS = TypeAdapter(dict[str, str])


def find_keys(connection: Connection, person_id: str) -> Mapping[Shortcut, str]:
    """The keys of this person."""
    query = select(shortcuts.c.bindings).where(shortcuts.c.person_id == person_id)
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        return DEFAULT_KEYS
    try:
        return checked_keys(_complete(_KEYS.validate_json(content)))
    except (ValidationError, BadRequest):
        return DEFAULT_KEYS


def _complete(stored: Mapping[str, str]) -> Mapping[Shortcut, str]:
    """With the usual keys of newer actions, unless the person uses them for something else."""
    kept = {action: stored[action] for action in Shortcut if action in stored}
    taken = set(kept.values())
    newer = {action: DEFAULT_KEYS[action] for action in Shortcut if action not in kept}
    return kept | {action: "" if key in taken else key for action, key in newer.items()}


def save_keys(tx: Writing, person_id: str, keys: Mapping[Shortcut, str] | None) -> None:
    """Keep these keys; None brings the usual ones back. Not an event: nobody else sees it."""
    tx.connection.execute(delete(shortcuts).where(shortcuts.c.person_id == person_id))
    if keys is not None:
        content = _KEYS.dump_json({action.value: key for action, key in keys.items()}).decode()
        tx.connection.execute(insert(shortcuts).values(person_id=person_id, bindings=content))
