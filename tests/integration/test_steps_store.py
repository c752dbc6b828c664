"""The journal of a letter's steps and people's own keys, on SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from anonymizer.model import EntityKind
from service import actions
from service.actions import Desk
from service.actions.shortcuts import change_keys, keys_of
from service.store.database import Database
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import StaleVersion
from service.workflow.people import Person
from service.workflow.shortcuts import DEFAULT_KEYS, Shortcut
from tests.factories import add, claimed, decide_suggestions, make_desk, version_of, view

MASK = Correction(kind=CorrectionKind.MASK, finding_id="f2")
MARK = Correction(kind=CorrectionKind.ADD, start=0, end=4, entity_kind=EntityKind.PERSON)
WORDS = Correction(kind=CorrectionKind.REWRITE, finding_id="f2", words="helper in the house")


def step(desk: Desk, person: Person, letter_id: str, *made: Correction) -> None:
    """Make corrections as one step."""
    version = version_of(desk, letter_id)
    actions.correct(desk, person, letter_id=letter_id, version=version, corrections=made)


def test_steps_are_kept_with_the_letter(desk: Desk) -> None:
    """Undone ones too: another process opens the letter and makes them again."""
    anna = add(desk, "Anna")
    letter_id = claimed(desk, anna)
    step(desk, anna, letter_id, MASK, MARK)
    step(desk, anna, letter_id, WORDS)
    done = view(desk, anna, letter_id).outgoing
    for _ in range(2):
        actions.undo_last(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    url = desk.database.url.render_as_string(hide_password=False)
    desk.database.close()
    later = replace(desk, database=Database(url, keys=desk.database.keys))
    for _ in range(2):
        actions.redo_next(later, anna, letter_id=letter_id, version=version_of(later, letter_id))
    assert view(later, anna, letter_id).outgoing == done
    later.database.close()
    assert "helper in the house" in (done or "")


def test_of_many_redos_at_once_one_acts(desk: Desk) -> None:
    """The version decides, on each engine."""
    anna = add(desk, "Anna")
    letter_id = claimed(desk, anna)
    for made in (MASK, MARK):
        step(desk, anna, letter_id, made)
    for _ in range(2):
        actions.undo_last(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    version = version_of(desk, letter_id)

    def redo(_: int) -> bool:
        try:
            actions.redo_next(desk, anna, letter_id=letter_id, version=version)
        except StaleVersion:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redo, range(16))) == 1
    assert view(desk, anna, letter_id).may.redo


def test_a_second_reader_makes_nothing_of_the_first_one_again(
    database_url: str, tmp_path: Path
) -> None:
    """What the first reader did and undid stays theirs."""
    desk = make_desk(tmp_path, url=database_url, second_reader_always=True)
    anna, ben = add(desk, "Anna"), add(desk, "Ben")
    letter_id = claimed(desk, anna)
    decide_suggestions(desk, anna, letter_id)
    step(desk, anna, letter_id, MARK)
    actions.undo_last(desk, anna, letter_id=letter_id, version=version_of(desk, letter_id))
    seen = view(desk, anna, letter_id)
    assert seen.may.redo
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    actions.claim_letter(desk, ben, letter_id=letter_id, version=version_of(desk, letter_id))
    may = view(desk, ben, letter_id).may
    assert (bool(may.undo), bool(may.redo)) == (False, False)
    step(desk, ben, letter_id, MARK)
    actions.undo_last(desk, ben, letter_id=letter_id, version=version_of(desk, letter_id))
    actions.redo_next(desk, ben, letter_id=letter_id, version=version_of(desk, letter_id))
    assert (view(desk, ben, letter_id).outgoing or "").startswith("[person]")
    desk.database.close()


def test_own_keys_are_kept(desk: Desk) -> None:
    """Signs of any script."""
    anna = add(desk, "Anna")
    wanted = {**DEFAULT_KEYS, Shortcut.KEEP: "ж", Shortcut.MARK: "ö", Shortcut.UNDO: ""}
    change_keys(desk, anna, wanted)
    change_keys(desk, anna, wanted)
    assert keys_of(desk, anna) == wanted
