"""What comes out: the outgoing text with its changes, what is still open, and the whole draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anonymizer.model.case import Routing
from anonymizer.model.combination import Combination
from anonymizer.model.finding import LanguageVerdict
from anonymizer.model.kinds import ContentFlagKind, DraftStatus, EntityKind, Stage
from anonymizer.model.letter import Letter, Span, text_digest
from anonymizer.model.policy import Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One change: `source` in the letter became `target` in the outgoing text."""

    source: Span
    target: Span
    original: str = field(repr=False)
    replacement: str
    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A sign at `source` in the letter that nobody sees; `sent` (or nothing) is at `target`."""

    source: int
    target: int
    original: str = field(repr=False)
    sent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """The outgoing text and the changes that lead to it; undoing them gives the letter back."""

    text: str = field(repr=False)
    replacements: tuple[Replacement, ...]
    unsent: tuple[Unsent, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the outgoing text, in hex: what an approval is bound to."""
        return text_digest(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """An original that is still readable in the outgoing text at `span` (of the outgoing text)."""

    span: Span
    kind: EntityKind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """
    A stage stops and asks a person.

    `reason` is a sentence for a proofreader, without letter text.
    """

    stage: Stage
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFlag:
    """A passage that a proofreader should read with care; not about anonymity."""

    kind: ContentFlagKind
    span: Span | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """
    Why two people have to read a letter, each on their own.

    `reason` is a sentence for a proofreader, without letter text.
    """

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What the machine proposes for one letter. Never a release: a person decides.

    When `holds` is not empty the letter waits for a person; `redaction` may still be there to
    help that person, but nothing may be sent from it.
    """

    letter: Letter
    status: DraftStatus
    routing: Routing | None
    language: LanguageVerdict | None
    treatments: tuple[Treatment, ...]
    redaction: Redaction | None
    residuals: tuple[Residual, ...] = ()
    holds: tuple[Hold, ...] = ()
    flags: tuple[ContentFlag, ...] = ()
    combinations: tuple[Combination, ...] = ()
    second_reading: tuple[SecondReading, ...] = ()
    """Why the machine asks for a second reader; nothing when it does not."""
    versions: Mapping[str, str] = field(default_factory=dict)
