"""Scores follow from what is marked and what is treated, counted by hand here."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from anonymizer.model import (
    Direction,
    Draft,
    DraftStatus,
    EntityKind,
    Finding,
    Hold,
    IdentifierClass,
    Redaction,
    Span,
    Stage,
    Treatment,
    TreatmentAction,
)
from corpus import report
from corpus.errors import CorpusError
from corpus.floors import Floor, load_floors, missed_floors
from corpus.gold import GoldLetter, Group
from corpus.markup import parse_markup
from corpus.score import (
    LetterScore,
    Outcome,
    TextScore,
    score_letter,
    score_text,
    summarize,
    summarize_sets,
)


def _treat(
    text: str,
    passage: str,
    kind: EntityKind = EntityKind.PERSON,
    action: TreatmentAction = TreatmentAction.REPLACE,
) -> Treatment:
    start = text.index(passage)
    span = Span(start=start, end=start + len(passage))
    return Treatment(
        finding=Finding(span=span, kind=kind, score=0.9, recognizer="test"),
        action=action,
        identifier_class=IdentifierClass.DIRECT,
        reason="test",
        rule_id="test",
        replacement="[x]",
    )


def _gold(source: str, name: str = "letter") -> GoldLetter:
    marked = parse_markup(source)
    return GoldLetter(
        name=name,
        text=marked.text,
        marks=marked.marks,
        title="t",
        direction=Direction.DONOR_TO_PATIENT,
        writer_country="GB",
        reader_country="US",
        voice="v",
        group=Group.ORDINARY if marked.marks else Group.CLEAN,
    )


def _draft(letter: GoldLetter, *treatments: Treatment) -> Draft:
    return Draft(
        letter=letter.as_letter(),
        status=DraftStatus.DRAFTED,
        routing=None,
        language=None,
        treatments=treatments,
        redaction=Redaction(text="", replacements=()),
    )


def _score(letter: GoldLetter, *treatments: Treatment, part: str = "dev") -> LetterScore:
    return score_letter(letter, _draft(letter, *treatments), part=part, seconds=0.5)


def _outcomes(source: str, *passages: tuple[str, TreatmentAction]) -> list[Outcome]:
    marked = parse_markup(source)
    treatments = [_treat(marked.text, text, action=action) for text, action in passages]
    score = score_text(marked.text, marked.marks, treatments)
    return [mention.outcome for mention in score.mentions]


@pytest.mark.parametrize(
    ("passages", "outcome"),
    [
        ([("Anna Kowalska", TreatmentAction.REPLACE)], Outcome.MASKED),
        ([("Dear Anna Kowalska, I", TreatmentAction.REPLACE)], Outcome.MASKED),
        ([("Anna Kowalska", TreatmentAction.GENERALIZE)], Outcome.MASKED),
        (
            [("Anna", TreatmentAction.REPLACE), ("Kowalska", TreatmentAction.REPLACE)],
            Outcome.MASKED,
        ),
        (
            [("Anna", TreatmentAction.REPLACE), ("Kowalska", TreatmentAction.SUGGEST)],
            Outcome.SUGGESTED,
        ),
        ([("Anna Kowalska", TreatmentAction.SUGGEST)], Outcome.SUGGESTED),
        ([("Anna", TreatmentAction.REPLACE)], Outcome.MISSED),
        ([("Anna Kowalska", TreatmentAction.KEEP)], Outcome.MISSED),
        ([], Outcome.MISSED),
    ],
)
def test_score_mention_counts_only_when_every_letter_of_it_is_covered(
    passages: list[tuple[str, TreatmentAction]], outcome: Outcome
) -> None:
    """Half a name left in is a name left in; white space between two findings is not."""
    assert [outcome] == _outcomes("Dear [[PERSON:Anna Kowalska]], I", *passages)


def test_score_dots_of_initials_need_no_mask() -> None:
    """Punctuation identifies nobody."""
    assert _outcomes("[[INITIALS:K.V.]]", ("K.V", TreatmentAction.REPLACE)) == [Outcome.MASKED]


def _score_of(source: str, *passages: str) -> TextScore:
    marked = parse_markup(source)
    return score_text(marked.text, marked.marks, [_treat(marked.text, text) for text in passages])


def test_score_mask_beside_every_mark_is_false() -> None:
    """Only a finding without any mark behind it is a false mask; a generous edge is not."""
    score = _score_of("Dear [[PERSON:Anna]], have hope", "Dear Anna", "hope")
    assert [mask.kind for mask in score.false_masks] == [EntityKind.PERSON]
    assert len(score.false_masks) == 1


def test_score_over_redaction_counts_letters_outside_marks() -> None:
    """A generous edge does cost characters."""
    score = _score_of("Dear [[PERSON:Anna]], have hope", "Dear Anna")
    assert (score.plain, score.plain_masked) == (12, 4)


def test_score_suggestion_beside_every_mark_is_no_false_mask() -> None:
    """What a proofreader is only asked about has not been taken away."""
    text = "have hope"
    treatment = _treat(text, "hope", action=TreatmentAction.SUGGEST)
    assert score_text(text, (), [treatment]).false_masks == ()


def test_score_letter_is_whole_when_no_direct_mention_is_left() -> None:
    """A suggestion left open is not safe for a name, and a date does not count as direct."""
    letter = _gold("[[PERSON:Anna]] on [[DATE:3 May]]")
    suggested = _treat(letter.text, "Anna", action=TreatmentAction.SUGGEST)
    assert _score(letter, _treat(letter.text, "Anna")).is_whole
    assert not _score(letter, suggested).is_whole


def test_score_letter_held_before_detection_is_missed_and_listed() -> None:
    """A letter nobody looked into must not pass for a clean one."""
    letter = _gold("Dear donor")
    draft = Draft(
        letter=letter.as_letter(),
        status=DraftStatus.HELD,
        routing=None,
        language=None,
        treatments=(),
        redaction=None,
        holds=(Hold(stage=Stage.LANGUAGE, code="test", reason="test"),),
    )
    score = score_letter(letter, draft, part="dev", seconds=0.1)
    assert not score.is_whole
    assert summarize([score]).undetected == ("letter",)


def test_summary_adds_up_by_class_and_kind() -> None:
    """The figures of a set are counts over all its mentions, not means over letters."""
    first = _gold("[[PERSON:Anna]] and [[PERSON:Ben]] in [[PLACE:Ware]]", "first")
    second = _gold("[[AGE:34]] years of hope", "second")
    summary = summarize(
        [
            _score(first, _treat(first.text, "Anna")),
            _score(second, _treat(second.text, "34"), _treat(second.text, "hope")),
        ]
    )
    assert summary.by_kind[EntityKind.PERSON].masked_share == pytest.approx(1 / 2)
    assert summary.by_class[IdentifierClass.DIRECT].masked_share == pytest.approx(1 / 3)
    assert summary.overall.masked_share == pytest.approx(1 / 2)
    assert summary.figures()["whole_letters"] == pytest.approx(1 / 2)
    assert summary.figures()["without_false_mask"] == pytest.approx(1 / 2)
    assert summary.figures()["letters_per_second"] == pytest.approx(2.0)
    assert summary.false_masks == {EntityKind.PERSON: 1}


def test_summary_of_nothing_is_perfect_and_divides_by_nothing() -> None:
    """An empty set has no misses."""
    assert summarize([]).figures()["masked"] == pytest.approx(1.0)
    assert summarize([]).figures()["readable"] == pytest.approx(1.0)


def test_summaries_are_named_by_language_part_and_group() -> None:
    """The names are those that floors.toml uses."""
    clean, marked = _gold("Dear donor", "clean"), _gold("[[PERSON:Anna]]", "marked")
    sets = summarize_sets([_score(clean), _score(marked)], language="en")
    assert list(sets) == ["en.dev.ordinary", "en.dev.clean", "en.dev.all"]


def test_floor_that_is_missed_is_named(tmp_path: Path) -> None:
    """Whoever made it worse is told which figure fell."""
    path = tmp_path / "floors.toml"
    path.write_text("[en.dev.all]\nreadable = 0.5\nmasked.PERSON = 0.75\n", encoding="utf-8")
    figures = {"en.dev.all": {"readable": 0.5, "masked.PERSON": 0.7}}
    floors = load_floors(path)
    assert len(floors) == len(figures["en.dev.all"])
    assert missed_floors(floors, figures) == ("en.dev.all masked.PERSON: 0.7000 < 0.7500",)


def test_floor_of_letters_that_were_not_scored_is_passed_over() -> None:
    """Scoring one part only does not fail on the other part's floors."""
    floor = Floor(letters="en.heldout.all", figure="masked", at_least=1.0)
    assert missed_floors((floor,), {"en.dev.all": {}}) == ()


def test_floor_of_no_figure_is_refused(tmp_path: Path) -> None:
    """A mistyped floor would hold nothing."""
    with pytest.raises(CorpusError, match="no figure maskt"):
        missed_floors((Floor(letters="a", figure="maskt", at_least=1.0),), {"a": {}})
    path = tmp_path / "floors.toml"
    path.write_text("[en.dev]\nreadable = 0.5\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="does not read"):
        load_floors(path)


def _printed(*letters: LetterScore) -> str:
    out = io.StringIO()
    console = Console(file=out, width=200)
    report.print_tables(console, summarize_sets(letters, language="en"))
    report.print_misses(console, letters)
    return out.getvalue()


def test_report_shows_misses_of_dev_letters_in_context() -> None:
    """A developer sees at once what was overlooked."""
    printed = _printed(_score(_gold("Dear [[PERSON:Anna]]!")))
    assert "missed PERSON Dear \u27e6Anna\u27e7!" in printed


def test_report_never_shows_text_of_heldout_letters() -> None:
    """Held-out letters stay unread."""
    letter = _gold("Dear [[PERSON:Anna]], have hope")
    printed = _printed(_score(letter, _treat(letter.text, "hope"), part=report.UNREAD_PART))
    assert "missed PERSON" in printed
    assert "false mask PERSON" in printed
    assert "Anna" not in printed
    assert "hope" not in printed


def test_report_json_names_every_set() -> None:
    """Other programs read the same figures."""
    printed = report.as_json(summarize_sets([_score(_gold("Dear donor"))], language="en"))
    assert '"en.dev.clean"' in printed
