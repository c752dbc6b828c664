"""
What this site drafts letters by: versions of rules and models, languages, rulings by kind.

Contract: only what is loaded is told; nothing is loaded for it, and no letter is read.
"""

from dataclasses import dataclass

from anonymizer.model import Ruling
from anonymizer.pipeline import Pipeline
from service.actions.desk import Desk
from service.workflow.people import Permission, Person, check_may


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageProfile:
    """One language that letters are drafted in; versions are None until a letter needed it."""

    code: str
    model: str | None = None
    rules: str | None = None
    second_reader: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules and models of the site at this moment."""

    versions: dict[str, str]
    languages: tuple[LanguageProfile, ...]
    rulings: tuple[Ruling, ...]
    countries: int
    registries: int
    own_rules: bool
    fault: str | None


def site_profile(desk: Desk, person: Person) -> Profile:
    """What letters are drafted by."""
    check_may(person, Permission.KEEP_SETTINGS)
    pipeline = desk.pipeline
    real = pipeline if isinstance(pipeline, Pipeline) else None
    return Profile(
        versions=dict(real.versions) if real else {},
        languages=_languages(real) if real else (),
        rulings=tuple(pipeline.policy.rulings.values()),
        countries=len(pipeline.exchange.countries),
        registries=len(pipeline.exchange.registries),
        own_rules=desk.settings.rules_folder is not None,
        fault=desk.fault,
    )


def _languages(pipeline: Pipeline) -> tuple[LanguageProfile, ...]:
    found = []
    for code, language in sorted(pipeline.detectors.languages.items()):
        detector = pipeline.detectors.if_loaded(code)
        found.append(
            LanguageProfile(
                code=code,
                model=detector.ner_version if detector else None,
                rules=detector.rulebook.version if detector else None,
                second_reader=language.second_reader,
            )
        )
    return tuple(found)
