"""
Which language the person of this request reads.

Contract: one of `LANGUAGES`, always; what a browser sends that is none of them is passed over. A
chosen language is kept in a cookie; before that the browser's own list is the first guess.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from babel import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the interface."""

    code: str
    tag: str
    """The BCP 47 tag for `<html lang>`."""
    name: str
    """What it calls itself."""
    locale: Locale


ENGLISH = Language(code="en", tag="en-GB", name="English", locale=Locale("en"))
GERMAN = Language(code="de", tag="de", name="Deutsch", locale=Locale("de"))
LANGUAGES: dict[str, Language] = {one.code: one for one in (ENGLISH, GERMAN)}

#: The name of the cookie that keeps the choice.
COOKIE = "language"

_LONGEST_HEADER = 500

_CHOSEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def current() -> Language:
    """The language of this request; English where there is no request."""
    return _CHOSEN.get()


def choose(language: Language) -> None:
    """Let this request be answered in a language."""
    _CHOSEN.set(language)


def language_for(cookie: str | None, accepted: str | None) -> Language:
    """The language that was chosen, else the first one of ours in an Accept-Language header."""
    if cookie in LANGUAGES:
        return LANGUAGES[cookie]
    ranked = sorted(_ranges((accepted or "")[:_LONGEST_HEADER]), key=lambda one: -one[1])
    codes = (code.partition("-")[0] for code, weight in ranked if weight > 0)
    return next((LANGUAGES[code] for code in codes if code in LANGUAGES), ENGLISH)


def _ranges(header: str) -> list[tuple[str, float]]:
    """Language ranges with their weights (RFC 9110, section 12.5.4)."""
    found = []
    for part in header.split(","):
        code, _, weight = part.partition(";q=")
        try:
            found.append((code.strip().lower(), float(weight or 1)))
        except ValueError:
            continue
    return found
