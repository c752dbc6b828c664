"""
The forms about whole letters as typed values.

Contract: a form that is incomplete raises `BadRequest` with a sentence that says what to add.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form, UploadFile

from anonymizer.model import Direction, OutgoingFormat
from anonymizer.notices import RETURN_KINDS, NoticeKind
from service.actions import SeenBeside
from service.web.review.forms import joined
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.errors import BadRequest

Short = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=500)]
Pinned = Annotated[str, Form(max_length=20_000)]
Version = Annotated[int, Form()]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A decision about a whole letter, with the state it was made on and the reason."""

    version: Version
    reason: Text = ""
    own: Text = ""

    @property
    def why(self) -> str:
        """The reason, chosen or written."""
        return required(
            joined(self.reason, self.own),
            "Give a reason, so that colleagues understand the decision later.",
        )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which text of a letter that goes back is shown; from the address of the page."""

    kind: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Return:
    """
    A letter that goes back: why, and the text for its writer as it stands in the form.

    `of_kind` and `of_language` say which text the page showed: it goes back for that one only.
    """

    version: Version
    kind: Short = ""
    language: Short = ""
    of_kind: Short = ""
    of_language: Short = ""
    text: Annotated[str, Form(max_length=10_000)] = field(default="", repr=False)
    own: Text = ""
    show: Annotated[bool, Form()] = False
    """True when the person asked for the text only."""

    @property
    def returned(self) -> NoticeKind:
        """Why it goes back, or `BadRequest`."""
        kind = as_kind_of_return(self.kind)
        if kind is None:
            message = "Choose why the letter goes back."
            raise BadRequest(message)
        return kind

    @property
    def is_of_the_text(self) -> bool:
        """True when reason and language are those of the text that the page showed."""
        return (self.kind, self.language) == (self.of_kind, self.of_language)

    def is_unchanged(self, shown: str) -> bool:
        """True when the text is still the one that was shown, or was emptied."""
        return not self.text.strip() or self.text.split() == shown.split()


@dataclass(frozen=True, kw_only=True)
class Giving:
    """The notice that left the house."""

    notice: Annotated[str, Form(pattern="^[0-9a-f]{32}$")]


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A translation as a file or as pasted text; the file's name is not kept."""

    version: Version
    text: Annotated[str, Form()] = field(default="", repr=False)
    file: UploadFile | None = None

    @property
    def content(self) -> bytes:
        """Its bytes, from the file or the text; both or neither is `BadRequest`."""
        neither = "Choose a file or paste the text of the translation."
        return _file_or_text(self.file, self.text, neither=neither)


@dataclass(frozen=True, kw_only=True)
class Transcription:
    """The letter as a person typed it, and a note for colleagues that was begun beside it."""

    version: Version
    text: Annotated[str, Form()] = field(default="", repr=False)
    note: Annotated[str, Form(max_length=5000)] = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """The approval of exactly the text that was on the screen."""

    version: Version
    digest: Annotated[str, Form(pattern="^[0-9a-f]{64}$")]
    read_it: Annotated[bool, Form()] = False
    saw_file: Annotated[bool, Form()] = False
    pictures: Annotated[list[str] | None, Form()] = None
    form: Short = ""
    next: Annotated[bool, Form()] = False
    """True when the person wants the next letter afterwards."""

    @property
    def beside(self) -> SeenBeside:
        """What was seen and chosen besides the text."""
        form = OutgoingFormat(self.form) if self.form in set(OutgoingFormat) else None
        return SeenBeside(pictures=tuple(self.pictures or ()), hidden=self.saw_file, form=form)

    def check(self) -> None:
        """Raise unless the person said that the letter was read."""
        if not self.read_it:
            message = "Tick that you have read the whole letter, then approve it."
            raise BadRequest(message)


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Which case a letter belongs to: a ticked one, or one whose id is typed."""

    version: Version
    case_id: Short = ""
    other_case: Short = ""
    reason: Text = ""
    own: Text = ""
    direction: Short = ""

    @property
    def case(self) -> str:
        """The id of the case; none goes before the other where two are named."""
        ticked, typed = self.case_id.strip(), self.other_case.strip()
        if ticked and typed and ticked != typed:
            message = (
                "The ticked case and the typed case id are two different cases. Empty the field, "
                "or tick the case that you typed."
            )
            raise BadRequest(message)
        return required(typed or ticked, "Choose a case or type its id.")

    @property
    def why(self) -> str:
        """The reason, chosen or written."""
        return required(joined(self.reason, self.own), "Give a reason for this case.")


@dataclass(frozen=True, kw_only=True)
class BroughtIn:
    """What a person says about a letter brought in by hand."""

    text: Annotated[str, Form()] = field(default="", repr=False)
    cover_number: Annotated[str, Form(max_length=200)] = field(default="", repr=False)
    direction: Short = ""

    def content(self, file: UploadFile | None) -> bytes:
        """The letter, from its file or its text; both or neither is `BadRequest`."""
        neither = "Choose a file or paste the text of the letter."
        return _file_or_text(file, self.text, neither=neither)


def _file_or_text(file: UploadFile | None, text: str, *, neither: str) -> bytes:
    # a text beside a file would be dropped without a word, or the file would
    content = file.file.read() if file is not None else b""
    typed = bool(text.strip())
    if typed and (content or (file is not None and file.filename)):
        message = (
            "There is a file and a text, and one letter has only one of them. Nothing was "
            "taken in. The text stands below: empty it and choose the file again, or take the "
            "text in alone."
        )
        raise BadRequest(message)
    if not typed and not content:
        raise BadRequest(neither)
    return content or text.encode("utf-8")


@dataclass(frozen=True, kw_only=True)
class AddressForm:
    """How a recipient would be reached, as somebody proposes it."""

    recipient: Short = ""
    kind: Short = ""
    address: Text = ""
    pinned: Pinned = ""

    @property
    def endpoint(self) -> Endpoint:
        """The entry to propose, or `BadRequest`."""
        try:
            channel = ChannelKind(self.kind)
        except ValueError:
            message = "Choose the way: folder, mail or SFTP."
            raise BadRequest(message) from None
        return Endpoint(
            recipient_id=self.recipient,
            version=0,
            kind=channel,
            address=self.address,
            pinned=self.pinned,
        )


def as_direction(code: str) -> Direction | None:
    """A direction from a form; what was left open is None."""
    return Direction(code) if code in set(Direction) else None


def as_kind_of_return(code: str) -> NoticeKind | None:
    """Why a letter goes back, from a form; anything else is None."""
    return NoticeKind(code) if code in set(RETURN_KINDS) else None


def required(value: str, message: str) -> str:
    """The value without spaces around it, or `BadRequest`."""
    if not value.strip():
        raise BadRequest(message)
    return value.strip()
