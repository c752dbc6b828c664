"""
JSON bodies, read strictly.

Contract: one meaning or a refusal. Duplicate keys, NaN, half surrogate pairs, NUL, a BOM, bytes
that are not UTF-8 and deep nesting are refused with a fixed sentence that repeats nothing.
"""

import json
import math
from typing import Any, NoReturn

from fastapi import Request

from service.web.problems import HttpProblem

_MOST_LEVELS = 20
_MOST_KEYS = 1000


async def read_json(request: Request) -> dict[str, object]:
    """The JSON object in the body."""
    check_content_type(request, "application/json")
    body = await request.body()
    if not body.strip():
        _refuse("The body is empty.")
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        _refuse("The body begins with a byte order mark. Send UTF-8 without one.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("The body is not valid UTF-8.")
    return parse_json(text)


def parse_json(text: str) -> dict[str, object]:
    """The JSON object in `text`."""
    try:
        data = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        _refuse("The JSON is nested too deeply.")
    except ValueError:
        # "from None" by way of NoReturn: the parser's message quotes the document
        _refuse("The body is not valid JSON.")
    if not isinstance(data, dict):
        _refuse("The body must be a JSON object.")
    _check(data)
    return data


def check_content_type(request: Request, wanted: str) -> None:
    """Refuse another kind of content, another charset, and compressed bodies."""
    declared = request.headers.getlist("content-type")
    kind, _, parameters = (declared[0] if declared else "").partition(";")
    if len(declared) != 1 or kind.strip().lower() != wanted:
        raise HttpProblem(415, f"Send the letter as {wanted}.")
    charset = parameters.lower().partition("charset=")[2].strip(" \"'")
    if wanted == "application/json" and charset not in {"", "utf-8", "utf8"}:
        raise HttpProblem(415, "Send JSON as UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HttpProblem(415, "Send the body without compression.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_KEYS:
        _refuse("The JSON has too many fields.")
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


def _check(data: object) -> None:
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
    raise HttpProblem(400, reason) from None
