"""The letter as every stage sees it, its one normal form, and places in its text."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from anonymizer.model.kinds import Channel, Direction

#: The longest letter that is read; far above any letter, far below what would stop a worker.
MAX_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A passage of the letter: code points `start` (inclusive) to `end` (exclusive)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            message = f"not a span: {self.start}..{self.end}"
            raise ValueError(message)

    def overlaps(self, other: "Span") -> bool:
        """True when both spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """True when `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    r"""
    A letter as plain text, the way every stage sees it.

    `text` is NFC with `\n` line ends; make one with `Letter.from_text`, which does both.
    """

    letter_id: str
    text: str = field(repr=False)
    direction: Direction | None = None
    cover_number: str | None = field(default=None, repr=False)
    channel: Channel = Channel.FILE
    received_at: datetime | None = None

    @classmethod
    def from_text(
        cls,
        letter_id: str,
        text: str,
        *,
        direction: Direction | None = None,
        cover_number: str | None = None,
        channel: Channel = Channel.FILE,
        received_at: datetime | None = None,
    ) -> "Letter":
        r"""A letter from any text: line ends become `\n`, the text NFC."""
        return cls(
            letter_id=letter_id,
            text=normalize_text(text),
            direction=direction,
            cover_number=cover_number,
            channel=channel,
            received_at=received_at,
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex: what a decision is bound to."""
        return text_digest(self.text)


def normalize_text(text: str) -> str:
    r"""The one form of a letter's text: `\n` line ends and Unicode NFC."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes of `text`, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
