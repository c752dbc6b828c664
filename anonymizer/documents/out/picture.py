"""
The release gate for a picture that goes with a letter: is it pixels and nothing else? Pure.

It walks the final bytes block by block: whatever PNG and JPEG can carry besides pixels, such as
text, dates, places, previews, colour profiles, or bytes after the end, has a block of its own.
"""

import struct
from collections.abc import Iterator, Sequence

from anonymizer.documents.out.search import Problem, needles_of, stands_in
from anonymizer.model import KnownIdentifier

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_BLOCKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
_SOI, _EOI, _SOS, _APP0 = 0xD8, 0xD9, 0xDA, 0xE0
#: Quantisation, Huffman tables, baseline frame, restart interval (ITU-T T.81, table B.1).
_JPEG_BLOCKS = frozenset({_APP0, 0xDB, 0xC4, 0xC0, 0xDD, _SOS})
#: JFIF 1.01 or 1.02 without a preview (ITU-T T.871, 10.1).
_JFIF_LENGTH = 14
#: In packed pixels shorter runs of letters stand by chance.
_LONG_ENOUGH = 6
#: The ends of names by media type.
PICTURE_ENDS = {"image/png": "png", "image/jpeg": "jpg"}


def check_picture(
    content: bytes, words: str, known: Sequence[KnownIdentifier]
) -> tuple[Problem, ...]:
    """
    What is wrong with an outgoing picture; empty when it may leave. Never raises.

    `words` is what OCR reads in these very bytes.
    """
    return tuple(dict.fromkeys(_problems(content, words, known)))


def _problems(content: bytes, words: str, known: Sequence[KnownIdentifier]) -> Iterator[Problem]:
    if not is_bare(content):
        sentence = "The picture's file holds more than pixels."
        yield Problem(code="picture_metadata", sentence=sentence)
    if any(stands_in(one.value, words) for one in known):
        sentence = "The picture shows a known identifier. Cover it with a box."
        yield Problem(code="known_identifier", sentence=sentence)
    views = (content, content.lower())
    for one in known:
        needles = needles_of(one.value, least=_LONG_ENOUGH)
        if any(needle in view for needle in needles for view in views):
            sentence = "The picture's file holds a known identifier."
            yield Problem(code="known_identifier_in_bytes", sentence=sentence)


def is_bare(content: bytes) -> bool:
    """True for a PNG or a baseline JPEG that has no block but those of its pixels."""
    try:
        if content.startswith(_PNG):
            return _is_bare_png(content)
        return _is_bare_jpeg(content)
    except (struct.error, IndexError):
        return False


def _is_bare_png(content: bytes) -> bool:
    at, kinds = len(_PNG), []
    while at < len(content):
        length, kind = struct.unpack_from(">L4s", content, at)
        kinds.append(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    ends_well = at == len(content) and kinds[-1] == b"IEND" and kinds[0] == b"IHDR"
    is_one_picture = kinds.count(b"IHDR") == 1 and set(kinds) == _PNG_BLOCKS
    return ends_well and is_one_picture


def _is_bare_jpeg(content: bytes) -> bool:
    if content[:2] != bytes((0xFF, _SOI)):
        return False
    at = 2
    while True:
        mark, kind = content[at], content[at + 1]
        (length,) = struct.unpack_from(">H", content, at + 2)
        if mark != 0xFF or kind not in _JPEG_BLOCKS:
            return False
        if kind == _APP0 and not _is_plain_jfif(content[at + 4 : at + 2 + length]):
            return False
        at += 2 + length
        if kind == _SOS:
            return _ends_after_pixels(content, at)


def _is_plain_jfif(block: bytes) -> bool:
    return block.startswith(b"JFIF\x00") and len(block) == _JFIF_LENGTH


def _ends_after_pixels(content: bytes, at: int) -> bool:
    """One scan up to the end mark, which is the end of the file."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            return False
        kind = content[at + 1]
        if kind == 0 or 0xD0 <= kind <= 0xD7:  # a stuffed byte, a restart mark
            at += 2
            continue
        return kind == _EOI and at + 2 == len(content)
