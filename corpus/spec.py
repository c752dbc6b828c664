"""
The executable specification: small cases per kind, each a promise the pipeline keeps.

`corpus/spec/KIND.toml`, and `corpus/spec/LANGUAGE/NAME.toml` for other languages than English, hold
`[[case]]` tables; `known_failures.toml` lists, by id, the promises
not kept yet. Marks inside a case must be found at its tier, and nothing outside them masked.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from anonymizer.model import EntityKind, KnownIdentifier
from corpus.errors import CorpusError
from corpus.gold import Mark, check_marks
from corpus.markup import parse_markup
from corpus.score import Outcome, TextScore

SPEC_FOLDER = Path(__file__).parent / "spec"
KNOWN_FAILURES = "known_failures.toml"
_CASE_KEYS = frozenset({"id", "says", "text", "tier", "writer_country", "reader_country", "known"})


class Tier(StrEnum):
    """What has to happen to a mark: taken out, or at least pointed at."""

    MASKED = "masked"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecCase:
    """One promise. A case without marks promises that its text survives."""

    case_id: str
    says: str = field(repr=False)
    text: str = field(repr=False)
    marks: tuple[Mark, ...]
    tier: Tier = Tier.MASKED
    writer_country: str = "GB"
    reader_country: str = "US"
    known: tuple[KnownIdentifier, ...] = field(default=(), repr=False)


def load_spec(folder: Path = SPEC_FOLDER) -> tuple[SpecCase, ...]:
    """Every case of every file, in order of file name; an id used twice is an error."""
    cases: dict[str, SpecCase] = {}
    for path in sorted(folder.rglob("*.toml")):
        if path.name == KNOWN_FAILURES:
            continue
        for case in _load_file(path):
            if case.case_id in cases:
                message = f"{path.name}: the id {case.case_id} is used twice"
                raise CorpusError(message)
            cases[case.case_id] = case
    return tuple(cases.values())


def load_known_failures(folder: Path = SPEC_FOLDER) -> frozenset[str]:
    """The ids of the promises that are known not to be kept; an id of no case is an error."""
    path = folder / KNOWN_FAILURES
    if not path.exists():
        return frozenset()
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    failures = frozenset(str(entry) for entry in table.get("ids", []))
    if unknown := failures - {case.case_id for case in load_spec(folder)}:
        message = f"{path.name}: no such case: {', '.join(sorted(unknown))}"
        raise CorpusError(message)
    return failures


def render_known_failures(case_ids: Iterable[str]) -> str:
    """The content of `known_failures.toml` for these cases."""
    lines = "".join(f'  "{case_id}",\n' for case_id in sorted(case_ids))
    return (
        "# Promises that are not kept yet. The list is exact: kept ones must go.\n"
        f"ids = [\n{lines}]\n"
    )


def broken_promises(case: SpecCase, score: TextScore) -> tuple[str, ...]:
    """What a draft owes to the case; nothing when the promise is kept."""
    enough = {Outcome.MASKED}
    if case.tier is Tier.SUGGESTED:
        enough.add(Outcome.SUGGESTED)
    owed = [
        f"{mention.mark.kind} at {mention.mark.span.start} is {mention.outcome}"
        for mention in score.mentions
        if mention.outcome not in enough
    ]
    taken = [
        f"{mask.kind} at {mask.span.start} is masked for nothing" for mask in score.false_masks
    ]
    return (*owed, *taken)


def _load_file(path: Path) -> list[SpecCase]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        message = f"{path.name}: {error}"
        raise CorpusError(message) from error
    return [_read_case(path, entry) for entry in table.get("case", [])]


def _read_case(path: Path, entry: dict[str, str | list[dict[str, str]]]) -> SpecCase:
    where = f"{path.name}: case {entry.get('id', 'without id')}"
    if unread := set(entry) - _CASE_KEYS:
        message = f"{where}: unknown keys: {', '.join(sorted(unread))}"
        raise CorpusError(message)
    try:
        marked = parse_markup(str(entry["text"]))
        check_marks(marked.text, marked.marks)
        return SpecCase(
            case_id=str(entry["id"]),
            says=str(entry["says"]),
            text=marked.text,
            marks=marked.marks,
            tier=Tier(str(entry.get("tier", Tier.MASKED))),
            writer_country=str(entry.get("writer_country", "GB")),
            reader_country=str(entry.get("reader_country", "US")),
            known=tuple(
                KnownIdentifier(kind=EntityKind(known["kind"]), value=known["value"])
                for known in entry.get("known", [])
                if isinstance(known, dict)
            ),
        )
    except KeyError as error:
        message = f"{where}: the key {error} is missing"
        raise CorpusError(message) from error
    except ValueError as error:
        message = f"{where}: {error}"
        raise CorpusError(message) from error
