"""
`anonymizer-service corrections …`: what people corrected, for the specification.

Contract: as `service.cli`: audited as the operator. What is written holds invented words only.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from service.actions.desk import Desk
from service.actions.exporting import export_corrections, written_corrections
from service.operators import operator

OpenDesk = Callable[[Path | None], AbstractContextManager[Desk]]


def add_correction_commands(app: typer.Typer, open_desk: OpenDesk) -> None:
    """The commands about corrections."""

    @app.callback()
    def corrections() -> None:
        """What people corrected."""

    @app.command("export")
    def export(
        out: Annotated[Path, typer.Option("--out", help="File to write (TOML).")],
        data: Annotated[
            Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
        ] = None,
    ) -> None:
        """Write corrections as cases of the specification, with invented words."""
        with open_desk(data) as desk:
            cases = export_corrections(desk, operator(desk.settings))
            try:
                out.write_text(written_corrections(cases), "utf-8")
            except OSError:
                typer.echo(f"{out}: the file cannot be written.", err=True)
                raise typer.Exit(1) from None
            count = len(cases)
            typer.echo(f"{count} {'case' if count == 1 else 'cases'} written. Read them all once.")
