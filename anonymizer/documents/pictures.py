"""Pictures that lie in a document: what they are and how large, told by their first bytes."""

import struct

from anonymizer.model import Picture

_JPEG_SIZES = frozenset(
    {*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
)
_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"\x01\x00\x00\x00", "image/emf"),
)


def media_type(content: bytes) -> str:
    """The media type of a picture; `application/octet-stream` when it is none that we know."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.lstrip()[:5].lower() in {b"<svg ", b"<svg>"}:
        return "image/svg+xml"
    known = (name for start, name in _TYPES if content.startswith(start))
    return next(known, "application/octet-stream")


def is_picture(content: bytes) -> bool:
    """True for the kinds of picture that stand in letters."""
    return media_type(content).startswith("image/")


def picture_of(content: bytes, where: str) -> Picture:
    """The picture with its size, which is 0 by 0 where the first bytes do not tell it."""
    kind = media_type(content)
    try:
        width, height = _size(content, kind)
    except struct.error:
        width, height = 0, 0
    return Picture(where=where, media_type=kind, width=width, height=height, content=content)


def _size(content: bytes, kind: str) -> tuple[int, int]:
    if kind == "image/png":
        return _pair(">LL", content, 16)
    if kind == "image/gif":
        return _pair("<HH", content, 6)
    if kind == "image/bmp":
        width, height = _pair("<ll", content, 18)
        return abs(width), abs(height)
    return _jpeg_size(content) if kind == "image/jpeg" else (0, 0)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """The frame header of ITU-T T.81, B.2.2, behind as many other segments as there are."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _JPEG_SIZES:
            height, width = _pair(">HH", content, at + 5)
            return width, height
        at += 2 + _pair(">HH", content, at)[1]
    return 0, 0


def _pair(form: str, content: bytes, at: int) -> tuple[int, int]:
    one, other = struct.unpack_from(form, content, at)
    return one, other
