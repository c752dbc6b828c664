"""
Bars as numbers for SVG: pure geometry, drawn by the template on the server.

Contract: a chart shows nothing that the table beside it does not say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.actions.insight import Insight
from service.web.language.times import number_words
from service.web.language.words import gettext
from service.web.review import words
from service.workflow.states import LetterState

WIDTH = 720
_LEFT = 260
_ROW = 22
_HEIGHT = 160
_BOTTOM = 28
_TOP = 16
_OVER = frozenset({LetterState.DISPATCHED, LetterState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with its words; lengths are units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    label: str
    label_x: float
    label_y: float
    value: str
    value_x: float
    value_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing; `anchor` says where labels stand (an SVG `text-anchor`)."""

    name: str
    title: str
    width: int
    height: int
    anchor: str
    bars: tuple[Bar, ...]


def charts_of(told: Insight) -> dict[str, Chart]:
    """The drawings of the page by their names."""
    waiting = [
        (gettext(words.STATES[state]), sum(counts), str(sum(counts)))
        for state, counts in told.by_state.items()
        if state not in _OVER
    ]
    hours = [
        (_short(one.week), one.hours_median or 0.0, _number(one.hours_median)) for one in told.weeks
    ]
    corrections = [
        (_short(one.week), one.corrections_per_letter or 0.0, _number(one.corrections_per_letter))
        for one in told.weeks
    ]
    missed: dict[str, int] = dict.fromkeys((one.week for one in told.weeks), 0)
    for one in told.weekly:
        missed[one.week] = missed.get(one.week, 0) + one.misses
    misses = [(_short(week), float(count), str(count)) for week, count in missed.items()]
    return {
        "states": rows("states", gettext("Letters under way by state"), waiting),
        "hours": columns(
            "hours", gettext("Hours from receipt to approval, median per week"), hours
        ),
        "corrections": columns(
            "corrections", gettext("Corrections per letter and week"), corrections
        ),
        "misses": columns("misses", gettext("Passages that the machine missed, per week"), misses),
    }


def rows(name: str, title: str, values: Sequence[tuple[str, float, str]]) -> Chart:
    """Bars that lie, one below the other."""
    most = max((value for _, value, _ in values), default=0) or 1
    bars = tuple(
        Bar(
            x=_LEFT,
            y=place * _ROW + 4,
            width=round(value / most * (WIDTH - _LEFT - 60), 1),
            height=_ROW - 8,
            label=label,
            label_x=_LEFT - 8,
            label_y=place * _ROW + 15,
            value=shown,
            value_x=round(_LEFT + value / most * (WIDTH - _LEFT - 60) + 6, 1),
            value_y=place * _ROW + 15,
        )
        for place, (label, value, shown) in enumerate(values)
    )
    height = max(1, len(bars)) * _ROW + 4
    return Chart(name=name, title=title, width=WIDTH, height=height, anchor="end", bars=bars)


def columns(name: str, title: str, values: Sequence[tuple[str, float, str]]) -> Chart:
    """Bars that stand, one beside the other."""
    most = max((value for _, value, _ in values), default=0) or 1
    step = WIDTH / max(1, len(values))
    full = _HEIGHT - _TOP - _BOTTOM
    bars = tuple(
        Bar(
            x=round(place * step + step * 0.15, 1),
            y=round(_TOP + full - value / most * full, 1),
            width=round(step * 0.7, 1),
            height=round(value / most * full, 1),
            label=label,
            label_x=round(place * step + step / 2, 1),
            label_y=_HEIGHT - 10,
            value=shown,
            value_x=round(place * step + step / 2, 1),
            value_y=round(_TOP + full - value / most * full - 4, 1),
        )
        for place, (label, value, shown) in enumerate(values)
    )
    return Chart(name=name, title=title, width=WIDTH, height=_HEIGHT, anchor="middle", bars=bars)


def _short(week: str) -> str:
    """Day and month of a week's Monday."""
    return gettext("%(day)s/%(month)s") % {"day": int(week[8:10]), "month": int(week[5:7])}


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return number_words(value, 0 if value >= 10 else 1)
