"""
What the writer of a letter is told, and when it leaves the service.

Contract: the acknowledgement and the word that a letter was passed on are made when somebody
fetches them, from what is true then; a return letter is what a person sent (`returning`). What was
made is kept and never changed. No notice tells anything about the other side.
"""

import uuid
from collections.abc import Iterable, Mapping

from anonymizer.model import Direction, Side
from anonymizer.notices import NoticeFacts, NoticeKind, changed_kinds, write_notice
from service.actions.correspondence_views import NoticesPage, NoticeView
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter, letter_event, read_letter
from service.store.database import Writing
from service.store.letters import find_client_letter
from service.store.notices import (
    StoredNotice,
    find_notices,
    give_out,
    insert_notices,
    notices_to_add_to,
)
from service.store.people import people_names
from service.workflow.audit import AuditAction, AuditEvent
from service.workflow.errors import NotFound
from service.workflow.people import SYSTEM, Person, check_may_read_letters
from service.workflow.states import LetterState
from service.workflow.writer_status import writer_status


def collect_notices(desk: Desk, *, client: str, letter_id: str) -> tuple[StoredNotice, ...]:
    """Every notice about a client's own letter; what is due is made, all count as given out."""
    with desk.database.writing() as tx:
        find_client_letter(tx.connection, letter_id, client)
        _make_due(desk, tx, read_letter(tx.connection, letter_id), actor=SYSTEM.person_id)
        event = _event(desk, f"client:{client}", AuditAction.NOTICE_GIVEN_OUT, letter_id)
        _give_out(tx, find_notices(tx.connection, [letter_id]), event=event)
        return find_notices(tx.connection, [letter_id])


def open_notices(desk: Desk, person: Person, *, letter_id: str) -> NoticesPage:
    """The notices of a letter for the staff; nothing is made or given out by looking."""
    check_may_read_letters(person)
    with desk.database.reading() as connection:
        opened = read_letter(connection, letter_id)
        kept = find_notices(connection, [letter_id])
        names = people_names(connection)
    return NoticesPage(
        letter_id=letter_id,
        status=writer_status(opened.row.state, drafts=opened.row.draft_number),
        notices=tuple(notice_view(one, names) for one in kept),
        due=tuple(_due(opened, kept)),
        by_registry=opened.row.client is not None,
    )


def make_notices(desk: Desk, person: Person, *, letter_id: str) -> None:
    """Make what is due, for a letter whose writer the staff tells themselves."""
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        _make_due(desk, tx, read_letter(tx.connection, letter_id), actor=person.person_id)


def give_notice_out(desk: Desk, person: Person, *, letter_id: str, notice_id: str) -> None:
    """A notice left the house by hand."""
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        kept = find_notices(tx.connection, [letter_id])
        chosen = tuple(one for one in kept if one.notice_id == notice_id)
        if not chosen:
            message = "There is no such notice."
            raise NotFound(message)
        event = letter_event(desk, person, AuditAction.NOTICE_GIVEN_OUT, letter_id)
        _give_out(tx, chosen, event=event)


def notice_facts(opened: OpenedLetter) -> NoticeFacts:
    """What a notice about this letter may tell."""
    draft, proof = opened.draft, opened.proof
    verdict = draft.language if draft else None
    return NoticeFacts(
        changed=changed_kinds(proof.replacements) if proof else {},
        flags=tuple(flag.kind for flag in draft.flags) if draft else (),
        languages=(verdict.required if verdict else ()) or ("en",),
    )


def writer_language(desk: Desk, opened: OpenedLetter) -> str:
    """The language the writer is told in: that of the case, else that of the letter."""
    case, direction = opened.case, opened.row.direction
    of_case = None
    if case is not None and direction is not None:
        side = writer_of(direction)
        of_case = case.donor_language if side is Side.DONOR else case.patient_language
    verdict = opened.draft.language if opened.draft else None
    return desk.notices.language_for(of_case, verdict.code if verdict else None)


def writer_of(direction: Direction) -> Side:
    """Who wrote a letter of this direction."""
    return Side.DONOR if direction is Direction.DONOR_TO_PATIENT else Side.PATIENT


def new_notice(
    desk: Desk, letter_id: str, kind: NoticeKind, *, language: str, text: str, actor: str
) -> StoredNotice:
    """A notice that is made now."""
    return StoredNotice(
        notice_id=uuid.uuid4().hex,
        letter_id=letter_id,
        kind=kind,
        language=language,
        text=text,
        made_at=desk.now(),
        made_by=actor,
    )


def notice_view(notice: StoredNotice, names: Mapping[str, str]) -> NoticeView:
    """A notice with the name of who made it."""
    by_service = notice.made_by == SYSTEM.person_id
    return NoticeView(
        notice_id=notice.notice_id,
        kind=notice.kind,
        language=notice.language,
        text=notice.text,
        made_at=notice.made_at,
        made_by=SYSTEM.name if by_service else names.get(notice.made_by, notice.made_by),
        given_out_at=notice.given_out_at,
    )


def _due(opened: OpenedLetter, kept: Iterable[StoredNotice]) -> Iterable[NoticeKind]:
    made, state = {one.kind for one in kept}, opened.row.state
    # who hears that the letter went on, or has it back, knows that it came
    if state not in {LetterState.DISPATCHED, LetterState.RETURNED}:
        wanted = NoticeKind.RECEIVED
    elif state is LetterState.DISPATCHED:
        wanted = NoticeKind.PASSED_ON
    else:
        return
    if wanted not in made:
        yield wanted


def _make_due(desk: Desk, tx: Writing, opened: OpenedLetter, *, actor: str) -> None:
    letter_id = opened.row.letter_id
    due = tuple(_due(opened, notices_to_add_to(tx.connection, letter_id)))
    if not due:
        return
    language, facts = writer_language(desk, opened), notice_facts(opened)
    made = tuple(
        new_notice(
            desk,
            letter_id,
            kind,
            language=language,
            text=write_notice(desk.notices, kind, language, facts),
            actor=actor,
        )
        for kind in due
    )
    event = _event(desk, actor, AuditAction.NOTICE_WRITTEN, letter_id, kinds=",".join(due))
    insert_notices(tx, made, event=event)


def _give_out(tx: Writing, kept: Iterable[StoredNotice], *, event: AuditEvent) -> None:
    ids = [one.notice_id for one in kept if one.given_out_at is None]
    if ids:
        give_out(tx, ids, event=event)


def _event(
    desk: Desk, actor: str, action: AuditAction, letter_id: str, **details: str
) -> AuditEvent:
    return AuditEvent(
        at=desk.now(), actor=actor, action=action, letter_id=letter_id, details=details
    )
