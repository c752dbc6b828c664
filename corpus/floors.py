"""
Floors: figures that the pipeline has reached once and must not fall under again.

`floors.toml` has one table per set of letters, `[LANGUAGE.PART.GROUP]`, where GROUP may be `all`;
its keys are the names that `Summary.figures` gives, `masked.PERSON = 0.95` for one kind.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError

_DEPTH_OF_SET = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least that one figure of one set of letters (`en.dev.all`) may be."""

    letters: str
    figure: str
    at_least: float


def load_floors(path: Path) -> tuple[Floor, ...]:
    """Every floor of the file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    floors = []
    for keys, value in _leaves(table, ()):
        if len(keys) <= _DEPTH_OF_SET or not isinstance(value, int | float):
            message = f"{path.name}: {'.'.join(keys)} does not read LANGUAGE.PART.GROUP.FIGURE = N"
            raise CorpusError(message)
        letters, figure = ".".join(keys[:_DEPTH_OF_SET]), ".".join(keys[_DEPTH_OF_SET:])
        floors.append(Floor(letters=letters, figure=figure, at_least=float(value)))
    return tuple(floors)


def missed_floors(
    floors: tuple[Floor, ...], figures: Mapping[str, Mapping[str, float]]
) -> tuple[str, ...]:
    """
    One line per floor that is not reached.

    Sets of letters that were not scored in this run are passed over; a figure that a scored set
    does not have is an error, because a mistyped floor would hold nothing.
    """
    complaints = []
    for floor in floors:
        reached = figures.get(floor.letters)
        if reached is None:
            continue
        if floor.figure not in reached:
            message = f"floor {floor.letters}: there is no figure {floor.figure}"
            raise CorpusError(message)
        if reached[floor.figure] < floor.at_least:
            figure = f"{floor.letters} {floor.figure}"
            complaints.append(f"{figure}: {reached[floor.figure]:.4f} < {floor.at_least:.4f}")
    return tuple(complaints)


def _leaves(table: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if not isinstance(table, dict):
        yield keys, table
        return
    for key, value in table.items():
        yield from _leaves(value, (*keys, key))
