"""
The rule of a pair: for every field the stricter of what holds on both sides.

Contract: `pair_rule` remembers for every field which side and which rows decided. A field that is
unknown on one side is unknown for the pair, unless the other side refuses outright; `unknowns`
names row and field, so that a coordinator knows what to ask. What the other side tells meanwhile
is kept as `known`: a limit that it sets holds whatever the answer will be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from anonymizer.exchange.fields import (
    FIELDS,
    AgePrecision,
    Answer,
    ClockStart,
    CordBlood,
    DirectContact,
    Earliest,
    ExactDates,
    FirstWriter,
    Gifts,
    Need,
    Number,
    is_unknown,
)
from anonymizer.exchange.sides import RowOrigin, SideRule, Stated

T = TypeVar("T")
ENGLISH = "en"


class DecidedBy(StrEnum):
    """The side whose rule counts for a field."""

    DONOR = "donor"
    PATIENT = "patient"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[T]):
    """
    The value of a field for a pair, the side that decided, and the rows it is from.

    `known` is the stricter of the values that are not unknown and `known_origins` its rows: the
    same as `value` and `origins` where that is known, nothing where both sides are unknown.
    """

    value: T
    side: DecidedBy
    origins: tuple[RowOrigin, ...]
    known: T | None
    known_origins: tuple[RowOrigin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A field that nobody has told, and the row in which it should stand."""

    field: str
    row: str
    file_name: str

    def __str__(self) -> str:
        return f"{self.field} is unknown in row {self.row} of {self.file_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """The rule for a donor's and a patient's side, one entry for each of `FIELDS`."""

    letters: Decided[Answer]
    earliest: Decided[Earliest]
    letters_per_side: Decided[Number]
    window_months: Decided[Number]
    first_writer: Decided[FirstWriter]
    consent_per_letter: Decided[Answer]
    gifts: Decided[Gifts]
    photos: Decided[Answer]
    country_may_be_named: Decided[Answer]
    age_precision: Decided[AgePrecision]
    exact_dates: Decided[ExactDates]
    own_language: Decided[tuple[str, ...]]
    anonymity_months: Decided[Number]
    clock_start: Decided[ClockStart]
    direct_contact: Decided[DirectContact]
    direct_contact_needs: Decided[frozenset[Need]]
    cord_blood_direct_contact: Decided[CordBlood]
    domestic: bool

    def items(self) -> Iterator[tuple[str, Decided[Any]]]:
        """Every field with its entry, in the order in which a rule is shown."""
        for field in fields(self):
            if field.name in FIELDS:
                yield field.name, getattr(self, field.name)

    def unknowns(self, keys: Iterable[str] = tuple(FIELDS)) -> tuple[Unknown, ...]:
        """What nobody has told of these fields, row by row."""
        wanted = set(keys)
        return tuple(
            Unknown(field=key, row=origin.row, file_name=origin.file_name)
            for key, decided in self.items()
            if key in wanted and is_unknown(decided.value)
            for origin in decided.origins
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """
        The languages a letter may be in, as ISO 639-1 codes: English when it goes abroad.

        Source: https://www.dkms.de/rund-um-die-spende/kontakt-zum-patienten/ein-lebenszeichen-vom-lebensretter
        """
        own = self.own_language.value if self.domestic else ()
        return tuple(dict.fromkeys((*own, ENGLISH)))


def pair_rule(donor_side: SideRule, patient_side: SideRule) -> PairRule:
    """For each field the stricter of both sides, and who decided."""
    decided: dict[str, Any] = {
        key: _decided(key, donor_side.stated[key], patient_side.stated[key]) for key in FIELDS
    }
    return PairRule(domestic=donor_side.country == patient_side.country, **decided)


def _decided(key: str, donor: Stated[Any], patient: Stated[Any]) -> Decided[Any]:
    value = FIELDS[key].stricter(donor.value, patient.value)
    sides = {DecidedBy.DONOR: donor, DecidedBy.PATIENT: patient}
    deciding = [side for side, stated in sides.items() if stated.value == value]
    known = [stated for stated in sides.values() if not is_unknown(stated.value)]
    told = known if is_unknown(value) else [sides[side] for side in deciding or sides]
    return Decided(
        value=value,
        side=deciding[0] if len(deciding) == 1 else DecidedBy.BOTH,
        origins=_rows(sides[side] for side in deciding or sides),
        known=(known[0].value if known else None) if is_unknown(value) else value,
        known_origins=_rows(told),
    )


def _rows(stated: Iterable[Stated[Any]]) -> tuple[RowOrigin, ...]:
    return tuple(dict.fromkeys(one.origin for one in stated))
