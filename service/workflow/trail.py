"""
What the audit trail is filtered by: actions, ids and days.

Contract: pure. A filter that is not written as its code is no filter. Days are local ones, the last
one included; moments are `since` (included) to `until` (not included).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import re2

from service.workflow.audit import AuditAction
from service.workflow.register import as_case_ids

_LETTER_ID = re2.compile(r"^[0-9a-f]{32}$")
_LETTER_ID_BEGINS = re2.compile(r"^[0-9a-f]{8,32}$")
_DAY = re2.compile(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which events are shown; what is None is not asked about."""

    action: AuditAction | None = None
    actor: str | None = None
    letter_id: str | None = None
    case_id: str | None = None
    """Events that name this case."""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_set(self) -> bool:
        """True when some events may be left out."""
        return self != TrailFilter()


def as_action(written: str) -> AuditAction | None:
    """An action from an address, or None."""
    return next((one for one in AuditAction if one.value == written), None)


def as_letter_id(written: str) -> str | None:
    """The id of a letter from an address, or None."""
    return written if _LETTER_ID.match(written) else None


def begins_letter_id(written: str) -> bool:
    """True for enough of an id of a letter to look for it."""
    return bool(_LETTER_ID_BEGINS.match(written))


def as_case_id(written: str) -> str | None:
    """The id of a case from an address, or None."""
    return next(iter(as_case_ids((written,))), None)


def as_day(written: str) -> date | None:
    """A day of this century from an address, or None."""
    if not _DAY.match(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def start_of_day(day: date | None, zone: tzinfo) -> datetime | None:
    """The moment at which the local day begins."""
    return None if day is None else datetime.combine(day, time.min, tzinfo=zone)


def end_of_day(day: date | None, zone: tzinfo) -> datetime | None:
    """The moment at which the local day is over."""
    return None if day is None else start_of_day(day + timedelta(days=1), zone)
