"""
A letter's file to its text, in the worker: read in a child process, kept, and drafted afterwards.

Contract: what is kept of the file and the letter's next state are one transaction. A scan that a
person has to type, and a file that cannot be read, wait for a person; the file stays as it came.
"""

from collections import Counter

from anonymizer.documents import read_in_child
from anonymizer.donor_number import canonical_donor_number
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import Direction, Hold, Reading, Stage, text_digest
from service.actions.desk import Desk
from service.actions.drafting import DraftWork, give_up_draft
from service.actions.receiving import held_at_intake
from service.store.cases import cases_by_number
from service.store.letters import StoredLetter, change_letter, find_same_text
from service.store.readings import save_reading
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.documents import kept
from service.workflow.people import SYSTEM
from service.workflow.records import Summary
from service.workflow.states import LetterState

#: The reader crashed, was killed or gave nonsense: another try may do better.
READER_FAILED = "reader_failed"
NEEDS_TRANSCRIPTION = "needs_transcription"

_TRANSCRIBE = Hold(
    stage=Stage.INTAKE,
    code=NEEDS_TRANSCRIPTION,
    reason="The letter is a scan or picture that was not read with certainty. Transcribe it.",
)


def read_file(desk: Desk, work: DraftWork) -> LetterState:
    """Read the file of a letter that was taken and has no text; `StaleVersion` as in drafting."""
    try:
        languages = scan_languages(desk, work.row)
        reading = read_in_child(work.content, languages=languages, draw_pictures=True)
        _check_text(desk, reading)
    except Unreadable as error:
        if error.code == READER_FAILED:
            return give_up_draft(desk, work, code=READER_FAILED)
        return _hold(desk, work, error)
    return _keep(desk, work, reading)


def scan_languages(desk: Desk, row: StoredLetter) -> tuple[str, ...]:
    """What a scan is read in: what the client says, the case behind its cover, then the site's."""
    said = (row.circumstances.language,)
    known: list[str | None] = []
    if row.cover_number is not None:
        number = canonical_donor_number(row.cover_number)
        with desk.database.reading() as connection:
            for case in cases_by_number(connection, number):
                if row.direction is not Direction.PATIENT_TO_DONOR:
                    known.append(case.donor_language)
                if row.direction is not Direction.DONOR_TO_PATIENT:
                    known.append(case.patient_language)
    every = (*said, *known, *desk.settings.scan_languages)
    return tuple(dict.fromkeys(one for one in every if one))


def _check_text(desk: Desk, reading: Reading) -> None:
    if len(reading.text) > desk.settings.max_letter_characters:
        limit = f"{desk.settings.max_letter_characters:,}"
        sentence = f"The letter in the file is longer than {limit} characters."
        raise OverLimit(code="over_limit_characters", sentence=sentence)
    if "\x00" in reading.text:
        sentence = "The text of the file holds characters that are none. Look at the original."
        raise Unreadable(code="binary", sentence=sentence)


def _keep(desk: Desk, work: DraftWork, reading: Reading) -> LetterState:
    filed, images = kept(reading)
    typed_by_hand = reading.needs_transcription
    state = LetterState.HELD_TRANSCRIPTION if typed_by_hand else LetterState.RECEIVED
    text = None if typed_by_hand else reading.text
    changes = {
        "state": state,
        "text": text,
        "text_digest": text_digest(text) if text is not None else None,
        "holds": (_TRANSCRIBE,) if typed_by_hand else (),
        "summary": Summary.of(text, None, None),
        "lease_until": None,
        "attempts": 0,
        "next_try_at": desk.now(),
    }
    origins = Counter(one.origin.value for one in filed.passages)
    event = _event(
        desk,
        work,
        AuditAction.LETTER_READ,
        state=state.value,
        kind=filed.kind.value,
        passages=",".join(f"{name}:{count}" for name, count in sorted(origins.items()))[:500],
        hidden=filed.hidden,
        pictures=len(filed.pictures),
        warnings=",".join(one.code for one in filed.warnings)[:500],
    )
    with desk.database.writing() as tx:
        if text is not None:
            changes["duplicate_of"] = find_same_text(tx.connection, text_digest(text))
        save_reading(tx, work.row, filed, images, changes, event=event)
    return state


def _hold(desk: Desk, work: DraftWork, error: Unreadable) -> LetterState:
    changes = {
        "state": LetterState.HELD_FAULT,
        "lease_until": None,
        "holds": (held_at_intake(error),),
    }
    event = _event(
        desk, work, AuditAction.LETTER_HELD, state=LetterState.HELD_FAULT.value, holds=error.code
    )
    with desk.database.writing() as tx:
        change_letter(tx, work.row, changes, event=event)
    return LetterState.HELD_FAULT


def _event(desk: Desk, work: DraftWork, action: AuditAction, **details: str | int) -> AuditEvent:
    return AuditEvent(
        at=desk.now(),
        actor=SYSTEM.person_id,
        action=action,
        letter_id=work.row.letter_id,
        details=details,
    )
