"""
Which passages have the same words: what "apply to all equal passages" means.

Contract: equal means equal letters after case folding and with any white space alike; a passage
inside a longer word is not equal, or marking "Ann" would tear "Annual" apart.
"""

import re2

from anonymizer.model import Span


def same_words(text: str) -> str:
    """The form in which two passages are compared."""
    return " ".join(text.split()).casefold()


def occurrences(text: str, passage: str) -> tuple[Span, ...]:
    """Every place in `text` that reads like `passage`, whole words only, from left to right."""
    parts = passage.split()
    if not parts:
        return ()
    pattern = re2.compile(r"(?i)" + r"\s+".join(re2.escape(part) for part in parts))
    return tuple(
        Span(start=match.start(), end=match.end())
        for match in pattern.finditer(text)
        if _stands_alone(text, match.start(), match.end())
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """False when a letter or digit on either side makes the passage part of a word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    joined_left = before.isalnum() and text[start].isalnum()
    joined_right = after.isalnum() and text[end - 1].isalnum()
    return not (joined_left or joined_right)
