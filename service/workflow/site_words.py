"""
The words of the site: changes that one person proposes and another confirms.

Contract: pure. A change never changes; the words in force are what the confirmed changes make, in
the order of their versions. A word that is always removed wins over the same one on the other list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize

import re2

from anonymizer.model import SiteWord, SiteWords, WordUse
from service.workflow.errors import BadRequest, NotAllowed

LONGEST_WORDS = 100
MOST_WORDS = 5000
MOST_OPEN = 200
_LETTERS = re2.compile(r"\pL")
#: Never removed are words, and nothing that could be a number, an address or an account.
_WORDS_ONLY = re2.compile(r"^[\pL\pM .'’-]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChange:
    """A word put on a list (`adds`) or taken off it: proposed, then confirmed or withdrawn."""

    change_id: str
    adds: bool
    word: SiteWord
    proposed_at: datetime
    proposed_by: str
    version: int | None = None
    """The version of the words that it made; None while it is not confirmed."""
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    @property
    def open(self) -> bool:
        """True while a second person has neither confirmed nor withdrawn it."""
        return self.confirmed_at is None and self.withdrawn_at is None


def checked_word(word: SiteWord) -> SiteWord:
    """The word in the one form in which it is kept, or `BadRequest`."""
    words = " ".join(normalize("NFC", word.words).split())
    if not words or len(words) > LONGEST_WORDS or not words.isprintable():
        message = f"Give a word or a name of at most {LONGEST_WORDS} characters."
        raise BadRequest(message)
    if len(_LETTERS.findall(words)) < 2:
        message = "A word needs at least two letters."
        raise BadRequest(message)
    if word.use.kind is None and not _WORDS_ONLY.match(words):
        message = (
            "What is never removed is made of letters: numbers, addresses and accounts are always "
            "looked for."
        )
        raise BadRequest(message)
    return replace(word, words=words)


def key_of(word: SiteWord) -> tuple[str, str, str]:
    """What makes two words the same one on the same list."""
    return word.use.value, word.language, word.words.casefold()


def words_in_force(
    changes: Iterable[WordChange], *, proposed: Iterable[WordChange] = ()
) -> SiteWords:
    """What the confirmed changes make, and the `proposed` ones after them as if confirmed."""
    confirmed = sorted(
        (one for one in changes if one.version is not None), key=lambda one: one.version or 0
    )
    found: dict[tuple[str, str, str], SiteWord] = {}
    for one in (*confirmed, *proposed):
        if one.adds:
            found[key_of(one.word)] = one.word
        else:
            found.pop(key_of(one.word), None)
    version = confirmed[-1].version if confirmed else 0
    return SiteWords(version=version or 0, words=tuple(found.values()))


def check_change(change: WordChange, changes: Iterable[WordChange]) -> None:
    """Raise `BadRequest` unless the change makes sense beside those that there are."""
    every = tuple(changes)
    still_open = [one for one in every if one.open and one.change_id != change.change_id]
    now = words_in_force(every).words
    key = key_of(change.word)
    if any(key_of(one.word) == key for one in still_open):
        message = "This word waits for a second person already."
        raise BadRequest(message)
    if len(still_open) >= MOST_OPEN:
        message = "Too many changes wait to be confirmed. Confirm or withdraw some first."
        raise BadRequest(message)
    there = any(key_of(one) == key for one in now)
    if change.adds and there:
        message = "This word is on the list already."
        raise BadRequest(message)
    if not change.adds and not there:
        message = "This word is on the list no more."
        raise BadRequest(message)
    if change.adds and len(now) >= MOST_WORDS:
        message = f"There are {MOST_WORDS} words already. Take some off first."
        raise BadRequest(message)
    if change.adds and change.word.use.kind is None and _always(change.word, now):
        message = "This word is always removed. Take it off that list first."
        raise BadRequest(message)


def check_second_person(change: WordChange, person_id: str) -> None:
    """Raise `NotAllowed` for the person who proposed the change."""
    if change.proposed_by == person_id:
        message = "Another person has to confirm what you have proposed."
        raise NotAllowed(message)


def _always(word: SiteWord, others: Iterable[SiteWord]) -> bool:
    """True when the same words are always removed, whatever the language."""
    return any(
        one.use.kind is not None
        and one.words.casefold() == word.words.casefold()
        and (not one.language or not word.language or one.language == word.language)
        for one in others
    )


def uses_always_removed() -> tuple[WordUse, ...]:
    """The uses of the list of what is always removed."""
    return tuple(one for one in WordUse if one.kind is not None)
