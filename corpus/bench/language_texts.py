"""
Texts whose language is known, made of corpora, gold letters and sentences written for this.

The corpora stay where they are: a folder per source with `spans.jsonl`. Languages without one, and
letters in those whose corpora are newspapers, are put together from `corpus/bench/language`. The
same seed, corpora and letters give the same texts.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from types import MappingProxyType

from anonymizer.expression import expression
from anonymizer.model import EntityKind, Span, normalize_text
from anonymizer.words import words_of
from corpus.errors import CorpusError
from corpus.gold import GOLD_FOLDER, GoldLetter, Part, load_letters

SEED = 20261122
SHORT = 40
_SHORTEST, _LONGEST = 20, 400
_WRITTEN = Path(__file__).parent / "language"
FOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            "en_uner_ewt", "en_cerec_seed", "en_mitford_letters", "en_gum", "en_litbank",
            "en_btc", "en_tweebank", "en_wnut17", "en_uner_pud",
        ),
        "de": ("de_tillich_briefe", "de_schnitzler_briefe", "de_escher_briefe", "de_germeval14",
               "de_uner_pud"),
        "es": ("es_meddocan",),
        "fr": ("fr_europeana_OCR",),
        "nl": ("nl_europeana_OCR",),
    }
)  # fmt: skip
#: Locales of the name lists, with the country their towns are taken from.
LOCALES = (
    "de_DE", "tr_TR", "it_IT", "es_MX", "nl_NL", "fr_FR", "pt_PT", "fi_FI", "ro_RO",
    "sv_SE", "cs_CZ", "id_ID", "ga_IE", "lt_LT", "hr_HR",
)  # fmt: skip
_FOREIGN_VOICES = ("non-native", "second language", "second generation")
#: What newspapers and e-mails print beside prose has fewer words in small letters than this.
_PLAIN = 0.45
_SIGNS = ".,;:!?()\"'"
_SENTENCE = expression(r"[^.!?\n]*[.!?\n]+\s*")


class Kind(StrEnum):
    """What a text is made to show."""

    WHOLE = "one language"
    NON_NATIVE = "English by non-native writers"
    PASSAGE = "English with a foreign passage"
    HALF = "half English, half not"
    GREETING = "English with a foreign greeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text, its language, and where a passage in the other language stands."""

    kind: Kind
    language: str
    source: str
    text: str = field(repr=False)
    passage: Span | None = None

    @property
    def words(self) -> int:
        """How long it is."""
        return len(words_of(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that texts are made of, read once."""

    records: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, tuple[str, ...]]
    greetings: tuple[tuple[str, str], ...]
    letters: tuple[GoldLetter, ...]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]


def samples(data: Path, seed: int) -> tuple[Sample, ...]:
    """All texts. Raises `CorpusError` when `data` is not the folder with the corpora."""
    material = _material(data)
    random = Random(seed)
    return tuple(
        sample
        for part in (_from_corpora, _from_sentences, _from_letters, _non_native, _mixed, _greeted)
        for sample in part(material, random)
    )


def _material(data: Path) -> Material:
    lines = (_WRITTEN / "greetings.txt").read_text("utf-8").splitlines()
    written = sorted(path for path in _WRITTEN.glob("*.txt") if len(path.stem) == len("xx"))
    return Material(
        records={
            folder: tuple(_records(data / folder, language))
            for language, folders in FOLDERS.items()
            for folder in folders
        },
        sentences={path.stem: tuple(path.read_text("utf-8").splitlines()) for path in written},
        greetings=tuple((line[:2], line[3:]) for line in lines),
        letters=tuple(_gold_letters()),
        names={locale: _names(data / "gazetteers", locale) for locale in LOCALES},
    )


def _records(folder: Path, language: str) -> Iterator[str]:
    path = folder / "spans.jsonl"
    if not path.is_file():
        message = f"{path} is missing: --data names the folder with the corpora"
        raise CorpusError(message)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["lang"] == language:
                yield normalize_text(str(record["text"])).strip()


def _gold_letters() -> Iterator[GoldLetter]:
    """All letters that may be read, in any language."""
    for folder in sorted(GOLD_FOLDER.glob("*/*")):
        if folder.is_dir() and folder.name != Part.HELDOUT:
            yield from load_letters(folder)


def _names(folder: Path, locale: str) -> Mapping[str, tuple[str, ...]]:
    """First and family names of a locale, towns of its country."""
    wanted = {
        "first": ("given_names_faker_MIT.tsv", "locale", locale),
        "family": ("surnames_faker_MIT.tsv", "locale", locale),
        "town": ("cities15000_geonames_CCBY.tsv", "country", locale[-2:]),
    }
    found: dict[str, tuple[str, ...]] = {}
    for use, (name, column, value) in wanted.items():
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            found[use] = tuple(row["name"] for row in rows if row[column] == value)
    return found


def _from_corpora(material: Material, random: Random) -> Iterator[Sample]:
    """Records of one source, one after the other, to a length drawn for each text."""
    for language, folders in FOLDERS.items():
        each = {"en": 50, "de": 60}.get(language, 150)
        for folder in folders:
            for number in range(each):
                text = _prose(material.records[folder], random, short=number % 5 == 0)
                yield _whole(language, folder, text)


def _from_sentences(material: Material, random: Random) -> Iterator[Sample]:
    for language, sentences in material.sentences.items():
        each = 80 if language in FOLDERS else 150
        for number in range(each):
            shuffled = random.sample(sentences, len(sentences))
            text = _cut(_paragraphs(shuffled, random), _length(random, short=number % 5 == 0))
            yield _whole(language, "written", text)


def _from_letters(material: Material, _random: Random) -> Iterator[Sample]:
    for letter in material.letters:
        yield _whole(letter.language, "gold letters", letter.text)


def _non_native(material: Material, random: Random) -> Iterator[Sample]:
    """Letters by people with another mother tongue, and letters full of foreign names."""
    for letter in material.letters:
        if letter.language != "en":
            continue
        foreign = any(one in letter.voice for one in _FOREIGN_VOICES)
        texts = [letter.text] if foreign else []
        texts += [_renamed(letter, material, random) for _ in range(5 if foreign else 2)]
        for text in texts:
            yield Sample(
                kind=Kind.NON_NATIVE,
                language="en",
                source="gold letters",
                text=normalize_text(text),
            )


def _renamed(letter: GoldLetter, material: Material, random: Random) -> str:
    """The letter with every person and place named as in one foreign country."""
    names = material.names[random.choice(sorted(material.names))]
    text = letter.text
    for mark in reversed(letter.marks):
        if mark.kind is EntityKind.PERSON:
            name = random.choice(names["first"])
            if " " in mark.text:
                name += " " + random.choice(names["family"])
        elif mark.kind is EntityKind.PLACE:
            name = random.choice(names["town"])
        else:
            continue
        text = text[: mark.span.start] + name + text[mark.span.end :]
    return text


def _mixed(material: Material, random: Random) -> Iterator[Sample]:
    """English letters with a passage of two to four foreign sentences, and half foreign ones."""
    english = _english(material)
    for language, sentences in material.sentences.items():
        for number in range(50):
            base = _cut_sentences(random.choice(english), random.randint(60, 250))
            passage = " ".join(random.sample(sentences, random.randint(2, 4)))
            yield _with_passage(language, base, passage, random, inline=number % 2 == 0)
        for _ in range(25):
            base = _cut_sentences(random.choice(english), random.randint(30, 150))
            count = len(base.split())
            half = _cut_sentences(
                _paragraphs(random.sample(sentences, len(sentences)), random), count
            )
            parts = [base, half] if random.random() < 0.5 else [half, base]
            yield Sample(
                kind=Kind.HALF, language=language, source="written", text="\n\n".join(parts)
            )


def _greeted(material: Material, random: Random) -> Iterator[Sample]:
    english = _english(material)
    for language, greeting in material.greetings:
        for _ in range(5):
            base = _cut_sentences(random.choice(english), random.randint(60, 250))
            text = f"{base}\n\n{greeting}\n" if random.random() < 0.5 else f"{greeting},\n\n{base}"
            start = text.index(greeting)
            span = Span(start=start, end=start + len(greeting))
            yield Sample(
                kind=Kind.GREETING, language=language, source="written", text=text, passage=span
            )


def _english(material: Material) -> tuple[str, ...]:
    """English letters of at least 60 words that have a sentence to stop after."""
    letters = [one.text for one in material.letters if one.language == "en" and not one.tags]
    texts = [*letters, *material.records["en_mitford_letters"]]
    return tuple(one for one in texts if len(one.split()) >= 60)


def _with_passage(
    language: str, base: str, passage: str, random: Random, *, inline: bool
) -> Sample:
    """The passage after one of the sentences of `base`, in its paragraph or in one of its own."""
    ends = [match.end() for match in _SENTENCE.finditer(base)]
    place = random.choice(ends) if ends else len(base)
    before, after = base[:place].rstrip(), base[place:].lstrip()
    blank = " " if inline else "\n\n"
    start = len(before) + len(blank) if before else 0
    text = blank.join(one for one in (before, passage, after) if one)
    return Sample(
        kind=Kind.PASSAGE,
        language=language,
        source="in its paragraph" if inline else "in one of its own",
        text=text,
        passage=Span(start=start, end=start + len(passage)),
    )


def _whole(language: str, source: str, text: str) -> Sample:
    return Sample(kind=Kind.WHOLE, language=language, source=source, text=normalize_text(text))


def _length(random: Random, *, short: bool) -> int:
    """A length in words; long ones are as frequent as those of half their length."""
    if short:
        return random.randint(_SHORTEST, SHORT - 1)
    return min(_LONGEST, int(SHORT * (_LONGEST / SHORT) ** random.random()) + 1)


def _prose(records: Sequence[str], random: Random, *, short: bool) -> str:
    """A text of a drawn length; lists of prices, names and addresses are drawn again."""
    words = _length(random, short=short)
    while True:
        text = _to_length(records, random, words)
        tokens = text.split()
        plain = sum(one.strip(_SIGNS).isalpha() and one.islower() for one in tokens)
        if plain >= _PLAIN * len(tokens):
            return text


def _to_length(records: Sequence[str], random: Random, words: int) -> str:
    first = random.randrange(len(records))
    pieces: list[str] = []
    count = 0
    while count < words:
        pieces.append(records[(first + len(pieces)) % len(records)])
        count += len(pieces[-1].split())
    return _cut("\n\n".join(pieces), words)


def _cut(text: str, words: int) -> str:
    """The first `words` words, with the blanks and lines between them."""
    ends = [at + len(word) for at, word in words_of(text)]
    return text if len(ends) <= words else text[: ends[words - 1]]


def _cut_sentences(text: str, words: int) -> str:
    """Whole sentences from the beginning, until there are `words` words."""
    taken = ""
    for match in _SENTENCE.finditer(text):
        if len(taken.split()) >= words:
            break
        taken += match.group()
    return taken.rstrip() or text


def _paragraphs(sentences: Sequence[str], random: Random) -> str:
    """The sentences in paragraphs of one to five."""
    text = ""
    left = 0
    for sentence in sentences:
        text += sentence + ("\n\n" if left == 0 else " ")
        left = random.randint(0, 4) if left == 0 else left - 1
    return text.strip()
