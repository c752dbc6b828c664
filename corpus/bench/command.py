"""`python -m corpus bench`: measure, then print tables or JSON. Figures only, never a letter."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from corpus.bench.onecore import one_core
from corpus.gold import GoldLetter, Part, gold_folders, load_letters

LANGUAGE = "en"
_COLUMNS = 100
#: Far more than the longest letter takes on a slow machine.
_PATIENCE_S = 3600.0

Measured = tuple[dict[str, Any], Callable[[Console], None]]


def bench(
    *,
    part: Annotated[Part, typer.Option(help="which letters the tools are compared on")] = Part.ALL,
    speed: Annotated[bool, typer.Option("--speed", help="letters per second, cold start")] = False,
    length: Annotated[bool, typer.Option("--length", help="long letters")] = False,
    disguises: Annotated[
        bool, typer.Option("--disguises", help="known identifiers in disguise")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="the comparison and the rest")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="figures as JSON")] = False,
) -> None:
    """Compare the pipeline with other tools on the gold letters, or measure one side of it."""
    chosen = {"speed": speed, "length": length, "disguises": disguises}
    sections = [name for name, wanted in chosen.items() if wanted or everything]
    if everything or not sections:
        sections.insert(0, "comparison")
    console = Console()
    if not console.is_terminal:
        console = Console(width=_COLUMNS)
    figures: dict[str, Any] = {}
    with one_core():
        for section in sections:
            figures[section], show = _SECTIONS[section](part)
            if not as_json:
                show(console)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))


# The measuring modules load the model and the other tools; `python -m corpus --help` needs none.


def _comparison(part: Part) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import ours, tables  # noqa: PLC0415
    from corpus.bench.comparison import compare, measure_ratio  # noqa: PLC0415
    from corpus.bench.lineup import lineup  # noqa: PLC0415

    letters = _letters(part)
    pipeline = Pipeline.load()
    texts = [letter.text for of_part in letters.values() for letter in of_part]
    compared = compare(lineup(pipeline), letters)
    ratio = measure_ratio(ours.whole_pipeline(pipeline), ours.bare_model(), texts)
    comparison = compared.with_ratio(ratio)
    return (
        tables.comparison_figures(comparison),
        lambda console: tables.print_comparison(console, comparison),
    )


def _speed(_part: Part) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.speed import measure_speed  # noqa: PLC0415

    measured = measure_speed(Pipeline.load(), LANGUAGE)
    return asdict(measured), lambda console: tables.print_speed(console, measured)


def _length(_part: Part) -> Measured:
    from anonymizer.pipeline import Pipeline, PipelineSettings  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.length import measure_length  # noqa: PLC0415

    patient = Pipeline.load(PipelineSettings(seconds_per_letter=_PATIENCE_S))
    measured = measure_length(patient, LANGUAGE)
    return asdict(measured), lambda console: tables.print_length(console, measured)


def _disguises(_part: Part) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.disguises import measure_disguises  # noqa: PLC0415

    trials = measure_disguises(Pipeline.load())
    return (
        tables.disguise_figures(trials),
        lambda console: tables.print_disguises(console, trials),
    )


_SECTIONS: Mapping[str, Callable[[Part], Measured]] = {
    "comparison": _comparison,
    "speed": _speed,
    "length": _length,
    "disguises": _disguises,
}


def _letters(part: Part) -> dict[str, tuple[GoldLetter, ...]]:
    return {folder.name: load_letters(folder) for folder in gold_folders(LANGUAGE, part)}
