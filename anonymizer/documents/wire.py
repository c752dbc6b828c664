"""
A reading, or the reason why there is none, as JSON: how it comes back from the child process.

The child is not trusted: what it sends is checked field by field, and anything else is a
`ValueError`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import (
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    UnsureWord,
)


def packed(result: Reading | Unreadable) -> bytes:
    """The result as JSON; pictures in base64."""
    if isinstance(result, Unreadable):
        told = {"code": result.code, "sentence": result.sentence}
        return json.dumps(
            {"over_limit" if isinstance(result, OverLimit) else "unreadable": told}
        ).encode()
    data = asdict(result)
    for picture in data["pictures"]:
        picture["content"] = base64.b64encode(picture["content"]).decode("ascii")
    return json.dumps({"reading": data}).encode()


def unpacked(data: bytes) -> Reading | Unreadable:
    """What `packed` was given. ValueError when it is not that."""
    try:
        ((key, value),) = json.loads(data).items()
        if key == "reading":
            return _reading(value)
        error = {"unreadable": Unreadable, "over_limit": OverLimit}[key]
        return error(_text(value["code"]), _text(value["sentence"]))
    except (KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as wrong:
        message = "not a reading"
        raise ValueError(message) from wrong


def _reading(data: Mapping[str, Any]) -> Reading:
    text = _text(data["text"])
    return Reading(
        kind=DocumentKind(data["kind"]),
        text=text,
        passages=tuple(_passage(one) for one in data["passages"]),
        pictures=tuple(_picture(one) for one in data["pictures"]),
        warnings=tuple(
            ReadingWarning(code=_text(one["code"]), sentence=_text(one["sentence"]))
            for one in data["warnings"]
        ),
        unsure=tuple(_unsure(one, len(text)) for one in data["unsure"]),
        needs_transcription=_flag(data["needs_transcription"]),
        pages=_count(data["pages"]),
    )


def _passage(data: Mapping[str, Any]) -> Passage:
    return Passage(
        text=_text(data["text"]),
        origin=Origin(data["origin"]),
        visible=_flag(data["visible"]),
        where=_text(data["where"]),
    )


def _picture(data: Mapping[str, Any]) -> Picture:
    return Picture(
        where=_text(data["where"]),
        media_type=_text(data["media_type"]),
        width=_count(data["width"]),
        height=_count(data["height"]),
        content=base64.b64decode(_text(data["content"]), validate=True),
        drawn=_flag(data["drawn"]),
        is_page=_flag(data["is_page"]),
    )


def _unsure(data: Mapping[str, Any], length: int) -> UnsureWord:
    start, end = _count(data["start"]), _count(data["end"])
    if not start < end <= length:
        message = "a word outside the text"
        raise ValueError(message)
    return UnsureWord(start=start, end=end, confidence=float(data["confidence"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value.encode("utf-8").decode("utf-8")  # a lone surrogate is a ValueError


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value
