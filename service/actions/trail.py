"""
The audit trail for reading: filtered, page by page, and as a table.

Contract: for those who may see the trail. What is read comes from the trail, with the names of the
people whom its events name; never from a letter or a case. Of a letter that the person is just
reading as its second reader it is not said what the first one decided, in the table neither.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import ClassVar

from service.actions.desk import Desk
from service.actions.views import HistoryEvent
from service.store.database import Connection
from service.store.letters import find_letters
from service.store.people import people_names
from service.store.second_readings import find_readings
from service.store.trail import (
    actors_of_trail,
    count_events,
    find_events,
    letters_of_trail,
    names_case,
)
from service.workflow.audit import AuditAction, ChainedEvent
from service.workflow.errors import BadRequest
from service.workflow.paging import Paged, window
from service.workflow.people import SYSTEM, Person, check_may_see_audit
from service.workflow.readings import Phase
from service.workflow.spreadsheet import written_table
from service.workflow.states import LetterState
from service.workflow.trail import TrailFilter, as_case_id, begins_letter_id

#: More rows than this are not made into one table; a part of them without a word would mislead.
MOST_ROWS = 100_000
#: The whole trail.
ALL = TrailFilter()
#: The detail that names the person whom an event is about.
_SUBJECT = "subject"
_COLUMNS = ("number", "at", "who", "who_id", "action", "letter_id", "about", "details")

#: Tells the second reader what the first one decided.
SHOWS_DECISIONS = frozenset(
    {
        AuditAction.LETTER_CORRECTED,
        AuditAction.LETTER_CORRECTION_UNDONE,
        AuditAction.LETTER_READ_FIRST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage(Paged):
    """One page of the trail; `actors` are the names of everybody in it, by their ids."""

    length: ClassVar[int] = 100
    events: tuple[HistoryEvent, ...]
    actors: Mapping[str, str]
    wanted: TrailFilter
    """What it was filtered by: nobody who is not in the trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFound:
    """What somebody looked for in the trail: a letter, a case, or nothing that it names."""

    letter_id: str | None = None
    case_id: str | None = None
    several: bool = False
    """More than one letter begins like this."""


def audit_page(
    desk: Desk, person: Person, *, wanted: TrailFilter = ALL, number: int = 1
) -> TrailPage:
    """A page of the trail, newest first; the last one where `number` is too high."""
    check_may_see_audit(person)
    with desk.database.reading() as connection:
        names = people_names(connection)
        actors = {one: _name(one, names) for one in actors_of_trail(connection)}
        wanted = _of_known(wanted, actors)
        count = count_events(connection, wanted)
        shown = window(TrailPage, count=count, number=number)
        found = find_events(connection, wanted, offset=shown.offset, limit=shown.limit)
        events = _told(connection, person, found, names)
    by_name = sorted(actors.items(), key=lambda one: (one[1].casefold(), one[0]))
    return TrailPage(
        events=events,
        count=count,
        number=shown.number,
        actors=dict(by_name),
        wanted=wanted,
    )


def list_audit(
    desk: Desk, person: Person, *, letter_id: str | None = None, limit: int = 200
) -> tuple[HistoryEvent, ...]:
    """The latest events of the trail, or of one letter, newest first."""
    check_may_see_audit(person)
    wanted = TrailFilter(letter_id=letter_id)
    with desk.database.reading() as connection:
        found = find_events(connection, wanted, limit=max(1, min(limit, 1000)))
        return _told(connection, person, found, people_names(connection))


def find_in_trail(desk: Desk, person: Person, *, query: str) -> TrailFound:
    """
    The letter whose id begins like this, or the case with exactly this id.

    What the trail does not name is not found: whatever else somebody types leads nowhere.
    """
    check_may_see_audit(person)
    written = query.strip()
    with desk.database.reading() as connection:
        if begins_letter_id(written):
            letters = letters_of_trail(connection, written)
            if letters:
                several = len(letters) > 1
                return TrailFound(letter_id=None if several else letters[0], several=several)
        case_id = as_case_id(written)
        if case_id is not None and names_case(connection, case_id):
            return TrailFound(case_id=case_id)
    return TrailFound()


def audit_csv(desk: Desk, person: Person, *, wanted: TrailFilter = ALL) -> str:
    """The events as a table, newest first; `BadRequest` where they are too many for one."""
    check_may_see_audit(person)
    with desk.database.reading() as connection:
        wanted = _of_known(wanted, actors_of_trail(connection))
        if count_events(connection, wanted) > MOST_ROWS:
            message = (
                "These are more entries than one table takes. Choose days, an action or a person, "
                "and download the rest as further tables."
            )
            raise BadRequest(message)
        found = find_events(connection, wanted, limit=MOST_ROWS)
        events = _told(connection, person, found, people_names(connection))
    return written_table(_COLUMNS, (_cells(one) for one in events))


def history_event(one: ChainedEvent, names: Mapping[str, str]) -> HistoryEvent:
    """An event with the names of the people in it."""
    return HistoryEvent(
        seq=one.seq,
        at=one.event.at,
        actor=_name(one.event.actor, names),
        actor_id=one.event.actor,
        action=one.event.action.value,
        letter_id=one.event.letter_id,
        about=names.get(str(one.event.details.get(_SUBJECT, ""))),
        details=one.event.details,
    )


def _of_known(wanted: TrailFilter, actors: Collection[str]) -> TrailFilter:
    return wanted if wanted.actor in actors else replace(wanted, actor=None)


def _name(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor, SYSTEM.name if actor == SYSTEM.person_id else actor)


def _told(
    connection: Connection,
    person: Person,
    found: tuple[ChainedEvent, ...],
    names: Mapping[str, str],
) -> tuple[HistoryEvent, ...]:
    being_read = _second_readings_of(connection, person)
    return tuple(
        replace(history_event(one, names), details={}, about=None)
        if one.event.letter_id in being_read and one.event.action in SHOWS_DECISIONS
        else history_event(one, names)
        for one in found
    )


def _second_readings_of(connection: Connection, person: Person) -> frozenset[str]:
    """The letters that the person reads second and has not finished."""
    in_hand = find_letters(
        connection, states=frozenset({LetterState.IN_REVIEW}), claimed_by=person.person_id
    )
    readings = ((row.letter_id, find_readings(connection, row)) for row in in_hand)
    return frozenset(letter_id for letter_id, one in readings if one and one.phase is Phase.SECOND)


def _cells(one: HistoryEvent) -> tuple[str, ...]:
    details = "; ".join(f"{key}={value}" for key, value in one.details.items() if value != "")
    return (
        str(one.seq),
        one.at.astimezone(UTC).isoformat(),
        one.actor,
        one.actor_id,
        one.action,
        one.letter_id or "",
        one.about or "",
        details,
    )
