"""
A picture of the file that a person lets go with the letter: boxes, a look at it, approval by hand.

Contract: no picture goes by itself. What is approved are the bytes that were shown, by their
digest; they are drawn in a child process from the image that was drawn when the file was read.
"""

import hashlib
from dataclasses import dataclass, field

from anonymizer.documents import redraw_in_child
from anonymizer.errors import Unreadable
from anonymizer.model import Box, Reading
from service.actions.desk import Desk
from service.actions.filing import scan_languages
from service.actions.may_do import May
from service.actions.opened import OpenedLetter, letter_event, read_letter, read_letter_as_seen
from service.actions.picture_rules import barrier, picture_objections
from service.actions.reading import VISIT
from service.store.audit import append_first
from service.store.pictures import (
    approve_stored_picture,
    drop_picture,
    find_picture_content,
    save_picture,
)
from service.store.readings import find_page_image
from service.workflow.audit import AuditAction
from service.workflow.documents import ListedPicture, PageImage
from service.workflow.errors import BadRequest, NotFound, NotReady, ServiceError, StaleVersion
from service.workflow.gates import check_choose_picture
from service.workflow.people import Person, check_may_read_letters
from service.workflow.pictures import (
    MOST_BOXES,
    OutgoingPicture,
    PictureSort,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePage:
    """A picture for the person who decides about it; `made` is the one that may go."""

    letter_id: str
    version: int
    listed: ListedPicture
    made: OutgoingPicture | None = field(repr=False)
    objections: tuple[str, ...]
    """Why the one that was made may not go."""
    barriers: dict[PictureSort, str | None]
    may: May


def open_picture(desk: Desk, person: Person, *, letter_id: str, number: int) -> PicturePage:
    """The picture and what became of it, for those who may read letters."""
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        opened = read_letter(tx.connection, letter_id)
        listed = _listed(opened, number)
        event = letter_event(desk, person, AuditAction.LETTER_OPENED, letter_id)
        append_first(tx, event=event, within=VISIT)
        made = _made(opened, number)
        content = find_picture_content(tx.connection, letter_id, number) if made else b""
    barriers = {sort: barrier(desk, opened, sort) for sort in PictureSort}
    return PicturePage(
        letter_id=letter_id,
        version=opened.row.version,
        listed=listed,
        made=made,
        objections=_objections(desk, opened, made, content) if made else (),
        barriers=barriers,
        may=_may(desk, person, opened),
    )


def make_picture(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    number: int,
    sort: PictureSort,
    boxes: tuple[Box, ...],
) -> int:
    """Draw the picture with its boxes, to be looked at; returns the letter's new version."""
    if len(boxes) > MOST_BOXES:
        message = f"There are more than {MOST_BOXES} boxes."
        raise BadRequest(message)
    with desk.database.reading() as connection:
        opened = read_letter_as_seen(connection, letter_id, version)
        _check(desk, person, opened, sort)
        _listed(opened, number)
        image = find_page_image(connection, letter_id, number)
    # outside of any transaction: it takes seconds
    drawn = _redrawn(desk, opened, image, boxes)
    (picture,) = drawn.pictures
    digest = hashlib.sha256(picture.content).hexdigest()
    made = OutgoingPicture(
        number=number,
        sort=sort,
        boxes=boxes,
        words=drawn.text.replace("\x00", ""),
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        digest=digest,
        made_at=desk.now(),
        made_by=person.person_id,
    )
    details = {"number": number, "sort": sort.value, "boxes": len(boxes), "digest": digest}
    event = letter_event(desk, person, AuditAction.PICTURE_MADE, letter_id, **details)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        _check(desk, person, opened, sort)
        return save_picture(tx, opened.row, made, picture.content, event=event)


def approve_picture(
    desk: Desk,
    person: Person,
    *,
    letter_id: str,
    version: int,
    number: int,
    digest: str,
    looked: bool,
) -> int:
    """Let exactly the picture with this digest go; returns the letter's new version."""
    with desk.database.reading() as connection:
        opened = read_letter_as_seen(connection, letter_id, version)
        check_choose_picture(person, opened.standing(desk))
        made = _seen(opened, number, digest)
        _check(desk, person, opened, made.sort)
        content = find_picture_content(connection, letter_id, number)
    if not looked:
        message = "Tick that you have looked at the picture as it would leave."
        raise BadRequest(message)
    if objections := _objections(desk, opened, made, content):
        raise NotReady(" ".join(objections))
    details = {"number": number, "sort": made.sort.value, "digest": digest}
    event = letter_event(desk, person, AuditAction.PICTURE_APPROVED, letter_id, **details)
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        _check(desk, person, opened, _seen(opened, number, digest).sort)
        return approve_stored_picture(tx, opened.row, number, event=event)


def withdraw_picture(
    desk: Desk, person: Person, *, letter_id: str, version: int, number: int
) -> int:
    """The picture does not go after all; returns the letter's new version."""
    with desk.database.writing() as tx:
        opened = read_letter_as_seen(tx.connection, letter_id, version)
        check_choose_picture(person, opened.standing(desk))
        if _made(opened, number) is None:
            raise NotFound
        event = letter_event(desk, person, AuditAction.PICTURE_WITHDRAWN, letter_id, number=number)
        return drop_picture(tx, opened.row, number, event=event)


def made_picture(desk: Desk, person: Person, *, letter_id: str, number: int) -> PageImage:
    """The picture as it would leave, for those who may read letters."""
    check_may_read_letters(person)
    with desk.database.writing() as tx:
        opened = read_letter(tx.connection, letter_id)
        made = _made(opened, number)
        if made is None:
            raise NotFound
        content = find_picture_content(tx.connection, letter_id, number)
        event = letter_event(desk, person, AuditAction.LETTER_OPENED, letter_id)
        append_first(tx, event=event, within=VISIT)
    return PageImage(number=number, media_type=made.media_type, content=content)


def _objections(
    desk: Desk, opened: OpenedLetter, made: OutgoingPicture, content: bytes
) -> tuple[str, ...]:
    return picture_objections(desk, content, made.words, opened.known)


def _redrawn(desk: Desk, opened: OpenedLetter, image: PageImage, boxes: tuple[Box, ...]) -> Reading:
    try:
        drawn = redraw_in_child(image.content, boxes, languages=scan_languages(desk, opened.row))
    except Unreadable as error:
        raise BadRequest(error.sentence) from None
    if drawn.needs_transcription:
        message = (
            "The words in the picture could not be searched: Tesseract or its data for this "
            "language are not installed, or there was no time. No picture can go without."
        )
        raise NotReady(message)
    return drawn


def _check(desk: Desk, person: Person, opened: OpenedLetter, sort: PictureSort) -> None:
    check_choose_picture(person, opened.standing(desk))
    if sentence := barrier(desk, opened, sort):
        raise NotReady(sentence)


def _may(desk: Desk, person: Person, opened: OpenedLetter) -> May:
    try:
        check_choose_picture(person, opened.standing(desk))
    except ServiceError as refused:
        return May(allowed=False, reason=refused.reason)
    return May(allowed=True)


def _listed(opened: OpenedLetter, number: int) -> ListedPicture:
    """The picture with this image; a page of the letter is no picture that could go."""
    pictures = opened.reading.pictures if opened.reading else ()
    found = next((one for one in pictures if one.page_image == number and not one.is_page), None)
    if number < 1 or found is None:
        raise NotFound
    return found


def _made(opened: OpenedLetter, number: int) -> OutgoingPicture | None:
    return next((one for one in opened.pictures if one.number == number), None)


def _seen(opened: OpenedLetter, number: int, digest: str) -> OutgoingPicture:
    made = _made(opened, number)
    if made is None or made.digest != digest:
        message = "The picture is not the one you saw. Look at it again."
        raise StaleVersion(message)
    return made
