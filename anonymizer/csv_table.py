"""
CSV files as registries save them: one table with a header, comma or semicolon, UTF-8.

Contract: `read_table` gives every row with its number as a spreadsheet shows it, or raises
`BadTable`, whose problems name the file, the row and what to do and never quote a cell.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import NoReturn

from anonymizer.errors import UnreadableInput

_MOST_ROWS = 200_000
_MOST_PROBLEMS = 50

#: A row: its number in the file, and its cells by the name of their column.
Row = tuple[int, dict[str, str]]


class BadTable(UnreadableInput):
    """A CSV file has rows that cannot be read. Nothing of it was used."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - 1
        also = f" ({more} more to mend in this file)" if more else ""
        super().__init__(f"{problems[0]}{also}")
        self.problems = _at_most(tuple(problems))


def read_table(content: bytes, *, file_name: str, columns: Sequence[str]) -> tuple[Row, ...]:
    """The rows that are not empty; `columns` must be in the header, others may be."""
    table = _cells(_text(content, file_name), file_name)
    if len(table) > _MOST_ROWS:
        _refuse(f"{file_name}: more than {_MOST_ROWS:,} rows; split the file.")
    header = [name.strip().lower() for name in table[0]] if table else []
    if missing := [name for name in columns if name not in header]:
        _refuse(f"{file_name}, row 1: no column {', '.join(missing)}; the header must name it.")
    if len(set(header)) != len(header):
        _refuse(f"{file_name}, row 1: a column stands twice; keep one of them.")
    filled = [
        (number, row)
        for number, row in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if problems := [
        f"{file_name}, row {number}: {len(row)} cells where the header has {len(header)}; "
        "put a cell with a comma in quotes."
        for number, row in filled
        if len(row) != len(header)
    ]:
        raise BadTable(problems)
    return tuple((number, _named(header, row)) for number, row in filled)


def _named(header: Iterable[str], row: Iterable[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _text(content: bytes, file_name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(f"{file_name}: not UTF-8 text; save it as 'CSV UTF-8'.")
    if "\0" in text:
        _refuse(f"{file_name}: not a CSV file; save it as 'CSV UTF-8'.")
    return text


def _cells(text: str, file_name: str) -> list[list[str]]:
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error:
        _refuse(f"{file_name}, line {reader.line_num}: not valid CSV; check its quotes.")


def _refuse(problem: str) -> NoReturn:
    raise BadTable([problem]) from None


def _at_most(problems: tuple[str, ...]) -> tuple[str, ...]:
    more = len(problems) - _MOST_PROBLEMS
    return problems if more <= 0 else (*problems[:_MOST_PROBLEMS], f"and {more} more problems.")
