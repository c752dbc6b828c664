"""Pictures that leave: pixels and nothing else, and nothing of what lies under a box."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from anonymizer.documents import ReadingLimits, read_in_child, redraw_in_child
from anonymizer.documents.out import check_picture
from anonymizer.documents.out.pdf import font_path
from anonymizer.documents.redrawing import redraw
from anonymizer.errors import Unreadable
from anonymizer.model import Box, EntityKind, KnownIdentifier, Picture
from tests.documents.make_mail import attached, mixed, part
from tests.documents.make_office import docx, paragraph

NAME = "Wilhelmina Brandt"
KNOWN = (KnownIdentifier(kind=EntityKind.PERSON, value=NAME),)
LIMITS = ReadingLimits()


def photo(words: str = NAME, size: tuple[int, int] = (640, 320)) -> Image.Image:
    """A picture of a house with words over it."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 160, 200, 300), fill="orange", outline="black")
    pen.text((40, 40), words, fill="black", font=ImageFont.truetype(font_path(), 40))
    return image


def told(image: Image.Image, form: str) -> bytes:
    """The picture as a camera writes it: with owner, description and place."""
    exif = Image.Exif()
    exif[0x013B] = NAME
    exif[0x010E] = f"In the garden of {NAME}"
    text = PngInfo()
    text.add_text("Author", NAME)
    file = BytesIO()
    more = {"pnginfo": text} if form == "PNG" else {"comment": NAME.encode()}
    image.save(file, form, exif=exif, **more)
    return file.getvalue()


def drawn(content: bytes, *boxes: Box) -> Picture:
    """The picture as it would leave; no words are asked for."""
    (picture,) = redraw(content, boxes, LIMITS, languages=()).pictures
    return picture


def codes(content: bytes, words: str = "") -> set[str]:
    """What the gate says."""
    return {one.code for one in check_picture(content, words, KNOWN)}


@pytest.mark.parametrize("size", [(640, 320), (1600, 1200)])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_what_a_camera_tells_does_not_leave(form: str, size: tuple[int, int]) -> None:
    """A small picture leaves as PNG, a large one as JPEG; the gate finds pixels only."""
    content = told(photo(size=size), form)
    assert NAME.encode() in content
    picture = drawn(content)
    assert picture.media_type == ("image/png" if size[0] < 1000 else "image/jpeg")
    assert NAME.encode() not in picture.content
    assert codes(picture.content) == set()
    with Image.open(BytesIO(picture.content)) as again:
        assert not again.getexif()
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("size", [(640, 320), (1600, 1200)])
def test_an_independent_tool_finds_nothing_but_the_form_of_the_pixels(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """The same names in every picture of a size: how its pixels are stored."""
    file = tmp_path / "picture"
    file.write_bytes(drawn(told(photo(size=size), "JPEG")).content)
    printed = subprocess.run(
        ["/usr/bin/exiftool", "-G", "-s", "-a", "-u", str(file)],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    ).stdout
    groups = {line.split("]")[0].strip("[ ") for line in printed.splitlines()}
    assert groups <= {"ExifTool", "File", "PNG", "JFIF", "Composite"}
    assert "Brandt" not in printed


@pytest.mark.parametrize("size", [(640, 320), (1600, 1200)])
def test_what_lies_under_a_box_changes_no_byte(size: tuple[int, int]) -> None:
    """Two pictures that differ there only leave as the same file."""
    box = Box(left=30, top=30, right=620, bottom=100)
    files = {
        drawn(told(photo(words, size), "PNG"), box).content for words in (NAME, "", "Somebody")
    }
    assert len(files) == 1
    with Image.open(BytesIO(files.pop())) as image:
        inside = image.convert("L").crop((32, 32, 616, 96))
        assert max(inside.tobytes()) <= 3


@settings(max_examples=40, deadline=None)
@given(
    left=st.integers(0, 99),
    top=st.integers(0, 79),
    width=st.integers(1, 100),
    height=st.integers(1, 80),
)
def test_every_pixel_of_a_box_is_painted(left: int, top: int, width: int, height: int) -> None:
    """The first, the last and those between, up to the edge."""
    box = Box(left=left, top=top, right=min(left + width, 100), bottom=min(top + height, 80))
    file = BytesIO()
    Image.new("RGB", (100, 80), "white").save(file, "PNG")
    with Image.open(BytesIO(drawn(file.getvalue(), box).content)) as image:
        area = image.convert("L").crop((box.left, box.top, box.right, box.bottom))
        assert max(area.tobytes()) == 0


@pytest.mark.parametrize(
    "box",
    [
        Box(left=0, top=0, right=0, bottom=5),
        Box(left=5, top=5, right=4, bottom=9),
        Box(left=0, top=0, right=641, bottom=5),
        Box(left=-1, top=0, right=5, bottom=5),
    ],
)
def test_a_box_outside_the_picture_is_refused(box: Box) -> None:
    """Nothing is guessed about where it was meant."""
    with pytest.raises(Unreadable) as refused:
        drawn(told(photo(), "PNG"), box)
    assert refused.value.code == "box_outside"


def test_the_words_of_a_picture_are_read_in_its_last_bytes() -> None:
    """In the child process; under a box there are none left."""
    content = told(photo(), "PNG")
    assert "Brandt" in redraw_in_child(content).text
    covered = redraw_in_child(content, [Box(left=0, top=0, right=640, bottom=120)])
    assert "Brandt" not in covered.text
    assert codes(covered.pictures[0].content, covered.text) == set()
    assert codes(covered.pictures[0].content, f"from {NAME.upper()}") == {"known_identifier"}


def spoilt() -> dict[str, bytes]:
    """Pictures with something beside their pixels."""
    png = drawn(told(photo(), "PNG")).content
    large = drawn(told(photo(size=(1600, 1200)), "JPEG")).content
    file = BytesIO()
    photo().save(file, "PNG", icc_profile=b"x" * 200)
    return {
        "text in a PNG": told(photo(), "PNG"),
        "properties of a JPEG": told(photo(), "JPEG"),
        "a TIFF": told(photo(), "TIFF"),
        "a colour profile": file.getvalue(),
        "something behind a PNG": png + b"x",
        "something behind a JPEG": large + b"x",
        "half a PNG": png[: len(png) // 2],
        "half a JPEG": large[: len(large) // 2],
        "no end": large[:-2],
        "a comment": large[:2] + b"\xff\xfe\x00\x04hi" + large[2:],
        "a second header": png[:33] + png[8:],
        "nothing": b"",
    }


@pytest.mark.parametrize("name", spoilt())
def test_a_picture_with_anything_else_stays_here(name: str) -> None:
    """Whatever it is."""
    assert "picture_metadata" in codes(spoilt()[name])


def test_a_known_identifier_in_the_bytes_stops_a_picture() -> None:
    """Wherever it stands, in whatever case."""
    content = drawn(told(photo(), "PNG")).content
    assert "known_identifier_in_bytes" in codes(content + NAME.lower().encode())


def test_pictures_of_a_letter_are_drawn_in_the_child() -> None:
    """They are listed with pixels of our own; one that cannot be drawn keeps its bytes."""
    parts = {
        "word/media/image1.jpeg": told(photo(), "JPEG"),
        "word/media/image2.png": told(photo(), "PNG")[:200],
    }
    file = docx(paragraph("Dear donor, thank you for everything."), parts)
    plain = read_in_child(file).pictures
    assert {one.drawn for one in plain} == {False}
    first, second = sorted(read_in_child(file, draw_pictures=True).pictures, key=lambda o: o.where)
    assert (first.drawn, first.is_page, first.media_type) == (True, False, "image/png")
    assert NAME.encode() not in first.content
    assert second.drawn is False


def test_an_image_is_a_page_of_the_letter_or_a_picture_beside_it() -> None:
    """The scan that is the letter is typed or read; a photograph beside a mail's text may go."""
    image = attached(told(photo("Dear donor thank you"), "PNG"), kind="image/png")
    beside = read_in_child(mixed(part("Dear donor, thank you."), image)).pictures
    alone = read_in_child(mixed(image)).pictures
    assert [one.is_page for one in beside] == [False]
    assert [one.is_page for one in alone] == [True]
    assert {one.drawn for one in (*beside, *alone)} == {True}
