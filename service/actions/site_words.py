"""
The words of the site: what is always and never removed, changed by two people.

Contract: one person proposes to put a word on a list or to take it off, another one confirms; from
then on it holds in every process. Nothing here reads a letter, and the trail tells which list was
changed, never the word.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from anonymizer.model import SiteWord, SiteWords
from service.actions.desk import Desk
from service.actions.tokens import event_of
from service.store.people import people_names
from service.store.site_words import (
    all_changes,
    confirm_change,
    find_change,
    insert_change,
    withdraw_change,
    words_version,
)
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import IllegalTransition, KeyTrouble
from service.workflow.people import Permission, Person, check_may
from service.workflow.site_words import (
    WordChange,
    check_change,
    check_second_person,
    checked_word,
    key_of,
    words_in_force,
)

_EVERY_LANGUAGE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsView:
    """The words in force, each as the change that put it there, and what waits for a yes."""

    version: int
    listed: tuple[WordChange, ...] = field(repr=False)
    waiting: tuple[WordChange, ...] = field(repr=False)
    mine: frozenset[str] = frozenset()
    """Ids of the changes that this person proposed, so that another one confirms them."""
    broken: bool = False
    """True when what is stored cannot be opened: then no letter is drafted either."""


def list_words(desk: Desk, person: Person) -> WordsView:
    """Every word in force by its spelling, the open proposals, people by their names."""
    check_may(person, Permission.KEEP_SETTINGS)
    with desk.database.reading() as connection:
        names = people_names(connection)
        try:
            changes = all_changes(connection)
        except KeyTrouble:
            return WordsView(version=words_version(connection), listed=(), waiting=(), broken=True)
    mine = frozenset(one.change_id for one in changes if one.proposed_by == person.person_id)
    listed, version = _by_words(changes)
    return WordsView(
        version=version,
        listed=tuple(_named(one, names) for one in listed),
        waiting=tuple(_named(one, names) for one in changes if one.open),
        mine=mine,
    )


def propose_word(desk: Desk, person: Person, *, word: SiteWord) -> str:
    """The first of two people puts a word on a list; the id of the change."""
    check_may(person, Permission.KEEP_SETTINGS)
    return _propose(desk, person, checked_word(word), adds=True)


def propose_to_take_off(desk: Desk, person: Person, *, change_id: str) -> str:
    """The first of two people takes the word off its list that this change put there."""
    check_may(person, Permission.KEEP_SETTINGS)
    with desk.database.reading() as connection:
        word = find_change(connection, change_id).word
    return _propose(desk, person, word, adds=False)


def confirm_word(desk: Desk, person: Person, *, change_id: str) -> int:
    """The second of two people; the version that holds from now on."""
    check_may(person, Permission.KEEP_SETTINGS)
    with desk.database.writing() as tx:
        change = find_change(tx.connection, change_id)
        check_second_person(change, person.person_id)
        if not change.open:
            message = "This proposal was confirmed or withdrawn already."
            raise IllegalTransition(message)
        check_change(change, all_changes(tx.connection))
        version = words_version(tx.connection) + 1
        event = _event(desk, person, AuditAction.WORD_CONFIRMED, change, version=version)
        confirm_change(tx, change_id, version, event=event)
    return version


def withdraw_word(desk: Desk, person: Person, *, change_id: str) -> None:
    """A proposal is taken back, or a second person says no."""
    check_may(person, Permission.KEEP_SETTINGS)
    with desk.database.writing() as tx:
        change = find_change(tx.connection, change_id)
        event = _event(desk, person, AuditAction.WORD_WITHDRAWN, change)
        withdraw_change(tx, change_id, event=event)


def words_with_proposed(desk: Desk, *more: SiteWord) -> tuple[SiteWords, SiteWords]:
    """The words in force, and those that there would be with all that is proposed, and `more`."""
    with desk.database.reading() as connection:
        changes = all_changes(connection)
    waiting = sorted((one for one in changes if one.open), key=lambda one: one.proposed_at)
    then = words_in_force(changes, proposed=waiting)
    return words_in_force(changes), replace(then, words=(*then.words, *more))


def _propose(desk: Desk, person: Person, word: SiteWord, *, adds: bool) -> str:
    change = WordChange(
        change_id=uuid.uuid4().hex,
        adds=adds,
        word=word,
        proposed_at=desk.now(),
        proposed_by=person.person_id,
    )
    with desk.database.writing() as tx:
        check_change(change, all_changes(tx.connection))
        event = _event(desk, person, AuditAction.WORD_PROPOSED, change)
        insert_change(tx, change, event=event)
    return change.change_id


def _by_words(changes: Iterable[WordChange]) -> tuple[tuple[WordChange, ...], int]:
    """For each word in force the change that put it on its list, and the version."""
    changes = tuple(changes)
    words = words_in_force(changes)
    there = {key_of(one) for one in words.words}
    latest = {
        key_of(one.word): one
        for one in sorted(changes, key=lambda one: one.version or 0)
        if one.version is not None and one.adds and key_of(one.word) in there
    }
    listed = sorted(latest.values(), key=lambda one: one.word.words.casefold())
    return tuple(listed), words.version


def _named(change: WordChange, names: dict[str, str]) -> WordChange:
    return replace(
        change,
        proposed_by=names.get(change.proposed_by, change.proposed_by),
        confirmed_by=names.get(change.confirmed_by or "", change.confirmed_by),
    )


def _event(
    desk: Desk, person: Person, action: AuditAction, change: WordChange, **more: int
) -> AuditEvent:
    # the word may be somebody's name: it stands sealed with its change, and not in the trail
    return event_of(
        desk,
        person,
        action,
        change=change.change_id,
        does="add" if change.adds else "take_off",
        use=change.word.use.value,
        language=change.word.language or _EVERY_LANGUAGE,
        **more,
    )
