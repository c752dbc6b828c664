"""
Pictures from strangers, opened within limits: PNG, JPEG and TIFF, page by page.

Size and number of pages are read from the headers before a pixel is decoded. What a picture
tells besides its pixels is listed; the pixels themselves are written anew, without any of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps, PngImagePlugin, TiffTags

from anonymizer.documents.archive import damaged
from anonymizer.documents.limits import ReadingLimits
from anonymizer.documents.refusals import too_many_pages, too_many_pixels
from anonymizer.errors import Unreadable
from anonymizer.model import Picture

FORMATS = ("PNG", "JPEG", "TIFF")
#: Pixels of a page's image as it is kept for a person to look at.
_SHOWN_PIXELS = 6_000_000
_JPEG_QUALITY = 82
#: Below this a picture is kept without loss.
_SMALL_PIXELS = 1_000_000
#: Characters that are kept of one value.
_MAX_VALUE = 2_000
_MAX_VALUES = 2_000
#: Bytes after the end of a picture that are padding.
_PADDING = 16
_SILENT = frozenset("icc_profile exif dpi jfif jfif_version jfif_unit jfif_density".split())
_WHITE = (255, 255, 255, 255)

# We check sizes ourselves, before decoding and with an error of our own.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenPicture:
    """A picture whose headers were checked; `pages` decodes one page after the other."""

    image: Image.Image = field(repr=False)
    limits: ReadingLimits
    pages_count: int
    #: Bytes after the picture's end.
    appended: bytes = field(repr=False)

    def pages(self) -> Iterator[Image.Image]:
        """Each page upright, in grey or colour, without transparency. `damaged` when torn."""
        for number in range(self.pages_count):
            try:
                self.image.seek(number)
                check_pixels(self.image.size, self.limits)
                yield flat(ImageOps.exif_transpose(self.image))
            except MemoryError:
                raise
            except Unreadable:
                raise
            except Exception:  # noqa: BLE001 (as in `open_picture`)
                raise damaged() from None

    def properties_now(self) -> tuple[str, ...]:
        """
        "Name: value" of all that it tells besides its pixels.

        Ask once the pages are decoded: the text of a PNG may stand after its pixels.
        """
        return tuple(_properties(self.image))


def open_picture(content: bytes, limits: ReadingLimits) -> OpenPicture:
    """Read the headers. Raises `Unreadable` or `OverLimit`; nothing is decoded yet."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (Pillow raises a dozen kinds for headers that are wrong)
        raise damaged() from None
    check_pixels(image.size, limits)
    count = _pages_count(image, limits)
    return OpenPicture(
        image=image,
        limits=limits,
        pages_count=count,
        appended=_appended(content, image.format or ""),
    )


def check_pixels(size: tuple[int, int], limits: ReadingLimits) -> None:
    """Raise `OverLimit` for more pixels than the limits allow, `Unreadable` for none."""
    if size[0] < 1 or size[1] < 1:
        raise damaged()
    if size[0] * size[1] > limits.pixels:
        raise too_many_pixels(limits)


def _pages_count(image: Image.Image, limits: ReadingLimits) -> int:
    """Pages or frames, counted one by one so that a false number or a loop costs nothing."""
    count = 1
    if getattr(image, "n_frames", 1) == 1:
        return count
    while count <= limits.pages:
        try:
            image.seek(count)
        except EOFError:
            image.seek(0)
            return count
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 (as in `open_picture`)
            raise damaged() from None
        check_pixels(image.size, limits)
        count += 1
    raise too_many_pages(limits)


def flat(image: Image.Image) -> Image.Image:
    """The picture as a person sees it on white paper: mode `L` or `RGB`, no palette, no alpha."""
    if image.mode in {"1", "L"}:
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return _sixteen_bits(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, _WHITE)
        paper.alpha_composite(colour)
        return paper.convert("RGB")
    return image.convert("RGB")


def _sixteen_bits(image: Image.Image) -> Image.Image:
    low, high = image.convert("F").getextrema()
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or high <= low:
        return Image.new("L", image.size, 255)
    scale = 255.0 / (high - low)
    return image.convert("F").point(lambda value: value * scale - low * scale).convert("L")


def as_picture(image: Image.Image, where: str, *, is_page: bool = False) -> Picture:
    """The pixels written anew, without any word about where they are from."""
    clean = _clean(image)
    shrink = (clean.width * clean.height / _SHOWN_PIXELS) ** 0.5
    if shrink > 1:
        clean = clean.resize((round(clean.width / shrink), round(clean.height / shrink)))
    file = BytesIO()
    if clean.width * clean.height <= _SMALL_PIXELS:
        clean.save(file, "PNG")
        media_type = "image/png"
    else:
        clean.save(file, "JPEG", quality=_JPEG_QUALITY)
        media_type = "image/jpeg"
    return Picture(
        where=where,
        media_type=media_type,
        width=clean.width,
        height=clean.height,
        content=file.getvalue(),
        drawn=True,
        is_page=is_page,
    )


def _clean(image: Image.Image) -> Image.Image:
    clean = flat(image)
    clean.info.clear()
    clean.getexif().clear()
    return clean


def _properties(image: Image.Image) -> Iterator[str]:
    for number, (name, value) in enumerate(_told(image)):
        if number >= _MAX_VALUES:
            yield "more: not listed"
            return
        yield f"{name}: {_readable(value)[:_MAX_VALUE]}"


def _told(image: Image.Image) -> Iterator[tuple[str, Any]]:
    yield from ((str(name), value) for name, value in image.info.items() if name not in _SILENT)
    for marker, data in getattr(image, "applist", ()):
        if marker not in {"APP0", "APP2"}:
            yield marker, data
    yield from _exif(image)
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes):
        yield from (("colour profile", text) for text in _words_of(profile))


def _exif(image: Image.Image) -> Iterator[tuple[str, Any]]:
    try:
        exif = image.getexif()
        structure = _STRUCTURE if image.format == "TIFF" else frozenset()
        for tag, value in exif.items():
            if tag not in structure:
                yield _tag_name(tag), value
        for folder in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.IFD1):
            names = ExifTags.GPSTAGS if folder == ExifTags.IFD.GPSInfo else ExifTags.TAGS
            for tag, value in exif.get_ifd(folder).items():
                yield f"{folder.name} {names.get(tag, tag)}", value
    except Exception:  # noqa: BLE001 (what cannot be read is not forwarded either)
        yield "EXIF", "cannot be read"


#: Tags of a TIFF that say how its pixels are stored.
_STRUCTURE = frozenset(
    {*range(254, 270), *range(273, 285), 286, 287, *range(290, 302), 317, *range(320, 326)}
    | {*range(330, 347), *range(512, 522), *range(529, 533), 34675, 34665, 34853}
)


def _tag_name(tag: int) -> str:
    return ExifTags.TAGS.get(tag) or TiffTags.lookup(tag).name


def _readable(value: Any) -> str:
    if isinstance(value, bytes):
        return " ".join(_words_of(value)) or f"{len(value)} bytes"
    return str(value)


def _words_of(data: bytes) -> list[str]:
    """Runs of printable characters in binary data, in one-byte and two-byte writing."""
    runs: list[str] = []
    head = data[:200_000]
    for text in (head.decode("latin-1"), head[::2].decode("latin-1"), head[1::2].decode("latin-1")):
        run: list[str] = []
        for one in text + "\x00":
            if one.isprintable():
                run.append(one)
                continue
            if len(run) >= 4:
                runs.append("".join(run))
            run = []
    return list(dict.fromkeys(runs))


def _appended(content: bytes, form: str) -> bytes:
    """What follows the end of a PNG or JPEG; a TIFF may be laid out in any order."""
    if form == "PNG":
        end = content.rfind(b"IEND\xaeB`\x82")
        tail = content[end + 8 :] if end >= 0 else b""
    elif form in {"JPEG", "MPO"}:
        end = content.rfind(b"\xff\xd9")
        tail = content[end + 2 :] if end >= 0 else b""
    else:
        tail = b""
    return tail if len(tail.strip(b"\x00\r\n ")) > _PADDING else b""


def words_of(data: bytes) -> str:
    """The printable words in binary data, for a list of what was found."""
    return "\n".join(_words_of(data))
