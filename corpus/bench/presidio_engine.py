"""
Presidio's `AnalyzerEngine` with its default English recognisers, on our model and without one.

Imports by name: the pipeline's own adapters stay the only modules built on these libraries.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import anonymizer.detection.ner  # noqa: F401  # registers the spaCy component `letter_ner`
from anonymizer.detection.tagger import Tagger
from anonymizer.model import EntityKind
from anonymizer.pipeline import LANGUAGE, MODELS
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


def patterns_alone() -> Find:
    """The default English recognisers on a blank spaCy pipeline, which has no names to offer."""
    return _analyzer(import_module("spacy").blank(LANGUAGE))


def on_our_model() -> Find:
    """The same, with the names of our model as the entities of the spaCy pipeline."""
    nlp = import_module("spacy").blank(LANGUAGE)
    nlp.add_pipe("letter_ner", config={"folder": str(MODELS / LANGUAGE)})
    type(nlp).component("spans_as_entities", func=_spans_as_entities())
    nlp.add_pipe("spans_as_entities")
    return _analyzer(nlp)


def _spans_as_entities() -> Callable[[Any], Any]:
    """A component; entities have no score, so only spans the model is sure of become some."""
    threshold = Tagger.load(MODELS / LANGUAGE).threshold
    without_overlaps = import_module("spacy.util").filter_spans

    def component(doc: Any) -> Any:
        spans = doc.spans[_SPANS]
        scored = zip(spans, spans.attrs["scores"], strict=True)
        doc.ents = without_overlaps([span for span, score in scored if score >= threshold])
        return doc

    return component


def _analyzer(nlp: Any) -> Find:
    _stay_offline()
    presidio = import_module("presidio_analyzer")
    engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine()
    engine.nlp = {LANGUAGE: nlp}
    registry = presidio.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=[LANGUAGE], nlp_engine=engine)
    analyzer = presidio.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=[LANGUAGE]
    )

    def find(text: str) -> list[Passage]:
        results = analyzer.analyze(text, language=LANGUAGE)
        return [(one.start, one.end, _KINDS.get(one.entity_type)) for one in results]

    return find


def _stay_offline() -> None:
    """The e-mail recogniser would fetch the newest public suffixes at its first use."""
    extractor: Any = import_module("tldextract.tldextract")
    extractor.TLD_EXTRACTOR = extractor.TLDExtract(suffix_list_urls=(), cache_dir=None)
