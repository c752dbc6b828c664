"""
What the commands do, apart from options: called by `anonymizer.cli`, which turns errors into codes.

Each function returns the exit code of its command. Summaries and tables count and classify; only
`explain` shows what a letter says, to the person who asked for it.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import re2
from rich.console import Console

from anonymizer import tables
from anonymizer.batch.bench import BenchOrder
from anonymizer.batch.folders import FolderRun, Summary, redact_folders
from anonymizer.cases import read_cases, read_cover_numbers
from anonymizer.crash import Crash
from anonymizer.disguises import DISGUISED
from anonymizer.errors import UnreadableInput
from anonymizer.model import Case, Circumstances, Draft, Letter, OutgoingFormat, Stage
from anonymizer.outcome import ExitCode, UsageRefused
from anonymizer.progress import shown_progress

#: Wide enough for a table of findings where no terminal tells its width.
_WIDTH_WITHOUT_TERMINAL = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """What a site brings along instead of what is in the package."""

    rules: Path | None
    models: Path | None
    spacy_pipeline: str | None
    formats: Sequence[str]


def order_bench(
    *,
    cases: Path | None,
    countries: tuple[str | None, str | None],
    language: str | None,
    own: SiteFiles,
) -> BenchOrder:
    """What to load, from the options that all commands share. `countries`: writer, reader."""
    return BenchOrder(
        circumstances=Circumstances(
            writer_country=countries[0], reader_country=countries[1], language=language
        ),
        cases=None if cases is None else _cases(cases),
        rules_folder=own.rules,
        models_folder=own.models,
        spacy_pipeline=own.spacy_pipeline,
        donor_number_formats=_checked_formats(own.formats),
    )


def _cases(path: Path) -> tuple[Case, ...]:
    listed = read_cases(_read(path, "case list"), file_name=path.name)
    return tuple(case.as_case() for case in listed)


def _cover_numbers(path: Path) -> dict[str, str]:
    return read_cover_numbers(_read(path, "list of cover numbers"), file_name=path.name)


def _checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    quiet = re2.Options()
    quiet.log_errors = False
    for number, form in enumerate(formats, start=1):
        try:
            re2.compile(form, options=quiet)
        except re2.error:
            message = f"--number-format {number} of {len(formats)} is not an RE2 expression"
            raise UsageRefused(message) from None
    return tuple(formats)


def redact_files(
    paths: tuple[Path, ...],
    out: Path,
    order: BenchOrder,
    *,
    cover_numbers: Path | None,
    report: Path | None,
    jobs: int | None,
    force: bool,
    form: OutgoingFormat = OutgoingFormat.TXT,
) -> int:
    """Letters to drafts, with progress on stderr and a summary on stdout."""
    numbers = _cover_numbers(cover_numbers) if cover_numbers else {}
    run = FolderRun(
        paths=paths,
        out=out,
        order=order,
        cover_numbers=numbers,
        report=report,
        jobs=jobs,
        force=force,
        form=form,
    )
    with shown_progress() as progress:
        summary = redact_folders(run, progress)
    print(_in_words(summary))
    _tell_bugs(summary.bugs)
    return summary.exit_code


def _in_words(summary: Summary) -> str:
    counts = [
        f"{summary.letters} letters: {summary.drafted} drafted",
        f"{summary.held} held for a person",
        f"{summary.unreadable} unreadable",
    ]
    if summary.skipped:
        counts.append(f"{summary.skipped} of them done before")
    return f"{', '.join(counts)}. Reasons: {summary.report}"


def redact_jsonl(order: BenchOrder, *, jobs: int) -> int:
    """Requests on stdin to answers on stdout, one line each."""
    # Imported here: it reads the pipeline's libraries, which the other commands load later.
    from anonymizer.batch.stream import read_lines, redact_stream  # noqa: PLC0415

    def write(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    try:
        summary = redact_stream(read_lines(sys.stdin.fileno()), write, order, jobs=jobs)
    except BrokenPipeError:
        # The reader went away. Python would complain when it flushes stdout at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.NOT_WRITTEN
    _tell_bugs(summary.bugs)
    return summary.exit_code


def _tell_bugs(bugs: tuple[Crash, ...]) -> None:
    for crash in sorted(set(bugs), key=str):
        print(f"anonymizer: bug: {crash}; please report this line", file=sys.stderr)


def explain(path: Path, order: BenchOrder, *, number: str | None, with_text: bool) -> int:
    """One letter's findings, what happens to them and why."""
    draft = _draft(path, order, number)
    console = _console()
    console.print(tables.findings_table(draft, with_text=with_text))
    for line in tables.notes(draft):
        console.print(line, soft_wrap=True)
    if with_text and draft.redaction is not None:
        console.rule("drafted text")
        console.print(tables.plain(draft.redaction.text), soft_wrap=True)
    return ExitCode.SOME_HELD if draft.holds else ExitCode.ALL_DRAFTED


def check_language(path: Path, order: BenchOrder, *, number: str | None, as_json: bool) -> int:
    """Which language one letter is in, for the whole and for each passage."""
    draft = _draft(path, order, number)
    if as_json:
        print(json.dumps(tables.language_facts(draft), ensure_ascii=False, indent=2))
    else:
        console = _console()
        console.print(tables.language_sentence(draft))
        if draft.language is not None and draft.language.passages:
            console.print(tables.passages_table(draft.language))
    admitted = draft.language is not None and draft.language.admitted
    held = any(hold.stage == Stage.LANGUAGE and hold.code != DISGUISED for hold in draft.holds)
    return ExitCode.ALL_DRAFTED if admitted and not held else ExitCode.SOME_HELD


def check_rules(folder: Path | None) -> int:
    """Read all rules, try every pattern on its own examples, list what to check again."""
    from anonymizer.rulecheck import check_rulebook  # noqa: PLC0415 (reads the pattern engine)

    found = check_rulebook(folder, today=_today())
    for warning in found.warnings:
        print(f"warning: {warning}")
    for problem in found.problems:
        print(problem)
    print(found.sentence)
    return ExitCode.BAD_RULES if found.problems else ExitCode.ALL_DRAFTED


def show_rule(
    folder: Path | None, *, countries: tuple[str, str], registries: tuple[str | None, str | None]
) -> int:
    """The rule of a pair, donor's side first, and where each part of it is from."""
    from anonymizer.exchange import load_exchange_rules, pair_rule  # noqa: PLC0415 (rarely asked)
    from anonymizer.exchange.codes import COUNTRY_CODES  # noqa: PLC0415
    from anonymizer.exchange.table import rule_notes, rule_table  # noqa: PLC0415

    rules = load_exchange_rules(site_folder=folder)
    for country in countries:
        if country not in COUNTRY_CODES:
            message = f"{country} is no country code (ISO 3166-1 alpha-2)"
            raise UsageRefused(message)
    for registry in registries:
        if registry is not None and registry not in rules.registries:
            message = f"no row for this registry; there are {', '.join(rules.registries)}"
            raise UsageRefused(message)
    donor, patient = map(rules.side, countries, registries)
    rule = pair_rule(donor, patient)
    console = _console()
    console.print(rule_table(rule, donor=donor, patient=patient))
    for note in rule_notes(rule):
        console.print(note, soft_wrap=True)
    return ExitCode.ALL_DRAFTED


def _today() -> date:
    """The date where the program runs."""
    return datetime.now().astimezone().date()


def _draft(path: Path, order: BenchOrder, number: str | None) -> Draft:
    from anonymizer.batch.reading import read_letter  # noqa: PLC0415

    languages = (order.circumstances.language or "en",)
    reading = read_letter(_read(path, "letter"), file_name=path.name, languages=languages)
    letter = Letter.from_text("letter", reading.text, cover_number=number)
    bench = order.set_up()
    return bench.pipeline.draft(letter, bench.circumstances, bench.register)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"the {what} cannot be opened: {error.strerror}"
        raise UnreadableInput(message) from None


def _console() -> Console:
    width = None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    return Console(width=width, highlight=False)
