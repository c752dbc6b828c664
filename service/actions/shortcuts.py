"""A person's own keys for the pages: read, changed, reset. They hold in every browser."""

from collections.abc import Mapping

from service.actions.desk import Desk
from service.store.shortcuts import find_keys, save_keys
from service.workflow.people import Permission, Person, check_may
from service.workflow.shortcuts import Shortcut, checked_keys


def keys_of(desk: Desk, person: Person) -> Mapping[Shortcut, str]:
    """The key of every action; an empty one means none."""
    with desk.database.reading() as connection:
        return find_keys(connection, person.person_id)


def change_keys(desk: Desk, person: Person, wanted: Mapping[Shortcut, str]) -> None:
    """Keep these keys; raises `BadRequest` where two clash or one is none."""
    check_may(person, Permission.KEEP_OWN_ACCOUNT)
    keys = checked_keys(wanted)
    with desk.database.writing() as tx:
        save_keys(tx, person.person_id, keys)


def reset_keys(desk: Desk, person: Person) -> None:
    """Bring the usual keys back."""
    check_may(person, Permission.KEEP_OWN_ACCOUNT)
    with desk.database.writing() as tx:
        save_keys(tx, person.person_id, None)
