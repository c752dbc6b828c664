"""
Spanish: "tengo [sesenta y tantos años]", "el [día de verano]".

Grammar, no data. The seasons are those of the north, as in every language here. What cannot be
read gives None, and the plain placeholder stands in.
"""

from anonymizer.expression import expression
from anonymizer.generalization.reading import Months, Numbers, day_is_told, word_before
from anonymizer.model import Finding

_UNITS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve"
).split()
_TENS = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_NUMBERS = Numbers(
    units=_UNITS,
    tens=_TENS,
    joiners=("y",),
    more={
        "un": 1, "una": 1, "dieciseis": 16, "veintiuno": 21, "veintiún": 21, "veintiuna": 21,
        "veintidós": 22, "veintidos": 22, "veintitrés": 23, "veintitres": 23, "veinticuatro": 24,
        "veinticinco": 25, "veintiséis": 26, "veintiseis": 26, "veintisiete": 27,
        "veintiocho": 28, "veintinueve": 29,
    },
)  # fmt: skip
_MONTHS = Months(
    names="ene feb marz abr may jun jul ago sep oct nov dic".split(), others={"set": 9}
)
_SEASONS = ("invierno", "primavera", "verano", "otoño")
_ADULT, _TEENAGER, _CENTURY = 20, 13, 100
_BIRTHDAY_AFTER = expression(r"(?i)^[ ]*cumpleaños")
_REACH = 16


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    if "mes" in found:
        return "[pocos meses]"
    if "semana" in found:
        return "[pocas semanas]"
    age = _NUMBERS.read(found)
    if age is None:
        return None
    if _BIRTHDAY_AFTER.match(text[finding.span.end : finding.span.end + _REACH]):
        return "[último]"
    return f"[{_decade(age, word_before(text, finding.span.start))}]"


def _decade(age: int, before: str) -> str:
    if age < _ADULT:
        few = age < _TEENAGER or before in ("los", "mis", "sus")
        return "pocos años" if few else "menos de veinte años"
    if age >= _CENTURY:
        return "cien años o más"
    tens = "veintitantos" if age < _ADULT + 10 else f"{_TENS[age // 10 - 2]} y tantos"
    return f"{tens} años"


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end].lower()
    month = _MONTHS.read(found)
    if month is None:
        return None
    season = _SEASONS[month % 12 // 3]
    before = word_before(text, finding.span.start)
    if day_is_told(found):
        told = before in ("el", "del", "al")
        return f"[día de {season}]" if told else f"[un día de {season}]"
    article = "la" if season == "primavera" else "el"
    return f"[{article} {season}]" if before in ("desde", "hasta", "tras") else f"[{season}]"
