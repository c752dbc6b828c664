"""What is erased when, what is never erased, and that nobody can read it afterwards."""

import pytest
from sqlalchemy import text as sql

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.erasing import (
    erase_again,
    erase_case,
    erase_due,
    erase_letter,
    erased_file,
    hold_case,
    list_due,
    stop_holding_case,
)
from service.settings import Settings
from service.store.columns import SealedBytes, SealedText
from service.store.database import Database
from service.store.datakeys import letter_owner
from service.store.drafts import find_draft, find_proof
from service.store.erasing import FINDINGS, ORIGINALS, STAYS
from service.store.letters import find_content, find_letter
from service.store.releases import find_dispatch, find_earlier_approved
from service.store.schema import metadata
from service.workflow.errors import Erased, IllegalTransition, NotFound
from service.workflow.people import Person, Role
from service.workflow.retention import Part
from service.workflow.states import LetterState
from tests.factories import (
    DATED_CASES,
    LETTER,
    NUMBER,
    add,
    approved,
    bring_in,
    claimed,
    clock_of,
    drafted,
    send_back,
    state_of,
    work_all,
)

MARK = "Quincampoix"
AUDITOR = Person(person_id="auditor", name="A", roles=frozenset({Role.AUDITOR}))
_READY = {
    "transplant_dates": "2023-03-01",
    "donor_consents": "granted 2023-03-05;counselled 2026-01-10;release 2026-01-31",
    "patient_consents": "granted 2023-03-05;counselled 2026-01-11;release 2026-01-20",
}
_CASE = DATED_CASES.splitlines()[0] + b"\n" + DATED_CASES.splitlines()[1] + b"\n"


def sent(desk: Desk, person: Person, text: str = f"{MARK} {LETTER}") -> str:
    """A letter that has left; its id."""
    letter_id = approved(desk, person, text)
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.DISPATCHED
    return letter_id


def counts(database: Database, letter_id: str) -> dict[str, int]:
    """How many rows each table has of a letter."""
    tables = (
        *("drafts", "corrections", "proofs", "readings", "page_images", "earlier_texts"),
        *("approvals", "dispatches"),
    )
    with database.reading() as connection:
        return {
            table: connection.execute(
                sql(f"SELECT COUNT(*) FROM {table} WHERE letter_id = :id"),  # noqa: S608
                {"id": letter_id},
            ).scalar_one()
            for table in tables
        }


def erased(desk: Desk, letter_id: str) -> str | None:
    """How far the letter was erased."""
    with desk.database.reading() as connection:
        return find_letter(connection, letter_id).erased


def test_over_two_years_each_part_goes_in_its_time(desk: Desk) -> None:
    """Known identifiers at once, findings after a month, the original after three."""
    letter_id = sent(desk, add(desk, "Anna Proof"))
    told: list[tuple[int, str | None]] = []
    for day in range(731):
        erase_due(desk)
        part = erased(desk, letter_id)
        if not told or told[-1][1] != part:
            told.append((day, part))
        clock_of(desk).forward(days=1)
    assert told == [(0, None), (1, "identity"), (31, "findings"), (91, "original")]
    assert actions.verify_audit(desk)


def test_the_letter_s_copy_of_identities_goes_first(desk: Desk) -> None:
    """Its draft stays readable, without donor number and known identifiers."""
    letter_id = sent(desk, add(desk, "Anna Proof"))
    clock_of(desk).forward(seconds=1)
    assert erase_due(desk).count == 1
    with desk.database.reading() as connection:
        row = find_letter(connection, letter_id)
        draft = find_draft(connection, row)
    assert draft is not None
    assert draft.routing is None
    assert row.case_id == "C-1"


def test_when_the_original_goes_only_what_was_passed_on_stays(desk: Desk) -> None:
    """For the check over time, sealed under another key; the old one is destroyed."""
    anna = add(desk, "Anna Proof")
    letter_id = sent(desk, anna)
    with desk.database.reading() as connection:
        before = _wrapped(connection, letter_id)
        outgoing = find_dispatch(connection, letter_id).approval.text
        length = len(find_content(connection, letter_id).text or "")
    clock_of(desk).forward(days=91)
    erase_due(desk)
    with desk.database.reading() as connection:
        row, content = find_letter(connection, letter_id), find_content(connection, letter_id)
        proof = find_proof(connection, row)
        assert _wrapped(connection, letter_id) != before
        assert find_dispatch(connection, letter_id).approval.text == outgoing
    assert content.content == b""
    assert content.text is not None
    assert (len(content.text), MARK in content.text) == (length, False)
    assert row.cover_number is None
    assert proof is not None
    assert [one.original for one in proof.replacements] == [""] * len(proof.replacements)
    assert counts(desk.database, letter_id) == {
        **dict.fromkeys(("drafts", "corrections", "readings", "page_images", "earlier_texts"), 0),
        **dict.fromkeys(("proofs", "approvals", "dispatches"), 1),
    }
    assert actions.open_letter(desk, anna, letter_id=letter_id).outgoing == outgoing


def test_what_was_told_before_is_still_known_after_the_original_went(desk: Desk) -> None:
    """The check over time does not go blind after three months."""
    anna = add(desk, "Anna Proof")
    first = sent(desk, anna, f"Dear friend, thank you. Donor number {NUMBER}")
    clock_of(desk).forward(days=91)
    erase_due(desk)
    second = drafted(desk, LETTER)
    with desk.database.reading() as connection:
        direction = find_letter(connection, second).direction
        assert direction is not None
        earlier = find_earlier_approved(connection, second, case_id="C-1", direction=direction)
    assert [one.letter_id for one in earlier] == [first]


def test_no_letter_that_was_not_sent_is_ever_erased(desk: Desk) -> None:
    """In no state, however old, by the calendar; by order only when it is closed."""
    anna = add(desk, "Anna Proof")
    returned = claimed(desk, anna)
    send_back(desk, anna, returned)
    ids = {
        LetterState.READY: drafted(desk),
        LetterState.IN_REVIEW: claimed(desk, anna),
        LetterState.HELD_LANGUAGE: drafted(desk, f"GERMAN {LETTER}"),
        LetterState.HELD_FAULT: drafted(desk, b"\xff\xfe\x00"),
        # from here on nothing is worked on
        LetterState.APPROVED: approved(desk, anna),
        LetterState.RECEIVED: bring_in(desk),
    }
    assert {state_of(desk, one) for one in ids.values()} == set(ids)
    clock_of(desk).forward(days=5000)
    assert list_due(desk) == ()
    assert erase_due(desk).count == 0
    for letter_id in ids.values():
        with pytest.raises(IllegalTransition, match="still under way"):
            erase_letter(desk, OPERATOR, letter_id=letter_id)
        assert erased(desk, letter_id) is None
    erase_letter(desk, OPERATOR, letter_id=returned)
    assert erased(desk, returned) == Part.EVERYTHING


def test_a_dry_run_names_what_is_due_and_erases_nothing(desk: Desk) -> None:
    """Each letter once, with the furthest part."""
    letter_id = sent(desk, add(desk, "Anna Proof"))
    clock_of(desk).forward(days=40)
    (due,) = list_due(desk)
    assert (due.letter_id, due.part) == (letter_id, Part.FINDINGS)
    assert erased(desk, letter_id) is None
    assert not erased_file(desk).exists()


def test_nothing_of_a_case_that_is_kept_is_erased(desk: Desk) -> None:
    """Neither by the calendar nor by order, until it is let go."""
    letter_id = sent(desk, add(desk, "Anna Proof"))
    hold_case(desk, OPERATOR, case_id="C-1")
    clock_of(desk).forward(days=5000)
    assert erase_due(desk).count == 0
    for attempt in (
        lambda: erase_letter(desk, OPERATOR, letter_id=letter_id),
        lambda: erase_case(desk, OPERATOR, case_id="C-1"),
    ):
        with pytest.raises(IllegalTransition, match="is kept"):
            attempt()
    stop_holding_case(desk, OPERATOR, case_id="C-1")
    assert erase_due(desk).count == 1
    with pytest.raises(NotFound):
        hold_case(desk, OPERATOR, case_id="C-9")
    with pytest.raises(IllegalTransition):
        stop_holding_case(desk, OPERATOR, case_id="C-1")


def test_an_erased_letter_cannot_be_read_and_its_trail_stays(desk: Desk) -> None:
    """Not even from a copy of the rows, with all master keys: its own key is gone."""
    anna = add(desk, "Anna Proof")
    letter_id = sent(desk, anna)
    with desk.database.reading() as connection:
        rows = connection.execute(
            sql("SELECT text, content FROM letters WHERE letter_id = :id"), {"id": letter_id}
        ).one()
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    with desk.database.writing() as tx:
        # an older row comes back from somewhere
        tx.connection.execute(
            sql("UPDATE letters SET text = :text, content = :content WHERE letter_id = :id"),
            {"text": rows.text, "content": rows.content, "id": letter_id},
        )
    with desk.database.reading() as connection, pytest.raises(Erased):
        find_content(connection, letter_id)
    with pytest.raises(NotFound, match="was erased"):
        actions.open_letter(desk, anna, letter_id=letter_id)
    assert actions.verify_audit(desk)
    done = [one.action for one in actions.list_audit(desk, AUDITOR, letter_id=letter_id)]
    assert {"letter.received", "letter.approved", "letter.erased"} <= set(done)
    assert actions.list_queue(desk, anna, states=frozenset({LetterState.DISPATCHED}))


def test_erasing_a_case_erases_its_letters_and_its_numbers(desk: Desk) -> None:
    """And is refused while one of them is under way."""
    anna = add(desk, "Anna Proof")
    first = sent(desk, anna)
    waiting = claimed(desk, anna)
    with pytest.raises(IllegalTransition, match="still under way"):
        erase_case(desk, OPERATOR, case_id="C-1")
    assert erased(desk, first) is None
    send_back(desk, anna, waiting)
    assert erase_case(desk, OPERATOR, case_id="C-1") == 2
    assert actions.find_cases(desk, OPERATOR, query=NUMBER) == ()
    with desk.database.reading() as connection:
        left = connection.execute(sql("SELECT COUNT(*) FROM cases WHERE case_id = 'C-1'"))
        assert left.scalar_one() == 0
    # the same id may come again, with another key
    actions.import_cases(desk, OPERATOR, content=_CASE, file_name="c.csv")
    assert len(actions.find_cases(desk, OPERATOR, query=NUMBER)) == 1
    with pytest.raises(NotFound):
        erase_case(desk, OPERATOR, case_id="C-77")


def test_a_case_that_comes_again_knows_nothing_of_the_erased_one(desk: Desk) -> None:
    """Its pages open, letters go their way, and no release of then counts now."""
    anna, sena = add(desk, "Anna Proof"), add(desk, "Sena Senior", Role.SENIOR)
    version = actions.open_case(desk, sena, case_id="C-1").version
    actions.change_case_cells(desk, sena, case_id="C-1", version=version, cells=_READY)
    version = actions.open_case(desk, sena, case_id="C-1").version
    actions.propose_release(desk, sena, case_id="C-1", version=version, reason="Both asked.")
    former = sent(desk, anna)
    assert erase_case(desk, OPERATOR, case_id="C-1") == 1
    actions.import_cases(desk, OPERATOR, content=_CASE, file_name="c.csv")
    contact = actions.open_contact(desk, sena, case_id="C-1")
    assert contact.releases == ()
    with pytest.raises(Erased):
        actions.open_letter(desk, anna, letter_id=former)
    actions.open_letter(desk, anna, letter_id=sent(desk, anna))


def test_an_erasure_that_was_cut_off_is_done_by_the_next_run(desk: Desk) -> None:
    """It was noted outside first; the database knows nothing of it yet."""
    letter_id = sent(desk, add(desk, "Anna Proof"))

    class _Cut(Exception):
        """The power went."""

    def cut() -> None:
        raise _Cut

    broken = Desk(
        database=_CutOff(desk.database, cut),  # type: ignore[arg-type]  # fails when it commits
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=desk.settings,
        clock=desk.clock,
    )
    with pytest.raises(_Cut):
        erase_letter(broken, OPERATOR, letter_id=letter_id)
    assert erased(desk, letter_id) is None
    assert letter_id in erased_file(desk).read_text()
    assert erase_again(desk) == 1
    assert erase_again(desk) == 1
    assert erased(desk, letter_id) == Part.EVERYTHING


class _CutOff:
    """A database whose next commit fails."""

    def __init__(self, database: Database, cut: object) -> None:
        self._database = database
        self._cut = cut

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)

    def writing(self) -> object:
        """A transaction that is taken back at its end."""
        return _CutTransaction(self._database.writing(), self._cut)


class _CutTransaction:
    def __init__(self, inner: object, cut: object) -> None:
        self._inner = inner
        self._cut = cut

    def __enter__(self) -> object:
        return self._inner.__enter__()  # type: ignore[attr-defined]

    def __exit__(self, *error: object) -> None:
        try:
            self._cut()  # type: ignore[operator]
        except Exception as cut:
            self._inner.__exit__(type(cut), cut, cut.__traceback__)  # type: ignore[attr-defined]
            raise


def test_nothing_erased_is_left_in_the_files(desk: Desk) -> None:
    """Neither rows nor keys: the wrapped key is overwritten in the database and its log."""
    if not desk.database.is_sqlite:
        return
    letter_id = sent(desk, add(desk, "Anna Proof"))
    with desk.database.reading() as connection:
        wrapped = _wrapped(connection, letter_id)
        text = connection.execute(sql("SELECT text FROM letters")).scalars().first()
    erase_letter(desk, OPERATOR, letter_id=letter_id)
    for path in desk.settings.data_folder.glob("letters.db*"):
        assert wrapped not in path.read_bytes()
        assert str(text).encode() not in path.read_bytes()


def test_days_that_fall_are_refused() -> None:
    """The original cannot go before the findings in it."""
    with pytest.raises(ValueError, match="may not fall"):
        Settings(keep_findings_days=100)
    assert Settings(keep_findings_days=100, keep_original_days=100).keep_letters_days is None


def _wrapped(connection: object, letter_id: str) -> bytes:
    found = connection.execute(  # type: ignore[attr-defined]
        sql("SELECT wrapped FROM data_keys WHERE owner = :owner"),
        {"owner": letter_owner(letter_id)},
    ).scalar_one()
    return bytes(found)


def test_every_table_with_something_sealed_is_known_here() -> None:
    """A new one has to say when it goes: its rows would not open under the letter's new key."""
    sealed = {
        table.name
        for table in metadata.sorted_tables
        if any(isinstance(column.type, SealedText | SealedBytes) for column in table.c)
    }
    of_letters = {table.name for table in (*ORIGINALS, *FINDINGS, *(one[0] for one in STAYS))}
    of_cases = {"cases", "contact_releases", "identity_views"}
    assert sealed == of_letters | of_cases | {
        "proofs",
        "data_keys",
        "credentials",
        "site_word_changes",
    }
