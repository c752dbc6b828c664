"""
German common nouns, to train on: words with a capital that are no names.

The package `german-nouns` (from Wiktionary, CC BY-SA 4.0) lists 100,000 of them with all their
forms, and says which are names as well ("König", "Essen"). It asks for an old lxml, so it is
installed by hand and without its dependencies: `pip install --no-deps german-nouns`.
"""

from collections.abc import Sequence
from functools import cache
from importlib import util
from pathlib import Path

_PACKAGE, _FILE = "german_nouns", "nouns.csv"
#: Marks in the second column of what is, or may be, a name, and of what is no word.
_NAMES = ("Toponym", "Vorname", "Nachname", "Eigenname", "Straßenname")
_NO_WORDS = ("Symbol", "Buchstabe", "Affix", "Suffix", "Gebundenes", "Abkürzung")
#: Columns of the gender, before the forms.
_GENDERS = 5


@cache
def common_nouns() -> frozenset[str]:
    """Every form of the common nouns that are no names, lower case. Raises `FileNotFoundError`."""
    nouns: set[str] = set()
    names: set[str] = set()
    for line in _path().read_text("utf-8").splitlines()[1:]:
        kinds, forms = _kinds_and_forms(line)
        if any(one in kinds for one in _NO_WORDS):
            continue
        (names if any(one in kinds for one in _NAMES) else nouns).update(forms)
    return frozenset(nouns - names)


@cache
def drawable_nouns() -> Sequence[str]:
    """The same in an order that is always the same, for drawing."""
    return tuple(sorted(common_nouns()))


def _kinds_and_forms(line: str) -> tuple[str, list[str]]:
    """A row by hand: the csv module takes three times as long, and only the kinds are quoted."""
    lemma, rest = line.split(",", 1)
    if rest.startswith('"'):
        kinds, _, rest = rest[1:].partition('",')
    else:
        kinds, _, rest = rest.partition(",")
    forms = {one.strip('"') for one in rest.split(",")[_GENDERS:] if one}
    words = {one for one in (lemma, *forms) if " " not in one and len(one) > 1}
    return kinds, [one.lower() for one in words]


def _path() -> Path:
    found = util.find_spec(_PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        if (Path(folder) / _FILE).is_file():
            return Path(folder) / _FILE
    message = "german-nouns is not installed: pip install --no-deps german-nouns"
    raise FileNotFoundError(message)
