"""Languages as data: what a file of `rules/languages` says, and what it must not leave out."""

from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.generalization import GENERALIZERS
from anonymizer.language_rules import NO_GENERALIZER, read_language
from anonymizer.model import EntityKind
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
    ],
)
def test_a_mistake_names_file_and_remedy(tmp_path: Path, line: str, wrong: str, told: str) -> None:
    """No half of a language is ever in force."""
    path = written(tmp_path, FILE.replace(line, wrong))
    with pytest.raises(RulesError, match=told) as caught:
        read_language(path)
    assert "languages/elf.toml" in str(caught.value)
