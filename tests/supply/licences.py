"""
Whether every library of the running service has a licence that we may use.

Contract: what a library states several times must all be allowed; of alternatives one is enough. A
library that states nothing is refused, until somebody reads its licence (`licences.toml`).
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, LicenseExpression, get_spdx_licensing
from packaging.utils import canonicalize_name as normalized

from tests.supply.bill import Component

_TABLE = Path(__file__).parent / "licences.toml"
_SPDX = get_spdx_licensing()
#: Says no more than that there is a licence.
_EMPTY = {"License :: OSI Approved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is allowed, what words mean, and what was read in licence files."""

    allowed: frozenset[str]
    words: dict[str, str]
    read: dict[str, str]


def load_terms(path: Path = _TABLE) -> Terms:
    """The table of this repository."""
    table = tomllib.loads(path.read_text("utf-8"))
    return Terms(allowed=frozenset(table["allowed"]), words=table["words"], read=table["read"])


def refused(components: Iterable[Component], terms: Terms) -> Iterator[str]:
    """A sentence for each library that may not be used like this."""
    for one in components:
        stated = tuple(stated_by(one, terms))
        name = f"{one['name']} {one.get('version', '')}"
        if not stated:
            yield f"{name} names no licence. Read its licence file, then add it under [read]."
        for words in stated:
            if not is_allowed(words, terms.allowed):
                yield f"{name} is under {words!r}, which is not on the list."


def stated_by(component: Component, terms: Terms) -> Iterator[str]:
    """Every licence that the library states, as SPDX expressions where we know them."""
    for one in component.get("licenses", ()):
        licence: dict[str, Any] = one.get("license", {})
        words = one.get("expression") or licence.get("id") or licence.get("name")
        if words and words not in _EMPTY:
            yield terms.words.get(words, words)
    name = normalized(component["name"])
    if not component.get("licenses") and name in terms.read:
        yield terms.read[name]


def is_allowed(words: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met with allowed licences alone."""
    try:
        parsed = _SPDX.parse(words, validate=True)
    except ExpressionError:
        return False
    return parsed is not None and _met(parsed, allowed)


def _met(expression: LicenseExpression, allowed: frozenset[str]) -> bool:
    if isinstance(expression, _SPDX.AND):
        return all(_met(one, allowed) for one in expression.args)
    if isinstance(expression, _SPDX.OR):
        return any(_met(one, allowed) for one in expression.args)
    return str(expression) in allowed
