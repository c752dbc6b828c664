"""
The only reader of `rules/exchange/`: the rows of the package and those of the site.

A site keeps `exchange/countries.toml` and `exchange/registries.toml` in its rules folder. Other
than elsewhere in the rules these files do not replace ours: what they say about a row is put in
place of what ours says, field by field, and rows they do not name stay. A file with a mistake
raises `BadRows`; nothing is half loaded.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from anonymizer.errors import RulesError
from anonymizer.exchange.clock import add_months
from anonymizer.exchange.pair import PairRule, pair_rule
from anonymizer.exchange.rows import BadRows, Row, RowKind, read_rows
from anonymizer.exchange.sides import RowOrigin, SideRule, Versions, side_rule, unknown_side
from anonymizer.model import Exchange

_PACKAGED = Path(str(resources.files("rules")))
#: A row that was checked longer ago is looked up again.
MONTHS_UNTIL_OLD = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExchangeRules:
    """
    Every row by its id, ours and the site's, and the digest of the files they are from.

    Two are the same only when they are one object: `digest` tells whether they say the same.
    """

    countries: Mapping[str, Versions]
    registries: Mapping[str, Versions]
    digest: str

    def rows(self) -> Iterator[Row]:
        """Every row of every file, in the order of the files."""
        for versions in (*self.countries.values(), *self.registries.values()):
            yield from (row for row in (versions.packaged, versions.site) if row is not None)

    def side(self, country: str, registry: str | None = None) -> SideRule:
        """
        The rule of a side; everything in it is unknown for a country or registry without a row.

        The same holds when the registry belongs to another country: one of both is wrong.
        """
        of_country = self.countries.get(country, Versions())
        if registry is None:
            return side_rule(country, of_country, None)
        of_registry = self.registries.get(registry)
        if of_registry is None or _country_of(of_registry) != country:
            origin = RowOrigin(row=f"{registry} ({country})", file_name=RowKind.REGISTRY)
            return unknown_side(country, registry, origin)
        return side_rule(country, of_country, of_registry)

    def rule_for(self, exchange: Exchange) -> PairRule:
        """The rule of an exchange, from the rows of both its sides."""
        return _rule_of(
            self,
            (exchange.donor_country, exchange.donor_registry),
            (exchange.patient_country, exchange.patient_registry),
        )

    def to_check_again(self, today: date) -> tuple[str, ...]:
        """A sentence for each row that was checked more than a year ago, or in the future."""
        return tuple(sentence for row in self.rows() if (sentence := _stale(row, today)))


@lru_cache(maxsize=1024)  # a page asks several times, a registry has few pairs
def _rule_of(
    rules: ExchangeRules, donor: tuple[str, str | None], patient: tuple[str, str | None]
) -> PairRule:
    return pair_rule(rules.side(*donor), rules.side(*patient))


def load_exchange_rules(*, site_folder: Path | None = None) -> ExchangeRules:
    """
    The packaged rows, with those of a site's rules folder in place of them field by field.

    Raises `BadRows` with the problems of all files.
    """
    if site_folder is not None and not site_folder.is_dir():
        message = f"the rules folder does not exist: {site_folder}"
        raise RulesError(message)
    digest = hashlib.sha256()
    problems: list[str] = []
    rows: list[tuple[Row, ...]] = []
    sources = [(kind, where) for kind in RowKind for where in (_PACKAGED, site_folder)]
    for kind, folder in sources:
        name, content = _file(kind, folder)
        digest.update(f"{name}\0".encode() + content)
        try:
            rows.append(read_rows(content, name))
        except BadRows as error:
            rows.append(())
            problems += error.problems
    countries, registries = _versions(*rows[:2]), _versions(*rows[2:])
    problems = problems or list(_incomplete(countries, registries))
    if problems:
        raise BadRows(problems)
    return ExchangeRules(countries=countries, registries=registries, digest=digest.hexdigest())


def _file(kind: RowKind, folder: Path | None) -> tuple[str, bytes]:
    """The name that messages give a file, and its bytes; none where a site has no such file."""
    if folder is None:
        return kind, b""
    name = f"{'rules' if folder == _PACKAGED else folder.name}/exchange/{kind}"
    path = folder / "exchange" / kind
    if path.exists():
        return name, path.read_bytes()
    if folder == _PACKAGED:
        message = f"{name} is missing"
        raise RulesError(message)
    return name, b""


def _versions(packaged: Sequence[Row], site: Sequence[Row]) -> dict[str, Versions]:
    ours = {row.row_id: row for row in packaged}
    yours = {row.row_id: row for row in site}
    return {
        row_id: Versions(packaged=ours.get(row_id), site=yours.get(row_id))
        for row_id in (*ours, *(row_id for row_id in yours if row_id not in ours))
    }


def _incomplete(
    countries: Mapping[str, Versions], registries: Mapping[str, Versions]
) -> Iterator[str]:
    for row_id, versions in (*countries.items(), *registries.items()):
        rows = _present(versions)
        if not any(row.name for row in rows):
            yield f"{rows[0].file_name}: [{row_id}] name is missing; add it to a new row"
    for row_id, versions in registries.items():
        country = _country_of(versions)
        where = _present(versions)[-1].file_name
        if country is None:
            yield f"{where}: [{row_id}] country is missing; add it to a new row"
        elif country not in countries:
            yield f"{where}: [{row_id}] country {country} has no row in {RowKind.COUNTRY}; add one"


def _present(versions: Versions) -> tuple[Row, ...]:
    return tuple(row for row in (versions.packaged, versions.site) if row is not None)


def _country_of(versions: Versions) -> str | None:
    return _last(row.country for row in _present(versions))


def _last(values: Iterable[str | None]) -> str | None:
    told = [value for value in values if value is not None]
    return told[-1] if told else None


def _stale(row: Row, today: date) -> str | None:
    where = f"{row.file_name}: [{row.row_id}] checked {row.checked.isoformat()}"
    if row.checked > today:
        return f"{where} is in the future; correct the date"
    if add_months(row.checked, MONTHS_UNTIL_OLD) < today:
        return f"{where} is more than a year ago; ask the registry again"
    return None
