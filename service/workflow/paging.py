"""
Lists page by page: which page is shown, and how many there are.

Contract: pure. A page beyond the last one is the last one, one before the first is the first.
"""

from dataclasses import dataclass
from typing import ClassVar

import re2

PAGE_LENGTH = 50
#: No list has more pages; a longer number would take the longer to read the longer it is.
_NUMBER = re2.compile(r"^[0-9]{1,9}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """One page of a list; `count` is how many rows all its pages have."""

    length: ClassVar[int] = PAGE_LENGTH
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // self.length))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The rows of one page: after `offset` of them, at most `limit`."""

    number: int
    offset: int
    limit: int


def window(kind: type[Paged], *, count: int, number: int) -> Window:
    """The page of this number in a list with so many rows."""
    last = max(1, -(-count // kind.length))
    shown = max(1, min(number, last))
    return Window(number=shown, offset=(shown - 1) * kind.length, limit=kind.length)


def page_number(written: str) -> int:
    """The number of a page in an address; what is no number is the first page."""
    return int(written) if _NUMBER.match(written) else 1
