"""
What the case register is filtered by: codes and ids that are stored openly, and nothing sealed.

Contract: pure. Days, numbers and names of a case are sealed, so no filter asks for them; only that
a day is missing may be asked. A filter that is not written as its code is no filter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import re2

_CASE_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_CLINIC_ID = re2.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
_COUNTRY = re2.compile(r"^[A-Z]{2}$")

#: An address names so many cases or clinics and no more.
MOST_IDS = 50


class Missing(StrEnum):
    """What a case lacks."""

    DAY = "day"
    """A day that a letter waits for."""
    DONATION_DAY = "donation_day"
    TRANSPLANT_DAY = "transplant_day"
    CONSENT = "consent"
    PATIENT_NUMBER = "patient_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are shown; what is None or empty is not asked about."""

    case_ids: tuple[str, ...] = ()
    clinic_ids: tuple[str, ...] = ()
    donor_country: str | None = None
    patient_country: str | None = None
    missing: Missing | None = None

    @property
    def is_set(self) -> bool:
        """True when some cases may be left out."""
        return self != CaseFilter()


def as_country(written: str) -> str | None:
    """The code of a country from an address, or None."""
    return written if _COUNTRY.match(written) else None


def as_missing(written: str) -> Missing | None:
    """What is missing, from an address, or None."""
    return next((one for one in Missing if one.value == written), None)


def as_case_ids(written: Iterable[str]) -> tuple[str, ...]:
    """Ids of cases from an address, without what is none."""
    return tuple(one for one in written if _CASE_ID.match(one))[:MOST_IDS]


def as_clinic_ids(written: Iterable[str]) -> tuple[str, ...]:
    """Ids of clinics from an address, without what is none."""
    return tuple(one for one in written if _CLINIC_ID.match(one))[:MOST_IDS]
