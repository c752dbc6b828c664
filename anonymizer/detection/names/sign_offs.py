"""Who signs: the names, nicknames and initials at the end of a letter."""

from collections.abc import Iterable, Iterator

from anonymizer.detection.names.grammar import (
    LINE,
    ONLY_INITIALS,
    WORD,
    LetterGrammar,
    is_initial,
    name_finding,
)
from anonymizer.detection.particles import PARTICLES
from anonymizer.expression import expression
from anonymizer.model import EntityKind, Finding, Span

#: What stands between two who sign: "K + J", "Tom and Lisa", "Anna xo".
_JOINER = expression(
    r"(?:[ ]*(?:\+|&|/|,|[()\"*~–—|]|♥|❤|:\)|;\))[ ]*|(?:^|[ ])-+(?:[ ]|$)|^-+|"
    r"(?:^|[ ])(?:and|und|et|en|y|i|x+|xo(?:xo)*|XO|XX+)(?:[ .!]|$))"
)
#: What a telephone puts below a letter.
_SENT_FROM = expression(r"(?i)^\W*(?:sent|written|typed) (?:from|with|on) ")
_BEFORE_A_CLOSING = " \t>*-–—"
_MAX_CLOSING_WORDS = 6
#: By number of words: that many words at the start of a line, with the blanks after them.
_FIRST_WORDS = tuple(
    expression(rf"(?:[^\s]+[ \t]*){{{size}}}") for size in range(1, _MAX_CLOSING_WORDS + 1)
)
_MAX_WORDS_AFTER_CLOSING = 7
_LINES_BELOW_CLOSING = 4
_LINES_AT_THE_END = 5


class SignOffRecognizer:
    """Names, nicknames and initials where a letter ends: after a closing, or on the last line."""

    recognizer_id = "names:sign-off"

    def __init__(self, grammar: LetterGrammar) -> None:
        self._grammar = grammar

    def find(self, text: str) -> Iterable[Finding]:
        """Each name or set of initials on the sign-off lines."""
        lines = [(one.start(), one.group()) for one in LINE.finditer(text) if one.group().strip()]
        yield from self._lone_letter(lines)
        without_capitals = not any(one.isupper() for one in text)
        for offset, phrase in self._sign_off_parts(lines):
            position = 0
            for part in _signature_parts(phrase):
                position = phrase.index(part, position)
                yield from self._names(text, offset + position, part, anycase=without_capitals)
                position += len(part)

    def _sign_off_parts(self, lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """What may be a signature: lines below a closing, the rest of its line, the last line."""
        taken: set[int] = set()
        for index, (offset, line) in enumerate(lines):
            rest = self._after_closing(line)
            if rest is None and not _ends_like_closing(line, index, len(lines)):
                continue
            if rest is not None and line[rest:].strip() and self._is_signature(line[rest:]):
                yield offset + rest, line[rest:]
            for below in range(index + 1, min(index + 1 + _LINES_BELOW_CLOSING, len(lines))):
                if below in taken or not self._is_signature(lines[below][1]):
                    break
                taken.add(below)
                yield lines[below]
        last = len(lines) - 1
        if last > 0 and last not in taken and self._is_signature(lines[last][1]):
            yield lines[last]

    def _lone_letter(self, lines: list[tuple[int, str]]) -> Iterator[Finding]:
        """A letter that ends with "m" alone on its line is signed."""
        offset, line = lines[-1] if len(lines) > 1 else (0, "")
        letter = line.strip(" \t.-–—~*x❤♥").strip()
        if len(letter) == 1 and letter.isalpha():
            start = offset + line.index(letter)
            yield Finding(
                span=Span(start=start, end=start + 1),
                kind=EntityKind.INITIALS,
                score=0.85,
                recognizer=self.recognizer_id,
            )

    def _is_signature(self, line: str) -> bool:
        """A short line of names, initials and the words that go with them; no sentence."""
        if not _is_short(line) or _SENT_FROM.match(line):
            return False
        words = [one.strip("'") for one in WORD.findall(line)]
        if not any(one.isupper() for one in line):
            return sum(self._grammar.may_be_name(one) for one in words) <= 2
        lower = [one for one in words if one.islower() and self._grammar.may_be_name(one)]
        return all(one.lower() in PARTICLES or len(one) == 1 or "(" in line for one in lower)

    def _after_closing(self, line: str) -> int | None:
        """Where the text after a closing phrase begins in `line`, or None without one."""
        lowered = line.lower()
        indent = len(lowered) - len(lowered.lstrip(_BEFORE_A_CLOSING))
        for first_words in reversed(_FIRST_WORDS):
            match = first_words.match(lowered[indent:])
            if match is None:
                continue
            phrase = match.group().strip().strip(",.!:;-–—")
            if phrase in self._grammar.closings:
                end = indent + match.end()
                return end if len(lowered[end:].split()) <= _MAX_WORDS_AFTER_CLOSING else None
        return None

    def _names(self, text: str, offset: int, part: str, *, anycase: bool) -> Iterator[Finding]:
        """The names in one part of a signature, which stands at `offset` in `text`."""
        bare = part.strip()
        if ONLY_INITIALS.match(bare) and self._grammar.may_be_name(part):
            start = offset + part.index(bare)
            end = start + len(bare)
            yield name_finding(text, start, end, score=0.9, recognizer=self.recognizer_id)
            return
        for start, end in self._grammar.name_runs(part, anycase=anycase):
            yield name_finding(
                text, offset + start, offset + end, score=0.85, recognizer=self.recognizer_id
            )


def _signature_parts(phrase: str) -> list[str]:
    """Those who sign a line, one by one: "K + J xo" is signed by two."""
    return [part if ONLY_INITIALS.match(part) else part.rstrip(".") for part in _split(phrase)]


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
    return not stripped.endswith(".") or is_initial(words[-1]) or len(words) == 1


def _ends_like_closing(line: str, index: int, count: int) -> bool:
    """Whether a short line with a comma, near the end of a letter, closes it ("Hooroo,")."""
    near_the_end = index > 0 and index >= count - _LINES_AT_THE_END
    return near_the_end and line.rstrip().endswith(",") and len(line.split()) <= 6
