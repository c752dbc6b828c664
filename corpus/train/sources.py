"""
Reading of the annotated sources and their reduction to one way of marking names.

Every source brings its own label set and its own idea of where a name begins.  Here they are
brought to three labels, titles and kin words are cut off the front of a person's name and the
possessive off its end, because a letter must stay readable as "Dr. [...]'s team".
"""

import csv
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

PERSON, LOCATION, ORGANIZATION = "PERSON", "LOCATION", "ORGANIZATION"
PROSE, MAIL, TWEETS = "prose", "mail", "tweets"
LABELS = (PERSON, LOCATION, ORGANIZATION)
OCCUPATION, CLUE = "OCCUPATION", "CLUE"
TOLD_LABELS = (OCCUPATION, CLUE)
"""What is told rather than named; only the letters written for this project mark it."""

TAGS = ("O", *(f"{prefix}-{label}" for label in LABELS + TOLD_LABELS for prefix in "BI"))


class Span(NamedTuple):
    """A name in a text, in code points, end exclusive."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Record:
    """One annotated text."""

    text: str
    spans: tuple[Span, ...]
    source: str
    complete: bool = True
    """False where organisations were left unmarked, so that "no name" there proves nothing."""

    told: bool = False
    """True where occupations and clues are marked, so that a word outside is none of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """How one folder of the data is to be read."""

    folder: str
    complete: bool = True
    max_train_words: int | None = None
    kind: str = PROSE
    genres: frozenset[str] = frozenset()
    """Only these genres for training; empty means all."""

    def wants(self, raw: Mapping[str, Any]) -> bool:
        """Say whether a text is of a kind to train on; every text may be tested on."""
        return raw["split"] != "train" or not self.genres or raw["genre"] in self.genres


ENGLISH_SOURCES: tuple[Source, ...] = (
    Source("en_uner_ewt", kind=MAIL),
    Source("en_gum"),
    Source("en_cerec_seed", kind=MAIL),
    Source("en_mitford_letters", complete=False, kind=MAIL),
    Source("en_litbank", complete=False),
    Source("en_wnut17", kind=TWEETS),
    Source("en_tweebank", kind=TWEETS),
    Source("en_wikigold"),
    Source("en_uner_pud"),
    Source("en_presidio_synth"),
    Source(
        "en_btc",
        max_train_words=40_000,
        kind=TWEETS,
        genres=frozenset(
            {"twitter:UK general", "twitter:non-UK general", "twitter:UK non-directed"}
        ),
    ),
)

GERMAN_SOURCES: tuple[Source, ...] = (
    Source("de_tillich_briefe", complete=False, kind=MAIL),
    Source("de_schnitzler_briefe", max_train_words=120_000, kind=MAIL),
    Source("de_germeval14"),
    Source("de_uner_pud"),
    Source("de_mobie", max_train_words=15_000, kind=TWEETS),
)
OTHER_SOURCES: tuple[Source, ...] = (
    Source("nl_europeana_OCR", complete=False, max_train_words=50_000),
    Source("fr_europeana_OCR", max_train_words=50_000),
    Source("es_meddocan", max_train_words=60_000),
)

TITLES = frozenset(
    """mr mrs ms miss mister mistress master dr doctor prof professor sir madam madame lady lord
    captain capt colonel col major maj general gen lieutenant lt sergeant sgt corporal private
    commander admiral officer constable inspector detective sheriff judge justice senator
    governor president king queen prince princess duke duchess earl count countess baron baroness
    reverend rev father fr pastor vicar bishop archbishop cardinal pope brother sister rabbi imam
    sheikh shaikh saint nurse matron chancellor minister secretary chairman director coach hon
    aunt auntie aunty uncle grandma grandpa granny gran nana nan grandad granddad grandfather
    grandmother mum mom mummy mommy mama mamma dad daddy papa pa ma cousin old little poor dear
    herrn onkel tante oma opa omi opi großmutter großvater schwester bruder pfarrer pater
    mevrouw meneer mijnheer oom opa tonton tata tío tía abuela abuelo pan pani ciocia wujek babcia
    dziadek ks panie young herr frau fräulein monsieur mme mlle señor señora don doña signor
    signora squire
    dame esq the""".split()
)
NO_NAMES = TITLES | frozenset({"god", "lord", "jesus", "christ", "allah", "heaven", "providence"})

_FIRST_WORD = re.compile(r"[^\W\d_]+\.?(?=\W)")
_POSSESSIVE = re.compile(r"(?:['’]s?)$")
_EDGE = ' \t\n\r,;:!?"“”'


def read_source(source: Source, data: Path, split: str) -> list[Record]:
    """Read one split of a source, reduced to the three labels."""
    folder = data / source.folder
    mapping: dict[str, str] = json.loads((folder / "MAPPING.json").read_text(encoding="utf-8"))
    demonyms = read_demonyms(data)
    records: list[Record] = []
    words = 0
    for raw in _lines(folder / "spans.jsonl"):
        if raw["split"] != split or not usable(raw) or not source.wants(raw):
            continue
        text = str(raw["text"])
        words += len(text.split())
        if split == "train" and source.max_train_words and words > source.max_train_words:
            break
        spans = _unify(text, raw["spans"], mapping)
        spans = tuple(span for span in spans if text[span.start : span.end].lower() not in demonyms)
        records.append(Record(text, spans, source.folder, source.complete))
    return records


def usable(raw: Mapping[str, object]) -> bool:
    """Say whether the licence of the record allows a derived work to be shared."""
    return not raw.get("nc", False)


def read_demonyms(data: Path) -> frozenset[str]:
    """Read the words for peoples; some sources mark a part of them as places."""
    path = data / "gazetteers" / "nationalities_en_MIT.tsv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return frozenset(
        row[key].lower() for row in rows for key in ("nationality", "plural") if row[key]
    )


def read_all(
    sources: Iterable[Source],
    data: Path,
    split: str,
    kinds: Container[str] = (PROSE, MAIL, TWEETS),
) -> dict[str, list[Record]]:
    """Read one split of those sources that are of some kinds."""
    return {
        source.folder: read_source(source, data, split)
        for source in sources
        if source.kind in kinds
    }


def trim_person(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Cut titles and kin words off the front of a name; None if nothing is left of it."""
    while start < end:
        word = _FIRST_WORD.match(text, start, end)
        if word is None or word.group().rstrip(".").lower() not in TITLES:
            break
        start = word.end()
        while start < end and not text[start].isalnum():
            start += 1
    rest = text[start:end].strip(" .").lower()
    return None if not rest or rest in NO_NAMES else (start, end)


def _unify(
    text: str, raw: list[tuple[int, int, str]], mapping: Mapping[str, str]
) -> tuple[Span, ...]:
    spans: list[Span] = []
    for start, end, own_label in sorted(raw):
        label: str | None = mapping.get(own_label, "O")
        # Houses and halls are places in most sources; one of them has a label of its own.
        label = LOCATION if label == "FACILITY" else label
        trimmed = _trim(text, start, end, label) if label in LABELS else None
        if trimmed is None or (spans and trimmed[0] < spans[-1].end):
            continue
        spans.append(Span(*trimmed, str(label)))
    return tuple(spans)


def _trim(text: str, start: int, end: int, label: str | None) -> tuple[int, int] | None:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    possessive = _POSSESSIVE.search(text[start:end])
    if possessive and label == PERSON:
        end = start + possessive.start()
    if start >= end:
        return None
    return trim_person(text, start, end) if label == PERSON else (start, end)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
