"""What the recognisers of names share: which words may be names, and how far a name goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from anonymizer.detection.particles import INNER_PARTICLES, PARTICLES
from anonymizer.expression import any_of, expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

#: A word with its apostrophes, hyphens and dots.
WORD = expression(r"[\pL][\pL\pM'.\-]*")
LINE = expression(r"[^\n]+")
_DOTTED = r"\p{Lu}\.[ ]?(?:-?\p{Lu}\.?[ ]?){0,3}"  # K.V. or J.-P. or K. V
_CAPITALS = r"\p{Lu}{1,3}|\p{Lu}(?:[ ]\p{Lu}){1,2}"  # KV or K V
_HYPHENATED = r"\p{Lu}\.?-\p{Lu}\.?"  # K-V
#: A text that is nothing but initials.
ONLY_INITIALS = expression(rf"^(?:{_DOTTED}|{_CAPITALS}|{_HYPHENATED})$")
#: How a name goes on: blanks, particles, and a capitalised word, which is the group.
_NEXT_NAME = expression(
    rf"([ ]+)(?:({any_of(INNER_PARTICLES)}[ ]){{0,3}})(\p{{Lu}}[\pL\pM]*(?:['\-]\pL+)*)"
)
_MAX_FURTHER_NAMES = 4
_INITIAL = expression(r"^(?:\p{Lu}\.-?){1,3}$")


@dataclass(frozen=True, kw_only=True)
class LetterGrammar:
    """The words that the grammar needs, and what may be a name among them."""

    rulebook: Rulebook

    @cached_property
    def no_names(self) -> frozenset[str]:
        """Words that are no name where a name may stand bare, as in a salutation."""
        words = self.rulebook.words
        small = words("function_words") - words("names_that_are_words")
        return small | self._all_roles | words("not_names")

    @cached_property
    def roles(self) -> frozenset[str]:
        """Words that are no name even after "my name is"."""
        return self._all_roles - self.rulebook.words("names_that_are_words")

    @cached_property
    def closings(self) -> frozenset[str]:
        """Phrases a letter closes with."""
        return self.rulebook.words("closings")

    def may_be_name(self, word: str) -> bool:
        """True when a word is not one of those that greet, close or name a role."""
        bare = word.lower().strip(".'-")
        if len(bare) == 1:
            # "A" and "I" begin sentences; on a signature "A." with its dot is a person.
            return word != "I" and (bare not in ("a", "i") or word.endswith("."))
        if not bare or bare in self.no_names or word.lower() in self.no_names:
            return False
        return not all(part in self.no_names for part in bare.split("-"))

    def may_be_introduced(self, word: str) -> bool:
        """True when a word may follow "my name is": Angel and Summer may, "donor" may not."""
        return bool(word) and word.lower().strip(".'-") not in self.roles

    def name_runs(self, phrase: str, *, anycase: bool) -> Iterator[tuple[int, int]]:
        """Start and end of each run of words that may be names; another word or a comma ends it."""
        run: tuple[int, int] | None = None
        for word in WORD.finditer(phrase):
            bare = word.group().rstrip("'")
            name = self.may_be_name(bare) and (bare[0].isupper() or anycase)
            particle = run is not None and bare.lower() in PARTICLES
            end = word.start() + _length_as_name(bare)
            if run is not None and (name or particle) and _is_gap(phrase[run[1] : word.start()]):
                run = (run[0], end)
                continue
            if run is not None:
                yield run
            run = (word.start(), end) if name else None
        if run is not None:
            yield run

    @cached_property
    def _all_roles(self) -> frozenset[str]:
        words = self.rulebook.words
        return words("salutation_words") | words("kin") | words("titles")


def end_of_name(text: str, end: int) -> int:
    """The end of a name, moved over the capitalised words, initials and particles that follow."""
    for _ in range(_MAX_FURTHER_NAMES):
        match = _NEXT_NAME.match(text[end : end + 80])
        if match is None:
            break
        end += match.end()
        if end < len(text) and text[end] == "." and len(match.group(3)) == 1:
            end += 1
    return end


def is_initial(word: str) -> bool:
    """True for "K." and "J.P."; a longer word with a dot ends a sentence."""
    return bool(_INITIAL.match(word))


def name_finding(text: str, start: int, end: int, *, score: float, recognizer: str) -> Finding:
    """A finding of a name in `text`; INITIALS when there is nothing else in it."""
    kind = EntityKind.INITIALS if ONLY_INITIALS.match(text[start:end]) else EntityKind.PERSON
    return Finding(span=Span(start=start, end=end), kind=kind, score=score, recognizer=recognizer)


def _length_as_name(bare: str) -> int:
    """The length of a word without the dot of its sentence and without its possessive."""
    length = len(bare if is_initial(bare) else bare.rstrip("."))
    return length - 2 if bare.endswith(("'s", "'S")) else length


def _is_gap(between: str) -> bool:
    return not between.strip(" .")
