"""
What the queue is filtered by: codes only, so that an address tells nothing about anybody.

Contract: pure. A filter that is not a code of the right form is no filter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import re2

from anonymizer.model import Direction
from service.workflow.states import LetterState

#: Country and language codes, and codes of holds.
_CODE = re2.compile(r"^[A-Za-z_]{2,40}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which letters are shown; what is None is not asked about."""

    direction: Direction | None = None
    writer_country: str | None = None
    reader_country: str | None = None
    language: str | None = None
    hold: str | None = None
    days: int | None = None
    """Letters that came in at least so many days ago."""

    @property
    def is_set(self) -> bool:
        """True when some letters may be left out."""
        return self != QueueFilter()

    def received_before(self, now: datetime) -> datetime | None:
        """The moment that `days` stands for."""
        return None if self.days is None else now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueScope:
    """A part of the queue: states, whose letters, and for whom they are."""

    states: frozenset[LetterState]
    claimed_by: str | None = None
    reader: str | None = None
    """Only what this person may take: nothing that they have read first already."""
    with_senior: bool = True
    """What waits for a senior proofreader, too."""
    passed_on: bool = False
    """Nothing but what waits for a senior proofreader."""


def as_code(value: str) -> str | None:
    """A code from an address, or None."""
    return value if _CODE.match(value) else None
