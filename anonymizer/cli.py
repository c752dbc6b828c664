"""
`anonymizer`: the command line. Parses options and turns every error into one line and a code.

Nothing heavy is imported before a command runs, so that `--help` answers at once. No message
repeats what a letter says or is called.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from anonymizer.crash import Crash
from anonymizer.errors import AnonymizerError
from anonymizer.model import OutgoingFormat
from anonymizer.options import (
    CaseFile,
    DonorNumber,
    Format,
    Language,
    LetterFile,
    ModelsFolder,
    NumberFormats,
    ReaderCountry,
    RulesFolder,
    SpacyPipeline,
    WriterCountry,
    country_code,
)
from anonymizer.outcome import ExitCode, UsageRefused
from anonymizer.quiet import keep_quiet

app = typer.Typer(
    name="anonymizer",
    help="""Finds what identifies people in letters between stem-cell donors and patients.

It writes drafts. A person reads each draft before anything is sent.

\b
Begin with:
  anonymizer explain letter.txt
  anonymizer redact letters/ --out drafts/
""",
    no_args_is_help=True,
    add_completion=False,
    # Rich would take 0.1 s for a prettier --help, and its tracebacks show local variables.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
rules_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(rules_app, name="rules", help="Look after the rules.")

_NO_LETTERS = "name letters and a folder for their drafts: anonymizer redact PATH... --out DIR"
_NOT_WITH_JSONL = (
    "--jsonl reads stdin and writes stdout: "
    "no PATH, --out, --report, --force, --cover-numbers, --format"
)


def _show_version(asked: bool) -> None:  # noqa: FBT001 (Typer calls it with the option's value)
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 (slow, and rarely asked for)

        typer.echo(f"anonymizer {version('letter-anonymizer')}")
        raise typer.Exit


@app.callback()
def _global_options(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    keep_quiet()


@app.command(
    help="""Draft letters: files and folders to a folder of drafts, or JSON Lines to JSON Lines.

A folder is searched for letters as text, mail (.eml), Word, OpenDocument, PDF and pictures;
what each file is, its content decides. Drafts keep the letters' names; a letter that waits for a
person has its draft in DIR/held. DIR/report.jsonl tells what was found in each letter and why it
waits. Run the same command again to go on after an interruption: what is done is skipped.

\b
Examples:
  anonymizer redact letters/ --out drafts/
  anonymizer redact letter.txt --out drafts/ --writer-country DE --reader-country US
  anonymizer redact letters/ --out drafts/ --cases cases.csv --jobs 4
  anonymizer redact mail.eml scan.pdf photos/ --out drafts/ --format pdf
  anonymizer redact --jsonl < requests.jsonl > answers.jsonl

\b
Exit codes: 0 all drafted, 3 some held, 2 usage, 10 unreadable input,
11 bad rules, 12 model missing, 70 bug, 74 not written, 130 interrupted.
"""
)
def redact(  # noqa: PLR0913 (each parameter is an option)
    *,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Letters and folders of letters.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the drafts and the report.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read requests from stdin, write answers to stdout.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; without it, what pays.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite drafts that are out of date or were edited.")
    ] = False,
    form: Format = OutgoingFormat.TXT,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report instead of DIR/report.jsonl.")
    ] = None,
    cases: CaseFile = None,
    cover_numbers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV file that tells the number on each cover."),
    ] = None,
    writer_country: WriterCountry = None,
    reader_country: ReaderCountry = None,
    language: Language = None,
    rules: RulesFolder = None,
    models: ModelsFolder = None,
    spacy_pipeline: SpacyPipeline = None,
    number_formats: NumberFormats = None,
) -> None:
    """Draft letters from files or from JSON Lines."""
    with _errors_in_one_line():
        if jsonl and (paths or out or report or force or cover_numbers or form != "txt"):
            raise UsageRefused(_NOT_WITH_JSONL)
        if not jsonl and not (paths and out):
            raise UsageRefused(_NO_LETTERS)
        from anonymizer import commands  # noqa: PLC0415 (see the module's docstring)

        order = commands.order_bench(
            cases=cases,
            countries=(writer_country, reader_country),
            language=language,
            own=commands.SiteFiles(
                rules=rules,
                models=models,
                spacy_pipeline=spacy_pipeline or None,
                formats=number_formats or (),
            ),
        )
        if paths and out:
            code = commands.redact_files(
                tuple(paths),
                out,
                order,
                cover_numbers=cover_numbers,
                report=report,
                jobs=jobs,
                force=force,
                form=form,
            )
        else:
            code = commands.redact_jsonl(order, jobs=jobs or 1)
        raise typer.Exit(code)


@app.command(
    help="""Show every finding of one letter, what happens to it and why, and the drafted text.

With --no-text nothing of the letter is shown: places are given as character positions.

\b
Examples:
  anonymizer explain letter.txt
  anonymizer explain letter.txt --writer-country PL --reader-country GB --no-text
"""
)
def explain(  # noqa: PLR0913 (each parameter is an option)
    *,
    letter: LetterFile,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Show passages and the drafted text.")
    ] = True,
    donor_number: DonorNumber = None,
    cases: CaseFile = None,
    writer_country: WriterCountry = None,
    reader_country: ReaderCountry = None,
    language: Language = None,
    rules: RulesFolder = None,
    models: ModelsFolder = None,
    spacy_pipeline: SpacyPipeline = None,
    number_formats: NumberFormats = None,
) -> None:
    """Show every finding of one letter."""
    with _errors_in_one_line():
        from anonymizer import commands  # noqa: PLC0415

        order = commands.order_bench(
            cases=cases,
            countries=(writer_country, reader_country),
            language=language,
            own=commands.SiteFiles(
                rules=rules,
                models=models,
                spacy_pipeline=spacy_pipeline or None,
                formats=number_formats or (),
            ),
        )
        raise typer.Exit(commands.explain(letter, order, number=donor_number, with_text=text))


@app.command(
    help="""Tell which language a letter is in, and whether the exchange admits it.

\b
Examples:
  anonymizer check letter.txt
  anonymizer check letter.txt --writer-country DE --reader-country US --json

\b
Exit codes: 0 admitted, 3 not admitted or undecidable.
"""
)
def check(  # noqa: PLR0913 (each parameter is an option)
    *,
    letter: LetterFile,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
    donor_number: DonorNumber = None,
    cases: CaseFile = None,
    writer_country: WriterCountry = None,
    reader_country: ReaderCountry = None,
    language: Language = None,
    rules: RulesFolder = None,
    models: ModelsFolder = None,
    spacy_pipeline: SpacyPipeline = None,
    number_formats: NumberFormats = None,
) -> None:
    """Tell which language a letter is in."""
    with _errors_in_one_line():
        from anonymizer import commands  # noqa: PLC0415

        order = commands.order_bench(
            cases=cases,
            countries=(writer_country, reader_country),
            language=language,
            own=commands.SiteFiles(
                rules=rules,
                models=models,
                spacy_pipeline=spacy_pipeline or None,
                formats=number_formats or (),
            ),
        )
        raise typer.Exit(
            commands.check_language(letter, order, number=donor_number, as_json=as_json)
        )


@rules_app.command(
    "check",
    help="""Read all rules and try every pattern on its own examples.

Rows of the exchange that were checked more than a year ago are listed as warnings.

\b
Examples:
  anonymizer rules check
  anonymizer rules check --rules our-rules/
""",
)
def check_rules(*, rules: RulesFolder = None) -> None:
    """Read all rules and try every pattern on its own examples."""
    with _errors_in_one_line():
        from anonymizer import commands  # noqa: PLC0415

        raise typer.Exit(commands.check_rules(rules))


@rules_app.command(
    "show",
    help="""Show the rule between a donor's and a patient's country, and where it is from.

For every field the stricter side counts. What is unknown on one side holds letters.

\b
Examples:
  anonymizer rules show DE PL
  anonymizer rules show DE PL --donor-registry dkms-de --patient-registry dkms-pl
""",
)
def show_rule(
    *,
    donor_country: Annotated[
        str, typer.Argument(metavar="DONOR", callback=country_code, help="Country of the donor.")
    ],
    patient_country: Annotated[
        str,
        typer.Argument(metavar="PATIENT", callback=country_code, help="Country of the patient."),
    ],
    donor_registry: Annotated[
        str | None, typer.Option(metavar="ID", help="Registry of the donor, such as dkms-de.")
    ] = None,
    patient_registry: Annotated[
        str | None, typer.Option(metavar="ID", help="Registry of the patient, such as dkms-pl.")
    ] = None,
    rules: RulesFolder = None,
) -> None:
    """Show the rule between two countries."""
    with _errors_in_one_line():
        from anonymizer import commands  # noqa: PLC0415

        raise typer.Exit(
            commands.show_rule(
                rules,
                countries=(donor_country, patient_country),
                registries=(donor_registry, patient_registry),
            )
        )


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Whatever goes wrong ends in one line on stderr and the exit code that stands for it."""
    try:
        yield
    except typer.Exit:
        raise
    except AnonymizerError as error:
        _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        _end("stopped; run the same command again to go on", ExitCode.INTERRUPTED)
    except OSError as error:
        # The system's words for the error, without the name of a file.
        _end(f"a file could not be read or written: {error.strerror}", ExitCode.NOT_WRITTEN)
    except Exception as error:  # noqa: BLE001 (the last resort: no traceback, it may quote a letter)
        _end(f"bug: {Crash.of(error)}; please report this line", ExitCode.BUG)


def _end(message: str, code: int) -> NoReturn:
    _tell(message)
    raise typer.Exit(code) from None


def _tell(message: str) -> None:
    print(f"anonymizer: {message}", file=sys.stderr)


def main() -> None:
    """Run the command line."""
    try:
        app(prog_name="anonymizer")
    except Exception as error:  # noqa: BLE001 (what happens before a command; no traceback either)
        _tell(f"bug: {Crash.of(error)}; please report this line")
        sys.exit(ExitCode.BUG)


if __name__ == "__main__":
    main()
