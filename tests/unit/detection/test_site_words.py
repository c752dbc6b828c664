"""The words of a site: removed wherever they stand, or left alone where they are all there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.detection.known import KnownRecognizer
from anonymizer.detection.site_words import SiteWordRecognizer, Spared
from anonymizer.model import EntityKind, Finding, SiteWord, SiteWords, Span, WordUse
from anonymizer.pipeline import Pipeline
from tests.unit.parts import PROSE, drafted, known, letter, outgoing

TEXT = "Dear donor, Sister Berta of Ward Lindenhof sends you her best wishes."


def word(words: str, use: WordUse = WordUse.HOSPITAL, language: str = "") -> SiteWord:
    """A word of the site."""
    return SiteWord(words=words, use=use, language=language)


def found(text: str, *words: SiteWord) -> list[str]:
    """What the recogniser finds in the text."""
    return [text[one.span.start : one.span.end] for one in SiteWordRecognizer(words).find(text)]


def finding(text: str, words: str, kind: EntityKind, recognizer: str = "ner:x") -> Finding:
    """A finding of these words."""
    start = text.index(words)
    span = Span(start=start, end=start + len(words))
    return Finding(span=span, kind=kind, score=0.9, recognizer=recognizer)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("in the Lindenhof", "Lindenhof"),
        ("in the LINDENHOF's garden", "LINDENHOF"),
        ("the lindenhof-ward", "lindenhof"),
        ("two Lindenhofs", "Lindenhofs"),
        ("(Lindenhof)", "Lindenhof"),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, there: str) -> None:
    """Any case, with what cases and compounds put around it."""
    assert found(text, word("Lindenhof")) == [there]


@pytest.mark.parametrize("text", ["the Lindenhofer house", "Oberlindenhof", "lind en hof", ""])
def test_a_word_is_not_found_inside_another(text: str) -> None:
    """A name is not part of a longer word."""
    assert found(text, word("Lindenhof")) == []


@pytest.mark.parametrize(
    "text", ["St. Göran Klinik", "st goran\nklinik", "ST. GORAN-KLINIK", "St. Göran  Klinik"]
)
def test_a_phrase_is_found_over_lines_and_without_accents(text: str) -> None:
    """Its words in order, with little between them."""
    assert found(text, word("St. Göran Klinik")) == [text]


@pytest.mark.parametrize(
    "text", ["St. Then Göran Klinik", "St! Göran? Klinik", "St.\n\n\n\n\nGöran"]
)
def test_words_that_stand_apart_are_no_phrase(text: str) -> None:
    """Another word or the end of a sentence parts them."""
    assert found(text, word("St. Göran Klinik")) == []


def test_a_word_beside_itself_is_found_twice() -> None:
    """Boundaries are nobody's own, also after letters that RE2 takes for none."""
    assert found("Łódź Łódź", word("łódź", WordUse.PLACE)) == ["Łódź", "Łódź"]


def test_a_word_that_is_left_alone_must_be_all_there_is() -> None:
    """The full name is a name still."""
    text = "Lifesaver came, and Anna Lifesaver."
    spared = Spared.of([word("lifesaver", WordUse.ORDINARY)])
    alone = finding(text, "Lifesaver", EntityKind.PERSON)
    whole = finding(text, "Anna Lifesaver", EntityKind.PERSON)
    assert list(spared.without(text, [alone, whole])) == [whole]


def test_a_title_goes_from_before_a_name_only() -> None:
    """The name behind it stays a finding; so does a surname that reads like a title."""
    text = "Prioress Berta and Berta Prioress and prioress"
    spared = Spared.of([word("Prioress", WordUse.TITLE)])
    kinds = EntityKind.PERSON
    first, second = finding(text, "Prioress Berta", kinds), finding(text, "Berta Prioress", kinds)
    third = finding(text, "prioress", kinds)
    kept = list(spared.without(text, [first, second, third]))
    assert [text[one.span.start : one.span.end] for one in kept] == ["Berta", "Berta Prioress"]


@pytest.mark.parametrize("kind", [EntityKind.DONOR_NUMBER, EntityKind.ADDRESS, EntityKind.EMAIL])
def test_numbers_and_addresses_are_never_left_alone(kind: EntityKind) -> None:
    """No word can be one."""
    one = finding(TEXT, "Berta", kind)
    assert list(Spared.of([word("Berta", WordUse.ORDINARY)]).without(TEXT, [one])) == [one]


@given(st.sets(st.sampled_from(TEXT.replace(",", "").replace(".", "").split()), min_size=1))
def test_what_the_register_knows_is_never_left_alone(words: set[str]) -> None:
    """Nor what the site always removes, whatever stands on the other list."""
    sure = (KnownRecognizer.recognizer_id, SiteWordRecognizer.recognizer_id)
    sure_ones = [finding(TEXT, one, EntityKind.PERSON, by) for one in words for by in sure]
    uses = (WordUse.ORDINARY, WordUse.TITLE)
    spared = Spared.of([word(one, use) for one in words for use in uses])
    assert list(spared.without(TEXT, sure_ones)) == sure_ones


def test_the_words_hold_in_a_draft_and_their_version_is_told(pipeline: Pipeline) -> None:
    """Removed and left alone by the same path as any letter; without words nothing is told."""
    text = f"{PROSE}I was in the lindenhof, and Prioress Fennimore came from Boston.\n"
    words = (word("Lindenhof"), word("Boston", WordUse.ORDINARY), word("prioress", WordUse.TITLE))
    with_words = pipeline.with_words(SiteWords(version=7, words=words))
    draft = with_words.draft(letter(text))
    assert "in the [hospital], and Prioress [name 1] came from Boston" in outgoing(draft)
    assert draft.versions["words"] == "7"
    assert "words" not in pipeline.draft(letter(text)).versions
    assert "lindenhof" in outgoing(pipeline.draft(letter(text)))


def test_a_known_name_goes_although_its_word_is_left_alone(pipeline: Pipeline) -> None:
    """The register is surer than a list."""
    words = (word("Fennimore", WordUse.ORDINARY),)
    with_words = pipeline.with_words(SiteWords(version=1, words=words))
    text = f"{PROSE}My friend Fennimore says hello.\n"
    assert "Fennimore" in outgoing(drafted(with_words, text))
    assert "Fennimore" not in outgoing(
        drafted(with_words, text, known(EntityKind.PERSON, "Fennimore"))
    )


def test_words_of_a_language_hold_in_it_alone(pipeline: Pipeline) -> None:
    """And no model is loaded for other words."""
    german = pipeline.with_words(SiteWords(version=1, words=(word("Lindenhof", language="de"),)))
    assert "the lindenhof" in outgoing(german.draft(letter(f"{PROSE}I was in the lindenhof.\n")))
    assert german.detector.recognizers[0] is pipeline.detector.recognizers[0]
