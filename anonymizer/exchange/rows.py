"""
The rows of the exchange's rules: one table of a TOML file each, read and typed.

Contract: `read_rows` gives every row of a file or raises `BadRows`, whose problems name file,
row, key and remedy; nothing is half read. A row says where its facts are from (`source`), when
somebody looked (`checked`) and how sure they are (`certainty`); what it does not say is absent.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from anonymizer.errors import RulesError
from anonymizer.exchange.codes import COUNTRY_CODES
from anonymizer.exchange.fields import FIELDS, Certainty

_PROVENANCE = ("source", "checked", "certainty")
_TEXTS = ("name", "source", "note")
_REGISTRY_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_MOST_PROBLEMS = 50


class BadRows(RulesError):
    """A file with rules of the exchange is not valid. Nothing of it was used."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - _MOST_PROBLEMS
        shown = (*problems[:_MOST_PROBLEMS], *([f"and {more} more problems"] if more > 0 else ()))
        super().__init__("; ".join(shown))
        self.problems: tuple[str, ...] = shown


class RowKind(StrEnum):
    """What a file has rows about; the value is the file's name below `exchange/`."""

    COUNTRY = "countries.toml"
    REGISTRY = "registries.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One row as it stands in one file.

    `row_id` is a country's ISO 3166-1 alpha-2 code or a registry's id; `country` is that of a
    registry. `stated` has the fields that the row names, by key; what is not in it is absent.
    """

    row_id: str
    kind: RowKind
    file_name: str
    name: str | None
    country: str | None
    stated: Mapping[str, object]
    source: str
    checked: date
    certainty: Certainty
    note: str | None = None


def read_rows(content: bytes, file_name: str) -> tuple[Row, ...]:
    """
    Every row of a file, in its order; `file_name` ends in `countries.toml` or `registries.toml`.

    Raises `BadRows` with every problem.
    """
    kind = next(kind for kind in RowKind if file_name.endswith(kind))
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadRows([f"{file_name}: not UTF-8; save it as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadRows([f"{file_name}: not valid TOML: {error}"]) from None
    problems = [
        f"{file_name}: {problem}"
        for row_id, table in tables.items()
        for problem in _problems(row_id, table, kind)
    ]
    if problems:
        raise BadRows(problems)
    return tuple(_row(row_id, table, kind, file_name) for row_id, table in tables.items())


def _problems(row_id: str, table: object, kind: RowKind) -> Iterator[str]:
    if not isinstance(table, Mapping):
        yield f"{row_id} stands outside a row; begin each row with its name, such as [DE]"
        return
    yield from _problems_of_id(row_id, kind)
    known = _keys(kind)
    for key, value in table.items():
        if key not in known:
            yield f"[{row_id}] unknown key {key!r}; {_meant(key, known)}"
        elif problem := _problem_of_value(key, value):
            yield f"[{row_id}] {key}: {problem}"
    for key in _PROVENANCE:
        if key not in table:
            yield f"[{row_id}] {key} is missing; add it, every row says where its facts are from"


def _problems_of_id(row_id: str, kind: RowKind) -> Iterator[str]:
    if kind is RowKind.COUNTRY and row_id not in COUNTRY_CODES:
        yield f"[{row_id}] unknown country code; use ISO 3166-1 alpha-2, such as DE or GB"
    if kind is RowKind.REGISTRY and not (row_id and set(row_id) <= _REGISTRY_ID):
        yield f"[{row_id}] not a registry id; use small letters, digits and hyphens"


def _keys(kind: RowKind) -> tuple[str, ...]:
    own = ("country",) if kind is RowKind.REGISTRY else ()
    return ("name", *own, *FIELDS, *_PROVENANCE, "note")


def _meant(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _problem_of_value(key: str, value: object) -> str | None:
    """What is wrong with a value and how to mend it, or None."""
    if key in FIELDS:
        field = FIELDS[key]
        return None if field.read(value) is not None else f"{value!r} is not {field.expects}"
    if key in _TEXTS:
        fine, expects = isinstance(value, str) and value.strip() != "", "a text in quotes"
    elif key == "country":
        fine = isinstance(value, str) and value in COUNTRY_CODES
        expects = "a country code (ISO 3166-1 alpha-2) such as DE or GB"
    elif key == "checked":
        fine = isinstance(value, date) and not isinstance(value, datetime)
        expects = "a date such as 2026-11-15, without quotes"
    else:
        fine = isinstance(value, str) and value in set(Certainty)
        expects = f"one of {', '.join(Certainty)}"
    return None if fine else f"{value!r} is not {expects}"


def _row(row_id: str, table: Mapping[str, object], kind: RowKind, file_name: str) -> Row:
    """The row of a table without problems."""
    return Row(
        row_id=row_id,
        kind=kind,
        file_name=file_name,
        name=_text(table, "name"),
        country=_text(table, "country"),
        stated=MappingProxyType(
            {key: field.read(table[key]) for key, field in FIELDS.items() if key in table}
        ),
        source=str(table["source"]),
        checked=date.fromisoformat(str(table["checked"])),
        certainty=Certainty(str(table["certainty"])),
        note=_text(table, "note"),
    )


def _text(table: Mapping[str, object], key: str) -> str | None:
    return str(table[key]) if key in table else None
