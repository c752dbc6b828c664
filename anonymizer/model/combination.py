"""What identifies only together: the rules about it, what a letter tells, what meets a rule."""

from dataclasses import dataclass

from anonymizer.model.kinds import EntityKind
from anonymizer.model.letter import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationRule:
    """
    Kinds that point to one person when they are told together.

    Each of `needs` is told by any of its kinds; no kind stands in two of them. `at_least` needs
    must be told, `as_written` of them in the writer's own words: what was generalised tells less.
    """

    rule_id: str
    needs: tuple[frozenset[EntityKind], ...]
    at_least: int
    as_written: int
    sentence: str
    why: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    One passage from which the reader of a letter learns something about its writer.

    `span` is a place in that letter's text, not in the outgoing one. `as_written` is False when
    the reader gets less exact words than the writer's.
    """

    letter_id: str
    span: Span
    kind: EntityKind
    as_written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """A rule that is met, and every passage that counts for it, letter by letter."""

    rule_id: str
    sentence: str
    passages: tuple[Told, ...]
