"""
Step 8: what people see: the queue, one letter, the history.

Contract: the letter's text leaves the store through `open_letter` only (and `original_file` for a
senior), each time with the permission checked and after the visit is an audit row on disk.
With a letter come the words of earlier letters of its case that its combinations quote.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from service.actions.combining import combined
from service.actions.correspondence_views import StatusView
from service.actions.desk import Desk
from service.actions.letterview import letter_view, queue_item
from service.actions.opened import OpenedLetter, letter_event, read_letter
from service.actions.trail import SHOWS_DECISIONS, history_event
from service.actions.views import Counts, LetterView, NoteView, QueueItem
from service.store.audit import append_event, stands_already
from service.store.database import Connection
from service.store.letters import (
    StoredLetter,
    count_by_state,
    find_client_letter,
    find_letter,
    find_letters,
    open_stored,
)
from service.store.notes import StoredNote, find_notes
from service.store.people import people_names
from service.store.releases import (
    ApprovedLetter,
    find_earlier_approved,
    recipients_of_letters,
)
from service.store.trail import find_events
from service.workflow.audit import AuditAction
from service.workflow.errors import NotAllowed
from service.workflow.people import (
    Person,
    Role,
    check_may_read_letters,
    check_may_see_queue,
)
from service.workflow.readings import Phase
from service.workflow.recipients import Recipient, recipient_named
from service.workflow.states import LetterState
from service.workflow.trail import TrailFilter
from service.workflow.writer_status import writer_status

_DONE = frozenset({LetterState.DISPATCHED, LetterState.RETURNED})
_UNDER_WAY = frozenset(LetterState) - _DONE

#: Loading the pages of a letter again within this time belongs to the same visit.
VISIT = timedelta(minutes=30)


def list_queue(
    desk: Desk,
    person: Person,
    *,
    states: frozenset[LetterState] | None = None,
    mine: bool = False,
    limit: int = 200,
    latest_first: bool = False,
) -> tuple[QueueItem, ...]:
    """
    Letters in these states, by default all that are still under way.

    At most `limit`: the oldest first, or with `latest_first` those that changed last first.
    """
    check_may_see_queue(person)
    with desk.database.reading() as connection:
        names = people_names(connection)
        found = find_letters(
            connection,
            states=_UNDER_WAY if states is None else states,
            claimed_by=person.person_id if mine else None,
            limit=limit,
            latest_first=latest_first,
        )
    return tuple(queue_item(row, person=person, names=names, desk=desk) for row in found)


def recipients_of(desk: Desk, person: Person, rows: tuple[QueueItem, ...]) -> dict[str, Recipient]:
    """To whom each approved letter of the list goes, by the id of the letter."""
    check_may_see_queue(person)
    with desk.database.reading() as connection:
        found = recipients_of_letters(connection, [row.letter_id for row in rows])
    return {
        row.letter_id: recipient_named(*found[row.letter_id], country=row.reader_country or "")
        for row in rows
        if row.letter_id in found
    }


def count_letters(desk: Desk, person: Person) -> Counts:
    """How many letters are in each state."""
    check_may_see_queue(person)
    with desk.database.reading() as connection:
        return Counts(by_state=count_by_state(connection))


def open_letter(desk: Desk, person: Person, *, letter_id: str) -> LetterView:
    """The letter with everything about it. Each visit is an event; it renews a lease of mine."""
    check_may_read_letters(person)
    _note_visit(desk, person, letter_id)
    with desk.database.reading() as connection:
        opened = read_letter(connection, letter_id)
        names = people_names(connection)
        earlier = _earlier(connection, opened)
        history = find_events(connection, TrailFilter(letter_id=letter_id), limit=500)
        notes = find_notes(connection, letter_id)
    found = combined(desk, opened, earlier)
    view = letter_view(desk, person, opened, names=names)
    shown = shown_notes(person, opened, notes, names)
    events = tuple(
        one
        for one in reversed(history)
        if one.event.action not in SHOWS_DECISIONS
        or not _is_first_readers(person, opened, one.event.actor)
    )
    return replace(
        view,
        combinations=found.here,
        combinations_over_time=found.over_time,
        history=tuple(history_event(one, names) for one in events),
        notes=shown,
        readings=view.readings and replace(view.readings, hidden_notes=len(notes) - len(shown)),
    )


def shown_notes(
    person: Person, opened: OpenedLetter, notes: tuple[StoredNote, ...], names: Mapping[str, str]
) -> tuple[NoteView, ...]:
    """The notes of a letter that the person may see: in a second reading none of the first one."""
    return tuple(
        _note(one, person, names)
        for one in notes
        if not _is_first_readers(person, opened, one.written_by)
    )


def _note_visit(desk: Desk, person: Person, letter_id: str) -> None:
    """
    Write the visit into the trail and renew the lease, before any of the text is read.

    Apart from the reading, so that nobody who writes waits for it; loading a page again that one
    only looks at writes nothing.
    """
    event = letter_event(desk, person, AuditAction.LETTER_OPENED, letter_id)
    with desk.database.reading() as connection:
        row = find_letter(connection, letter_id)
        is_known = stands_already(connection, event=event, within=VISIT)
    runs = row.lease_until is not None and row.lease_until > desk.now()
    mine = runs and row.claimed_by == person.person_id
    if is_known and not mine:
        return
    until = desk.now() + desk.settings.claim_lease if mine else row.lease_until
    with desk.database.writing() as tx:
        open_stored(tx, row, until, event=event, visit=VISIT)


def original_file(desk: Desk, person: Person, *, letter_id: str) -> bytes:
    """The bytes as they came in, for a senior."""
    if Role.SENIOR not in person.roles:
        message = "The original file is for seniors."
        raise NotAllowed(message)
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        opened = read_letter(tx.connection, letter_id)
        event = letter_event(desk, person, AuditAction.LETTER_FILE_OPENED, letter_id)
        append_event(tx, event=event)
    return opened.content.content


def letter_status(desk: Desk, *, client: str, letter_id: str) -> StatusView:
    """What a client may know of its own letter; another client's is as good as none."""
    with desk.database.reading() as connection:
        row = find_client_letter(connection, letter_id, client)
    return client_status(row)


def client_status(row: StoredLetter) -> StatusView:
    """What follows from a letter's row for whoever sent it: one of four words, and not why."""
    return StatusView(
        letter_id=row.letter_id,
        status=writer_status(row.state, drafts=row.draft_number),
        digest=row.digest,
        received_at=row.received_at,
    )


def _earlier(connection: Connection, opened: OpenedLetter) -> tuple[ApprovedLetter, ...]:
    """The letters whose passages the page may quote: the person may read letters."""
    if opened.case is None or opened.row.direction is None:
        return ()
    return find_earlier_approved(
        connection,
        opened.row.letter_id,
        case_id=opened.case.case_id,
        direction=opened.row.direction,
    )


def _is_first_readers(person: Person, opened: OpenedLetter, author: str) -> bool:
    """True for what the first reader did and a second one may not see until they are done."""
    readings = opened.readings
    if readings is None or readings.phase is not Phase.SECOND:
        return False
    return author == readings.first.person_id != person.person_id


def _note(note: StoredNote, person: Person, names: Mapping[str, str]) -> NoteView:
    return NoteView(
        written_at=note.written_at,
        written_by=names.get(note.written_by, note.written_by),
        mine=note.written_by == person.person_id,
        text=note.text,
    )
