"""
`anonymizer-service dispatch …`: stop and resume sending, list what left, note receipts.

Contract: as `service.cli`: the same actions as the pages, audited as the operator. Lists carry ids
and times, no name and no word of a letter.
"""

import csv
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from service.actions.desk import Desk
from service.actions.reach import find_reached
from service.actions.returned_mail import record_bounce, record_dispatch_receipt
from service.actions.sending import list_sent, pause_sending, resume_sending, sending_pause
from service.operators import operator
from service.workflow.spreadsheet import plain_cell
from service.workflow.switches import PAUSE_SENTENCES

OpenDesk = Callable[[Path | None], AbstractContextManager[Desk]]

_DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
]
_Since = Annotated[
    datetime | None, typer.Option(help="From when on (UTC); a day ago if not given.")
]
_Until = Annotated[datetime | None, typer.Option(help="Until when (UTC); now if not given.")]


def add_dispatch_commands(app: typer.Typer, open_desk: OpenDesk) -> None:
    """The commands about sending."""
    _add_switch(app, open_desk)
    _add_list(app, open_desk)
    _add_reached(app, open_desk)
    _add_receipts(app, open_desk)


def _add_switch(app: typer.Typer, open_desk: OpenDesk) -> None:

    @app.command("pause")
    def pause(data: _DataOption = None) -> None:
        """Stop all sending, on every machine, until `dispatch resume`."""
        with open_desk(data) as desk:
            pause_sending(desk, operator(desk.settings))
            typer.echo("Stopped. Nothing leaves until: anonymizer-service dispatch resume")

    @app.command("resume")
    def resume(data: _DataOption = None) -> None:
        """Let letters leave again."""
        with open_desk(data) as desk:
            resume_sending(desk, operator(desk.settings))
            typer.echo("Letters are sent again.")

    @app.command("status")
    def status(data: _DataOption = None) -> None:
        """Say whether letters are sent."""
        with open_desk(data) as desk:
            held = sending_pause(desk)
        if held is None:
            typer.echo("Letters are sent.")
        else:
            since = held.since.isoformat(timespec="seconds")
            typer.echo(f"Stopped since {since} by {held.by}. {PAUSE_SENTENCES[held.reason]}")


def _add_list(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("sent")
    def sent(since: _Since = None, until: _Until = None, data: _DataOption = None) -> None:
        """List what left in a stretch of time, as CSV: whom to call if something was wrong."""
        with open_desk(data) as desk:
            now = desk.now()
            first = since.replace(tzinfo=UTC) if since else now - timedelta(days=1)
            last = until.replace(tzinfo=UTC) if until else now
            found = list_sent(desk, operator(desk.settings), since=first, until=last)
        typer.echo("dispatch_id,letter_id,recipient_id,endpoint_version,sha256,sent_at,receipt_at")
        for one in found:
            times = [at.isoformat() if at else "" for at in (one.done_at, one.receipt_at)]
            ids = [one.dispatch_id, one.letter_id, one.recipient_id, str(one.endpoint_version)]
            typer.echo(",".join([*ids, one.digest, *times]))


def _add_reached(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("reached")
    def reached(
        since: _Since = None,
        until: _Until = None,
        letter: Annotated[str | None, typer.Option(help="Of this letter only.")] = None,
        case: Annotated[str | None, typer.Option(help="Of this case only.")] = None,
        data: _DataOption = None,
    ) -> None:
        """List who got to know which letters, as CSV: for the report of a breach in 72 hours."""
        with open_desk(data) as desk:
            now = desk.now()
            first = since.replace(tzinfo=UTC) if since else now - timedelta(days=1)
            last = until.replace(tzinfo=UTC) if until else now
            found = find_reached(
                desk,
                operator(desk.settings),
                since=first,
                until=last,
                letter_id=letter,
                case_id=case,
            )
        until_when = f"{now + timedelta(hours=72):%Y-%m-%d %H:%M} UTC"
        typer.echo(f"If it is known since now, report it until {until_when}.", err=True)
        writer = csv.writer(sys.stdout)
        writer.writerow(["at", "how", "who", "letter_id", "case_id", "sha256"])
        for one in found:
            cells = [one.at.isoformat(), one.how, one.who, one.letter_id, one.case_id, one.digest]
            writer.writerow([plain_cell(cell or "") for cell in cells])


def _add_receipts(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("receipt")
    def receipt(dispatch_id: str, data: _DataOption = None) -> None:
        """Note that the recipient has confirmed a dispatch."""
        with open_desk(data) as desk:
            record_dispatch_receipt(desk, operator(desk.settings), dispatch_id=dispatch_id)
            typer.echo("Noted.")

    @app.command("bounced")
    def bounced(dispatch_id: str, data: _DataOption = None) -> None:
        """Note that a dispatch came back; the letter waits for a person."""
        with open_desk(data) as desk:
            record_bounce(desk, operator(desk.settings), dispatch_id=dispatch_id)
            typer.echo("Noted. The letter stands among those that could not be sent.")
