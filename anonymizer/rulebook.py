"""
The only reader of `rules/`: policies, patterns and word lists, validated and typed.

A site that keeps its own rules points `load_rulebook` at a folder of the same layout; files that
are there replace the packaged ones, files that are not are taken from the package. A file with a
typo or an unknown key raises `RulesError` naming the file, the entry and the remedy; nothing is
half loaded.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import re2

from anonymizer.errors import RulesError
from anonymizer.expression import expression
from anonymizer.model import EntityKind, IdentifierClass, Policy, Ruling, TreatmentAction

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
    of the match is needed. `match` and `miss` are the examples the rule is tested with.
    """

    rule_id: str
    kind: EntityKind
    regex: str
    score: float
    case_sensitive: bool = True
    check: str | None = None
    context: tuple[str, ...] = ()
    window: int = 60
    match: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All rules of one language, as loaded from `folders` (the later folder wins per file)."""

    language: str
    folders: tuple[Path, ...]
    policy: Policy
    patterns: tuple[PatternRule, ...]
    lists: Mapping[str, frozenset[str]]
    digest: str

    def words(self, name: str) -> frozenset[str]:
        """The entries of `lists/<language>/<name>.txt`, lower case. Raises `RulesError`."""
        try:
            return self.lists[name]
        except KeyError:
            message = f"rules/lists/{self.language}/{name}.txt is missing"
            raise RulesError(message) from None

    @cached_property
    def version(self) -> str:
        """Version of the rules and the digest of every file that was read."""
        return f"{_read_version(self.folders)}+{self.digest[:12]}"


def load_rulebook(language: str = "en", *, site_folder: Path | None = None) -> Rulebook:
    """Every rule for `language`; files below `site_folder` replace packaged ones of their name."""
    folders = (_PACKAGED,) if site_folder is None else (_PACKAGED, site_folder)
    if site_folder is not None and not site_folder.is_dir():
        message = f"the rules folder does not exist: {site_folder}"
        raise RulesError(message)
    files = _files(folders, language)
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0".encode() + path.read_bytes())
    return Rulebook(
        language=language,
        folders=folders,
        policy=_policy(files),
        patterns=tuple(_patterns(files)),
        lists=_lists(files, language),
        digest=digest.hexdigest(),
    )


def load_words(name: str, *, site_folder: Path | None = None) -> dict[str, frozenset[str]]:
    """The list `name` of every language that has one, by language code."""
    words: dict[str, frozenset[str]] = {}
    for folder in (_PACKAGED, *([site_folder] if site_folder else [])):
        for path in sorted(folder.glob(f"lists/*/{name}.txt")):
            words[path.parent.name] = _read_list(path)
    return words


def _files(folders: Iterable[Path], language: str) -> dict[str, Path]:
    wanted = ("policy/*.toml", "patterns/*.toml", f"lists/{language}/*.txt")
    return {
        path.relative_to(folder).as_posix(): path
        for folder in folders
        for pattern in wanted
        for path in sorted(folder.glob(pattern))
    }


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
    rulings = {}
    for kind_name, entry in data.get("kinds", {}).items():
        kind = _kind(name, kind_name)
        rulings[kind] = _ruling(name, kind, entry)
    missing = [kind.value for kind in EntityKind if kind not in rulings]
    if missing:
        message = f"rules/{name}: no entry for {', '.join(missing)}; add a [kinds.…] table for each"
        raise RulesError(message)
    return Policy(policy_id=str(data.get("policy", "strict")), rulings=rulings)


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
            for entry in _read_toml(name, path).get("pattern", []):
                yield _pattern(name, entry)


def _pattern(name: str, entry: dict[str, Any]) -> PatternRule:
    rule_id = str(entry.get("id", "without id"))
    known = {one.name for one in fields(PatternRule)} - {"rule_id"} | {"id"}
    unknown = set(entry) - known
    if unknown:
        message = f"rules/{name}: pattern {rule_id!r} has unknown keys {sorted(unknown)}"
        raise RulesError(message)
    try:
        expression(entry["regex"])
        return PatternRule(
            rule_id=rule_id,
            kind=_kind(name, entry["kind"]),
            regex=entry["regex"],
            score=float(entry["score"]),
            case_sensitive=bool(entry.get("case_sensitive", True)),
            check=entry.get("check"),
            context=tuple(entry.get("context", ())),
            window=int(entry.get("window", 60)),
            match=tuple(entry.get("match", ())),
            miss=tuple(entry.get("miss", ())),
        )
    except (KeyError, ValueError, re2.error) as error:
        message = f"rules/{name}: pattern {rule_id!r} is not valid: {error}"
        raise RulesError(message) from None


def _lists(files: Mapping[str, Path], language: str) -> dict[str, frozenset[str]]:
    prefix = f"lists/{language}/"
    return {
        name.removeprefix(prefix).removesuffix(".txt"): _read_list(path)
        for name, path in files.items()
        if name.startswith(prefix)
    }


def _read_list(path: Path) -> frozenset[str]:
    """One entry per line, `#` starts a comment; everything in lower case."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        message = f"rules/lists/{path.parent.name}/{path.name}: not UTF-8; save it as UTF-8"
        raise RulesError(message) from None
    entries = (line.split("#", 1)[0].strip().lower() for line in lines)
    return frozenset(entry for entry in entries if entry)
