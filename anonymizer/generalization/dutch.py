"""
Dutch: "[in de zestig]", "op [een lentedag]", "mijn [jonge] zoon".

Grammar, no data: the form is chosen by the words around the passage. What cannot be read gives
None, and the plain placeholder stands in.
"""

from anonymizer.expression import expression
from anonymizer.generalization.reading import Months, Numbers, day_is_told, word_before
from anonymizer.model import Finding

_UNITS = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
    "zestien zeventien achttien negentien"
).split()
_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_NUMBERS = Numbers(
    units=_UNITS, tens=_TENS, joiners=("en", "ën"), endings=r"(?:-?jarig\pL*|ste|de|e)$"
)
_MONTHS = Months(
    names="jan feb maart apr mei jun jul aug sep okt nov dec".split(), others={"mrt": 3}
)
_SEASONS = ("winter", "lente", "zomer", "herfst")
_ADULT, _TEENAGER = 20, 13
_JARIG = expression(r"jarig(e?n?)$")
_BIRTHDAY_AFTER = expression(r"(?i)^[ ]*verjaardag")
_TURNED_AFTER = expression(r"(?i)^[ ]*geworden")
_REACH = 14


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    after = text[finding.span.end : finding.span.end + _REACH]
    before = word_before(text, finding.span.start)
    if "maand" in found or "weken" in found:
        return "[enkele maanden]" if before == "van" else "[een baby]"
    age = _NUMBERS.read(found)
    if age is None:
        return None
    jarig = _JARIG.search(found)
    if jarig is not None:
        return _adjective(age, jarig.group(1))
    if _BIRTHDAY_AFTER.match(after):
        return "[ronde]" if age % 10 == 0 else "[laatste]"
    if _TURNED_AFTER.match(after):
        return "[een jaar ouder]"
    return _decade(age, before)


def _decade(age: int, before: str) -> str:
    if age >= _ADULT:
        return f"[in de {_TENS[min(age, 99) // 10 - 2]}]"
    if before in ("van", "op"):
        return "[jonge leeftijd]"
    return "[nog een kind]" if age < _TEENAGER else "[een tiener]"


def _adjective(age: int, ending: str) -> str:
    """As in "mijn 7-jarige zoon"; with another ending it is a noun or stands behind "is"."""
    if age < _ADULT:
        return "[jonge]" if ending == "e" else "[jong]"
    return "[volwassen]"


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end].lower()
    month = _MONTHS.read(found)
    if month is None:
        return None
    season = _SEASONS[month % 12 // 3]
    before = word_before(text, finding.span.start)
    if day_is_told(found):
        return f"[{season}dag]" if before in ("de", "den") else f"[een {season}dag]"
    return f"[{season}]" if before in ("", "de") else f"[de {season}]"
