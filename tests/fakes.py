"""
A pipeline that needs no model, for tests about everything around it.

It replaces the name Anna. Letters tell it what to do: HELD holds the letter, BUG raises, DIE ends
the process. It lives in a module because worker processes import it by name.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from anonymizer.batch.bench import Bench, BenchOrder
from anonymizer.errors import RulesError
from anonymizer.model import (
    Case,
    CaseRegister,
    Circumstances,
    Draft,
    DraftStatus,
    EntityKind,
    Finding,
    Hold,
    IdentifierClass,
    Letter,
    Redaction,
    Span,
    Stage,
    Treatment,
    TreatmentAction,
)
from anonymizer.pipeline import Pipeline

TREATMENT = Treatment(
    finding=Finding(
        span=Span(start=0, end=4), kind=EntityKind.PERSON, score=0.9, recognizer="fake"
    ),
    action=TreatmentAction.REPLACE,
    identifier_class=IdentifierClass.DIRECT,
    reason="Names must not reach the other side.",
    rule_id="fake",
    replacement="[name 1]",
)


class FakePipeline:
    """Stands in for `Pipeline`."""

    def __init__(self, version: str) -> None:
        self.versions: Mapping[str, str] = {"code": version}

    def draft(
        self, letter: Letter, circumstances: Circumstances, register: CaseRegister | None
    ) -> Draft:
        """A draft without findings."""
        if "BUG" in letter.text:
            raise ValueError(letter.text)
        if "DIE" in letter.text:
            os._exit(9)
        hold = Hold(stage=Stage.LANGUAGE, code="not_admitted", reason="The letter is in German.")
        held = "HELD" in letter.text
        return Draft(
            letter=letter,
            status=DraftStatus.HELD if held else DraftStatus.DRAFTED,
            routing=None,
            language=None,
            treatments=(),
            redaction=Redaction(text=letter.text.replace("Anna", "[name 1]"), replacements=()),
            holds=(hold,) if held else (),
            versions=self.versions,
        )


class NoCases:
    """A register without a case."""

    def find_cases(self, donor_number: str) -> tuple[Case, ...]:
        """Nothing."""
        return ()

    def find_cases_of_patient(self, reference: str) -> tuple[Case, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeOrder(BenchOrder):
    """Orders a bench with a `FakePipeline`."""

    version: str = "1"
    rules_are_bad: bool = False

    def set_up(self) -> Bench:
        """A bench at once, or RulesError."""
        if self.rules_are_bad:
            message = "rules/policy/strict.toml is missing"
            raise RulesError(message)
        return Bench(
            pipeline=cast("Pipeline", FakePipeline(self.version)),
            register=NoCases(),
            circumstances=self.circumstances,
        )


def double(_: Bench, item: int) -> int:
    """Work whose duration goes down, so that later items would overtake earlier ones."""
    time.sleep(max(0, 5 - item) * 0.02)
    return 2 * item


def fail_on_three(_: Bench, item: int) -> int:
    """Work with a bug whose message quotes a letter."""
    if item == 3:
        message = "Dear Anna"
        raise ValueError(message)
    return item


def die_on_three(_: Bench, item: int) -> int:
    """Work that ends its process, as running out of memory does."""
    if item == 3:
        os._exit(9)
    return item
