r"""
Regular expressions in linear time: the one way this project compiles patterns of its own.

RE2 never backtracks, so no letter can make a pattern hang. It gets more memory than its default
of 8 MB, because classes such as `\pL` are large; without it RE2 falls back to a slower engine and
says so on stderr.
"""

from collections.abc import Iterable
from functools import cache

import re2

_MAX_MEMORY = 64 << 20


@cache
def expression(pattern: str, *, case_sensitive: bool = True) -> "re2._Regexp[str]":
    """A compiled pattern, compiled once. Raises `re2.error` when it is not valid RE2 syntax."""
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    return re2.compile(pattern, options=options)


def any_of(phrases: Iterable[str]) -> str:
    """A group that matches one of the phrases, taken literally; the longest that fits wins."""
    longest_first = sorted(phrases, key=lambda one: (-len(one), one))
    return f"(?:{'|'.join(re2.escape(one) for one in longest_first)})"
