"""From annotated texts to the windows and batches that the network sees."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymizer.detection.tagger import (
    SHAPE_FRAME,
    WINDOW_PIECES,
    Offsets,
    Pieces,
    case_shape,
    frame,
    split_words,
)
from corpus.train.sources import TAGS, Record, Span

IGNORED = -1
NAMELESS, NAMELESS_OR_ORGANIZATION = len(TAGS), len(TAGS) + 1
"""
Targets of words outside all names where we know less than "nothing to find": they may tell an
occupation or a clue, and in texts whose organisations were left unmarked be one of those.
"""

SHORT_DOCUMENTS = 0.3
BATCH_PIECES = 3_200

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words: their pieces, case shapes and targets, and where a cut does no harm."""

    pieces: list[list[int]]
    shapes: list[int]
    targets: list[int]
    pauses: list[bool]

    def __len__(self) -> int:
        return len(self.pieces)

    def slice(self, first: int, last: int) -> "Words":
        """Return a stretch of the words."""
        part = slice(first, last)
        return Words(self.pieces[part], self.shapes[part], self.targets[part], self.pauses[part])

    def joined(self, other: "Words") -> "Words":
        """Return these words followed by the others."""
        return Words(
            self.pieces + other.pieces,
            self.shapes + other.shapes,
            self.targets + other.targets,
            self.pauses + other.pauses,
        )

    def size(self) -> int:
        """Return the number of pieces."""
        return sum(map(len, self.pieces))


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded arrays of equal shape: pieces, case shapes, targets and what is no padding."""

    ids: Integers
    types: Integers
    targets: Integers
    real: npt.NDArray[np.bool_]


def tag_words(words: Sequence[Offsets], spans: Sequence[Span], outside: int) -> list[int]:
    """Return the target of each word; a word that a span merely touches belongs to it."""
    targets: list[int] = []
    position, opened = 0, -1
    for start, end in words:
        while position < len(spans) and spans[position].end <= start:
            position += 1
        if position == len(spans) or spans[position].start >= end:
            targets.append(outside)
            continue
        prefix = "I" if opened == position else "B"
        opened = position
        targets.append(TAGS.index(f"{prefix}-{spans[position].label}"))
    return targets


def read_words(records: Iterable[Record], vocabulary: Pieces) -> list[Words]:
    """Cut texts into words with targets."""
    found: list[Words] = []
    for record in records:
        offsets = split_words(record.text)
        strings = [record.text[start:end] for start, end in offsets]
        outside = _outside(record)
        starts = [start for start, _ in offsets[1:]] + [len(record.text)]
        pauses = [
            string in ".!?" or "\n" in record.text[end:following]
            for string, (_, end), following in zip(strings, offsets, starts, strict=True)
        ]
        found.append(
            Words(
                vocabulary.of_words(strings),
                [case_shape(word) for word in strings],
                tag_words(offsets, record.spans, outside),
                pauses,
            )
        )
    return found


def pack(texts: Iterable[Words], rng: random.Random) -> Iterator[Words]:
    """
    Cut long texts and join short ones into documents that fill a window.

    A share of the documents is shorter, because a letter can be shorter, too.
    """
    pending, room = Words([], [], [], []), _room(rng)
    for text in texts:
        for part in _cut(text):
            if len(pending) and pending.size() + part.size() > room:
                yield pending
                pending, room = Words([], [], [], []), _room(rng)
            pending = pending.joined(part)
    if len(pending):
        yield pending


def batches(documents: Sequence[Words], vocabulary: Pieces, rng: random.Random) -> list[Batch]:
    """Put documents of similar length together, in an order that is random again afterwards."""
    shuffled = sorted(documents, key=lambda document: document.size() + rng.random() * 8)
    groups: list[list[Words]] = [[]]
    for document in shuffled:
        if (len(groups[-1]) + 1) * document.size() > BATCH_PIECES and groups[-1]:
            groups.append([])
        groups[-1].append(document)
    rng.shuffle(groups)
    return [_pad(group, vocabulary) for group in groups if group]


def _outside(record: Record) -> int:
    if not record.complete:
        return NAMELESS_OR_ORGANIZATION
    return 0 if record.told else NAMELESS


def _room(rng: random.Random) -> int:
    return rng.randint(30, WINDOW_PIECES) if rng.random() < SHORT_DOCUMENTS else WINDOW_PIECES


def _cut(text: Words) -> Iterator[Words]:
    first = 0
    while first < len(text):
        last, pieces, pause = first, 0, first
        while last < len(text) and pieces + len(text.pieces[last]) <= WINDOW_PIECES:
            pieces += len(text.pieces[last])
            last += 1
            if text.pauses[last - 1] and pieces > WINDOW_PIECES * 0.6:
                pause = last
        if last < len(text) and pause > first:
            last = pause
        yield text.slice(first, last)
        first = last


def _pad(group: Sequence[Words], vocabulary: Pieces) -> Batch:
    framed = [frame(document.pieces, document.shapes, vocabulary) for document in group]
    shape = (len(group), max(len(ids) for ids, _, _ in framed))
    ids, types = np.zeros(shape, np.int64), np.full(shape, SHAPE_FRAME, np.int64)
    targets, real = np.full(shape, IGNORED, np.int64), np.zeros(shape, np.bool_)
    for row, (document, (row_ids, row_types, heads)) in enumerate(zip(group, framed, strict=True)):
        ids[row, : len(row_ids)] = row_ids
        types[row, : len(row_ids)] = row_types
        real[row, : len(row_ids)] = True
        targets[row, heads] = document.targets
    return Batch(ids, types, targets, real)
