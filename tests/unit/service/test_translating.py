"""A translation takes the letter's place; what came in is kept, and the path begins anew."""

import pytest

from service import actions
from service.actions import Desk
from service.store.letters import find_content
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed, TooLarge
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import LETTER, NUMBER, add, drafted, view, work_all

GERMAN = f"GERMAN: ich bin Anna.\nDonor number {NUMBER}"


def translate(desk: Desk, person: Person, letter_id: str, content: bytes) -> int:
    """Bring the translation in."""
    return actions.translate_letter(
        desk,
        person,
        letter_id=letter_id,
        version=view(desk, person, letter_id).version,
        content=content,
    )


def test_a_translation_walks_the_path_from_the_start(desk: Desk, anna: Person) -> None:
    """The same letter, another text; passages are found in the new one."""
    letter_id = drafted(desk, GERMAN)
    assert view(desk, anna, letter_id).may.translate
    translate(desk, anna, letter_id, LETTER.encode())
    between = view(desk, anna, letter_id)
    assert (between.state, between.findings, between.outgoing) == (LetterState.RECEIVED, (), None)
    work_all(desk)
    seen = view(desk, anna, letter_id)
    assert (seen.state, seen.text) == (LetterState.READY, LETTER)
    assert "[person]" in (seen.outgoing or "")
    assert [(one.number, one.text, one.replaced_by) for one in seen.earlier] == [
        (1, GERMAN, "Anna Proof")
    ]


def test_the_file_as_it_came_in_stays(desk: Desk, anna: Person) -> None:
    """A senior still gets the very bytes."""
    letter_id = drafted(desk, GERMAN)
    translate(desk, anna, letter_id, LETTER.encode())
    with desk.database.reading() as connection:
        content = find_content(connection, letter_id)
    assert (content.content, content.text) == (GERMAN.encode(), LETTER)


def test_a_translation_may_be_translated_again(desk: Desk, anna: Person) -> None:
    """Each former text is kept, in order, and numbered in the trail."""
    letter_id = drafted(desk, GERMAN)
    translate(desk, anna, letter_id, f"Still {GERMAN}".encode())
    work_all(desk)
    translate(desk, anna, letter_id, LETTER.encode())
    seen = view(desk, anna, letter_id)
    assert [one.text for one in seen.earlier] == [GERMAN, f"Still {GERMAN}"]
    versions = [
        event.details["text_version"]
        for event in seen.history
        if event.action == AuditAction.LETTER_TRANSLATED.value
    ]
    assert sorted(versions) == [2, 3]


def test_a_translation_that_is_none_changes_nothing(desk: Desk, anna: Person) -> None:
    """Each refusal is a sentence."""
    letter_id = drafted(desk, GERMAN)
    for content, told in (
        (b"  \n", "is empty"),
        (GERMAN.encode(), "as it stands already"),
        (b"%PDF-1.7 broken", "could not be read"),
    ):
        with pytest.raises(BadRequest, match=told):
            translate(desk, anna, letter_id, content)
    with pytest.raises(TooLarge):
        translate(desk, anna, letter_id, b"x" * 300_000)
    assert view(desk, anna, letter_id).text == GERMAN


def test_who_may_translate_and_when(desk: Desk, anna: Person) -> None:
    """Readers, and only while the letter waits for its language."""
    letter_id = drafted(desk, GERMAN)
    version = view(desk, anna, letter_id).version
    auditor = add(desk, "Otto Audit", Role.AUDITOR)
    with pytest.raises(NotAllowed):
        actions.translate_letter(
            desk, auditor, letter_id=letter_id, version=version, content=LETTER.encode()
        )
    ready = drafted(desk)
    with pytest.raises(IllegalTransition, match="cannot be translated"):
        translate(desk, anna, ready, b"Another text.")
