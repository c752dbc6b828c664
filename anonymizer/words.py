"""
The words of a text with their places, by plain string methods.

Several steps look at every word of a letter. A regular expression makes an object for each of them;
this is ten times cheaper, and what counts as a word is said once.
"""

from unicodedata import combining, normalize

_EDGES = "'-"
#: Every sign that is no part of a word becomes a blank, one for one, so that places stay.
_BLANKS = str.maketrans(dict.fromkeys('.,;:!?"()[]{}<>*_…–—“”„«»/\\|+&=~^%$#@•·', " "))


def words_of(text: str) -> list[tuple[int, str]]:
    """
    Each word with the place it begins at, in order.

    A word has no blank and no sign but apostrophes and hyphens inside it ("don't", "Anne-Marie").
    """
    spaced = text.translate(_BLANKS)
    found: list[tuple[int, str]] = []
    reached = 0
    for raw in spaced.split():
        start = spaced.index(raw, reached)
        reached = start + len(raw)
        word = raw.lstrip(_EDGES)
        start += len(raw) - len(word)
        word = word.rstrip(_EDGES)
        if word:
            found.append((start, word))
    return found


def without_accents(word: str) -> str:
    """The word in lower case without its accents, as the vocabulary of the model has it."""
    parts = normalize("NFD", word.lower())
    return "".join(one for one in parts if not combining(one))
