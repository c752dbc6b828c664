"""Redaction, for any text and any treatments: it can be undone, and it does what was decided."""

import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.errors import RedactionFailed
from anonymizer.model import EntityKind, Letter, Span, Treatment, TreatmentAction
from anonymizer.policy import renumbered
from anonymizer.redaction import Redactor, undo
from tests.unit.parts import finding, shipped_rules, treatment

REDACTOR = Redactor()
CHANGES = {TreatmentAction.REPLACE, TreatmentAction.GENERALIZE}
UNSEEN = st.sampled_from(
    "ab \n\t\r\f\x07\x85\u00ad\u0336\u20dd\u200b\u200c\u200d\u202c\u2066\u2069\ufeff\ufe0f"
    "\u0645\u06cc\u0915\u094d\U0001f469\U0001f3fd\U000e0041"
)
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


@st.composite
def unseen_with_treatments(draw: st.DrawFn) -> tuple[Letter, list[Treatment]]:
    """A letter of signs that nobody sees among letters, with changes that do not overlap."""
    sent = Letter(letter_id="x", text=draw(st.text(UNSEEN, min_size=1, max_size=40)))
    cuts = sorted(draw(st.sets(st.integers(0, len(sent.text)), max_size=8)))
    return sent, [treatment(finding(*ends)) for ends in pairwise(cuts) if draw(st.booleans())]


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
    redaction = REDACTOR.redact(sent, treatments)
    unsent = {one.source for one in redaction.unsent}
    assert not unsent & changed
    kept = "".join(
        one for place, one in enumerate(sent.text) if place not in changed and place not in unsent
    )
    targets = {
        place for one in redaction.replacements for place in range(one.target.start, one.target.end)
    } | {
        place for one in redaction.unsent for place in range(one.target, one.target + len(one.sent))
    }
    left = "".join(one for place, one in enumerate(redaction.text) if place not in targets)
    assert left == kept


@given(unseen_with_treatments())
def test_nothing_unseen_goes_out(made: tuple[Letter, list[Treatment]]) -> None:
    """No control but line ends and tabs, no format character but joiners, no mark on a bracket."""
    sent, treatments = made
    redaction = REDACTOR.redact(sent, treatments)
    assert undo(redaction) == sent.text
    left = {one for one in redaction.text if unicodedata.category(one) in ("Cc", "Cf")}
    assert left <= set("\n\t\u200c\u200d")
    for one in redaction.replacements:
        after = redaction.text[one.target.end : one.target.end + 1]
        assert not after or unicodedata.category(after) not in ("Mn", "Me", "Cf")
    again = REDACTOR.redact(Letter(letter_id="x", text=redaction.text), [])
    assert (again.text, again.unsent) == (redaction.text, ())


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


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("hok")), max_size=12))
def test_printed_placeholders_are_numbered_without_a_gap(people: list[tuple[int, str]]) -> None:
    """From 1 in the order of the letter, whatever a person keeps or says in own words."""
    text = " ".join("Anna" for _ in people)
    by_hand = tuple(
        treatment(
            replace(finding(5 * place, 5 * place + 4), entity=f"PERSON-{who}"),
            None,
            TreatmentAction.KEEP if way == "k" else TreatmentAction.REPLACE,
        )
        for place, (who, way) in enumerate(people)
    )
    own = {one.finding.span for one, (_, way) in zip(by_hand, people, strict=True) if way == "o"}
    made = renumbered(text, by_hand, shipped_rules().policy, own)
    hidden = [who for who, way in people if way == "h"]
    in_order = list(dict.fromkeys(hidden))
    assert [one.replacement for one, (_, way) in zip(made, people, strict=True) if way == "h"] == [
        f"[name {in_order.index(who) + 1}]" for who in hidden
    ]
