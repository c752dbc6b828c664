"""
The reader of `combinations.toml`: which kinds identify together, validated and typed.

A site's file adds its combinations to ours; one with an id of ours stands instead of it, and one
that says `off = true` takes it out. What is wrong raises `RulesError` naming file, row and remedy.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from anonymizer.errors import RulesError
from anonymizer.model import CombinationRule, EntityKind

FILE_NAME = "combinations.toml"
_OR = " or "
_TEXTS = ("sentence", "why", "source")
_KEYS = frozenset({"id", "kinds", "at_least", "as_written", "off", *_TEXTS})


def read_combinations(paths: Iterable[Path]) -> tuple[CombinationRule, ...]:
    """The combinations of all files, a later file over the ones before. Raises `RulesError`."""
    rules: dict[str, CombinationRule] = {}
    for path in paths:
        for rule_id, rule in _file(path):
            if rule is not None:
                rules[rule_id] = rule
            elif rules.pop(rule_id, None) is None:
                problem = "switches off a combination that there is not; take the row out"
                message = f"combination {rule_id!r} {problem}"
                raise _error(message)
    return tuple(rules.values())


def _file(path: Path) -> Iterator[tuple[str, CombinationRule | None]]:
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"not valid TOML ({error})"
        raise _error(message) from None
    unknown = set(data) - {"combination"}
    rows = data.get("combination", [])
    if unknown or not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        message = "there may be [[combination]] tables only; begin each row with that line"
        raise _error(message)
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        rule_id = row.get("id")
        if not isinstance(rule_id, str) or not rule_id.strip():
            message = f'combination {number} has no id; add a line id = "…"'
            raise _error(message)
        if rule_id in seen:
            message = f"two combinations have the id {rule_id!r}; rename one"
            raise _error(message)
        seen.add(rule_id)
        yield rule_id, _row(f"combination {rule_id!r}", rule_id, row)


def _row(where: str, rule_id: str, row: Mapping[str, Any]) -> CombinationRule | None:
    for key in sorted(set(row) - _KEYS):
        near = get_close_matches(key, _KEYS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(_KEYS))}"
        message = f"{where} has the unknown key {key!r}; {remedy}"
        raise _error(message)
    if _is_off(where, row):
        return None
    needs = _needs(where, row.get("kinds"))
    at_least = _count(where, row, "at_least", default=len(needs), limit=len(needs), lowest=2)
    return CombinationRule(
        rule_id=rule_id,
        needs=needs,
        at_least=at_least,
        as_written=_count(where, row, "as_written", default=1, limit=at_least),
        **{key: _text(where, row, key) for key in _TEXTS},
    )


def _is_off(where: str, row: Mapping[str, Any]) -> bool:
    off = row.get("off", False)
    if not isinstance(off, bool):
        message = f"{where}: off must be true or false"
        raise _error(message)
    return off


def _needs(where: str, kinds: object) -> tuple[frozenset[EntityKind], ...]:
    if not isinstance(kinds, list) or len(kinds) < 2:
        message = f'{where}: kinds must list two or more, as ["AGE", "PLACE or COUNTRY"]'
        raise _error(message)
    needs = tuple(_need(where, one) for one in kinds)
    for kind in EntityKind:
        if sum(kind in need for need in needs) > 1:
            message = f"{where}: {kind} stands twice in kinds; name it once"
            raise _error(message)
    return needs


def _need(where: str, written: object) -> frozenset[EntityKind]:
    if not isinstance(written, str):
        message = f'{where}: each of kinds must be text, as "PLACE or COUNTRY"'
        raise _error(message)
    return frozenset(_kind(where, one.strip()) for one in written.split(_OR))


def _kind(where: str, written: str) -> EntityKind:
    try:
        return EntityKind(written)
    except ValueError:
        near = get_close_matches(written.upper(), list(EntityKind), n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(EntityKind)}"
        message = f"{where}: unknown kind {written!r}; {remedy}"
        raise _error(message) from None


def _count(
    where: str, row: Mapping[str, Any], key: str, *, default: int, limit: int, lowest: int = 0
) -> int:
    count = row.get(key, default)
    if isinstance(count, bool) or not isinstance(count, int) or not lowest <= count <= limit:
        message = f"{where}: {key} must be a whole number from {lowest} to {limit}"
        raise _error(message)
    return count


def _text(where: str, row: Mapping[str, Any], key: str) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip():
        message = f'{where}: {key} is missing; add a line {key} = "…"'
        raise _error(message)
    return text.strip()


def _error(problem: str) -> RulesError:
    return RulesError(f"rules/{FILE_NAME}: {problem}")
