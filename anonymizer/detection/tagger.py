"""
Names of people, places and organisations, found by a small neural token classifier.

Pure inference: ONNX Runtime, the word-piece tokenizer and NumPy.  The training code imports the
word rule, the case shapes and the window arithmetic from here, so that the text a model was
trained on and the text it reads later are cut in exactly the same way.

The vocabulary is uncased; the case of each word reaches the network through the token-type
input instead (see `case_shape`).  That is why "anna" and "Anna" share what was learnt about the
name, and why a capital is still evidence.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from anonymizer.errors import ModelError, NotRead

WINDOW_PIECES = 190
"""Word pieces per window, without the two frame pieces; the longest the model was trained on."""

MARGIN_PIECES = 32
"""Context that every word keeps on each side of it, unless the text itself ends sooner."""

MAX_WORD_LETTERS = 32
MAX_WORD_PIECES = 48

SHAPE_FRAME, SHAPE_LOWER, SHAPE_TITLE, SHAPE_UPPER = 0, 1, 2, 3
SHAPE_INITIAL, SHAPE_DIGITS, SHAPE_SYMBOL, SHAPE_MIXED = 4, 5, 6, 7
SHAPES = 8

TOLD_LABELS = frozenset({"OCCUPATION", "CLUE"})
"""Labels of what is told rather than named; their share is no evidence for a name."""

MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE = "model.onnx", "tokenizer.json", "model.toml"

# A run of letters and digits, or any other visible character on its own. A letter may carry
# combining marks, and invisible characters (soft hyphen, zero-width space) do not end a run. The
# bound keeps a run without spaces from becoming one endless word.
_ATTACHED = r"[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]"
_BLANK = re.compile(r"\s+")
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_ATTACHED}){{0,{MAX_WORD_LETTERS - 1}}}|\S")

Offsets = tuple[int, int]
Floats = npt.NDArray[np.float64]


#: Pieces of the vocabulary that training starts from; those behind are words of a language.
START_VOCABULARY = 30_522


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedSpan:
    """One name in a text; offsets are code points, `end` is exclusive."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of words that is read at once, and the part of it whose answer counts."""

    first: int
    last: int
    keep_first: int
    keep_last: int


def split_words(text: str) -> list[Offsets]:
    """Return the offsets of the words; every character that is no white space is in one."""
    return [match.span() for match in _WORD.finditer(text)]


def case_shape(word: str) -> int:
    """Return the row of the token-type table for this word (0 is kept for frame pieces)."""
    letters = [character for character in word if character.isalpha()]
    if not letters:
        return SHAPE_DIGITS if any(character.isdigit() for character in word) else SHAPE_SYMBOL
    if any(character.isdigit() for character in word):
        return SHAPE_MIXED
    capitals = sum(not character.islower() and character.isupper() for character in letters)
    if capitals == 0:
        return SHAPE_LOWER
    if capitals == len(letters):
        return SHAPE_INITIAL if len(letters) == 1 else SHAPE_UPPER
    return SHAPE_TITLE if capitals == 1 and letters[0].isupper() else SHAPE_MIXED


class Pieces:
    """Word pieces of single words; shared by training and run time."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self.first = _token_id(tokenizer, "[CLS]")
        self.last = _token_id(tokenizer, "[SEP]")
        self._unknown = _token_id(tokenizer, "[UNK]")

    @property
    def own_words(self) -> frozenset[str]:
        """Words that training has added to the vocabulary, lower case and without accents."""
        vocabulary = self._tokenizer.get_vocab()
        return frozenset(word for word, place in vocabulary.items() if place >= START_VOCABULARY)

    def of_words(self, words: Sequence[str]) -> list[list[int]]:
        """
        Return at least one piece for each word; each distinct word is looked up once.

        Raises `NotRead` for a word with more pieces than the model may get: nothing is cut off.
        """
        distinct = list(dict.fromkeys(words))
        encodings = self._tokenizer.encode_batch(
            [_encodable(word) for word in distinct], add_special_tokens=False
        )
        if any(len(encoding.ids) > MAX_WORD_PIECES for encoding in encodings):
            raise NotRead
        known = {
            word: encoding.ids or [self._unknown]
            for word, encoding in zip(distinct, encodings, strict=True)
        }
        return [known[word] for word in words]


def plan_windows(lengths: Sequence[int]) -> list[Window]:
    """
    Cover words of these piece counts with overlapping windows, each word kept exactly once.

    Neighbouring windows share about two margins; each keeps its half of the shared words, so
    that no answer comes from a word at the torn edge of a window.
    """
    windows: list[Window] = []
    first = keep_first = 0
    while keep_first < len(lengths):
        last, pieces = first, 0
        while last < len(lengths) and pieces + lengths[last] <= WINDOW_PIECES:
            pieces += lengths[last]
            last += 1
        if last == len(lengths):
            windows.append(Window(first, last, keep_first, last))
            break
        keep_last = max(_step_back(lengths, last, MARGIN_PIECES), keep_first + 1)
        windows.append(Window(first, last, keep_first, keep_last))
        keep_first = keep_last
        first = max(_step_back(lengths, keep_last, MARGIN_PIECES), first + 1)
    return windows


class Tagger:
    """A loaded model.  Holds no state between calls; one instance may serve many threads."""

    def __init__(
        self, session: ort.InferenceSession, pieces: Pieces, config: dict[str, Any]
    ) -> None:
        self._session = session
        self._pieces = pieces
        self._tags: list[str] = list(config["tags"])
        self._temperature = float(config["temperature"])
        self.threshold = float(config["threshold"])
        self.labels = tuple(dict.fromkeys(tag[2:] for tag in self._tags if tag != "O"))
        told = [index for index, tag in enumerate(self._tags) if tag[2:] in TOLD_LABELS]
        self.name_columns = tuple(
            index for index, tag in enumerate(self._tags) if tag != "O" and index not in told
        )
        #: What is named and what is told are read apart, so that a telling clause hides no name.
        self._groups = tuple(group for group in (list(self.name_columns), told) if group)

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> Tagger:
        """Load the model of a folder, or raise ModelError if a file is missing or altered."""
        try:
            config = tomllib.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
            checksums: dict[str, str] = config["sha256"]
            model = _verified(folder / MODEL_FILE, checksums[MODEL_FILE])
            tokenizer = Tokenizer.from_buffer(
                _verified(folder / TOKENIZER_FILE, checksums[TOKENIZER_FILE])
            )
            options = ort.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            return cls(session, Pieces(tokenizer), config["tagger"])
        except (OSError, KeyError, TypeError, ValueError) as error:
            message = f"the model in {folder} is incomplete or damaged: {error}"
            raise ModelError(message) from error

    @property
    def common_words(self) -> frozenset[str]:
        """Words that the model was taught whole, because they are common outside of names."""
        return self._pieces.own_words

    def tag(self, text: str, *, threshold: float | None = None) -> tuple[TaggedSpan, ...]:
        """
        Return the names in reading order.

        Lowering `threshold` below the model's own leaves the certain spans as they are and adds
        less certain ones between them. Raises `NotRead` when a visible character is in no word.
        """
        words = split_words(text)
        if sum(end - start for start, end in words) < len(_BLANK.sub("", text)):
            raise NotRead
        if not words:
            return ()
        probabilities = self.word_probabilities(text, words)
        limit = self.threshold if threshold is None else threshold
        spans: list[TaggedSpan] = []
        something = 1.0 - probabilities[:, :1]
        for columns in self._groups:
            shares = probabilities[:, columns]
            claimed = shares.sum(axis=1, keepdims=True)
            # A word that is rather a name than told is a name as far as it is something at all.
            stronger = (claimed >= something / 2) & (columns[0] == self.name_columns[0])
            shares = np.where(stronger, shares / np.maximum(claimed, 1e-12) * something, shares)
            spans += self._group_spans(words, shares, columns, limit)
        return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))

    def word_probabilities(self, text: str, words: Sequence[Offsets]) -> Floats:
        """
        Return one row of tag probabilities for each word; column 0 is "no name".

        Raises `NotRead` unless every word has exactly one answer.
        """
        strings = [text[start:end] for start, end in words]
        pieces = self._pieces.of_words(strings)
        shapes = [case_shape(word) for word in strings]
        result = np.full((len(words), len(self._tags)), np.nan)
        answers = np.zeros(len(words), dtype=np.int64)
        for window in plan_windows([len(ids) for ids in pieces]):
            rows = self._read(
                pieces[window.first : window.last], shapes[window.first : window.last]
            )
            kept = slice(window.keep_first - window.first, window.keep_last - window.first)
            result[window.keep_first : window.keep_last] = rows[kept]
            answers[window.keep_first : window.keep_last] += 1
        if not ((answers == 1).all() and np.isfinite(result).all()):
            raise NotRead
        return result

    def _read(self, pieces: Sequence[Sequence[int]], shapes: Sequence[int]) -> Floats:
        # One window at a time: the int8 model scales its activations over the whole input, so
        # that a batch would let one stretch of text change the scores of another.
        ids, types, heads = frame(pieces, shapes, self._pieces)
        feed = {"input_ids": np.array([ids]), "token_type_ids": np.array([types])}
        logits = np.asarray(self._session.run(None, feed)[0])[0, heads].astype(np.float64)
        scaled = logits / self._temperature
        exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        result: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return result

    def _group_spans(
        self, words: Sequence[Offsets], shares: Floats, columns: Sequence[int], limit: float
    ) -> Iterator[TaggedSpan]:
        """The spans of one group of labels; `shares` has a column for each of its tags."""
        tags = [self._tags[column] for column in columns]
        found = shares.sum(axis=1)
        certain = found >= max(limit, self.threshold)
        for first, last in (*_runs(certain), *_runs((found >= limit) & ~certain)):
            for start, end, label in _segments(shares[first:last], tags):
                yield TaggedSpan(
                    start=words[first + start][0],
                    end=words[first + end - 1][1],
                    label=label,
                    score=float(found[first + start : first + end].mean()),
                )


def frame(
    pieces: Sequence[Sequence[int]], shapes: Sequence[int], vocabulary: Pieces
) -> tuple[list[int], list[int], list[int]]:
    """Return piece ids and shapes with the frame pieces, and where each word's first piece is."""
    ids, types, heads = [vocabulary.first], [SHAPE_FRAME], []
    for word_ids, shape in zip(pieces, shapes, strict=True):
        heads.append(len(ids))
        ids.extend(word_ids)
        types.extend([shape] * len(word_ids))
    return [*ids, vocabulary.last], [*types, SHAPE_FRAME], heads


def _segments(probabilities: Floats, tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Cut a run of named words into labelled spans by the likeliest sequence of B and I tags."""
    labels = list(dict.fromkeys(tag[2:] for tag in tags))
    logs = np.log(probabilities + 1e-12)
    begin = logs[:, [tags.index(f"B-{label}") for label in labels]]
    inside = logs[:, [tags.index(f"I-{label}") for label in labels]]
    # The word before the run is no name, so that the first word opens a span either way.
    best = np.logaddexp(begin[0], inside[0])
    opened, origins = [np.ones(len(labels), dtype=bool)], [np.arange(len(labels))]
    for row in range(1, len(logs)):
        fresh = best.max() + begin[row]
        onward = best + inside[row]
        opens = fresh > onward
        origins.append(np.where(opens, int(best.argmax()), np.arange(len(labels))))
        opened.append(opens)
        best = np.where(opens, fresh, onward)
    end, state, found = len(logs), int(best.argmax()), []
    for row in range(len(logs) - 1, -1, -1):
        if opened[row][state]:
            found.append((row, end, labels[state]))
            end = row
        state = int(origins[row][state])
    yield from reversed(found)


def _runs(flags: npt.NDArray[np.bool_]) -> Iterator[Offsets]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(last)


def _step_back(lengths: Sequence[int], word: int, pieces: int) -> int:
    """Return the word that is at least so many pieces before this one."""
    while word > 0 and pieces > 0:
        word -= 1
        pieces -= lengths[word]
    return word


def _encodable(word: str) -> str:
    # A lone surrogate cannot be handed to the tokenizer; it is one character of noise here.
    return word.encode("utf-8", "replace").decode("utf-8")


def _token_id(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        message = f"the vocabulary lacks {token}"
        raise ValueError(message)
    return int(found)


def _verified(path: Path, checksum: str) -> bytes:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != checksum:
        message = f"{path.name} differs from its checksum in {CONFIG_FILE}"
        raise ValueError(message)
    return content
