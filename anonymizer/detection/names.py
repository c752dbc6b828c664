"""
Names and initials by the grammar of letters: who is greeted, who introduces himself, who signs.

A language model sees "K. V." at the end of a letter without any sentence around it; the form of a
letter says that it is the writer. The same holds for nicknames ("Yours, Spud") and for names
written in lower case after "my name is".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import re2

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span
from anonymizer.rulebook import Rulebook

_WORD = expression(r"[\pL][\pL\pM'.\-]*")
_LINE = expression(r"[^\n]+")
_SALUTATION = expression(
    r"(?i)^[ \t>*]*(?:(?:my )?(?:dear(?:est)?|hello|hi|hey|hallo|hola|greetings|good (?:morning|day|evening|afternoon)|to|for|liebe[rs]?)\b)"
    r"[ ,]*([^\n,!:;.?]{1,60})(?:[,!:;.?\n\-–—]|$)"
)
_INTRODUCTION = expression(
    r"(?i)\b(?:my (?:full |first |last |family |real |christian |given |middle |maiden |second )?(?:name|surname|nickname)(?:[ ]*(?:'s|is|was|:|=))|"
    r"(?:i am|i'm|im|he is|he's|she is|she's|is|was|are|be|been|and am) (?:called|named|nicknamed|known as)|(?:they|friends|people|everyone|everybody|you can|you may|just|please|mates|family|kids|colleagues) (?:all |just |always )?call(?:s|ed)? (?:me|him|her|us)|call me|"
    r"(?:his|her|their|its|whose|the baby's|son's|daughter's|wife's|husband's) (?:first |last |full )?name(?:s)?(?:[ ]*(?:'s|is|was|are|:|=))|(?:a|an|the|our|my) (?:\pL+ ){0,2}?(?:named|called)|(?:we|i|they) (?:named|called|christened|baptised|baptized) (?:him|her|it|them|our \pL+)|goes by(?: the name(?: of)?)?|go by(?: the name(?: of)?)?|by the name of|answer to|in the name of|named after(?: my \pL+)?|this is|it's me|its me|it is me|i remain|i sign as|signed)(?:[ ,:]|$)"
    r"[ ,:]*[\"'(]?[ ]*"
)
_NAME_PART = expression(r"[\pL][\pL\pM]*(?:['\-][\pL\pM]+)*\.?")
_PARTICLES = frozenset("van von der den de la del da dos di du le el al bin bint ibn ben ter ten zu y e i".split())
_INITIALS = expression(
    r"(?:\p{Lu}\.[ ]?(?:-?\p{Lu}\.[ ]?){0,3}|\p{Lu}{1,3}|\p{Lu}(?:[ ]\p{Lu}){1,2}|\p{Lu}\.?-\p{Lu}\.?)"
)
_ONLY_INITIALS = expression(
    r"^(?:\p{Lu}\.[ ]?(?:-?\p{Lu}\.?[ ]?){0,3}|\p{Lu}{1,3}|\p{Lu}(?:[ ]\p{Lu}){1,2}|\p{Lu}\.?-\p{Lu}\.?)$"
)
_JOINER = expression(
    r"(?:[ ]*(?:\+|&|/|,|[()\"*~–—|]|♥|❤|:\)|;\))[ ]*|(?:^|[ ])-+(?:[ ]|$)|^-+|"
    r"(?:^|[ ])(?:and|und|y|i|x+|xo(?:xo)*|XO|XX+)(?:[ .!]|$))"
)
_TITLED_INITIAL = expression(
    r"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Doctor|Sister|Nurse|Aunt|Auntie|Uncle|Father|Pastor|Frau|Herr)\.?[ ]((?:\p{Lu}\.[ ]?){1,3}|\p{Lu})(?:[^\pL.]|$)"
)
_KIN_WORDS = (
    r"(?:wife|husband|son|daughter|brother|sister|mother|father|mum|mom|dad|friend|mate|partner|boyfriend|girlfriend|fiancé|fiancée|fiance|fiancee|"
    r"boy|girl|baby|nephew|niece|cousin|aunt|auntie|uncle|grandson|granddaughter|grandma|grandpa|gran|granny|nan|neighbour|neighbor|colleague|twins|"
    r"kids|children|sons|daughters|brothers|sisters|stepson|stepdaughter|stepdad|stepmum|godson|goddaughter|roommate|flatmate|boss|"
    r"brother-in-law|sister-in-law|mother-in-law|father-in-law)"
)
_KIN_NAME = expression(
    r"(?i:\b(?:my|our|his|her|their|your)[ ](?:\pL+[ ]){0,2}?" + _KIN_WORDS + r",?[ ])(\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?)(?:[^\pL]|$)"
)
_KIN_LOWER = expression(r"\b(?:my|our|his|her|their)[ ](?:\pL+[ ])?" + _KIN_WORDS + r"[ ](\p{Ll}{3,})(?:[^\pL]|$)")
_KIN_INITIAL = expression(
    r"(?i:\b(?:my|our|his|her|their|little|best|dear|good|old)[ ](?:\pL+[ ]){0,2}?(?:wife|husband|son|daughter|brother|sister|mother|father|mum|mom|dad|friend|partner|boyfriend|girlfriend|fiancé|fiancée|fiance|fiancee|boy|girl|baby|nephew|niece|cousin|aunt|uncle|grandson|granddaughter|grandma|grandpa|neighbour|neighbor|colleague|twins|kids|children|sons|daughters)[ ,]{1,2})"
    r"((?:\p{Lu}\.[ ]?){1,3}|[B-HJ-Z])(?:[^\pL.'\d]|$)"
)
_I_AM_INITIAL = expression(r"\b(?:I am|I'm|name is|call me|calls me|called|named|initials are|initials|from|signed)[ ]((?:\p{Lu}\.[ ]?){1,3}|[B-HJ-Z])(?:[,.;!?)\n]|[ ](?:and|from|but|who)\b|$)")


@dataclass(frozen=True, kw_only=True)
class LetterGrammar:
    """The words that the grammar needs, and what may be a name among them."""

    rulebook: Rulebook
    no_names: frozenset[str] = field(init=False)
    roles: frozenset[str] = field(init=False)
    closings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        words = self.rulebook.words
        small = words("function_words") - words("names_that_are_words")
        roles = words("salutation_words") | words("kin") | words("titles")
        no_names = small | roles | words("not_names")
        object.__setattr__(self, "no_names", no_names)
        object.__setattr__(self, "roles", roles - words("names_that_are_words"))
        object.__setattr__(self, "closings", words("closings"))

    def may_be_name(self, word: str) -> bool:
        """True when a word is not one of those that greet, close or name a role."""
        bare = word.lower().strip(".'-")
        parts = bare.split("-")
        ordinary = all(part in self.no_names for part in parts)
        return bool(bare) and not ordinary and bare not in self.no_names and word.lower() not in self.no_names


    def may_be_introduced(self, word: str) -> bool:
        """True when a word may follow "my name is": Angel and Summer may, "donor" may not."""
        return bool(word) and word.lower().strip(".'-") not in self.roles


class SalutationRecognizer:
    """The names in "Dear Anna," and "Hi Tom and Lisa!", at the start of a line."""

    recognizer_id = "names:salutation"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar

    def find(self, text: str) -> Iterable[Finding]:
        """Each capitalised word of a salutation that is no role such as "donor" or "friend"."""
        lower_case_letter = not any(one.isupper() for one in text)
        for line in _LINE.finditer(text):
            match = _SALUTATION.match(line.group())
            if match and len(match.group(1).split()) <= 6:
                offset = line.start() + match.start(1)
                yield from self._names(match.group(1), offset, anycase=lower_case_letter)

    def _names(self, phrase: str, offset: int, *, anycase: bool) -> Iterator[Finding]:
        for start, end in _name_runs(phrase, self._grammar, anycase=anycase):
            found = phrase[start:end]
            kind = EntityKind.INITIALS if _ONLY_INITIALS.match(found) else EntityKind.PERSON
            yield _finding(offset + start, offset + end, kind, 0.9, self.recognizer_id)


class IntroductionRecognizer:
    """The name after "my name is", "call me", "a girl named", in any case."""

    recognizer_id = "names:introduction"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar
        self._not_after = frozenset(
            "a an the not no so very too also still just my your his her our their that this these those in on at to of for with "
            "by from as is was are were i you he she we they it and or but if when because now here there all one what how "
            "unknown important known back out up off over away again me him them us only really never always well good "
            "fine happy glad grateful safe nothing something anything everything someone anyone everyone home both each "
            "probably maybe perhaps already almost about after before down into like more most much many some any such "
            "secret hidden mentioned written given kept on".split()
        )

    def find(self, text: str) -> Iterable[Finding]:
        """The words of a name that follow a cue; lower-case ones up to two words."""
        for match in _INTRODUCTION.finditer(text):
            cue = match.group().lower().strip()
            yield from self._name_at(text, match.end(), weak=cue.startswith(("this is", "it's me", "signed", "in the name")))

    def _name_at(self, text: str, start: int, *, weak: bool) -> Iterator[Finding]:
        first = _NAME_PART.match(text, start)
        if first is None:
            return
        word = first.group().rstrip(".")
        if word.lower() in self._not_after or not self._grammar.may_be_introduced(word):
            return
        if not word[0].isupper() and (weak or _looks_ordinary(word)):
            return
        end = _end_of_name(text, first.end() if _is_initial(first.group()) else start + len(word))
        found = text[start:end]
        kind = EntityKind.INITIALS if _ONLY_INITIALS.match(found) else EntityKind.PERSON
        yield _finding(start, end, kind, 0.9 if word[0].isupper() else 0.7, self.recognizer_id)


class SignOffRecognizer:
    """Names, nicknames and initials where a letter ends: after a closing, or alone on a last line."""

    recognizer_id = "names:sign-off"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar

    def find(self, text: str) -> Iterable[Finding]:
        """Each name or set of initials on the sign-off lines."""
        lines = [(one.start(), one.group()) for one in _LINE.finditer(text) if one.group().strip()]
        anycase = not any(one.isupper() for one in text)
        for offset, rest in self._sign_off_parts(lines):
            yield from self._names(rest, offset, anycase=anycase)

    def _sign_off_parts(self, lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """What may be a signature: the lines below a closing, the rest of its line, the last line."""
        taken: set[int] = set()
        for index, (offset, line) in enumerate(lines):
            rest = self._after_closing(line)
            if rest is None and not _ends_like_closing(line, index, len(lines)):
                continue
            if rest is not None and line[rest:].strip() and self._is_signature(line[rest:]):
                yield offset + rest, line[rest:]
            for below in range(index + 1, min(index + 5, len(lines))):
                if below in taken or not self._is_signature(lines[below][1]):
                    break
                taken.add(below)
                yield lines[below]
        last = len(lines) - 1
        if last > 0 and last not in taken and self._is_signature(lines[last][1]):
            yield lines[last]

    def _is_signature(self, line: str) -> bool:
        """A short line of names, initials and the words that go with them; no sentence."""
        if not _is_short(line):
            return False
        words = [one.strip("'") for one in _WORD.findall(line)]
        lower = [one for one in words if one.islower() and self._grammar.may_be_name(one)]
        if any(one.isupper() for one in line):
            return all(one.lower() in _PARTICLES or len(one) == 1 or "(" in line for one in lower)
        return len(words) <= 2

    def _after_closing(self, line: str) -> int | None:
        """Where the text after a closing phrase begins in `line`, or None without one."""
        lowered = line.lower()
        indent = len(lowered) - len(lowered.lstrip(" \t>*-–—"))
        for size in range(min(6, len(lowered.split())), 0, -1):
            match = re2.match(rf"(?:[^\s]+[ \t]*){{{size}}}", lowered[indent:])
            if match is None:
                continue
            phrase = match.group().strip().strip(",.!:;-–—")
            if phrase in self._grammar.closings:
                after = lowered[indent + match.end() :]
                short = len(after.split()) <= 7
                return indent + match.end() if short else None
        return None

    def _names(self, phrase: str, offset: int, *, anycase: bool) -> Iterator[Finding]:
        position = 0
        for part in _signature_parts(phrase):
            position = phrase.index(part, position)
            yield from self._name_in_part(part, offset + position, anycase=anycase)
            position += len(part)

    def _name_in_part(self, part: str, offset: int, *, anycase: bool) -> Iterator[Finding]:
        if _ONLY_INITIALS.match(part.strip()) and self._grammar.may_be_name(part):
            start = offset + len(part) - len(part.lstrip())
            yield _finding(start, start + len(part.strip()), EntityKind.INITIALS, 0.9, self.recognizer_id)
            return
        for start, end in _name_runs(part, self._grammar, anycase=anycase):
            found = part[start:end]
            kind = EntityKind.INITIALS if _ONLY_INITIALS.match(found) else EntityKind.PERSON
            yield _finding(offset + start, offset + end, kind, 0.85, self.recognizer_id)


class KinNameRecognizer:
    """The name after a kin word: "my niece Summer", and "my sister faith" in a letter without capitals."""

    recognizer_id = "names:kin"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar
        words = grammar.rulebook.words
        self._names_that_are_words = words("names_that_are_words")
        #: "my husband will help": here the word is most often the verb.
        self._verbs = words("function_words")

    def find(self, text: str) -> Iterable[Finding]:
        """Each name; one that is more often a verb gets a low score, for a person to decide."""
        for match in _KIN_NAME.finditer(text):
            if self._grammar.may_be_introduced(match.group(1)) and match.group(1) not in ("I", "DKMS"):
                yield _finding(*match.span(1), EntityKind.PERSON, 0.8, self.recognizer_id)
        if any(one.isupper() for one in text):
            return
        for match in _KIN_LOWER.finditer(text):
            word = match.group(1)
            if word in self._names_that_are_words:
                score = 0.3 if word in self._verbs else 0.7
                yield _finding(*match.span(1), EntityKind.PERSON, score, self.recognizer_id)


class InitialsRecognizer:
    """Initials inside sentences: "Dr. S.", "my friend M.", "my name is J."."""

    recognizer_id = "names:initials"

    def find(self, text: str) -> Iterable[Finding]:
        """Each capital that stands for a name after a title, a kin word or an introduction."""
        for pattern in (_TITLED_INITIAL, _KIN_INITIAL, _I_AM_INITIAL):
            for match in pattern.finditer(text):
                end = match.start(1) + len(match.group(1).rstrip())
                yield _finding(match.start(1), end, EntityKind.INITIALS, 0.85, self.recognizer_id)


def _finding(start: int, end: int, kind: EntityKind, score: float, recognizer: str) -> Finding:
    return Finding(span=Span(start=start, end=end), kind=kind, score=score, recognizer=recognizer)


def _name_runs(phrase: str, grammar: LetterGrammar, *, anycase: bool) -> Iterator[tuple[int, int]]:
    """Runs of words that may be names; "and", a comma or an ordinary word ends a run."""
    run: tuple[int, int] | None = None
    for word in _WORD.finditer(phrase):
        bare = word.group().rstrip("'")
        name = grammar.may_be_name(bare) and (bare[0].isupper() or anycase)
        particle = run is not None and bare.lower() in _PARTICLES
        end = word.start() + len(bare if _is_initial(bare) else bare.rstrip("."))
        if bare.endswith(("'s", "'S")):
            end -= 2
        if (name or particle) and run is not None and not phrase[run[1] : word.start()].strip(" ."):
            run = (run[0], end)
        elif name:
            if run is not None:
                yield run
            run = (word.start(), end)
        elif run is not None:
            yield run
            run = None
    if run is not None:
        yield run


def _signature_parts(phrase: str) -> list[str]:
    """"K + J xo" is signed by two."""
    return [part if _ONLY_INITIALS.match(part) else part.rstrip(".") for part in _split(phrase)]


def _split(phrase: str) -> list[str]:
    parts: list[str] = []
    last = 0
    for joiner in _JOINER.finditer(phrase):
        parts.append(phrase[last : joiner.start()])
        last = joiner.end()
    parts.append(phrase[last:])
    stripped = (part.strip(" \t,!") for part in parts)
    return [part for part in stripped if part.strip(".")]


def _is_short(line: str) -> bool:
    words, stripped = line.split(), line.strip()
    if len(words) > 6 or len(stripped) > 60 or stripped.endswith(("?", ":", ",")):
        return False
    return not stripped.endswith(".") or _is_initial(words[-1]) or len(words) == 1


def _ends_like_closing(line: str, index: int, count: int) -> bool:
    """"Hooroo," near the end of a letter closes it, whatever the word."""
    return index >= count - 5 and index > 0 and line.rstrip().endswith(",") and len(line.split()) <= 6


def _is_initial(word: str) -> bool:
    return len(word) <= 4 and word.endswith(".") and word[:1].isupper()


def _looks_ordinary(word: str) -> bool:
    return len(word) < 3 or word.lower().endswith(("ing", "ed", "ly"))


def _end_of_name(text: str, end: int) -> int:
    """Extends a name over the capitalised words, initials and particles that follow it."""
    for _ in range(4):
        match = re2.match(r"([ ]+)(?:((?:van|von|der|den|de|la|del|da|dos|di|du|le|el|al|bin|bint|ibn|ben|ter|zu)[ ]){0,3})(\p{Lu}[\pL\pM]*(?:['\-]\pL+)*)", text[end : end + 80])
        if match is None:
            break
        end += match.end()
        if end < len(text) and text[end] == "." and len(match.group(3)) == 1:
            end += 1
    return end
