"""
A small grammar of text: rules, choices and slots, kept as plain text, one folder per language.

`[a|b]` picks one of several wordings, which may nest; `{slot}` asks the caller for words. In the
folder `sentences` each line is one way to write a rule, in `words` they stand between commas.
"""

import random
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

FALLBACK = "en"

Rules = Mapping[str, Sequence[str]]


def load_rules(language: str = FALLBACK) -> dict[str, list[str]]:
    """Read the rules of a language; what it does not name is as in English."""
    folder = files("corpus.train") / "grammar" / language
    rules: dict[str, list[str]] = {}
    for name, lines in _sections(folder / "sentences"):
        rules.setdefault(name, []).extend(line.replace("\\n", "\n") for line in lines)
    for name, lines in _sections(folder / "words"):
        words = ",".join(lines).split(",")
        rules.setdefault(name, []).extend(word.strip() for word in words if word.strip())
    return rules if language == FALLBACK else {**load_rules(), **rules}


def expand(rules: Rules, rule: str, rng: random.Random) -> str:
    """Pick an alternative of a rule and settle all its choices."""
    return choose(rng.choice(rules[rule]), rng)


def choose(template: str, rng: random.Random) -> str:
    """Replace every `[a|b]` by one of its alternatives, from the inside out."""
    while (end := template.find("]")) >= 0:
        start = template.rindex("[", 0, end)
        picked = rng.choice(template[start + 1 : end].split("|"))
        template = template[:start] + picked + template[end + 1 :]
    return template


def _sections(folder: Traversable) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    if not folder.is_dir():
        return found
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                found.append((line[3:].strip(), []))
            elif line.strip() and not line.startswith("#"):
                found[-1][1].append(line.strip())
    return found
