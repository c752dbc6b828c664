"""A site's word lists: they add to ours, take single words out, or stand instead."""

from datetime import date
from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.rulebook import Rulebook, load_rulebook, load_words
from anonymizer.rulecheck import check_rulebook
from anonymizer.wordlists import word_list_warnings

TODAY = date(2026, 11, 21)


def site(folder: Path, text: str, name: str = "lists/en/titles.txt") -> Path:
    """A site's rules folder with one list."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def warnings(folder: Path) -> list[str]:
    """What `rules check` warns of in the lists of the site."""
    found = check_rulebook(folder, today=TODAY)
    return [one for one in found.warnings if one.startswith("lists/")]


def test_a_list_of_the_site_adds_to_ours(tmp_path: Path, rules: Rulebook) -> None:
    """In lower case, without comments; the other lists stay, and the version is another."""
    own = load_rulebook(site_folder=site(tmp_path, "Kapitän # at sea\n\n"))
    assert own.words("titles") == rules.words("titles") | {"kapitän"}
    assert own.words("kin") == rules.words("kin")
    assert own.patterns == rules.patterns
    assert own.version != rules.version


def test_a_list_of_the_site_takes_words_out(tmp_path: Path, rules: Rulebook) -> None:
    """A line with a hyphen before the word, in any case."""
    assert {"mr", "mrs"} <= rules.words("titles")
    own = load_rulebook(site_folder=site(tmp_path, "-mr\n- Mrs  # not here\nkapitän\n"))
    assert own.words("titles") == (rules.words("titles") - {"mr", "mrs"}) | {"kapitän"}
    assert not warnings(tmp_path)


@pytest.mark.parametrize("first", ["# replaces", "#replaces", "#  Replaces ", "\ufeff# replaces"])
def test_a_list_of_the_site_stands_instead_when_it_says_so(tmp_path: Path, first: str) -> None:
    """In its first line, also below the mark that some editors put there."""
    own = load_rulebook(site_folder=site(tmp_path, f"{first}\nkapitän\n"))
    assert own.words("titles") == {"kapitän"}


def test_only_the_first_line_replaces(tmp_path: Path, rules: Rulebook) -> None:
    """The word in another comment means nothing."""
    own = load_rulebook(site_folder=site(tmp_path, "# titles at sea\n# replaces\nkapitän\n"))
    assert own.words("titles") == rules.words("titles") | {"kapitän"}


def test_a_list_cannot_be_emptied(tmp_path: Path) -> None:
    """Nothing would be searched for, or everything be found; the file is named."""
    folder = site(tmp_path, "# replaces\n")
    with pytest.raises(RulesError, match=r"rules/lists/en/titles\.txt: no word is left"):
        load_rulebook(site_folder=folder)


def test_the_small_words_of_a_language_are_added_to(tmp_path: Path) -> None:
    """The language gate reads them by the same rule, in every language."""
    ours = load_words("function_words")
    name = "lists/{}/function_words.txt"
    site(tmp_path, "fei\n-und\n", name.format("de"))
    site(tmp_path, "lebo\n", name.format("sk"))
    own = load_words("function_words", site_folder=tmp_path)
    assert own["de"] == (ours["de"] - {"und"}) | {"fei"}
    assert own["sk"] == ours.get("sk", frozenset()) | {"lebo"}
    assert own["en"] == ours["en"]


def test_a_word_that_is_not_in_our_list_is_a_warning(tmp_path: Path) -> None:
    """A typing error would leave the word where it is; file and line are named."""
    folder = site(tmp_path, "# ours\n-mr\n-mistr\n")
    (warning,) = warnings(folder)
    assert warning.startswith("lists/en/titles.txt, line 3: 'mistr' is not in our list")


def test_taking_out_of_a_list_that_replaces_is_a_warning(tmp_path: Path) -> None:
    """There is nothing of ours in it."""
    (warning,) = warnings(site(tmp_path, "# replaces\nkapitän\n-mr\n"))
    assert warning.startswith("lists/en/titles.txt, line 3: ")


def test_a_list_that_nothing_reads_is_a_warning(tmp_path: Path) -> None:
    """Each list has its own use, so a new name has none."""
    (warning,) = warnings(site(tmp_path, "kapitän\n", "lists/en/titels.txt"))
    assert warning.startswith("lists/en/titels.txt: ")


def test_rules_without_a_folder_of_a_site_warn_of_no_list() -> None:
    """Ours read every list."""
    assert not [one for one in check_rulebook(None, today=TODAY).warnings if "lists/" in one]


def test_a_list_for_a_language_of_the_site_is_no_slip(tmp_path: Path) -> None:
    """It adds to the English list of its name, so something reads it."""
    ours, site = tmp_path / "ours", tmp_path / "site"
    for folder in (ours / "lists" / "en", site / "lists" / "it"):
        folder.mkdir(parents=True)
        (folder / "closings.txt").write_text("# closings\nciao\n", encoding="utf-8")
    assert list(word_list_warnings(ours, site)) == []
