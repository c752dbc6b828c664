"""Which files are letters, what their drafts are called, and what is refused beforehand."""

import os
from pathlib import Path

import pytest

from anonymizer.batch.plan import check_names, find_sources
from anonymizer.outcome import UsageRefused


def _letters(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Dear donor", encoding="utf-8")


def _names(*paths: Path, out: Path) -> list[str]:
    return [source.name for source in find_sources(paths, out=out)]


def test_a_folder_is_searched_for_letters(tmp_path: Path) -> None:
    """Text files at any depth, sorted, named below the folder."""
    _letters(tmp_path / "in", "b.txt", "a.txt", "sub/c.txt", "notes.md")
    assert _names(tmp_path / "in", out=tmp_path / "out") == ["a.txt", "b.txt", "sub/c.txt"]


def test_equal_names_from_two_folders_stay_apart(tmp_path: Path) -> None:
    """Names begin below what the folders share."""
    _letters(tmp_path / "x/letters", "1.txt")
    _letters(tmp_path / "y/letters", "1.txt")
    paths = (tmp_path / "x/letters", tmp_path / "y/letters")
    assert _names(*paths, out=tmp_path / "out") == ["x/letters/1.txt", "y/letters/1.txt"]


def test_a_letter_named_twice_is_one_letter(tmp_path: Path) -> None:
    """A folder and a file in it may both be given."""
    _letters(tmp_path, "a.txt", "b.txt")
    assert _names(tmp_path, tmp_path / "a.txt", out=tmp_path / "out") == ["a.txt", "b.txt"]


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    """Its draft ends in .txt all the same."""
    _letters(tmp_path, "letter")
    (source,) = find_sources((tmp_path / "letter",), out=tmp_path / "out")
    assert (source.name, source.draft_name) == ("letter", "letter.txt")


def test_drafts_of_an_earlier_run_are_no_letters(tmp_path: Path) -> None:
    """An output folder inside the input folder is left out."""
    _letters(tmp_path, "a.txt", "drafts/a.txt", "drafts/held/b.txt")
    assert _names(tmp_path, out=tmp_path / "drafts") == ["a.txt"]


def test_a_file_name_that_is_not_utf8_has_a_name_in_the_report(tmp_path: Path) -> None:
    """Old systems write other bytes; the report is UTF-8."""
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.txt")  # noqa: PTH118 (bytes)
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"Dear donor")
    assert _names(tmp_path, out=tmp_path / "out") == ["caf\\xe9.txt"]


def test_a_missing_path_is_counted_not_named(tmp_path: Path) -> None:
    """The name of a file may be the name of a patient."""
    with pytest.raises(UsageRefused, match="PATH 1 of 1 does not exist") as caught:
        find_sources((tmp_path / "Anna Schmidt.txt",), out=tmp_path / "out")
    assert "Anna" not in str(caught.value)


@pytest.mark.parametrize(
    "names", [("x.txt", "held/x.txt"), ("x", "x.txt")], ids=["held folder", "suffix"]
)
def test_two_letters_never_share_a_draft(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A clash is refused before anything is written."""
    _letters(tmp_path / "in", *names)
    paths = tuple(tmp_path / "in" / name for name in names)
    sources = find_sources(paths, out=tmp_path / "out")
    with pytest.raises(UsageRefused, match="same file"):
        check_names(sources, out=tmp_path / "out", report=tmp_path / "out/report.jsonl")


def test_a_draft_never_replaces_its_letter(tmp_path: Path) -> None:
    """The folder of the letters cannot be the folder of the drafts."""
    _letters(tmp_path, "a.txt")
    sources = find_sources((tmp_path / "a.txt",), out=tmp_path)
    with pytest.raises(UsageRefused, match="replace its letter"):
        check_names(sources, out=tmp_path, report=tmp_path / "report.jsonl")


def test_a_folder_without_letters_is_told(tmp_path: Path) -> None:
    """Silence would look like success."""
    with pytest.raises(UsageRefused, match="no letter found"):
        check_names((), out=tmp_path, report=tmp_path / "report.jsonl")
