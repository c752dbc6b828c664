"""The interface in another language is whole: nothing left out, nothing old, nothing broken."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from jinja2 import nodes

from service.web.language.choice import GERMAN
from service.web.language.words import PATTERN_FLAG, read_catalogue
from service.web.review.pages import ENVIRONMENT
from tests.contract.interface_messages import TEMPLATES, Text, every_text

#: What is the same in every language.
_SAME = re.compile(r"letter-anonymizer|UTC|user@host|PDF|\b(?:Shift|Ctrl|Enter|Esc)\b|\bJ\b")
_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def is_translated(found: Message | None, text: Text) -> bool:
    """Every form is there, and nobody marked it as unsure."""
    if found is None or found.fuzzy:
        return False
    forms = [found.string] if isinstance(found.string, str) else list(found.string or ())
    return all(forms) and len(forms) == (2 if text.many else 1)


def test_every_text_has_a_german_translation() -> None:
    """No text is missing or unsure. To mend: python -m tests.contract.interface_messages."""
    catalogue = read_catalogue(GERMAN)
    missing = [text.id for text in every_text() if not is_translated(catalogue.get(text.id), text)]
    assert missing == []


def test_the_catalogue_holds_nothing_old() -> None:
    """A translation whose text is gone misleads whoever translates next."""
    known = {text.id for text in every_text()}
    held = {one.id if isinstance(one.id, str) else one.id[0] for one in read_catalogue(GERMAN)}
    assert held - known - {""} == set()


def test_translations_keep_places_and_markup() -> None:
    """A lost place would hide a number, a lost tag a link; a pattern may tell less, never other."""
    broken = []
    for one in read_catalogue(GERMAN):
        if not one.id or not isinstance(one.id, str):
            continue
        places = set(_PLACES.findall(one.id))
        told = set(_PLACES.findall(str(one.string)))
        fits = told <= places if PATTERN_FLAG in one.flags else told == places
        if not fits:
            broken.append(one.id)
    assert broken == []


class _Bare(HTMLParser):
    """Words of a template that stand in it unmarked."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Words for screen readers count as well."""
        self.inside.append(tag)
        for name, value in attrs:
            if name in {"aria-label", "title", "alt", "placeholder", "data-label"}:
                self._look(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those inside it that have no end."""
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """What people read."""
        if not {"kbd", "code"} & set(self.inside):
            self._look(data)

    def _look(self, words: str) -> None:
        if re.search(r"[A-Za-z]{2,}", _SAME.sub("", words)):
            self.found.append(words.strip(" \n\x00"))


def bare_words(source: str) -> list[str]:
    """Words of a template that stand outside every trans block; the width of a page is a class."""
    tree = ENVIRONMENT.parse(source)
    widths = [one for one in tree.find_all(nodes.Block) if one.name == "width"]
    classes = {id(part) for one in widths for part in one.find_all(nodes.TemplateData)}
    parser = _Bare()
    for part in tree.find_all(nodes.TemplateData):
        if id(part) not in classes:
            parser.feed(part.data + "\x00")
    return parser.found


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_word_of_a_template_is_unmarked(path: Path) -> None:
    """Whatever a person reads stands in a trans block, or comes through a filter."""
    assert bare_words(path.read_text("utf-8")) == []


def test_an_unmarked_word_is_found() -> None:
    """The test above can fail."""
    source = "<p title='Told'>Bare {% trans %}marked{% endtrans %} {{ one }} words</p>"
    assert bare_words(source) == ["Told", "Bare", "words"]
