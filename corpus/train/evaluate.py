"""
Measure a finished model: `python -m corpus.train.evaluate --model DIR --data DIR`.

Two questions are asked of every name: was it found just as marked, with the right label, and was
every word of it covered by any label?  The second is what protects a person.
"""

import argparse
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from anonymizer.detection.tagger import TaggedSpan, Tagger, split_words
from corpus.train.languages import PROFILES
from corpus.train.sources import (
    LABELS,
    LOCATION,
    OCCUPATION,
    ORGANIZATION,
    PERSON,
    TOLD_LABELS,
    Record,
    Span,
    read_all,
)

LETTER_KINDS = {
    "PERSON": PERSON,
    "INITIALS": PERSON,
    "PET": PERSON,
    "PLACE": LOCATION,
    "ADDRESS": LOCATION,
    "COUNTRY": LOCATION,
    "HOSPITAL": ORGANIZATION,
    "ORGANIZATION": ORGANIZATION,
    "OCCUPATION": OCCUPATION,
}
BIN_EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)


@dataclass(slots=True)
class Counts:
    """How many names of one label were there, and what became of them."""

    marked: int = 0
    exact: int = 0
    covered: int = 0
    tagged: int = 0
    touching: int = 0

    def add(self, other: "Counts") -> None:
        """Count the names of another group of texts as well."""
        for count in fields(self):
            setattr(self, count.name, getattr(self, count.name) + getattr(other, count.name))

    def row(self) -> str:
        """Return the cells of a table row: names, recalls, then precisions."""
        cells = (
            _share(self.exact, self.marked),
            _share(self.covered, self.marked),
            _share(self.exact, self.tagged),
            _share(self.touching, self.tagged),
        )
        return f"{self.marked} | " + " | ".join(cells)


def measure(
    tagger: Tagger, records: Iterable[Record], threshold: float | None = None
) -> dict[str, Counts]:
    """Compare spans with marks, label by label."""
    counts = {label: Counts() for label in LABELS + TOLD_LABELS}
    for record in records:
        found = tagger.tag(record.text, threshold=threshold)
        exact = {(span.start, span.end, span.label) for span in found}
        for mark in record.spans:
            tally = counts[mark.label]
            tally.marked += 1
            tally.exact += tuple(mark) in exact
            tally.covered += _is_covered(record.text, mark, found)
        for span in found:
            counts[span.label].tagged += 1
            counts[span.label].touching += _touches(span, record.spans)
    return counts


def calibration(
    tagger: Tagger, records: Iterable[Record], floor: float = 0.1
) -> Iterator[tuple[float, float, int, float]]:
    """Yield score bins: lower edge, upper edge, spans, and the share of them that are names."""
    right: dict[int, list[bool]] = defaultdict(list)
    for record in records:
        for span in tagger.tag(record.text, threshold=floor):
            if span.label not in LABELS:
                continue
            place = next(i for i, edge in enumerate(BIN_EDGES) if span.score < edge)
            right[place].append(_touches(span, record.spans))
    for place in sorted(right):
        lower = BIN_EDGES[place - 1] if place else 0.0
        flags = right[place]
        yield lower, min(BIN_EDGES[place], 1.0), len(flags), sum(flags) / len(flags)


def read_letters(folder: Path) -> list[Record]:
    """Read gold letters with standoff marks; kinds that the tagger does not know are left out."""
    records = []
    for path in sorted(folder.glob("*.toml")):
        marks = tomllib.loads(path.read_text(encoding="utf-8")).get("marks", [])
        spans = [
            Span(mark["start"], mark["end"], LETTER_KINDS[mark["kind"]])
            for mark in marks
            if mark["kind"] in LETTER_KINDS
        ]
        text = path.with_suffix(".txt").read_bytes().decode("utf-8")
        records.append(Record(text, tuple(sorted(spans)), "letters"))
    return records


def speed(tagger: Tagger, records: Sequence[Record]) -> float:
    """Return words per second."""
    words = sum(len(split_words(record.text)) for record in records)
    start = time.perf_counter()
    for record in records:
        tagger.tag(record.text)
    return words / (time.perf_counter() - start)


def report(tagger: Tagger, groups: dict[str, list[Record]], threshold: float | None) -> str:
    """Return Markdown tables of all groups of texts."""
    lines = [
        "| source | label | names | recall: exact | covered | precision: exact | touching |",
        "|---|---|---|---|---|---|---|",
    ]
    totals = {label: Counts() for label in LABELS + TOLD_LABELS}
    for source, records in groups.items():
        complete = all(record.complete for record in records)
        for label, tally in measure(tagger, records, threshold).items():
            if tally.marked and (complete or label != ORGANIZATION):
                lines.append(f"| {source} | {label} | {tally.row()} |")
                totals[label].add(tally)
    lines += [
        f"| all | {label} | {tally.row()} |" for label, tally in totals.items() if tally.marked
    ]
    complete_records = [
        record for records in groups.values() for record in records if record.complete
    ]
    lines += ["", "| score | spans | touching a marked name |", "|---|---|---|"]
    lines += [
        f"| {lower:.2f}-{upper:.2f} | {count} | {share:.3f} |"
        for lower, upper, count, share in calibration(tagger, complete_records)
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of one split of all sources, or of a folder of letters."""
    parser = argparse.ArgumentParser(prog="python -m corpus.train.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="en", help="whose sources")
    parser.add_argument("--data", type=Path, help="folder of the sources")
    parser.add_argument("--letters", type=Path, help="folder of gold letters")
    parser.add_argument("--split", default="test", choices=("dev", "test"))
    parser.add_argument("--threshold", type=float)
    options = parser.parse_args(arguments)
    tagger = Tagger.load(options.model)
    groups = _read(options) if options.data else {}
    if options.letters:
        groups["letters"] = read_letters(options.letters)
    print(report(tagger, groups, options.threshold))
    everything = [record for records in groups.values() for record in records]
    print(f"\n{speed(tagger, everything):.0f} words per second on one core")


def _read(options: argparse.Namespace) -> dict[str, list[Record]]:
    return read_all(PROFILES[options.profile].sources, options.data, options.split)


def _is_covered(text: str, mark: Span, found: Sequence[TaggedSpan]) -> bool:
    words = split_words(text[mark.start : mark.end])
    return all(
        any(span.start <= mark.start + start and mark.start + end <= span.end for span in found)
        for start, end in words
        if text[mark.start + start].isalnum()
    )


def _touches(span: TaggedSpan, marks: Sequence[Span]) -> bool:
    return any(mark.start < span.end and span.start < mark.end for mark in marks)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
