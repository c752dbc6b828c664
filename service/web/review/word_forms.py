"""
The forms of the settings page as typed values, and the words of the page for the uses of a word.

Contract: what is typed comes back to the same page and to nobody else; it stands in no address.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form

from anonymizer.model import SiteWord, WordUse
from service.workflow.errors import BadRequest

Typed = Annotated[str, Form(max_length=4000)]
Code = Annotated[str, Form(max_length=20)]

#: What a word is, in the words of the form and of the list.
USES: dict[WordUse, str] = {
    WordUse.PERSON: "name",
    WordUse.PLACE: "place",
    WordUse.ORGANIZATION: "organisation",
    WordUse.HOSPITAL: "hospital",
    WordUse.ORDINARY: "ordinary word",
    WordUse.TITLE: "title before names",
}


@dataclass(frozen=True, kw_only=True)
class WordForm:
    """A word that somebody thinks of, and a sentence to try it with."""

    words: Typed = field(default="", repr=False)
    use: Code = ""
    language: Code = ""
    sentence: Typed = field(default="", repr=False)

    def word(self, languages: tuple[str, ...]) -> SiteWord:
        """The word, or `BadRequest`; `languages` are those that letters are drafted in."""
        try:
            use = WordUse(self.use)
        except ValueError:
            message = "Say what the word is: which kind is always removed, or what is never."
            raise BadRequest(message) from None
        return SiteWord(words=self.words, use=use, language=self.known_language(languages))

    def known_language(self, languages: tuple[str, ...]) -> str:
        """The code of a language that letters are drafted in; empty for every one."""
        if self.language and self.language not in languages:
            message = "Letters are not drafted in this language."
            raise BadRequest(message)
        return self.language
