"""
The rule of an exchange in words: its fields, their values, where a row is from.

Contract: every field of `anonymizer.exchange.fields.FIELDS` has a word here (a test walks them).
"""

from anonymizer.exchange.fields import Limit
from anonymizer.language_names import language_name
from service.actions.rule_views import ExchangeView, RowView, RuleView

#: Field: what it is about.
RULE_FIELDS: dict[str, str] = {
    "letters": "Letters",
    "earliest": "Earliest day",
    "letters_per_side": "Letters of each side",
    "window_months": "Months for letters",
    "first_writer": "Who writes first",
    "consent_per_letter": "Consent for each letter",
    "gifts": "Gifts",
    "photos": "Photos",
    "country_may_be_named": "Country may be named",
    "age_precision": "Ages",
    "exact_dates": "Exact dates",
    "own_language": "Languages at home",
    "anonymity_months": "Months of anonymity",
    "clock_start": "They start with",
    "direct_contact": "Direct contact",
    "direct_contact_needs": "It needs",
    "cord_blood_direct_contact": "After cord blood",
}

_NOTHING = "nobody has told"


def rule_value(line: RuleView) -> str:
    """The value of a field as people say it."""
    value = line.value
    if line.field == "own_language" and isinstance(value, tuple):
        return ", ".join(language_name(code) for code in value) or "none in common"
    if isinstance(value, frozenset):
        return ", ".join(sorted(one.value.replace("_", " ") for one in value))
    if value is Limit.NONE:
        return "no limit"
    word = str(value)
    return _NOTHING if word == "unknown" else word.replace("_", " ")


def row_words(row: RowView) -> str:
    """`row PL of countries.toml, checked 2026-11-15, weak`; a row that there is not says so."""
    if row.checked is None:
        return f"{row.name}: there is no such row"
    return f"{row.name}, checked {row.checked.isoformat()}, {row.certainty}"


def letter_count(view: ExchangeView) -> str:
    """`Letter 2 of 3`, as far as somebody has told how many there may be."""
    if view.most is not None:
        return f"Letter {view.number} of {view.most} from this side"
    limit = next(line.value for line in view.rule if line.field == "letters_per_side")
    told = "no limit" if limit is Limit.NONE else "how many there may be, nobody has told"
    return f"Letter {view.number} from this side, {told}"
