"""The spaCy host: our model as a component, or a pipeline that a site names."""

from pathlib import Path
from typing import cast

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from anonymizer.detection.ner import NerRecognizer, load_ner
from anonymizer.errors import ModelError, NotRead
from anonymizer.model import EntityKind
from anonymizer.pipeline import MODELS, Pipeline, PipelineSettings
from tests.models import their_pipeline
from tests.unit.parts import found_in


@Language.component("test_entities")
def mark_entities(doc: Doc) -> Doc:
    """Marks capitalised words, with labels as other pipelines have them."""
    labels = {"Anna": "PERSON", "Ulm": "GPE", "Bosch": "ORG", "Monday": "DATE"}
    doc.ents = [
        Span(doc, token.i, token.i + 1, label=labels[token.text])
        for token in doc
        if token.text in labels
    ]
    return doc


@pytest.fixture(scope="module")
def foreign() -> NerRecognizer:
    """A pipeline of another maker, which has no scores."""
    nlp = spacy.blank("en")
    nlp.add_pipe("test_entities")
    return NerRecognizer(nlp, name="test")


def test_our_model_finds_names_places_and_organisations(pipeline: Pipeline) -> None:
    """With probabilities, at places of the text."""
    recognizer = pipeline.recognizers[0]
    assert recognizer.recognizer_id == "ner:letter-en"
    text = "My husband Piotr and I live in Radom."
    found = {(text[one.span.start : one.span.end], one.kind) for one in recognizer.find(text)}
    assert {("Piotr", EntityKind.PERSON), ("Radom", EntityKind.PLACE)} <= found
    assert all(0 <= one.score <= 1 for one in recognizer.find(text))


def test_a_pipeline_of_another_maker_works_too(foreign: NerRecognizer) -> None:
    """Its labels become our kinds; what has none of ours is left to the patterns."""
    text = "Anna from Ulm works at Bosch on Monday"
    found = [(text[one.span.start : one.span.end], one.kind) for one in foreign.find(text)]
    assert found == [
        ("Anna", EntityKind.PERSON),
        ("Ulm", EntityKind.PLACE),
        ("Bosch", EntityKind.ORGANIZATION),
    ]
    assert {one.recognizer for one in foreign.find(text)} == {"ner:test"}


def test_a_pipeline_that_reads_another_text_is_an_error() -> None:
    """One that drops or changes characters would answer for other places."""

    class Shortening:
        max_length = 10

        def has_pipe(self, _name: str) -> bool:
            return False

        def __call__(self, text: str) -> Doc:
            return spacy.blank("en")(text[:-1])

    recognizer = NerRecognizer(cast("Language", Shortening()), name="short")
    with pytest.raises(NotRead):
        list(recognizer.find("Anna from Ulm"))


def test_a_text_longer_than_spacys_limit_is_read_to_its_end(foreign: NerRecognizer) -> None:
    """SpaCy refuses a million characters by default; here nothing is cut off."""
    foreign._nlp.max_length = 50
    assert found_in(foreign, "so it goes " * 100 + "Anna") == ["Anna"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "\U0001f600" * 10, "." * 500])
def test_our_model_gets_over_anything(pipeline: Pipeline, text: str) -> None:
    """No span outside the text, no error."""
    assert all(one.span.end <= len(text) for one in pipeline.recognizers[0].find(text))


def test_a_pipeline_is_loaded_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """As spaCy does it."""
    monkeypatch.setattr(spacy, "load", lambda _name: spacy.blank("en"))
    assert load_ner("en", MODELS, spacy_pipeline="xx_some").recognizer_id == "ner:xx_some"


def test_a_pipeline_is_loaded_from_its_folder(tmp_path: Path) -> None:
    """Findings name the folder and not its path; another pipeline there has another version."""
    theirs = load_ner("en", MODELS, spacy_pipeline=str(their_pipeline(tmp_path / "theirs", "Ines")))
    assert found_in(theirs, "Ines lives in Ravensburg") == ["Ines", "Ravensburg"]
    assert theirs.recognizer_id == "ner:theirs"
    their_pipeline(tmp_path / "theirs", "Joan")
    other = load_ner("en", MODELS, spacy_pipeline=str(tmp_path / "theirs"))
    assert other.version.startswith("theirs@")
    assert other.version != theirs.version


def test_a_folder_with_a_damaged_pipeline_is_an_error(tmp_path: Path) -> None:
    """Whatever spaCy raises."""
    theirs = their_pipeline(tmp_path / "theirs")
    config = (theirs / "config.cfg").read_text("utf-8")
    (theirs / "config.cfg").write_text(config.replace("entity_ruler", "no_such_part"), "utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_ner("en", MODELS, spacy_pipeline=str(theirs))


def test_a_missing_model_is_an_error(tmp_path: Path) -> None:
    """Without its model the library refuses to start: it never finds less in silence."""
    with pytest.raises(ModelError):
        load_ner("en", tmp_path)


def test_a_pipeline_that_is_not_installed_is_an_error(tmp_path: Path) -> None:
    """With the command that installs it."""
    with pytest.raises(ModelError, match="python -m spacy download xx_none"):
        load_ner("en", tmp_path, spacy_pipeline="xx_none")


@pytest.mark.parametrize(
    "settings",
    [
        PipelineSettings(models_folder=Path("/nowhere")),
        PipelineSettings(spacy_pipeline="xx_none"),
    ],
    ids=["models folder", "spaCy pipeline"],
)
def test_no_pipeline_is_loaded_without_its_model(settings: PipelineSettings) -> None:
    """Whatever a site has set."""
    with pytest.raises(ModelError):
        Pipeline.load(settings)
