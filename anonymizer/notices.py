"""
What writers are told about their letters: texts as data, filled in and nothing more.

Contract: `load_notice_templates` reads `templates/notices/<language>.toml`, ours and over it the
site's, text by text; a mistake raises `BadNotices` naming file, entry and remedy, and nothing is
half loaded. `write_notice` is pure. It is told kinds and counts only, so no notice can repeat a
letter. The texts are `string.Template`: whoever edits them needs no programming, they can compute
and reach nothing, and which placeholders they name can be checked before the first letter.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from pathlib import Path
from string import Template
from types import MappingProxyType

from anonymizer.errors import RulesError
from anonymizer.exchange.codes import LANGUAGE_CODES
from anonymizer.language_names import language_name
from anonymizer.model import ContentFlagKind, EntityKind, Replacement

_PACKAGED = Path(str(resources.files("rules")))
_FOLDER = Path("templates") / "notices"
#: Who writes another language is told in this one.
FALLBACK = "en"


class NoticeKind(StrEnum):
    """What a writer is told: the letter came, went on, or comes back for a reason."""

    RECEIVED = "received"
    PASSED_ON = "passed_on"
    RETURNED_LANGUAGE = "returned_language"
    RETURNED_BEFORE_DONATION = "returned_before_donation"
    RETURNED_NOT_ALLOWED = "returned_not_allowed"
    RETURNED_TOO_MANY = "returned_too_many"
    RETURNED_WINDOW_OVER = "returned_window_over"
    RETURNED_UNREADABLE = "returned_unreadable"
    RETURNED_NO_NUMBER = "returned_no_number"
    RETURNED_CONTENT = "returned_content"


#: Kinds of a letter that comes back, in the order in which a person is offered them.
RETURN_KINDS = tuple(kind for kind in NoticeKind if kind.startswith("returned_"))

#: The placeholders that a text may name; texts that are not here have none.
_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    NoticeKind.PASSED_ON: frozenset({"changes"}),
    NoticeKind.RETURNED_LANGUAGE: frozenset({"language"}),
    NoticeKind.RETURNED_CONTENT: frozenset({"content"}),
    "one": frozenset({"list"}),
    "several": frozenset({"list"}),
}
_SECTIONS = ("texts", "changes", "content", "languages")
_CHANGES = ("none", "one", "several", "and")
_OTHER = "other"


class BadNotices(RulesError):
    """A file with texts for writers is not valid. Nothing of it was used."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems: tuple[str, ...] = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """
    What a notice may tell: how often each kind was changed, what was pointed out in the letter, and
    the languages it has to be in (ISO 639-1).
    """

    changed: Mapping[EntityKind, int] = field(default_factory=dict)
    flags: tuple[ContentFlagKind, ...] = ()
    languages: tuple[str, ...] = (FALLBACK,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTexts:
    """The texts of one language; `kinds` has the words for one and for several of a kind."""

    texts: Mapping[NoticeKind, str]
    changes: Mapping[str, str]
    numbers: tuple[str, ...]
    kinds: Mapping[EntityKind, tuple[str, str]]
    content: Mapping[str, str]
    languages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTemplates:
    """The texts of every language by its code, and the digest of the files they are from."""

    by_language: Mapping[str, NoticeTexts]
    digest: str

    def language_for(self, *codes: str | None) -> str:
        """The first of these languages that there are texts in; English where there are none."""
        told = [code for code in codes if code is not None]
        return next((code for code in told if code in self.by_language), FALLBACK)


def write_notice(
    templates: NoticeTemplates, kind: NoticeKind, language: str, facts: NoticeFacts
) -> str:
    """The notice in this language, which is one of `templates.by_language`."""
    texts = templates.by_language[language]
    written = Template(texts.texts[kind]).substitute(
        changes=_changes(texts, facts.changed),
        content=_content(texts, facts.flags),
        language=_languages(texts, facts.languages),
    )
    return written.strip() + "\n"


def changed_kinds(replacements: Iterable[Replacement]) -> dict[EntityKind, int]:
    """How many different things of each kind were changed: a name that stands twice is one."""
    different = {(one.kind, one.original.casefold()) for one in replacements}
    kinds = [kind for kind, _ in different]
    return {kind: kinds.count(kind) for kind in EntityKind if kind in kinds}


def load_notice_templates(*, site_folder: Path | None = None) -> NoticeTemplates:
    """Our texts with those of a site's rules folder over them. Raises `BadNotices`."""
    digest = hashlib.sha256()
    tables: dict[str, dict[str, dict[str, object]]] = {}
    names: dict[str, str] = {}
    problems: list[str] = []
    for name, path in _files(site_folder):
        content = path.read_bytes()
        digest.update(f"{name}\0".encode() + content)
        try:
            table = _table(content, name)
        except BadNotices as error:
            problems += error.problems
            continue
        tables[path.stem] = _over(tables.get(path.stem, {}), table)
        names[path.stem] = name
    problems += [
        f"{names[language]}: {problem}"
        for language, table in tables.items()
        for problem in _problems(language, table)
    ]
    if problems:
        raise BadNotices(problems)
    by_language = {language: _texts(table) for language, table in tables.items()}
    return NoticeTemplates(by_language=MappingProxyType(by_language), digest=digest.hexdigest())


def _changes(texts: NoticeTexts, changed: Mapping[EntityKind, int]) -> str:
    """The kinds that were changed, in words; kinds with the same words are counted together."""
    counts: dict[tuple[str, str], int] = {}
    for kind in EntityKind:
        if changed.get(kind, 0) > 0:
            counts[texts.kinds[kind]] = counts.get(texts.kinds[kind], 0) + changed[kind]
    if not counts:
        return texts.changes["none"]
    listed = [_counted(texts, words, count) for words, count in counts.items()]
    key = "one" if list(counts.values()) == [1] else "several"
    whole = f" {texts.changes['and']} ".join(
        [", ".join(listed[:-1]), listed[-1]] if listed[1:] else listed
    )
    return Template(texts.changes[key]).substitute(list=whole)


def _counted(texts: NoticeTexts, words: tuple[str, str], count: int) -> str:
    if count == 1:
        return words[0]
    number = texts.numbers[count - 2] if count - 2 < len(texts.numbers) else str(count)
    return Template(words[1]).substitute(count=number)


def _content(texts: NoticeTexts, flags: Iterable[ContentFlagKind]) -> str:
    told = [texts.content[flag] for flag in dict.fromkeys(flags) if flag in texts.content]
    return "; ".join(told) or texts.content[_OTHER]


def _languages(texts: NoticeTexts, codes: Iterable[str]) -> str:
    return ", ".join(texts.languages.get(code, language_name(code)) for code in codes)


def _files(site_folder: Path | None) -> Iterator[tuple[str, Path]]:
    """Name and path of every file; of two for one language ours comes first."""
    for folder in (_PACKAGED, site_folder):
        if folder is not None:
            top = "rules" if folder == _PACKAGED else folder.name
            for path in sorted((folder / _FOLDER).glob("*.toml")):
                yield f"{top}/{_FOLDER.as_posix()}/{path.name}", path


def _table(content: bytes, name: str) -> dict[str, dict[str, object]]:
    """A file's sections. Raises `BadNotices`."""
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadNotices([f"{name}: not UTF-8; save it as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadNotices([f"{name}: not valid TOML: {error}"]) from None
    odd = [key for key, value in table.items() if key not in _SECTIONS or _no_table(value)]
    if odd:
        known = ", ".join(f"[{section}]" for section in _SECTIONS)
        raise BadNotices([f"{name}: unknown entry {key!r}; known are {known}" for key in odd])
    return table


def _no_table(value: object) -> bool:
    return not isinstance(value, dict)


def _over(
    ours: Mapping[str, Mapping[str, object]], site: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, object]]:
    """Each section with the site's entries in place of ours; the words for kinds one by one."""
    merged = {key: {**ours.get(key, {}), **site.get(key, {})} for key in _SECTIONS}
    kinds = [part.get("changes", {}).get("kinds", {}) for part in (ours, site)]
    if all(isinstance(one, dict) for one in kinds):
        merged["changes"]["kinds"] = {**kinds[0], **kinds[1]}  # type: ignore[dict-item]  # just asked
    return merged


def _problems(language: str, table: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    if language not in LANGUAGE_CODES:
        yield f"{language!r} is no language; name the file by its code (ISO 639-1) such as de.toml"
    yield from _problems_of_texts("texts", table["texts"], tuple(NoticeKind))
    changes = {key: value for key, value in table["changes"].items() if key in _CHANGES}
    yield from _problems_of_texts("changes", changes, _CHANGES)
    for key in table["changes"]:
        if key not in {*_CHANGES, "numbers", "kinds"}:
            yield f"[changes] unknown key {key!r}; known are {', '.join(_CHANGES)}, numbers, kinds"
    if _strings(table["changes"].get("numbers", [])) is None:
        yield '[changes] numbers is not a list of words such as ["two", "three"]'
    yield from _problems_of_kinds(table["changes"].get("kinds", {}))
    yield from _problems_of_words("content", table["content"], (_OTHER, *ContentFlagKind))
    if _OTHER not in table["content"]:
        yield f"[content] {_OTHER} is missing; add it, it stands where nothing else fits"
    yield from _problems_of_words("languages", table["languages"], sorted(LANGUAGE_CODES))


def _problems_of_texts(
    section: str, entries: Mapping[str, object], wanted: Sequence[str]
) -> Iterator[str]:
    for key in wanted:
        if key not in entries:
            yield f"[{section}] {key} is missing; add it"
    yield from _problems_of_words(section, entries, wanted)
    for key, value in entries.items():
        if isinstance(value, str) and key in wanted:
            problem = _problem_of_template(value, _PLACEHOLDERS.get(key, frozenset()))
            if problem:
                yield f"[{section}] {key}: {problem}"


def _problems_of_words(
    section: str, entries: Mapping[str, object], known: Sequence[str]
) -> Iterator[str]:
    for key, value in entries.items():
        if key not in known:
            told = ", ".join(known) if len(known) < 20 else "codes of ISO 639-1"
            yield f"[{section}] unknown key {key!r}; known are {told}"
        elif not isinstance(value, str) or not value.strip():
            yield f"[{section}] {key} is not a text in quotes; write one"


def _problems_of_kinds(kinds: object) -> Iterator[str]:
    if not isinstance(kinds, dict):
        yield "[changes.kinds] is not a table; write KIND = [one, several] below it"
        return
    for key, value in kinds.items():
        words = _strings(value)
        if key not in set(EntityKind):
            yield f"[changes.kinds] unknown kind {key!r}; known are {', '.join(EntityKind)}"
        elif words is None or len(words) != 2:
            yield f'[changes.kinds] {key} is not a pair such as ["a name", "$count names"]'
        elif problem := _problem_of_template(words[1], frozenset({"count"})):
            yield f"[changes.kinds] {key}: {problem}"
    missing = [kind for kind in EntityKind if kind not in kinds]
    if missing:
        yield f"[changes.kinds] no words for {', '.join(missing)}; add a line for each"


def _problem_of_template(text: str, allowed: frozenset[str]) -> str | None:
    template = Template(text)
    if not template.is_valid():
        return "a $ without a placeholder's name; for a dollar sign write $$"
    unknown = [name for name in template.get_identifiers() if name not in allowed]
    if not unknown:
        return None
    may = ", ".join(f"${name}" for name in sorted(allowed)) or "no placeholder"
    return f"unknown placeholder ${unknown[0]}; here may stand {may}"


def _strings(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    words = tuple(word for word in value if isinstance(word, str) and word.strip())
    return words if len(words) == len(value) else None


def _texts(table: Mapping[str, Mapping[str, object]]) -> NoticeTexts:
    """The texts of a table without problems."""
    changes = table["changes"]
    kinds = changes["kinds"]
    numbers = _strings(changes.get("numbers", [])) or ()
    pairs = {EntityKind(key): _strings(value) or () for key, value in dict(kinds).items()}  # type: ignore[call-overload]  # checked
    return NoticeTexts(
        texts={NoticeKind(key): str(value) for key, value in table["texts"].items()},
        changes={key: str(changes[key]) for key in _CHANGES},
        numbers=numbers,
        kinds={kind: (pair[0], pair[1]) for kind, pair in pairs.items()},
        content={key: str(value) for key, value in table["content"].items()},
        languages={key: str(value) for key, value in table["languages"].items()},
    )
