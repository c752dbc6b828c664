"""The pictures of the documentation exist, are small, are shown, and can be made again."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.screenshots.shoot import FOLDER, MOST_BYTES, MOST_BYTES_TOGETHER, names, shoot

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "docs/guide/proofreading.md")


def test_every_picture_is_there_and_no_other() -> None:
    """What the command writes is what the folder holds."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(names())
    assert len(names()) <= 10


def test_pictures_are_small() -> None:
    """They travel with every copy of the project."""
    sizes = {name: (FOLDER / name).stat().st_size for name in names()}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}
    assert sum(sizes.values()) <= MOST_BYTES_TOGETHER


def test_every_picture_is_shown_by_a_page() -> None:
    """A picture that nobody sees grows old unseen; those that are embedded say what is on them."""
    text = "".join(path.read_text("utf-8") for path in PAGES)
    assert [name for name in names() if f"images/{name})" not in text] == []
    assert all(len(words) > 10 for words in re.findall(r"!\[([^]]*)\]\([^)]*images/", text))


@pytest.mark.browser
@pytest.mark.slow
def test_the_command_makes_every_picture(tmp_path: Path) -> None:
    """Every page that the pictures show is there, in both languages and themes."""
    data, folder = tmp_path / "data", tmp_path / "images"
    data.mkdir(mode=0o700)
    folder.mkdir()
    shoot(folder, data)
    assert sorted(path.name for path in folder.iterdir()) == sorted(names())
    for name in names():
        with Image.open(folder / name) as made, Image.open(FOLDER / name) as kept:
            assert made.size == kept.size
            # light pages are light, dark ones dark
            corner = made.convert("L").crop((0, 0, 5, 5)).tobytes()
            assert (max(corner) > 128) is ("light" in name)
