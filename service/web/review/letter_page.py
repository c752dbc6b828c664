"""
Step 8: one letter prepared for its page: texts cut up, passages numbered, open ones counted.

Contract: pure. What can be decided is asked from `LetterView.may`, never worked out here.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from anonymizer.model import EntityKind, TreatmentAction
from service.actions.views import FindingView, FlagView, LetterView
from service.web.language.times import number_words
from service.web.language.words import gettext
from service.web.review import words
from service.web.review.equal import same_words
from service.web.review.passages import Mark, Paragraph, Shift, paragraph_breaks, paragraphs

#: A longer list nobody looks through before deciding about all of it.
MOST_AT_A_GLANCE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A finding as the page shows it: in the text, in the panel and in the list."""

    finding: FindingView = field(repr=False)
    number: int
    label: str
    hue: str
    outcome: str
    open: bool
    equal: int
    """How many marked passages have the same words, this one included."""

    @property
    def action(self) -> str:
        """The name of the action, a class of letter.css."""
        return self.finding.action.value

    @property
    def certainty(self) -> str:
        """The score in words, for people who do not think in decimals."""
        score = self.finding.score
        if score >= 0.85:
            word = gettext("sure")
        else:
            word = gettext("fairly sure") if score >= 0.6 else gettext("unsure")
        return f"{word} ({number_words(score, 2)})"

    @property
    def arrow(self) -> str:
        """What stands between the outcome and the words that stand in."""
        if self.finding.replacement is None:
            return ""
        return gettext(", would become ") if self.open else " → "

    @property
    def author(self) -> str:
        """Who last decided about the passage."""
        name = self.finding.correction_author
        if name is None:
            return gettext("no person has decided yet")
        return gettext("decided by %(name)s") % {"name": name}

    @property
    def finder(self) -> str:
        """Who or what found the passage."""
        return words.finder_name(self.finding.recognizer)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKind:
    """The open suggestions of one kind, to be accepted in one go."""

    kind: EntityKind
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWords:
    """Open suggestions of one kind with the same words: one line of the list to decide."""

    finding_id: str
    label: str
    hue: str
    text: str = field(repr=False)
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """Everything that letter.html and final.html print about the letter itself."""

    view: LetterView = field(repr=False)
    rows: dict[str, Row] = field(repr=False)
    original: tuple[Paragraph, ...] = field(repr=False)
    outgoing: tuple[Paragraph, ...] = field(repr=False)
    selected: Row | None
    open_kinds: tuple[OpenKind, ...]
    to_decide: tuple[OpenWords, ...] = field(repr=False)
    """Every open suggestion; empty as well where they are too many for one look."""
    flags: tuple[tuple[str, FlagView], ...]

    @property
    def ordered(self) -> tuple[Row, ...]:
        """The rows in the order of the letter."""
        return tuple(self.rows.values())

    @property
    def decided(self) -> int:
        """How many of the machine's suggestions a person has decided."""
        return self.view.suggestions - self.view.open_suggestions

    @property
    def kept(self) -> tuple[Row, ...]:
        """What stays readable although it was marked: the dangerous direction."""
        return tuple(row for row in self.ordered if row.finding.action is TreatmentAction.KEEP)

    def neighbour(self, step: int) -> Row | None:
        """The finding before (-1) or after (+1) the selected one."""
        if self.selected is None:
            return None
        place = self.selected.number - 1 + step
        return self.ordered[place] if 0 <= place < len(self.rows) else None


def letter_page(view: LetterView, *, at: int | None = None) -> LetterPage:
    """The page of a letter; `at` is the position whose passage is selected."""
    rows = _rows(view.findings)
    flags = tuple((f"flag-{number}", flag) for number, flag in enumerate(view.flags, start=1))
    marks = [Mark(start=one.start, end=one.end, name=one.finding_id) for one in view.findings]
    breaks = paragraph_breaks(view.text or "", marks)
    shift = _shift(view)
    # a letter that could not be drafted has a text, but nothing that would go out
    moved = tuple(shift.position(offset) for offset in breaks) if view.outgoing else ()
    return LetterPage(
        view=view,
        rows=rows,
        original=paragraphs(view.text or "", marks=marks, under=_flag_marks(flags), breaks=breaks),
        outgoing=paragraphs(
            view.outgoing or "",
            marks=_outgoing_marks(view, shift),
            under=_residual_marks(view),
            breaks=moved,
        ),
        selected=_selected(tuple(rows.values()), at),
        open_kinds=_open_kinds(view.findings),
        to_decide=_to_decide(tuple(rows.values())),
        flags=flags,
    )


def next_open(view: LetterView, *, after: int, but: Collection[str | None] = ()) -> int:
    """Where the next passage to decide stands: behind `after`, else from the top, else here."""
    places = [
        one.start
        for one in view.findings
        if one.action is TreatmentAction.SUGGEST and one.finding_id not in but
    ]
    return next((place for place in places if place > after), places[0] if places else after)


def _rows(findings: tuple[FindingView, ...]) -> dict[str, Row]:
    texts = Counter(same_words(one.text) for one in findings)
    return {
        one.finding_id: Row(
            finding=one,
            number=number,
            label=gettext(words.KINDS[one.kind]),
            hue=f"hue-{words.FAMILY_OF[one.kind]}",
            outcome=gettext(words.OUTCOMES[one.action]),
            open=one.action is TreatmentAction.SUGGEST,
            equal=texts[same_words(one.text)],
        )
        for number, one in enumerate(sorted(findings, key=lambda one: one.start), start=1)
    }


def _selected(rows: tuple[Row, ...], at: int | None) -> Row | None:
    """The passage at a position; without one the first to decide, else the first of all."""
    if at is not None:
        return next((row for row in rows if row.finding.end > at), rows[-1] if rows else None)
    return next((row for row in rows if row.open), rows[0] if rows else None)


def _shift(view: LetterView) -> Shift:
    changes = sorted(
        [
            *(
                ((one.source_start, one.source_end), (one.target_start, one.target_end))
                for one in view.replacements
            ),
            *(
                ((one.source, one.source + 1), (one.target_start, one.target_end))
                for one in view.unsent
            ),
        ]
    )
    return Shift(
        sources=tuple(source for source, _ in changes),
        targets=tuple(target for _, target in changes),
    )


def _outgoing_marks(view: LetterView, shift: Shift) -> list[Mark]:
    """The stand-ins where they are, and what is still readable where it moved to."""
    changed = [
        Mark(start=one.target_start, end=one.target_end, name=one.finding_id)
        for one in view.replacements
        if one.finding_id is not None
    ]
    names = {mark.name for mark in changed}
    readable = [
        Mark(start=shift.position(one.start), end=shift.position(one.end), name=one.finding_id)
        for one in view.findings
        if one.finding_id not in names
        and one.action in {TreatmentAction.SUGGEST, TreatmentAction.KEEP}
    ]
    return changed + readable


def _flag_marks(flags: tuple[tuple[str, FlagView], ...]) -> list[Mark]:
    return [
        Mark(start=flag.start, end=flag.end, name=name)
        for name, flag in flags
        if flag.start is not None and flag.end is not None
    ]


def _residual_marks(view: LetterView) -> list[Mark]:
    return [Mark(start=one.start, end=one.end, name="residual") for one in view.residuals]


def _open_kinds(findings: tuple[FindingView, ...]) -> tuple[OpenKind, ...]:
    counts = Counter(one.kind for one in findings if one.action is TreatmentAction.SUGGEST)
    return tuple(
        OpenKind(kind=kind, label=gettext(words.KINDS[kind]), count=count)
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _to_decide(rows: tuple[Row, ...]) -> tuple[OpenWords, ...]:
    groups: dict[tuple[EntityKind, str], list[Row]] = {}
    for row in rows:
        if row.open:
            groups.setdefault((row.finding.kind, same_words(row.finding.text)), []).append(row)
    if len(groups) > MOST_AT_A_GLANCE:
        return ()
    return tuple(
        OpenWords(
            finding_id=first.finding.finding_id,
            label=first.label,
            hue=first.hue,
            text=first.finding.text,
            count=1 + len(others),
        )
        for first, *others in groups.values()
    )
