"""
Presidio's `AnalyzerEngine` with its default recognisers, on our model and without one.

Imports by name: the pipeline's own adapters stay the only modules built on these libraries.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import anonymizer.detection.ner  # noqa: F401  # registers the spaCy component `letter_ner`
from anonymizer.detection.tagger import Tagger
from anonymizer.model import EntityKind
from corpus.bench.ours import model_folder
from corpus.bench.systems import Find, Passage

_SPANS = "letter_ner"
_KINDS = {
    "PERSON": EntityKind.PERSON,
    "LOCATION": EntityKind.PLACE,
    "ORGANIZATION": EntityKind.ORGANIZATION,
    "NRP": EntityKind.NATIONALITY,
    "DATE_TIME": EntityKind.DATE,
    "EMAIL_ADDRESS": EntityKind.EMAIL,
    "PHONE_NUMBER": EntityKind.PHONE,
    "URL": EntityKind.URL,
    "IP_ADDRESS": EntityKind.URL,
}


def patterns_alone(language: str) -> Find:
    """The default recognisers on a blank spaCy pipeline, which has no names to offer."""
    return _analyzer(import_module("spacy").blank(language), language)


def on_our_model(language: str) -> Find:
    """The same, with the names of our model as the entities of the spaCy pipeline."""
    folder = model_folder(language)
    nlp = import_module("spacy").blank(language)
    nlp.add_pipe("letter_ner", config={"folder": str(folder)})
    type(nlp).component("spans_as_entities", func=_spans_as_entities(folder))
    nlp.add_pipe("spans_as_entities")
    return _analyzer(nlp, language)


def _spans_as_entities(folder: Path) -> Callable[[Any], Any]:
    """A component; entities have no score, so only spans the model is sure of become some."""
    threshold = Tagger.load(folder).threshold
    without_overlaps = import_module("spacy.util").filter_spans

    def component(doc: Any) -> Any:
        spans = doc.spans[_SPANS]
        scored = zip(spans, spans.attrs["scores"], strict=True)
        doc.ents = without_overlaps([span for span, score in scored if score >= threshold])
        return doc

    return component


def _analyzer(nlp: Any, language: str) -> Find:
    _stay_offline()
    presidio = import_module("presidio_analyzer")
    engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine()
    engine.nlp = {language: nlp}
    registry = presidio.RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language], nlp_engine=engine)
    analyzer = presidio.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=[language]
    )

    def find(text: str) -> list[Passage]:
        results = analyzer.analyze(text, language=language)
        return [(one.start, one.end, _KINDS.get(one.entity_type)) for one in results]

    return find


def _stay_offline() -> None:
    """The e-mail recogniser would fetch the newest public suffixes at its first use."""
    extractor: Any = import_module("tldextract.tldextract")
    extractor.TLD_EXTRACTOR = extractor.TLDExtract(suffix_list_urls=(), cache_dir=None)
