"""
English: "in my thirties", "a day in spring".

Grammar, no data: each form is chosen by the words around the passage, so that the
sentence reads on. What cannot be read gives None, and the caller takes the plain placeholder.
"""

from types import MappingProxyType

from anonymizer.expression import expression
from anonymizer.model import Finding

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: Other names of months that letters bring along, by their first letters.
_FOREIGN_MONTHS = MappingProxyType(
    {"mär": 3, "mai": 5, "okt": 10, "dez": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12}
)
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
_SEASON_OF_QUARTER = ("winter", "spring", "summer", "autumn")
_ADULT, _TEENAGER, _CENTURY = 20, 13, 100
_SPAN_BEFORE, _SPAN_AFTER = 40, 14

#: Whom an age may belong to, and the word for it; the nearest in its sentence counts.
_WHOSE = (
    (
        expression(
            r"(?i)\b(?:i'm|im|iam|i'll be|me|my|i (?:am|was|turned|just turned|will be|have|had))\b"
        ),
        "my",
    ),
    (expression(r"(?i)\b(?:we|we're|both of us)\b"), "our"),
    (
        expression(
            r"(?i)\b(?:she|her|daughter|wife|mother|mum|mom|sister|grandmother|grandma|girl|aunt|"
            r"niece|granddaughter)\b"
        ),
        "her",
    ),
    (
        expression(
            r"(?i)\b(?:he|him|his|son|husband|father|dad|brother|grandfather|grandpa|boy|uncle|"
            r"nephew|grandson)\b"
        ),
        "his",
    ),
)
_SENTENCE_END = expression(r"[.!?\n]")
_AGE_WORD = expression(r"(?i)\b(?:aged|age|age of|ages|turn(?:ed|ing|s)?)[ ]+$")
_TURNED = expression(r"(?i)\bturn(?:ed|ing|s)?[ ]+$")
#: "nearly 70" is no age in the seventies.
_TOWARDS = expression(
    r"(?i)\b(?:going on|shy of|nearly|almost|pushing|approaching|hitting|rising|not yet|barely)"
    r"[ ]+$"
)
_ARTICLE = expression(r"(?i)\b(?:a|an)[ ]+$")
_BIRTHDAY = expression(r"(?i)^[ ]*(?:birthday|bday)")
_PERSON_AFTER = expression(
    r"(?i)^[ ]+(?:son|daughter|boy|girl|brother|sister|child|kid|man|woman|mother|father|husband|"
    r"wife|grandson|granddaughter|nephew|niece|cousin|friend|patient|twin|lady|guy|student|teacher)s?\b"
)
_MONTH_NAME = expression(r"(?i)(?:^|[^\pL])(\pL{3})\pL*")
_WORD = expression(r"\pL+")
_NUMBER = expression(r"\d+")
#: Words after which a season stands without "a day in".
_BEFORE_SEASON = frozenset(
    "in since until till from by of for before after this last early late mid".split()
)


def generalized_age(text: str, finding: Finding) -> str | None:
    """The decade of an age in words that fit the sentence, or None when no number is readable."""
    found = text[finding.span.start : finding.span.end].lower()
    before = text[max(0, finding.span.start - _SPAN_BEFORE) : finding.span.start]
    after = text[finding.span.end : finding.span.end + _SPAN_AFTER]
    if "month" in found or "week" in found:
        return "[a baby]"
    age = _number(found)
    if age is None:
        return None
    if _BIRTHDAY.match(after):
        return "[round]" if age % 10 == 0 else "[recent]"
    return _words_for(age, found, before, after)


def _words_for(age: int, found: str, before: str, after: str) -> str:
    """The decade of `age` as its sentence needs it: before a person, after "aged", or alone."""
    if age >= _CENTURY:
        return "[a great age]"
    if "-old" in found or "-year" in found or _ARTICLE.search(before):
        return _adjective(age) if _PERSON_AFTER.match(after) or age >= _ADULT else _noun(age)
    if _TOWARDS.search(before):
        return "[a certain age]"
    if _AGE_WORD.search(before):
        return _adjective(age) if age >= _TEENAGER else _of_child(before)
    if age < _ADULT:
        return "[a teenager]" if age >= _TEENAGER else "[a child]"
    return f"[in {_whose(before)} {_DECADES[age // 10 - 2]}]"


def _adjective(age: int) -> str:
    if age < _TEENAGER:
        return "[young]"
    return "[teenage]" if age < _ADULT else f"[{_TENS[age // 10 - 2]}-something]"


def _of_child(before: str) -> str:
    return "[a few years old]" if _TURNED.search(before) else "[under thirteen]"


def _noun(age: int) -> str:
    return "[child]" if age < _TEENAGER else "[teenager]"


def _whose(before: str) -> str:
    """The possessive for whoever is named last: "my mother was" is hers, "I told her I am" mine."""
    sentence = _SENTENCE_END.split(before)[-1]
    found = [(one.start(), word) for named, word in _WHOSE for one in named.finditer(sentence)]
    return max(found)[1] if found else "their"


def _number(found: str) -> int | None:
    """The number a text says, in digits or in words; None without one or beyond any age."""
    digits = _NUMBER.search(found)
    if digits is not None:
        age = int(digits.group())
        return age if age < _CENTURY + 25 else None
    total = 0
    for word in _WORD.findall(found):
        for tens, value in zip(_TENS, range(20, 100, 10), strict=True):
            if word in (tens, f"{tens[:-1]}ieth"):
                total += value
        total += _UNITS.index(word) if word in _UNITS else 0
    return total or None


def generalized_date(text: str, finding: Finding) -> str | None:
    """The season of a date; a year alone or an unreadable date gives None."""
    month = _month(text[finding.span.start : finding.span.end].lower())
    if month is None:
        return None
    season = _SEASON_OF_QUARTER[month % 12 // 3]
    words = text[max(0, finding.span.start - _SPAN_BEFORE) : finding.span.start].lower().split()
    if words and words[-1] in _BEFORE_SEASON:
        return f"[{season}]"
    return f"[day in {season}]" if words and words[-1] == "the" else f"[a day in {season}]"


def _month(found: str) -> int | None:
    for match in _MONTH_NAME.finditer(found):
        start = match.group(1)
        if start in _MONTHS:
            return _MONTHS.index(start) + 1
        if start in _FOREIGN_MONTHS:
            return _FOREIGN_MONTHS[start]
    roman = next((word for word in _WORD.findall(found) if word in _ROMAN), None)
    if roman is not None:
        return _ROMAN.index(roman) + 1
    numbers = [int(one) for one in _NUMBER.findall(found)]
    if len(numbers) == 3 and numbers[0] > 31:  # year first: ISO 8601
        numbers.reverse()
    # Day before month, as most of the world writes it; the other way where only that can be.
    candidates = [one for one in (*numbers[1:2], *numbers[:1]) if 1 <= one <= len(_MONTHS)]
    return candidates[0] if len(numbers) > 1 and candidates else None
