"""The text that goes out, by the real pipeline through the store: nothing unseen, no gap."""

import unicodedata

import pytest

from service import actions
from service.actions import Desk
from service.web.review.letter_page import letter_page
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.people import Person
from tests.factories import NUMBER, add, claimed, version_of, view
from tests.unit.parts import PROSE

LETTER = (
    f"{PROSE}\u2066My husband Bernard\u2069 and my sister Joanna\u202c read your letter\u200b, "
    "and Bernard cried. I am a nurse\u200b. My friend Rebecca\u0336 is well.\n"
)


@pytest.fixture
def anna(real_desk: Desk) -> Person:
    """A proofreader."""
    return add(real_desk, "Anna Proof")


def steps(desk: Desk, person: Person, letter_id: str) -> list[str]:
    """Own words for the first name, and the outgoing text before, after, undone and redone."""
    texts = [view(desk, person, letter_id).outgoing or ""]
    first = next(one for one in view(desk, person, letter_id).findings if one.text == "Joanna")
    own = Correction(
        kind=CorrectionKind.REWRITE,
        finding_id=first.finding_id,
        words="som\u200beone",
        reason="So.",
    )
    actions.correct(
        desk,
        person,
        letter_id=letter_id,
        version=version_of(desk, letter_id),
        corrections=(own,),
    )
    texts.append(view(desk, person, letter_id).outgoing or "")
    for turn in (actions.undo_last, actions.redo_next):
        turn(desk, person, letter_id=letter_id, version=version_of(desk, letter_id))
        texts.append(view(desk, person, letter_id).outgoing or "")
    return texts


def test_nothing_unseen_goes_out_and_no_number_is_missing(real_desk: Desk, anna: Person) -> None:
    """Before and after own words, undone and made again; the letter itself is as it came."""
    letter_id = claimed(real_desk, anna, LETTER, cover_number=NUMBER)
    assert view(real_desk, anna, letter_id).text == LETTER
    before, after, undone, redone = steps(real_desk, anna, letter_id)
    assert before.endswith(
        "My husband [name 1] and my sister [name 2] read your letter, and [name 1] cried. "
        "I am a nurse. My friend [name 3] is well.\n"
    )
    assert after.endswith(
        "My husband [name 1] and my sister someone read your letter, and [name 1] cried. "
        "I am a nurse. My friend [name 2] is well.\n"
    )
    assert (undone, redone) == (before, after)
    assert not [one for one in after if unicodedata.category(one) == "Cf"]


def test_marks_stand_where_the_text_moved_to(real_desk: Desk, anna: Person) -> None:
    """Behind signs that do not go out, the page shows what is still readable in its place."""
    letter_id = claimed(real_desk, anna, LETTER, cover_number=NUMBER)
    seen = view(real_desk, anna, letter_id)
    shown = {
        piece.name: "".join(run.text for run in piece.runs)
        for paragraph in letter_page(seen).outgoing
        for piece in paragraph.pieces
        if piece.name
    }
    names = {one.text.rstrip("\u0336"): one.finding_id for one in seen.findings}
    assert shown[names["nurse"]] == "nurse"
    assert shown[names["Joanna"]] == "[name 2]"
