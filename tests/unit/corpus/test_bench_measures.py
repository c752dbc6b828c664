"""What the measurements of speed, length and disguises stand on."""

import io
import json
import os
import subprocess
import sys

import pytest
from rich.console import Console

from anonymizer.model import EntityKind
from anonymizer.pipeline import Pipeline
from corpus.bench import prose, tables
from corpus.bench.by_language import LanguageSpeed, measure_by_language, stretches_of
from corpus.bench.disguises import DISGUISES, KNOWN, PLAIN, Trial, measure_disguises
from corpus.bench.length import Length, LengthReport, Planted, measure_planted, plant
from corpus.bench.onecore import one_core
from corpus.bench.speed import Run, Speed
from corpus.gold import Group

HARMLESS = "Dear donor,\nthank you for everything.\nWe are all well and so grateful.\n" * 400


def _printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _console() -> Console:
    return Console(file=io.StringIO(), width=100)


def test_one_core_is_one_core_and_only_for_a_while() -> None:
    """Afterwards the process has its cores again."""
    before = os.sched_getaffinity(0)
    with one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_stretches_have_the_words_asked_for() -> None:
    """The end of a text that is too short for one more is left out."""
    text = "one two\nthree  four five"
    assert list(prose.of_words(text, 2)) == ["one two", "three  four"]


def test_a_text_has_the_characters_asked_for() -> None:
    """However short what it is made of."""
    assert prose.of_characters("Hello.", 20) == "Hello.\n\nHello.\n\nHell"


def test_texts_are_made_of_letters_that_may_be_read() -> None:
    """And of the groups asked for."""
    letters = prose.readable_letters("en", Group.CLEAN)
    assert letters
    assert not [one for one in letters if one.marks]


def test_a_name_is_planted_at_each_percent() -> None:
    """Each name once, at its place, in a text of the length asked for."""
    text, spans = plant(HARMLESS, 20_000)
    assert len(text) == 20_000
    assert len(spans) == 100
    names = [text[span.start : span.end] for span in spans]
    assert len(set(names)) == 100
    assert all(text.count(name) == 1 for name in names)
    for percent, span in enumerate(spans):
        assert abs(span.start - percent * 200) < 400


def test_planted_names_are_counted_where_they_are_missed(pipeline: Pipeline) -> None:
    """Here none is, neither in the long text nor alone."""
    planted = measure_planted(pipeline, HARMLESS, 12_000)
    assert planted == Planted(
        characters=12_000, percents=tuple(range(100)), missed=(), missed_alone=()
    )


def test_there_are_fourteen_disguises_and_each_hides_a_name() -> None:
    """Every one writes each name and town differently from all others."""
    assert len(DISGUISES) == 14
    for kind in (EntityKind.PERSON, EntityKind.PLACE):
        for _, written in KNOWN[kind]:
            forms = [written, *(disguise(written) for disguise in DISGUISES.values())]
            assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("spaced out", "A n n a   B o"),
        ("dots between", "A.n.n.a B.o"),
        ("mirrored", "oB annA"),
        ("zero-width spaces", "A\u200bn\u200bn\u200ba B\u200bo"),
        ("full-width letters", "Ａｎｎａ Ｂｏ"),
        ("broken over a line", "An-\nna Bo"),
        ("digits for letters", "4nn4 B0"),
        ("a typing error", "Anan Bo"),
    ],
)
def test_a_disguise_stays_readable(name: str, hidden: str) -> None:
    """For a person."""
    assert DISGUISES[name]("Anna Bo") == hidden


def test_known_names_are_seen_as_written(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Masked, and known to the leak check; a disguise that changes nothing is not tried."""
    known = {EntityKind.PERSON: (("Wilhelmina Brandt", "Wilhelmina Brandt"),)}
    monkeypatch.setattr("corpus.bench.disguises.KNOWN", known)
    monkeypatch.setattr("corpus.bench.disguises.DISGUISES", {"none": str})
    trials = measure_disguises(pipeline)
    assert [(one.disguise, one.seen_through) for one in trials] == [(PLAIN, True)] * 2


def test_disguises_are_seen_through_only_with_the_leak_check() -> None:
    """A hole in the net below counts as well."""
    trials = [
        Trial(disguise=PLAIN, kind=EntityKind.PERSON, masked=True, leak_found=True),
        Trial(disguise=PLAIN, kind=EntityKind.PERSON, masked=True, leak_found=False),
        Trial(disguise="mirrored", kind=EntityKind.PLACE, masked=False, leak_found=True),
    ]
    console = _console()
    tables.print_disguises(console, trials)
    assert "1/2" in _printed(console)
    assert "0/1" in _printed(console)
    figures = tables.disguise_figures(trials)
    assert figures[PLAIN]["PERSON"] == {
        "trials": 2,
        "masked": 2,
        "leak_found": 1,
        "seen_through": 1,
    }


def test_a_program_is_measured_without_the_memory_of_its_parent() -> None:
    """A program that does next to nothing needs next to nothing."""
    ballast = bytearray(200 << 20)
    command = [sys.executable, "-m", "corpus.bench.launch", sys.executable, "-c", "pass"]
    done = subprocess.run(command, capture_output=True, check=True)
    run = Run(**json.loads(done.stdout))
    assert run.processor > 0
    assert run.wall > 0
    assert 1 < run.peak < 100 < len(ballast) >> 20


def test_speed_and_length_are_printed_within_100_columns() -> None:
    """With the figures that were measured."""
    run = Run(wall=1.25, processor=1.0, peak=400.0)
    console = _console()
    speed = Speed(
        letters=60,
        per_second=20.0,
        per_second_wall=10.0,
        help_start=run,
        letter_start=run,
        many_letters=run,
    )
    tables.print_speed(console, speed)
    planted = Planted(characters=200_000, percents=(0, 1), missed=(1,), missed_alone=())
    lengths = (Length(characters=2_000, seconds=0.1),)
    tables.print_length(console, LengthReport(lengths=lengths, planted=planted))
    printed = _printed(console)
    assert max(map(len, printed.splitlines())) <= 100
    for words in ("20.0 letters per second", "1.25", "50.0", "1 of 2 masked", "percent: 1"):
        assert words in printed.replace("\n", " ")


def test_every_language_is_measured_beside_english() -> None:
    """English comes first and is once as fast as itself; unknown languages have no letters."""
    english, spanish = measure_by_language(Pipeline.load(), ["es", "en"], stretches=1, rounds=1)
    assert (english.language, spanish.language) == ("en", "es")
    assert english.times_english == 1.0
    assert spanish.times_english == pytest.approx(spanish.seconds / english.seconds)


def test_stretches_of_a_language_are_no_more_than_asked_for() -> None:
    """Each of them as long as the others."""
    assert [len(one.split()) for one in stretches_of("pl", 2)] == [200, 200]


def test_speed_by_language_is_printed_within_100_columns() -> None:
    """A line for each language."""
    console = _console()
    speed = LanguageSpeed(language="nl", stretches=6, seconds=0.0512, times_english=1.021)
    tables.print_by_language(console, [speed])
    printed = _printed(console)
    assert "1.02" in printed
    assert all(len(line) <= 100 for line in printed.splitlines())
