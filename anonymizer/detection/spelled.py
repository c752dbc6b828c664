"""
Names written letter by letter ("A-N-N-A", "K a t e") or from right to left ("annA").

A writer who wants contact finds ways around a name finder; a writer on the phone spells. Both leave
rows of single letters that running text does not have.
"""

from collections.abc import Iterable, Iterator

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_TOKEN = expression(r"[\pL\pN']+")
_SIGNS = frozenset("-–—_*·|/~.+,")
#: Three single letters near each other: few letters have any, and only those are read word by word.
_MAYBE_A_ROW = expression(r"(?:^|[^\pL\pN'])\pL(?:[^\pL\pN']{1,3}\pL){2}(?:[^\pL\pN']|$)")
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
        for start, end in _rows_of_letters(text) if _MAYBE_A_ROW.search(text) else ():
            if self._is_spelled(text[start:end]):
                yield self._finding(start, end, 0.8)
        for match in _MIRRORED.finditer(text):
            alone = _stands_alone(text, match.start(), match.end())
            if alone and match.group() not in _BRANDS:
                yield self._finding(match.start(), match.end(), 0.6)

    def _is_spelled(self, found: str) -> bool:
        letters = "".join(one for one in found if one.isalpha()).lower()
        dotted = "." in found and len(letters) < 4  # J.R.R. are initials
        kisses = not letters.strip("xo")
        return letters not in self._no_names and len(set(letters)) > 1 and not dotted and not kisses

    def _finding(self, start: int, end: int, score: float) -> Finding:
        return Finding(
            span=Span(start=start, end=end),
            kind=EntityKind.PERSON,
            score=score,
            recognizer=self.recognizer_id,
        )


def _rows_of_letters(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each row of three or more single letters with the same sign between them."""
    row: list[tuple[int, int]] = []
    sign: str | None = None
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        single = end - start == 1 and text[start].isalpha()
        gap = _sign_of(text[row[-1][1] : start]) if row and single else None
        if single and gap is not None and (len(row) == 1 or gap == sign):
            row.append((start, end))
            sign = gap
            continue
        if len(row) > 2:
            yield row[0][0], row[-1][1]
        row = [(start, end)] if single else []
    if len(row) > 2:
        yield row[0][0], row[-1][1]


def _sign_of(gap: str) -> str | None:
    """What stands between two letters of a spelled word: one blank or one sign; None for more."""
    bare = gap.strip(" ")
    if len(gap) > 3 or (bare and bare not in _SIGNS):
        return None
    if not bare:
        return " " if gap == " " else None
    return None if bare == "," and " " in gap else bare  # "A, B, C" is a list


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not before.isalnum() and not after.isalnum() and after != "'" and before != "'"
