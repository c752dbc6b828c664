"""The comparison: systems are scored alike, fairly, and told in figures only."""

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console
from typer.testing import CliRunner

from anonymizer.model import Direction, EntityKind, IdentifierClass
from anonymizer.pipeline import Pipeline
from corpus.__main__ import app
from corpus.bench import command, ours, presidio_engine, tables
from corpus.bench.comparison import (
    Comparison,
    Ratio,
    as_treatments,
    compare,
    measure_ratio,
    score_system,
)
from corpus.bench.lineup import lineup
from corpus.bench.systems import Find, Missing, Offer, Passage, System, loaded
from corpus.gold import GoldLetter, Group
from corpus.markup import parse_markup
from corpus.score import summarize

SENTENCE = "My name is Wilhelmina Brandt and I live in Ravensburg."


def _gold(source: str, name: str = "letter") -> GoldLetter:
    marked = parse_markup(source)
    return GoldLetter(
        name=name,
        text=marked.text,
        marks=marked.marks,
        title="A letter",
        direction=Direction.DONOR_TO_PATIENT,
        writer_country="DE",
        reader_country="US",
        voice="plain",
        group=Group.ORDINARY if marked.marks else Group.CLEAN,
    )


def _words(*words: str) -> Find:
    """A system that finds each of these words once."""

    def find(text: str) -> list[Passage]:
        places = [(text.find(word), word) for word in words]
        return [(at, at + len(word), EntityKind.PERSON) for at, word in places if at >= 0]

    return find


def _failing(text: str) -> list[Passage]:
    if "Anna" in text:
        raise ValueError(text)
    return []


def _broken() -> Find:
    raise ImportError


ANNA = _gold("Hello [[PERSON:Anna]], thank you, says [[INITIALS:B.]]")
CLEAN = _gold("Hello, thank you for everything", "clean")


def test_passages_that_overlap_are_one_mask() -> None:
    """A tool that reports a number as two kinds masks it once; nothing empty is a mask."""
    passages: list[Passage] = [
        (5, 9, None),
        (3, 6, EntityKind.PHONE),
        (12, 12, None),
        (9, 11, None),
    ]
    treatments = list(as_treatments(passages))
    assert [(t.finding.span.start, t.finding.span.end) for t in treatments] == [(3, 9), (9, 11)]
    assert treatments[0].finding.kind is EntityKind.PHONE


def test_a_system_is_scored_by_what_it_masks() -> None:
    """The figures of the table, counted by hand."""
    system = System(name="names", find=_words("Anna", "everything"))
    (row,) = compare([system], {"dev": [ANNA, CLEAN]}).rows
    assert (row.direct.masked, row.direct.mentions) == (1, 2)
    assert row.kind(EntityKind.PERSON).masked_share == 1.0
    assert row.kind(EntityKind.INITIALS).masked == 0
    assert row.kind(EntityKind.EMAIL).mentions == 0
    assert (row.whole, row.false_masks, row.without_false_mask) == (0.5, 0.5, 0.5)
    assert row.over_redacted == pytest.approx(10 / 43)
    assert row.summary.by_class[IdentifierClass.DIRECT] == row.direct


def test_a_letter_that_a_system_fails_on_is_not_safe() -> None:
    """The table goes on, the letter counts as not looked at, and nobody repeats its text."""
    system = System(name="broken", find=_failing)
    summary = summarize(score_system(system, [ANNA, CLEAN], "dev"))
    assert summary.undetected == ("letter",)
    assert summary.whole_letters == 1
    printed = _printed(compare([system], {"dev": [ANNA, CLEAN]}))
    assert "broken failed on 1 letters of dev" in printed
    assert "Anna" not in printed


def test_what_is_not_installed_is_listed() -> None:
    """With what to type; it is never imported."""
    offers = [
        Offer(name="nobody has it", make=pytest.fail, packages=("no_such_package_here",)),
        Offer(name="too old", make=_broken, packages=("json",)),
        Offer(name="everybody has it", make=_words, packages=("json",)),
    ]
    missing, broken, system = loaded(offers)
    assert isinstance(missing, Missing)
    assert isinstance(system, System)
    printed = _printed(compare([missing, broken], {"dev": [ANNA]}))
    assert "nobody has it: not installed: pip install" in printed
    assert "too old: does not load (ImportError): pip install" in printed


def test_what_is_ours_must_load() -> None:
    """A comparison without our model would be none."""
    with pytest.raises(ImportError):
        list(loaded([Offer(name="ours", make=_broken)]))


def test_the_ratio_is_measured_in_turns() -> None:
    """Each text by both, as often."""
    calls: list[str] = []

    def noted(name: str) -> Find:
        def find(_text: str) -> list[Passage]:
            calls.append(name)
            return []

        return find

    ratio = measure_ratio(noted("whole"), noted("part"), ["a", "b"], rounds=2)
    assert calls == ["whole", "part"] * 4
    assert ratio.whole >= 0
    assert Ratio(whole=30.0, part=20.0).factor == pytest.approx(1.5)


def test_the_table_fits_100_columns() -> None:
    """Even with many letters; no heading is cut."""
    systems = [System(name="a name of 21 character", find=_words("Anna"))]
    letters = [_gold(f"Hello [[PERSON:Anna]] {number}", str(number)) for number in range(120)]
    printed = _printed(compare(systems, {"heldout": letters}).with_ratio(Ratio(whole=3, part=2)))
    assert max(map(len, printed.splitlines())) <= 100
    assert "…" not in printed
    assert "1.50 times as long" in printed


def test_the_figures_as_json_are_shares() -> None:
    """By part and system."""
    compared = compare([System(name="names", find=_words("Anna"))], {"dev": [ANNA, CLEAN]})
    figures = json.loads(json.dumps(tables.comparison_figures(compared)))
    assert figures["parts"]["dev"]["names"]["direct"] == 0.5
    assert figures["time_of_pipeline_to_model"] is None


def test_ours_masks_less_than_it_points_at(pipeline: Pipeline) -> None:
    """The second line of the table adds the suggestions."""
    text = SENTENCE + " I am a baker and I have two sons."
    masked = set(ours.whole_pipeline(pipeline)(text))
    pointed_at = set(ours.whole_pipeline(pipeline, ours.POINTED_AT)(text))
    assert masked < pointed_at


def test_ours_says_so_when_it_did_not_look(pipeline: Pipeline) -> None:
    """A letter held before detection is no letter without findings."""
    with pytest.raises(ours.NotDetected):
        list(ours.whole_pipeline(pipeline)(" \n"))


@pytest.mark.parametrize("make", [ours.bare_model, presidio_engine.on_our_model])
def test_the_model_finds_names_by_itself_and_under_presidio(make: Callable[[str], Find]) -> None:
    """It is the same model."""
    found = {SENTENCE[start:end] for start, end, _ in make("en")(SENTENCE)}
    assert "Ravensburg" in found
    assert any("Wilhelmina" in one for one in found)


def test_presidio_without_a_model_finds_no_names() -> None:
    """But contact data."""
    find = presidio_engine.patterns_alone("en")
    assert not list(find(SENTENCE))
    assert list(find("Write to anna@example.org"))


def test_the_lineup_begins_with_ours(pipeline: Pipeline) -> None:
    """Whatever else is installed."""
    names = [one.name.strip() for one in lineup(pipeline, "en")]
    assert names[:3] == ["letter-anonymizer", "with suggestions", "its model alone"]
    assert len(names) == len(set(names)) == 8


def _section(name: str) -> command.Measured:
    return {"name": name}, lambda console: console.print(f"table of {name}")


@pytest.mark.parametrize(
    ("options", "sections"),
    [
        ([], ["comparison"]),
        (["--speed"], ["speed"]),
        (["--length", "--disguises"], ["length", "disguises"]),
        (["--all"], ["comparison", "speed", "length", "disguises"]),
    ],
)
def test_the_command_measures_what_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, options: list[str], sections: list[str]
) -> None:
    """The comparison without options; as tables, or as JSON and nothing else."""
    fakes = {name: lambda _part, _lang, name=name: _section(name) for name in command._SECTIONS}
    monkeypatch.setattr(command, "_SECTIONS", fakes)
    shown = CliRunner().invoke(app, ["bench", *options])
    assert shown.output.split("\n")[:-1] == [f"table of {name}" for name in sections]
    figures = json.loads(CliRunner().invoke(app, ["bench", "--json", *options]).output)
    assert list(figures) == sections


def _printed(comparison: Comparison) -> str:
    console = Console(file=io.StringIO(), width=100)
    tables.print_comparison(console, comparison)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
