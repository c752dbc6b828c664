"""
The further checks that a rule of `rules/patterns` can name with `check`.

A regular expression tells the shape of a passage; a check tells, from the words around it, whether
it means what the shape suggests. Each takes the text and the span of the match.
"""

import string
from collections.abc import Callable, Mapping
from types import MappingProxyType

from anonymizer.detection.dutch_checks import DUTCH_CHECKS
from anonymizer.detection.french_checks import FRENCH_CHECKS
from anonymizer.detection.german_checks import GERMAN_CHECKS
from anonymizer.detection.polish_checks import POLISH_CHECKS
from anonymizer.detection.spanish_checks import SPANISH_CHECKS
from anonymizer.expression import expression

#: What follows a number that is no postcode.
_NO_TOWN = frozenset(
    "thanks thank people times letters days years euros dollars pounds steps kilometres miles "
    "greetings hugs kisses the and was were when then after before in on at we they he she it "
    "this that".split()
)

#: What a number behind it counts or names: "my Day 7", "our Ward 5", "our March 12".
_NUMBERED = frozenset(
    """day week month year cycle round line ward room bed floor unit station gate bus tram train
    flight number size grade class form level stage phase part chapter page psalm group team bay
    platform apartment flat house street road january february march april may june july august
    september october november december""".split()
)


def _is_age_not_time(text: str, _start: int, end: int) -> bool:
    """Whether "at 30" is an age; "at 10 o'clock", "at 30 degrees" and "at 9.15" are none."""
    after = text[end : end + 12].lower().lstrip()
    return not after.startswith(
        (".0", ".1", ".2", ".3", ".4", ".5", ":", "o'clock", "degrees", "am", "pm", "%")
    )


def _is_not_number_of_children(text: str, start: int, end: int) -> bool:
    """Whether "a woman of 62" tells an age; "a mother of 3" and "a father of two" do not."""
    parents = ("mother of", "father of", "mum of", "dad of", "mom of")
    counts_children = text[:start].lower().rstrip().endswith(parents)
    found = text[start:end].lower()
    small = len(found) == 1 or found in _SMALL_NUMBERS
    return not (counts_children and small)


def _is_not_function_word(text: str, start: int, end: int) -> bool:
    """Whether an account or an address begins with a word of its own, not with "the" or "my"."""
    return text[start:end].lower().split()[0] not in _NO_ACCOUNTS


def _is_spoken_number(text: str, start: int, end: int) -> bool:
    """Whether a row of letters and numbers is a number: it says four digits at least."""
    words = text[start:end].lower().replace(",", " ").replace("-", " ").split()
    return sum(not (len(word) == 1 and word.isalpha()) for word in words) >= _MIN_SPOKEN_DIGITS


def _is_age_not_count(text: str, _start: int, end: int) -> bool:
    """Whether "I was 19" tells an age; "we were 20 people" and "I was 15 minutes late" do not."""
    after = text[end : end + 24]
    word = (
        after.split()[0].strip(".,;:!?)").lower() if after[:1].isspace() and after.split() else ""
    )
    if word in _UNITS or after.lstrip().startswith(("%", "°", "€", "$", "£")) or after[:1] in "-/:":
        return False
    if after[:1] in ".," and after[1:2].isdigit():
        return False
    if word == "years":
        return bool(_AGE_IN_YEARS.match(after))
    return not word.endswith("s") or word in _NOT_PLURAL


#: "I am 78 years, and a widower"; "I was thirty years underground" tells a duration.
_AGE_IN_YEARS = expression(
    r"(?i)^[ ]years?(?:[,.;!?)\n]|[ ](?:old|young|and|now|already|today)\b|$)"
)
_MIN_CODE_DIGITS = 3
_MIN_SPOKEN_DIGITS = 4
_UNITS = frozenset(
    "km kg cm mm m g l ml percent per of euro people men women hundred thousand million out times "
    "to degree kilo".split()
)
_NOT_PLURAL = frozenset("this is was as has always years its his us yes years' plus".split())


def _is_about_a_child(text: str, start: int, _end: int) -> bool:
    """Whether "is 5 months" is said of a child; "it is two months" is said of time."""
    words = text[max(0, start - 40) : start].lower().replace(",", " ").split()
    return any(word in _CHILDREN for word in words[-5:])


_SMALL_NUMBERS = frozenset("one two three four five six seven eight nine ten".split())
_NO_ACCOUNTS = frozenset(
    "the a an my your his her our and or but not read see look am is have was very so too well "
    "also still now here just only never always new".split()
)
_MONTHS_AND_DAYS = frozenset(
    "jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun day".split()
)
_HOST_ENDINGS = frozenset(
    "com org net info de uk us in pl cl za at ch fr it es nl be eu io edu tr pt br ie se no dk fi "
    "cz gr hu ro ua ru ng ke au ca mx jp cn vn ph nz example".split()
)
_CHILDREN = frozenset(
    "baby son daughter boy girl grandson granddaughter he she twins child niece nephew he's "
    "she's".split()
)
_NO_SUBJECT = frozenset(
    "there here this that it it's one what which life number today everything she's he's love "
    "time rate distance volume level levels count counts haemoglobin hemoglobin platelets "
    "temperature fever score weight height price total dose pulse pressure chance value speed "
    "result answer average".split()
)
#: What stands between "is" and a number of years, or an hour.
_BEFORE_A_NUMBER = frozenset(
    "now just already only almost nearly currently about around past going on".split()
)
_SAID_TO_BE = frozenset("is was".split())
_HIGHEST_AGE = 119
_TURNED = frozenset("turn turns turned turning".split())
_AGE_UNITS = frozenset("years months weeks days".split())
#: After "the 9/10": what makes it a share, not a day.
_SHARED = frozenset("match rule chance split marker donor".split())
#: Blood groups, tissue types and illnesses with the shape of a number plate.
_NO_PLATE = ("HLA", "CD", "DR", "DQ", "DP", "COVID", "GVHD", "T-", "B-C", "A-L")


def _is_code(text: str, start: int, end: int) -> bool:
    """Two digits at least, and not a year or a plain small number that counts something."""
    digits = [one for one in text[start:end] if one.isdigit()]
    found = text[start:end]
    if found.isdigit() and (len(found) < 4 or (len(found) == 4 and found[:2] in ("19", "20"))):
        return False
    return len(digits) >= 3


def _is_handle(text: str, start: int, end: int) -> bool:
    """An account name has a digit, a dot, an underscore or an @, or stands in no sentence."""
    found = text[start:end]
    return any(one in string.digits + "._-@" for one in found) or found[:1].isupper()


def _has_handle_signs(text: str, start: int, end: int) -> bool:
    """A word beside the name of a platform is an account if no ordinary word looks like it."""
    found = text[start:end]
    return any(one in string.digits + "._@#" for one in found) and any(
        one.isalpha() for one in found
    )


def _ends_like_a_host(text: str, start: int, end: int) -> bool:
    """Whether a spelled address ends as addresses do: "... dot com", "... punkt de"."""
    last = text[start:end].rsplit(maxsplit=1)[-1].lower().strip("]*)([")
    return last.rpartition("*")[2] in _HOST_ENDINGS or " slash " in text[start:end].lower()


def _is_age_after_name(text: str, start: int, _end: int) -> bool:
    """Whether "our Mia 5" may be an age; "my Day 7" and "our Ward 5" are numbers of things."""
    word = text[:start].rsplit(maxsplit=1)[-1].lower()
    return word not in _NUMBERED


def _is_address(text: str, start: int, end: int) -> bool:
    """
    False where a blank makes something else of it, unless it ends as addresses do.

    "as @ocke.surft" is an account, and "anna@web.de. Ich" an address with the next sentence.
    """
    found = text[start:end].lower()
    name, _, host = found.partition("@")
    last = found.rpartition(".")[2]
    like_handle = bool(host) and name[-1:].isspace() and not host[:1].isspace()
    doubtful = like_handle or last[:1].isspace()
    return not doubtful or last.strip() in _HOST_ENDINGS


def _has_scanned_digits(text: str, start: int, end: int) -> bool:
    """Whether a number holds a letter that a scanner took for a digit, and a true digit."""
    digits = [word for word in text[start:end].split() if any(one.isdigit() for one in word)]
    return any(one in "OolI" for word in digits for one in word)


def _is_postcode_town(text: str, start: int, end: int) -> bool:
    """Whether a word after the number may be a town; "10000 Thanks" is no place."""
    words = text[start:end].split()
    town = next((word for word in words if word[:1].isupper() and word[-1:].islower()), "")
    return bool(town) and town.lower() not in _NO_TOWN


def _is_postcode_town_and_no_date(text: str, start: int, end: int) -> bool:
    """Whether it is an address; "May 7, 2021 Sunday" begins like one."""
    first = text[start:end].split(maxsplit=1)[0].lower()
    return first[:3] not in _MONTHS_AND_DAYS and _is_postcode_town(text, start, end)


def _is_no_sentence_start(text: str, start: int, _end: int) -> bool:
    """A capital at the start of a sentence is no sign of a name."""
    before = text[:start].rstrip()
    return bool(before) and before[-1] not in ".!?\n:"


def _is_segmented_code(text: str, start: int, end: int) -> bool:
    """Whether it mixes letters and three digits or more, and is no medical code."""
    found = text[start:end]
    digits = sum(one.isdigit() for one in found)
    mixed = digits >= _MIN_CODE_DIGITS and digits < sum(one.isalnum() for one in found)
    return mixed and not found.startswith(_NO_PLATE)


def _is_plate(text: str, start: int, end: int) -> bool:
    """Whether it is no medical code; some have the shape of a number plate."""
    return not text[start:end].startswith(_NO_PLATE)


def _subject_is_a_person(text: str, start: int, _end: int) -> bool:
    """Whether a person may be of the age; "There is one." and "Life is 8" say none."""
    words = text[max(0, start - 24) : start].split()
    return len(words) < 2 or words[-2].lower() not in _NO_SUBJECT


def _is_age_of_somebody(text: str, start: int, end: int) -> bool:
    """Whether "is 12" is said of a person; "it is nearly 10" and "the level was 12" are not."""
    if text[start:end].lower() == "one" and text[end:].lower().startswith((" in a ", " in ten")):
        return False
    words = text[max(0, start - 48) : start].lower().split()
    while words and words[-1] in _BEFORE_A_NUMBER:
        words.pop()
    if words and words[-1] in _SAID_TO_BE:
        words.pop()
        return not words or words[-1] not in _NO_SUBJECT
    return not words or words[-1] not in ("it's", "that's")


def _is_turned_age(text: str, start: int, end: int) -> bool:
    """Whether "turned 40" tells an age; "turned 180 degrees" and "turned two corners" do not."""
    found = text[start:end]
    if found.isdigit() and int(found) > _HIGHEST_AGE:
        return False
    cue = text[max(0, start - 12) : start].lower().split()
    if not cue or cue[-1] not in _TURNED:
        return True
    word = _next_word(text, end)
    return word in _AGE_UNITS or not _is_plural(word)


def _is_date_not_share(text: str, _start: int, end: int) -> bool:
    """Whether "the 11/12" is a day; "the 11/12 cases" and "a 9/10 match" are shares."""
    word = _next_word(text, end)
    return word not in _SHARED and not _is_plural(word)


def _next_word(text: str, end: int) -> str:
    """The word after a blank; nothing where a sign, a line or the end of the text follows."""
    found = _WORD_AFTER.match(text[end : end + 24])
    return found.group(1) if found is not None else ""


def _is_plural(word: str) -> bool:
    return word.islower() and word.endswith("s") and word not in _NOT_PLURAL


#: In its own case: after "the 11/05" a name that ends in "s" is no plural.
_WORD_AFTER = expression(r"^[ ](\pL+)")

Check = Callable[[str, int, int], bool]
#: Further tests that rules name with `check`; each takes the text and the span of the match.
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "code": _is_code,
        "handle": _is_handle,
        "handle_signs": _has_handle_signs,
        "ends_like_a_host": _ends_like_a_host,
        "is_address": _is_address,
        "age_after_name": _is_age_after_name,
        "scanned_digits": _has_scanned_digits,
        "spoken_number": _is_spoken_number,
        "age_not_count": _is_age_not_count,
        "age_not_time": _is_age_not_time,
        "age_of_somebody": _is_age_of_somebody,
        "turned_age": _is_turned_age,
        "date_not_share": _is_date_not_share,
        "not_function_word": _is_not_function_word,
        "not_number_of_children": _is_not_number_of_children,
        "subject_is_a_child": _is_about_a_child,
        "segmented_code": _is_segmented_code,
        "plate": _is_plate,
        "subject_is_a_person": _subject_is_a_person,
        "postcode_town": _is_postcode_town,
        "postcode_town_no_date": _is_postcode_town_and_no_date,
        "not_a_sentence_start_word": _is_no_sentence_start,
        **GERMAN_CHECKS,
        **DUTCH_CHECKS,
        **FRENCH_CHECKS,
        **POLISH_CHECKS,
        **SPANISH_CHECKS,
    }
)
