"""
What a person saw and chose besides the text of a letter, before approving it.

Contract: a file that hides something, or that warns, is not approved unseen; the pictures that go
are those that were on the screen; the format can show the text.
"""

from dataclasses import dataclass

from anonymizer.documents.out import why_not_shown
from anonymizer.model import OutgoingFormat
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter
from service.actions.picture_rules import barrier
from service.actions.views import FormatView
from service.workflow.errors import NotReady, StaleVersion
from service.workflow.pictures import ApprovedPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBeside:
    """What was seen besides the text; `form` is None for the format of the site."""

    pictures: tuple[str, ...] = ()
    """The digests of the pictures that go with the letter, in their order."""
    hidden: bool = False
    """The person has seen what the file hides and what it warns of."""
    form: OutgoingFormat | None = None


NOTHING_BESIDE = SeenBeside()


def check_beside(desk: Desk, opened: OpenedLetter, seen: SeenBeside) -> None:
    """Raise `NotReady` or `StaleVersion` when something stands beside that was not seen."""
    if opened.reading is not None and opened.reading.must_be_seen and not seen.hidden:
        message = "Look at what the file hides and warns of, and tick that you have seen it."
        raise NotReady(message)
    if tuple(one.digest for one in pictures_of(opened)) != seen.pictures:
        message = "The pictures that go with the letter are not those you saw. Look again."
        raise StaleVersion(message)
    for one in opened.pictures:
        if one.goes and (sentence := barrier(desk, opened, one.sort)):
            message = f"{sentence} Take the picture back."
            raise NotReady(message)
    if sentence := form_objection(desk, opened, seen.form):
        raise NotReady(sentence)


def pictures_of(opened: OpenedLetter) -> tuple[ApprovedPicture, ...]:
    """The pictures that go with the letter as it stands."""
    return tuple(
        ApprovedPicture(number=one.number, digest=one.digest) for one in opened.pictures if one.goes
    )


def formats_of(desk: Desk, opened: OpenedLetter) -> tuple[FormatView, ...]:
    """The formats that the letter may leave in, that of the site first."""
    if opened.proof is None:
        return ()
    ours = desk.settings.outgoing_format
    forms = (ours, *(form for form in OutgoingFormat if form is not ours))
    return tuple(
        FormatView(form=form, objection=form_objection(desk, opened, form)) for form in forms
    )


def form_objection(desk: Desk, opened: OpenedLetter, form: OutgoingFormat | None) -> str | None:
    """Why the letter cannot leave in this format, None: in that of the site; None: it can."""
    chosen = form or desk.settings.outgoing_format
    if opened.proof is None or chosen is OutgoingFormat.TXT:
        return None  # plain text is sent as it was approved
    return why_not_shown(opened.proof.outgoing, chosen)
