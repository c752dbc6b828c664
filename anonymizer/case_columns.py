"""
The columns of the case list that may be missing: numbers, consents, and the course of a donation.

Contract: `COURSE_COLUMNS` names them; each has one reader for its cell and one way to write it, so
that a cell that was read is written as it would be read again. Dates are ISO 8601 days, several of
them separated by `;`. A message names the column and what to do and never quotes the cell.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

import re2

from anonymizer.exchange.codes import LANGUAGE_CODES
from anonymizer.model import Consents, Deliverability, LetterConsent, PathwayDays, RegisteredCase
from anonymizer.patient_reference import (
    LONGEST,
    SHORTEST,
    canonical_patient_reference,
    is_patient_reference,
)

#: The recorded days of the pathway, in its order.
PATHWAY_COLUMNS = tuple(field.name for field in fields(PathwayDays))

_DAY = re2.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_REGISTRY = re2.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_ONE_DAY = "must be a day such as 2026-01-31, or empty."
_DAYS = "must hold days such as 2026-01-31, separated by semicolons."
_CONSENTS = (
    "must be written like granted 2026-01-31;counselled 2027-01-10;release 2027-01-31 (granted, "
    "refused or unasked; days may be left out where they are not known)."
)


class _Malformed(ValueError):
    """A cell is not written as its column asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """How a cell of one column is read, and the end of the sentence when it cannot be."""

    read: Callable[[str], object]
    remedy: str


def course_problems(cells: Mapping[str, str]) -> Iterator[str]:
    """A sentence for every cell that cannot be read; columns that are missing count as empty."""
    for name, column in _COLUMNS.items():
        try:
            column.read(cells.get(name, ""))
        except _Malformed:
            yield f"{name} {column.remedy}"


def with_course(case: RegisteredCase, cells: Mapping[str, str]) -> RegisteredCase:
    """The case with what these cells say; `course_problems` has nothing against them."""
    read = {name: _COLUMNS[name].read(cells.get(name, "")) for name in COURSE_COLUMNS}
    days = {name: read.pop(name) for name in PATHWAY_COLUMNS}
    base = {field.name: getattr(case, field.name) for field in fields(case)}
    return RegisteredCase(**{**base, **read, "pathway": PathwayDays(**days)})  # type: ignore[arg-type]  # each column has its field's reader


def course_cells(case: RegisteredCase) -> dict[str, str]:
    """The cells of the case, as they would be read again."""
    return {
        "patient_reference": case.patient_reference or "",
        "donor_registry": case.donor_registry or "",
        "patient_registry": case.patient_registry or "",
        "donor_language": case.donor_language or "",
        "patient_language": case.patient_language or "",
        "cord_blood": "yes" if case.cord_blood else "",
        "donation_dates": _written(case.donation_dates),
        "transplant_dates": _written(case.transplant_dates),
        "infusion_dates": _written(case.infusion_dates),
        "donor_consents": write_consents(case.donor_consents),
        "patient_consents": write_consents(case.patient_consents),
        "donor_deliverable": _deliverable(case.donor_deliverable),
        "patient_deliverable": _deliverable(case.patient_deliverable),
        **{name: _day_cell(getattr(case.pathway, name)) for name in PATHWAY_COLUMNS},
    }


def read_consents(cell: str) -> Consents:
    """What a side agreed to; raises `ValueError` for a cell that is written in another way."""
    days: dict[str, date | None] = {}
    for part in _parts(cell):
        word, _, day = part.partition(" ")
        name = word.lower()
        if name in days or name not in {*LetterConsent, "release", "counselled"}:
            raise _Malformed
        days[name] = _day(day.strip())
    answers = [answer for answer in LetterConsent if answer.value in days]
    dated = [name for name in ("release", "counselled") if name in days]
    if len(answers) > 1 or any(days[name] is None for name in dated) or days.get("unasked"):
        raise _Malformed
    return Consents(
        letters=answers[0] if answers else LetterConsent.UNASKED,
        letters_on=days[answers[0]] if answers else None,
        release_signed_on=days.get("release"),
        counselled_on=days.get("counselled"),
    )


def write_consents(consents: Consents) -> str:
    """The cell for what a side agreed to; empty where nobody has asked."""
    asked = consents.letters is not LetterConsent.UNASKED
    parts = [f"{consents.letters.value} {_day_cell(consents.letters_on)}"] if asked else []
    named = (("counselled", consents.counselled_on), ("release", consents.release_signed_on))
    parts += [f"{name} {_day_cell(day)}" for name, day in named if day]
    return ";".join(part.strip() for part in parts)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _day(cell: str) -> date | None:
    if not cell:
        return None
    # date.fromisoformat also reads weeks and days without hyphens, which are typing errors here
    if not _DAY.match(cell):
        raise _Malformed
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise _Malformed from None


def _days(cell: str) -> tuple[date, ...]:
    return tuple(sorted({day for part in _parts(cell) if (day := _day(part))}))


def _cord_blood(cell: str) -> bool:
    if cell.lower() not in {"", "yes", "no"}:
        raise _Malformed
    return cell.lower() == "yes"


def _delivery(cell: str) -> Deliverability:
    try:
        return Deliverability(cell.lower() or Deliverability.UNKNOWN)
    except ValueError:
        raise _Malformed from None


def _registry(cell: str) -> str | None:
    if cell and not _REGISTRY.match(cell.lower()):
        raise _Malformed
    return cell.lower() or None


def _language(cell: str) -> str | None:
    if cell and cell.lower() not in LANGUAGE_CODES:
        raise _Malformed
    return cell.lower() or None


def _reference(cell: str) -> str | None:
    number = canonical_patient_reference(cell)
    if number and not is_patient_reference(number):
        raise _Malformed
    return number or None


def _written(days: tuple[date, ...]) -> str:
    return ";".join(day.isoformat() for day in days)


def _day_cell(day: date | None) -> str:
    return day.isoformat() if day else ""


def _deliverable(answer: Deliverability) -> str:
    return "" if answer is Deliverability.UNKNOWN else answer.value


_REGISTRY_COLUMN = _Column(
    read=_registry, remedy="must be the id of a row in registries.toml such as dkms-de, or empty."
)
_LANGUAGE_COLUMN = _Column(
    read=_language, remedy="must be a two-letter language code such as de or en, or empty."
)
_DELIVERY_COLUMN = _Column(read=_delivery, remedy="must be yes, no or unknown.")
_DAYS_COLUMN = _Column(read=_days, remedy=_DAYS)
_CONSENTS_COLUMN = _Column(read=read_consents, remedy=_CONSENTS)

_COLUMNS: dict[str, _Column] = {
    "patient_reference": _Column(
        read=_reference,
        remedy=f"must be {SHORTEST} to {LONGEST} letters and digits with at least one digit.",
    ),
    "donor_registry": _REGISTRY_COLUMN,
    "patient_registry": _REGISTRY_COLUMN,
    "donor_language": _LANGUAGE_COLUMN,
    "patient_language": _LANGUAGE_COLUMN,
    "cord_blood": _Column(read=_cord_blood, remedy="must be yes or no."),
    "donation_dates": _DAYS_COLUMN,
    "transplant_dates": _DAYS_COLUMN,
    "infusion_dates": _DAYS_COLUMN,
    "donor_consents": _CONSENTS_COLUMN,
    "patient_consents": _CONSENTS_COLUMN,
    "donor_deliverable": _DELIVERY_COLUMN,
    "patient_deliverable": _DELIVERY_COLUMN,
    **{name: _Column(read=_day, remedy=_ONE_DAY) for name in PATHWAY_COLUMNS},
}
COURSE_COLUMNS = tuple(_COLUMNS)
