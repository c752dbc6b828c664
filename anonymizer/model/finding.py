"""What is found in a letter: identity by a recogniser, languages by the gate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from anonymizer.model.kinds import EntityKind
from anonymizer.model.letter import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    A passage a recogniser points at.

    `score` is between 0 and 1. `entity` groups the findings that name the same person or place
    (an opaque key, "PERSON-1"); `evidence` lists the ids of rules, never text.
    """

    span: Span
    kind: EntityKind
    score: float
    recognizer: str
    entity: str | None = None
    evidence: tuple[str, ...] = ()


class Recognizer(Protocol):
    """Something that finds identity in a letter."""

    @property
    def recognizer_id(self) -> str:
        """A stable name, as it stands in the audit trail."""
        ...

    def find(self, text: str) -> Iterable[Finding]:
        """Every finding in `text`, as spans of it. Raises rather than return a partial answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguagePassage:
    """The language of one passage of the letter; `code` is ISO 639-1, or None where undecidable."""

    span: Span
    code: str | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageVerdict:
    """
    Which language the letter is in, and whether that is admitted.

    `required` lists the codes the exchange admits; empty means any language with a model.
    """

    code: str | None
    confidence: float
    required: tuple[str, ...]
    admitted: bool
    passages: tuple[LanguagePassage, ...] = ()

    @property
    def taken_for(self) -> str | None:
        """The language to draft in; of a letter too short to tell, the only one it may be in."""
        only = self.required[0] if len(self.required) == 1 else None
        return self.code or only
