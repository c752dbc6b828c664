"""
`python -m corpus`: turn letters into standoff pairs and back, check the corpus, score the pipeline.

Exit codes: 0 done, 1 something was found wrong or a floor was missed, 2 usage.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from corpus import report
from corpus.authoring import parse_mark_file, render_mark_file
from corpus.bench.command import bench
from corpus.check import check_corpus
from corpus.errors import CorpusError
from corpus.floors import load_floors, missed_floors
from corpus.gold import Group, Part, gold_folders, load_letter
from corpus.score import LetterScore, summarize_sets
from corpus.spec import (
    KNOWN_FAILURES,
    SPEC_FOLDER,
    broken_promises,
    load_known_failures,
    load_spec,
    render_known_failures,
)
from corpus.standoff import render_standoff

app = typer.Typer(
    help="Letters as data: mark them, check them, score the pipeline on them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(epilog="Example: python -m corpus bench --part heldout")(bench)


@app.command(epilog="Example: python -m corpus mark drafts/*.mark --out corpus/gold/en/dev")
def mark(
    files: Annotated[list[Path], typer.Argument(help="letters with inline marks (NAME.mark)")],
    out: Annotated[Path, typer.Option(help="the folder that gets NAME.txt and NAME.toml")],
) -> None:
    """Turn letters with inline marks into standoff pairs."""
    try:
        letters = [parse_mark_file(path.stem, path.read_bytes().decode("utf-8")) for path in files]
    except CorpusError as error:
        _complain(str(error))
    out.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        (out / f"{letter.name}.txt").write_bytes(letter.text.encode("utf-8"))
        (out / f"{letter.name}.toml").write_bytes(render_standoff(letter).encode("utf-8"))
    typer.echo(f"{len(letters)} letters written to {out}")


@app.command(epilog="Example: python -m corpus unmark corpus/gold/en/dev/NAME.txt > NAME.mark")
def unmark(
    file: Annotated[Path, typer.Argument(help="the NAME.txt of a standoff pair")],
) -> None:
    """Print one letter with inline marks, for editing."""
    try:
        letter = load_letter(file.parent, file.stem)
    except CorpusError as error:
        _complain(str(error))
    typer.echo(render_mark_file(letter), nl=False)


@app.command(epilog="Example: python -m corpus check")
def check() -> None:
    """Check every gold letter, spec case and the case register."""
    complaints = list(check_corpus())
    for complaint in complaints:
        typer.echo(complaint, err=True)
    if complaints:
        raise typer.Exit(code=1)
    typer.echo("The corpus is sound.")


@app.command(epilog="Example: python -m corpus score --part dev --floor corpus/floors.toml")
def score(
    *,
    lang: Annotated[str, typer.Option(help="language of the letters")] = "en",
    part: Annotated[Part, typer.Option(help="which letters")] = Part.ALL,
    group: Annotated[Group | None, typer.Option(help="only this group of letters")] = None,
    floor: Annotated[Path | None, typer.Option(help="exit 1 under one of these floors")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="list what went wrong")] = False,
    known: Annotated[bool, typer.Option("--known", help="tell what the registry knows")] = False,
    json: Annotated[bool, typer.Option("--json", help="figures as JSON")] = False,
) -> None:
    """Run the pipeline on the gold letters and print how well it did."""
    console = Console()
    try:
        floors = () if floor is None else load_floors(floor)
        letters = _score_letters(lang, part, group, known=known)
        summaries = summarize_sets(letters, language=lang)
        figures = {name: summary.figures() for name, summary in summaries.items()}
        complaints = missed_floors(floors, figures)
    except CorpusError as error:
        _complain(str(error))
    if json:
        typer.echo(report.as_json(summaries))
    else:
        report.print_tables(console, summaries)
    if misses:
        report.print_misses(console, letters)
    for complaint in complaints:
        typer.echo(f"under its floor: {complaint}", err=True)
    if complaints:
        raise typer.Exit(code=1)


@app.command(epilog="Example: python -m corpus spec --accept")
def spec(
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="write what fails now to known_failures.toml")
    ] = False,
) -> None:
    """Run every spec case and print the broken promises; ! marks those that are not known yet."""
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415 - as in _score_letters
    from corpus.drafting import score_case  # noqa: PLC0415

    pipeline = Pipeline.load()
    cases, known = load_spec(), load_known_failures()
    broken: set[str] = set()
    for case in cases:
        if reasons := broken_promises(case, score_case(pipeline, case)):
            broken.add(case.case_id)
            sign = " " if case.case_id in known else "!"
            typer.echo(f"{sign} {case.case_id}: {case.text!r}: {'; '.join(reasons)}")
    typer.echo(f"{len(cases) - len(broken)} of {len(cases)} promises are kept")
    for case_id in sorted(known - broken):
        typer.echo(f"kept now, take it off {KNOWN_FAILURES}: {case_id}", err=True)
    if accept:
        text = render_known_failures(broken)
        (SPEC_FOLDER / KNOWN_FAILURES).write_text(text, encoding="utf-8")
    elif broken != known:
        raise typer.Exit(code=1)


def _score_letters(
    language: str, part: Part, group: Group | None, *, known: bool
) -> tuple[LetterScore, ...]:
    # spaCy takes seconds to import, and the other commands need none of it.
    from anonymizer.pipeline import Pipeline  # noqa: PLC0415
    from corpus.drafting import score_folder  # noqa: PLC0415

    pipeline = Pipeline.load()
    return tuple(
        letter
        for folder in gold_folders(language, part)
        for letter in score_folder(pipeline, folder, known=known)
        if group is None or letter.group is group
    )


def _complain(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(code=1)


if __name__ == "__main__":
    app(prog_name="python -m corpus")
