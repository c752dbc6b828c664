"""
Files in, files out: a folder of letters becomes a folder of drafts with a report.

A run can be killed at any moment and started again: letters that are done and unchanged are
skipped, nothing is overwritten unless that was asked for.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anonymizer.batch.answers import failed_answer, unreadable_answer
from anonymizer.batch.bench import Bench, BenchOrder
from anonymizer.batch.files import clear_temporary_files, write_atomically
from anonymizer.batch.outgoing import Drafted, drafted
from anonymizer.batch.plan import (
    Source,
    State,
    check_names,
    find_sources,
    is_done,
    output_name,
    would_overwrite,
)
from anonymizer.batch.report import REPORT_NAME, Entry, Report
from anonymizer.batch.workers import Workers, default_jobs
from anonymizer.crash import Crash
from anonymizer.errors import Unreadable
from anonymizer.model import Channel, Letter, OutgoingFormat
from anonymizer.outcome import ExitCode, UsageRefused, exit_code_of, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRun:
    """What was asked for: letters below `paths` to drafts below `out`."""

    paths: tuple[Path, ...]
    out: Path
    order: BenchOrder
    cover_numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    report: Path | None = None
    jobs: int | None = None
    force: bool = False
    form: OutgoingFormat = OutgoingFormat.TXT

    def circumstances_of(self, source: Source) -> str:
        """SHA-256 of what, besides its text and the versions, a letter's draft depends on."""
        told = f"{self.order.digest} {self.form} {self.cover_numbers.get(source.name, '')}"
        return _digest(told.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How a run ended: letters by outcome, whether drafted now or before."""

    exit_code: ExitCode
    drafted: int
    held: int
    unreadable: int
    bugs: tuple[Crash, ...]
    skipped: int
    report: Path

    @property
    def letters(self) -> int:
        """How many letters the run was about."""
        return self.drafted + self.held + self.unreadable + len(self.bugs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A letter's file as a worker process gets it; `data` is None when it cannot be opened."""

    name: str
    data: bytes | None = field(repr=False)
    cover_number: str | None = field(repr=False)
    form: OutgoingFormat
    rules: Path | None


#: Told the number of letters that are done and of all that are to be done.
Progress = Callable[[int, int], None]


def redact_folders(run: FolderRun, progress: Progress) -> Summary:
    """Draft every letter that is not done yet. UsageRefused before anything is written."""
    sources = find_sources(run.paths, out=run.out, form=run.form)
    report_path = run.report or run.out / REPORT_NAME
    check_names(sources, out=run.out, report=report_path)
    jobs = run.jobs or default_jobs(len(sources))
    report = Report(report_path)
    with Workers[_Read, Drafted](run.order, _draft, jobs=jobs) as workers:
        state = State(
            circumstances=run.circumstances_of,
            versions=workers.versions(),
            out=run.out,
            entries=report.entries,
            force=run.force,
        )
        due = [source for source in sources if not _done(source, state)]
        if not run.force:
            _refuse_overwriting(due, state)
        run.out.mkdir(parents=True, exist_ok=True)
        clear_temporary_files(run.out)
        with report:
            reading = _Reading(due=due, run=run)
            shelf = _Shelf(report=report, state=state)
            bugs = _draft_all(reading, workers, shelf, progress)
    return _summary(sources, report, bugs, skipped=len(sources) - len(due), path=report_path)


def _done(source: Source, state: State) -> bool:
    data = _read_file(source.path)
    return is_done(source, None if data is None else _digest(data), state)


def _refuse_overwriting(due: Sequence[Source], state: State) -> None:
    in_the_way = would_overwrite(due, state)
    if in_the_way:
        message = (
            f"nothing was written: older drafts of {in_the_way} letters would be overwritten "
            "(letter, options or versions changed, or they are not in the report); "
            "use --force to draft these anew, or another --out"
        )
        raise UsageRefused(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """Where results are put: the report first, then the file it speaks of."""

    report: Report
    state: State

    def put(self, source: Source, data: bytes | None, result: Drafted) -> None:
        name = output_name(source, result.answer, is_plain=result.is_plain)
        before = self.report.entries.get(source.name)
        entry = Entry(
            path=source.name,
            input_digest=None if data is None else _digest(data),
            output=name,
            output_digest=None if result.content is None else _digest(result.content),
            circumstances=self.state.circumstances(source),
            answer=result.answer,
        )
        self.report.add(entry)
        if name is not None and result.content is not None:
            write_atomically(self.state.out / name, result.content)
        if before is not None and before.output not in {None, name}:
            # The letter moved from held to drafted or back: its other draft is out of date.
            (self.state.out / str(before.output)).unlink(missing_ok=True)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The letters to be drafted, read one after the other while others are being drafted."""

    due: Sequence[Source]
    run: FolderRun
    data: dict[str, bytes | None] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[_Read]:
        for source in self.due:
            self.data[source.name] = data = _read_file(source.path)
            yield _Read(
                name=source.name,
                data=data,
                cover_number=self.run.cover_numbers.get(source.name),
                form=self.run.form,
                rules=self.run.order.rules_folder,
            )


def _draft_all(
    reading: _Reading,
    workers: Workers[_Read, Drafted],
    shelf: _Shelf,
    progress: Progress,
) -> tuple[Crash, ...]:
    bugs: list[Crash] = []
    total = len(reading.due)
    progress(0, total)
    for number, (source, found) in enumerate(
        zip(reading.due, workers.map(reading), strict=True), start=1
    ):
        if isinstance(found, Crash):
            bugs.append(found)
            result = Drafted(answer=failed_answer(source.name, str(found)))
        else:
            result = found
        shelf.put(source, reading.data.pop(source.name), result)
        progress(number, total)
    return tuple(bugs)


def _draft(bench: Bench, read: _Read) -> Drafted:
    """Runs in a worker process: one file's bytes to one public answer and its document."""
    from anonymizer.answer import answer  # noqa: PLC0415 (heavy, and only workers need it)
    from anonymizer.batch.reading import held_for_document, read_letter  # noqa: PLC0415

    if read.data is None:
        reason = "The file cannot be opened."
        return Drafted(answer=unreadable_answer(read.name, reason, bench.versions))
    languages = (bench.circumstances.language or "en",)
    try:
        reading = read_letter(read.data, file_name=read.name, languages=languages)
    except Unreadable as error:
        told = unreadable_answer(read.name, error.sentence, bench.versions, code=error.code)
        return Drafted(answer=told)
    letter = Letter.from_text(
        read.name, reading.text, cover_number=read.cover_number, channel=Channel.FILE
    )
    draft = bench.pipeline.draft(letter, bench.circumstances, bench.register)
    told = held_for_document(answer(draft), reading)
    return drafted(told, draft, read.form, read.rules)


def _read_file(path: Path) -> bytes | None:
    # A pipe or device with a letter's name would block or never end.
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _summary(
    sources: Sequence[Source],
    report: Report,
    bugs: tuple[Crash, ...],
    *,
    skipped: int,
    path: Path,
) -> Summary:
    codes = Counter(exit_code_of(report.entries[source.name].answer) for source in sources)
    return Summary(
        exit_code=ExitCode.BUG if bugs else worst(codes),
        drafted=codes[ExitCode.ALL_DRAFTED],
        held=codes[ExitCode.SOME_HELD],
        unreadable=codes[ExitCode.UNREADABLE_INPUT],
        bugs=bugs,
        skipped=skipped,
        report=path,
    )
