"""
The try-it box: what is removed from a typed sentence now, and what would be with other words.

Contract: the text is kept nowhere, neither in the database nor in a log; it walks the same path as
a letter. Nobody reads a letter here, so it is open to those who may not.
"""

from dataclasses import dataclass, field

from anonymizer.model import Circumstances, Draft, Letter, SiteWord, SiteWords
from service.actions.desk import Desk
from service.actions.site_words import words_with_proposed
from service.workflow.errors import BadRequest
from service.workflow.people import Permission, Person, check_may
from service.workflow.site_words import checked_word

MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One text by the words in force, and by these with all that is proposed."""

    text: str = field(repr=False)
    now: Draft = field(repr=False)
    then: Draft = field(repr=False)

    @property
    def changes(self) -> bool:
        """True when the proposed words make a difference to this text."""
        return _told(self.now) != _told(self.then)


def try_words(
    desk: Desk, person: Person, *, text: str, language: str = "", word: SiteWord | None = None
) -> Trial:
    """
    The text drafted twice: with the words in force, and with all proposals and `word` besides.

    `language` is that of a text too short to tell; empty leaves it to the machine.
    """
    check_may(person, Permission.KEEP_SETTINGS)
    if desk.fault:
        message = "No letter is drafted at the moment, so nothing can be tried."
        raise BadRequest(message)
    if not text.strip() or len(text) > MOST_CHARACTERS:
        message = f"Type a sentence of at most {MOST_CHARACTERS} characters."
        raise BadRequest(message)
    more = (checked_word(word),) if word is not None else ()
    now, then = words_with_proposed(desk, *more)
    letter = Letter.from_text("trial", text)
    return Trial(
        text=letter.text,
        now=_draft(desk, letter, language, now),
        then=_draft(desk, letter, language, then),
    )


def _draft(desk: Desk, letter: Letter, language: str, words: SiteWords) -> Draft:
    pipeline = desk.pipeline.with_words(words)
    draft = pipeline.draft(letter, Circumstances(language=language or None), None)
    if draft.redaction is None:
        message = "The machine could not read this text. Try a shorter or simpler one."
        raise BadRequest(message)
    return draft


def _told(draft: Draft) -> tuple[object, ...]:
    outgoing = draft.redaction.text if draft.redaction else ""
    return outgoing, tuple((one.finding.span, one.action) for one in draft.treatments)
