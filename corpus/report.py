"""
Scores as tables, lists and JSON for people and for other programs.

The text of a held-out letter never gets here: whoever improves the pipeline must not read what
it is measured on, so its misses are told as figures only.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from anonymizer.model import IdentifierClass, Span
from corpus.score import LetterScore, Outcome, Recall, Summary

#: The part whose letters nobody who improves the pipeline may read.
UNREAD_PART = "heldout"
_CONTEXT = 30


def print_tables(console: Console, summaries: Mapping[str, Summary]) -> None:
    """One line per set of letters, then the kinds of each part."""
    console.print(_overview(summaries))
    for name, summary in summaries.items():
        if name.endswith(".all"):
            console.print(_kinds(name, summary))
        if summary.undetected:
            listed = ", ".join(summary.undetected)
            console.print(f"[red]{name}: detection never ran on:[/red] {escape(listed)}")


def print_misses(console: Console, letters: Sequence[LetterScore]) -> None:
    """What went wrong, by letter: identifiers left in and harmless words taken out."""
    for letter in letters:
        lines = list(_counted(letter) if letter.part == UNREAD_PART else _quoted(letter))
        if lines:
            console.print(f"[bold]{escape(letter.name)}[/bold] ({letter.part}, {letter.group})")
        for line in lines:
            console.print("  " + line, soft_wrap=True)


def as_json(summaries: Mapping[str, Summary]) -> str:
    """Every figure by set of letters, with the counts behind it."""
    table = {
        name: {
            "letters": summary.letters,
            "mentions": summary.overall.mentions,
            "figures": summary.figures(),
            "mentions_by_kind": {kind: r.mentions for kind, r in summary.by_kind.items()},
            "false_masks_by_kind": dict(summary.false_masks),
            "undetected": summary.undetected,
        }
        for name, summary in summaries.items()
    }
    return json.dumps(table, indent=2)


def _overview(summaries: Mapping[str, Summary]) -> Table:
    table = Table(title="Recall is masked (masked or suggested), over mentions")
    table.add_column("letters of", no_wrap=True)
    headings = ("letters", "mentions", "direct", "quasi", "special", "whole letters")
    costs = ("false masks per letter", "letters without false mask", "over-redacted", "letters/s")
    for heading in headings + costs:
        table.add_column(heading, justify="right")
    for name, summary in summaries.items():
        figures = summary.figures()
        table.add_row(
            name,
            str(summary.letters),
            str(summary.overall.mentions),
            *(
                _both(summary.by_class.get(identifier_class))
                for identifier_class in IdentifierClass
                if identifier_class is not IdentifierClass.NONE
            ),
            _percent(figures["whole_letters"]),
            f"{sum(summary.false_masks.values()) / summary.letters:.2f}",
            _percent(figures["without_false_mask"]),
            _percent(1 - figures["readable"], digits=2),
            f"{figures['letters_per_second']:.1f}",
        )
    return table


def _kinds(name: str, summary: Summary) -> Table:
    table = Table(title=f"{name} by kind")
    table.add_column("kind", no_wrap=True)
    for heading in ("mentions", "masked", "masked or suggested", "false masks"):
        table.add_column(heading, justify="right")
    nothing = Recall(mentions=0, masked=0, found=0)
    for kind in sorted({*summary.by_kind, *summary.false_masks}):
        recall = summary.by_kind.get(kind, nothing)
        table.add_row(
            kind,
            str(recall.mentions),
            _percent(recall.masked_share) if recall.mentions else "-",
            _percent(recall.found_share) if recall.mentions else "-",
            str(summary.false_masks.get(kind, 0)),
        )
    return table


def _counted(letter: LetterScore) -> Iterator[str]:
    for mention in letter.score.mentions:
        if mention.outcome is Outcome.MISSED:
            yield f"missed {mention.mark.kind}"
    for mask in letter.score.false_masks:
        yield f"false mask {mask.kind}"


def _quoted(letter: LetterScore) -> Iterator[str]:
    for mention in letter.score.mentions:
        if mention.outcome is Outcome.MISSED:
            yield f"[red]missed {mention.mark.kind}[/red] {_context(letter, mention.mark.span)}"
    for mask in letter.score.false_masks:
        yield f"[yellow]false mask {mask.kind}[/yellow] {_context(letter, mask.span)}"


def _context(letter: LetterScore, span: Span) -> str:
    before = letter.text[max(0, span.start - _CONTEXT) : span.start]
    inside = letter.text[span.start : span.end]
    after = letter.text[span.end : span.end + _CONTEXT]
    before, inside, after = (escape(" ".join(part.split(" "))) for part in (before, inside, after))
    return f"{before}[bold reverse]{inside}[/bold reverse]{after}".replace("\n", "\u23ce")


def _both(recall: Recall | None) -> str:
    if recall is None:
        return "-"
    return f"{_percent(recall.masked_share)} ({_percent(recall.found_share)})"


def _percent(share: float, *, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
