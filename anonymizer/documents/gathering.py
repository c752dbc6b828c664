"""What a reader has gathered so far from one document, and how it becomes a `Reading`."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from anonymizer.model import (
    DocumentKind,
    Origin,
    Passage,
    Picture,
    Reading,
    ReadingWarning,
    normalize_text,
)

#: More passages of one document are put together, so that a list of them stays a list.
MAX_PASSAGES = 5_000


@dataclass(slots=True)
class Gathered:
    """Passages, pictures and warnings in the order in which they were met."""

    passages: list[Passage] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    warnings: dict[str, ReadingWarning] = field(default_factory=dict)

    def put(self, text: str, origin: Origin, where: str, *, visible: bool = False) -> None:
        """Keep a passage; blank ones and exact repetitions say nothing."""
        text = normalize_text(text).strip()
        if not text:
            return
        passage = Passage(text=text, origin=origin, visible=visible, where=where)
        if len(self.passages) >= MAX_PASSAGES:
            last = self.passages[-1]
            self.passages[-1] = replace(last, text=f"{last.text}\n{text}", origin=Origin.OTHER)
        elif not self.passages or self.passages[-1] != passage:
            self.passages.append(passage)

    def put_lines(self, lines: Iterable[str], origin: Origin, where: str) -> None:
        """Keep several short texts as one passage, a line each, every one once."""
        self.put("\n".join(dict.fromkeys(line for line in lines if line.strip())), origin, where)

    def warn(self, code: str, sentence: str) -> None:
        """Tell the proofreader something once."""
        self.warnings.setdefault(code, ReadingWarning(code=code, sentence=sentence))

    def adopt(self, reading: Reading, origin: Origin, where: str, *, visible: bool = True) -> None:
        """Keep a document within the document: its text as a passage, and all it brought along."""
        self.put(reading.text, origin, where, visible=visible)
        if reading.kind is DocumentKind.IMAGE:
            # beside the letter it is a picture, and no page of it
            pictures = tuple(replace(picture, is_page=False) for picture in reading.pictures)
            reading = replace(reading, pictures=pictures)
        self.adopt_rest(reading, where)

    def adopt_rest(self, reading: Reading, where: str) -> None:
        """As `adopt`, without its text."""
        for passage in reading.passages:
            self.put(
                passage.text, passage.origin, f"{where}: {passage.where}", visible=passage.visible
            )
        self.pictures.extend(
            replace(picture, where=f"{where}: {picture.where}") for picture in reading.pictures
        )
        for warning in reading.warnings:
            self.warnings.setdefault(warning.code, warning)

    def reading(self, kind: DocumentKind, text: str) -> Reading:
        """The document as it was read; its text is brought into normal form."""
        return Reading(
            kind=kind,
            text=normalize_text(text).strip("\n"),
            passages=tuple(self.passages),
            pictures=tuple(self.pictures),
            warnings=tuple(self.warnings.values()),
        )
