"""Languages as data: what a file of `rules/languages` says, and what it must not leave out."""

from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.generalization import GENERALIZERS
from anonymizer.language_rules import NO_GENERALIZER, read_language
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.policy import treat
from anonymizer.rulebook import load_languages, load_rulebook

LANGUAGES = load_languages()
ENGLISH = load_rulebook("en").policy
OTHERS = sorted(LANGUAGES.keys() - {"en"})

FILE = """\
name = "Elvish"
model = "elf"
[grammar]
possessive = "nin|lin"
being = "na"
introduced = "im"
home = "min "
[words]
home = "[bar nin]"
[kinds.PERSON]
placeholder = "[eneth {n}]"
"""


def written(folder: Path, text: str) -> Path:
    """A language file of a site."""
    path = folder / "elf.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_language_changes_words_and_nothing_else(tmp_path: Path) -> None:
    """What is taken out, and from which score on, is the policy's alone."""
    spoken = read_language(written(tmp_path, FILE)).spoken(ENGLISH)
    person, ours = spoken.rulings[EntityKind.PERSON], ENGLISH.rulings[EntityKind.PERSON]
    assert person.placeholder == "[eneth {n}]"
    assert (person.action, person.mask_from) == (ours.action, ours.mask_from)
    assert spoken.rulings[EntityKind.PLACE] == ENGLISH.rulings[EntityKind.PLACE]
    assert spoken.home_words == "[bar nin]"


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_its_own_words_for_every_kind(code: str) -> None:
    """A German letter with "[my country]" in it would read like a form."""
    assert set(LANGUAGES[code].wordings) == set(EntityKind)
    for kind, ruling in LANGUAGES[code].spoken(ENGLISH).rulings.items():
        assert ruling.placeholder == LANGUAGES[code].wordings[kind].placeholder
        assert ruling.placeholder.startswith("[")
        assert ruling.placeholder.endswith("]")
        assert ruling.generalizer is None or ruling.generalizer in GENERALIZERS
        assert ruling.action is ENGLISH.rulings[kind].action


@pytest.mark.parametrize("code", OTHERS)
def test_names_and_places_stay_numbered_in_every_language(code: str) -> None:
    """Two people of a letter stay two people."""
    for kind in (EntityKind.PERSON, EntityKind.PLACE):
        assert "{n}" in LANGUAGES[code].spoken(ENGLISH).rulings[kind].placeholder


def test_an_english_generaliser_never_speaks_in_another_language() -> None:
    """English words such as "[in my thirties]" have no place in a Polish letter."""
    for code in OTHERS:
        for kind in (EntityKind.AGE, EntityKind.DATE):
            told = LANGUAGES[code].wordings[kind].generalizer
            assert told == NO_GENERALIZER or str(told).endswith(f"_{code}")


@pytest.mark.parametrize("code", OTHERS)
def test_the_english_lists_hold_in_every_language(code: str) -> None:
    """Letters quote English; a language's own lists come on top."""
    english, own = load_rulebook("en"), load_rulebook(code)
    for name in english.lists.keys() - {"function_words"}:
        assert english.words(name) <= own.words(name)


@pytest.mark.parametrize(
    ("line", "wrong", "told"),
    [
        ('model = "elf"', "", "'model' is missing"),
        ('possessive = "nin|lin"', 'possesive = "nin"', "unknown keys"),
        ('possessive = "nin|lin"', 'possessive = "(nin"', "no regular expression"),
        ("[kinds.PERSON]", "[kinds.PERSONS]", "unknown kind 'PERSONS'"),
        ("placeholder =", "placeholders =", "unknown keys"),
        ("[words]", "words = 1\n[other]", "unknown keys"),
        ('name = "Elvish"', "name = ", "not valid TOML"),
        ('name = "Elvish"', 'name = "Elvish"\ncapital_support = 7', "between 0 and 1"),
        ("[kinds.PERSON]", "[kinds.PERSON]\nmask_from = true", "between 0 and 1"),
        ("[words]", "[words]\nhome_forms = 1", "must be a list"),
        (
            "[words]",
            '[words]\nhome_forms = [{ after = "in" }]',
            "has the keys after and placeholder",
        ),
        (
            "[kinds.PERSON]",
            '[kinds.PERSON]\nforms = [{ after = "(in", placeholder = "[x]" }]',
            "no regular expression",
        ),
    ],
)
def test_a_mistake_names_file_and_remedy(tmp_path: Path, line: str, wrong: str, told: str) -> None:
    """No half of a language is ever in force."""
    path = written(tmp_path, FILE.replace(line, wrong))
    with pytest.raises(RulesError, match=told) as caught:
        read_language(path)
    assert "languages/elf.toml" in str(caught.value)


@pytest.mark.parametrize("code", OTHERS)
def test_a_form_is_a_placeholder_like_the_one_it_bends(code: str) -> None:
    """In brackets, and numbered where the placeholder is."""
    language = LANGUAGES[code]
    bent = [
        (one.placeholder or "", form) for one in language.wordings.values() for form in one.forms
    ]
    for placeholder, form in (*bent, *((language.home_words, one) for one in language.home_forms)):
        assert form.placeholder.startswith("[")
        assert form.placeholder.endswith("]")
        assert form.placeholder != placeholder
        assert ("{n}" in form.placeholder) == ("{n}" in placeholder)


@pytest.mark.parametrize(
    ("code", "sentence", "expected"),
    [
        ("de", "Ich lag im Klinikum Ost.", "Ich lag im [Krankenhaus]."),
        ("de", "Ich lag in der Klinikum Ost.", "Ich lag in der [Klinik]."),
        ("de", "Klinikum Ost ist gut.", "[Klinik] ist gut."),
        ("de", "die Ärzte des Klinikum Ost", "die Ärzte des [Krankenhauses]"),
        ("de", "Es war vom\nKlinikum Ost.", "Es war vom\n[Krankenhaus]."),
        ("de", "Termin: Klinikum Ost", "Termin: [Klinik]"),
        ("nl", "in de Klinikum Ost", "in de [kliniek]"),
        ("nl", "in het Klinikum Ost", "in het [ziekenhuis]"),
        ("fr", "à la Klinikum Ost", "à la [clinique]"),
        ("fr", "à l'Klinikum Ost", "à l'[hôpital]"),
        ("es", "en la Klinikum Ost", "en la [clínica]"),
        ("pl", "Leżałam w Klinikum Ost.", "Leżałam w [szpitalu]."),
        ("pl", "Wracam ze Klinikum Ost.", "Wracam ze [szpitala]."),
    ],
)
def test_a_placeholder_takes_the_form_that_the_word_before_asks_for(
    code: str, sentence: str, expected: str
) -> None:
    """So that the letter reads on."""
    assert put_in(code, sentence, "Klinikum Ost", EntityKind.HOSPITAL) == expected


@pytest.mark.parametrize(
    ("code", "sentence", "expected"),
    [
        ("de", "Ich wohne in Ulm.", "Ich wohne in [meinem Ort]."),
        ("de", "Ich komme aus Ulm.", "Ich komme aus [meinem Ort]."),
        ("pl", "Mieszkam w Ulm.", "Mieszkam w [mojej miejscowości]."),
        ("pl", "Jadę do Ulm.", "Jadę do [miejsca 1]."),
        ("fr", "J'habite à Ulm.", "J'habite à [ma ville]."),
        ("fr", "Je viens d'Ulm.", "Je viens d'[une ville]."),
        ("fr", "Je rêve d'Ulm.", "Je rêve d'[endroit 1]."),
        ("fr", "au bord de la Ulm", "au bord de la [région 1]"),
        ("es", "paseo por los Ulm", "paseo por los [lugares 1]"),
        ("es", "Vengo del Ulm.", "Vengo del [lugar donde vivo]."),
        ("nl", "wij gaan naar het Ulm", "wij gaan naar het [gebied 1]"),
    ],
)
def test_places_take_their_form_too(code: str, sentence: str, expected: str) -> None:
    """The writer's own and the others."""
    assert put_in(code, sentence, "Ulm", EntityKind.PLACE) == expected


@pytest.mark.parametrize(
    ("code", "kind", "sentence", "expected"),
    [
        ("pl", EntityKind.PERSON, "Idę do Nowak.", "Idę do [osoby 1]."),
        ("pl", EntityKind.PERSON, "Idę z Nowak.", "Idę z [osobą 1]."),
        ("pl", EntityKind.OCCUPATION, "Jestem Nowak.", "Jestem [osobą tego zawodu]."),
        ("fr", EntityKind.PERSON, "le lit d'Nowak", "le lit d'[une personne 1]"),
        ("fr", EntityKind.ADDRESS, "Je suis au Nowak.", "Je suis au [domicile]."),
        ("fr", EntityKind.DATE, "Mariés en Nowak.", "Mariés en [cette année-là]."),
        ("es", EntityKind.HOSPITAL, "Estuve en Nowak.", "Estuve en [el hospital]."),
        ("es", EntityKind.NATIONALITY, "Soy Nowak.", "Soy [de esa nacionalidad]."),
        ("nl", EntityKind.HOSPITAL, "Ik lag in Nowak.", "Ik lag in [het ziekenhuis]."),
        ("nl", EntityKind.OCCUPATION, "Ik werk als Nowak.", "Ik werk als [vakmens]."),
    ],
)
def test_other_kinds_take_their_form_too(
    code: str, kind: EntityKind, sentence: str, expected: str
) -> None:
    """Case, gender and article are those of the sentence, after an elided word as well."""
    assert put_in(code, sentence, "Nowak", kind) == expected


def put_in(code: str, sentence: str, words: str, kind: EntityKind) -> str:
    """The sentence with what stands in for the words in it."""
    start = sentence.index(words)
    finding = Finding(
        span=Span(start=start, end=start + len(words)),
        kind=kind,
        score=0.99,
        recognizer="test",
        entity="it",
    )
    (made,) = treat(sentence, [finding], LANGUAGES[code].spoken(ENGLISH))
    assert made.replacement is not None
    return sentence.replace(words, made.replacement)
