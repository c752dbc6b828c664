"""Ours as systems: the whole pipeline on both tiers, and the neural model alone."""

from pathlib import Path

from anonymizer.detection.tagger import Tagger
from anonymizer.errors import AnonymizerError
from anonymizer.model import EntityKind, Letter, TreatmentAction
from anonymizer.pipeline import MODELS, Pipeline
from anonymizer.rulebook import load_languages
from corpus.bench.systems import Find, Passage

MASKED = frozenset({TreatmentAction.REPLACE, TreatmentAction.GENERALIZE})
POINTED_AT = MASKED | {TreatmentAction.SUGGEST}

_KINDS = {
    "PERSON": EntityKind.PERSON,
    "LOCATION": EntityKind.PLACE,
    "ORGANIZATION": EntityKind.ORGANIZATION,
}


class NotDetected(AnonymizerError):
    """The letter was held before detection had run."""


def whole_pipeline(pipeline: Pipeline, actions: frozenset[TreatmentAction] = MASKED) -> Find:
    """The treatments with one of `actions`, without a case register and without a cover number."""

    def find(text: str) -> list[Passage]:
        draft = pipeline.draft(Letter.from_text("bench", text))
        if draft.redaction is None:
            raise NotDetected
        return [
            (one.finding.span.start, one.finding.span.end, one.finding.kind)
            for one in draft.treatments
            if one.action in actions
        ]

    return find


def model_folder(language: str) -> Path:
    """The model that reads a language."""
    return MODELS / load_languages()[language].model


def bare_model(language: str) -> Find:
    """The shipped model with its own threshold, all labels; no rules, lists or second thoughts."""
    tagger = Tagger.load(model_folder(language))

    def find(text: str) -> list[Passage]:
        return [(one.start, one.end, _KINDS.get(one.label)) for one in tagger.tag(text)]

    return find
