"""
Known identifiers in disguise: what the case register knows, written so that a search overlooks it.

A disguise counts as seen through when the draft masks it and when, left in the letter, the leak
check reports it: the net below must not have the same hole.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from anonymizer.model import Circumstances, EntityKind, KnownIdentifier, Letter, Span
from anonymizer.pipeline import Pipeline
from corpus.bench.ours import MASKED

#: What the register knows, and how a writer without a disguise would put it.
KNOWN: Mapping[EntityKind, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        EntityKind.PERSON: tuple(
            (name, name)
            for name in (
                "Katarzyna Wiśniewska",
                "Thomas Müller",
                "Niamh Gallagher",
                "Wilhelmina Brandt",
                "José Hernández",
            )
        ),
        EntityKind.PLACE: tuple(
            (town, town)
            for town in ("Ravensburg", "Wolverhampton", "Göttingen", "Harrogate", "Białystok")
        ),
        EntityKind.EMAIL: tuple(
            (address, address)
            for address in (
                "katarzyna.w@example.org",
                "thomas_mueller72@example.com",
                "niamh@gallagher.example",
                "w.brandt@example.net",
                "pepe.hernandez@example.org",
            )
        ),
        EntityKind.PHONE: (
            ("+49 751 5550123", "0751 5550123"),
            ("+44 1902 555 0147", "01902 555 0147"),
            ("+1 412 555 0188", "(412) 555-0188"),
            ("+48 85 555 01 99", "+48 85 555 01 99"),
            ("+34 915 550 162", "915 550 162"),
        ),
        EntityKind.DATE: (
            ("1985-03-14", "14.03.1985"),
            ("1972-11-02", "2 November 1972"),
            ("1990-07-23", "July 23, 1990"),
            ("1968-12-31", "31/12/1968"),
            ("2001-01-09", "9th January 2001"),
        ),
    }
)
_CARRIERS = (
    "Dear donor,\nthank you for everything you did for us. {} is what I wanted to write here.\n",
    "Dear patient,\nI think of you every day and wish you well.\n\nWith love,\n{}\n",
)
_LOOKALIKES = str.maketrans("aceopxyABEHKMOPCTX", "асеорхуАВЕНКМОРСТХ")
_DIGITS = str.maketrans("oieastOIEAST", "013457013457")
_WORDS_ONLY = frozenset({EntityKind.PHONE, EntityKind.DATE})


def _between(mark: str) -> Callable[[str], str]:
    """A mark between the characters of each word."""
    return lambda value: " ".join(mark.join(word) for word in value.split(" "))


def _spaced(value: str) -> str:
    return "   ".join(" ".join(word) for word in value.split(" "))


def _full_width(value: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in value)


def _over_the_line(value: str) -> str:
    """The longest word is broken with a hyphen, as at the end of a line."""
    word = max(value.split(" "), key=len)
    half = len(word) // 2
    return value.replace(word, f"{word[:half]}-\n{word[half:]}", 1)


def _typing_error(value: str) -> str:
    """Two letters in the middle of the longest word change places."""
    word = max(value.replace("@", " ").replace(".", " ").split(" "), key=len)
    at = next(
        (n for n in range(len(word) // 2, len(word) - 1) if word[n] != word[n + 1]), len(word) - 2
    )
    return value.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :], 1)


#: Each changes how a value is written and leaves it readable.
DISGUISES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "capitals": str.upper,
        "lower case": str.lower,
        "spaced out": _spaced,
        "dots between": _between("."),
        "hyphens between": _between("-"),
        "mirrored": lambda value: value[::-1],
        "zero-width spaces": _between("\u200b"),
        "soft hyphens": _between("\u00ad"),
        "struck through": _between("\u0336"),
        "look-alike letters": lambda value: value.translate(_LOOKALIKES),
        "full-width letters": _full_width,
        "broken over a line": _over_the_line,
        "digits for letters": lambda value: value.translate(_DIGITS),
        "a typing error": _typing_error,
    }
)
PLAIN = "as written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One disguised value in one letter."""

    disguise: str
    kind: EntityKind
    masked: bool
    leak_found: bool

    @property
    def seen_through(self) -> bool:
        """Masked, and reported by the leak check when it is left in."""
        return self.masked and self.leak_found


def measure_disguises(pipeline: Pipeline) -> tuple[Trial, ...]:
    """Every known value in every disguise that changes it, in two letters."""
    disguises: dict[str, Callable[[str], str]] = {PLAIN: str, **DISGUISES}
    return tuple(
        _trial(pipeline, name, KnownIdentifier(kind=kind, value=value), carrier, hidden)
        for name, disguise in disguises.items()
        for kind, values in KNOWN.items()
        for value, written in values
        for hidden in _disguised(name, disguise, kind, written)
        for carrier in _CARRIERS
    )


def _disguised(
    name: str, disguise: Callable[[str], str], kind: EntityKind, written: str
) -> Iterator[str]:
    """Nothing where the disguise changes nothing, or makes it another number."""
    hidden = disguise(written)
    if name != PLAIN and hidden == written:
        return
    if name == "a typing error" and kind in _WORDS_ONLY:
        return
    yield hidden


def _trial(
    pipeline: Pipeline, disguise: str, known: KnownIdentifier, carrier: str, hidden: str
) -> Trial:
    letter = Letter.from_text("disguise", carrier.format(hidden))
    # The letter's text is NFC, in which the disguise may have another length.
    start = carrier.index("{}")
    span = Span(start=start, end=len(letter.text) - (len(carrier) - start - 2))
    draft = pipeline.draft(letter, Circumstances(known_identifiers=(known,)))
    masked = [one.finding.span for one in draft.treatments if one.action in MASKED]
    untouched = pipeline.redraft(letter, (), (known,))
    return Trial(
        disguise=disguise,
        kind=known.kind,
        masked=all(
            any(one.start <= place < one.end for one in masked)
            for place in range(span.start, span.end)
            if letter.text[place].isalnum()
        ),
        leak_found=any(one.span.overlaps(span) for one in untouched.residuals),
    )
