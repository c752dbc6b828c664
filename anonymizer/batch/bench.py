"""
What one process works with: the pipeline, the case list and what holds for every letter.

`BenchOrder` is the small, picklable description that travels to a worker process;
`BenchOrder.set_up` makes the `Bench` there, which takes seconds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from anonymizer.model import Case, CaseRegister, Circumstances

if TYPE_CHECKING:
    from anonymizer.pipeline import Pipeline, PipelineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOrder:
    """What to load and what to assume about every letter."""

    circumstances: Circumstances = Circumstances()
    cases: tuple[Case, ...] | None = field(default=None, repr=False)
    rules_folder: Path | None = None
    models_folder: Path | None = None
    spacy_pipeline: str | None = None
    donor_number_formats: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what, besides a letter's text and the versions, its draft depends on."""
        told = {
            "circumstances": asdict(self.circumstances),
            "cases": None if self.cases is None else [asdict(case) for case in self.cases],
            "donor_number_formats": self.donor_number_formats,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def set_up(self) -> "Bench":
        """Load the pipeline. Raises RulesError or ModelError."""
        # Here and not above: --help and usage errors must not wait for the NLP libraries.
        from anonymizer.pipeline import Pipeline  # noqa: PLC0415

        return Bench(
            pipeline=Pipeline.load(self._pipeline_settings()),
            register=None if self.cases is None else _listed(self.cases),
            circumstances=self.circumstances,
        )

    def _pipeline_settings(self) -> "PipelineSettings":
        from anonymizer.pipeline import PipelineSettings  # noqa: PLC0415 (as above)

        return PipelineSettings(
            rules_folder=self.rules_folder,
            models_folder=self.models_folder,
            spacy_pipeline=self.spacy_pipeline,
            donor_number_formats=self.donor_number_formats,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A loaded pipeline with everything a letter needs."""

    pipeline: "Pipeline"
    register: CaseRegister | None
    circumstances: Circumstances

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of code, rules and model that stand in every answer."""
        return self.pipeline.versions


def _listed(cases: tuple[Case, ...]) -> CaseRegister:
    from anonymizer.cases import CaseList  # noqa: PLC0415 (re2 is needed only with a case list)

    return CaseList(cases)
