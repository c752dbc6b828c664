"""
`anonymizer-service`: serve, and what an operator does beside it.

Contract: every command works on the same actions as the pages and is audited as the operator; a
refusal is one line and exit code 1, never a traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer

from anonymizer.cases import case_list_template
from anonymizer.errors import AnonymizerError
from service.actions.access import add_person, make_sign_in_link
from service.actions.desk import Desk, Drafter
from service.actions.register import import_cases, written_cases
from service.app import open_desk
from service.correction_commands import add_correction_commands
from service.data_commands import Opening, add_audit_commands, add_data_commands
from service.dispatch_commands import add_dispatch_commands
from service.doctor.command import add_doctor_command
from service.key_commands import add_identity_command, add_key_commands, add_webhook_commands
from service.logs import configure_logs
from service.operators import operator
from service.serving import nobody_at_work, run_worker, serve
from service.settings import Settings
from service.settings_trouble import what_is_wrong
from service.worker import Task
from service.workflow.errors import BadImport, DatabaseTrouble, ServiceError
from service.workflow.people import Role

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
user_app = typer.Typer(no_args_is_help=True, help="People who proofread.")
key_app = typer.Typer(no_args_is_help=True, help="API keys of registry systems.")
dispatch_app = typer.Typer(no_args_is_help=True, help="Sending: stop, resume, what left.")
webhook_app = typer.Typer(no_args_is_help=True, help="Telling registry systems a status word.")
corrections_app = typer.Typer(no_args_is_help=True, help="What people corrected.")
cases_app = typer.Typer(no_args_is_help=True, help="The case register.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit trail.")
app.add_typer(user_app, name="user")
app.add_typer(key_app, name="key")
app.add_typer(webhook_app, name="webhook")
app.add_typer(dispatch_app, name="dispatch")
app.add_typer(cases_app, name="cases")
app.add_typer(corrections_app, name="corrections")
app.add_typer(audit_app, name="audit")

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the database and the outbox.")
]
PortOption = Annotated[
    int | None, typer.Option("--port", help="Port of the service that the link leads to.")
]


@app.callback()
def service() -> None:
    """Proofreading service for letters between stem-cell donors and patients."""


@app.command(name="serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: DataOption = None,
    *,
    sample: Annotated[bool, typer.Option("--sample", help="Load invented letters.")] = False,
    worker: Annotated[
        bool, typer.Option(help="Draft and send letters in this process as well.")
    ] = True,
) -> None:
    """Run the service. The first start prints a sign-in link."""
    with _refusals():
        settings = _settings(host=host, port=port, data=data)
        configure_logs(as_json=settings.log_json)
        serve(settings, sample=sample, tell=typer.echo, work=worker)


@app.command(name="worker")
def worker_command(
    data: DataOption = None,
    *,
    task: Annotated[
        Task, typer.Option(help="drafts needs no network at all; sending does the rest.")
    ] = Task.ALL,
) -> None:
    """Draft and send letters for services started with --no-worker."""
    with _refusals():
        settings = _settings(data=data)
        configure_logs(as_json=settings.log_json)
        run_worker(settings, tell=typer.echo, task=task)


@user_app.command("add")
def user_add(
    name: str,
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    data: DataOption = None,
    port: PortOption = None,
) -> None:
    """Add a person and print their sign-in link."""
    with _desk(data, port=port) as desk:
        add_person(desk, operator(desk.settings), name=name, roles=frozenset(role))
        typer.echo(make_sign_in_link(desk, operator(desk.settings), name=name))


@user_app.command("link")
def user_link(name: str, data: DataOption = None, port: PortOption = None) -> None:
    """Print a sign-in link for a person: it works once, for a day."""
    with _desk(data, port=port) as desk:
        typer.echo(make_sign_in_link(desk, operator(desk.settings), name=name))


@cases_app.command("import")
def cases_import(file: Path, data: DataOption = None) -> None:
    """Import a case list (CSV); a bad row means that nothing is imported."""
    with _desk(data) as desk:
        try:
            content = file.read_bytes()
        except OSError:
            _fail("The file cannot be read.")
        count = import_cases(desk, operator(desk.settings), content=content, file_name=file.name)
        typer.echo(f"{count} {'case' if count == 1 else 'cases'} imported.")


@cases_app.command("list")
def cases_list(data: DataOption = None) -> None:
    """Print the register as CSV, without what is known of donors and patients."""
    with _desk(data) as desk:
        typer.echo(written_cases(desk, operator(desk.settings)), nl=False)


@cases_app.command("template")
def cases_template() -> None:
    """Print an empty case list (CSV) with every column and one invented case."""
    typer.echo(case_list_template(), nl=False)


def main() -> None:
    """The entry point."""
    app()


class _NoPipeline:
    """Stands in where no letter is drafted, so that a key is made without loading the model."""

    def __getattr__(self, name: str) -> Any:
        message = "no pipeline on the command line"
        raise AttributeError(message)


def _settings(**options: object) -> Settings:
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by pydantic
    except ValueError as error:
        _fail(what_is_wrong(error))


@contextmanager
def _desk(data: Path | None, *, port: int | None = None) -> Iterator[Desk]:
    with _refusals():
        desk = open_desk(_settings(data=data, port=port), pipeline=cast("Drafter", _NoPipeline()))
        try:
            yield desk
        finally:
            desk.database.close()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except BadImport as error:
        _fail("\n".join(("Nothing was imported.", *error.problems)))
    except (ServiceError, DatabaseTrouble) as error:
        _fail(error.reason)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
        _fail(
            f"{what}. The service's own user must be able to read and write there, and the disk "
            "must have room."
        )
    except AnonymizerError as error:
        _fail(str(error), code=error.exit_code)


def _fail(message: str, *, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


add_identity_command(user_app, _desk)
add_key_commands(key_app, _desk)
add_webhook_commands(webhook_app, _desk)
add_dispatch_commands(dispatch_app, _desk)
add_correction_commands(corrections_app, _desk)
_opening = Opening(
    desk=_desk,
    settings=lambda data: _settings(data=data),
    alone=nobody_at_work,
    refusals=_refusals,
    open_settings=lambda settings: open_desk(settings, pipeline=cast("Drafter", _NoPipeline())),
)
add_audit_commands(audit_app, _opening)
add_doctor_command(app, _opening.settings, _refusals)
add_data_commands(app, _opening)

if __name__ == "__main__":
    main()
