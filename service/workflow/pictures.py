"""
Pictures that may go with a letter: what sort they are, what lets them go, what was approved.

Contract: pure. By default no picture goes. One goes when the rule of the exchange allows its sort
and a person approved these very bytes by hand.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anonymizer.exchange.fields import Answer, Gifts
from anonymizer.exchange.pair import Decided, PairRule
from anonymizer.model import Box

#: More boxes on one picture are a mistake.
MOST_BOXES = 200


class PictureSort(StrEnum):
    """What a picture is, as a person says: the rules ask about each in a field of its own."""

    PHOTO = "photo"
    DRAWING = "drawing"


#: What each sort is called in sentences, and the field of the rules that decides.
_NAMES = {
    PictureSort.PHOTO: ("photographs", "photos"),
    PictureSort.DRAWING: ("drawings and cards", "gifts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPicture:
    """
    A picture with its boxes, drawn anew; it goes with the letter once it is `approved_by` someone.

    `number` is that of its image among the file's, `words` what OCR reads in it: letter text.
    """

    number: int
    sort: PictureSort
    boxes: tuple[Box, ...]
    words: str = field(repr=False)
    media_type: str
    width: int
    height: int
    digest: str
    made_at: datetime
    made_by: str
    approved_at: datetime | None = None
    approved_by: str | None = None

    @property
    def goes(self) -> bool:
        """True when a person approved it."""
        return self.approved_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedPicture:
    """What the approval of a letter says of a picture: which one, and the SHA-256 of its bytes."""

    number: int
    digest: str


def picture_barrier(rule: PairRule | None, sort: PictureSort) -> str | None:
    """Why the rule of the exchange lets no picture of this sort go; None when it does."""
    if rule is None:
        return "It is not settled where this letter goes."
    name, key = _NAMES[sort]
    decided: Decided[Answer] | Decided[Gifts] = (
        rule.photos if sort is PictureSort.PHOTO else rule.gifts
    )
    if decided.value in {Answer.YES, Gifts.YES, Gifts.SMALL}:
        return None
    rows = ", ".join(map(str, decided.origins)) or "no row"
    return (
        f"The rules of the exchange do not let {name} go: “{key}” is “{decided.value}” in {rows}."
    )
