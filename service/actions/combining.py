"""
Step 8: what identifies only together, as a view: in this letter, and with what was approved before.

Pure. Words are those that a reader gets: of an earlier letter nothing is shown that its reader
was not told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from anonymizer.combinations import find_combinations, history_warnings, told
from anonymizer.model import Combination, Span, Told, TreatmentAction
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter
from service.actions.views import CombinationView, TellingLetter, ToldView
from service.store.releases import ApprovedLetter
from service.workflow.records import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """The warnings of a letter: about itself, and together with earlier ones."""

    here: tuple[CombinationView, ...] = ()
    over_time: tuple[CombinationView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A letter that passages are quoted from."""

    letter_id: str
    received_at: datetime
    text: str = field(repr=False)
    proof: Proof = field(repr=False)

    def words(self, span: Span) -> str:
        """What the reader gets in this place, on one line."""
        words = self.text[span.start : span.end]
        for mark in self.proof.marks:
            treatment = mark.treatment
            if mark.span == span and treatment.action is TreatmentAction.GENERALIZE:
                words = treatment.replacement or ""
        return " ".join(words.split())


def combined(desk: Desk, opened: OpenedLetter, earlier: tuple[ApprovedLetter, ...]) -> Combined:
    """The combinations of an opened letter, as it stands after its corrections."""
    if opened.proof is None or opened.content.text is None:
        return Combined()
    rules = desk.pipeline.combination_rules
    here = _Source(
        letter_id=opened.row.letter_id,
        received_at=opened.row.received_at,
        text=opened.content.text,
        proof=opened.proof,
    )
    before = tuple(
        _Source(
            letter_id=one.letter_id, received_at=one.received_at, text=one.text, proof=one.proof
        )
        for one in earlier
    )
    now = _told(desk, here)
    told_before = [fact for one in before for fact in _told(desk, one)]
    return Combined(
        here=tuple(_view(one, (here,), here) for one in find_combinations(now, rules)),
        over_time=tuple(
            _view(one, (*before, here), here) for one in history_warnings(told_before, now, rules)
        ),
    )


def _told(desk: Desk, source: _Source) -> tuple[Told, ...]:
    treatments = (mark.treatment for mark in source.proof.marks)
    return told(treatments, desk.pipeline.policy, source.letter_id)


def _view(combination: Combination, sources: Iterable[_Source], here: _Source) -> CombinationView:
    letters = [
        TellingLetter(
            letter_id=source.letter_id,
            received_at=source.received_at,
            here=source is here,
            passages=tuple(_passages(combination, source)),
        )
        for source in sources
    ]
    letters.sort(key=lambda one: (one.here, one.received_at, one.letter_id))
    return CombinationView(
        rule_id=combination.rule_id,
        sentence=combination.sentence,
        letters=tuple(one for one in letters if one.passages),
    )


def _passages(combination: Combination, source: _Source) -> Iterator[ToldView]:
    """What one letter tells of a combination; the same words of one kind once."""
    seen: set[tuple[str, str]] = set()
    for one in combination.passages:
        words = source.words(one.span)
        if one.letter_id != source.letter_id or (one.kind, words.casefold()) in seen:
            continue
        seen.add((one.kind, words.casefold()))
        yield ToldView(start=one.span.start, kind=one.kind, as_written=one.as_written, words=words)
