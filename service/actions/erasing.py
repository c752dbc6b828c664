"""
Erasing by the calendar and by order, and keeping a case from it.

Contract: by the calendar only what was sent is erased, part by part (`service.workflow.retention`);
by order a letter or a case whose letters were all sent or returned. What is erased is noted outside
the database first, so that a database restored from an older backup is erased again before anybody
sees it. A crash in between leaves the rest to the next run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from service.actions.desk import Desk
from service.logs import get_logger
from service.store.cases import find_case
from service.store.erasing import (
    due_letters,
    erase_case_row,
    erase_part,
    is_kept,
    keep_case,
    kept_cases,
    letters_of_erased_case,
    stop_keeping_case,
)
from service.store.key_copies import unreadable
from service.store.letters import StoredLetter, find_letter
from service.vault.keyring import Purpose
from service.vault.signed_lines import SignedLines
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import (
    IllegalTransition,
    KeysMissing,
    KeyTrouble,
    NotFound,
    StaleVersion,
)
from service.workflow.people import SYSTEM, Permission, Person, check_may
from service.workflow.retention import DueLetter, Part, reaches
from service.workflow.states import LetterState

log = get_logger(__name__)

_AT_ONCE = 100
_FILE = "erased.jsonl"
_CLOSED = frozenset({LetterState.DISPATCHED, LetterState.RETURNED})


def erased_file(desk: Desk) -> Path:
    """Where it is noted what was erased."""
    return desk.settings.anchor_folder_path / _FILE


def list_due(desk: Desk, *, limit: int = 10_000) -> tuple[DueLetter, ...]:
    """What would be erased now; a letter comes once, with the furthest part that is due."""
    found: dict[str, DueLetter] = {}
    with desk.database.reading() as connection:
        for part, days in _days(desk):
            before = desk.now() - timedelta(days=days)
            for one in due_letters(connection, part, before, limit=limit):
                found[one.letter_id] = one
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Of how many letters something was erased, and of which it could not be."""

    count: int = 0
    failed: frozenset[str] = frozenset()


def erase_due(desk: Desk, *, at_most: int | None = None, after: Purged = Purged()) -> Purged:
    """
    Erase what is due, of `at_most` letters more than were erased `after` the portions before.

    A letter that cannot be erased, because it was damaged for example, keeps no other from it.
    """
    count, failed = after.count, set(after.failed)
    most = None if at_most is None else after.count + at_most
    try:
        while most is None or count < most:
            due = [
                one
                for one in list_due(desk, limit=_AT_ONCE + len(failed))
                if one.letter_id not in failed
            ]
            if not due:
                break
            for one in due[: None if most is None else most - count]:
                try:
                    _erase(desk, SYSTEM, one.letter_id, one.part, by_calendar=True)
                except (KeyTrouble, StaleVersion, IllegalTransition) as error:
                    log.error("erase.failed", letter_id=one.letter_id, exc_info=error)
                    failed.add(one.letter_id)
                else:
                    count += 1
    finally:
        desk.database.empty_log()
    return Purged(count=count, failed=frozenset(failed))


def erase_letter(desk: Desk, person: Person, *, letter_id: str) -> None:
    """Erase all text of a letter that was sent or returned to its writer."""
    check_may(person, Permission.KEEP_DATA)
    _erase(desk, person, letter_id, Part.EVERYTHING)
    desk.database.empty_log()


def erase_case(desk: Desk, person: Person, *, case_id: str) -> int:
    """Erase a case with all its letters; returns how many. None of them may be under way."""
    check_may(person, Permission.KEEP_DATA)
    with desk.database.reading() as connection:
        found = letters_of_erased_case(connection, case_id)
        if not found:
            find_case(connection, case_id)
        _check_not_kept(case_id, kept_cases(connection))
    for one in found:
        _check_closed(one)
    for one in found:
        _erase(desk, person, one.letter_id, Part.EVERYTHING)
    _note(desk, {"case": case_id})
    _erase_row(desk, person, case_id)
    desk.database.empty_log()
    return len(found)


def hold_case(desk: Desk, person: Person, *, case_id: str) -> None:
    """Nothing of this case is erased from now on."""
    check_may(person, Permission.KEEP_DATA)
    with desk.database.writing() as tx:
        find_case(tx.connection, case_id)
        keep_case(tx, case_id, event=_event(desk, person, AuditAction.CASE_KEPT, case=case_id))


def stop_holding_case(desk: Desk, person: Person, *, case_id: str) -> None:
    """The case is erased in its time again."""
    check_may(person, Permission.KEEP_DATA)
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.CASE_NO_LONGER_KEPT, case=case_id)
        stop_keeping_case(tx, case_id, event=event)


def erase_again(desk: Desk) -> int:
    """After a restore: erase what was erased since the backup; returns how much it was."""
    count = 0
    for line in _lines(desk).read():
        try:
            if "case" in line:
                _erase_row(desk, SYSTEM, str(line["case"]), again=True)
            else:
                _erase_again(desk, str(line["letter"]), Part(str(line["part"])))
        except NotFound:
            # it came in after the backup
            continue
        count += 1
    desk.database.empty_log()
    return count


def erase_unreadable(desk: Desk) -> int:
    """
    After a restore: erase as a whole what the copy of the keys no longer opens; how much it was.

    It was erased, in part or as a whole, after the database was copied and before the keys were.
    """
    with desk.database.reading() as connection:
        found = unreadable(connection)
    for letter_id in found.letters:
        _erase_again(desk, letter_id, Part.EVERYTHING)
    for case_id in found.cases:
        _erase_row(desk, SYSTEM, case_id, again=True)
    desk.database.empty_log()
    return len(found)


def _erase_again(desk: Desk, letter_id: str, part: Part) -> None:
    with desk.database.writing() as tx:
        seen = find_letter(tx.connection, letter_id)
        if not reaches(seen.erased, part):
            erase_part(tx, seen, part, event=_erased(desk, SYSTEM, letter_id, part))


def _erase(
    desk: Desk, person: Person, letter_id: str, part: Part, *, by_calendar: bool = False
) -> None:
    with desk.database.writing() as tx:
        seen = find_letter(tx.connection, letter_id)
        if by_calendar and seen.state is not LetterState.DISPATCHED:
            return
        _check_closed(seen)
        if is_kept(tx.connection, letter_id):
            message = "The case of this letter is kept: nothing of it may be erased."
            raise IllegalTransition(message)
        # first outside: a restore must not bring back what the database says is gone
        _note(desk, {"letter": letter_id, "part": part.value})
        erase_part(tx, seen, part, event=_erased(desk, person, letter_id, part))


def _erase_row(desk: Desk, person: Person, case_id: str, *, again: bool = False) -> None:
    with desk.database.writing() as tx:
        event = _event(desk, person, AuditAction.CASE_ERASED, case=case_id)
        erase_case_row(tx, case_id, event=event, again=again)


def _check_closed(letter: StoredLetter) -> None:
    if letter.state not in _CLOSED:
        message = (
            "A letter that is still under way is never erased. Send it or return it to its writer "
            "first."
        )
        raise IllegalTransition(message)


def _check_not_kept(case_id: str, kept: Mapping[str, object]) -> None:
    if case_id in kept:
        message = "This case is kept: nothing of it may be erased."
        raise IllegalTransition(message)


def _days(desk: Desk) -> Iterator[tuple[Part, int]]:
    settings = desk.settings
    yield Part.IDENTITY, settings.keep_identity_days
    yield Part.FINDINGS, settings.keep_findings_days
    yield Part.ORIGINAL, settings.keep_original_days
    if settings.keep_letters_days is not None:
        yield Part.EVERYTHING, settings.keep_letters_days


def _lines(desk: Desk) -> SignedLines:
    keys = desk.database.keys
    if keys is None:
        raise KeysMissing
    return SignedLines(erased_file(desk), keys.newest(Purpose.AUDIT))


def _note(desk: Desk, what: dict[str, str]) -> None:
    _lines(desk).append({"at": desk.now().isoformat(), **what})


def _erased(desk: Desk, person: Person, letter_id: str, part: Part) -> AuditEvent:
    return AuditEvent(
        at=desk.now(),
        actor=person.person_id,
        action=AuditAction.LETTER_ERASED,
        letter_id=letter_id,
        details={"part": part.value},
    )


def _event(desk: Desk, person: Person, action: AuditAction, **details: str) -> AuditEvent:
    return AuditEvent(at=desk.now(), actor=person.person_id, action=action, details=details)
