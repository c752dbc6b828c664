"""
Letters between donors and patients that never existed, with every name in them marked.

No public corpus holds such letters. These are composed sentence by sentence from the grammar,
with names from all over the world; a quarter holds no name at all, so that the tagger also learns
how much of a letter is to be left alone.
"""

import random
import re
from collections import Counter

from corpus.train.gazetteers import Gazetteers
from corpus.train.grammar import Rules, expand, load_rules
from corpus.train.lexicon import Lexicon
from corpus.train.sources import Record, Span

NAMELESS, LOWER_NAMES, CLUMSY = 0.23, 0.05, 0.12
EMPHASIS = 0.025
MIXTURE = {"people": 0.36, "places": 0.16, "groups": 0.13, "plain": 0.35}
"""What the sentences of a letter with names are about."""

_SMALL_WORD = re.compile(r"\b(?:the|a|an|to|have|am) ")
_SLOT = re.compile(r"\{(\w+)\}")


def write_letters(language: str, count: int, names: Gazetteers, rng: random.Random) -> list[Record]:
    """Write so many different letters."""
    rules = load_rules(language)
    return [_Letter(rules, names, rng).write() for _ in range(count)]


class _Letter:
    """One letter while it is being written."""

    def __init__(self, rules: Rules, names: Gazetteers, rng: random.Random) -> None:
        self._rules, self._rng = rules, rng
        self._lexicon = Lexicon(names, rules, rng)
        self._clumsy = rng.random() < CLUMSY
        self._lower_names = rng.random() < LOWER_NAMES
        self._text = ""
        self._spans: list[Span] = []

    def write(self) -> Record:
        """Compose the letter from head to postscript."""
        rng = self._rng
        if rng.random() < NAMELESS:
            self._compose("_plain", {"opening_plain": 1, "plain": rng.randint(1, 18)})
        else:
            length = rng.choice((2, 4, 6, 9, 12, 16, 22))
            counts = Counter(rng.choices(list(MIXTURE), list(MIXTURE.values()), k=length))
            self._compose("", counts + Counter(rng.sample(("introduction", "opening_plain"), 1)))
        quote = "’" if rng.random() < 0.35 else "'"
        return Record(self._text.replace("'", quote), tuple(self._spans), "letters")

    def _compose(self, suffix: str, counts: dict[str, int]) -> None:
        rng = self._rng
        if rng.random() < 0.25:
            self._write_rule(f"head{suffix}")
            self._break(rng.choice((1, 2, 2)))
        if rng.random() < 0.92:
            plain = suffix or rng.random() < 0.45
            self._write_rule("greeting_plain" if plain else "greeting")
            self._break(rng.choice((1, 1, 2, 0)))
        self._body(counts)
        if rng.random() < 0.9:
            self._end(suffix)

    def _body(self, counts: dict[str, int]) -> None:
        rng = self._rng
        first = [rule for rule in ("opening_plain", "introduction") if counts.get(rule)]
        rest = [rule for rule in MIXTURE for _ in range(counts.get(rule, 0))]
        rng.shuffle(rest)
        for rule in first + rest:
            self._add(self._roughen(expand(self._rules, rule, rng)))
            if rng.random() < 0.13:
                self._break(rng.choice((1, 2)))
            else:
                self._add("  " if rng.random() < 0.02 else " ")

    def _end(self, suffix: str) -> None:
        rng = self._rng
        self._break(rng.choice((1, 2, 2)))
        if rng.random() < 0.85:
            self._write_rule("closing")
            self._break(rng.choice((1, 1, 1, 2, 0)))
        plain = suffix or rng.random() < 0.15
        self._write_rule("signature_plain" if plain else "signature")
        if rng.random() < 0.12:
            self._break(2)
            self._write_rule(f"ps{suffix}" if rng.random() < 0.7 else "ps_plain")

    def _roughen(self, sentence: str) -> str:
        """Write as people do who write in a foreign language or in haste."""
        rng = self._rng
        if self._clumsy and rng.random() < 0.5:
            sentence = _SMALL_WORD.sub(lambda word: word[0] * (rng.random() < 0.6), sentence)
        draw = rng.random()
        if draw < 0.05 and sentence.endswith("."):
            return sentence[:-1] + rng.choice(("!", "!!", "...", "", " :)", " ❤", ",", " -"))
        if "{" in sentence or draw <= 1.0 - EMPHASIS:
            return sentence
        if draw > 0.997:
            return sentence.upper()
        # Feeling makes people write some ordinary words with a capital.
        return " ".join(
            word.capitalize() if word.islower() and rng.random() < 0.35 else word
            for word in sentence.split(" ")
        )

    def _write_rule(self, rule: str) -> None:
        self._add(expand(self._rules, rule, self._rng))

    def _add(self, template: str) -> None:
        position = 0
        for slot in _SLOT.finditer(template):
            self._text += template[position : slot.start()]
            for text, label in self._lexicon.pieces(slot[1]):
                self._put(text, label)
            position = slot.end()
        self._text += template[position:]

    def _put(self, text: str, label: str | None) -> None:
        if label is None:
            self._text += text
            return
        # An article before a name stays outside its span.
        if text.startswith("the "):
            self._text, text = f"{self._text}the ", text[4:]
        start = len(self._text)
        self._text += text.lower() if self._lower_names and len(text.lower()) == len(text) else text
        self._spans.append(Span(start, len(self._text), label))

    def _break(self, lines: int) -> None:
        self._text = self._text.rstrip(" ") + ("\n" * lines or " ")
