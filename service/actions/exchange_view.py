"""
What the rules of the exchange say about a letter, as the pages show it: reasons, rows, clock.

Pure: the case and the day come in. Every sentence is for the registry's staff.
"""

from collections.abc import Iterable
from typing import Any

from anonymizer.exchange import Outcome, PairRule, Reason, anonymity_clock
from anonymizer.exchange.pair import Decided
from anonymizer.exchange.sides import RowOrigin
from anonymizer.model import Exchange
from service.actions.desk import Desk
from service.actions.opened import OpenedLetter
from service.actions.rule_views import (
    ClockView,
    ExchangeView,
    MissingView,
    ReasonView,
    RowView,
    RuleView,
)
from service.workflow.exchange import ENDED_BY_THE_CASE, hold_of
from service.workflow.states import LetterState

#: A letter that has left is no longer asked about: it counts itself among those passed on.
_NOT_ASKED = frozenset({LetterState.DISPATCHED})


def exchange_view(desk: Desk, opened: OpenedLetter) -> ExchangeView | None:
    """What is said about an opened letter today; None while its case or direction is open."""
    exchange, direction = opened.exchange(desk), opened.row.direction
    if exchange is None or direction is None or opened.row.state in _NOT_ASKED:
        return None
    rule = desk.exchange_rules.rule_for(exchange)
    judged = opened.judged(desk)
    held = set(judged.open)
    most = rule.letters_per_side.known
    return ExchangeView(
        reasons=tuple(
            ReasonView(
                sentence=one.words,
                refused=one.outcome is Outcome.REFUSED,
                released=hold_of(one) not in held,
                until_the_day=one.code in ENDED_BY_THE_CASE,
                rows=_rows_behind(one, rule),
                field=one.field,
                missing=_missing(one, exchange),
            )
            for one in judged.verdict.reasons
        ),
        rule=tuple(
            RuleView(
                field=key,
                value=decided.value,
                side=decided.side.value,
                rows=tuple(map(_row, decided.origins)),
            )
            for key, decided in rule.items()
        ),
        clock=clock_view(desk, exchange),
        number=len(exchange.passed_on(direction)) + 1,
        most=most if isinstance(most, int) else None,
        seal=judged.seal,
        kept=judged.about_the_other_side,
    )


def clock_view(desk: Desk, exchange: Exchange) -> ClockView:
    """The anonymity period of an exchange on the day it is."""
    rule = desk.exchange_rules.rule_for(exchange)
    clock = anonymity_clock(exchange, rule)
    return ClockView(
        sentence=clock.sentence,
        end=clock.end,
        started=clock.start is not None and clock.start <= desk.today(),
        over=clock.is_over(desk.today()),
        unknown=tuple(str(one) for one in rule.unknowns(("clock_start", "anonymity_months"))),
    )


def _missing(reason: Reason, exchange: Exchange) -> MissingView | None:
    """What to ask, and where; None for a reason that is no question."""
    if reason.question is None:
        return None
    donor, patient = exchange.donor_country, exchange.patient_country
    # a registry that has no row is named with its country in brackets
    registry = (exchange.donor_registry, f"{exchange.donor_registry} ({donor})")
    return MissingView(
        question=reason.question,
        asked=donor if reason.row in {donor, *registry} else patient,
        donor_country=donor,
        patient_country=patient,
    )


def _rows_behind(reason: Reason, rule: PairRule) -> tuple[RowView, ...]:
    """The rows that a reason names; none for one that follows from the case alone."""
    if reason.field is None or reason.row is None:
        return ()
    decided: Decided[Any] = dict(rule.items())[reason.field]
    named = set(reason.row.split(", "))
    origins = dict.fromkeys((*decided.known_origins, *decided.origins))
    return tuple(_row(origin) for origin in _named(origins, named))


def _named(origins: Iterable[RowOrigin], rows: set[str]) -> Iterable[RowOrigin]:
    return (origin for origin in origins if origin.row in rows)


def _row(origin: RowOrigin) -> RowView:
    source = origin.source or ""
    words = [one for one in source.split() if not one.startswith(("https://", "http://"))]
    return RowView(
        name=str(origin),
        pages=() if words else tuple(source.split()),
        words=source if words else "",
        checked=origin.checked,
        certainty=origin.certainty.value,
        note=origin.note,
    )
