"""
Before the first letter: which files are letters, what their drafts are called, what is to be done.

Everything that could go wrong with names is refused here, so that a run that has begun never
overwrites what it did not write. Messages count the paths given and never repeat them: a file
name may be the name of a patient.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from anonymizer.batch.report import REPORT_NAME, Entry
from anonymizer.model import DraftStatus, OutgoingFormat
from anonymizer.outcome import UsageRefused

HELD_FOLDER = "held"
LETTER_SUFFIX = ".txt"
#: What letters come as. The last ones cannot be read: they are taken so that they are reported.
LETTER_SUFFIXES = (
    *(LETTER_SUFFIX, ".eml", ".docx", ".docm", ".odt", ".pdf"),
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff"),
    *(".doc", ".rtf", ".msg", ".pages", ".heic"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A letter's file. `name` is its path below the folder that all paths given share."""

    path: Path
    name: str
    form: OutgoingFormat = OutgoingFormat.TXT

    @property
    def draft_name(self) -> str:
        """Where a draft without holds goes, below the output folder."""
        end = f".{self.form}"
        return self.name if self.name.endswith(end) else self.name + end

    @property
    def held_name(self) -> str:
        """Where a draft goes that must not be mistaken for a finished one."""
        return f"{HELD_FOLDER}/{self.draft_name}"

    @property
    def plain_name(self) -> str:
        """Where the bare text of a draft goes when its document must not be written."""
        return self.held_name if self.form is OutgoingFormat.TXT else f"{self.held_name}.txt"

    @property
    def names(self) -> tuple[str, ...]:
        """Every file that the letter may become."""
        return tuple(dict.fromkeys((self.draft_name, self.held_name, self.plain_name)))


def find_sources(
    paths: Sequence[Path], *, out: Path, form: OutgoingFormat = OutgoingFormat.TXT
) -> tuple[Source, ...]:
    """
    Every letter below `paths`, sorted by name; folders are searched for `LETTER_SUFFIXES`.

    Names are relative to the folder that all paths share, so equal file names in two folders
    stay apart and the same command finds the same names again.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 (resolve() follows links)
    out = Path(os.path.abspath(out))  # noqa: PTH100
    for number, path in enumerate(absolute, start=1):
        if not path.exists():
            message = f"PATH {number} of {len(absolute)} does not exist"
            raise UsageRefused(message)
    shared = Path(os.path.commonpath([p if p.is_dir() else p.parent for p in absolute]))
    files = {file for path in absolute for file in _letters_below(path, out)}
    sources = (Source(path=file, name=_name(file, shared), form=form) for file in files)
    return tuple(sorted(sources, key=lambda source: source.name))


def _letters_below(path: Path, out: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, subfolders, names in os.walk(path):
        here = Path(folder)
        # Drafts of an earlier run are not letters.
        subfolders[:] = [name for name in subfolders if here / name != out]
        if here != out:
            yield from (here / name for name in names if is_letter_name(name))


def is_letter_name(name: str) -> bool:
    """True for the names of files that a folder is searched for."""
    return name.lower().endswith(LETTER_SUFFIXES)


def _name(file: Path, shared: Path) -> str:
    name = file.relative_to(shared).as_posix()
    # A file name need not be UTF-8, but the report has to be.
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def check_names(sources: Sequence[Source], *, out: Path, report: Path) -> None:
    """UsageRefused when two drafts would share a file, or a draft would replace a letter."""
    if not sources:
        ends = ", ".join(LETTER_SUFFIXES)
        message = f"no letter found: folders are searched for files that end in {ends}"
        raise UsageRefused(message)
    targets = [name for source in sources for name in source.names]
    targets.append(REPORT_NAME)
    if len(set(targets)) < len(targets):
        message = (
            "two of the letters would be written to the same file (a folder called "
            f"'{HELD_FOLDER}', or a name with and without {LETTER_SUFFIX}); redact them separately"
        )
        raise UsageRefused(message)
    letters = {source.path for source in sources}
    out = Path(os.path.abspath(out))  # noqa: PTH100
    written = {out / PurePosixPath(target) for target in targets}
    if letters & (written | {Path(os.path.abspath(report))}):  # noqa: PTH100
        message = "a draft would replace its letter; choose an --out that holds no letters"
        raise UsageRefused(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What holds for a run: what a draft depends on, and what lies on disk."""

    circumstances: Callable[[Source], str]
    versions: Mapping[str, str]
    out: Path
    entries: Mapping[str, Entry]
    force: bool = False


def is_done(source: Source, input_digest: str | None, state: State) -> bool:
    """True when the report has this very letter, drafted the same way, and its draft is there."""
    entry = state.entries.get(source.name)
    return (
        entry is not None
        and input_digest is not None
        and entry.input_digest == input_digest
        and entry.circumstances == state.circumstances(source)
        and dict(entry.versions) == dict(state.versions)
        and _is_there(entry, state)
    )


def _is_there(entry: Entry, state: State) -> bool:
    if entry.output is None:
        return True
    draft = state.out / entry.output
    if not state.force:
        # A draft that a person edited since is theirs.
        return draft.exists()
    return draft.is_file() and entry.output_digest == sha256(draft.read_bytes()).hexdigest()


def would_overwrite(sources: Iterable[Source], state: State) -> int:
    """How many of these letters have a draft already, in any format, that would be replaced."""
    return sum(
        any(
            (state.out / name).exists() for name in (*source.names, *_drafted_before(source, state))
        )
        for source in sources
    )


def _drafted_before(source: Source, state: State) -> tuple[str, ...]:
    """Where the report says that the letter's draft lies: the name depends on the format too."""
    entry = state.entries.get(source.name)
    return () if entry is None or entry.output is None else (entry.output,)


def output_name(
    source: Source, answer: Mapping[str, object], *, is_plain: bool = False
) -> str | None:
    """Where the draft goes, `is_plain` as bare text; None when there is no text to write."""
    if answer["text"] is None:
        return None
    if is_plain:
        return source.plain_name
    return source.draft_name if answer["status"] == DraftStatus.DRAFTED else source.held_name
