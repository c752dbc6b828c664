"""The doctor speaks to those the service speaks to, as in earnest, and sends nothing."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service import actions
from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.endpoints import confirm_proposed_endpoint, propose_endpoint
from service.app import open_desk
from service.doctor.network import (
    look_at_mail_server,
    look_at_provider,
    look_at_recipients,
    look_at_webhooks,
)
from service.settings import Settings
from service.workflow.endpoints import ChannelKind, Endpoint
from service.workflow.people import Role
from tests.dispatch.certificates import identity
from tests.dispatch.mail_server import Sink, mail_server
from tests.dispatch.sftp_server import Clinic, sftp_server
from tests.doctor.asking import FAIL, OK, ask, ask_settings
from tests.factories import DATED_CASES, add
from tests.integration.server import free_port
from tests.small_pipeline import SmallPipeline
from tests.web.oidc_server import CLIENT_ID, running

SECRET = "s" * 32


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A site whose addresses of recipients hold at once."""
    settings = Settings(data=tmp_path / "data", endpoint_delay_h=0, endpoint_check=False)
    made = open_desk(settings, pipeline=SmallPipeline())
    actions.import_cases(made, OPERATOR, content=DATED_CASES, file_name="cases.csv")
    yield made
    made.database.close()


def enter(desk: Desk, entry: Endpoint) -> None:
    """An address in the directory, under four eyes, held since a minute."""
    past = replace(desk, clock=lambda: datetime.now(tz=UTC) - timedelta(minutes=1))
    cora, dora = (add(past, name, Role.COORDINATOR) for name in ("Cora", "Dora"))
    endpoint_id = propose_endpoint(past, cora, endpoint=entry)
    confirm_proposed_endpoint(past, dora, endpoint_id=endpoint_id)


def test_nothing_is_asked_where_nothing_is_set(desk: Desk) -> None:
    """And all is well."""
    for look in (look_at_mail_server, look_at_recipients, look_at_provider, look_at_webhooks):
        assert {one.grade for one in ask(desk, look).values()} == {OK}


def test_a_mail_server_is_reached_and_gets_no_mail(desk: Desk, tmp_path: Path) -> None:
    """Over TLS, with its name checked."""
    sink = Sink()
    with mail_server(tmp_path / "mail", sink) as server:
        settings = {
            "smtp_host": server.host,
            "smtp_port": server.port,
            "smtp_sender": server.sender,
            "smtp_ca_file": server.ca_file,
        }
        assert ask(desk, look_at_mail_server, **settings)["mail server"].grade is OK
        settings["smtp_ca_file"] = None
        found = ask(desk, look_at_mail_server, **settings)["mail server"]
        assert found.grade is FAIL
        assert "certificate" in found.found
    assert sink.delivered == []
    assert ask(desk, look_at_mail_server, **settings)["mail server"].grade is FAIL


def test_a_mail_server_without_encryption_is_told(desk: Desk, tmp_path: Path) -> None:
    """Letters would wait for ever."""
    with mail_server(tmp_path / "mail", Sink(), with_tls=False) as server:
        found = ask(
            desk,
            look_at_mail_server,
            smtp_host=server.host,
            smtp_port=server.port,
            smtp_sender=server.sender,
        )
    assert "encryption" in found["mail server"].found


def test_half_a_mail_server_is_told(desk: Desk) -> None:
    """A host without a sender would silently be no way out."""
    found = ask(desk, look_at_mail_server, smtp_host="mail.example")["mail server"]
    assert found.grade is FAIL


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A recipient's SFTP server."""
    with sftp_server(tmp_path / "clinic") as made:
        yield made


def test_an_sftp_server_must_show_its_key_and_have_the_folder(
    desk: Desk, clinic: Clinic, tmp_path: Path
) -> None:
    """Nothing is written there."""
    access = clinic.access(tmp_path / "client.key")
    enter(desk, clinic.endpoint())
    name = "recipient CL-1"
    assert ask(desk, look_at_recipients, sftp_key_file=access.key_file)[name].grade is OK
    assert ask(desk, look_at_recipients)[name].grade is FAIL
    assert list((clinic.folder / "in").iterdir()) == []
    (clinic.folder / "in").rmdir()
    found = ask(desk, look_at_recipients, sftp_key_file=access.key_file)[name]
    assert found.grade is FAIL
    assert "folder" in found.found


def test_another_key_of_an_sftp_server_is_told(desk: Desk, clinic: Clinic, tmp_path: Path) -> None:
    """It may be somebody in between."""
    access = clinic.access(tmp_path / "client.key")
    another = clinic.client_key.export_public_key().decode().strip()
    enter(desk, clinic.endpoint(pinned=another))
    found = ask(desk, look_at_recipients, sftp_key_file=access.key_file)["recipient CL-1"]
    assert found.grade is FAIL
    assert "another key" in found.found


def test_a_certificate_of_a_recipient_is_looked_at(desk: Desk) -> None:
    """Without a mail server it is of no use."""
    entry = Endpoint(
        recipient_id="CL-1",
        version=1,
        kind=ChannelKind.SMTP,
        address="letters@clinic.example",
        pinned=identity("clinic.example").pem,
    )
    enter(desk, entry)
    assert ask(desk, look_at_recipients)["recipient CL-1"].grade is FAIL
    found = ask(desk, look_at_recipients, smtp_host="mail.example")["recipient CL-1"]
    assert found.grade is not FAIL


def test_an_identity_provider_is_asked_what_it_publishes(desk: Desk) -> None:
    """Nobody is signed in by that."""
    with running(lambda: datetime.now(tz=UTC).timestamp()) as provider:
        settings = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID}
        assert ask(desk, look_at_provider, **settings)["identity provider"].grade is OK
        assert provider.asked == []
    found = ask(desk, look_at_provider, **settings)["identity provider"]
    assert found.grade is FAIL
    half = ask(desk, look_at_provider, oidc_issuer="https://id.example")["identity provider"]
    assert "together" in half.found


def test_the_address_of_a_webhook_is_reached_and_told_nothing(desk: Desk, tmp_path: Path) -> None:
    """A connection, and no word."""
    path = tmp_path / "webhooks.toml"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(10)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/letters"
        write(path, f'address = "{address}"\nprivate_network = true')
        found = ask(desk, look_at_webhooks, webhooks=path)["webhook registry"]
        assert found.grade is not FAIL
        with listener.accept()[0] as connection:
            assert connection.recv(1) == b""
    assert SECRET not in repr(found)
    gone = ask(desk, look_at_webhooks, webhooks=path)["webhook registry"]
    assert (gone.grade, "no_connection" in gone.found) == (FAIL, True)


def test_a_webhook_without_a_valid_certificate_or_inside_the_house_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    """As when a word is sent."""
    path = tmp_path / "webhooks.toml"
    with mail_server(tmp_path / "any", Sink()) as server:
        write(path, f'address = "https://127.0.0.1:{server.port}/"\nprivate_network = true')
        found = ask(desk, look_at_webhooks, webhooks=path)["webhook registry"]
        assert found.grade is FAIL
    write(path, f'address = "https://127.0.0.1:{free_port()}/"')
    found = ask(desk, look_at_webhooks, webhooks=path)["webhook registry"]
    assert "private_address" in found.found
    path.chmod(0o644)
    assert ask(desk, look_at_webhooks, webhooks=path)["webhooks"].grade is FAIL


def write(path: Path, fields: str) -> None:
    """The file of the webhooks with one registry."""
    path.write_text(f'[registry]\nsecret = "{SECRET}"\n{fields}\n', "utf-8")
    path.chmod(0o600)


def test_a_site_that_was_never_started_has_no_recipients(tmp_path: Path) -> None:
    """And gets no database by being asked."""
    settings = Settings(data=tmp_path / "none")
    assert ask_settings(settings, look_at_recipients)["recipients"].grade is OK
    assert list(tmp_path.iterdir()) == []
