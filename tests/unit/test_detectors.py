"""Detectors: each language gets its own, loaded when a letter needs it, and never a wrong one."""

import shutil
from pathlib import Path

import pytest

from anonymizer.errors import ModelError, RulesError
from anonymizer.model import (
    Circumstances,
    DraftStatus,
    EntityKind,
    KnownIdentifier,
    Stage,
    TreatmentAction,
)
from anonymizer.pipeline import MODELS, Pipeline, PipelineSettings
from tests.unit.parts import letter

AT_HOME = Circumstances(writer_country="DE", reader_country="DE")
ONLY_GERMAN = Circumstances(language="de")
GERMAN = """\
Liebe Spenderin,

mein Name ist Annegret Pohl, ich wohne in Buxtehude und bin 34 Jahre alt. Am 3. Mai 2021 habe ich
deine Zellen bekommen. Davor gab es fünf Tage lang Spritzen, und die Hoffnung habe ich nie verloren.

Liebe Grüße
Annegret
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models that a test may spoil."""
    folder = tmp_path / "models"
    for name in ("en", "de"):
        shutil.copytree(MODELS / name, folder / name)
    return folder


def test_a_german_letter_is_drafted_in_german(pipeline: Pipeline) -> None:
    """Its placeholders and generalisations are German, and its warm words stay."""
    draft = pipeline.draft(letter(GERMAN), AT_HOME)
    assert draft.status is DraftStatus.DRAFTED
    assert draft.redaction is not None
    outgoing = draft.redaction.text
    assert not {"Annegret", "Pohl", "Buxtehude", "34", "3. Mai"} & {
        one for one in ("Annegret", "Pohl", "Buxtehude", "34", "3. Mai") if one in outgoing
    }
    assert "mein Name ist [Name 1], ich wohne in [meinem Ort] und bin [über dreißig]." in outgoing
    assert "Am [Frühlingstag] habe ich" in outgoing
    assert "fünf Tage lang Spritzen, und die Hoffnung" in outgoing
    assert draft.versions["ner"].startswith("letter-de@")


def test_a_person_marks_a_miss_in_the_language_of_the_letter(pipeline: Pipeline) -> None:
    """The words for what is hidden by hand are those of the draft."""
    draft = pipeline.draft(letter(GERMAN), AT_HOME)
    first = draft.treatments[0]
    again = pipeline.replacement_for(draft.letter, first.finding, first.action)
    assert again.replacement == first.replacement
    assert pipeline.renumbered(draft.letter, draft.treatments) == draft.treatments


def test_a_letter_too_short_to_tell_stays_in_the_language_it_was_drafted_in(
    pipeline: Pipeline,
) -> None:
    """Its own words decide nothing; corrected, it keeps the rules and words of its draft."""
    draft = pipeline.draft(letter("LG Annegret"), ONLY_GERMAN)
    assert draft.language is not None
    assert draft.language.code is None
    first = draft.treatments[0]
    again = pipeline.replacement_for(
        draft.letter, first.finding, TreatmentAction.GENERALIZE, verdict=draft.language
    )
    by_itself = pipeline.replacement_for(draft.letter, first.finding, TreatmentAction.GENERALIZE)
    assert again.replacement != by_itself.replacement
    verdict = draft.language
    assert pipeline.renumbered(draft.letter, draft.treatments, verdict=verdict) == draft.treatments
    redrafted = pipeline.redraft(draft.letter, draft.treatments, verdict=verdict)
    assert redrafted.redaction == draft.redaction


def test_what_leaves_is_looked_at_by_the_same_detector(pipeline: Pipeline) -> None:
    """The release gate would miss German names with an English model."""
    found = pipeline.rescan(GERMAN)
    assert any(one.finding.recognizer == "ner:letter-de" for one in found)


def test_a_language_without_a_model_is_not_read(models: Path) -> None:
    """Its letters wait for somebody who reads them."""
    shutil.rmtree(models / "de")
    pipeline = Pipeline.load(PipelineSettings(models_folder=models))
    assert "de" not in pipeline.detectors.languages
    draft = pipeline.draft(letter(GERMAN), AT_HOME)
    assert draft.status is DraftStatus.HELD
    assert [one.code for one in draft.holds] == ["no_model"]


def test_a_spoilt_model_holds_the_letters_of_its_language_alone(models: Path) -> None:
    """English letters go on, German ones wait; nothing is drafted by half."""
    with (models / "de" / "model.onnx").open("r+b") as file:
        file.write(b"spoilt")
    pipeline = Pipeline.load(PipelineSettings(models_folder=models))
    with pytest.raises(ModelError):
        pipeline.detectors.of("de")
    draft = pipeline.draft(letter(GERMAN), AT_HOME)
    assert draft.status is DraftStatus.HELD
    assert draft.holds[0].stage is Stage.LANGUAGE
    assert draft.redaction is None
    english = "Dear donor,\n\nthank you so much for the gift of your cells. I often think of you.\n"
    assert pipeline.draft(letter(english)).status is DraftStatus.DRAFTED


def test_a_mistake_in_the_words_of_a_language_is_told_at_the_start(tmp_path: Path) -> None:
    """Not with the first letter that needs them."""
    ours = (Path(__file__).parents[2] / "rules" / "languages" / "de.toml").read_text("utf-8")
    (tmp_path / "languages").mkdir()
    spoilt = ours.replace('generalizer = "age_de"', 'generalizer = "age_xx"')
    (tmp_path / "languages" / "de.toml").write_text(spoilt, encoding="utf-8")
    with pytest.raises(RulesError, match="age_xx"):
        Pipeline.load(PipelineSettings(rules_folder=tmp_path))


def test_a_small_word_like_a_known_name_does_not_block_the_letter(pipeline: Pipeline) -> None:
    """The check of the outgoing text knows the small words of the letter's language."""
    heiner = KnownIdentifier(kind=EntityKind.PERSON, value="Heiner Kosiol")
    here = Circumstances(writer_country="DE", reader_country="DE", known_identifiers=(heiner,))
    draft = pipeline.draft(letter(GERMAN + "\nIch denke oft an die Zeit meiner Krankheit.\n"), here)
    assert draft.redaction is not None
    assert "die Zeit meiner Krankheit" in draft.redaction.text
    assert draft.residuals == ()
    again = pipeline.redraft(draft.letter, draft.treatments, (heiner,))
    assert again.residuals == ()
