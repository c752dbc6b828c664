"""
Tables for spreadsheets: what is in a cell stays text.

Contract: pure. Names and ids are typed by people; a program for tables that opens the file must not
take one of them for a formula (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable

_FORMULA = frozenset("=+-@\t\r")


def plain_cell(cell: str) -> str:
    """The cell with a quotation mark before what would be taken for a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def written_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The table as CSV; every cell is text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
