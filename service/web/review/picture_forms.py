"""The forms about pictures as typed values: boxes as rows of four numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from anonymizer.model import Box
from service.web.review.desk_forms import Version
from service.workflow.errors import BadRequest
from service.workflow.pictures import MOST_BOXES, OutgoingPicture, PictureSort

#: Rows that are free for further boxes.
_FREE_ROWS = 4
_LONGEST_NUMBER = 6

Numbers = Annotated[list[str] | None, Form()]


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """What sort of picture it is, and the boxes; a row that is empty is none."""

    version: Version
    sort: Annotated[str, Form()] = ""
    left: Numbers = None
    top: Numbers = None
    width: Numbers = None
    height: Numbers = None

    @property
    def chosen_sort(self) -> PictureSort:
        """The sort that was chosen, or `BadRequest`."""
        if self.sort not in set(PictureSort):
            message = "Say whether it is a photograph or a drawing."
            raise BadRequest(message)
        return PictureSort(self.sort)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes, or `BadRequest` with the row that is wrong."""
        return tuple(self._boxes())

    def _boxes(self) -> Iterator[Box]:
        columns = [column or [] for column in (self.left, self.top, self.width, self.height)]
        if len({len(column) for column in columns}) != 1 or len(columns[0]) > 2 * MOST_BOXES:
            raise BadRequest
        for number, row in enumerate(zip(*columns, strict=True), start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not all(cell.isascii() and cell.isdigit() for cell in cells) or any(
                len(cell) > _LONGEST_NUMBER for cell in cells
            ):
                message = f"Box {number} needs four whole numbers: left, top, width and height."
                raise BadRequest(message)
            left, top, width, height = map(int, cells)
            yield Box(left=left, top=top, right=left + width, bottom=top + height)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The picture that may go, by the digest that was on the screen."""

    version: Version
    digest: Annotated[str, Form(pattern="^[0-9a-f]{64}$")]
    looked: Annotated[bool, Form()] = False


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """A picture that stays here."""

    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """A row of the form; empty cells where there is no box yet."""

    left: int | str = ""
    top: int | str = ""
    width: int | str = ""
    height: int | str = ""


def rows_of(made: OutgoingPicture | None) -> tuple[BoxRow, ...]:
    """The boxes of a picture as rows, and some empty ones."""
    boxes = made.boxes if made else ()
    rows = tuple(
        BoxRow(left=one.left, top=one.top, width=one.right - one.left, height=one.bottom - one.top)
        for one in boxes
    )
    return (*rows, *(BoxRow(),) * min(_FREE_ROWS, MOST_BOXES - len(rows)))
