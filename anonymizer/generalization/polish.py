"""
Polish: "mam [sześćdziesiąt kilka lat]", "zmarła [pewnego zimowego dnia]".

Grammar, no data: after "wieku" numbers stand in the genitive, and an adjective keeps its ending
("7-letniego" becomes "kilkuletniego"). What cannot be read gives None.
"""

from types import MappingProxyType

from anonymizer.expression import expression
from anonymizer.generalization.reading import Months, Numbers, day_is_told, word_before
from anonymizer.model import Finding

_UNITS = (
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście "
    "trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście"
).split()
_UNITS_IN_GENITIVE = (
    "zera jednego dwóch trzech czterech pięciu sześciu siedmiu ośmiu dziewięciu dziesięciu "
    "jedenastu dwunastu trzynastu czternastu piętnastu szesnastu siedemnastu osiemnastu "
    "dziewiętnastu"
).split()
_TENS = (
    "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt "
    "dziewięćdziesiąt"
).split()
_TENS_IN_GENITIVE = (
    "dwudziestu trzydziestu czterdziestu pięćdziesięciu sześćdziesięciu siedemdziesięciu "
    "osiemdziesięciu dziewięćdziesięciu"
).split()
#: Beginnings of ordinal numbers and of "sześcioletni"; a longer one goes before a shorter.
_STEMS = MappingProxyType(
    {
        "dwudzie": 20, "trzydzie": 30, "czterdzie": 40, "pięćdzie": 50, "sześćdzie": 60,
        "siedemdzie": 70, "osiemdzie": 80, "dziewięćdzie": 90, "jedena": 11, "dwuna": 12,
        "trzyna": 13, "czterna": 14, "piętna": 15, "szesna": 16, "siedemna": 17, "osiemna": 18,
        "dziewiętna": 19, "dwu": 2, "trz": 3, "czwar": 4, "cztero": 4, "pią": 5, "pięcio": 5,
        "szós": 6, "sześcio": 6, "siódm": 7, "siedmio": 7, "ósm": 8, "ośmio": 8, "dziesią": 10,
        "dziesięcio": 10, "dziewią": 9, "dziewięcio": 9,
    }
)  # fmt: skip
_NUMBERS = Numbers(
    units=_UNITS,
    tens=_TENS,
    more={
        **{word: number for number, word in enumerate(_UNITS_IN_GENITIVE)},
        **dict(zip(_TENS_IN_GENITIVE, range(20, 100, 10), strict=True)),
    },
    stems=_STEMS,
)
_MONTHS = Months(
    names="sty lut mar kwi maj cze lip sie wrz paź lis gru".split(), others={"paz": 10}
)
_SEASONS = ("zimow", "wiosenn", "letni", "jesienn")
_NOUNS = ("zima", "wiosna", "lato", "jesień")
_NOUNS_IN_GENITIVE = ("zimy", "wiosny", "lata", "jesieni")
_ADULT, _TEENAGER, _OLDEST = 20, 11, 99
_ADJECTIVE = expression(r"letni(\pL*)$")
_NOUN = expression(r"lat(?:ek|k\pL+)$")
_BIRTHDAY_AFTER = expression(r"(?i)^[ .]*urodzin(\pL*)")
#: Endings of "letni" and those of "dorosły" beside them.
_HARD_ENDINGS = MappingProxyType({"": "y", "m": "ym", "mi": "ymi", "ch": "ych"})
_REACH = 16


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    genitive = word_before(text, finding.span.start) in ("wieku", "ponad", "około", "od", "do")
    if "miesi" in found:
        return "[kilku miesięcy]" if genitive else "[kilka miesięcy]"
    if "tygodni" in found:
        return "[kilku tygodni]" if genitive else "[kilka tygodni]"
    age = _NUMBERS.read(found)
    if age is None or _NOUN.search(found):  # "siedmiolatek" is a person
        return None
    adjective = _ADJECTIVE.search(found)
    if adjective is not None:
        return f"[{_adjective(age, adjective.group(1))}]"
    birthday = _BIRTHDAY_AFTER.match(text[finding.span.end : finding.span.end + _REACH])
    if birthday is not None:
        ending = {"y": "e", "ami": "ymi"}.get(birthday.group(1), "ych")
        return f"[okrągł{ending}]" if age % 10 == 0 else f"[{_last(ending)}]"
    return f"[{_years(age, genitive=genitive)}]"


def _years(age: int, *, genitive: bool) -> str:
    if age < _ADULT:
        few = ("kilku", "kilka") if age < _TEENAGER else ("kilkunastu", "kilkanaście")
        return f"{few[0] if genitive else few[1]} lat"
    decade = min(age, _OLDEST) // 10 - 2
    if genitive:
        return f"{_TENS_IN_GENITIVE[decade]} kilku lat"
    return f"{_TENS[decade]} kilka lat"


def _adjective(age: int, ending: str) -> str:
    if age < _ADULT:
        return f"kilkuletni{ending}" if age < _TEENAGER else f"kilkunastoletni{ending}"
    hard = _HARD_ENDINGS.get(ending)
    return f"dorosł{ending if hard is None else hard}"


def _last(ending: str) -> str:
    return {"e": "ostatnie", "ymi": "ostatnimi"}.get(ending, "ostatnich")


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    found = text[finding.span.start : finding.span.end].lower()
    month = _MONTHS.read(found)
    if month is None:
        return None
    quarter = month % 12 // 3
    before = word_before(text, finding.span.start)
    season = _SEASONS[quarter]
    if day_is_told(found):
        adjective = f"{season}ego"
        return f"[{adjective}]" if before == "dnia" else f"[pewnego {adjective} dnia]"
    if before in ("w", "we"):
        return f"[porze {season}ej]"
    return f"[{(_NOUNS_IN_GENITIVE if before in ('od', 'do', 'z') else _NOUNS)[quarter]}]"
