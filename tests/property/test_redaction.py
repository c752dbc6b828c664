"""Redaction, for any text and any treatments: it can be undone, and it does what was decided."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.errors import RedactionFailed
from anonymizer.model import EntityKind, Letter, Span, Treatment, TreatmentAction
from anonymizer.redaction import Redactor, undo
from tests.unit.parts import finding, treatment

REDACTOR = Redactor()
CHANGES = {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
words = st.text(st.sampled_from("[name 1]\u00e9<>\\{}$ "), min_size=1, max_size=10)


@st.composite
def letters_with_treatments(draw: st.DrawFn) -> tuple[Letter, list[Treatment]]:
    """A letter and treatments of passages that do not overlap, in any order."""
    sent = Letter.from_text("x", draw(texts))
    cuts = sorted(draw(st.sets(st.integers(0, len(sent.text)), max_size=12)))
    treatments = [
        treatment(
            finding(start, end, draw(st.sampled_from(list(EntityKind)))),
            draw(words),
            draw(st.sampled_from(list(TreatmentAction))),
        )
        for start, end in pairwise(cuts)
        if draw(st.booleans())
    ]
    return sent, draw(st.permutations(treatments))


@given(letters_with_treatments())
def test_undoing_gives_the_letter_back(made: tuple[Letter, list[Treatment]]) -> None:
    """Character for character, whatever is in it."""
    sent, treatments = made
    redaction = REDACTOR.redact(sent, treatments)
    assert undo(redaction) == sent.text
    assert Redactor().redact(sent, treatments) == redaction


@given(letters_with_treatments())
def test_each_change_is_told_exactly(made: tuple[Letter, list[Treatment]]) -> None:
    """One replacement for each change, in order, with its places on both sides."""
    sent, treatments = made
    redaction = REDACTOR.redact(sent, treatments)
    changes = sorted(
        (one for one in treatments if one.action in CHANGES), key=lambda one: one.finding.span
    )
    assert [one.source for one in redaction.replacements] == [one.finding.span for one in changes]
    for one, change in zip(redaction.replacements, changes, strict=True):
        assert redaction.text[one.target.start : one.target.end] == change.replacement
        assert sent.text[one.source.start : one.source.end] == one.original


@given(letters_with_treatments())
def test_what_is_not_treated_stays(made: tuple[Letter, list[Treatment]]) -> None:
    """Every other character, in its order."""
    sent, treatments = made
    changed = {
        place
        for one in treatments
        if one.action in CHANGES
        for place in range(one.finding.span.start, one.finding.span.end)
    }
    kept = "".join(one for place, one in enumerate(sent.text) if place not in changed)
    redaction = REDACTOR.redact(sent, treatments)
    targets = {
        place for one in redaction.replacements for place in range(one.target.start, one.target.end)
    }
    left = "".join(one for place, one in enumerate(redaction.text) if place not in targets)
    assert left == kept


@given(texts, st.data())
def test_overlapping_changes_are_refused(text: str, data: st.DataObject) -> None:
    """Two answers for one character are no answer."""
    sent = Letter.from_text("x", text + "ab")
    size = len(sent.text)
    start = data.draw(st.integers(0, size - 2))
    end = data.draw(st.integers(start + 1, size))
    other = data.draw(st.integers(start, end - 1))
    with pytest.raises(RedactionFailed):
        REDACTOR.redact(
            sent,
            [
                treatment(finding(start, end)),
                treatment(finding(other, data.draw(st.integers(other + 1, size)))),
            ],
        )


@given(texts, st.integers(1, 50))
def test_a_change_outside_the_letter_is_refused(text: str, beyond: int) -> None:
    """It belongs to another letter."""
    sent = Letter.from_text("x", text)
    span = Span(start=len(sent.text) - 1, end=len(sent.text) + beyond)
    with pytest.raises(RedactionFailed):
        REDACTOR.redact(sent, [treatment(finding(span.start, span.end))])
