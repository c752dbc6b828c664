"""`python -m corpus bench`: measure, then print tables or JSON. Figures only, never a letter."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from corpus.bench.onecore import one_core
from corpus.gold import GoldLetter, Part, gold_folders, load_letters

LANGUAGE = "en"
_COLUMNS = 100
#: Outgoing documents that another tool looks into.
_DOCUMENTS = 100
#: Far more than the longest letter takes on a slow machine.
_PATIENCE_S = 3600.0

Measured = tuple[dict[str, Any], Callable[[Console], None]]


def bench(  # noqa: PLR0913 (each parameter is an option)
    *,
    part: Annotated[Part, typer.Option(help="which letters the tools are compared on")] = Part.ALL,
    lang: Annotated[str, typer.Option(help="language of the letters compared")] = LANGUAGE,
    speed: Annotated[bool, typer.Option("--speed", help="letters per second, cold start")] = False,
    speed_by_language: Annotated[
        bool, typer.Option("--speed-by-language", help="every language beside English, in one run")
    ] = False,
    length: Annotated[bool, typer.Option("--length", help="long letters")] = False,
    disguises: Annotated[
        bool, typer.Option("--disguises", help="known identifiers in disguise")
    ] = False,
    language: Annotated[
        bool, typer.Option("--language", help="the language gate, on the corpora of --data")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="folder with corpora, for --language")] = None,
    ocr: Annotated[bool, typer.Option("--ocr", help="letters as scans, read by OCR")] = False,
    letters: Annotated[int, typer.Option(min=1, help="how many letters, for --ocr")] = 12,
    metadata: Annotated[
        bool, typer.Option("--metadata", help="what ExifTool finds in 100 outgoing documents")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="the comparison and the rest")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="figures as JSON")] = False,
) -> None:
    """Compare the pipeline with other tools on the gold letters, or measure one side of it."""
    chosen = {"speed": speed, "length": length, "disguises": disguises}
    # What needs more than this package is measured only when it is asked for by name.
    alone = {
        "ocr": ocr,
        "metadata": metadata,
        "language": language,
        "speed_by_language": speed_by_language,
    }
    sections = [name for name, wanted in chosen.items() if wanted or everything]
    if everything or not (sections or any(alone.values())):
        sections.insert(0, "comparison")
    measures: dict[str, Callable[[], Measured]] = {
        name: partial(_SECTIONS[name], part, lang) for name in sections
    }
    special: dict[str, Callable[[], Measured]] = {
        "ocr": partial(_ocr, letters),
        "metadata": _metadata,
        "language": partial(_language, data),
        "speed_by_language": _speed_by_language,
    }
    measures |= {name: special[name] for name, wanted in alone.items() if wanted}
    _run(measures, as_json=as_json)


def _run(measures: Mapping[str, Callable[[], Measured]], *, as_json: bool) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_COLUMNS)
    figures: dict[str, Any] = {}
    with one_core():
        for section, measure in measures.items():
            figures[section], show = measure()
            if not as_json:
                show(console)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))


# The measuring modules load the model and the other tools; `python -m corpus --help` needs none.


def _comparison(part: Part, lang: str) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import ours, tables  # noqa: PLC0415
    from corpus.bench.comparison import compare, measure_ratio  # noqa: PLC0415
    from corpus.bench.lineup import lineup  # noqa: PLC0415

    letters = _letters(part, lang)
    pipeline = Pipeline.load()
    texts = [letter.text for of_part in letters.values() for letter in of_part]
    compared = compare(lineup(pipeline, lang), letters)
    ratio = measure_ratio(ours.whole_pipeline(pipeline), ours.bare_model(lang), texts)
    comparison = compared.with_ratio(ratio)
    return (
        tables.comparison_figures(comparison),
        lambda console: tables.print_comparison(console, comparison),
    )


def _speed(_part: Part, _lang: str) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.speed import measure_speed  # noqa: PLC0415

    measured = measure_speed(Pipeline.load(), LANGUAGE)
    return asdict(measured), lambda console: tables.print_speed(console, measured)


def _speed_by_language() -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from anonymizer.rulebook import load_languages  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.by_language import measure_by_language  # noqa: PLC0415

    measured = measure_by_language(Pipeline.load(), load_languages())
    return (
        {one.language: asdict(one) for one in measured},
        lambda console: tables.print_by_language(console, measured),
    )


def _length(_part: Part, _lang: str) -> Measured:
    from anonymizer.pipeline import Pipeline, PipelineSettings  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.length import measure_length  # noqa: PLC0415

    patient = Pipeline.load(PipelineSettings(seconds_per_letter=_PATIENCE_S))
    measured = measure_length(patient, LANGUAGE)
    return asdict(measured), lambda console: tables.print_length(console, measured)


def _disguises(_part: Part, _lang: str) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import tables  # noqa: PLC0415
    from corpus.bench.disguises import measure_disguises  # noqa: PLC0415

    trials = measure_disguises(Pipeline.load())
    return (
        tables.disguise_figures(trials),
        lambda console: tables.print_disguises(console, trials),
    )


def _language(data: Path | None) -> Measured:
    from corpus.bench import language_tables  # noqa: PLC0415
    from corpus.bench.language_gate import measure_language  # noqa: PLC0415
    from corpus.bench.language_texts import SEED  # noqa: PLC0415

    report = measure_language(_folder(data), SEED)
    return (
        language_tables.language_figures(report),
        lambda console: language_tables.print_language(console, report),
    )


def _ocr(count: int) -> Measured:
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.bench import document_tables  # noqa: PLC0415
    from corpus.bench.ocr import chosen_letters, measure_ocr  # noqa: PLC0415

    report = measure_ocr(Pipeline.load(), LANGUAGE, chosen_letters(LANGUAGE, count))
    return (
        document_tables.ocr_figures(report),
        lambda console: document_tables.print_ocr(console, report),
    )


def _metadata() -> Measured:
    from corpus.bench import document_tables  # noqa: PLC0415
    from corpus.bench.metadata import measure_metadata  # noqa: PLC0415

    report = measure_metadata(LANGUAGE, _DOCUMENTS)
    return (
        document_tables.metadata_figures(report),
        lambda console: document_tables.print_metadata(console, report),
    )


def _folder(data: Path | None) -> Path:
    """The folder with the corpora; without one the command was not used as it must be."""
    if data is None or not data.is_dir():
        message = "--language needs --data with the folder that has the corpora"
        raise typer.BadParameter(message)
    return data.absolute()


_SECTIONS: Mapping[str, Callable[[Part, str], Measured]] = {
    "comparison": _comparison,
    "speed": _speed,
    "length": _length,
    "disguises": _disguises,
}


def _letters(part: Part, lang: str) -> dict[str, tuple[GoldLetter, ...]]:
    return {folder.name: load_letters(folder) for folder in gold_folders(lang, part)}
