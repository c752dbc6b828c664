"""
A draft as the document it would leave as: built from its text, and passed through the release gate.

What the gate objects to, and what cannot be shown in the format, holds the letter: then only the
bare text is written, for the person who looks at it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from anonymizer.errors import AnonymizerError
from anonymizer.model import Draft, DraftStatus, KnownIdentifier, OutgoingFormat, Stage

_DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A public answer and the bytes to be written; `is_plain` when they are not in its format."""

    answer: dict[str, object] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    is_plain: bool = False


def drafted(
    answer: dict[str, object], draft: Draft, form: OutgoingFormat, rules: Path | None
) -> Drafted:
    """The answer with its document, `rules` being the site's own folder of rules."""
    text = answer["text"]
    if not isinstance(text, str):
        return Drafted(answer=answer)
    if form is OutgoingFormat.TXT:
        return Drafted(answer=answer, content=text.encode())
    language = draft.language.code if draft.language is not None else None
    known = draft.routing.known_identifiers if draft.routing is not None else ()
    try:
        content, problems = _checked(text, form, rules, language or _DEFAULT_LANGUAGE, known)
    except AnonymizerError as error:
        content, problems = b"", [("not_printable", str(error))]
    if problems:
        return Drafted(answer=_held(answer, problems), content=text.encode(), is_plain=True)
    return Drafted(answer=answer, content=content)


def _checked(
    text: str,
    form: OutgoingFormat,
    rules: Path | None,
    language: str,
    known: tuple[KnownIdentifier, ...],
) -> tuple[bytes, list[tuple[str, str]]]:
    # Fonts and three PDF libraries: loaded when a document is asked for.
    from anonymizer.documents.out import (  # noqa: PLC0415
        build_letter,
        check_outgoing,
        load_template,
    )

    template = load_template(folder=rules)
    content = build_letter(text, form=form, template=template, language=language)
    problems = check_outgoing(content, text, known, form=form, template=template, language=language)
    return content, [(problem.code, problem.sentence) for problem in problems]


def _held(answer: dict[str, object], problems: Iterable[tuple[str, str]]) -> dict[str, object]:
    before = answer["holds"]
    holds = [
        {"stage": Stage.RELEASE.value, "code": code, "reason": reason} for code, reason in problems
    ]
    return answer | {
        "status": DraftStatus.HELD.value,
        "holds": [*(before if isinstance(before, list) else []), *holds],
    }
