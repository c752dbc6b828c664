"""
`anonymizer-service doctor`: every look, one after the other, as a table or as JSON.

Contract: a look that breaks is itself a finding that fails, and the others go on. The exit status
is 0 when nothing fails (warnings allowed) and 1 otherwise.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from service.doctor.database import look_at_database
from service.doctor.machine import (
    look_at_folders,
    look_at_keys,
    look_at_model,
    look_at_programs,
    look_at_settings,
)
from service.doctor.network import (
    look_at_mail_server,
    look_at_provider,
    look_at_recipients,
    look_at_webhooks,
)
from service.doctor.report import Finding, as_json, fail, failed, print_table
from service.doctor.site import Look, Site
from service.logs import code_location
from service.settings import Settings

LOOKS: tuple[tuple[str, Look], ...] = (
    ("settings", look_at_settings),
    ("folders", look_at_folders),
    ("keys", look_at_keys),
    ("database", look_at_database),
    ("model", look_at_model),
    ("programs", look_at_programs),
    ("mail server", look_at_mail_server),
    ("recipients", look_at_recipients),
    ("identity provider", look_at_provider),
    ("webhooks", look_at_webhooks),
)

_DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
]


def examine(site: Site, looks: tuple[tuple[str, Look], ...] = LOOKS) -> Iterator[Finding]:
    """Every finding of every look."""
    for name, look in looks:
        try:
            yield from look(site)
        except Exception as error:  # noqa: BLE001 - its message could quote anything
            yield fail(
                name,
                f"it could not be looked at ({type(error).__name__}, {code_location(error)})",
                "report this: it is a mistake of the program, or of the machine",
            )


def add_doctor_command(
    app: typer.Typer,
    settings: Callable[[Path | None], Settings],
    refusals: Callable[[], AbstractContextManager[None]],
) -> None:
    """The command."""

    @app.command("doctor")
    def doctor(
        data: _DataOption = None,
        *,
        json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    ) -> None:
        """
        Check everything the service needs. Nothing is changed or sent, no secret is printed.

        Run it as the user of the service and with its settings; it may run meanwhile. Status 0:
        nothing fails; 1: something does.
        """
        with refusals():
            findings = tuple(examine(Site(settings=settings(data))))
        if json:
            typer.echo(as_json(findings))
        else:
            print_table(findings)
        if failed(findings):
            raise typer.Exit(1)
