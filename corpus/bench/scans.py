"""Typed letters as a scanner would see them: fonts, resolution, skew, noise, compression."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_LIBERATION = Path("/usr/share/fonts/truetype/liberation2")
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
#: What letters are typed in: like Times, like Arial, like Courier, and one more.
FONTS = (
    _LIBERATION / "LiberationSerif-Regular.ttf",
    _LIBERATION / "LiberationSans-Regular.ttf",
    _LIBERATION / "LiberationMono-Regular.ttf",
    _DEJAVU / "DejaVuSerif.ttf",
)
_POINTS = 11
_A4_INCHES = (8.27, 11.69)
_MARGIN_INCHES = 1.0
_LINE = 1.35
_PAPER, _INK = 250, 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a page is scanned; `noise` is the standard deviation of grey, of 255."""

    name: str
    dots_per_inch: int
    degrees: float = 0.0
    noise: float = 0.0
    #: Quality of JPEG; None without.
    jpeg: int | None = None


CONDITIONS = (
    Condition(name="300 dpi, clean", dots_per_inch=300),
    Condition(name="200 dpi, clean", dots_per_inch=200),
    Condition(name="150 dpi, clean", dots_per_inch=150),
    Condition(name="300 dpi, 1.5 degrees askew", dots_per_inch=300, degrees=1.5),
    Condition(name="300 dpi, 3 degrees askew", dots_per_inch=300, degrees=-3.0),
    Condition(name="300 dpi, noise", dots_per_inch=300, noise=25.0),
    Condition(name="200 dpi, JPEG 30", dots_per_inch=200, jpeg=30),
    Condition(
        name="200 dpi, 2 degrees, noise, JPEG 50",
        dots_per_inch=200,
        degrees=2.0,
        noise=15.0,
        jpeg=50,
    ),
)


def scanned(text: str, font: Path, condition: Condition) -> bytes:
    """The letter typed on pages and scanned, as a TIFF with all of them."""
    rolled = random.Random(condition.name)
    pages = [_worn(page, condition, rolled) for page in _typed(text, font, condition.dots_per_inch)]
    file = BytesIO()
    pages[0].save(
        file, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate"
    )
    return file.getvalue()


def _typed(text: str, path: Path, dots_per_inch: int) -> Iterator[Image.Image]:
    font = ImageFont.truetype(str(path), round(_POINTS * dots_per_inch / 72))
    width, height = (round(side * dots_per_inch) for side in _A4_INCHES)
    margin = round(_MARGIN_INCHES * dots_per_inch)
    step = round(_POINTS * _LINE * dots_per_inch / 72)
    lines = [line for one in text.split("\n") for line in _wrapped(one, font, width - 2 * margin)]
    on_page = (height - 2 * margin) // step
    for start in range(0, len(lines), on_page):
        page = Image.new("L", (width, height), _PAPER)
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines[start : start + on_page]):
            draw.text((margin, margin + number * step), line, font=font, fill=_INK)
        yield page


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """The line in pieces that fit; a word that is too long stays whole."""
    begun = ""
    for word in line.split(" "):
        longer = f"{begun} {word}" if begun else word
        if begun and font.getlength(longer) > width:
            yield begun
            longer = word
        begun = longer
    yield begun


def _worn(page: Image.Image, condition: Condition, rolled: random.Random) -> Image.Image:
    if condition.degrees:
        page = page.rotate(
            condition.degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_PAPER
        )
    if condition.noise:
        grain = np.random.default_rng(rolled.randrange(2**31))
        grey = np.asarray(page, dtype=np.float64)
        grey = grey + grain.normal(0.0, condition.noise, grey.shape)
        page = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    if condition.jpeg is not None:
        file = BytesIO()
        page.save(file, "JPEG", quality=condition.jpeg)
        page = Image.open(file).convert("L")
    return page
