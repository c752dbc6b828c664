"""
What the store keeps of a draft and of a proof; pure records between store and actions.

A `MachineDraft` is what the machine proposed and never changes. A `Proof` is the letter as it
stands after a person's corrections: the text that would leave, and the marks it comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anonymizer.model import (
    ContentFlag,
    ContentFlagKind,
    Direction,
    Draft,
    Hold,
    LanguageVerdict,
    OutgoingFormat,
    Redaction,
    Replacement,
    Residual,
    Routing,
    SecondReading,
    Treatment,
    TreatmentAction,
    Unsent,
)
from service.workflow.corrections import Mark, machine_marks, open_suggestions
from service.workflow.pictures import ApprovedPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDraft:
    """A `Draft` without the letter's text, which is kept once, with the letter."""

    routing: Routing | None = field(repr=False)
    language: LanguageVerdict | None
    treatments: tuple[Treatment, ...] = field(repr=False)
    holds: tuple[Hold, ...]
    flags: tuple[ContentFlag, ...]
    versions: Mapping[str, str]
    second_reading: tuple[SecondReading, ...] = ()
    """Why the machine asks for a second reader."""

    @classmethod
    def of(cls, draft: Draft) -> "MachineDraft":
        """What is kept of a draft."""
        return cls(
            routing=draft.routing,
            language=draft.language,
            treatments=draft.treatments,
            holds=draft.holds,
            flags=draft.flags,
            versions=dict(draft.versions),
            second_reading=draft.second_reading,
        )

    @property
    def suggestions(self) -> int:
        """How many passages the machine left to a person."""
        return sum(1 for one in self.treatments if one.action is TreatmentAction.SUGGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The marks as a person left them, and the outgoing text they lead to."""

    marks: tuple[Mark, ...] = field(repr=False)
    outgoing: str = field(repr=False)
    replacements: tuple[Replacement, ...] = field(repr=False)
    residuals: tuple[Residual, ...]
    digest: str
    unsent: tuple[Unsent, ...] = ()
    """The signs of the letter that nobody sees and that do not go out."""

    @classmethod
    def of(
        cls, marks: tuple[Mark, ...], redaction: Redaction, residuals: tuple[Residual, ...]
    ) -> "Proof":
        """The proof of one redaction."""
        return cls(
            marks=marks,
            outgoing=redaction.text,
            replacements=redaction.replacements,
            residuals=residuals,
            digest=redaction.digest,
            unsent=redaction.unsent,
        )

    @classmethod
    def of_draft(cls, draft: Draft) -> "Proof | None":
        """The proof before any correction; None when the machine has no outgoing text."""
        if draft.redaction is None:
            return None
        return cls.of(machine_marks(draft.treatments), draft.redaction, draft.residuals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the queue shows of a letter without reading it."""

    words: int = 0
    findings: int = 0
    open_suggestions: int = 0
    residuals: int = 0
    language: str | None = None
    writer_country: str | None = None
    reader_country: str | None = None
    flags: tuple[ContentFlagKind, ...] = ()
    number_masked: str | None = None

    @classmethod
    def of(cls, text: str | None, draft: MachineDraft | None, proof: Proof | None) -> "Summary":
        """The summary of a letter as it stands."""
        routing = draft.routing if draft else None
        return cls(
            words=len((text or "").split()),
            findings=len(proof.marks) if proof else 0,
            open_suggestions=open_suggestions(proof.marks) if proof else 0,
            residuals=len(proof.residuals) if proof else 0,
            language=draft.language.code if draft and draft.language else None,
            writer_country=routing.writer_country if routing else None,
            reader_country=routing.reader_country if routing else None,
            flags=tuple(dict.fromkeys(flag.kind for flag in draft.flags)) if draft else (),
            number_masked=masked(routing.donor_number) if routing else None,
        )


def masked(number: str | None) -> str | None:
    """The end of a donor number: enough to tell letters apart, not enough to look somebody up."""
    if not number:
        return None
    return f"…{number[-3:]}" if len(number) > 6 else "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's decision, bound to the very text and to one recipient."""

    approval_id: str
    letter_id: str
    digest: str
    text: str = field(repr=False)
    case_id: str
    donor_number: str = field(repr=False)
    recipient_id: str
    direction: Direction
    person_id: str
    rules_digest: str
    """The digest of the rules of the exchange by which the letter might go."""
    pictures: tuple[ApprovedPicture, ...] = ()
    """What goes with the letter, by the digests of the bytes that were seen."""
    form: OutgoingFormat | None = None
    """The format that was chosen for this letter; None: that of the site."""
    endpoint_version: int = 0
    """By which version of the directory the recipient was to be reached; 0 is the site's folder."""
    endpoint_digest: str = ""
    """The digest of that entry; empty where the directory was not asked yet."""
    first_reader_id: str | None = None
    """Who read the letter first, where two people had to."""
    second_reader_id: str | None = None
    """Who read it after them, on their own; `person_id` is who settled what differed."""
