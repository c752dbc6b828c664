"""The measurements as tables that fit 100 columns, and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from anonymizer.model import EntityKind
from corpus.bench.by_language import LanguageSpeed
from corpus.bench.comparison import Comparison, Row
from corpus.bench.disguises import DISGUISES, KNOWN, PLAIN, Trial
from corpus.bench.length import LengthReport
from corpus.bench.speed import WORDS, Run, Speed
from corpus.score import Recall

_TITLES: Mapping[EntityKind, str] = {
    EntityKind.PERSON: "names",
    EntityKind.PLACE: "towns",
    EntityKind.EMAIL: "e-mail",
    EntityKind.PHONE: "phone",
    EntityKind.DATE: "birth dates",
}

_COMPACT: Mapping[str, Any] = MappingProxyType(
    {"box": box.SIMPLE_HEAD, "pad_edge": False, "collapse_padding": True}
)
_LEGEND = (
    "direct: what identifies by itself. leak-free: letters with nothing direct left. false: masks "
    "of harmless words; none false: letters without one. over-redacted: harmless characters."
)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """One table for everything, a block for each part; then who is missing."""
    table = Table(title="Masked, in %, by systems that run offline; one core", **_COMPACT)
    table.add_column("", no_wrap=True)
    for heading in (
        "direct", "names", "places", "initials", "leak-\nfree", "false\n/letter",
        "none\nfalse", "over-\nredacted", "letters\n/second",
    ):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for part in dict.fromkeys(row.part for row in comparison.rows):
        of_part = [row for row in comparison.rows if row.part == part]
        letters, direct = of_part[0].summary.letters, of_part[0].direct.mentions
        table.add_section()
        table.add_row(f"[bold]{part}, {letters} letters[/bold]", f"of {direct}")
        for row in of_part:
            table.add_row(*_cells(row))
    console.print(table)
    console.print(_LEGEND, markup=False)
    for missing in comparison.missing:
        console.print(f"{missing.name.strip()}: {missing.reason}", markup=False)
    for row in comparison.rows:
        if failed := len(row.summary.undetected):
            console.print(f"{row.system.strip()} failed on {failed} letters of {row.part}")
    if comparison.ratio is not None:
        ratio = comparison.ratio
        console.print(
            f"Median letter: {ratio.whole:.1f} ms the whole pipeline, {ratio.part:.1f} ms its "
            f"model alone: {ratio.factor:.2f} times as long."
        )


def _cells(row: Row) -> Iterable[str]:
    initials = row.kind(EntityKind.INITIALS)
    yield row.system
    yield _percent(row.direct)
    yield _percent(row.kind(EntityKind.PERSON))
    yield _percent(row.kind(EntityKind.PLACE))
    yield f"{initials.masked}/{initials.mentions}"
    yield f"{row.whole:.1%}".rstrip("%")
    yield f"{row.false_masks:.2f}"
    yield f"{row.without_false_mask:.1%}".rstrip("%")
    yield f"{row.over_redacted:.2%}".rstrip("%")
    yield f"{row.speed:,.0f}"


def _percent(recall: Recall) -> str:
    return f"{recall.masked_share * 100:.1f}" if recall.mentions else "-"


def print_speed(console: Console, speed: Speed) -> None:
    """Letters per second, and a table of programs."""
    console.print(
        f"{speed.letters} letters of {WORDS} words, one core: {speed.per_second:.1f} letters per "
        f"second of processor time ({speed.per_second_wall:.1f} by the clock)."
    )
    table = Table(title="Programs on one core; medians of 5 starts")
    table.add_column("", no_wrap=True)
    for heading in ("seconds", "processor seconds", "peak memory, MiB"):
        table.add_column(heading, justify="right")
    runs: Mapping[str, Run] = {
        "anonymizer --help": speed.help_start,
        "anonymizer explain, one letter": speed.letter_start,
        f"anonymizer redact --jsonl, {speed.letters} letters, once": speed.many_letters,
    }
    for name, run in runs.items():
        table.add_row(name, f"{run.wall:.2f}", f"{run.processor:.2f}", f"{run.peak:.0f}")
    console.print(table)


def print_by_language(console: Console, speeds: Sequence[LanguageSpeed]) -> None:
    """Median time of each language, and how many times that of English."""
    table = Table(title=f"Processor time for {WORDS} words, by language; one core")
    table.add_column("language")
    for heading in ("stretches", "seconds, median", "times English"):
        table.add_column(heading, justify="right")
    for one in speeds:
        table.add_row(
            one.language, str(one.stretches), f"{one.seconds:.3f}", f"{one.times_english:.2f}"
        )
    console.print(table)


def print_length(console: Console, report: LengthReport) -> None:
    """Time by length, and the places where something was lost."""
    table = Table(title="One letter by its length; one core")
    for heading in ("characters", "seconds", "ms per 1,000 characters"):
        table.add_column(heading, justify="right")
    for one in report.lengths:
        table.add_row(f"{one.characters:,}", f"{one.seconds:.2f}", f"{one.per_1000:.1f}")
    console.print(table)
    planted = report.planted
    found = len(planted.percents) - len(planted.missed)
    alone = len(planted.percents) - len(planted.missed_alone)
    console.print(
        f"A new name at each percent of {planted.characters:,} characters: {found} of "
        f"{len(planted.percents)} masked; each alone in a short letter: {alone}."
    )
    if planted.missed:
        console.print(f"Missed at percent: {', '.join(map(str, planted.missed))}")


def print_disguises(console: Console, trials: Sequence[Trial]) -> None:
    """Seen through of all, by disguise and kind; a dash where a disguise changes nothing."""
    table = Table(title="Known identifiers in disguise, seen through")
    table.add_column("", no_wrap=True)
    for kind in KNOWN:
        table.add_column(_TITLES[kind], justify="right", no_wrap=True)
    for disguise in (PLAIN, *DISGUISES):
        cells = (
            [one for one in trials if one.disguise == disguise and one.kind is kind]
            for kind in KNOWN
        )
        table.add_row(disguise, *map(_seen, cells))
    console.print(table)
    only_masked = sum(one.masked and not one.leak_found for one in trials)
    only_leak = sum(one.leak_found and not one.masked for one in trials)
    console.print(
        "Seen through: masked in every letter and digit, and found by the leak check when left in. "
        f"{sum(one.seen_through for one in trials)} of {len(trials)} are; {only_masked} are masked "
        f"but unknown to the leak check, {only_leak} are known to it but not masked altogether."
    )


def _seen(trials: Sequence[Trial]) -> str:
    return f"{sum(one.seen_through for one in trials)}/{len(trials)}" if trials else "-"


def comparison_figures(comparison: Comparison) -> dict[str, Any]:
    """Every figure by part and system, shares between 0 and 1."""
    parts = dict.fromkeys(row.part for row in comparison.rows)
    ratio = comparison.ratio
    return {
        "parts": {
            part: {row.system.strip(): _figures(row) for row in comparison.rows if row.part == part}
            for part in parts
        },
        "not_installed": {one.name: one.reason for one in comparison.missing},
        "time_of_pipeline_to_model": None if ratio is None else ratio.factor,
    }


def _figures(row: Row) -> dict[str, float]:
    return {
        "letters": row.summary.letters,
        "direct_mentions": row.direct.mentions,
        "direct": row.direct.masked_share,
        "names": row.kind(EntityKind.PERSON).masked_share,
        "places": row.kind(EntityKind.PLACE).masked_share,
        "initials": row.kind(EntityKind.INITIALS).masked_share,
        "whole_letters": row.whole,
        "false_masks_per_letter": row.false_masks,
        "without_false_mask": row.without_false_mask,
        "over_redacted": row.over_redacted,
        "letters_per_second": row.speed,
        "failed_letters": len(row.summary.undetected),
    }


def disguise_figures(trials: Sequence[Trial]) -> dict[str, dict[str, dict[str, int]]]:
    """Counts by disguise and kind."""
    figures: dict[str, dict[str, dict[str, int]]] = {}
    for one in trials:
        of_disguise = figures.setdefault(one.disguise, {})
        cell = of_disguise.setdefault(
            one.kind.value, {"trials": 0, "masked": 0, "leak_found": 0, "seen_through": 0}
        )
        cell["trials"] += 1
        cell["masked"] += one.masked
        cell["leak_found"] += one.leak_found
        cell["seen_through"] += one.seen_through
    return figures
