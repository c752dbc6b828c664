"""The figures about the language gate as a table that fits 100 columns, and as JSON."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from corpus.bench.language_gate import HASH_SEEDS, LanguageReport, Share


def print_language(console: Console, report: LanguageReport) -> None:
    """Every figure beside its goal, then letters by language, time and digest."""
    table = Table(
        title=f"The language gate on {report.texts:,} texts, seed {report.seed}",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("", no_wrap=True)
    for heading in ("texts", "of these", "share", "goal"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in report.shares:
        table.add_row(one.name, f"{one.of:,}", f"{one.count:,}", f"{one.share:.4f}", one.goal)
    console.print(table)
    told = ", ".join(f"{one.name} {one.count}/{one.of}" for one in report.by_language)
    console.print(f"40 words and more, right by language: {told}.", markup=False)
    same = "identical" if report.identical else "NOT identical"
    console.print(
        f"{report.milliseconds:.2f} ms a text. All verdicts of {len(HASH_SEEDS)} more runs with "
        f"hash seeds {HASH_SEEDS[0]} to {HASH_SEEDS[-1]}: {same}, digest {report.digest[:16]}.",
        markup=False,
        highlight=False,
    )


def language_figures(report: LanguageReport) -> dict[str, Any]:
    """Every figure; shares between 0 and 1."""
    return {
        "seed": report.seed,
        "texts": report.texts,
        "milliseconds": report.milliseconds,
        "shares": {one.name.strip(): _figures(one) for one in report.shares},
        "by_language": {one.name: _figures(one) for one in report.by_language},
        "digest": report.digest,
        "identical": report.identical,
    }


def _figures(one: Share) -> dict[str, Any]:
    return {"texts": one.of, "count": one.count, "share": one.share, "goal": one.goal}
