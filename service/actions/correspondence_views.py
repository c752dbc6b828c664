"""
What the pages see of a correspondence: frozen, typed views without letter text.

`NoticeView.text` is what the writer of a letter was told; it quotes no letter.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from anonymizer.model import Direction
from anonymizer.notices import NoticeKind
from service.actions.may_do import May
from service.workflow.states import LetterState
from service.workflow.writer_status import WriterStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """
    What a registry client may know about its letter: one of four words, and nothing of why.

    The moment of the last change is left out: it would tell when something about the other side
    has changed.
    """

    letter_id: str
    status: WriterStatus
    digest: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """What the writer of a letter was told; `made_by` is the name of a person or the service."""

    notice_id: str
    kind: NoticeKind
    language: str
    text: str = field(repr=False)
    made_at: datetime
    made_by: str
    given_out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLetter:
    """One letter of a case: where it is, since when, and what its writer was told."""

    letter_id: str
    direction: Direction | None
    state: LetterState
    received_at: datetime
    changed_at: datetime
    hold_reasons: tuple[str, ...]
    writer_status: WriterStatus
    notices: tuple[NoticeView, ...]
    receipt_at: datetime | None

    @property
    def waits(self) -> bool:
        """True while something is still to be done with the letter."""
        return self.state not in {LetterState.DISPATCHED, LetterState.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLetters:
    """How many letters of one side were passed on, of how many; `limit` None: no limit is known."""

    passed_on: int
    limit: int | None
    unlimited: bool

    @property
    def left(self) -> int | None:
        """How many more may go, or None where no limit is known."""
        return None if self.limit is None else max(0, self.limit - self.passed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """The correspondence of a case, both ways, the oldest letter first."""

    letters: tuple[ThreadLetter, ...]
    donor: SideLetters
    patient: SideLetters
    may_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release of identities, with the names of the people."""

    release_id: str
    reason: str = field(repr=False)
    proposed_at: datetime
    proposed_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    rules_digest: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None

    @property
    def open(self) -> bool:
        """True while a second person is asked."""
        return self.confirmed_at is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """Whether both sides may learn who the other is today, why not, and what was decided."""

    permitted: bool
    never: bool
    reasons: tuple[str, ...]
    signed: tuple[tuple[str, date | None, date | None], ...]
    """Side, day of the signature under the consent, day of the counselling."""
    needs_counselling: bool
    releases: tuple[ReleaseView, ...]
    may_propose: May
    may_confirm: May
    may_withdraw: May

    @property
    def open(self) -> ReleaseView | None:
        """The proposal that a second person is asked about."""
        return next((one for one in self.releases if one.open), None)

    @property
    def confirmed(self) -> ReleaseView | None:
        """The release that holds."""
        return next((one for one in self.releases if one.confirmed_at is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateItem:
    """A letter that waits too long, or that is kept because its reader wants none."""

    letter_id: str
    state: LetterState
    changed_at: datetime
    direction: Direction | None
    case_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    """
    Everything for sending a letter back: the reason that fits and the text for its writer.

    `suggested` is the reason that the holds of the letter name.
    """

    letter_id: str
    version: int
    state: LetterState
    kind: NoticeKind
    suggested: NoticeKind
    language: str
    languages: tuple[str, ...]
    text: str = field(repr=False)
    may: May


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    """The notices of one letter, and which are due and not made yet."""

    letter_id: str
    status: WriterStatus
    notices: tuple[NoticeView, ...]
    due: tuple[NoticeKind, ...]
    by_registry: bool
    """True when a registry client fetches the notices of this letter itself."""
