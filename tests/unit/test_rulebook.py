"""The rules: the packaged ones are valid, a site's files replace them, a mistake is explained."""

from pathlib import Path

import pytest

from anonymizer.errors import RulesError
from anonymizer.generalization import GENERALIZERS
from anonymizer.model import EntityKind, IdentifierClass, TreatmentAction
from anonymizer.pipeline import Pipeline, PipelineSettings
from anonymizer.rulebook import Rulebook, load_rulebook, load_words
from anonymizer.rulecheck import check_rulebook
from tests.factories import START

PATTERN = """
[[pattern]]
id = "site.badge"
kind = "OTHER_ID"
score = 0.9
regex = 'badge (?P<id>[0-9]{3})'
match = ["badge 123"]
miss = ["badge"]
"""


def site(folder: Path, name: str, text: str) -> Path:
    """A site's rules folder with one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def test_every_kind_has_a_ruling(rules: Rulebook) -> None:
    """No kind is left to chance, and each ruling tells a proofreader why."""
    assert set(rules.policy.rulings) == set(EntityKind)
    for kind, ruling in rules.policy.rulings.items():
        assert ruling.kind is kind
        assert ruling.reason.endswith(".")
        assert ruling.placeholder.startswith("[")
        assert ruling.placeholder.endswith("]")
        assert 0 < ruling.suggest_from <= ruling.mask_from < 1
        assert ruling.generalizer is None or ruling.generalizer in GENERALIZERS


def test_what_identifies_directly_is_always_replaced(rules: Rulebook) -> None:
    """The strict policy keeps, suggests or generalises nothing that identifies alone."""
    direct = [
        one
        for one in rules.policy.rulings.values()
        if one.identifier_class is IdentifierClass.DIRECT
    ]
    assert {one.action for one in direct} == {TreatmentAction.REPLACE}
    assert {EntityKind.PERSON, EntityKind.EMAIL, EntityKind.DONOR_NUMBER} <= {
        one.kind for one in direct
    }


def test_a_site_says_how_many_disguises_it_bears(tmp_path: Path, rules: Rulebook) -> None:
    """In its policy; a policy from before there was such a line bears as many as ours."""
    policy = (rules.folders[0] / "policy/strict.toml").read_text("utf-8")
    line = "most_disguises = 20\n"
    for written, most in (("most_disguises = 3\n", 3), ("", 20)):
        folder = site(tmp_path, "policy/strict.toml", policy.replace(line, written))
        assert load_rulebook(site_folder=folder).policy.most_disguises == most
        assert load_rulebook("de", site_folder=folder).policy.most_disguises == most


def test_pattern_ids_are_unique(rules: Rulebook) -> None:
    """An id in the audit trail leads to one rule."""
    ids = [one.rule_id for one in rules.patterns]
    assert len(ids) == len(set(ids))


def test_list_entries_are_lower_case_without_comments(rules: Rulebook) -> None:
    """Look-ups are by lower-case words."""
    for name, entries in rules.lists.items():
        assert entries, name
        assert not [one for one in entries if one != one.lower().strip() or "#" in one], name


def test_words_of_every_language_are_read_by_language() -> None:
    """The language gate needs the small words of each language that has some."""
    words = load_words("function_words")
    assert {"en", "de"} <= set(words)
    assert "the" in words["en"]
    assert "und" in words["de"]


def test_a_missing_list_is_named(rules: Rulebook) -> None:
    """The message tells which file to write."""
    with pytest.raises(RulesError, match=r"rules/lists/en/none\.txt is missing"):
        rules.words("none")


def test_a_file_of_the_site_replaces_the_packaged_one(tmp_path: Path, rules: Rulebook) -> None:
    """The others stay, and the version tells that the rules are others."""
    own = load_rulebook(site_folder=site(tmp_path, "patterns/numbers.toml", PATTERN))
    ids = {one.rule_id for one in own.patterns}
    assert "site.badge" in ids
    assert len(ids) < len(rules.patterns)
    assert own.lists == rules.lists
    assert own.digest != rules.digest
    assert own.version != rules.version


def test_a_site_adds_patterns(tmp_path: Path, rules: Rulebook) -> None:
    """A new file beside the packaged ones."""
    own = load_rulebook(site_folder=site(tmp_path, "patterns/site.toml", PATTERN))
    assert {one.rule_id for one in own.patterns} - {one.rule_id for one in rules.patterns} == {
        "site.badge"
    }


def test_the_same_files_have_the_same_version() -> None:
    """The version depends on the contents only."""
    assert load_rulebook().version == load_rulebook().version


def test_the_version_of_a_site_is_told_with_ours(tmp_path: Path, rules: Rulebook) -> None:
    """Both version files stand in the audit trail."""
    own = load_rulebook(site_folder=site(tmp_path, "VERSION", "site-7\n"))
    assert "+site-7+" in own.version


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("patterns/a.toml", "[[pattern]\n", "patterns/a.toml: not valid TOML"),
        ("patterns/a.toml", PATTERN.replace("score", "scroe"), "'site.badge' has unknown keys"),
        ("patterns/a.toml", PATTERN.replace("OTHER_ID", "BADGE"), "unknown kind 'BADGE'"),
        ("patterns/a.toml", PATTERN.replace("[0-9]", "[0-9"), "'site.badge' is not valid"),
        ("patterns/a.toml", PATTERN.replace("0.9", '"high"'), "'site.badge' is not valid"),
        ("patterns/a.toml", PATTERN.replace("regex", "#regex"), "'site.badge' is not valid"),
        ("patterns/a.toml", PATTERN.replace("0.9", "2"), "score must be between 0 and 1"),
        ("patterns/a.toml", PATTERN.replace("0.9", "nan"), "score must be between 0 and 1"),
        ("patterns/a.toml", PATTERN.replace("[[pattern]]", "[[patterns]]"), "tables only"),
        ("patterns/a.toml", 'pattern = ["a"]\n', "tables only"),
        ("policy/strict.toml", "", "no entry for PERSON"),
        ("policy/strict.toml", "[kinds.NAME]\n", "unknown kind 'NAME'"),
        ("policy/strict.toml", "[kinds.PERSON]\nclas = 1\n", "unknown keys"),
        ("policy/strict.toml", "most_disguises = -1\n", "most_disguises must be a whole number"),
        ("policy/strict.toml", "most_disguises = true\n", "most_disguises must be a whole number"),
        ("policy/strict.toml", '[kinds.PERSON]\nclass = "DIRECT"\n', "is not valid"),
        ("policy/strict.toml", '[kinds.PERSON]\nclass = "BAD"\n', "is not valid"),
    ],
)
def test_a_mistake_in_a_file_is_explained(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    """The message names the file and the entry; nothing is half loaded."""
    with pytest.raises(RulesError, match=message.replace("[", r"\[")):
        load_rulebook(site_folder=site(tmp_path, name, text))


def test_a_pattern_that_could_hang_is_refused(tmp_path: Path) -> None:
    """What needs backtracking does not compile in linear time."""
    bad = PATTERN.replace("badge (?P<id>[0-9]{3})", r"(\w+) \1")
    with pytest.raises(RulesError, match="not valid"):
        load_rulebook(site_folder=site(tmp_path, "patterns/a.toml", bad))


def test_an_unknown_check_is_explained(tmp_path: Path) -> None:
    """A typing error in `check` must not wait for the first letter, nor be a KeyError."""
    folder = site(tmp_path, "patterns/a.toml", PATTERN + 'check = "lunh"\n')
    with pytest.raises(RulesError, match="lunh"):
        Pipeline.load(PipelineSettings(rules_folder=folder))


def test_an_unknown_generalizer_is_explained(tmp_path: Path, rules: Rulebook) -> None:
    """A typing error must not turn a season into a bare placeholder."""
    policy = (rules.folders[0] / "policy/strict.toml").read_text("utf-8")
    folder = site(tmp_path, "policy/strict.toml", policy.replace('"date"', '"dat"'))
    with pytest.raises(RulesError, match="dat"):
        Pipeline.load(PipelineSettings(rules_folder=folder))


def test_a_list_in_another_encoding_is_explained(tmp_path: Path) -> None:
    """A spreadsheet's Latin-1 is named, not half read."""
    folder = site(tmp_path, "lists/en/titles.txt", "")
    (folder / "lists/en/titles.txt").write_bytes("K\u00f6nig".encode("latin-1"))
    with pytest.raises(RulesError, match="titles"):
        load_rulebook(site_folder=folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A typing error in the settings is no silent fall back to the packaged rules."""
    with pytest.raises(RulesError, match="does not exist"):
        load_rulebook(site_folder=tmp_path / "none")


def test_a_language_without_rules_is_not_known() -> None:
    """Asking for it is an error, not an empty rulebook."""
    with pytest.raises(RulesError, match=r"languages/xx\.toml is missing"):
        load_rulebook("xx")


@pytest.mark.parametrize("text", ["no toml [", "font_size = 11\n", ""])
def test_a_mistake_in_the_look_of_letters_is_told(tmp_path: Path, text: str) -> None:
    """Else each letter that goes out as a document would wait for a person."""
    folder = site(tmp_path, "templates/letters/default.toml", text)
    (problem,) = check_rulebook(folder, today=START.date()).problems
    assert "templates/letters/default.toml" in problem
