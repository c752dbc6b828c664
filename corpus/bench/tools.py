"""Tools that install from the package index and run without downloading anything afterwards."""

import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from anonymizer.model import EntityKind
from corpus.bench.systems import Find, Passage

_KINDS = {
    "name": EntityKind.PERSON,
    "email": EntityKind.EMAIL,
    "phone": EntityKind.PHONE,
    "url": EntityKind.URL,
    "twitter": EntityKind.HANDLE,
    "skype": EntityKind.HANDLE,
    "date": EntityKind.DATE,
}


def scrubadub() -> Find:
    """Scrubadub with the detectors that it loads by itself: contact data and numbers."""
    return _scrubber(import_module("scrubadub").Scrubber())


def scrubadub_with_names() -> Find:
    """
    Scrubadub with its detector for proper nouns, tagged by TextBlob's own lexicon.

    TextBlob asks NLTK for sentences first, which needs a download; the tagger splits by itself.
    """
    blob: Any = import_module("textblob.blob")
    blob.sent_tokenize = lambda text: [text]
    package = import_module("scrubadub")
    scrubber = package.Scrubber()
    scrubber.add_detector(import_module("scrubadub.detectors").TextBlobNameDetector)
    return _scrubber(scrubber)


def _scrubber(scrubber: Any) -> Find:
    def find(text: str) -> Iterable[Passage]:
        filths = scrubber.iter_filth(text)
        return [(one.beg, one.end, _KINDS.get(one.type)) for one in filths]

    return find


def datafog() -> Find:
    """DataFog's regular expressions, all that it has without its extras."""
    package = import_module("datafog")

    def find(text: str) -> list[Passage]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            entities = package.scan(text).entities
        return [(one.start, one.end, _KINDS.get(one.type.lower())) for one in entities]

    return find
