"""
One language of letters: the model that reads it, its grammar, and the words that stand in.

A language is the file `rules/languages/CODE.toml`, the folders `rules/lists/CODE` and
`rules/patterns/CODE`, and a model below `anonymizer/models`. A site's file stands instead of ours.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import re2

from anonymizer.errors import RulesError
from anonymizer.expression import expression
from anonymizer.model import EntityKind, Form, Policy, Ruling

FOLDER = "languages"
NO_GENERALIZER = "none"
_KEYS = frozenset(
    {
        "name",
        "model",
        "nouns_have_capitals",
        "capital_support",
        "grammar_support",
        "second_reader",
        "grammar",
        "words",
        "kinds",
    }
)
_GRAMMAR = frozenset({"possessive", "being", "introduced", "home"})
_WORDS = frozenset({"home", "home_forms"})
_WORDING = frozenset({"placeholder", "forms", "generalizer", "mask_from"})
_FORM = frozenset({"after", "placeholder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """
    What stands in for a kind in this language; None leaves what the policy says.

    `forms` are those of the placeholder. `mask_from` is the policy's on the scale of the model that
    reads the language.
    """

    placeholder: str | None = None
    forms: tuple[Form, ...] = ()
    generalizer: str | None = None
    mask_from: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRules:
    """
    A language as its file says.

    `possessive`, `being`, `introduced` and `home` are alternatives of a regular expression: what
    stands before a kin word, between kin words and names, before initials that introduce
    somebody, and before the place that the writer lives in.
    A word with a capital inside a sentence is taken out when the model gives it `capital_support`,
    a name that only the grammar of letters has found when it gives it `grammar_support`.
    With `second_reader` every letter is read by two people, because the model misses too much.
    """

    code: str
    name: str
    model: str
    possessive: str
    being: str
    introduced: str
    home: str
    home_words: str
    home_forms: tuple[Form, ...] = ()
    nouns_have_capitals: bool = False
    capital_support: float = 0.10
    grammar_support: float = 0.0
    second_reader: bool = False
    wordings: Mapping[EntityKind, Wording]

    def spoken(self, policy: Policy) -> Policy:
        """The policy with its placeholders and generalisers in this language."""
        rulings = {kind: self._spoken(ruling) for kind, ruling in policy.rulings.items()}
        return replace(
            policy,
            rulings=rulings,
            home_cue=self.home,
            home_words=self.home_words,
            home_forms=self.home_forms,
        )

    def _spoken(self, ruling: Ruling) -> Ruling:
        wording = self.wordings.get(ruling.kind, Wording())
        generalizer = wording.generalizer or ruling.generalizer
        return replace(
            ruling,
            placeholder=wording.placeholder or ruling.placeholder,
            forms=wording.forms,
            generalizer=None if generalizer == NO_GENERALIZER else generalizer,
            mask_from=ruling.mask_from if wording.mask_from is None else wording.mask_from,
        )


def read_language(path: Path) -> LanguageRules:
    """The language of one file. Raises `RulesError` naming file, entry and remedy."""
    name = f"rules/{FOLDER}/{path.name}"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{name}: not valid TOML ({error})"
        raise RulesError(message) from None
    _check_keys(name, data, _KEYS)
    grammar, words = _table(name, data, "grammar"), _table(name, data, "words")
    _check_keys(f"{name}, [grammar]", grammar, _GRAMMAR)
    _check_keys(f"{name}, [words]", words, _WORDS)
    try:
        told = {key: _fragment(f"{name}: grammar.{key}", grammar[key]) for key in sorted(_GRAMMAR)}
        return LanguageRules(
            code=path.stem,
            name=str(data["name"]),
            model=str(data["model"]),
            possessive=told["possessive"],
            being=told["being"],
            introduced=told["introduced"],
            home=told["home"],
            home_words=str(words["home"]),
            home_forms=_forms(f"{name}, [words] home_forms", words.get("home_forms", [])),
            nouns_have_capitals=bool(data.get("nouns_have_capitals", False)),
            capital_support=_score(f"{name}: capital_support", data.get("capital_support", 0.10)),
            grammar_support=_score(f"{name}: grammar_support", data.get("grammar_support", 0.0)),
            second_reader=bool(data.get("second_reader", False)),
            wordings=dict(_wordings(name, _table(name, data, "kinds"))),
        )
    except KeyError as error:
        message = f"{name}: {error} is missing; en.toml shows every entry"
        raise RulesError(message) from None


def _wordings(name: str, kinds: Mapping[str, Any]) -> Iterator[tuple[EntityKind, Wording]]:
    for key, entry in kinds.items():
        if key not in EntityKind.__members__:
            message = f"{name}: unknown kind {key!r}; known are {', '.join(EntityKind)}"
            raise RulesError(message)
        _check_keys(f"{name}, [kinds.{key}]", entry, _WORDING)
        yield EntityKind(key), _wording(name, key, entry)


def _wording(name: str, key: str, entry: Mapping[str, Any]) -> Wording:
    words = {one: str(entry[one]) for one in ("placeholder", "generalizer") if one in entry}
    where = f"{name}: [kinds.{key}] mask_from"
    score = _score(where, entry["mask_from"]) if "mask_from" in entry else None
    forms = _forms(f"{name}, [kinds.{key}] forms", entry.get("forms", []))
    return Wording(**words, forms=forms, mask_from=score)


def _score(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        message = f"{where} must be a number between 0 and 1"
        raise RulesError(message)
    return float(value)


def _forms(where: str, entries: object) -> tuple[Form, ...]:
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        message = f"{where}: must be a list of {{ after = ..., placeholder = ... }}"
        raise RulesError(message)
    for one in entries:
        if set(one) != _FORM:
            message = f"{where}: each form has the keys {' and '.join(sorted(_FORM))}"
            raise RulesError(message)
    return tuple(
        Form(after=_fragment(where, one["after"]), placeholder=str(one["placeholder"]))
        for one in entries
    )


def _fragment(where: str, value: object) -> str:
    try:
        expression(str(value))
    except re2.error as error:
        message = f"{where} is no regular expression: {error}"
        raise RulesError(message) from None
    return str(value)


def _table(name: str, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        message = f"{name}: [{key}] must be a table"
        raise RulesError(message)
    return table


def _check_keys(name: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = set(data) - known
    if unknown:
        message = f"{name}: unknown keys {sorted(unknown)}; known are {', '.join(sorted(known))}"
        raise RulesError(message)
