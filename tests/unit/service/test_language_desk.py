"""A letter held for its language whose reader has declined meanwhile: nothing of it is told."""

from service import actions
from service.actions import Desk
from service.workflow.people import Person
from service.workflow.states import LetterState
from tests.factories import PLAIN_LETTER, drafted, state_of, view, work_all


def test_a_language_release_leads_to_the_rules_once_the_reader_declined(
    desk: Desk, cora: Person
) -> None:
    """Nobody reads what cannot go; when the reader agrees, nobody asks about the language again."""
    letter_id = drafted(desk, f"GERMAN {PLAIN_LETTER}")
    assert state_of(desk, letter_id) is LetterState.HELD_LANGUAGE
    assert not _kept(desk, cora, letter_id)
    _answer(desk, cora, "refused 2026-02-01")
    assert _kept(desk, cora, letter_id)
    _release_language(desk, cora, letter_id)
    after = view(desk, cora, letter_id)
    assert after.state is LetterState.HELD_EXCHANGE
    assert [hold.code for hold in after.holds] == ["recipient_declined"]
    assert not after.may.return_to_writer
    _answer(desk, cora, "granted 2026-02-02")
    work_all(desk)
    assert state_of(desk, letter_id) is LetterState.READY


def test_a_language_that_was_released_no_longer_holds(desk: Desk, cora: Person) -> None:
    """The page of a letter in review does not go on saying that its language holds it."""
    letter_id = drafted(desk, f"GERMAN {PLAIN_LETTER}")
    _release_language(desk, cora, letter_id)
    after = view(desk, cora, letter_id)
    assert (after.state, after.holds) == (LetterState.READY, ())


def _kept(desk: Desk, person: Person, letter_id: str) -> bool:
    """Whether the page says that it cannot be returned."""
    seen = view(desk, person, letter_id)
    assert seen.exchange is not None
    return seen.exchange.kept


def _answer(desk: Desk, cora: Person, consent: str) -> None:
    """The patient says whether letters are wanted."""
    version = actions.open_case(desk, cora, case_id="C-1").version
    cells = {"patient_consents": consent}
    actions.change_case_cells(desk, cora, case_id="C-1", version=version, cells=cells)


def _release_language(desk: Desk, cora: Person, letter_id: str) -> None:
    actions.resolve_language_hold(
        desk,
        cora,
        letter_id=letter_id,
        version=view(desk, cora, letter_id).version,
        reason="The reader knows German.",
    )
