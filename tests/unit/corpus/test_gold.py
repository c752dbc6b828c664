"""A folder of gold letters is read whole, or refused with the reason."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymizer.model import EntityKind, IdentifierClass
from corpus.__main__ import app
from corpus.check import check_corpus
from corpus.errors import CorpusError
from corpus.gold import class_of, load_letters

_HEADER = """\
title = "t"
direction = "donor_to_patient"
writer_country = "GB"
reader_country = "US"
voice = "v"
group = "ordinary"
"""
_MARK = '\n[[marks]]\nstart = 5\nend = 9\nkind = "PERSON"\nentity = "PERSON-1"\ntext = "Anna"\n'


def _write(folder: Path, name: str, text: str, table: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_bytes(text.encode())
    (folder / f"{name}.toml").write_text(table, encoding="utf-8")


def test_gold_letters_come_sorted_by_name(tmp_path: Path) -> None:
    """The order does not depend on the file system."""
    for name in ("b", "a", "c"):
        _write(tmp_path, name, "Dear Anna", _HEADER + _MARK)
    assert [letter.name for letter in load_letters(tmp_path)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "table", "reason"),
    [
        ("Dear Anne", _HEADER + _MARK, "does not say what stands in the letter"),
        ("Dear Anna", _HEADER + _MARK + _MARK, "overlaps the mark before it"),
        ("Dear Anna", _HEADER, "clean letters, and only they, have no marks"),
        ("Dear Anna\r\n", _HEADER + _MARK, "not NFC"),
        ("Dear Anna", _HEADER + _MARK.replace("PERSON-1", "PLACE-1"), "must read PERSON-N"),
        ("Dear Anna", _HEADER.replace("GB", "Britain") + _MARK, "ISO 3166-1"),
        ("Dear Anna", _HEADER.replace('title = "t"\n', "") + _MARK, "'title' is missing"),
        ("Dear Anna", _HEADER.replace("ordinary", "odd") + _MARK, "not a valid Group"),
        ("Dear Anna", "title = ", "Invalid value"),
    ],
)
def test_gold_letter_that_breaks_a_rule_is_refused(
    tmp_path: Path, text: str, table: str, reason: str
) -> None:
    """What load_letters returns has been checked."""
    _write(tmp_path, "letter", text, table)
    with pytest.raises(CorpusError, match=reason) as caught:
        load_letters(tmp_path)
    assert "Anna" not in str(caught.value)


def test_gold_file_without_its_partner_is_refused(tmp_path: Path) -> None:
    """A letter whose marks were forgotten must not be scored as clean."""
    (tmp_path / "alone.txt").write_text("Dear donor", encoding="utf-8")
    with pytest.raises(CorpusError, match="without its partner file: alone"):
        load_letters(tmp_path)


def test_gold_repr_shows_no_text(tmp_path: Path) -> None:
    """A traceback that shows a letter shows nothing that stands in it."""
    _write(tmp_path, "letter", "Dear Anna", _HEADER + _MARK)
    assert "Anna" not in repr(load_letters(tmp_path))


def test_gold_every_kind_has_a_class() -> None:
    """The classes follow GUIDELINES.md."""
    classes = {kind: class_of(kind) for kind in EntityKind}
    assert classes[EntityKind.PERSON] is IdentifierClass.DIRECT
    assert classes[EntityKind.DATE] is IdentifierClass.QUASI
    assert classes[EntityKind.DIAGNOSIS] is IdentifierClass.SPECIAL
    assert IdentifierClass.NONE not in classes.values()


def test_mark_and_unmark_commands_undo_each_other(tmp_path: Path) -> None:
    """A letter can be taken back into its editing form and written again without change."""
    source = f"+++\n{_HEADER}+++\nDear [[PERSON#1:Anna]]\n"
    (tmp_path / "letter.mark").write_text(source, encoding="utf-8")
    run = CliRunner()
    out = tmp_path / "out"
    marked = run.invoke(app, ["mark", str(tmp_path / "letter.mark"), "--out", str(out)])
    assert marked.exit_code == 0
    before = (out / "letter.toml").read_text(encoding="utf-8")
    unmarked = run.invoke(app, ["unmark", str(out / "letter.txt")])
    (tmp_path / "letter.mark").write_text(unmarked.stdout, encoding="utf-8")
    run.invoke(app, ["mark", str(tmp_path / "letter.mark"), "--out", str(out)])
    assert (out / "letter.toml").read_text(encoding="utf-8") == before
    assert (out / "letter.txt").read_text(encoding="utf-8") == "Dear Anna\n"


def test_check_names_file_and_place_without_quoting(tmp_path: Path) -> None:
    """A held-out letter stays unread even when it is wrong."""
    _write(tmp_path / "en" / "heldout", "letter", "Dear Anne", _HEADER + _MARK)
    complaints = list(
        check_corpus(gold=tmp_path, spec=tmp_path / "spec", register=tmp_path / "cases.csv")
    )
    assert complaints == [
        "en/heldout/letter: mark 1 (PERSON at 5) does not say what stands in the letter"
    ]


def test_check_finds_nothing_in_the_corpus_as_it_is() -> None:
    """Every gold letter, spec case and register row in the repository is sound."""
    assert list(check_corpus()) == []
