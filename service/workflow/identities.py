"""
Why somebody has the identities of a case shown: reasons to choose from, and words of their own.

Contract: pure. Words that name anybody or anything known of the case, or hold a number, are not
kept: neither a log of reasons nor the trail may become a second register of people.
"""

from collections.abc import Iterable
from enum import StrEnum

#: The longest words of one's own.
LONGEST_WORDS = 200
#: Shorter parts of a name or an address stand in anybody's words.
_LEAST_SIGNS = 3
#: A year or a clock time has so many digits in a row; a number of somebody has more.
_MOST_DIGITS = 4


class ViewReason(StrEnum):
    """Why somebody looks; `OTHER` needs words."""

    CORRECT = "correct"
    COMPARE = "compare"
    SUBJECT = "subject"
    REGISTRY = "registry"
    OTHER = "other"


class Words(StrEnum):
    """What became of somebody's own words."""

    NONE = "none"
    KEPT = "kept"
    LEFT_OUT = "left_out"


def as_view_reason(written: str) -> ViewReason | None:
    """The reason from a form, or None."""
    return next((one for one in ViewReason if one.value == written), None)


def may_be_kept(words: str, known: Iterable[str]) -> bool:
    """True unless the words have a part in common with `known`, an address of mail or a number."""
    parts, known = _parts(words), tuple(known)
    named = {part for one in known for part in _parts(one) if len(part) >= _LEAST_SIGNS}
    joined = "".join(parts)
    numbers = {"".join(_parts(one)) for one in known if any(sign.isdigit() for sign in one)}
    return not (
        "@" in words
        or named.intersection(parts)
        or any(len(one) >= _LEAST_SIGNS and one in joined for one in numbers)
        or _longest_number(words) > _MOST_DIGITS
    )


def _parts(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()


def _longest_number(words: str) -> int:
    """The most digits in a row, with whatever people write between them."""
    most = current = 0
    for sign in words:
        if sign.isdigit():
            current += 1
            most = max(most, current)
        elif sign not in " -./":
            current = 0
    return most
