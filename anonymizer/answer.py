r"""
The public JSON of a letter: what comes in and what goes out, for the CLI and HTTP alike.

In: `id`, `text`, and optionally `donor_number`, `writer_country`, `reader_country`, `language`,
`direction`, `known`. Out: status, holds, language, text, routing, findings, flags, combinations,
second_reading, versions.
Offsets are code points of the letter's text (NFC, `\n` line ends), the end exclusive. Error
messages name the field and never repeat its value.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from anonymizer.errors import UnreadableInput
from anonymizer.model import (
    MAX_CHARACTERS,
    Channel,
    Circumstances,
    Combination,
    ContentFlag,
    Direction,
    Draft,
    EntityKind,
    Hold,
    KnownIdentifier,
    Letter,
    Treatment,
)

FIELDS = frozenset(
    {
        "id",
        "text",
        "donor_number",
        "writer_country",
        "reader_country",
        "language",
        "direction",
        "known",
    }
)
_MAX_KNOWN = 200


def parse_request(
    data: Mapping[str, object], *, channel: Channel = Channel.API
) -> tuple[Letter, Circumstances]:
    """The letter and its circumstances. Raises `UnreadableInput` naming the field that is wrong."""
    unknown = set(data) - FIELDS
    if unknown:
        message = f"There are unknown fields. Known fields are: {', '.join(sorted(FIELDS))}."
        raise UnreadableInput(message)
    letter = Letter.from_text(
        _text(data, "id", limit=200, required=True) or "",
        _text(data, "text", limit=MAX_CHARACTERS, required=True) or "",
        direction=_direction(data),
        cover_number=_text(data, "donor_number", limit=60),
        channel=channel,
    )
    circumstances = Circumstances(
        writer_country=_code(data, "writer_country"),
        reader_country=_code(data, "reader_country"),
        language=_lower(_code(data, "language")),
        known_identifiers=tuple(_known(data)),
    )
    return letter, circumstances


def answer(draft: Draft) -> dict[str, Any]:
    """The draft as JSON-ready data. `text` is None when there is no redaction to show."""
    routing, language = draft.routing, draft.language
    return {
        "id": draft.letter.letter_id,
        "status": draft.status.value,
        "holds": holds_answer(draft.holds),
        "language": None
        if language is None
        else {
            "code": language.code,
            "confidence": language.confidence,
            "required": list(language.required),
            "admitted": language.admitted,
        },
        "text": None if draft.redaction is None else draft.redaction.text,
        "routing": None
        if routing is None
        else {
            "donor_number": routing.donor_number,
            "case_id": routing.case_id,
            "direction": routing.direction,
            "writer_country": routing.writer_country,
            "reader_country": routing.reader_country,
            "clinic_id": routing.clinic_id,
        },
        "findings": [_finding(one) for one in draft.treatments],
        "flags": [_flag(one) for one in draft.flags],
        "combinations": [_combination(one) for one in draft.combinations],
        "second_reading": [
            {"code": one.code, "reason": one.reason} for one in draft.second_reading
        ],
        "versions": dict(draft.versions),
    }


def holds_answer(holds: Iterable[Hold]) -> list[dict[str, str]]:
    """Holds as JSON-ready data."""
    return [{"stage": one.stage.value, "code": one.code, "reason": one.reason} for one in holds]


def _flag(flag: ContentFlag) -> dict[str, Any]:
    return {
        "kind": flag.kind.value,
        "start": None if flag.span is None else flag.span.start,
        "end": None if flag.span is None else flag.span.end,
        "reason": flag.reason,
    }


def _finding(treatment: Treatment) -> dict[str, Any]:
    finding = treatment.finding
    return {
        "start": finding.span.start,
        "end": finding.span.end,
        "kind": finding.kind.value,
        "class": treatment.identifier_class.value,
        "entity": finding.entity,
        "score": round(finding.score, 4),
        "recognizer": finding.recognizer,
        "treatment": treatment.action.value,
        "replacement": treatment.replacement,
    }


def _combination(combination: Combination) -> dict[str, Any]:
    return {
        "rule": combination.rule_id,
        "reason": combination.sentence,
        "passages": [
            {
                "start": one.span.start,
                "end": one.span.end,
                "kind": one.kind.value,
                "as_written": one.as_written,
            }
            for one in combination.passages
        ],
    }


def _text(
    data: Mapping[str, object], name: str, *, limit: int, required: bool = False
) -> str | None:
    value = data.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        message = f"The field {name!r} must be a text."
        raise UnreadableInput(message)
    if len(value) > limit:
        message = f"The field {name!r} is longer than {limit:,} characters."
        raise UnreadableInput(message)
    if "\x00" in value or any("\ud800" <= one <= "\udfff" for one in value):
        message = (
            f"The field {name!r} holds characters that are no text (NUL or half a surrogate pair)."
        )
        raise UnreadableInput(message)
    return value


def _code(data: Mapping[str, object], name: str) -> str | None:
    value = _text(data, name, limit=2)
    if value is None:
        return None
    if len(value) != 2 or not (value.isascii() and value.isalpha()):
        message = f"The field {name!r} must be a code of two letters."
        raise UnreadableInput(message)
    return value.upper()


def _lower(code: str | None) -> str | None:
    return None if code is None else code.lower()


def _direction(data: Mapping[str, object]) -> Direction | None:
    value = _text(data, "direction", limit=40)
    if value is None:
        return None
    try:
        return Direction(value)
    except ValueError:
        message = f"The field 'direction' must be one of: {', '.join(Direction)}."
        raise UnreadableInput(message) from None


def _known(data: Mapping[str, object]) -> Iterable[KnownIdentifier]:
    entries = data.get("known")
    if entries is None:
        return
    if not isinstance(entries, list) or len(entries) > _MAX_KNOWN:
        message = f"The field 'known' must be a list of at most {_MAX_KNOWN} entries."
        raise UnreadableInput(message)
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != {"kind", "value"}:
            message = "Each entry of 'known' must have a 'kind' and a 'value', and nothing else."
            raise UnreadableInput(message)
        kind = _text(entry, "kind", limit=40, required=True)
        if kind not in set(EntityKind):
            message = f"The 'kind' of an entry of 'known' must be one of: {', '.join(EntityKind)}."
            raise UnreadableInput(message)
        yield KnownIdentifier(
            kind=EntityKind(kind), value=_text(entry, "value", limit=500, required=True) or ""
        )
