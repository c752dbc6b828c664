"""The rule of a pair as a table and sentences for a terminal. Pure: nothing is printed here."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from anonymizer.exchange.fields import (
    CONTACT_FIELDS,
    LETTER_FIELDS,
    OWN_LANGUAGE,
    Answer,
    DirectContact,
    is_unknown,
)
from anonymizer.exchange.pair import Decided, DecidedBy, PairRule
from anonymizer.exchange.sides import RowOrigin, SideRule
from anonymizer.language_names import language_list
from anonymizer.tables import plain


def rule_table(rule: PairRule, *, donor: SideRule, patient: SideRule) -> Table:
    """Every field with its value, the side that decided, and the rows it is from."""
    title = f"donor {_side_name(donor)}, patient {_side_name(patient)}"
    table = Table(title=title, title_justify="left")
    for heading in ("field", "value", "decided by", "source: row", "checked", "certainty"):
        table.add_column(heading, overflow="fold")
    for key, decided in rule.items():
        if rule.domestic or key != OWN_LANGUAGE.key:
            table.add_row(*(plain(cell) for cell in _cells(key, decided)))
    return table


def rule_notes(rule: PairRule) -> Iterator[Text]:
    """What follows for letters and direct contact, then where each row of the table is from."""
    yield plain(f"Language: {language_list(rule.languages, last='or')}.")
    if rule.letters.value is not Answer.NO:
        yield from _unknown("Letters are held", rule, LETTER_FIELDS)
    if rule.direct_contact.value is not DirectContact.NEVER:
        yield from _unknown("No direct contact", rule, CONTACT_FIELDS)
    for origin in dict.fromkeys(one for _, decided in rule.items() for one in decided.origins):
        yield plain(f"{origin.row}: {origin.file_name}. {origin.note or ''}".rstrip())
        yield from (plain(f"  {source}") for source in _sources(origin))


def _unknown(consequence: str, rule: PairRule, keys: Iterable[str]) -> Iterator[Text]:
    missing: dict[str, list[str]] = {}
    for one in rule.unknowns(keys):
        missing.setdefault(f"row {one.row} of {one.file_name}", []).append(one.field)
    for row, fields in missing.items():
        yield plain(f"{consequence}: unknown in {row}: {', '.join(fields)}.")


def _side_name(side: SideRule) -> str:
    return side.country if side.registry is None else f"{side.country} ({side.registry})"


def _cells(key: str, decided: Decided[Any]) -> Iterator[str]:
    yield key
    yield _value(decided.value)
    yield "both sides" if decided.side is DecidedBy.BOTH else f"{decided.side} side"
    yield _each(origin.row for origin in decided.origins)
    yield _each(_checked(origin) for origin in decided.origins)
    told = (origin.certainty for origin in decided.origins)
    yield "unknown" if is_unknown(decided.value) else _each(told)


def _each(values: Iterable[str]) -> str:
    """The values, each once."""
    return ", ".join(dict.fromkeys(values))


def _checked(origin: RowOrigin) -> str:
    return "never" if origin.checked is None else origin.checked.isoformat()


def _value(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        return ", ".join(sorted(value)) or "none"
    return str(value)


def _sources(origin: RowOrigin) -> Iterator[str]:
    """The addresses of a source one by one; other words as they stand."""
    source = origin.source or "there is no such row"
    yield from source.split() if source.startswith("http") else [source]
