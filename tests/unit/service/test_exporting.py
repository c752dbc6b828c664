"""Corrections become cases of the specification, and nobody's words get out with them."""

import tomllib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.model import EntityKind, Span
from corpus.markup import parse_markup
from corpus.spec import load_spec
from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.exporting import export_corrections, written_corrections
from service.store.trail import find_events
from service.workflow.corrections import Correction, CorrectionKind
from service.workflow.errors import NotAllowed
from service.workflow.invented import invented, invented_case, surviving_case
from service.workflow.people import Person
from service.workflow.trail import TrailFilter
from tests.factories import NUMBER, claimed, view

HARMLESS = frozenset({"i", "live", "in", "near", "my", "sister", "and", "the", "of", "with"})
LETTER = (
    "Dear friend, I live in Ebeltoft and my son Ravnkilde rides for the Grenaa club.\n"
    f"Quistgaard sends love\nDonor number {NUMBER}"
)
SECRETS = ("Ebeltoft", "Ravnkilde", "Grenaa", "Quistgaard", NUMBER)


def case_of(text: str, words: str, kind: EntityKind = EntityKind.PLACE) -> str | None:
    """The case of these words in the text, if there is one."""
    start = text.index(words)
    made = invented_case(
        text,
        Span(start=start, end=start + len(words)),
        kind,
        language="en",
        others=(),
        harmless=HARMLESS,
        chance=Random(1),  # noqa: S311 - a test
    )
    return made.text if made else None


def test_a_case_has_the_words_around_and_an_invented_one() -> None:
    """As the specification writes it."""
    text = case_of("Yes, I live in Ebeltoft and my sister, Bodil, too.", "Ebeltoft")
    assert text is not None
    parsed = parse_markup(text)
    assert parsed.text.startswith("I live in ")
    assert parsed.text.endswith(" and my sister")
    (mark,) = parsed.marks
    assert mark.kind is EntityKind.PLACE
    assert "Ebeltoft" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Kolding Ebeltoft Kolding",
        "in\nEbeltoft\nin",
        "I live in (see 12.03.) Ebeltoft!",
        "Ebeltoft",
    ],
)
def test_without_harmless_words_around_there_is_no_case(text: str) -> None:
    """A context is never filled with words of the letter."""
    assert case_of(text, "Ebeltoft") is None


def test_a_context_never_reaches_another_passage() -> None:
    """Not even where its words are harmless."""
    text = "my sister in Ebeltoft"
    span = Span(start=13, end=21)
    made = invented_case(
        text,
        span,
        EntityKind.PLACE,
        language="en",
        others=(Span(start=0, end=9),),
        harmless=HARMLESS,
        chance=Random(1),  # noqa: S311 - a test
    )
    assert made is not None
    assert made.before == "in "


@given(
    passage=st.text(min_size=1, max_size=40),
    kind=st.sampled_from(EntityKind),
    seed=st.integers(0, 1000),
)
def test_no_word_of_a_passage_stays(passage: str, kind: EntityKind, seed: int) -> None:
    """But for small harmless ones; figures are others, or were chosen by chance."""
    made = invented(passage, kind, harmless=HARMLESS, chance=Random(seed))  # noqa: S311 - a test
    before = {word for word in passage.split() if word.isalpha() and len(word) > 1}
    kept = before & set(made.split())
    assert {word.lower() for word in kept} <= HARMLESS


def test_what_was_hidden_without_need_survives_only_when_all_of_it_is_harmless() -> None:
    """A name that was rightly there before is not repeated."""
    text = "with my sister Bodil"
    sister = surviving_case(text, Span(start=8, end=14), language="en", harmless=HARMLESS)
    assert sister is not None
    assert sister.text == "with my sister"
    assert surviving_case(text, Span(start=8, end=20), language="en", harmless=HARMLESS) is None


def test_the_corrections_of_a_letter_are_written_as_a_specification(
    desk: Desk, anna: Person, tmp_path: Path
) -> None:
    """It loads as one, it holds nothing of the letter, and the trail counts it."""
    letter_id = claimed(desk, anna, LETTER)
    seen = view(desk, anna, letter_id)
    corrections = tuple(
        Correction(
            kind=CorrectionKind.ADD,
            start=LETTER.index(words),
            end=LETTER.index(words) + len(words),
            entity_kind=kind,
        )
        for words, kind in (
            ("Ebeltoft", EntityKind.PLACE),
            ("Ravnkilde", EntityKind.PERSON),
            ("Quistgaard", EntityKind.PERSON),
        )
    )
    actions.correct(desk, anna, letter_id=letter_id, version=seen.version, corrections=corrections)
    seen = view(desk, anna, letter_id)
    actions.approve_letter(
        desk, anna, letter_id=letter_id, version=seen.version, digest=seen.digest or ""
    )
    written = written_corrections(export_corrections(desk, OPERATOR))
    assert tomllib.loads(written)["case"]
    assert not [secret for secret in SECRETS if secret in written]
    (tmp_path / "found.toml").write_text(written, "utf-8")
    kinds = [mark.kind for case in load_spec(tmp_path) for mark in case.marks]
    assert EntityKind.PLACE in kinds
    assert "corrections.exported" in _trail(desk)


def test_only_the_command_line_exports(desk: Desk, anna: Person, cora: Person) -> None:
    """Nobody on the pages does it by mistake."""
    for person in (anna, cora):
        with pytest.raises(NotAllowed):
            export_corrections(desk, person)


def _trail(desk: Desk) -> list[str]:
    with desk.database.reading() as connection:
        return [one.event.action.value for one in find_events(connection, TrailFilter(), limit=200)]
