"""The canary: a pipeline that would leave an invented letter readable does not start."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from anonymizer.canary import CANARY, CANARY_NAME, CANARY_TOWN, canary_fault
from anonymizer.errors import ModelError
from anonymizer.model import (
    EntityKind,
    Finding,
    Policy,
    Recognizer,
    Redaction,
    Span,
    TreatmentAction,
)
from anonymizer.pipeline import Pipeline, PipelineSettings
from tests.models import altered_models, their_good_pipeline, their_pipeline, useless_models


class Blind:
    """An NER that finds nothing."""

    recognizer_id = "ner:blind"

    def find(self, text: str) -> Iterable[Finding]:
        """Nothing."""
        return ()


class Greedy:
    """An NER that takes each word for a name."""

    recognizer_id = "ner:greedy"

    def find(self, text: str) -> Iterable[Finding]:
        """Everything."""
        position = 0
        for word in text.split():
            start = text.index(word, position)
            position = start + len(word)
            yield Finding(
                span=Span(start=start, end=position),
                kind=EntityKind.PERSON,
                score=0.9,
                recognizer=self.recognizer_id,
            )


class Broken:
    """An NER that raises."""

    recognizer_id = "ner:broken"

    def find(self, text: str) -> Iterable[Finding]:
        """Never anything."""
        raise ValueError(text)


def with_ner(pipeline: Pipeline, ner: Recognizer) -> Pipeline:
    """The shipped pipeline with another NER."""
    recognizers = (ner, *pipeline.recognizers[1:])
    return pipeline.having(replace(pipeline.detector, recognizers=recognizers))


def keeping(policy: Policy, kind: EntityKind) -> Policy:
    """A policy that leaves one kind in the letter."""
    kept = replace(policy.rulings[kind], action=TreatmentAction.KEEP)
    return replace(policy, rulings={**policy.rulings, kind: kept})


def test_the_shipped_pipeline_redacts_its_canary(pipeline: Pipeline) -> None:
    """Name, town, telephone, e-mail and number; the rest of the letter stays."""
    assert pipeline.canary_fault() is None


def test_an_ner_that_finds_nothing_is_noticed(pipeline: Pipeline) -> None:
    """No grammar and no list knows the canary's name; the reason says whose fault it is."""
    fault = with_ner(pipeline, Blind()).canary_fault()
    assert fault is not None
    assert "the NER found nothing" in fault


def test_an_ner_that_takes_everything_for_a_name_is_noticed(pipeline: Pipeline) -> None:
    """It would leave nothing to read."""
    fault = with_ner(pipeline, Greedy()).canary_fault()
    assert fault is not None
    assert "ordinary words" in fault


def test_an_ner_that_fails_is_noticed(pipeline: Pipeline) -> None:
    """The reason names it and repeats nothing of a letter."""
    fault = with_ner(pipeline, Broken()).canary_fault()
    assert fault is not None
    assert "ner:broken failed with ValueError" in fault
    assert CANARY_NAME not in fault


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EntityKind.PLACE, CANARY_TOWN),
        (EntityKind.PHONE, "0958"),
        (EntityKind.EMAIL, "canary.letter@example.org"),
        (EntityKind.DONOR_NUMBER, "4970537838306400308"),
    ],
)
def test_whatever_stays_readable_is_named_by_its_kind(
    pipeline: Pipeline, kind: EntityKind, words: str
) -> None:
    """In part is enough; a policy that keeps the kind is the site's own will."""
    draft = pipeline.draft(CANARY)
    assert draft.redaction is not None
    leaking = Redaction(text=f"{draft.redaction.text} {words}", replacements=())
    assert canary_fault(replace(draft, redaction=leaking), pipeline.policy) == (
        f"the canary letter would stay readable in part: {kind}"
    )
    assert canary_fault(replace(draft, redaction=leaking), keeping(pipeline.policy, kind)) is None


def test_a_useless_model_is_noticed(tmp_path: Path) -> None:
    """Its checksums are right, it runs, and it takes every word for the same."""
    settings = PipelineSettings(models_folder=useless_models(tmp_path))
    with pytest.raises(ModelError, match="the NER took ordinary words"):
        Pipeline.load(settings)


def test_an_altered_model_is_noticed(tmp_path: Path) -> None:
    """Before it runs."""
    with pytest.raises(ModelError, match="damaged"):
        Pipeline.load(PipelineSettings(models_folder=altered_models(tmp_path)))


def test_a_pipeline_of_another_maker_must_know_names(tmp_path: Path) -> None:
    """One that knows towns only is not enough."""
    folder = their_pipeline(tmp_path / "theirs")
    with pytest.raises(ModelError, match="the NER found nothing"):
        Pipeline.load(PipelineSettings(spacy_pipeline=str(folder)))
    good = their_good_pipeline(tmp_path / "good")
    Pipeline.load(PipelineSettings(spacy_pipeline=str(good)))
