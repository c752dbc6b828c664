"""
The reader of `rules/`: policies, patterns, languages, lists, combinations, validated and typed.

A site that keeps its own rules points `load_rulebook` at a folder of the same layout; files that
are there replace the packaged ones, files that are not are taken from the package. Word lists and
combinations add to ours instead (`anonymizer.wordlists`, `anonymizer.combination_rules`). A file
with a typo or an unknown key raises `RulesError` naming the file, the entry and the remedy; nothing
is half loaded.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import re2

from anonymizer.combination_rules import FILE_NAME, read_combinations
from anonymizer.errors import RulesError
from anonymizer.expression import check_syntax
from anonymizer.language_rules import FOLDER as LANGUAGES
from anonymizer.language_rules import LanguageRules, read_language
from anonymizer.model import (
    MOST_DISGUISES,
    CombinationRule,
    EntityKind,
    IdentifierClass,
    Policy,
    Ruling,
    TreatmentAction,
)
from anonymizer.wordlists import read_word_list, word_list_warnings

#: The language whose lists hold in letters of every other one, too.
COMMON = "en"
_PACKAGED = Path(str(resources.files("rules")))
_RULING_KEYS = {
    "class",
    "action",
    "placeholder",
    "mask_from",
    "suggest_from",
    "reason",
    "generalizer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule:
    """
    One pattern for one kind: linear-time regular expression, score, and its own tests.

    The group named `id` is the finding; without one the whole match is. `check` names a further
    test in code (`luhn`, `iban`, …). With `context`, one of these words within `window` characters
    of the match is needed. A rule with `capitals` takes a capital for the sign of a name, so it is
    left out where every noun has one. `match` and `miss` are the examples the rule is tested with.
    """

    rule_id: str
    kind: EntityKind
    regex: str
    score: float
    case_sensitive: bool = True
    capitals: bool = False
    check: str | None = None
    context: tuple[str, ...] = ()
    window: int = 60
    match: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All rules of one language, as loaded from `folders` (the later folder wins)."""

    language: LanguageRules
    folders: tuple[Path, ...]
    policy: Policy
    patterns: tuple[PatternRule, ...]
    lists: Mapping[str, frozenset[str]]
    combinations: tuple[CombinationRule, ...]
    digest: str

    def words(self, name: str) -> frozenset[str]:
        """The entries of `lists/<language>/<name>.txt`, lower case. Raises `RulesError`."""
        try:
            return self.lists[name]
        except KeyError:
            message = f"rules/lists/{self.language.code}/{name}.txt is missing"
            raise RulesError(message) from None

    @cached_property
    def version(self) -> str:
        """Version of the rules and the digest of every file that was read."""
        return f"{_read_version(self.folders)}+{self.digest[:12]}"


def load_rulebook(language: str = COMMON, *, site_folder: Path | None = None) -> Rulebook:
    """
    Every rule for `language`: ours, with what lies below `site_folder` over them.

    Letters in every language quote English, so its word lists hold in all of them; the lists of
    another language add to these as those of a site do.
    """
    folders = (_PACKAGED,) if site_folder is None else (_PACKAGED, site_folder)
    if site_folder is not None and not site_folder.is_dir():
        message = f"the rules folder does not exist: {site_folder}"
        raise RulesError(message)
    own = f"{LANGUAGES}/{language}.toml"
    patterns = ("patterns/*.toml", f"patterns/{language}/*.toml")
    files = dict(_files(folders, ("policy/*.toml", *patterns, own)))
    if own not in files:
        message = f"rules/{own} is missing: the language is not known"
        raise RulesError(message)
    languages = dict.fromkeys((COMMON, language))
    lists = list(_files(folders, (f"lists/{one}/*.txt" for one in languages)))
    together = list(_files(folders, (FILE_NAME,)))
    digest = hashlib.sha256()
    for name, path in (*sorted(files.items()), *lists, *together):
        digest.update(f"{name}\0".encode() + path.read_bytes())
    spoken = read_language(files[own])
    return Rulebook(
        language=spoken,
        folders=folders,
        policy=spoken.spoken(_policy(files)),
        patterns=tuple(_patterns(files)),
        lists=_words_of(lists),
        combinations=read_combinations(path for _, path in together),
        digest=digest.hexdigest(),
    )


def load_languages(*, site_folder: Path | None = None) -> Mapping[str, LanguageRules]:
    """Every language that has a file, by its code. Raises `RulesError`."""
    folders = (_PACKAGED,) if site_folder is None else (_PACKAGED, site_folder)
    files = dict(_files(folders, (f"{LANGUAGES}/*.toml",)))
    return {path.stem: read_language(path) for _, path in sorted(files.items())}


def load_words(name: str, *, site_folder: Path | None = None) -> dict[str, frozenset[str]]:
    """The list `name` of every language that has one, by language code."""
    words: dict[str, frozenset[str]] = {}
    folders = (_PACKAGED,) if site_folder is None else (_PACKAGED, site_folder)
    for _, path in _files(folders, (f"lists/*/{name}.txt",)):
        language = path.parent.name
        words[language] = read_word_list(path).over(words.get(language, frozenset()))
    return words


def list_warnings(site_folder: Path) -> tuple[str, ...]:
    """What a site's word lists say in vain; each names file and line. Raises `RulesError`."""
    return tuple(word_list_warnings(_PACKAGED, site_folder))


def _files(folders: Iterable[Path], wanted: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Name and path of every file, folder by folder: of two with one name ours comes first."""
    patterns = tuple(wanted)
    for folder in folders:
        for pattern in patterns:
            for path in sorted(folder.glob(pattern)):
                yield path.relative_to(folder).as_posix(), path


def _read_version(folders: Iterable[Path]) -> str:
    versions = [
        (folder / "VERSION").read_text("utf-8").strip()
        for folder in folders
        if (folder / "VERSION").exists()
    ]
    return "+".join(versions)


def _read_toml(name: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"rules/{name}: not valid TOML ({error})"
        raise RulesError(message) from None


def _policy(files: Mapping[str, Path]) -> Policy:
    name = "policy/strict.toml"
    if name not in files:
        message = f"rules/{name} is missing"
        raise RulesError(message)
    data = _read_toml(name, files[name])
    most_disguises = _most_disguises(name, data)
    rulings = {}
    for kind_name, entry in data.get("kinds", {}).items():
        kind = _kind(name, kind_name)
        rulings[kind] = _ruling(name, kind, entry)
    missing = [kind.value for kind in EntityKind if kind not in rulings]
    if missing:
        message = f"rules/{name}: no entry for {', '.join(missing)}; add a [kinds.…] table for each"
        raise RulesError(message)
    return Policy(
        policy_id=str(data.get("policy", "strict")),
        rulings=rulings,
        most_disguises=most_disguises,
    )


def _most_disguises(name: str, data: Mapping[str, Any]) -> int:
    most = data.get("most_disguises", MOST_DISGUISES)
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        message = f"rules/{name}: most_disguises must be a whole number, 0 or more, such as 20"
        raise RulesError(message)
    return most


def _kind(name: str, value: str) -> EntityKind:
    try:
        return EntityKind(value)
    except ValueError:
        message = f"rules/{name}: unknown kind {value!r}; known are {', '.join(EntityKind)}"
        raise RulesError(message) from None


def _ruling(name: str, kind: EntityKind, entry: Mapping[str, Any]) -> Ruling:
    unknown = set(entry) - _RULING_KEYS
    if unknown:
        message = f"rules/{name}: [kinds.{kind}] has unknown keys {sorted(unknown)}"
        raise RulesError(message)
    try:
        return Ruling(
            kind=kind,
            identifier_class=IdentifierClass(entry["class"]),
            action=TreatmentAction(entry["action"]),
            placeholder=str(entry["placeholder"]),
            mask_from=float(entry["mask_from"]),
            suggest_from=float(entry["suggest_from"]),
            reason=str(entry["reason"]),
            generalizer=entry.get("generalizer"),
        )
    except (KeyError, ValueError) as error:
        message = f"rules/{name}: [kinds.{kind}] is not valid: {error}"
        raise RulesError(message) from None


def _patterns(files: Mapping[str, Path]) -> Iterable[PatternRule]:
    for name, path in sorted(files.items()):
        if name.startswith("patterns/"):
            data = _read_toml(name, path)
            entries = data.get("pattern", [])
            is_table = isinstance(entries, list) and all(isinstance(one, dict) for one in entries)
            if set(data) - {"pattern"} or not is_table:
                # A typo such as [[patterns]] would leave a whole file of rules out, unnoticed.
                message = (
                    f"rules/{name}: there may be [[pattern]] tables only; "
                    "begin each pattern with that line"
                )
                raise RulesError(message)
            for entry in entries:
                yield _pattern(name, entry)


def _pattern(name: str, entry: dict[str, Any]) -> PatternRule:
    rule_id = str(entry.get("id", "without id"))
    known = {one.name for one in fields(PatternRule)} - {"rule_id"} | {"id"}
    unknown = set(entry) - known
    if unknown:
        message = f"rules/{name}: pattern {rule_id!r} has unknown keys {sorted(unknown)}"
        raise RulesError(message)
    try:
        check_syntax(entry["regex"])
        return PatternRule(
            rule_id=rule_id,
            kind=_kind(name, entry["kind"]),
            regex=entry["regex"],
            score=_score(entry["score"]),
            case_sensitive=bool(entry.get("case_sensitive", True)),
            capitals=bool(entry.get("capitals", False)),
            check=entry.get("check"),
            context=tuple(entry.get("context", ())),
            window=int(entry.get("window", 60)),
            match=tuple(entry.get("match", ())),
            miss=tuple(entry.get("miss", ())),
        )
    except (KeyError, ValueError, re2.error) as error:
        message = f"rules/{name}: pattern {rule_id!r} is not valid: {error}"
        raise RulesError(message) from None


def _score(value: str | float) -> float:
    score = float(value)
    if not 0.0 <= score <= 1.0:
        message = "score must be between 0 and 1"
        raise ValueError(message)
    return score


def _words_of(files: Iterable[tuple[str, Path]]) -> dict[str, frozenset[str]]:
    """The entries of every list by its name, those of a site over ours."""
    lists: dict[str, frozenset[str]] = {}
    for name, path in files:
        lists[path.stem] = read_word_list(path).over(lists.get(path.stem, frozenset()))
        if not lists[path.stem]:
            message = f"rules/{name}: no word is left in this list; keep at least one"
            raise RulesError(message)
    return lists
