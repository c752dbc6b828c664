"""
German: "[über dreißig]", "[Frühlingstag]", "mein [kleiner] Sohn".

Grammar, no data. An adjective keeps its ending ("7-jähriger" becomes "kleiner"), and a season
stands where the month stood: "im Mai" becomes "im [Frühling]", "am 3. Mai" "am [Frühlingstag]".
"""

from anonymizer.expression import expression
from anonymizer.generalization.reading import Months, Numbers
from anonymizer.model import Finding

_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_NUMBERS = Numbers(
    units=(
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
        "fünfzehn sechzehn siebzehn achtzehn neunzehn"
    ).split(),
    tens=_TENS,
    joiners=("und",),
    endings=r"(?:-?(?:jährig|monatig)\pL*|s?ten)$",
    # no numbers by themselves: "eine", "der dritte", "die achte"
    more={"eins": 1, "eine": 1, "drit": 3, "ach": 8, "sieb": 7},
)
_MONTHS = Months(
    names="jan feb mär apr mai jun jul aug sep okt nov dez".split(),
    others={"jän": 1, "mar": 3, "mae": 3, "hor": 2},
)
_SEASON_OF_QUARTER = ("Winter", "Frühling", "Sommer", "Herbst")
_FIRST_OF_COMPOUND = ("Winter", "Frühlings", "Sommer", "Herbst")
_ADULT, _TEENAGER = 20, 13

_ADJECTIVE = expression(r"(?:jährig|jaehrig|jährg|monatig|wöchig)(e[mnrs]?)?$")
_BIRTHDAY_AFTER = expression(r"(?i)^[ .]*(?:geburtstag|geburtstages|geburtstags|wiegenfest)")
_DAY = expression(r"^\D{0,12}\d{1,2}\.?[ ]?\pL|^\pL+,? ?(?:den|dem) \d|^\d{1,2}\.\d{1,2}\.")
_REACH = 14


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    after = text[finding.span.end : finding.span.end + _REACH]
    adjective = _ADJECTIVE.search(found)
    ending = (adjective.group(1) or "") if adjective is not None else None
    if "monat" in found or "woche" in found or "wöch" in found:
        return "[ein Baby]" if ending is None else f"[klein{ending}]"
    age = _NUMBERS.read(found.replace("dreissig", "dreißig"))
    if age is None:
        return None
    if ending is not None:
        return f"[{_adjective(age)}{ending}]"
    if _BIRTHDAY_AFTER.match(after):
        return "[runden]" if age % 10 == 0 else "[letzten]"
    return _predicate(age)


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end]
    month = _MONTHS.read(found.lower())
    if month is None:
        return None
    quarter = month % 12 // 3
    if _DAY.match(found):
        return f"[{_FIRST_OF_COMPOUND[quarter]}tag]"
    return f"[{_SEASON_OF_QUARTER[quarter]}]"


def _adjective(age: int) -> str:
    if age < _TEENAGER:
        return "klein"
    return "jugendlich" if age < _ADULT else "erwachsen"


def _predicate(age: int) -> str:
    """As in "ich bin … und habe zwei Kinder"."""
    if age < _ADULT:
        return "[noch ein Kind]" if age < _TEENAGER else "[im Teenageralter]"
    return f"[über {_TENS[min(age, 99) // 10 - 2]}]"
