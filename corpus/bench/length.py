"""
Long letters: does time grow in step with length, and is anything lost on the way?

A model reads in windows and a library may stop early; so a name is planted at each percent of the
longest text, each one only once, so that none is found because another was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import process_time

from anonymizer.model import MAX_CHARACTERS, Letter, Span
from anonymizer.pipeline import Pipeline
from corpus.bench import prose
from corpus.bench.ours import MASKED
from corpus.gold import Group

LENGTHS = (2_000, 20_000, 100_000, MAX_CHARACTERS)
_CARRIER = "\nMy neighbour {name} sends you warm greetings too.\n"
_NAMES = """
Abigail Adrian Agnieszka Albert Alejandra Alfred Alice Anatole Andrea Angela Annika Anton Arthur
Astrid Barbara Beatrix Benjamin Bernard Bettina Birgit Boris Brigitte Camilla Carlos Caroline
Cedric Charlotte Christoph Clara Claudia Conrad Cornelia Damian Daniela Deborah Dennis Diana Dieter
Dominik Dorothy Edith Eduardo Eleanor Elisabeth Emil Emma Erika Esther Eugene Fatima Felix Ferdinand
Fiona Florian Frances Gabriel Georg Gertrude Gisela Gregory Greta Gustav Hannah Harald Heather
Heinrich Helena Henrik Hilary Hugo Ingrid Irene Isabella Ivan Jacqueline Jerome Joanna Jonathan
Josephine Judith Julian Karolina Kenneth Klara Konstantin Laura Leonard Linda Lorenzo Lucy Magdalena
Marcus Margaret Martina Matthias Maurice Melanie Miriam Monika Nadine
""".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """What a text of this many characters took, in seconds of processor time."""

    characters: int
    seconds: float

    @property
    def per_1000(self) -> float:
        """Milliseconds for each 1,000 characters."""
        return self.seconds * 1000 / self.characters * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The percents of the text at which a name was planted, and those at which it was missed."""

    characters: int
    percents: tuple[int, ...]
    missed: tuple[int, ...]
    #: Percents whose name is missed in a letter of that one sentence too.
    missed_alone: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthReport:
    """Time by length, and recall by place."""

    lengths: tuple[Length, ...]
    planted: Planted


def measure_length(pipeline: Pipeline, language: str) -> LengthReport:
    """Everything about length; `pipeline` must have the patience for its longest letter."""
    ordinary = prose.readable_letters(language, Group.ORDINARY)
    text = "\n\n".join(one.text for one in ordinary)
    _seconds(pipeline, prose.of_characters(text, LENGTHS[0]))  # loads what it needs: not timed
    clean = prose.readable_letters(language, Group.CLEAN)
    return LengthReport(
        lengths=tuple(
            Length(characters=count, seconds=_seconds(pipeline, prose.of_characters(text, count)))
            for count in LENGTHS
        ),
        planted=measure_planted(pipeline, "\n\n".join(one.text for one in clean), MAX_CHARACTERS),
    )


def measure_planted(pipeline: Pipeline, harmless: str, characters: int) -> Planted:
    """Recall of a name at each percent of a text of harmless prose."""
    text, spans = plant(harmless, characters)
    masked = _masked(pipeline, text)
    alone = [_CARRIER.format(name=name) for name in _NAMES]
    percents = tuple(range(len(spans)))
    return Planted(
        characters=len(text),
        percents=percents,
        missed=tuple(n for n in percents if not _is_covered(spans[n], masked)),
        missed_alone=tuple(
            n for n in percents if not _masked(pipeline, "Dear donor,\n" + alone[n])
        ),
    )


def plant(harmless: str, characters: int) -> tuple[str, tuple[Span, ...]]:
    """A text of `characters` with a sentence and a new name at each percent, and where they are."""
    sentences = [_CARRIER.format(name=name) for name in _NAMES]
    room = characters - sum(map(len, sentences))
    plain = prose.of_characters(harmless, room)
    pieces: list[str] = []
    spans: list[Span] = []
    length = reached = 0
    for percent, (name, sentence) in enumerate(zip(_NAMES, sentences, strict=True)):
        end = _line_end(plain, reached, room * percent // len(_NAMES))
        start = length + end - reached + sentence.index(name)
        spans.append(Span(start=start, end=start + len(name)))
        pieces += [plain[reached:end], sentence]
        length += end - reached + len(sentence)
        reached = end
    pieces.append(plain[reached:])
    return "".join(pieces), tuple(spans)


def _line_end(text: str, first: int, place: int) -> int:
    """The last end of a line before `place`, so that no sentence is torn; else `place`."""
    end = text.rfind("\n", first, place)
    return place if end < 0 else end


def _seconds(pipeline: Pipeline, text: str) -> float:
    begun = process_time()
    pipeline.draft(Letter.from_text("length", text))
    return process_time() - begun


def _masked(pipeline: Pipeline, text: str) -> Sequence[Span]:
    draft = pipeline.draft(Letter.from_text("planted", text))
    return [one.finding.span for one in draft.treatments if one.action in MASKED]


def _is_covered(span: Span, masked: Iterable[Span]) -> bool:
    return any(other.contains(span) for other in masked)
