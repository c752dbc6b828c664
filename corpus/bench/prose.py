"""Texts of a given length, made of the gold letters that may be read."""

import re
from collections.abc import Iterator

from corpus.gold import GoldLetter, Group, Part, gold_folders, load_letters

_WORD = re.compile(r"\S+\s*")


def readable_letters(language: str, *groups: Group) -> tuple[GoldLetter, ...]:
    """The letters of the dev part that belong to one of these groups."""
    (folder,) = gold_folders(language, Part.DEV)
    return tuple(letter for letter in load_letters(folder) if letter.group in groups)


def of_words(text: str, count: int) -> Iterator[str]:
    """The text cut into stretches of `count` words; what is left over at the end is dropped."""
    words = _WORD.findall(text)
    for start in range(0, len(words) - count + 1, count):
        yield "".join(words[start : start + count]).strip()


def of_characters(text: str, count: int) -> str:
    """The text, again and again, to exactly `count` characters."""
    again = text + "\n\n"
    return (again * (count // len(again) + 1))[:count]
