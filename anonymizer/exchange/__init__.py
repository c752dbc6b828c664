"""
The rules of the exchange: who may write to whom, when, how often, and what comes after.

Contract: `load_exchange_rules` reads rows, `pair_rule` makes the rule of a pair, `judge` and
`direct_contact` apply it to an exchange on a day, and `gate` is the stage of a letter's path. All
but the reading is pure. What nobody has told never permits anything.
"""

from anonymizer.exchange.book import ExchangeRules, load_exchange_rules
from anonymizer.exchange.clock import Clock, anonymity_clock
from anonymizer.exchange.gate import exchange_holds, rule_of_letter
from anonymizer.exchange.pair import PairRule, Unknown, pair_rule
from anonymizer.exchange.rows import BadRows, read_rows
from anonymizer.exchange.sides import SideRule
from anonymizer.exchange.verdict import (
    Outcome,
    Reason,
    ReasonCode,
    Verdict,
    direct_contact,
    judge,
)

__all__ = [
    "BadRows",
    "Clock",
    "ExchangeRules",
    "Outcome",
    "PairRule",
    "Reason",
    "ReasonCode",
    "SideRule",
    "Unknown",
    "Verdict",
    "anonymity_clock",
    "direct_contact",
    "exchange_holds",
    "judge",
    "load_exchange_rules",
    "pair_rule",
    "read_rows",
    "rule_of_letter",
]
