"""
Names written letter by letter ("A-N-N-A", "K a t e") or from right to left ("annA").

A writer who wants contact finds ways around a name finder; a writer on the phone spells. Both leave
rows of single letters that running text does not have.
"""

from collections.abc import Iterable

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_BY_SIGN = expression(r"\pL(?:[ ]?[-–—_*·|/~.,+][ ]?\pL){2,}")
_BY_SPACE = expression(r"\pL(?:[ ]\pL){2,}")
_MIRRORED = expression(r"\p{Ll}{2,}\p{Lu}(?:[ ]\p{Ll}{2,}\p{Lu})?")
#: Words with a capital inside that are no names.
_BRANDS = frozenset({"eBay", "iPad"})


class SpelledRecognizer:
    """Three or more single letters in a row, with one kind of sign between them."""

    recognizer_id = "names:spelled"

    def __init__(self, rulebook: Rulebook) -> None:
        known = rulebook.words("not_names")
        self._no_names = frozenset(name.replace(".", "").replace("-", "") for name in known)

    def find(self, text: str) -> Iterable[Finding]:
        """Each spelled or spaced word, and each word whose capital stands at its end."""
        for pattern in (_BY_SIGN, _BY_SPACE):
            for match in pattern.finditer(text):
                if self._is_spelled(text, match.start(), match.end()):
                    yield self._finding(match.start(), match.end(), 0.8)
        for match in _MIRRORED.finditer(text):
            alone = _stands_alone(text, match.start(), match.end())
            if alone and match.group() not in _BRANDS:
                yield self._finding(match.start(), match.end(), 0.6)

    def _is_spelled(self, text: str, start: int, end: int) -> bool:
        letters = "".join(one for one in text[start:end] if one.isalpha())
        signs = {one for one in text[start:end] if not one.isalpha() and not one.isspace()}
        return (
            _stands_alone(text, start, end)
            and len(signs) <= 1
            and letters.lower() not in self._no_names
            and len(set(letters.lower())) > 1
            and letters.lower().strip("xo") != ""
            and not (signs == {"."} and len(letters) < 4)
        )

    def _finding(self, start: int, end: int, score: float) -> Finding:
        return Finding(
            span=Span(start=start, end=end),
            kind=EntityKind.PERSON,
            score=score,
            recognizer=self.recognizer_id,
        )


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not before.isalnum() and not after.isalnum() and after != "'" and before != "'"
