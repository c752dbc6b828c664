"""
Whole letters as templates, written by hand: what a sentence grammar cannot give, a letter's course.

The folders `grammar/LANGUAGE/letters` hold them, each below a line of `====`. `{slot}`
draws a name as the grammar does, `{slot#a}` draws once for the letter and remembers (`{slot#a^}` in
capitals, `{slot#a_}` in small letters, `{slot#a~1}` its first letter), `{P:words}` marks words of
the template itself, and `[a|b]` chooses between wordings. Names, occupations and clues are all
marked, so that what is unmarked is truly none.
"""

import random
import re
from importlib.resources import files

from corpus.train.gazetteers import Gazetteers
from corpus.train.grammar import Rules, choose, load_rules
from corpus.train.lexicon import LABEL_OF, Lexicon
from corpus.train.sources import CLUE, LOCATION, OCCUPATION, ORGANIZATION, PERSON, Record, Span

LABEL_OF_SIGN = {"P": PERSON, "L": LOCATION, "O": ORGANIZATION, "J": OCCUPATION, "C": CLUE}
LOWER_NAMES = 0.03

_BEGINS = re.compile(r"^====\n", re.MULTILINE)
_SLOT = re.compile(
    r"\{(?:(?P<sign>[PLOJC]):(?P<words>[^{}]*)"
    r"|(?P<slot>[a-z]+)(?:#(?P<memory>[a-z]))?(?P<form>\^|_|~1)?)\}"
)


def load_letters(language: str) -> list[str]:
    """Read the templates of all files of a language."""
    folder = files("corpus.train") / "grammar" / language / "letters"
    found: list[str] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        parts = _BEGINS.split(file.read_text(encoding="utf-8"))
        found += [part.strip("\n") for part in parts if part.strip()]
    return found


def draw_letters(language: str, rounds: int, names: Gazetteers, rng: random.Random) -> list[Record]:
    """Draw every template so many times, each time with other names and wordings."""
    rules, templates = load_rules(language), load_letters(language)
    return [
        fill_letter(template, rules, names, rng) for _ in range(rounds) for template in templates
    ]


def fill_letter(template: str, rules: Rules, names: Gazetteers, rng: random.Random) -> Record:
    """Settle the choices of a template and fill its slots."""
    lexicon, memory = Lexicon(names, rules, rng), dict[str, str]()
    lower = rng.random() < LOWER_NAMES
    text, spans, position = "", list[Span](), 0
    chosen = choose(template, rng)
    for slot in _SLOT.finditer(chosen):
        text += chosen[position : slot.start()]
        position = slot.end()
        for words, label in _pieces(slot, lexicon, memory):
            # An article before a name stays outside its span.
            article = "the " if label is not None and words.startswith("the ") else ""
            name = words.removeprefix(article)
            name = name.lower() if lower and len(name.lower()) == len(name) else name
            text += article
            if label is not None and name.strip():
                spans.append(Span(len(text), len(text) + len(name), label))
            text += name
    text += chosen[position:]
    quote = "’" if rng.random() < 0.35 else "'"
    return Record(text.replace("'", quote), tuple(spans), "whole letters", told=True)


def _pieces(
    slot: re.Match[str], lexicon: Lexicon, memory: dict[str, str]
) -> list[tuple[str, str | None]]:
    if slot["sign"]:
        return [(slot["words"], LABEL_OF_SIGN[slot["sign"]])]
    if slot["memory"] is None and slot["form"] is None:
        return lexicon.pieces(slot["slot"])
    words = lexicon.word(slot["slot"])
    if slot["memory"] is not None:
        words = memory.setdefault(f"{slot['slot']}#{slot['memory']}", words)
    forms = {"^": words.upper(), "_": words.lower(), "~1": words[:1].upper(), None: words}
    return [(forms[slot["form"]], LABEL_OF.get(slot["slot"]))]
