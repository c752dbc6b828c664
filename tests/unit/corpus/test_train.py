"""The texts that the name tagger learns from are marked where their names are."""

import random

import pytest
from tokenizers import Tokenizer

from anonymizer.detection.tagger import Pieces
from anonymizer.pipeline import MODELS
from corpus.train.augment import damage_names, rewrite
from corpus.train.documents import NAMELESS, NAMELESS_OR_ORGANIZATION, read_words
from corpus.train.gazetteers import REGIONS, Gazetteers
from corpus.train.grammar import load_rules
from corpus.train.letters import fill_letter, load_letters
from corpus.train.lexicon import LABEL_OF, Lexicon
from corpus.train.sources import LABELS, PERSON, TOLD_LABELS, Record, Span
from corpus.train.synthetic import write_letters
from corpus.train.vocabulary import frequent_words, grown_tokenizer

MODEL = MODELS / "en"


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
    for letter in write_letters("en", 60, names, _seeded(2)):
        position = 0
        for span in letter.spans:
            assert position <= span.start < span.end <= len(letter.text)
            assert span.label in LABELS + TOLD_LABELS
            assert letter.text[span.start : span.end].strip() == letter.text[span.start : span.end]
            position = span.end
        assert "{" not in letter.text
        assert "[" not in letter.text


def test_the_same_seed_writes_the_same_letters(names: Gazetteers) -> None:
    """A run can be repeated."""
    first, second = (write_letters("en", 5, names, _seeded(3)) for _ in range(2))
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


class TestWholeLetters:
    """Letters written as templates are drawn anew each time, with everything marked."""

    def test_every_template_can_be_drawn(self, names: Gazetteers) -> None:
        """No slot and no choice stays open, and marks lie within the letter, in order."""
        rng = _seeded(5)
        rules = load_rules()
        templates = load_letters("en")
        assert len(templates) > 300
        for template in templates:
            letter = fill_letter(template, rules, names, rng)
            assert not set("{}[]") & set(letter.text), template[:40]
            position = 0
            for span in letter.spans:
                assert position <= span.start < span.end <= len(letter.text)
                assert span.label in LABELS + TOLD_LABELS
                position = span.end

    def test_a_remembered_name_is_the_same_in_every_form(self, names: Gazetteers) -> None:
        """The letter speaks of one person, in capitals, in small letters and by the initial."""
        rules = load_rules()
        template = "{given#a} {given#a^} {given#a_} {given#a~1}. {P:Kaśka} {J:organist} {C:twice}"
        letter = fill_letter(template, rules, names, _seeded(6))
        words = [letter.text[span.start : span.end] for span in letter.spans]
        first = words[0]
        folded = {word.lower() for word in words[:3]}
        assert folded == {first.lower()}
        assert words[3] == first[0].upper()
        assert [span.label for span in letter.spans[4:]] == ["PERSON", "OCCUPATION", "CLUE"]

    def test_what_is_unmarked_in_them_is_nothing_at_all(self, names: Gazetteers) -> None:
        """Other texts leave occupations unmarked, so there a word outside may still be one."""
        pieces = Pieces(Tokenizer.from_file(str(MODEL / "tokenizer.json")))
        whole = fill_letter("We sing.", load_rules(), names, _seeded(7))
        other = Record("We sing.", (), "mail")
        partial = Record("We sing.", (), "fiction", complete=False)
        (told,), (named,), (people,) = (
            read_words([one], pieces) for one in (whole, other, partial)
        )
        assert set(told.targets) == {0}
        assert set(named.targets) == {NAMELESS}
        assert set(people.targets) == {NAMELESS_OR_ORGANIZATION}

    def test_changes_to_a_letter_keep_what_is_known_of_it(self) -> None:
        """Damage and other names do not make a fully marked letter a partly marked one."""
        letter = Record("Anna sings.", (Span(0, 4, PERSON),), "whole letters", told=True)
        assert rewrite(letter, lambda _: "Bo").told
        assert damage_names(letter, _seeded(8)).told


def test_a_new_word_is_one_piece_that_starts_as_the_mean_of_its_old_ones() -> None:
    """Nothing that the model knew is lost, and names keep their pieces."""
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    record = Record("Spritzen Spritzen Spritzen für Wieblingen " * 2, (), "letters")
    named = Record("Wieblingen Wieblingen", (Span(0, 10, PERSON), Span(11, 21, PERSON)), "letters")
    words = frequent_words([record, named], tokenizer, 1)
    assert words == ["spritzen"]
    grown = grown_tokenizer(tokenizer, words)
    assert grown.encode("Spritzen", add_special_tokens=False).tokens == ["spritzen"]
    before = tokenizer.encode("Wieblingen", add_special_tokens=False).ids
    assert grown.encode("Wieblingen", add_special_tokens=False).ids == before


def test_a_given_name_never_becomes_a_common_word() -> None:
    """However often a singer stands unmarked: what it knows whole is no name to the rules."""
    record = Record("Katharina singt, Katharina lacht. " * 2 + "Grünkohl " * 3, (), "letters")
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    assert "katharina" in frequent_words([record], tokenizer, 9)
    assert frequent_words([record], tokenizer, 9, names=["Katharina"]) == ["grunkohl"]


@pytest.mark.parametrize("language", ["de", "nl", "fr", "pl", "es"])
def test_letters_of_every_language_can_be_filled(names: Gazetteers, language: str) -> None:
    """No slot stays open, and marks lie within the letter, in order."""
    rules, rng = load_rules(language), _seeded(8)
    for template in load_letters(language):
        letter = fill_letter(template, rules, names, rng)
        assert not set("{}[]") & set(letter.text)
        position = 0
        for span in letter.spans:
            assert position <= span.start < span.end <= len(letter.text)
            position = span.end
