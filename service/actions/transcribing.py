"""
A scan that no machine read with certainty: a person types or corrects it by its page images.

Contract: what the person typed becomes the letter's text and walks the path from the start; what
the machine read stays as the former text. Images are drawn anew and shown, never forwarded.
"""

from dataclasses import dataclass, field

from anonymizer.model import normalize_text, text_digest
from service.actions.desk import Desk
from service.actions.opened import letter_event, read_letter, read_letter_as_seen
from service.actions.reading import VISIT, shown_notes
from service.actions.views import NoteView
from service.store.audit import append_first
from service.store.letters import find_same_text
from service.store.notes import find_notes
from service.store.people import people_names
from service.store.readings import find_page_image
from service.store.texts import last_text_number, replace_text
from service.workflow.audit import AuditAction
from service.workflow.documents import FileReading, PageImage
from service.workflow.errors import BadRequest, NotFound, TooLarge
from service.workflow.gates import check_transcribe
from service.workflow.people import Person, check_may_read_letters
from service.workflow.records import Summary
from service.workflow.states import LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionPage:
    """
    What a person needs to type a letter; `file.text` is what the machine read.

    `text` is the letter as it stands: what was typed before, else what the machine read. `notes`
    are those of colleagues, as on the page of the letter.
    """

    letter_id: str
    version: int
    text: str = field(repr=False)
    file: FileReading = field(repr=False)
    notes: tuple[NoteView, ...] = field(repr=False)


def open_transcription(desk: Desk, person: Person, *, letter_id: str) -> TranscriptionPage:
    """The pages and what the machine read, for a person who may transcribe the letter now."""
    with desk.database.writing() as tx:
        opened = read_letter(tx.connection, letter_id)
        check_transcribe(person, opened.standing(desk))
        if opened.reading is None:
            raise NotFound
        event = letter_event(desk, person, AuditAction.LETTER_OPENED, letter_id)
        append_first(tx, event=event, within=VISIT)
        notes, names = find_notes(tx.connection, letter_id), people_names(tx.connection)
    stands = opened.content.text
    return TranscriptionPage(
        letter_id=letter_id,
        version=opened.row.version,
        text=opened.reading.text if stands is None else stands,
        file=opened.reading,
        notes=shown_notes(person, opened, notes, names),
    )


def transcribe_letter(
    desk: Desk, person: Person, *, letter_id: str, version: int, text: str
) -> int:
    """Let what a person typed be the letter; returns the letter's new version."""
    typed = _checked(desk, text)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_transcribe(person, opened.standing(desk))
        if typed == opened.content.text:
            message = "This is the letter as it stands already. Correct it first."
            raise BadRequest(message)
        digest = text_digest(typed)
        changes = {
            "state": LetterState.RECEIVED,
            "holds": (),
            "text_digest": digest,
            "duplicate_of": find_same_text(tx.connection, digest),
            "language_released": False,
            "state_reason": None,
            "claimed_by": None,
            "lease_until": None,
            "summary": Summary.of(typed, None, None),
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_TRANSCRIBED,
            letter_id,
            text_version=last_text_number(tx.connection, letter_id) + 1,
            digest=digest,
        )
        former = opened.reading.text if opened.reading else ""
        return replace_text(tx, opened.row, typed, changes, event=event, former=former)


def page_image(desk: Desk, person: Person, *, letter_id: str, number: int) -> PageImage:
    """A page of the scan, for those who may read letters; each visit is an event."""
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        image = find_page_image(tx.connection, letter_id, number)
        event = letter_event(desk, person, AuditAction.LETTER_OPENED, letter_id)
        append_first(tx, event=event, within=VISIT)
    return image


def _checked(desk: Desk, text: str) -> str:
    typed = normalize_text(text)
    if not typed.strip():
        message = "Type the letter: there is no text yet."
        raise BadRequest(message)
    if "\x00" in typed:
        message = "The text holds a character that is none. Type the letter without it."
        raise BadRequest(message)
    if len(typed) > desk.settings.max_letter_characters:
        limit = f"{desk.settings.max_letter_characters:,}"
        message = f"The letter is longer than {limit} characters."
        raise TooLarge(message)
    return typed
