"""
Scores as tables, lists and JSON for people and for other programs.

The text of a held-out letter never gets here: whoever improves the pipeline must not read what
it is measured on, so its misses are told as figures only.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from anonymizer.model import IdentifierClass, Span
from corpus.score import LetterScore, Outcome, Recall, Summary

#: The part whose letters nobody who improves the pipeline may read.
UNREAD_PART = "heldout"
_CONTEXT = 30


def print_tables(console: Console, summaries: Mapping[str, Summary]) -> None:
    """For each part one table of its groups and one of its kinds."""
    for part in dict.fromkeys(name.rpartition(".")[0] for name in summaries):
        of_part = {n: s for n, s in summaries.items() if n.rpartition(".")[0] == part}
        console.print(_overview(part, of_part))
        console.print(_kinds(part, of_part[f"{part}.all"]))
        if undetected := of_part[f"{part}.all"].undetected:
            listed = escape(", ".join(undetected))
            console.print(f"[red]{part}: detection never ran on:[/red] {listed}")


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


def _overview(part: str, summaries: Mapping[str, Summary]) -> Table:
    table = Table(title=f"{part}: mentions masked (masked or suggested)")
    table.add_column("", no_wrap=True)
    for name in summaries:
        # two figures may stand below each other, but none is cut off
        table.add_column(name.rpartition(".")[2], justify="right", overflow="fold")
    for heading, cell in _ROWS.items():
        table.add_row(heading, *(cell(summary) for summary in summaries.values()))
    return table


def _class_cell(identifier_class: IdentifierClass) -> Callable[[Summary], str]:
    return lambda summary: _both(summary.by_class.get(identifier_class))


_ROWS: Mapping[str, Callable[[Summary], str]] = {
    "letters": lambda summary: str(summary.letters),
    "mentions": lambda summary: str(summary.overall.mentions),
    "direct, %": _class_cell(IdentifierClass.DIRECT),
    "quasi, %": _class_cell(IdentifierClass.QUASI),
    "special, %": _class_cell(IdentifierClass.SPECIAL),
    "whole letters, %": lambda summary: _figure(summary, "whole_letters"),
    "false masks per letter": lambda summary: (
        f"{sum(summary.false_masks.values()) / summary.letters:.2f}"
    ),
    "no false mask, %": lambda summary: _figure(summary, "without_false_mask"),
    "over-redacted, %": lambda summary: _percent(1 - summary.figures()["readable"], digits=2),
    "letters per second": lambda summary: f"{summary.figures()['letters_per_second']:.1f}",
}


def _kinds(part: str, summary: Summary) -> Table:
    table = Table(title=f"{part}: by kind")
    table.add_column("kind", no_wrap=True)
    for heading in ("mentions", "masked, %", "masked or suggested, %", "false masks"):
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
    return f"{before}\u27e6[bold]{inside}[/bold]\u27e7{after}".replace("\n", "\u23ce")


def _both(recall: Recall | None) -> str:
    if recall is None:
        return "-"
    return f"{_percent(recall.masked_share)} ({_percent(recall.found_share)})"


def _figure(summary: Summary, name: str) -> str:
    return _percent(summary.figures()[name])


def _percent(share: float, *, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}"
