"""
Names, places and organisations from a spaCy pipeline: ours, or any other that a site names.

Our model is a spaCy component (`letter_ner`) in a blank pipeline. This is the only module that
imports spaCy. Scores of our component are probabilities; a foreign pipeline gives none, so its
entities count with a fixed one.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan

from anonymizer.detection.tagger import CONFIG_FILE, Tagger
from anonymizer.errors import ModelError, NotRead
from anonymizer.model import EntityKind, Finding, Span

#: Where our component leaves all its spans with their scores, also those below the threshold.
SPANS_KEY = "letter_ner"
_SCORE_OF_FOREIGN_PIPELINE = 0.85
#: Spans from this probability on are given. The policy decides which a person is asked about; those
#: below count where another sign supports them.
_LEAST_PROBABILITY = 0.04
_KINDS: Mapping[str, EntityKind] = MappingProxyType(
    {
        "PERSON": EntityKind.PERSON,
        "PER": EntityKind.PERSON,
        "LOCATION": EntityKind.PLACE,
        "LOC": EntityKind.PLACE,
        "GPE": EntityKind.PLACE,
        "FAC": EntityKind.PLACE,
        "ORGANIZATION": EntityKind.ORGANIZATION,
        "ORG": EntityKind.ORGANIZATION,
        "NORP": EntityKind.NATIONALITY,
        "EVENT": EntityKind.EVENT,
        "OCCUPATION": EntityKind.OCCUPATION,
        "CLUE": EntityKind.SINGLING_OUT,
    }
)


class LetterNer:
    """spaCy component: puts the spans of our model into `doc.spans["letter_ner"]`."""

    def __init__(self, folder: str) -> None:
        self._tagger = Tagger.load(Path(folder))
        self.common_words = self._tagger.common_words

    def __call__(self, doc: Doc) -> Doc:
        """Tags the text of the document; a span is widened to whole tokens."""
        spans: list[SpacySpan] = []
        scores: list[float] = []
        for tagged in self._tagger.tag(doc.text, threshold=_LEAST_PROBABILITY):
            span = doc.char_span(
                tagged.start, tagged.end, label=tagged.label, alignment_mode="expand"
            )
            if span is not None:
                spans.append(span)
                scores.append(tagged.score)
        doc.spans[SPANS_KEY] = spans
        doc.spans[SPANS_KEY].attrs["scores"] = scores
        return doc


@Language.factory("letter_ner", default_config={"folder": ""})
def create_letter_ner(nlp: Language, name: str, folder: str) -> LetterNer:
    """The factory spaCy calls for `nlp.add_pipe("letter_ner", config={"folder": …})`."""
    del nlp, name
    return LetterNer(folder)


class NerRecognizer:
    """The spaCy pipeline as a recogniser."""

    def __init__(self, nlp: Language, *, name: str, version: str = "") -> None:
        self._nlp = nlp
        self._name = name
        ours = nlp.get_pipe("letter_ner") if nlp.has_pipe("letter_ner") else None
        #: Words that our model knows from outside of names; of a foreign pipeline nobody knows.
        self.common_words = ours.common_words if isinstance(ours, LetterNer) else frozenset[str]()
        #: What the findings of this pipeline were made with: its name and the digest of its files.
        self.version = f"{name}@{version}" if version else name

    @property
    def recognizer_id(self) -> str:
        """`ner:` and the name of the pipeline."""
        return f"ner:{self._name}"

    def find(self, text: str) -> Iterable[Finding]:
        """
        Every entity of the pipeline whose label has a kind of ours.

        Raises `NotRead` when the pipeline has read another text than this one, or a part of it.
        """
        self._nlp.max_length = max(self._nlp.max_length, len(text) + 1)
        doc = self._nlp(text)
        if doc.text != text:
            raise NotRead
        for start, end, label, score in _entities(doc):
            if label in _KINDS:
                yield Finding(
                    span=Span(start=start, end=end),
                    kind=_KINDS[label],
                    score=score,
                    recognizer=self.recognizer_id,
                )


def _entities(doc: Doc) -> Iterable[tuple[int, int, str, float]]:
    if SPANS_KEY in doc.spans:
        group = doc.spans[SPANS_KEY]
        for span, score in zip(group, group.attrs["scores"], strict=True):
            yield span.start_char, span.end_char, span.label_, float(score)
        return
    for entity in doc.ents:
        yield entity.start_char, entity.end_char, entity.label_, _SCORE_OF_FOREIGN_PIPELINE


def load_ner(
    language: str, models: Path, *, model: str | None = None, spacy_pipeline: str | None = None
) -> NerRecognizer:
    """
    Our model for `language` below `models`, or the spaCy pipeline that a site names instead.

    The folder of the model has the name of the language, or another when several share one.

    Raises `ModelError` when it is not there or cannot be loaded.
    """
    if spacy_pipeline is not None:
        return _load_foreign(spacy_pipeline)
    nlp = spacy.blank(language)
    folder = models / (model or language)
    nlp.add_pipe("letter_ner", config={"folder": str(folder)})
    # The configuration lists the digest of every file of the model, so its own digest is enough.
    digest = hashlib.sha256((folder / CONFIG_FILE).read_bytes()).hexdigest()
    return NerRecognizer(nlp, name=f"letter-{folder.name}", version=digest[:12])


def _load_foreign(pipeline: str) -> NerRecognizer:
    """An installed pipeline, or a folder with one: findings name the folder, not its path."""
    load: Callable[..., Any] = spacy.load
    try:
        nlp = load(pipeline)
        version = str(nlp.meta.get("version", ""))
        if not Path(pipeline).is_dir():
            return NerRecognizer(nlp, name=pipeline, version=version)
        folder = Path(pipeline).resolve()
        return NerRecognizer(nlp, name=folder.name, version=f"{version}-{_digest(folder)[:12]}")
    except OSError:
        message = (
            f"spaCy pipeline {pipeline!r} is not installed: install it "
            f"(python -m spacy download {pipeline}), or name a folder with one"
        )
        raise ModelError(message) from None
    except Exception as error:
        message = f"spaCy pipeline {pipeline!r} cannot be loaded ({type(error).__name__})"
        raise ModelError(message) from error


def _digest(folder: Path) -> str:
    """SHA-256 of every file below the folder, so that no other pipeline has the same version."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
