"""
Figures for those who lead the work: what waits, how long letters take, what the machine misses.

Contract: counts and times only; nothing here names a letter, a case or a person.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from service.actions.desk import Desk
from service.store.findings_found import Waited, count_by_age, find_found, find_waited
from service.workflow.findings import Found, FoundKey, monday
from service.workflow.people import Permission, Person, check_may
from service.workflow.states import LetterState

WEEKS = 12
#: Ages of letters in days; the last group is older than the last of them.
AGES = (1, 3, 7, 14)
AGE_NAMES = ("up to 1 day", "up to 3 days", "up to 7 days", "up to 14 days", "older")
_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """One week: its letters, how long they took in hours, how much people corrected in them."""

    week: str
    letters: int
    hours_median: float | None
    hours_p90: float | None
    corrections: int

    @property
    def corrections_per_letter(self) -> float | None:
        """None in a week without letters."""
        return self.corrections / self.letters if self.letters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """What people found of one kind in one language, in one week or in all of them."""

    week: str
    language: str
    kind: str
    hidden: int
    misses: int
    false_masks: int

    @property
    def miss_rate(self) -> float | None:
        """The share of what had to be hidden that the machine had not seen."""
        wanted = self.hidden + self.misses
        return self.misses / wanted if wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Everything on the page."""

    by_state: Mapping[LetterState, tuple[int, ...]]
    weeks: tuple[WeekFigures, ...]
    kinds: tuple[KindFigures, ...]
    """Per language and kind over all weeks, the most misses first."""
    weekly: tuple[KindFigures, ...]
    """Per week, language and kind."""


def insight(desk: Desk, person: Person) -> Insight:
    """The figures of the last weeks."""
    check_may(person, Permission.SEE_INSIGHT)
    this_week = monday(desk.today())
    mondays = [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    since = datetime.combine(mondays[0], datetime.min.time(), tzinfo=desk.settings.zone)
    moments = tuple(desk.now() - timedelta(days=days) for days in AGES)
    with desk.database.reading() as connection:
        by_state = count_by_age(connection, moments=moments)
        found = find_found(connection, since=mondays[0])
        waited = find_waited(connection, since=since)
    zone = desk.settings.zone
    by_week: dict[str, list[Waited]] = {}
    for one in waited:
        week = monday(one.approved_at.astimezone(zone).date()).isoformat()
        by_week.setdefault(week, []).append(one)
    names = [one.isoformat() for one in mondays]
    return Insight(
        by_state={state: by_state[state] for state in LetterState if state in by_state},
        weeks=tuple(_week(name, by_week.get(name, []), found) for name in names),
        kinds=tuple(sorted(_kinds(found, weekly=False), key=_most_misses)),
        weekly=tuple(_kinds(found, weekly=True)),
    )


def insight_csv(desk: Desk, person: Person) -> str:
    """The same as one long table; numbers have a point, times are in hours."""
    told = insight(desk, person)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("measure", "week", "state", "age", "language", "kind", "value"))
    for state, counts in told.by_state.items():
        for name, count in zip(AGE_NAMES, counts, strict=True):
            rows.writerow(("letters", "", state.value, name, "", "", count))
    for week in told.weeks:
        for measure, value in (
            ("letters_approved", week.letters),
            ("hours_to_approval_median", week.hours_median),
            ("hours_to_approval_p90", week.hours_p90),
            ("corrections", week.corrections),
        ):
            if value is not None:
                rows.writerow((measure, week.week, "", "", "", "", round(value, 2)))
    for one in told.weekly:
        for measure in ("hidden", "misses", "false_masks"):
            value = getattr(one, measure)
            rows.writerow((measure, one.week, "", "", one.language, one.kind, value))
    return out.getvalue()


def _week(name: str, waited: list[Waited], found: Mapping[FoundKey, int]) -> WeekFigures:
    hours = sorted((one.approved_at - one.received_at).total_seconds() / _HOUR for one in waited)
    corrections = sum(
        count
        for key, count in found.items()
        if key.week == name and key.outcome is Found.CORRECTION
    )
    return WeekFigures(
        week=name,
        letters=len(hours),
        hours_median=median(hours) if hours else None,
        hours_p90=hours[min(len(hours) - 1, int(len(hours) * 0.9))] if hours else None,
        corrections=corrections,
    )


def _kinds(found: Mapping[FoundKey, int], *, weekly: bool) -> Iterator[KindFigures]:
    counts: dict[tuple[str, str, str], dict[Found, int]] = {}
    for key, count in found.items():
        if key.outcome in {Found.LETTER, Found.CORRECTION}:
            continue
        group = (key.week if weekly else "", key.language, key.kind)
        of_group = counts.setdefault(group, {})
        of_group[key.outcome] = of_group.get(key.outcome, 0) + count
    for (week, language, kind), of_group in counts.items():
        yield KindFigures(
            week=week,
            language=language,
            kind=kind,
            hidden=of_group.get(Found.HIDDEN, 0),
            misses=of_group.get(Found.MISS, 0),
            false_masks=of_group.get(Found.FALSE_MASK, 0),
        )


def _most_misses(one: KindFigures) -> tuple[int, int, str, str]:
    return (-one.misses, -one.false_masks, one.language, one.kind)
