"""Second readings, notes, filters in the database: sealed, erased in time, migrated with data."""

from sqlalchemy import text as sql

from anonymizer.model import EntityKind
from service import actions
from service.actions import Desk
from service.actions.erasing import erase_due
from service.store.migrate import is_current, migrate, unmigrate
from service.store.notes import find_notes
from service.store.queue import codes_in_queue
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.people import Person
from service.workflow.queue import QueueFilter, QueueScope
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    PLAIN_LETTER,
    add,
    clock_of,
    drafted,
    version_of,
    view,
    work_all,
)

WORDS = "Ebeltoft"
LETTER = f"Dear friend, Anna from {WORDS} says thank you.\nDonor number {NUMBER}"
NOTE = "Please ask the centre about Grenaa."
EVERY = QueueScope(states=frozenset(LetterState))


def approve(desk: Desk, person: Person, letter_id: str) -> None:
    """Approve what is on the screen."""
    seen = view(desk, person, letter_id)
    actions.approve_letter(
        desk, person, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )


def read_twice(desk: Desk) -> str:
    """A letter with a note that was passed on, read once by Ann and then by Ben; it is sent."""
    ann, ben = add(desk, "Ann"), add(desk, "Ben")
    letter_id = drafted(desk, f"GERMAN {LETTER}")
    actions.resolve_language_hold(
        desk, ann, letter_id=letter_id, version=version_of(desk, letter_id), reason="Readable."
    )
    actions.write_note(desk, ann, letter_id=letter_id, text=NOTE)
    for person in (ann, ben):
        actions.claim_letter(desk, person, letter_id=letter_id, version=version_of(desk, letter_id))
        seen = view(desk, person, letter_id)
        start = (seen.text or "").index(WORDS)
        one = Correction(
            kind=CorrectionKind.ADD,
            start=start,
            end=start + len(WORDS),
            entity_kind=EntityKind.PLACE,
        )
        actions.correct(desk, person, letter_id=letter_id, version=seen.version, corrections=(one,))
        approve(desk, person, letter_id)
    work_all(desk)
    return letter_id


def everything(desk: Desk) -> str:
    """All that stands in the new tables, as the database has it."""
    with desk.database.reading() as connection:
        return "".join(
            str(connection.execute(sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - our names
            for table in ("second_readings", "letter_notes", "findings_found", "letters")
        )


def test_readings_and_notes_are_sealed(desk: Desk) -> None:
    """No word of the letter or of a note stands in the database."""
    letter_id = read_twice(desk)
    stored = everything(desk)
    assert letter_id in stored
    assert WORDS not in stored
    assert "Grenaa" not in stored


def test_readings_go_with_the_findings_and_notes_with_the_original(desk: Desk) -> None:
    """What was counted stays: it names no letter."""
    letter_id = read_twice(desk)
    clock_of(desk).forward(days=31)
    erase_due(desk)
    with desk.database.reading() as connection:
        query = sql("SELECT COUNT(*) FROM second_readings")
        assert connection.execute(query).scalar_one() == 0
        assert [note.text for note in find_notes(connection, letter_id)] == [NOTE]
    clock_of(desk).forward(days=60)
    erase_due(desk)
    with desk.database.reading() as connection:
        assert find_notes(connection, letter_id) == ()
        query = sql("SELECT COUNT(*) FROM findings_found")
        assert connection.execute(query).scalar_one() > 0


def test_letters_from_before_can_be_filtered(desk: Desk) -> None:
    """Their codes stood in what is sealed; the migration tells them to the lists."""
    english, german = drafted(desk, PLAIN_LETTER), drafted(desk, f"GERMAN {PLAIN_LETTER}")
    reader = add(desk, "Rita")
    unmigrate(desk.database, target="0014")
    migrate(desk.database)
    assert is_current(desk.database)
    with desk.database.reading() as connection:
        assert codes_in_queue(connection, EVERY)["language"] == ("de", "en")
    for code, letter_id in (("en", english), ("de", german)):
        found = actions.queue_page(desk, reader, EVERY, wanted=QueueFilter(language=code))
        assert [row.letter_id for row in found.rows] == [letter_id]


def test_each_filter_leaves_out_the_others(desk: Desk) -> None:
    """On both engines."""
    drafted(desk, PLAIN_LETTER)
    held = drafted(desk, f"GERMAN {PLAIN_LETTER}")
    reader = add(desk, "Rita")

    def count(**wanted: object) -> int:
        asked = QueueFilter(**wanted)  # type: ignore[arg-type]  # names of its fields
        return actions.queue_page(desk, reader, EVERY, wanted=asked).count

    assert count(hold="wrong") == 1
    assert count(hold="wron") == 0
    assert count(writer_country="DE", reader_country="US") == 2
    assert count(writer_country="US") == 0
    assert count(days=1) == 0
    clock_of(desk).forward(days=3)
    assert count(days=3) == 2
    actions.set_urgent(desk, reader, letter_id=held, version=version_of(desk, held), urgent=True)
    assert actions.queue_page(desk, reader, EVERY).rows[0].letter_id == held


def test_no_due_date_for_what_waits_for_nobody(desk: Desk) -> None:
    """And a date by state for all others, from the settings."""
    drafted(desk, PLAIN_LETTER)
    reader = add(desk, "Rita")
    (row,) = actions.queue_page(desk, reader, EVERY).rows
    assert row.due_at is not None
    assert (row.due_at - row.changed_at).days == desk.settings.remind_ready_days
    assert not row.overdue
    clock_of(desk).forward(days=desk.settings.remind_ready_days, seconds=1)
    (row,) = actions.queue_page(desk, reader, EVERY).rows
    assert row.overdue
