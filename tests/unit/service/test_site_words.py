"""The words of the site as data: what may be proposed, and what the changes make together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anonymizer.model import SiteWord, WordUse
from service.actions import Desk
from service.actions.site_words import (
    confirm_word,
    list_words,
    propose_to_take_off,
    propose_word,
    withdraw_word,
)
from service.actions.trying_words import try_words
from service.workflow.errors import BadRequest, IllegalTransition, NotAllowed
from service.workflow.people import Person, Role
from service.workflow.site_words import WordChange, checked_word, words_in_force
from tests.factories import START, add

HOUSE = SiteWord(words="Lindenhof", use=WordUse.HOSPITAL)
NURSE = SiteWord(words="nurse", use=WordUse.ORDINARY)


@pytest.fixture
def ada(desk: Desk) -> Person:
    """An administrator, who reads no letters."""
    return add(desk, "Ada Admin", Role.ADMIN)


def change(number: int, word: SiteWord, *, adds: bool = True) -> WordChange:
    """A change that made this version."""
    return WordChange(
        change_id=f"{number}",
        adds=adds,
        word=word,
        proposed_at=START + timedelta(days=number),
        proposed_by="one",
        version=number,
        confirmed_at=START + timedelta(days=number),
        confirmed_by="other",
    )


def in_force(desk: Desk, person: Person) -> list[str]:
    """The words in force, by their spelling."""
    return [one.word.words for one in list_words(desk, person).listed]


@pytest.mark.parametrize("words", ["", " ", "x", "7", "a" * 101, "one\x07two", "--"])
def test_what_is_no_word_is_refused(words: str) -> None:
    """Nothing, a single letter, a whole paragraph, hidden characters."""
    with pytest.raises(BadRequest):
        checked_word(SiteWord(words=words, use=WordUse.PERSON))


@pytest.mark.parametrize("words", ["anna@example.org", "Tel 5550142", "Ward 4", "@anna_k"])
def test_numbers_and_accounts_cannot_be_left_alone(words: str) -> None:
    """They may always be removed; nobody may promise that they tell nothing."""
    for use in (WordUse.ORDINARY, WordUse.TITLE):
        with pytest.raises(BadRequest, match="numbers, addresses and accounts"):
            checked_word(SiteWord(words=words, use=use))
    assert checked_word(SiteWord(words=words, use=WordUse.PLACE)).words == words


def test_a_word_is_kept_in_one_form() -> None:
    """However its blanks and accents were typed."""
    typed = SiteWord(words="  St.\tGo\u0308ran \n Klinik ", use=WordUse.HOSPITAL)
    assert checked_word(typed).words == "St. Göran Klinik"


def test_the_words_in_force_are_what_the_changes_make_in_their_order() -> None:
    """A word that was taken off is gone, until it is put on again."""
    changes = [change(1, HOUSE), change(2, NURSE), change(3, HOUSE, adds=False)]
    now = words_in_force(changes[::-1])
    assert (now.version, now.words) == (3, (NURSE,))
    again = words_in_force([*changes, change(4, replace(HOUSE, words="LINDENHOF"))])
    assert (again.version, [one.words for one in again.words]) == (4, ["nurse", "LINDENHOF"])


def test_a_proposal_holds_once_another_person_confirmed_it(
    desk: Desk, cora: Person, ada: Person
) -> None:
    """Who proposed cannot confirm; each confirmed change makes a version."""
    change_id = propose_word(desk, cora, word=HOUSE)
    assert in_force(desk, ada) == []
    with pytest.raises(NotAllowed, match="Another person"):
        confirm_word(desk, cora, change_id=change_id)
    assert confirm_word(desk, ada, change_id=change_id) == 1
    with pytest.raises(IllegalTransition):
        confirm_word(desk, ada, change_id=change_id)
    shown = list_words(desk, cora)
    assert (shown.version, shown.waiting) == (1, ())
    assert [(one.proposed_by, one.confirmed_by) for one in shown.listed] == [
        ("Cora Coordinator", "Ada Admin")
    ]


def test_taking_a_word_off_takes_two_people_as_well(desk: Desk, cora: Person, ada: Person) -> None:
    """Until then it holds; what is withdrawn is on record and holds never."""
    change_id = propose_word(desk, cora, word=NURSE)
    confirm_word(desk, ada, change_id=change_id)
    off = propose_to_take_off(desk, ada, change_id=change_id)
    with pytest.raises(NotAllowed):
        confirm_word(desk, ada, change_id=off)
    assert in_force(desk, cora) == ["nurse"]
    assert confirm_word(desk, cora, change_id=off) == 2
    assert in_force(desk, cora) == []
    again = propose_word(desk, cora, word=NURSE)
    withdraw_word(desk, ada, change_id=again)
    with pytest.raises(IllegalTransition):
        confirm_word(desk, ada, change_id=again)
    assert list_words(desk, cora).waiting == ()


def test_a_change_must_make_sense(desk: Desk, cora: Person, ada: Person) -> None:
    """Nothing twice, nothing that is not there, and no word on both lists."""
    change_id = propose_word(desk, cora, word=HOUSE)
    with pytest.raises(BadRequest, match="second person already"):
        propose_word(desk, ada, word=replace(HOUSE, words="LINDENHOF"))
    confirm_word(desk, ada, change_id=change_id)
    with pytest.raises(BadRequest, match="on the list already"):
        propose_word(desk, cora, word=HOUSE)
    with pytest.raises(BadRequest, match="always removed"):
        propose_word(desk, cora, word=replace(HOUSE, use=WordUse.ORDINARY, language="de"))
    confirm_word(desk, cora, change_id=propose_to_take_off(desk, ada, change_id=change_id))
    with pytest.raises(BadRequest, match="no more"):
        propose_to_take_off(desk, ada, change_id=change_id)


def test_two_proposals_cannot_put_one_word_on_both_lists(
    desk: Desk, cora: Person, ada: Person
) -> None:
    """The later yes is refused, whichever it is: what holds is checked again at that moment."""
    spared = propose_word(desk, cora, word=replace(HOUSE, use=WordUse.ORDINARY))
    confirm_word(desk, ada, change_id=propose_word(desk, cora, word=HOUSE))
    with pytest.raises(BadRequest, match="always removed"):
        confirm_word(desk, ada, change_id=spared)


def test_only_administrators_and_coordinators_come_here(desk: Desk, anna: Person) -> None:
    """A proofreader neither sees nor changes the words."""
    for act in (
        lambda: list_words(desk, anna),
        lambda: propose_word(desk, anna, word=HOUSE),
        lambda: try_words(desk, anna, text="Anna is a nurse."),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_box_shows_a_sentence_now_and_with_what_is_proposed(desk: Desk, ada: Person) -> None:
    """With the open proposals, and with a word that was not proposed yet."""
    propose_word(desk, ada, word=NURSE)
    trial = try_words(desk, ada, text="Anna is a nurse in the Lindenhof.", word=HOUSE)
    assert trial.now.redaction is not None
    assert trial.then.redaction is not None
    assert trial.now.redaction.text == "[person] is a nurse in the Lindenhof."
    assert trial.then.redaction.text == "[person] is a nurse in the [hospital]."
    assert [one.finding.kind.value for one in trial.then.treatments] == ["PERSON", "HOSPITAL"]
    assert trial.changes
    assert not try_words(desk, ada, text="Nothing to see.").changes


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001])
def test_the_box_says_what_it_cannot_try(desk: Desk, ada: Person, text: str) -> None:
    """Nothing, or a whole letter."""
    with pytest.raises(BadRequest, match="Type a sentence"):
        try_words(desk, ada, text=text)
