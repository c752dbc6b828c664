"""
A letter goes back to its writer, with a text that a person has read and may have changed.

Contract: state, reason, audit event and the text are one transaction. A letter that is kept because
of the other side is not returned, whether it is held for that already or the case says so only now:
that would tell its writer about the other side. It stays where it is.
"""

from collections.abc import Iterable

from anonymizer.model import Hold, Side, Stage
from anonymizer.notices import RETURN_KINDS, NoticeKind, write_notice
from service.actions.correspondence_views import ReturnPage
from service.actions.desk import Desk
from service.actions.may_do import May
from service.actions.notices import new_notice, notice_facts, writer_language, writer_of
from service.actions.opened import (
    OpenedLetter,
    letter_event,
    read_letter,
    read_letter_as_seen,
)
from service.store.notices import return_with_notice
from service.workflow.audit import AuditAction
from service.workflow.errors import BadRequest, ServiceError
from service.workflow.gates import check_return
from service.workflow.people import Person, check_may_read_letters
from service.workflow.states import LetterState

#: The longest text that a writer is sent.
LONGEST_NOTICE = 4000

#: The reason that fits a hold, by its code; the first hold that is here decides.
_BY_CODE = {
    "before_donation": NoticeKind.RETURNED_BEFORE_DONATION,
    "no_letters": NoticeKind.RETURNED_NOT_ALLOWED,
    "too_many_letters": NoticeKind.RETURNED_TOO_MANY,
    "window_over": NoticeKind.RETURNED_WINDOW_OVER,
    "unreadable": NoticeKind.RETURNED_UNREADABLE,
    "disguised": NoticeKind.RETURNED_UNREADABLE,
}
_BY_STAGE = {
    Stage.INTAKE: NoticeKind.RETURNED_UNREADABLE,
    Stage.ALLOCATION: NoticeKind.RETURNED_NO_NUMBER,
    Stage.LANGUAGE: NoticeKind.RETURNED_LANGUAGE,
}


def prepare_return(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    kind: NoticeKind | None = None,
    language: str | None = None,
) -> ReturnPage:
    """The text for one reason, or for the one that the holds of the letter name."""
    check_may_read_letters(person)
    with desk.database.reading() as connection:
        opened = read_letter(connection, letter_id)
    suggested = suggested_kind(opened.row.holds)
    chosen = kind if kind in RETURN_KINDS else suggested
    spoken = desk.notices.language_for(language, writer_language(desk, opened))
    return ReturnPage(
        letter_id=letter_id,
        version=opened.row.version,
        state=opened.row.state,
        kind=chosen,
        suggested=suggested,
        language=spoken,
        languages=tuple(sorted(desk.notices.by_language)),
        text=write_notice(desk.notices, chosen, spoken, notice_facts(opened)),
        may=_may(desk, person, opened),
    )


def return_to_writer(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    kind: NoticeKind,
    language: str,
    text: str,
    reason: str,
) -> int:
    """Send the letter back with this text; `reason` is for colleagues and stays here."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_return(person, opened.standing(desk))
        text = _checked_text(opened, text)
        if kind not in RETURN_KINDS or language not in desk.notices.by_language:
            message = "Choose why the letter goes back, and in which language its writer reads it."
            raise BadRequest(message)
        changes = {
            "state": LetterState.RETURNED,
            "state_reason": reason.strip(),
            "claimed_by": None,
            "lease_until": None,
            "attempts": 0,
            "next_try_at": desk.now(),
        }
        event = letter_event(
            desk,
            person,
            AuditAction.LETTER_RETURNED,
            letter_id,
            state=LetterState.RETURNED.value,
            notice=kind.value,
            language=language,
        )
        notice = new_notice(
            desk, letter_id, kind, language=language, text=text, actor=person.person_id
        )
        return return_with_notice(tx, opened.row, notice, changes, event=event)


def suggested_kind(holds: Iterable[Hold]) -> NoticeKind:
    """The reason that the holds of a letter name; without one it is what the letter says."""
    by_code = [_BY_CODE[hold.code] for hold in holds if hold.code in _BY_CODE]
    by_stage = [_BY_STAGE[hold.stage] for hold in holds if hold.stage in _BY_STAGE]
    return next(iter((*by_code, *by_stage)), NoticeKind.RETURNED_CONTENT)


def _may(desk: Desk, person: Person, opened: OpenedLetter) -> May:
    try:
        check_return(person, opened.standing(desk))
    except ServiceError as refused:
        return May(allowed=False, reason=refused.reason)
    return May(allowed=True)


def _checked_text(opened: OpenedLetter, text: str) -> str:
    text = "\n".join(text.split("\r\n")).strip()
    if not text:
        message = "Write what the writer of the letter is told."
        raise BadRequest(message)
    if len(text) > LONGEST_NOTICE:
        message = f"The text is longer than {LONGEST_NOTICE} characters."
        raise BadRequest(message)
    if _names_the_other_side(opened, text):
        message = (
            "The text names something that is known about the other side. Take it out: the writer "
            "must not learn it."
        )
        raise BadRequest(message)
    return text + "\n"


def _names_the_other_side(opened: OpenedLetter, text: str) -> bool:
    """True when something that the register knows of the reader stands in the text."""
    case, direction = opened.case, opened.row.direction
    if case is None:
        return False
    to_donor = direction is not None and writer_of(direction) is Side.PATIENT
    known = case.known_donor if to_donor else case.known_patient
    if direction is None:
        known = case.known
    spaced = f" {''.join(c if c.isalnum() else ' ' for c in text.casefold())} "
    plain = " ".join(spaced.split())
    return any(
        f" {' '.join(_words(one.value))} " in f" {plain} " for one in known if _words(one.value)
    )


def _words(value: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in value.casefold()).split()
