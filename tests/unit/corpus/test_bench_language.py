"""The measurement of the language gate: what its texts are, how they are counted, what is told."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from anonymizer.language import LanguageGate
from anonymizer.model import LanguagePassage, LanguageVerdict, Span
from anonymizer.rulebook import load_words
from anonymizer.words import words_of
from corpus.__main__ import app
from corpus.bench import language_tables
from corpus.bench import language_texts as texts
from corpus.bench.language_gate import LanguageReport, Share, digest_of, judge, shares
from corpus.bench.language_texts import Kind, Sample
from corpus.errors import CorpusError
from corpus.gold import GOLD_FOLDER, load_letters

WRITTEN = Path(texts.__file__).parent / "language"
PROSE = "this is what we wrote to each other in the long evenings of that winter. " * 12
NAMES = "name\tgender\tlocale\tweight\n" + "".join(f"Ada\t\t{one}\t\n" for one in texts.LOCALES)
TOWNS = "name\tcountry\tpopulation\tgeonameid\n" + "".join(
    f"Oz\t{one[-2:]}\t20000\t1\n" for one in texts.LOCALES
)
VERDICT = LanguageVerdict(code="en", confidence=0.99, required=("en",), admitted=True)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder that has what the measurement reads, with one invented record per source."""
    for language, folders in texts.FOLDERS.items():
        for folder in folders:
            (tmp_path / folder).mkdir()
            line = json.dumps({"text": PROSE, "lang": language})
            (tmp_path / folder / "spans.jsonl").write_text(f"{line}\n", "utf-8")
    (tmp_path / "gazetteers").mkdir()
    for name, rows in (
        ("given_names_faker_MIT.tsv", NAMES),
        ("surnames_faker_MIT.tsv", NAMES),
        ("cities15000_geonames_CCBY.tsv", TOWNS),
    ):
        (tmp_path / "gazetteers" / name).write_text(rows, "utf-8")
    return tmp_path


def test_the_same_seed_gives_the_same_texts(data: Path) -> None:
    """And another one others; two thousand or more of them, of every kind."""
    first, again, other = (texts.samples(data, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first) >= 2_000
    assert {one.kind for one in first} == set(Kind)
    assert {one.language for one in first} == {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"}


def test_drawn_texts_have_20_to_400_words(data: Path) -> None:
    """Gold letters are as long as they are."""
    drawn = [one for one in texts.samples(data, 1) if one.kind is Kind.WHOLE]
    lengths = [one.words for one in drawn if one.source != "gold letters"]
    assert min(lengths) >= 20
    assert max(lengths) <= 400
    assert any(length < texts.SHORT for length in lengths)


def test_a_foreign_passage_stands_where_the_sample_says(data: Path) -> None:
    """To the code point, as do greetings."""
    written = {path.stem: path.read_text("utf-8") for path in WRITTEN.glob("*.txt")}
    for one in texts.samples(data, 1):
        if one.passage is None:
            continue
        told = one.text[one.passage.start : one.passage.end]
        assert told == told.strip()
        of_kind = "greetings" if one.kind is Kind.GREETING else one.language
        assert told[:20] in written[of_kind]


def test_held_out_letters_are_not_used(data: Path) -> None:
    """Nobody tunes on them, not even on their language."""
    heldout = [one.text for one in load_letters(GOLD_FOLDER / "en" / "heldout")]
    used = {one.text for one in texts.samples(data, 1)}
    assert used.isdisjoint(heldout)


@pytest.mark.parametrize("path", sorted(WRITTEN.glob("??.txt")), ids=lambda path: path.stem)
def test_written_sentences_are_many_and_different(path: Path) -> None:
    """Each a sentence of a letter on its own line."""
    lines = path.read_text("utf-8").splitlines()
    least = 60 if path.stem in {"pl", "it", "pt", "tr"} else 30
    assert len(lines) >= least
    assert len(set(lines)) == len(lines)
    assert all(len(words_of(line)) >= 4 and line[-1] in ".!?" for line in lines)


def test_a_folder_without_corpora_is_named(tmp_path: Path) -> None:
    """With what is missing in it."""
    with pytest.raises(CorpusError, match=r"spans\.jsonl is missing"):
        texts.samples(tmp_path, 1)


@pytest.mark.parametrize("options", [[], ["--data", "no/such/folder"]])
def test_the_command_needs_the_folder(options: list[str]) -> None:
    """A usage error, before anything is loaded."""
    assert CliRunner().invoke(app, ["bench", "--language", *options]).exit_code == 2


def _sample(kind: Kind, language: str, text: str, passage: Span | None = None) -> Sample:
    return Sample(kind=kind, language=language, source="test", text=text, passage=passage)


def test_a_letter_is_right_when_it_is_told_and_goes_the_right_way() -> None:
    """Spanish taken for Portuguese waits too, but is not right."""
    spanish = LanguageVerdict(code="es", confidence=0.99, required=("en",), admitted=False)
    assert judge(_sample(Kind.WHOLE, "en", PROSE), VERDICT).right
    assert not judge(_sample(Kind.WHOLE, "es", PROSE), VERDICT).right
    assert judge(_sample(Kind.WHOLE, "es", PROSE), spanish).right
    assert not judge(_sample(Kind.WHOLE, "pt", PROSE), spanish).right


@pytest.mark.parametrize(
    ("start", "end", "pointed_at", "exact"),
    [(10, 50, True, True), (8, 52, True, False), (10, 40, False, False), (0, 90, False, False)],
    ids=["exact", "nearly", "half of it", "far too much"],
)
def test_a_passage_is_pointed_at_when_it_is_marked_and_little_else(
    start: int, end: int, *, pointed_at: bool, exact: bool
) -> None:
    """A mark on the whole letter would point at nothing."""
    passages = (
        LanguagePassage(span=Span(start=start, end=end), code="de", confidence=0.99),
        LanguagePassage(span=Span(start=95, end=200), code="en", confidence=0.99),
    )
    verdict = LanguageVerdict(
        code="en", confidence=0.99, required=("en",), admitted=True, passages=passages
    )
    judged = judge(_sample(Kind.PASSAGE, "de", PROSE, Span(start=10, end=50)), verdict)
    assert (judged.pointed_at, judged.exact) == (pointed_at, exact)


def test_figures_are_counted_by_hand() -> None:
    """One English letter and one Spanish one that is let through."""
    judged = [judge(_sample(Kind.WHOLE, one, PROSE), VERDICT) for one in ("en", "es")]
    figures = {one.name.strip(): (one.count, one.of) for one in shares(judged)}
    assert figures["40 words and more: right"] == (1, 2)
    assert figures["wholly in another language: let through"] == (1, 1)


def test_the_digest_says_all_of_a_verdict() -> None:
    """A passage moved by one code point is another digest."""
    gate = LanguageGate.load(load_words("function_words"))
    one, moved = gate.judge(PROSE, ("en",)), gate.judge(f" {PROSE}", ("en",))
    assert digest_of([one]) == digest_of([gate.judge(PROSE, ("en",))])
    assert digest_of([one]) != digest_of([moved])


def test_the_table_fits_100_columns_and_says_when_runs_differ() -> None:
    """Figures beside their goals; as JSON the same."""
    share = Share(name="40 words and more: right", of=1000, count=996, goal=">= 0.995")
    report = LanguageReport(
        seed=7,
        texts=2_000,
        milliseconds=1.5,
        shares=(share,),
        by_language=(share,),
        digest="ab" * 32,
        identical=False,
    )
    console = Console(file=io.StringIO(), width=100)
    language_tables.print_language(console, report)
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert max(map(len, printed.splitlines())) <= 100
    assert "0.9960" in printed
    assert "NOT identical" in printed
    figures = json.loads(json.dumps(language_tables.language_figures(report)))
    assert figures["shares"]["40 words and more: right"]["share"] == 0.996
