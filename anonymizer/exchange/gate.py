"""
The exchange stage: the rule of the pair that a letter crosses, and whether it may go today.

Contract: where a case is known, `exchange_holds` applies the whole rule to it. A caller without a
case tells the countries only; then no more can be said than that letters are not allowed at all.
"""

from collections.abc import Iterator
from datetime import date

from anonymizer.exchange.book import ExchangeRules
from anonymizer.exchange.fields import Answer
from anonymizer.exchange.pair import PairRule, pair_rule
from anonymizer.exchange.verdict import ReasonCode, judge
from anonymizer.model import Direction, Hold, Routing, Stage

#: Stands for a country that nobody has told; no row is called so.
_NO_COUNTRY = "??"


def rule_of_letter(rules: ExchangeRules, routing: Routing) -> PairRule:
    """The rule of the pair; of a country that is not known, everything is unknown."""
    if routing.exchange is not None:
        return rules.rule_for(routing.exchange)
    writer, reader = routing.writer_country or _NO_COUNTRY, routing.reader_country or _NO_COUNTRY
    from_patient = routing.direction is Direction.PATIENT_TO_DONOR
    donor, patient = (reader, writer) if from_patient else (writer, reader)
    return pair_rule(rules.side(donor), rules.side(patient))


def exchange_holds(rule: PairRule, routing: Routing, today: date) -> Iterator[Hold]:
    """One hold for each reason against passing the letter on on the day `today`."""
    exchange, direction = routing.exchange, routing.direction
    if exchange is not None and direction is not None:
        for reason in judge(exchange, direction, today, rule).reasons:
            yield _hold(reason.code, reason.sentence)
    elif rule.letters.value is Answer.NO:
        yield _hold(ReasonCode.NO_LETTERS, "Letters are not allowed between these two countries.")


def _hold(code: ReasonCode, sentence: str) -> Hold:
    return Hold(stage=Stage.EXCHANGE, code=code.value, reason=sentence)
