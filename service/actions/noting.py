"""Notes between colleagues on a letter, and which letters are urgent."""

import uuid

from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter, read_letter_as_seen
from service.store.letters import change_letter
from service.store.notes import StoredNote, add_note
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest
from service.workflow.gates import check_note, check_set_urgent
from service.workflow.people import Permission, Person, check_may

_LONGEST = 2000


def write_note(desk: Desk, person: Person, *, letter_id: str, text: str) -> None:
    """Write a note for colleagues; its words stay with the letter and are erased with it."""
    check_may(person, Permission.WRITE_NOTES)
    text = text.strip()
    if not text:
        message = "Write something, then save the note."
        raise BadRequest(message)
    if len(text) > _LONGEST:
        message = f"The note is longer than {_LONGEST} characters."
        raise BadRequest(message)
    with desk.database.writing() as tx:
        check_note(person, read_letter(tx.connection, letter_id).standing(desk))
        note = StoredNote(
            note_id=uuid.uuid4().hex,
            letter_id=letter_id,
            written_at=desk.now(),
            written_by=person.person_id,
            text=text,
        )
        add_note(tx, note, event=letter_event(desk, person, AuditAction.LETTER_NOTED, letter_id))


def set_urgent(desk: Desk, person: Person, *, letter_id: str, version: int, urgent: bool) -> int:
    """Let the letter go before older ones, or no longer; returns the new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_set_urgent(person, opened.standing(desk))
        action = AuditAction.LETTER_URGENT if urgent else AuditAction.LETTER_NOT_URGENT
        event = letter_event(desk, person, action, letter_id)
        changes = {
            "urgent": urgent,
            # whoever has it in hand keeps it; how long it has waited does not begin anew
            "worker_id": opened.row.worker_id,
            "changed_at": opened.row.changed_at,
        }
        return change_letter(tx, opened.row, changes, event=event)
