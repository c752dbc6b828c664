"""
The outgoing document of an approved letter: built afresh, checked on its final bytes.

Contract: the same approval, template and format give the same bytes. Whatever the release gate
objects to, and what cannot be shown in the format, raises `DispatchRefused` with the reason.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anonymizer.documents import read_document
from anonymizer.documents.out import (
    LetterTemplate,
    build_letter,
    check_outgoing,
    load_template,
)
from anonymizer.errors import AnonymizerError
from anonymizer.model import (
    IdentifierClass,
    KnownIdentifier,
    OutgoingFormat,
    Treatment,
    normalize_text,
)
from service.workflow.errors import DispatchRefused
from service.workflow.records import Approval

_DEFAULT_LANGUAGE = "en"
#: Detection and policy on any text, with what the registry knows.
Rescan = Callable[[str, tuple[KnownIdentifier, ...]], tuple[Treatment, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A picture that goes with a letter as a file of its own; nothing of the sender's name."""

    file_name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A letter as it leaves: the end of its file's name, its bytes, and what goes with it."""

    form: OutgoingFormat
    content: bytes = field(repr=False)
    enclosures: tuple[Enclosure, ...] = ()

    @classmethod
    def bare(cls, text: str) -> "Outgoing":
        """The text and nothing else."""
        return cls(form=OutgoingFormat.TXT, content=text.encode("utf-8"))

    @property
    def file_name(self) -> str:
        """Always the same name: nothing of the sender's."""
        return f"letter.{self.form.value}"

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def files(self) -> dict[str, bytes]:
        """Every file that leaves, by its name: the letter first."""
        return {
            self.file_name: self.content,
            **{one.file_name: one.content for one in self.enclosures},
        }

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each of these files, in hex."""
        return {name: hashlib.sha256(one).hexdigest() for name, one in self.files.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """
    Makes outgoing documents; `rules` is the site's own folder of rules.

    `form` is the format of the site, for every letter whose approval names no other.
    """

    form: OutgoingFormat = OutgoingFormat.TXT
    rules: Path | None = None

    def letter(
        self,
        approval: Approval,
        known: tuple[KnownIdentifier, ...],
        *,
        registry: str | None,
        language: str | None,
        rescan: Rescan,
    ) -> Outgoing:
        """
        The document of an approval, which has passed the release gate.

        `registry` names the template, `language` is the BCP 47 tag of the letter; `known` is
        everything that must not be readable in it.
        """
        tag = language or _DEFAULT_LANGUAGE
        form = approval.form or self.form
        try:
            template = load_template(registry, folder=self.rules)
            content = _built(approval.text, form, template, tag)
        except AnonymizerError as error:
            raise DispatchRefused(str(error)) from None
        problems = check_outgoing(
            content, approval.text, known, form=form, template=template, language=tag
        )
        if problems:
            raise DispatchRefused(" ".join(problem.sentence for problem in problems))
        if form is not OutgoingFormat.TXT:  # there the bytes are the text, which the gate compared
            _check_again(content, approval.text, known, rescan)
        return Outgoing(form=form, content=content)


def _built(text: str, form: OutgoingFormat, template: LetterTemplate, language: str) -> bytes:
    if form is OutgoingFormat.TXT:
        return text.encode("utf-8")  # whoever reads it sees every character that was approved
    return build_letter(text, form=form, template=template, language=language)


def _check_again(
    content: bytes, approved: str, known: tuple[KnownIdentifier, ...], rescan: Rescan
) -> None:
    """Nothing that identifies alone may be found in the file that was not in the text."""
    try:
        # no languages: our own file is not compared with a drawing of itself
        text = read_document(content, languages=()).text
        found = _direct(text, rescan(text, known))
        before = _direct(approved, rescan(approved, known))
    except AnonymizerError:
        message = "The outgoing file could not be searched for identifiers again."
        raise DispatchRefused(message) from None
    if found - before:
        message = "The outgoing file holds something that identifies and was not approved."
        raise DispatchRefused(message)


def _direct(text: str, treatments: tuple[Treatment, ...]) -> Counter[str]:
    """The passages that identify alone; where a page breaks its lines does not count."""
    spans = [
        one.finding.span for one in treatments if one.identifier_class is IdentifierClass.DIRECT
    ]
    return Counter(" ".join(normalize_text(text[one.start : one.end]).split()) for one in spans)
