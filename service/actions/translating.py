"""
A letter in another language goes to a translator: the translation takes its place.

Contract: the letter keeps its id, its file as it came in and its former text; the translation
walks the same path from the start, so nothing that was decided about the former text counts.
"""

from anonymizer.model import text_digest
from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter_as_seen
from service.actions.receiving import read_content
from service.store.texts import last_text_number, replace_text
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest
from service.workflow.gates import check_translate
from service.workflow.people import Person
from service.workflow.records import Summary
from service.workflow.states import LetterState


def translate_letter(
    desk: Desk, person: Person, *, letter_id: str, version: int, content: bytes
) -> int:
    """Put the translation, text or a file that can be read, in the letter's place."""
    text, holds = read_content(desk, content)
    if text is None:
        raise BadRequest(holds[0].reason)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_translate(person, opened.standing(desk))
        if text == opened.content.text:
            message = "This is the letter as it stands already. Bring in its translation."
            raise BadRequest(message)
        changes = {
            "state": LetterState.RECEIVED,
            "holds": (),
            "language_released": False,
            "state_reason": None,
            "summary": Summary.of(text, None, None),
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_TRANSLATED,
            letter_id,
            text_version=last_text_number(tx.connection, letter_id) + 1,
            digest=text_digest(text),
        )
        return replace_text(tx, opened.row, text, changes, event=event)
