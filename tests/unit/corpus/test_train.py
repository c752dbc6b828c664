"""The texts that the name tagger learns from are marked where their names are."""

import random

import pytest

from corpus.train.augment import damage_names, rewrite
from corpus.train.gazetteers import REGIONS, Gazetteers
from corpus.train.grammar import load_rules
from corpus.train.lexicon import LABEL_OF, Lexicon
from corpus.train.sources import LABELS, PERSON, Record, Span
from corpus.train.synthetic import write_letters


def _seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing secret is drawn


@pytest.fixture(scope="module")
def names() -> Gazetteers:
    """Return invented names, so that no data folder is needed."""
    return Gazetteers(
        given={region: ["Arnalda", "Borivoj"] for region in REGIONS},
        family={region: ["Quistgaard", "Mornell"] for region in REGIONS},
        places={"XX": ["Tollersby", "Enkwitz"]},
        companies=["Varnholt Pumps"],
        hospitals=["Enkwitz Infirmary"],
        universities=["University of Tollersby"],
        clubs=["Tollersby Rovers"],
    )


def test_every_slot_of_the_grammar_can_be_filled(names: Gazetteers) -> None:
    """Each kind of name has words, and no slot stays open within them."""
    rules = load_rules()
    lexicon = Lexicon(names, rules, _seeded(1))
    for slot in LABEL_OF:
        assert lexicon.word(slot).strip()
        assert "{" not in lexicon.word(slot)


def test_letters_are_marked_word_by_word(names: Gazetteers) -> None:
    """Marks lie within the letter, in order, without white space at their edges."""
    for letter in write_letters(60, names, _seeded(2)):
        position = 0
        for span in letter.spans:
            assert position <= span.start < span.end <= len(letter.text)
            assert span.label in LABELS
            assert letter.text[span.start : span.end].strip() == letter.text[span.start : span.end]
            position = span.end
        assert "{" not in letter.text
        assert "[" not in letter.text


def test_the_same_seed_writes_the_same_letters(names: Gazetteers) -> None:
    """A run can be repeated."""
    first, second = (write_letters(5, names, _seeded(3)) for _ in range(2))
    assert first == second


def test_damage_stays_within_names_and_moves_the_marks_along() -> None:
    """A name may change its length; the text around it stays as it was."""
    record = Record(
        "I met Arnold Moll in Rome.",
        (Span(6, 17, PERSON), Span(21, 25, "LOCATION")),
        "letters",
    )
    damaged = {damage_names(record, _seeded(seed)) for seed in range(40)}
    assert len(damaged) > 3
    for changed in damaged:
        person, place = changed.spans
        assert changed.text[: person.start] == "I met "
        assert changed.text[person.end : place.start] == " in "
        assert changed.text[place.end :] == "."


def test_rewriting_replaces_only_the_spans() -> None:
    """Longer names move the later marks to the right."""
    record = Record("Ann and Bo", (Span(0, 3, PERSON), Span(8, 10, PERSON)), "letters")
    changed = rewrite(record, lambda _: "Theodora")
    assert changed.text == "Theodora and Theodora"
    assert [tuple(span) for span in changed.spans] == [(0, 8, PERSON), (13, 21, PERSON)]
