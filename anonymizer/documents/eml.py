"""
E-mail (RFC 5322 and MIME): the letter is what the writer typed; all the rest becomes passages.

The letter is the text of the mail, without what is quoted and without the signature block.
Attachments and mails within the mail are read as documents of their own and kept as passages;
one of them is the letter only where the mail itself says nothing and there is no other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import Message

from anonymizer.documents.alternatives import say_the_same, unflowed
from anonymizer.documents.gathering import Gathered
from anonymizer.documents.html import visible_text
from anonymizer.documents.kinds import winmail
from anonymizer.documents.limits import ReadingLimits, check_size, refuse
from anonymizer.documents.mail_headers import gather_headers, gather_part_headers
from anonymizer.documents.mail_parts import (
    check_whole,
    content_type,
    file_name,
    is_attachment,
    parse_mail,
    part_bytes,
    part_text,
    parts_within,
)
from anonymizer.documents.pictures import is_picture, picture_of
from anonymizer.documents.quoting import cut
from anonymizer.errors import OverLimit, Unreadable
from anonymizer.model import DocumentKind, Origin, Reading, normalize_text

#: Reads a document within the document, one level deeper.
ReadNested = Callable[[bytes], Reading]
_ENCRYPTED_TYPES = frozenset(
    "multipart/encrypted application/pgp-encrypted application/pkcs7-mime "
    "application/x-pkcs7-mime".split()
)
_SIGNATURE_TYPES = frozenset(
    "application/pgp-signature application/pkcs7-signature application/x-pkcs7-signature "
    "application/pgp-keys".split()
)
_TNEF_TYPES = frozenset("application/ms-tnef application/vnd.ms-tnef".split())
_PARTIAL_TYPES = frozenset("message/partial message/external-body".split())
_PGP = "-----BEGIN PGP MESSAGE-----"


def read_mail(content: bytes, limits: ReadingLimits, *, read_nested: ReadNested) -> Reading:
    """
    A mail as a reading. `read_nested` reads its attachments.

    Raises `Unreadable` (`encrypted_mail`, `winmail`, `unknown_charset`, `damaged`, `empty`,
    `several_letters` …) and `OverLimit`.
    """
    check_size(content, limits)
    message = parse_mail(content)
    count = sum(1 for _ in message.walk())
    if count > limits.mime_parts:
        raise refuse(limit="mime_parts", most=f"mails of at most {limits.mime_parts} parts")
    return _read_message(message, limits, read_nested)


def _read_message(
    message: "Message[str, str]", limits: ReadingLimits, read_nested: ReadNested
) -> Reading:
    mail = _Mail(limits=limits, read_nested=read_nested)
    gather_headers(message, mail.gathered, "headers")
    for one in (message.preamble, message.epilogue):
        mail.gathered.put(one or "", Origin.HIDDEN_TEXT, "between the parts")
    mail.visit(message, "1", top=True)
    return mail.reading()


@dataclass(slots=True)
class _Mail:
    """One mail while its parts are being visited."""

    limits: ReadingLimits
    read_nested: ReadNested
    gathered: Gathered = field(default_factory=Gathered)
    bodies: list[str] = field(default_factory=list, repr=False)
    #: Documents within the mail that have a text or wait to be transcribed.
    letters: list[tuple[Reading, Origin, str]] = field(default_factory=list, repr=False)
    unread: int = 0

    def visit(self, part: "Message[str, str]", number: str, *, top: bool = False) -> None:
        """Give a part, and the parts in it, to where they belong."""
        where, kind = f"part {number}", content_type(part)
        if not top:
            gather_part_headers(part, self.gathered, where)
        _refuse_sealed(part, kind)
        if kind == "multipart/alternative":
            self._visit_alternative(part, number)
        elif part.is_multipart() and kind.startswith("multipart/"):
            check_whole(part)
            self._visit_within(part, number, top=top)
        elif kind.startswith("multipart/"):
            check_whole(part)
            self.bodies.append(part_text(part))
        elif kind.startswith("message/"):
            self._visit_message(part, where)
        elif kind in {"text/plain", "text/html"} and not is_attachment(part):
            self.bodies.append(self._body(part, where))
        else:
            self._visit_attachment(part, where)

    def _visit_within(self, part: "Message[str, str]", number: str, *, top: bool) -> None:
        if not top:
            for one in (part.preamble, part.epilogue):
                self.gathered.put(one or "", Origin.HIDDEN_TEXT, f"part {number}")
        for place, inner in enumerate(parts_within(part), start=1):
            self.visit(inner, f"{number}.{place}")

    def _body(self, part: "Message[str, str]", where: str) -> str:
        text = part_text(part)
        if _PGP in text:
            raise _encrypted()
        if content_type(part) == "text/html":
            return visible_text(text, self.gathered, where)
        return unflowed(text, part)

    def _visit_alternative(self, part: "Message[str, str]", number: str) -> None:
        """The form that mail programs show; others are compared and kept where they differ."""
        check_whole(part)
        plain: list[str] = []
        rich: list[str] = []
        for place, inner in enumerate(parts_within(part), start=1):
            kind, where = content_type(inner), f"part {number}.{place}"
            if kind == "text/plain" and not is_attachment(inner):
                gather_part_headers(inner, self.gathered, where)
                plain.append(self._body(inner, where))
                continue
            before = len(self.bodies)
            self.visit(inner, f"{number}.{place}")
            rich.extend(self.bodies[before:])
            del self.bodies[before:]
        self.bodies.append(self._chosen("\n\n".join(plain), "\n\n".join(rich), number))

    def _chosen(self, plain: str, rich: str, number: str) -> str:
        if not rich.strip() or say_the_same(plain, rich):
            return plain or rich
        if plain.strip():
            self.gathered.put(plain, Origin.ALTERNATIVE, f"part {number}")
            self.gathered.warn(
                "alternatives_differ",
                "The mail has a plain and a formatted form that differ. "
                "The formatted one is the letter; compare the other.",
            )
        return rich

    def _visit_message(self, part: "Message[str, str]", where: str) -> None:
        """A mail within the mail, or a report about one."""
        inner = parts_within(part)
        encoding = str(part.get("content-transfer-encoding") or "7bit").strip().lower()
        if content_type(part) not in {"message/rfc822", "message/global", "message/news"}:
            self._gather_report(part, where)
        elif encoding in {"base64", "quoted-printable"} and inner:
            # Not allowed, and done: then what looks like the mail's body is the whole mail.
            wrapped = Message()
            wrapped["content-transfer-encoding"] = encoding
            wrapped.set_payload(inner[0].as_string())
            self._add(lambda: self.read_nested(part_bytes(wrapped)), Origin.EMBEDDED, where)
        else:
            if self.limits.nesting < 1:
                raise refuse(limit="nesting", most="mails within mails less deeply")
            deeper = replace(self.limits, nesting=self.limits.nesting - 1)
            for one in inner:
                self._add(
                    lambda m=one: _read_message(m, deeper, self.read_nested),  # type: ignore[misc]
                    Origin.EMBEDDED,
                    where,
                )

    def _gather_report(self, part: "Message[str, str]", where: str) -> None:
        for inner in parts_within(part) or [part]:
            gather_headers(inner, self.gathered, where)
            if not inner.is_multipart():
                self.gathered.put(part_text(inner), Origin.ATTACHMENT, where)
        self.gathered.warn("mail_report", "A mail server wrote this mail or a part of it.")

    def _visit_attachment(self, part: "Message[str, str]", where: str) -> None:
        kind = content_type(part)
        data = part_bytes(part)
        if kind in _SIGNATURE_TYPES:
            self.gathered.warn("signed_mail", "The mail is signed; its signature names the writer.")
        elif is_picture(data) and (part.get("content-id") or not is_attachment(part)):
            self.gathered.pictures.append(picture_of(data, where))
        elif kind.startswith("text/"):
            self._add(lambda: self._text_reading(part, where), Origin.ATTACHMENT, where)
        else:
            before = self.unread
            self._add(lambda: self.read_nested(data), Origin.ATTACHMENT, where)
            if self.unread > before and is_picture(data):
                self.gathered.pictures.append(picture_of(data, where))

    def _text_reading(self, part: "Message[str, str]", where: str) -> Reading:
        text = part_text(part)
        if content_type(part) == "text/html":
            text = visible_text(text, self.gathered, where)
        return Reading(kind=DocumentKind.TEXT, text=normalize_text(text))

    def _add(self, read: Callable[[], Reading], origin: Origin, where: str) -> None:
        """Keep a document within the mail, or count it where it cannot be read."""
        try:
            reading = read()
        except OverLimit:
            raise
        except Unreadable:
            self.unread += 1
            return
        self.letters.append((reading, origin, where))

    def reading(self) -> Reading:
        """The mail as a whole."""
        whole = "\n\n".join(body.strip("\n") for body in self.bodies if body.strip())
        if _PGP in whole:
            raise _encrypted()
        parts = cut(normalize_text(whole))
        self._warn_of_unread()
        if parts.own.strip():
            return self._with_pieces(parts.own, parts.pieces)
        if len(self.letters) == 1:
            return self._attached_letter(parts.pieces)
        if self.letters:
            raise Unreadable(
                code="several_letters",
                sentence="The mail has no text of its own and several attachments. "
                "Look which of them is the letter and hand it in alone.",
            )
        quoted = any(origin is Origin.QUOTED for origin, _ in parts.pieces)
        if not quoted:
            raise Unreadable(code="no_text", sentence="The mail has no text. Look at the original.")
        self.gathered.warn(
            "only_quoted_text",
            "The mail holds a quoted or forwarded mail and nothing else. "
            "It stands in the letter as it came: take out what does not belong to the letter.",
        )
        return self._with_pieces(whole, ())

    def _with_pieces(self, text: str, pieces: tuple[tuple[Origin, str], ...]) -> Reading:
        self._gather_pieces(pieces)
        for reading, origin, where in self.letters:
            self.gathered.adopt(reading, origin, where)
        if self.letters:
            self.gathered.warn(
                "attachments",
                f"{len(self.letters)} attached documents were read. "
                "They are not part of the letter: look whether they should be.",
            )
        return self.gathered.reading(DocumentKind.MAIL, text)

    def _gather_pieces(self, pieces: tuple[tuple[Origin, str], ...]) -> None:
        for origin, text in pieces:
            self.gathered.put(text, origin, "the mail's text", visible=True)

    def _attached_letter(self, pieces: tuple[tuple[Origin, str], ...]) -> Reading:
        ((attached, _, where),) = self.letters
        self._gather_pieces(pieces)
        self.gathered.adopt_rest(attached, where)
        self.gathered.warn(
            "attachment_is_letter",
            "The mail itself has no text: the letter is what was attached.",
        )
        return replace(
            self.gathered.reading(DocumentKind.MAIL, ""),
            text=attached.text,
            unsure=attached.unsure,
            needs_transcription=attached.needs_transcription,
            pages=attached.pages,
        )

    def _warn_of_unread(self) -> None:
        if self.unread:
            self.gathered.warn(
                "attachments_unread",
                f"{self.unread} attachments could not be read. Look at the original.",
            )


def _refuse_sealed(part: "Message[str, str]", kind: str) -> None:
    name = file_name(part).lower()
    if kind in _ENCRYPTED_TYPES or name.endswith(".p7m"):
        raise _encrypted()
    if kind in _TNEF_TYPES or name == "winmail.dat":
        raise winmail()
    if kind in _PARTIAL_TYPES:
        raise Unreadable(
            code="partial_mail",
            sentence="Only a part of the mail is here. Ask the writer to send it again.",
        )


def _encrypted() -> Unreadable:
    return Unreadable(
        code="encrypted_mail",
        sentence="The mail is encrypted or sealed. Ask the writer to send it without.",
    )
