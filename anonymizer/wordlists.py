"""
Files of words: one entry per line, `#` begins a comment, everything in lower case.

A site's file adds to the packaged one of its name. A line `-word` takes one of our entries out,
and a file whose first line is `# replaces` stands instead of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anonymizer.errors import RulesError

_REPLACES = "replaces"
_OUT = "-"
_ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """One file: the entries it has, those it takes out with their lines, and how it counts."""

    entries: frozenset[str]
    taken_out: Mapping[str, int]
    replaces: bool

    def over(self, ours: frozenset[str]) -> frozenset[str]:
        """What holds when this file lies over `ours`."""
        if self.replaces:
            return self.entries
        return ours.difference(self.taken_out) | self.entries


def read_word_list(path: Path) -> WordList:
    """The file as it is written. Raises `RulesError`."""
    try:
        # Editors of other systems put a mark before the first line; it is no part of a word.
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        message = f"rules/{_name(path)}: not UTF-8; save it as UTF-8"
        raise RulesError(message) from None
    written = [line.split("#", 1)[0].strip().lower() for line in lines]
    return WordList(
        entries=frozenset(entry for entry in written if entry and not entry.startswith(_OUT)),
        taken_out={
            entry.removeprefix(_OUT).strip(): number
            for number, entry in enumerate(written, start=1)
            if entry.startswith(_OUT)
        },
        replaces=bool(lines) and _says_replaces(lines[0]),
    )


def word_list_warnings(ours: Path, site: Path) -> Iterator[str]:
    """What has no effect in the word lists of a site, naming file and line."""
    for path in sorted(site.glob("lists/*/*.txt")):
        name = _name(path)
        if not (ours / name).exists():
            # A list for a language of the site's own adds to the English one of its name.
            if not (ours / "lists" / _ENGLISH / path.name).exists():
                yield f"{name}: there is no list of this name, so nothing reads it"
            continue
        known, found = read_word_list(ours / name), read_word_list(path)
        for word, line in found.taken_out.items():
            if found.replaces:
                yield f"{name}, line {line}: '-{word}' in a list that replaces ours has no effect"
            elif word not in known.entries:
                yield f"{name}, line {line}: {word!r} is not in our list, so '-' has no effect"


def _name(path: Path) -> str:
    return f"lists/{path.parent.name}/{path.name}"


def _says_replaces(line: str) -> bool:
    comment = line.strip()
    return comment.startswith("#") and comment.lstrip("#").strip().lower() == _REPLACES
