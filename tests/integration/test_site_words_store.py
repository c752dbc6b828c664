"""The words of the site on both engines: sealed, in force everywhere, or nothing is drafted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from anonymizer.errors import RulesError
from anonymizer.model import EntityKind, SiteWord, WordUse
from service import actions
from service.actions import Desk
from service.actions.checking import verify_audit
from service.actions.desk import Assembled
from service.actions.drafting_again import draft_again
from service.actions.site_pipeline import site_pipeline
from service.actions.site_words import (
    confirm_word,
    list_words,
    propose_to_take_off,
    propose_word,
)
from service.actions.trying_words import try_words
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import IllegalTransition, NotReady, ServiceError
from service.workflow.people import Person, Role
from service.workflow.states import LetterState
from tests.factories import (
    NUMBER,
    add,
    bring_in,
    claimed,
    clock_of,
    drafted,
    state_of,
    version_of,
    view,
    work_all,
)

WORDS = "Quincampoix"
LETTER = f"Dear friend, I was in {WORDS} and think of you.\nDonor number {NUMBER}"
PLACE = SiteWord(words=WORDS, use=WordUse.PLACE)


@pytest.fixture
def cora(desk: Desk) -> Person:
    """A coordinator."""
    return add(desk, "Cora", Role.COORDINATOR)


@pytest.fixture
def ada(desk: Desk) -> Person:
    """An administrator."""
    return add(desk, "Ada", Role.ADMIN)


@pytest.fixture
def elsewhere(desk: Desk) -> Desk:
    """The same site in another process: its own connections, and nothing put together yet."""
    return replace(desk, assembled=Assembled())


def put_on(desk: Desk, first: Person, second: Person, word: SiteWord = PLACE) -> str:
    """A word that two people put on its list; the id of the change."""
    change_id = propose_word(desk, first, word=word)
    confirm_word(desk, second, change_id=change_id)
    return change_id


def stored(desk: Desk, *tables: str) -> str:
    """All that stands in these tables, as the database has it."""
    with desk.database.reading() as connection:
        return "".join(
            str(connection.execute(sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - our names
            for table in tables
        )


def spoil(desk: Desk) -> None:
    """Somebody writes into the table of words."""
    with desk.database.writing() as tx:
        tx.connection.execute(sql("UPDATE site_word_changes SET words = 'c3BvaWx0'"))


def test_words_are_sealed_and_the_trail_names_none(desk: Desk, cora: Person, ada: Person) -> None:
    """They may be names of people; the trail holds ids, list and language."""
    change_id = put_on(desk, cora, ada)
    try_words(desk, ada, text=f"I was in {WORDS}, said Anna.")
    everything = stored(desk, "site_word_changes", "audit_events", "data_keys")
    assert change_id in everything
    assert "word.confirmed" in everything
    assert WORDS not in everything
    assert verify_audit(desk)[0] > 0


def test_a_word_holds_in_every_process_without_a_start(
    desk: Desk, elsewhere: Desk, cora: Person, ada: Person
) -> None:
    """From the next draft on; and no longer once it is taken off."""
    before = drafted(elsewhere, LETTER)
    change_id = put_on(desk, cora, ada)
    during = drafted(elsewhere, LETTER.replace("Dear", "Dearest"))
    confirm_word(desk, ada, change_id=propose_to_take_off(desk, cora, change_id=change_id))
    after = drafted(elsewhere, LETTER.replace("Dear", "My dear"))
    texts = [view(desk, cora, one).outgoing or "" for one in (before, during, after)]
    assert [WORDS in one for one in texts] == [True, False, True]


def test_the_detectors_are_put_together_once_for_each_version(
    desk: Desk, cora: Person, ada: Person
) -> None:
    """As long as the version stands, the same pipeline drafts; without words the site's own."""
    assert site_pipeline(desk) is desk.pipeline
    put_on(desk, cora, ada)
    first = site_pipeline(desk)
    assert site_pipeline(desk) is first
    put_on(desk, cora, ada, SiteWord(words="nurse", use=WordUse.ORDINARY))
    assert site_pipeline(desk) is not first


def test_words_that_cannot_be_loaded_hold_the_letter(
    desk: Desk, elsewhere: Desk, cora: Person, ada: Person
) -> None:
    """It is never drafted by other rules; the reason says so, and a person can send it on later."""
    put_on(desk, cora, ada)
    spoil(desk)
    letter_id = bring_in(elsewhere, LETTER)
    for _ in range(desk.settings.max_attempts + 1):
        work_all(elsewhere)
        clock_of(elsewhere).forward(hours=1)
    assert state_of(desk, letter_id) is LetterState.HELD_FAULT
    assert view(desk, cora, letter_id).outgoing is None
    assert "words of this site cannot be loaded" in view(desk, cora, letter_id).holds[0].reason
    with pytest.raises(RulesError):
        site_pipeline(elsewhere)


def test_two_yeses_at_once_make_two_versions_or_one(desk: Desk, cora: Person, ada: Person) -> None:
    """Never one version twice, and never a gap."""
    ids = [
        propose_word(desk, cora, word=SiteWord(words=f"{WORDS} {one}", use=WordUse.PLACE))
        for one in "abcdefgh"
    ]

    def confirm(change_id: str) -> int:
        try:
            return confirm_word(desk, ada, change_id=change_id)
        except IllegalTransition:
            return 0

    with ThreadPoolExecutor(8) as pool:
        made = sorted(one for one in pool.map(confirm, ids) if one)
    assert made == list(range(1, len(made) + 1))
    assert list_words(desk, cora).version == len(made) == len(list_words(desk, cora).listed)


def test_an_open_draft_says_that_the_words_changed_and_is_drafted_again(
    desk: Desk, cora: Person, ada: Person
) -> None:
    """By the reader who has it, or by any while it is free."""
    anna = add(desk, "Anna")
    letter_id = claimed(desk, anna, LETTER)
    assert not view(desk, anna, letter_id).new_words
    put_on(desk, cora, ada)
    seen = view(desk, anna, letter_id)
    assert (seen.new_words, bool(seen.may.draft_again)) == (True, True)
    draft_again(desk, anna, letter_id=letter_id, version=seen.version)
    assert state_of(desk, letter_id) is LetterState.RECEIVED
    work_all(desk)
    after = view(desk, anna, letter_id)
    assert (after.state, after.new_words) == (LetterState.READY, False)
    assert WORDS not in (after.outgoing or "")
    with pytest.raises(NotReady):
        draft_again(desk, anna, letter_id=letter_id, version=after.version)


def test_a_new_draft_takes_no_decision_of_a_person_away(
    desk: Desk, cora: Person, ada: Person
) -> None:
    """Who has marked something keeps the draft, and is told that the words changed."""
    anna = add(desk, "Anna")
    letter_id = claimed(desk, anna, LETTER)
    seen = view(desk, anna, letter_id)
    start = (seen.text or "").index(WORDS)
    mark = Correction(
        kind=CorrectionKind.ADD,
        start=start,
        end=start + len(WORDS),
        entity_kind=EntityKind.PLACE,
    )
    actions.correct(desk, anna, letter_id=letter_id, version=seen.version, corrections=(mark,))
    put_on(desk, cora, ada, SiteWord(words=WORDS, use=WordUse.ORDINARY))
    seen = view(desk, anna, letter_id)
    assert seen.new_words
    assert "would lose that" in (seen.may.draft_again.reason or "")
    with pytest.raises(ServiceError):
        draft_again(desk, anna, letter_id=letter_id, version=seen.version)
    assert WORDS not in (view(desk, anna, letter_id).outgoing or "")


def test_a_database_from_before_has_no_words(desk: Desk, cora: Person) -> None:
    """Version 0: the pipeline of the site, and no draft that says so."""
    shown = list_words(desk, cora)
    assert (shown.version, shown.listed, shown.waiting) == (0, (), ())
    letter_id = drafted(desk, LETTER)
    assert not view(desk, cora, letter_id).new_words
    assert version_of(desk, letter_id) > 0
