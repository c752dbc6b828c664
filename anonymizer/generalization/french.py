"""
French: "j'ai [trente ans passés]", "le [jour de printemps]".

Grammar, no data. "Trente ans passés" stands after "j'ai", "à" and "âgé de" alike. What cannot be
read gives None, and the plain placeholder stands in.
"""

from anonymizer.expression import expression
from anonymizer.generalization.reading import Months, Numbers, day_is_told, word_before
from anonymizer.model import Finding

_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf"
).split()
_TENS = (
    "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix"
).split()
_NUMBERS = Numbers(
    units=_UNITS,
    tens="vingt trente quarante cinquante soixante".split(),
    joiners=("et", "-et-", "-"),
    endings=r"(?:i?ème|er|e)$",
    more={
        "une": 1, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
        "quatre-vingt": 80, "quatre-vingts": 80,
    },
)  # fmt: skip
_MONTHS = Months(
    names="jan fév mars avr mai juin juil aoû sep oct nov déc".split(),
    others={"fev": 2, "aou": 8, "dec": 12},
)
_SEASONS = ("hiver", "printemps", "été", "automne")
_ADULT, _TEENAGER, _CENTURY = 20, 13, 100
_BIRTHDAY_AFTER = expression(r"(?i)^[ ]*anniversaire")
_REACH = 16


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    if "mois" in found:
        return "[quelques mois]"
    if "semaine" in found:
        return "[quelques semaines]"
    age = _NUMBERS.read(found)
    if age is None:
        return None
    if _BIRTHDAY_AFTER.match(text[finding.span.end : finding.span.end + _REACH]):
        return "[grand]" if age % 10 == 0 else "[dernier]"
    if age < _ADULT:
        return "[moins de treize ans]" if age < _TEENAGER else "[moins de vingt ans]"
    return "[cent ans passés]" if age >= _CENTURY else f"[{_TENS[age // 10 - 2]} ans passés]"


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end].lower()
    month = _MONTHS.read(found)
    if month is None:
        return None
    season = _SEASONS[month % 12 // 3]
    before = word_before(text, finding.span.start)
    of = f"de {season}" if season == "printemps" else f"d'{season}"
    if day_is_told(found):
        return f"[jour {of}]" if before in ("le", "du", "au", "ce") else f"[un jour {of}]"
    if before == "en":
        return f"[période {of}]"
    if before in ("depuis", "avant", "après", "dès", "pendant"):
        return "[le printemps]" if season == "printemps" else f"[l'{season}]"
    return f"[{season}]"
