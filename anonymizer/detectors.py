"""
The detectors of a pipeline, one per language: its rules, its recognisers and its model.

Each is loaded with the first letter that needs it, so that a site pays for its languages only.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from anonymizer.detection.detector import SECONDS_PER_LETTER, Detector
from anonymizer.detection.inventory import build_recognizers
from anonymizer.detection.ner import load_ner
from anonymizer.donor_number import DonorNumberForm
from anonymizer.language_rules import LanguageRules
from anonymizer.model import SiteWords
from anonymizer.rulebook import COMMON, load_languages, load_rulebook


@dataclass(frozen=True, kw_only=True)
class Detectors:
    """
    Every language that can be read; each detector is loaded once.

    `site_words` are put over what was loaded: other words load no model again.
    """

    rules_folder: Path | None
    models_folder: Path
    spacy_pipeline: str | None
    donor_numbers: DonorNumberForm
    seconds_per_letter: float = SECONDS_PER_LETTER
    site_words: SiteWords = field(default_factory=SiteWords)
    _loaded: dict[str, Detector] = field(default_factory=dict, repr=False)
    _with_words: dict[str, Detector] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def languages(self) -> Mapping[str, LanguageRules]:
        """The languages with rules and a model, by code. Raises `RulesError`."""
        found = load_languages(site_folder=self.rules_folder)
        return {
            code: language
            for code, language in found.items()
            if (self.models_folder / language.model).is_dir()
        }

    def of(self, code: str) -> Detector:
        """
        The detector for one of `languages`.

        Raises `ModelError` or `RulesError`.
        """
        with self._lock:
            if code not in self._loaded:
                self._loaded[code] = self._load(code)
            if code not in self._with_words:
                words = self.site_words.of_language(code)
                self._with_words[code] = self._loaded[code].with_words(words)
            return self._with_words[code]

    def if_loaded(self, code: str) -> Detector | None:
        """The detector for a language, unless no letter has needed it yet."""
        with self._lock:
            return self._loaded.get(code)

    def having(self, detector: Detector) -> "Detectors":
        """These, with another detector for the language of its rules."""
        loaded = {**self._loaded, detector.rulebook.language.code: detector}
        return replace(self, _loaded=loaded, _with_words={}, _lock=threading.Lock())

    def with_words(self, words: SiteWords) -> "Detectors":
        """These, with the words of a site; what is loaded is shared with those before."""
        return replace(self, site_words=words, _with_words={})

    def _load(self, code: str) -> Detector:
        rulebook = load_rulebook(code, site_folder=self.rules_folder)
        ner = load_ner(
            code,
            self.models_folder,
            model=rulebook.language.model,
            # a site's pipeline is one for English
            spacy_pipeline=self.spacy_pipeline if code == COMMON else None,
        )
        recognizers = build_recognizers(rulebook, ner=ner, donor_numbers=self.donor_numbers)
        return Detector(
            rulebook=rulebook,
            recognizers=recognizers,
            policy=rulebook.policy,
            ner_version=ner.version,
            seconds_per_letter=self.seconds_per_letter,
            common_words=ner.common_words,
        )
