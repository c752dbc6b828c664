"""The file of combinations: a site adds, replaces and switches off; a mistake is explained."""

from datetime import date
from pathlib import Path

import pytest

from anonymizer.combination_rules import read_combinations
from anonymizer.errors import RulesError
from anonymizer.model import EntityKind
from anonymizer.rulebook import load_rulebook
from anonymizer.rulecheck import check_rulebook

TEXTS = 'sentence = "Two things."\nwhy = "Because."\nsource = "Us"\n'
ROW = f'[[combination]]\nid = "two"\nkinds = ["AGE", "PLACE or COUNTRY"]\n{TEXTS}'


def written(folder: Path, text: str) -> Path:
    """A site's rules folder with this file of combinations."""
    (folder / "combinations.toml").write_text(text, "utf-8")
    return folder


def test_a_row_is_read_with_what_it_leaves_out(tmp_path: Path) -> None:
    """All kinds are needed, one of them as written."""
    (rule,) = read_combinations([written(tmp_path, ROW) / "combinations.toml"])
    assert rule.rule_id == "two"
    assert rule.needs == (
        frozenset({EntityKind.AGE}),
        frozenset({EntityKind.PLACE, EntityKind.COUNTRY}),
    )
    assert (rule.at_least, rule.as_written) == (2, 1)
    assert (rule.sentence, rule.why, rule.source) == ("Two things.", "Because.", "Us")


def test_a_site_adds_to_ours(tmp_path: Path) -> None:
    """Ours stay, in front; the version of the rules shows the difference."""
    ours, rules = load_rulebook(), load_rulebook(site_folder=written(tmp_path, ROW))
    assert [one.rule_id for one in rules.combinations] == [
        *(one.rule_id for one in ours.combinations),
        "two",
    ]
    assert rules.version != ours.version


def test_a_site_replaces_one_of_ours(tmp_path: Path) -> None:
    """In its place, whole."""
    ours = load_rulebook().combinations
    row = ROW.replace('"two"', f'"{ours[0].rule_id}"')
    rules = load_rulebook(site_folder=written(tmp_path, row)).combinations
    assert [one.rule_id for one in rules] == [one.rule_id for one in ours]
    assert rules[0].sentence == "Two things."
    assert rules[1:] == ours[1:]


def test_a_site_switches_one_of_ours_off(tmp_path: Path) -> None:
    """Only that one."""
    ours = load_rulebook().combinations
    row = f'[[combination]]\nid = "{ours[0].rule_id}"\noff = true\n'
    assert load_rulebook(site_folder=written(tmp_path, row)).combinations == ours[1:]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[combination]\n", "not valid TOML"),
        ("combination = 3\n", r"there may be \[\[combination\]\] tables only"),
        ("combination = [3]\n", r"there may be \[\[combination\]\] tables only"),
        (ROW.replace("combination", "combinations"), "begin each row with that line"),
        (ROW.replace('id = "two"', 'id = ""'), "combination 1 has no id; add a line id"),
        (ROW + ROW, "two combinations have the id 'two'; rename one"),
        (ROW + "at_most = 3\n", "'two' has the unknown key 'at_most'; did you mean at_least"),
        (ROW + "zzz = 3\n", "unknown key 'zzz'; known are as_written"),
        (ROW.replace("AGE", "AGGE"), "unknown kind 'AGGE'; did you mean AGE"),
        (ROW.replace("AGE", "xyz"), "unknown kind 'xyz'; known are PERSON"),
        (ROW.replace("AGE", "COUNTRY"), "COUNTRY stands twice in kinds; name it once"),
        (ROW.replace('"AGE", ', ""), "kinds must list two or more"),
        (ROW.replace('"AGE"', "4"), 'each of kinds must be text, as "PLACE or COUNTRY"'),
        (ROW + "at_least = 3\n", "at_least must be a whole number from 2 to 2"),
        (ROW + "at_least = true\n", "at_least must be a whole number"),
        (ROW + "as_written = -1\n", "as_written must be a whole number from 0 to 2"),
        (ROW + 'off = "yes"\n', "off must be true or false"),
        (ROW.replace("why", "# why"), 'why is missing; add a line why = "…"'),
        ('[[combination]]\nid = "x"\noff = true\n', "'x' switches off a combination"),
    ],
)
def test_a_mistake_names_file_row_and_remedy(tmp_path: Path, text: str, says: str) -> None:
    """Nothing is loaded then."""
    with pytest.raises(RulesError, match=says) as caught:
        load_rulebook(site_folder=written(tmp_path, text))
    assert str(caught.value).startswith("rules/combinations.toml: ")


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """Some editors still write other encodings."""
    (tmp_path / "combinations.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(RulesError, match="not valid TOML"):
        load_rulebook(site_folder=tmp_path)


def test_the_check_of_the_rules_counts_combinations(tmp_path: Path) -> None:
    """A site sees that its own were taken up."""
    today, ours = date(2026, 3, 2), len(load_rulebook().combinations)
    assert f"{ours} combinations" in check_rulebook(None, today=today).sentence
    folder = written(tmp_path, ROW)
    assert f"{ours + 1} combinations" in check_rulebook(folder, today=today).sentence
