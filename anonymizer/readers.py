"""
The readers of letters, one per language: its rules, its recognisers and its model.

A reader is loaded with the first letter that needs it, so that a site pays for its languages only.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from anonymizer.detection.detector import SECONDS_PER_LETTER, Detector
from anonymizer.detection.inventory import build_recognizers
from anonymizer.detection.ner import load_ner
from anonymizer.donor_number import DonorNumberForm
from anonymizer.language_rules import LanguageRules
from anonymizer.model import Policy
from anonymizer.rulebook import COMMON, Rulebook, load_languages, load_rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reads the letters of one language."""

    rulebook: Rulebook
    detector: Detector

    @property
    def policy(self) -> Policy:
        """The rulings, with the words of the language."""
        return self.rulebook.policy


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Every language that can be read; each reader is loaded once."""

    rules_folder: Path | None
    models_folder: Path
    spacy_pipeline: str | None
    donor_numbers: DonorNumberForm
    seconds_per_letter: float = SECONDS_PER_LETTER
    _loaded: dict[str, Reader] = field(default_factory=dict, repr=False)
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

    def reader(self, code: str) -> Reader:
        """
        The reader for one of `languages`.

        Raises `ModelError` or `RulesError`.
        """
        with self._lock:
            if code not in self._loaded:
                self._loaded[code] = self._load(code)
            return self._loaded[code]

    def _load(self, code: str) -> Reader:
        rulebook = load_rulebook(code, site_folder=self.rules_folder)
        ner = load_ner(
            code,
            self.models_folder,
            model=rulebook.language.model,
            # a site's pipeline is one for English
            spacy_pipeline=self.spacy_pipeline if code == COMMON else None,
        )
        recognizers = build_recognizers(rulebook, ner=ner, donor_numbers=self.donor_numbers)
        return Reader(
            rulebook=rulebook,
            detector=Detector(
                rulebook=rulebook,
                recognizers=recognizers,
                policy=rulebook.policy,
                ner_version=ner.version,
                seconds_per_letter=self.seconds_per_letter,
                common_words=ner.common_words,
            ),
        )
