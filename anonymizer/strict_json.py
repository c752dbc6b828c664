"""
JSON requests, read strictly: lines of the command line and bodies of the service alike.

Contract: one meaning or `UnreadableInput`. Duplicate keys, NaN, half surrogate pairs, NUL, a byte
order mark, bytes that are not UTF-8 and deep nesting are refused with a fixed sentence that
repeats nothing of the request.
"""

import json
import math
from typing import Any, NoReturn

from anonymizer.errors import UnreadableInput

_MOST_LEVELS = 20
_MOST_KEYS = 1000
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_object(content: bytes) -> dict[str, object]:
    """The JSON object in `content`, with values that can be worked on."""
    data = parse_object(content)
    check_values(data)
    return data


def parse_object(content: bytes) -> dict[str, object]:
    """The JSON object in `content`; its values are still to be checked."""
    data = _parsed(_decoded(content))
    if not isinstance(data, dict):
        _refuse("The request must be a JSON object.")
    return data


def _decoded(content: bytes) -> str:
    if not content.strip():
        _refuse("The request is empty.")
    if content.startswith(_BYTE_ORDER_MARKS):
        _refuse("The request begins with a byte order mark. Send UTF-8 without one.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("The request is not valid UTF-8.")


def _parsed(text: str) -> object:
    try:
        data: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        _refuse("The JSON is nested too deeply.")
    except ValueError:
        # the parser's message would quote the document
        _refuse("The request is not valid JSON.")
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_KEYS:
        _refuse("The JSON has too many fields.")
    # Two values for one key: readers disagree on which one counts, so neither does.
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("The JSON has the same field twice.")
    return found


def _no_constant(_name: str) -> NoReturn:
    _refuse("NaN and Infinity are not JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse("The JSON has a number that is too large.")
    return number


def check_values(data: dict[str, object]) -> None:
    """Refuse text that cannot be stored or written, and deep nesting."""
    level: list[object] = [data]
    for _ in range(_MOST_LEVELS):
        if not level:
            return
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                _check_text(value)
        level = below
    if level:
        _refuse("The JSON is nested too deeply.")


def _check_text(value: str) -> None:
    if "\0" in value:
        _refuse("The JSON holds a NUL character.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        _refuse("The JSON holds half of a surrogate pair.")


def _refuse(reason: str) -> NoReturn:
    raise UnreadableInput(reason) from None
