"""The measurements of scans and of outgoing documents as tables, and as JSON."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from corpus.bench.metadata import MetadataReport
from corpus.bench.ocr import OcrReport


def print_ocr(console: Console, report: OcrReport) -> None:
    """A row for each condition."""
    table = Table(title=f"{report.letters} letters, typed and scanned")
    table.add_column("", no_wrap=True)
    for heading in ("words wrong", "words unsure", "direct masked", "points lost", "to be typed"):
        table.add_column(heading, justify="right")
    text = report.masked_as_text
    table.add_row("as text", "-", "-", f"{text.share:.1%} of {text.all}", "-", "-")
    for one in report.conditions:
        table.add_row(
            one.condition,
            f"{one.wrong_words.share:.2%}",
            f"{one.unsure_words.share:.2%}",
            f"{one.masked.share:.1%}",
            f"{100 * (text.share - one.masked.share):.1f}",
            f"{one.transcribe.some} of {one.transcribe.all}",
        )
    console.print(table)


def ocr_figures(report: OcrReport) -> dict[str, Any]:
    """Shares between 0 and 1 by condition."""
    return {
        "letters": report.letters,
        "direct_mentions": report.masked_as_text.all,
        "masked_as_text": report.masked_as_text.share,
        "conditions": {
            one.condition: {
                "words_wrong": one.wrong_words.share,
                "words_unsure": one.unsure_words.share,
                "masked": one.masked.share,
                "to_be_typed": one.transcribe.some,
            }
            for one in report.conditions
        },
    }


def print_metadata(console: Console, report: MetadataReport) -> None:
    """What every document tells, and what only some do."""
    console.print(f"{report.documents} outgoing documents, seen by ExifTool.")
    for form, same in report.same.items():
        table = Table(title=f"In every {form} document")
        table.add_column("name", no_wrap=True)
        table.add_column("value")
        for name, value in sorted(same.items()):
            table.add_row(name, value)
        console.print(table)
        differing, beyond = report.differing[form], report.beyond_template[form]
        console.print(f"Different in some: {', '.join(differing) or 'nothing'}.")
        console.print(f"Beyond the template: {', '.join(beyond) or 'nothing'}.")


def metadata_figures(report: MetadataReport) -> dict[str, Any]:
    """Everything as it is."""
    return asdict(report)
