"""
`anonymizer-service keys …`, `purge`, `erase …`, `hold …`, `backup`, `drill`, `restore`, `audit …`.

Contract: as `service.cli`: audited as the operator; a refusal is a sentence.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from service.actions.backup import make_backup
from service.actions.checking import AnchorKind, anchor_audit, anchor_file, verify_trail
from service.actions.desk import Desk
from service.actions.erasing import (
    erase_case,
    erase_letter,
    hold_case,
    list_due,
    stop_holding_case,
)
from service.actions.master_keys import master_key_states, rotate_master_keys
from service.actions.purging import last_purge, purge_now
from service.operators import operator
from service.restoring import Source, Tried, restore, try_out
from service.settings import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
]
KeysOption = Annotated[
    Path | None,
    typer.Option("--keys", help="Copy of the data keys, or the folder of such copies."),
]
IdentityOption = Annotated[
    Path | None, typer.Option("--identity", help="File with the private key (age) of the backup.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a command gets at the data: an open desk, or settings for what opens it by itself."""

    desk: Callable[[Path | None], AbstractContextManager[Desk]]
    settings: Callable[[Path | None], Settings]
    alone: Callable[[Settings], AbstractContextManager[None]]
    refusals: Callable[[], AbstractContextManager[None]]
    open_settings: Callable[[Settings], Desk]


def add_data_commands(app: typer.Typer, opening: Opening) -> None:
    """Every command about keys, erasure and backups."""
    keys_app = typer.Typer(no_args_is_help=True, help="The keys of everything that is stored.")
    erase_app = typer.Typer(no_args_is_help=True, help="Erase by order.")
    hold_app = typer.Typer(no_args_is_help=True, help="Cases that nothing is erased of.")
    app.add_typer(keys_app, name="keys")
    app.add_typer(erase_app, name="erase")
    app.add_typer(hold_app, name="hold")
    _add_key_commands(keys_app, opening)
    _add_erase_commands(app, erase_app, opening)
    _add_hold_commands(hold_app, opening)
    _add_backup_commands(app, opening)
    _add_restore_commands(app, opening)


def add_audit_commands(app: typer.Typer, opening: Opening) -> None:
    """The commands about the audit trail."""

    @app.command("verify")
    def audit_verify(
        expect: Annotated[
            str | None, typer.Option(help="A 'number:hash' noted earlier outside the database.")
        ] = None,
        data: DataOption = None,
    ) -> None:
        """Check that no event was changed, and print the last one as 'number:hash'."""
        with opening.desk(data) as desk:
            found = verify_trail(desk, expected=expect)
            if not found.anchors:
                typer.echo(
                    f"{anchor_file(desk)}: no end of the trail was ever noted here. A trail that "
                    "was replaced as a whole would not show.",
                    err=True,
                )
            typer.echo(f"{found.seq}:{found.hash}")

    @app.command("anchor")
    def audit_anchor(data: DataOption = None) -> None:
        """Check what was written since the last note, and note the end of the trail now."""
        with opening.desk(data) as desk:
            anchor_audit(desk, AnchorKind.COMMAND)
            typer.echo(f"Noted in {anchor_file(desk)}.")


def _add_key_commands(app: typer.Typer, opening: Opening) -> None:
    @app.command("status")
    def keys_status(data: DataOption = None) -> None:
        """List the master keys, and of how many letters or cases each wraps the key."""
        with opening.desk(data) as desk:
            for one in master_key_states(desk, operator(desk.settings)):
                state = "in use" if one.newest else "wraps nothing: may go" if one.may_go else "old"
                typer.echo(f"{one.purpose.value:<9} {one.key_id:<20} {one.wraps:>8}  {state}")

    @app.command("rotate")
    def keys_rotate(data: DataOption = None) -> None:
        """Make new master keys and wrap every key anew. The service may run meanwhile."""
        with opening.desk(data) as desk:
            count = rotate_master_keys(desk, operator(desk.settings))
            typer.echo(f"{count} keys are wrapped anew. Back the key files up now.")


def _add_erase_commands(app: typer.Typer, erase_app: typer.Typer, opening: Opening) -> None:
    @app.command("purge")
    def purge(
        data: DataOption = None,
        *,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Say what would be erased, erase nothing.")
        ] = False,
    ) -> None:
        """Erase what is older than the settings say. A letter that was not sent is never erased."""
        with opening.desk(data) as desk:
            last = last_purge(desk)
            told = f"{last.done_at:%Y-%m-%d %H:%M} UTC" if last.done_at else "never"
            typer.echo(f"Last purge: {told}.")
            if dry_run:
                due = list_due(desk)
                counts = Counter(one.part.value for one in due)
                for part, count in counts.items():
                    typer.echo(f"{part}: {count} letters")
                typer.echo(f"{len(due)} letters in all. Nothing was erased.")
                return
            purged = purge_now(desk, operator(desk.settings))
            typer.echo(f"Parts of {purged.count} letters were erased.")
            if purged.failed:
                typer.echo("These letters could not be erased; see the log for each:", err=True)
                for letter_id in sorted(purged.failed):
                    typer.echo(letter_id, err=True)
                raise typer.Exit(1)

    @erase_app.command("letter")
    def erase_letter_command(letter_id: str, data: DataOption = None) -> None:
        """Erase all text of a letter that was sent or returned to its writer."""
        with opening.desk(data) as desk:
            erase_letter(desk, operator(desk.settings), letter_id=letter_id)
            typer.echo("The letter is erased.")

    @erase_app.command("case")
    def erase_case_command(case_id: str, data: DataOption = None) -> None:
        """Erase a case and all its letters; none of them may be under way."""
        with opening.desk(data) as desk:
            count = erase_case(desk, operator(desk.settings), case_id=case_id)
            typer.echo(f"The case and its {count} letters are erased.")


def _add_hold_commands(app: typer.Typer, opening: Opening) -> None:
    @app.command("set")
    def hold_set(case_id: str, data: DataOption = None) -> None:
        """Nothing of this case is erased from now on."""
        with opening.desk(data) as desk:
            hold_case(desk, operator(desk.settings), case_id=case_id)
            typer.echo("Nothing of the case is erased from now on.")

    @app.command("lift")
    def hold_lift(case_id: str, data: DataOption = None) -> None:
        """The case is erased in its time again."""
        with opening.desk(data) as desk:
            stop_holding_case(desk, operator(desk.settings), case_id=case_id)
            typer.echo("The case is erased in its time again.")


def _add_backup_commands(app: typer.Typer, opening: Opening) -> None:
    @app.command("backup")
    def backup(
        folder: Path,
        data: DataOption = None,
        *,
        unsealed: Annotated[
            bool, typer.Option("--unsealed", help="Seal it for nobody; not outside this machine.")
        ] = False,
        trial: Annotated[
            bool, typer.Option("--trial/--no-trial", help="Restore it once before it is sealed.")
        ] = True,
    ) -> None:
        """Write a backup to a new folder in FOLDER, sealed, with its data keys apart."""

        def tried(copied: Path, keys: Path) -> None:
            source = Source(folder=copied, key_copy=keys)
            _tell(try_out(desk.settings, source, open_desk=opening.open_settings))

        with opening.desk(data) as desk:
            made = make_backup(
                *(desk, operator(desk.settings)),
                folder=folder,
                unsealed=unsealed,
                try_out=tried if trial else None,
            )
            typer.echo(str(made.folder))
        if made.lost:
            typer.echo(
                f"{made.lost} letters or cases have lost their data key without having been "
                "erased: no copy of the keys was deleted. Look for theirs in the older ones.",
                err=True,
            )
            raise typer.Exit(1)


def _add_restore_commands(app: typer.Typer, opening: Opening) -> None:
    @app.command("drill")
    def drill(
        folder: Path,
        data: DataOption = None,
        keys: KeysOption = None,
        identity: IdentityOption = None,
    ) -> None:
        """Try out the backup in FOLDER: restore it to a place of its own, look, delete it."""
        with opening.refusals():
            source = Source(folder=folder, key_copy=keys, identity=identity)
            _tell(try_out(opening.settings(data), source, open_desk=opening.open_settings))

    @app.command("restore")
    def restore_command(
        folder: Path,
        data: DataOption = None,
        keys: KeysOption = None,
        identity: IdentityOption = None,
        *,
        replace: Annotated[
            bool, typer.Option("--replace", help="Put it in the place of the database there is.")
        ] = False,
    ) -> None:
        """Restore the backup in FOLDER. Nothing is sent until somebody lets letters go again."""
        with opening.refusals():
            settings = opening.settings(data)
            source = Source(folder=folder, key_copy=keys, identity=identity)
            with opening.alone(settings):
                done = restore(settings, source, replace=replace, open_desk=opening.open_settings)
        typer.echo(
            f"{done.letters} letters are back, {done.held} of them wait for a person who asks "
            f"their recipients; {done.erased_again} erasures were done again. Nothing is sent "
            "until somebody lets letters go again."
        )


def _tell(tried: Tried) -> None:
    typer.echo(
        f"Tried out: {tried.letters} letters are back in {tried.seconds:.1f} s, {tried.opened} "
        f"letters and cases were opened, the trail holds. Age of the backup: {tried.age}.",
        err=True,
    )
