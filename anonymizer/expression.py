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
    return re2.compile(pattern, options=_options(case_sensitive=case_sensitive))


def check_syntax(pattern: str) -> None:
    """Raises `re2.error` with the reason when `pattern` is not valid; a tenth of compiling it."""
    try:
        re2.Set.SearchSet(_options()).Add(pattern)
    except re2.error:
        # a set does not say why
        expression(pattern)
        raise


class ExpressionSet:
    """
    Many patterns that are looked for in one pass over a text, all with the same case.

    Raises `re2.error` when one of them is not valid or all together are too large.
    """

    def __init__(self, patterns: Iterable[str], *, case_sensitive: bool) -> None:
        self._set = re2.Set.SearchSet(_options(case_sensitive=case_sensitive))
        # RE2 gives no match at all when it runs out of memory; this one then lacks as well
        self._always = self._set.Add(r"(?s:^)")
        self._size = sum(1 for pattern in patterns if self._set.Add(pattern) > self._always)
        self._set.Compile()

    def matching(self, text: str) -> frozenset[int]:
        """The numbers, from 0, of the patterns that match anywhere; all where RE2 cannot tell."""
        found = frozenset(self._set.Match(text) or ())
        if self._always not in found:
            return frozenset(range(self._size))
        return frozenset(number - 1 for number in found if number != self._always)


def _options(*, case_sensitive: bool = True) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    return options


def any_of(phrases: Iterable[str]) -> str:
    """A group that matches one of the phrases, taken literally; the longest that fits wins."""
    longest_first = sorted(phrases, key=lambda one: (-len(one), one))
    return f"(?:{'|'.join(re2.escape(one) for one in longest_first)})"
