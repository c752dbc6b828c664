"""Forms of the letter page: which passages a decision means."""

from dataclasses import replace

import pytest

from anonymizer.model import EntityKind, TreatmentAction
from service.actions.views import LetterView
from service.web.review.forms import Decision, Missed, Resized, Suggested, joined
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import BadRequest
from tests.web import review_samples as sample


def test_a_decision_means_one_passage() -> None:
    """Without the tick for all, only the selected passage is decided."""
    decision = Decision(version=7, finding="f1", step="remove")
    assert decision.corrections(sample.letter()) == (
        Correction(kind=CorrectionKind.MASK, finding_id="f1"),
    )


def test_a_decision_for_all_means_those_with_the_same_words() -> None:
    """With the tick, every marked passage that reads alike is decided in one go."""
    decision = Decision(version=7, finding="f3", step="remove", everywhere=True)
    assert [one.finding_id for one in decision.corrections(sample.letter())] == ["f1", "f3"]


def test_keeping_hands_on_the_reason() -> None:
    """The chosen reason and the person's own words go together."""
    decision = Decision(
        version=7, finding="f4", step="keep", reason="An ordinary word.", own_reason="see below"
    )
    (made,) = decision.corrections(sample.letter())
    assert (made.kind, made.reason) == (CorrectionKind.REMOVE, "An ordinary word. see below")


@pytest.mark.parametrize(
    ("finding", "step", "kind"),
    [("f99", "remove", ""), ("f1", "explode", ""), ("f1", "change", "NOTHING")],
)
def test_a_decision_that_makes_no_sense_is_refused(finding: str, step: str, kind: str) -> None:
    """An unknown passage, step or kind changes nothing."""
    decision = Decision(version=7, finding=finding, step=step, kind=kind)
    with pytest.raises(BadRequest):
        decision.corrections(sample.letter())


def test_missed_words_are_marked_wherever_they_are_still_readable() -> None:
    """Passages that are taken out already are left alone."""
    missed = Missed(version=7, words="anna", kind="PERSON", everywhere=True)
    place = sample.TEXT.rindex("Anna")
    assert missed.corrections(sample.letter()) == (
        Correction(
            kind=CorrectionKind.ADD,
            start=place,
            end=place + 4,
            entity_kind=EntityKind.PERSON,
        ),
    )


def test_a_selected_passage_is_marked_where_it_is() -> None:
    """A position, counted in code points behind an emoji, marks exactly these words."""
    place = sample.TEXT.index("width")
    missed = Missed(version=7, words="width", kind="OTHER_ID", start=place, end=place + 5)
    (made,) = missed.corrections(sample.letter())
    assert (made.start, made.end) == (place, place + 5)


def test_a_position_that_does_not_hold_the_words_is_refused() -> None:
    """If browser and server ever count differently, nothing is marked."""
    missed = Missed(version=7, words="width", kind="OTHER_ID", start=3, end=8)
    with pytest.raises(BadRequest):
        missed.corrections(sample.letter())


def test_words_that_are_not_there_are_refused() -> None:
    """A typing mistake is said, not swallowed."""
    with pytest.raises(BadRequest):
        Missed(version=7, words="Berta", kind="PERSON").corrections(sample.letter())


def test_accepting_a_kind_takes_out_its_open_suggestions() -> None:
    """Only what is open and of this kind."""
    assert Suggested(version=7, kind="OCCUPATION").corrections(sample.letter()) == (
        Correction(kind=CorrectionKind.MASK, finding_id="f4"),
    )
    assert Suggested(version=7, kind="PERSON").corrections(sample.letter()) == ()


def test_dismissing_a_kind_keeps_its_open_suggestions_for_one_reason() -> None:
    """The reason stands with each of them; nothing else of the form is taken up."""
    form = Suggested(version=7, kind="OCCUPATION", step="keep", reason="Already general enough")
    assert form.corrections(sample.letter()) == (
        Correction(kind=CorrectionKind.REMOVE, finding_id="f4", reason="Already general enough"),
    )
    with pytest.raises(BadRequest):
        Suggested(version=7, kind="OCCUPATION", step="reset").corrections(sample.letter())


def suggested(*names: str) -> LetterView:
    """The sample letter with these of its passages open."""
    view = sample.letter()
    found = tuple(
        replace(one, action=TreatmentAction.SUGGEST, replacement=None)
        if one.finding_id in names
        else one
        for one in view.findings
    )
    return replace(view, findings=found)


def test_ticked_suggestions_go_out_and_the_others_stay_for_one_reason() -> None:
    """Equal ones go with the ticked one; what is not open is not touched."""
    view = suggested("f1", "f2", "f3", "f4")
    form = Suggested(version=7, reason="Already general enough", out=["f3", "f99"])
    made = {one.finding_id: (one.kind, one.reason) for one in form.corrections(view)}
    out = (CorrectionKind.MASK, None)
    stay = (CorrectionKind.REMOVE, "Already general enough")
    assert made == {"f1": out, "f2": stay, "f3": out, "f4": stay}
    assert form.said == "decided"


def test_without_a_reason_nothing_is_kept() -> None:
    """A form that says no more than its version takes every suggestion out."""
    view = suggested("f1", "f4")
    made = Suggested(version=7, out=["f1"]).corrections(view)
    assert [(one.kind, one.finding_id) for one in made] == [
        (CorrectionKind.MASK, "f1"),
        (CorrectionKind.MASK, "f4"),
    ]
    assert Suggested(version=7).said == "removed"
    assert Suggested(version=7, reason="Already general enough").said == "kept"


def test_edges_move_by_position_or_by_words() -> None:
    """Dragged edges say where, typed ones say what; both mean the same place of the letter."""
    place = sample.TEXT.index("a baker")
    wanted = Correction(
        kind=CorrectionKind.RESIZE, finding_id="f4", start=place, end=place + len("a baker")
    )
    dragged = Resized(version=7, finding="f4", words="a baker", start=place, end=place + 7)
    assert dragged.corrections(sample.letter()) == (wanted,)
    typed = Resized(version=7, finding="f4", words="a  baker")
    assert typed.corrections(sample.letter()) == (wanted,)


def test_equal_passages_move_where_the_same_words_follow() -> None:
    """`Anna is` stands behind the second Anna only: the first one is left as it is."""
    place = sample.TEXT.index("Anna is")
    resized = Resized(
        version=7, finding="f3", words="Anna is", start=place, end=place + 7, everywhere=True
    )
    assert [one.finding_id for one in resized.corrections(sample.letter())] == ["f3"]


@pytest.mark.parametrize(
    ("finding", "words", "start", "end"),
    [
        ("f99", "baker", None, None),
        ("f4", "Oldtown", None, None),
        ("f4", "brewer", None, None),
        ("f4", "baker", 3, 8),
        ("f4", "baker", 5, 5),
        ("f4", "baker", -5, 10_000),
    ],
)
def test_edges_that_fit_no_place_are_refused(
    finding: str, words: str, start: int | None, end: int | None
) -> None:
    """Words that stand elsewhere, or a position that holds others, change nothing."""
    resized = Resized(version=7, finding=finding, words=words, start=start, end=end)
    with pytest.raises(BadRequest):
        resized.corrections(sample.letter())


def test_own_words_stand_in_for_a_passage_and_for_a_missed_one() -> None:
    """What a person wrote goes along, without white space around it."""
    decision = Decision(version=7, finding="f2", step="rewrite", words=" at home ")
    (made,) = decision.corrections(sample.letter())
    assert (made.kind, made.words) == (CorrectionKind.REWRITE, "at home")
    missed = Missed(version=7, words="width", kind="OTHER_ID", instead=" wide ")
    (made,) = missed.corrections(sample.letter())
    assert (made.kind, made.words) == (CorrectionKind.ADD, "wide")
    (plain,) = Missed(version=7, words="width", kind="OTHER_ID").corrections(sample.letter())
    assert plain.words is None


def test_a_reason_needs_no_second_full_stop() -> None:
    """Chosen and written reasons are joined like sentences."""
    assert joined("One.", "") == "One"
    assert joined(" One. ", "two") == "One. two"
