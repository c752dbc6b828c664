"""
The rule of an exchange in words: its fields, their values, where a row is from.

Contract: every field of `anonymizer.exchange.fields.FIELDS` has a word here (a test walks them).
"""

from anonymizer.exchange.fields import Limit
from anonymizer.language_names import language_name
from service.actions.rule_views import ExchangeView, MissingView, RowView, RuleView
from service.web.language.times import iso_day_words
from service.web.language.words import gettext, told_plain
from service.web.review.countries import in_country

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
        return ", ".join(gettext(language_name(code)) for code in value) or gettext(
            "none in common"
        )
    if isinstance(value, frozenset):
        return ", ".join(sorted(gettext(one.value.replace("_", " ")) for one in value))
    if value is Limit.NONE:
        return gettext("no limit")
    word = str(value)
    return gettext(_NOTHING if word == "unknown" else word.replace("_", " "))


def missing_words(missing: MissingView) -> str:
    """`Nobody has told how many letters each side may write. Ask the registry in Ireland.`"""
    told = {"question": told_plain(missing.question), "asked": in_country(missing.asked)}
    return gettext("Nobody has told %(question)s. Ask the registry %(asked)s.") % told


def row_words(row: RowView) -> str:
    """`row PL of countries.toml, checked 2026-11-15, weak`; a row that there is not says so."""
    if row.checked is None:
        return gettext("%(row)s: there is no such row") % {"row": told_plain(row.name)}
    told = {
        "row": told_plain(row.name),
        "day": iso_day_words(row.checked),
        "certainty": gettext(row.certainty),
    }
    return gettext("%(row)s, checked %(day)s, %(certainty)s") % told


def letter_count(view: ExchangeView) -> str:
    """`Letter 2 of 3`, as far as somebody has told how many there may be."""
    if view.most is not None:
        told = {"number": view.number, "most": view.most}
        return gettext("Letter %(number)s of %(most)s from this side") % told
    limit = next(line.value for line in view.rule if line.field == "letters_per_side")
    if limit is Limit.NONE:
        text = gettext("Letter %(number)s from this side, no limit")
    else:
        text = gettext("Letter %(number)s from this side, how many there may be, nobody has told")
    return text % {"number": view.number}
