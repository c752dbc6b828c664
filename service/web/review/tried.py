"""A tried sentence prepared for its page: twice the same text, each with what would be removed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from anonymizer.model import Draft, EntityKind, TreatmentAction
from service.actions.trying_words import Trial
from service.web.language.words import gettext
from service.web.review import words
from service.web.review.passages import Mark, Paragraph, paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage of the sentence, as the page marks it."""

    kind: EntityKind
    action: TreatmentAction
    finder: str

    @property
    def label(self) -> str:
        """What it is and what happens to it."""
        kind = gettext(words.KINDS[self.kind])
        return f"{kind}, {gettext(words.OUTCOMES[self.action])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The sentence by one set of words: cut up, and as it would go out."""

    pieces: tuple[Paragraph, ...] = field(repr=False)
    found: dict[str, Found]
    outgoing: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedView:
    """Both sides, and whether they differ."""

    now: Side
    then: Side
    changes: bool


def tried_view(trial: Trial) -> TriedView:
    """The trial for its page."""
    return TriedView(
        now=_side(trial.text, trial.now),
        then=_side(trial.text, trial.then),
        changes=trial.changes,
    )


def _side(text: str, draft: Draft) -> Side:
    found = {
        f"t{number}": Found(
            kind=one.finding.kind,
            action=one.action,
            finder=words.finder_name(one.finding.recognizer),
        )
        for number, one in enumerate(draft.treatments)
    }
    return Side(
        pieces=paragraphs(text, marks=list(_marks(draft))),
        found=found,
        outgoing=draft.redaction.text if draft.redaction else "",
    )


def _marks(draft: Draft) -> Iterator[Mark]:
    for number, one in enumerate(draft.treatments):
        yield Mark(start=one.finding.span.start, end=one.finding.span.end, name=f"t{number}")
