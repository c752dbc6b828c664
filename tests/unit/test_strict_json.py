"""A JSON request has one meaning, or it is refused without being repeated."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.errors import UnreadableInput
from anonymizer.strict_json import read_object

SECRET = "Quincampoix"
REFUSED = [
    ("empty", b"", "empty"),
    ("blanks", b" \n ", "empty"),
    ("no JSON", SECRET.encode(), "not valid JSON"),
    ("cut off", f'{{"id": "{SECRET}'.encode(), "not valid JSON"),
    ("more after the end", f'{{"id": "1"}} {SECRET}'.encode(), "not valid JSON"),
    ("a huge number", b"9" * 10_000, "not valid JSON"),
    ("an array", f'["{SECRET}"]'.encode(), "must be a JSON object"),
    ("null", b"null", "must be a JSON object"),
    ("twice", f'{{"id": "1", "id": "{SECRET}"}}'.encode(), "same field twice"),
    ("twice below", b'{"a": [{"b": 1, "b": 2}]}', "same field twice"),
    ("many", b"{" + b",".join(b'"%d":1' % n for n in range(1001)) + b"}", "too many fields"),
    ("NaN", b'{"a": NaN}', "NaN"),
    ("Infinity", b'{"a": -Infinity}', "Infinity"),
    ("1e999", b'{"a": 1e999}', "too large"),
    ("brackets", b"[" * 100_000, "nested too deeply"),
    ("30 levels", b'{"a":' + b"[" * 30 + b"]" * 30 + b"}", "nested too deeply"),
    ("NUL", b'{"a": ["x\\u0000"]}', "NUL"),
    ("NUL in a key", b'{"a\\u0000": 1}', "NUL"),
    ("half a pair", b'{"a": "\\ud800"}', "surrogate"),
    ("half a pair in a key", b'{"\\udc00": 1}', "surrogate"),
    ("byte order mark", b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "byte order mark"),
    ("bytes", b'{"a": "\xff"}', "UTF-8"),
    ("overlong", b'{"a": "\xc0\xaf"}', "UTF-8"),
]


@pytest.mark.parametrize(
    ("content", "reason"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_a_request_with_two_meanings_or_none_is_refused(content: bytes, reason: str) -> None:
    """The sentence says what is wrong and nothing of what was sent."""
    with pytest.raises(UnreadableInput, match=reason) as refused:
        read_object(content)
    assert SECRET not in str(refused.value)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="\0")),
    lambda below: st.lists(below, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text("abcäß", max_size=5), _VALUES, max_size=5))
def test_what_is_plain_is_read_as_it_is(data: dict[str, object]) -> None:
    """Written with escapes or without."""
    assert read_object(json.dumps(data).encode()) == data
    assert read_object(json.dumps(data, ensure_ascii=False).encode()) == data


@given(st.binary(max_size=100))
def test_no_bytes_bring_another_error(content: bytes) -> None:
    """Whatever they are."""
    with suppress(UnreadableInput):
        read_object(content)
