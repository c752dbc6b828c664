"""
`anonymizer-service key …`, `user identity` and `webhook …`: what an operator does about access.

Contract: as `service.cli`: the same actions as the pages, audited as the operator.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from service.actions.desk import Desk
from service.actions.keys import (
    LONGEST_LIFE_DAYS,
    OVERLAP_DAYS,
    add_key,
    all_keys,
    end_key,
    rotate_key,
)
from service.actions.provider_visits import link_person
from service.actions.webhooks import list_undelivered, send_again
from service.operators import operator
from service.workflow.people import SCOPES, Permission

OpenDesk = Callable[[Path | None], AbstractContextManager[Desk]]

_DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
]
_DaysOption = Annotated[int, typer.Option(help="Days until the key ends, at most a year.")]


def add_key_commands(app: typer.Typer, open_desk: OpenDesk) -> None:
    """The commands about API keys."""
    _add_making(app, open_desk)
    _add_listing(app, open_desk)
    _add_ending(app, open_desk)


def _add_making(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("add")
    def key_add(
        name: str,
        scope: Annotated[
            list[str] | None,
            typer.Option(help=f"May be given several times: {', '.join(SCOPES)}. Default: all."),
        ] = None,
        days: _DaysOption = LONGEST_LIFE_DAYS,
        address: Annotated[
            list[str] | None,
            typer.Option("--from", help="Address or network it may be used from; several times."),
        ] = None,
        data: _DataOption = None,
    ) -> None:
        """Print a new API key for a client. It is shown here only."""
        scopes = _scopes(scope) if scope else SCOPES
        with open_desk(data) as desk:
            typer.echo(
                add_key(
                    desk,
                    operator(desk.settings),
                    client=name,
                    scopes=scopes,
                    days=days,
                    addresses=address or (),
                )
            )


def _add_listing(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("list")
    def key_list(data: _DataOption = None) -> None:
        """Print every key: id, client, scopes, until when, last used."""
        with open_desk(data) as desk:
            for one in all_keys(desk, operator(desk.settings)):
                used = one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else "-"
                until = one.expires_at.isoformat(timespec="minutes")
                state = "revoked" if one.revoked_at else f"until {until}"
                scopes = ",".join(sorted(one.scopes))
                networks = ",".join(one.addresses) or "anywhere"
                fields = (one.key_id, one.client, scopes, networks, state, f"last used {used}")
                typer.echo("\t".join(fields))


def _add_ending(app: typer.Typer, open_desk: OpenDesk) -> None:
    @app.command("rotate")
    def key_rotate(
        key_id: str,
        days: _DaysOption = LONGEST_LIFE_DAYS,
        overlap: Annotated[
            int, typer.Option(help="Days that the former key still works.")
        ] = OVERLAP_DAYS,
        data: _DataOption = None,
    ) -> None:
        """Print the key that follows another one; both work for a while."""
        with open_desk(data) as desk:
            typer.echo(
                rotate_key(
                    desk, operator(desk.settings), key_id=key_id, days=days, overlap_days=overlap
                )
            )

    @app.command("revoke")
    def key_revoke(key_id: str, data: _DataOption = None) -> None:
        """End a key at once."""
        with open_desk(data) as desk:
            end_key(desk, operator(desk.settings), key_id=key_id)


def add_webhook_commands(app: typer.Typer, open_desk: OpenDesk) -> None:
    """The commands about status words for registry clients."""

    @app.command("list")
    def webhook_list(data: _DataOption = None) -> None:
        """Print who is told, and the words that did not arrive yet."""
        with open_desk(data) as desk:
            for client, listener in desk.listeners.items():
                typer.echo(f"told\t{client}\t{listener.address}")
            for one in list_undelivered(desk, operator(desk.settings)):
                state = "given up" if one.dead_at else f"tried {one.attempts} times"
                fields = (one.client, one.letter_id, one.status, state, one.failure or "-")
                typer.echo("\t".join((one.delivery_id, *fields)))

    @app.command("retry")
    def webhook_retry(delivery_id: str, data: _DataOption = None) -> None:
        """Send a word again that was given up."""
        with open_desk(data) as desk:
            send_again(desk, operator(desk.settings), delivery_id=delivery_id)


def add_identity_command(app: typer.Typer, open_desk: OpenDesk) -> None:
    """The command that joins a person and the identity provider."""

    @app.command("identity")
    def user_identity(name: str, subject: str, data: _DataOption = None) -> None:
        """Say as which subject the identity provider knows a person."""
        with open_desk(data) as desk:
            link_person(desk, operator(desk.settings), name=name, subject=subject)


def _scopes(codes: list[str]) -> frozenset[Permission]:
    known = {scope.value: scope for scope in SCOPES}
    unknown = sorted(set(codes) - set(known))
    if unknown:
        message = f"Scopes are: {', '.join(known)}."
        raise typer.BadParameter(message)
    return frozenset(known[code] for code in codes)
