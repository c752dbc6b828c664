"""
German: "[über dreißig]", "[Frühlingstag]", "mein [kleiner] Sohn".

Grammar, no data. An adjective keeps its ending ("7-jähriger" becomes "kleiner"), and a season
stands where the month stood: "im Mai" becomes "im [Frühling]", "am 3. Mai" "am [Frühlingstag]".
"""

from anonymizer.expression import expression
from anonymizer.model import Finding

_UNITS = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn"
).split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_MONTHS = "jan feb mär apr mai jun jul aug sep okt nov dez".split()
_OTHER_MONTHS = {"jän": 1, "feb": 2, "mar": 3, "mae": 3, "hor": 2}
_SEASON_OF_QUARTER = ("Winter", "Frühling", "Sommer", "Herbst")
_FIRST_OF_COMPOUND = ("Winter", "Frühlings", "Sommer", "Herbst")
#: Stems that are no number by themselves: "eine", "der dritte", "die achte".
_IRREGULAR = {"eins": "ein", "eine": "ein", "drit": "drei", "ach": "acht", "sieb": "sieben"}
_ADULT, _TEENAGER, _OLDEST = 20, 13, 125

_NUMBER = expression(r"\d+")
_ENDING = expression(r"(?:-?(?:jährig|monatig)\pL*|s?ten)$")
_ADJECTIVE = expression(r"(?:jährig|jaehrig|jährg|monatig|wöchig)(e[mnrs]?)?$")
_BIRTHDAY_AFTER = expression(r"(?i)^[ .]*(?:geburtstag|geburtstages|geburtstags|wiegenfest)")
_MONTH_NAME = expression(r"(?i)(?:^|[^\pL])(\pL{3})\pL*")
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
    age = _number(found)
    if age is None or age > _OLDEST:
        return None
    if ending is not None:
        return f"[{_adjective(age)}{ending}]"
    if _BIRTHDAY_AFTER.match(after):
        return "[runden]" if age % 10 == 0 else "[letzten]"
    return _predicate(age)


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end]
    month = _month(found.lower())
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


def _number(found: str) -> int | None:
    """The number a text says, in digits or as a German word ("siebenundvierzig")."""
    digits = _NUMBER.search(found)
    if digits is not None:
        return int(digits.group())
    words = found.replace("dreissig", "dreißig").split()
    values = [value for word in words if (value := _value(word)) is not None]
    return values[0] if values else None


def _value(word: str) -> int | None:
    stem = _ENDING.sub("", word.strip(".,-"))
    for tens, value in zip(_TENS, range(20, 100, 10), strict=True):
        if stem.endswith(tens):
            unit = stem.removesuffix(tens).removesuffix("und")
            return value + (_UNITS.index(unit) if unit in _UNITS else 0)
    stem = _IRREGULAR.get(stem, stem)
    return _UNITS.index(stem) if stem in _UNITS else None


def _month(found: str) -> int | None:
    for match in _MONTH_NAME.finditer(found):
        start = match.group(1)
        if start in _MONTHS:
            return _MONTHS.index(start) + 1
        if start in _OTHER_MONTHS:
            return _OTHER_MONTHS[start]
    numbers = [int(one) for one in _NUMBER.findall(found)]
    if len(numbers) > 1 and numbers[0] > 31:  # year first: ISO 8601
        numbers.reverse()
    return numbers[1] if len(numbers) > 1 and 1 <= numbers[1] <= len(_MONTHS) else None
