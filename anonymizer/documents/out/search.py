"""Where a known identifier may stand in an outgoing file: in its text, and in its bytes."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import re2

#: A value with fewer letters and digits is searched as a word of the text only: in binary data
#: two or three letters stand everywhere.
_LONG_ENOUGH = 4
_BLANK = re2.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a file must not leave; `sentence` is for a person and holds no letter text."""

    code: str
    sentence: str


def stands_in(value: str, text: str) -> bool:
    """True when a value stands in the text as words of its own, in whatever case and spacing."""
    words = " ".join(value.casefold().split())
    if not words:
        return False
    text = " ".join(text.casefold().split())
    at = text.find(words)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(words) :][:1]
        if not before.isalnum() and not after.isalnum():
            return True
        at = text.find(words, at + 1)
    return False


def needles_of(value: str, *, least: int = _LONG_ENOUGH) -> Iterator[bytes]:
    """The ways in which a value may stand in bytes; letters without case are in lower case."""
    if sum(map(str.isalnum, value)) < least:
        return
    spellings = {value, value.lower(), value.upper(), _BLANK.sub("", value).lower()}
    for one in sorted(spellings):
        plain = [one.encode("utf-8"), one.encode("utf-16-le"), one.encode("utf-16-be")]
        plain.append(one.encode("latin-1", "ignore") if one.isascii() else one.encode("utf-8"))
        yield from plain
        yield from (data.lower() for data in plain)
        yield one.encode("utf-8").hex().encode()
        yield from _in_base64(one.encode("utf-8"))


def _in_base64(data: bytes) -> Iterator[bytes]:
    """The part of its base64 form that does not depend on what stands around it."""
    for before in range(3):
        coded = base64.b64encode(b"\x00" * before + data + b"\x00\x00")
        first = -(-8 * before // 6)
        last = (8 * (before + len(data))) // 6
        if last - first >= _LONG_ENOUGH + 1:
            yield coded[first:last]
