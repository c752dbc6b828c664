"""Atomic writing: the old file or the new one, never half of either."""

from pathlib import Path

import pytest

from anonymizer.batch.files import TEMPORARY_PREFIX, clear_temporary_files, write_atomically


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Nothing else is left in the folder, and only the owner may read."""
    path = tmp_path / "deep" / "a.txt"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the new text, not the old."""
    path = tmp_path / "a.txt"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    """Half-written files have a name of their own."""
    left = tmp_path / "sub" / f"{TEMPORARY_PREFIX}x"
    left.parent.mkdir()
    left.write_bytes(b"half")
    clear_temporary_files(tmp_path)
    assert not left.exists()
