"""
What holds on one side of an exchange: the rows of its country and of its registry put together.

Contract: a registry's row goes before its country's row, and a site's row before ours, field by
field. One thing is kept from getting looser by that: where a site's country row and our row of a
registry both name a field, the stricter counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from anonymizer.exchange.fields import FIELDS, Certainty, is_unknown
from anonymizer.exchange.rows import Row, RowKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOrigin:
    """The row that a value stands in; without `source` and `checked` there is no such row."""

    row: str
    file_name: str
    source: str | None = None
    checked: date | None = None
    certainty: Certainty = Certainty.UNKNOWN
    note: str | None = None

    def __str__(self) -> str:
        return f"row {self.row} of {self.file_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Generic[T]):
    """The value of a field and the row it is from."""

    value: T
    origin: RowOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRule:
    """The value of every field on one side, by the field's key."""

    country: str
    registry: str | None
    stated: Mapping[str, Stated[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """One row as the package has it and as the site has it; either may be missing."""

    packaged: Row | None = None
    site: Row | None = None


def side_rule(country: str, of_country: Versions, of_registry: Versions | None) -> SideRule:
    """The rule of a side in `country`, whose registry, when it is told, has these rows."""
    registry = of_registry or Versions()
    row = registry.site or registry.packaged
    missing = _origin_of_country(country, of_country)
    return SideRule(
        country=country,
        registry=None if row is None else row.row_id,
        stated={
            key: _stated(key, of_country, registry)
            or Stated(value=field.absent if _has_row(of_country) else _unknown(key), origin=missing)
            for key, field in FIELDS.items()
        },
    )


def unknown_side(country: str, registry: str | None, origin: RowOrigin) -> SideRule:
    """The rule of a side about which nothing is known, because `origin` does not hold for it."""
    stated = {key: Stated(value=_unknown(key), origin=origin) for key in FIELDS}
    return SideRule(country=country, registry=registry, stated=stated)


def _unknown(key: str) -> object:
    """The value of a field where there is no row at all."""
    field = FIELDS[key]
    if is_unknown(field.absent):
        return field.absent
    told = field.read("unknown")
    return field.absent if told is None else told


def _has_row(versions: Versions) -> bool:
    return versions.packaged is not None or versions.site is not None


def _stated(key: str, country: Versions, registry: Versions) -> Stated[Any] | None:
    ours_of_registry = _in(key, registry.packaged)
    yours_of_country = _in(key, country.site)
    if (yours_of_registry := _in(key, registry.site)) is not None:
        return yours_of_registry
    if ours_of_registry is not None and yours_of_country is not None:
        return _stricter(key, yours_of_country, ours_of_registry)
    return ours_of_registry or yours_of_country or _in(key, country.packaged)


def _in(key: str, row: Row | None) -> Stated[Any] | None:
    if row is None or key not in row.stated:
        return None
    return Stated(value=row.stated[key], origin=_origin(row))


def _stricter(key: str, first: Stated[Any], other: Stated[Any]) -> Stated[Any]:
    """The stricter of both; where they are alike or each adds something, from the first row."""
    value = FIELDS[key].stricter(first.value, other.value)
    return (
        other if value == other.value != first.value else Stated(value=value, origin=first.origin)
    )


def _origin_of_country(country: str, versions: Versions) -> RowOrigin:
    row = versions.site or versions.packaged
    if row is None:
        return RowOrigin(row=country, file_name=RowKind.COUNTRY)
    return _origin(row)


def _origin(row: Row) -> RowOrigin:
    return RowOrigin(
        row=row.row_id,
        file_name=row.file_name,
        source=row.source,
        checked=row.checked,
        certainty=row.certainty,
        note=row.note,
    )
