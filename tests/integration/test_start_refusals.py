"""What is wrong at the start: one sentence with the remedy; nothing is made, changed or sent."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.serving import check_python
from service.settings import Settings
from service.store.migrate import is_current, revisions, unmigrate
from service.store.opening import open_database
from service.workflow.errors import BadSetting
from tests.integration.server import free_port

run = CliRunner()
SECRET = "hunter2"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of a service that ran before."""
    folder = tmp_path / "data"
    assert call(folder)[0] == 0
    return folder


def call(folder: Path, **environment: str) -> tuple[int, str]:
    """A command that opens the database; status and all that was told."""
    result = run.invoke(app, ["cases", "list", "--data", str(folder)], env=environment)
    return result.exit_code, result.output


def refused(folder: Path, **environment: str) -> str:
    """The one sentence of a refusal."""
    status, told = call(folder, **environment)
    assert status == 1
    assert "Traceback" not in told
    assert SECRET not in told
    assert len(told.strip().splitlines()) == 1
    return told


def test_a_database_of_a_newer_version_is_left_alone(data: Path) -> None:
    """Whoever went back by mistake is told which version to start."""
    file = data / "letters.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    told = refused(data)
    assert "9999" in told
    assert "newer" in told
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


@pytest.mark.parametrize("revision", [one for one in revisions() if one >= "0009"])
def test_an_older_schema_is_brought_up_to_date(tmp_path: Path, revision: str) -> None:
    """Every schema of a sealed database that there ever was."""
    settings = Settings(data=tmp_path)
    database = open_database(settings)
    unmigrate(database, target=revision)
    assert is_current(database) is (revision == revisions()[-1])
    database.close()
    again = open_database(settings)
    assert is_current(again)
    again.close()


@pytest.mark.parametrize("damage", ["noise", "header", "empty page"])
def test_a_damaged_database_is_not_taken_for_an_empty_one(data: Path, damage: str) -> None:
    """It is left as it is, and the way back is named."""
    file = data / "letters.db"
    for beside in data.glob("letters.db-*"):
        beside.unlink()
    content = bytearray(file.read_bytes())
    if damage == "noise":
        content = bytearray(bytes(range(256)) * 40)
    elif damage == "header":
        content[:16] = b"no SQLite at all"
    else:
        content[100:4096] = bytes(3996)
    file.write_bytes(content)
    told = refused(data)
    assert "restore" in told
    assert file.read_bytes() == content


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    """With the setting to look at."""
    port = free_port()
    url = f"postgresql://letters:{SECRET}@127.0.0.1:{port}/letters"
    told = refused(tmp_path, LETTERS_DATABASE=url)
    assert f"127.0.0.1:{port}" in told
    assert "LETTERS_DATABASE" in told


@pytest.mark.parametrize("url", [f"nonsense://{SECRET}@x", SECRET, "", "mysql://x/y"])
def test_what_is_no_database_is_refused(tmp_path: Path, url: str) -> None:
    """With an address that is one; an empty one means none was given."""
    if not url:
        return
    assert "postgresql://" in refused(tmp_path, LETTERS_DATABASE=url)


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    """A file lies in its place."""
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert "the data folder cannot be made" in refused(file)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LETTERS_PORT": SECRET}, "LETTERS_PORT"),
        ({"LETTERS_WORKERS": "700"}, "less than or equal to 64"),
        ({"LETTERS_OIDC_ROLES": SECRET}, "oidc_roles"),
        ({"LETTERS_TIME_ZONE": SECRET}, "Europe/Berlin"),
        ({"LETTERS_SMTP_HOST": "mail.example"}, "LETTERS_SMTP_SENDER"),
        ({"LETTERS_SMTP_USER": SECRET}, "LETTERS_SMTP_PASSWORD_FILE"),
        ({"LETTERS_KEEP_FINDINGS_DAYS": "100"}, "may not fall"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_setting_that_is_wrong_is_named_without_its_value(
    tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    """Half a way out is none: no letter has to wait to find that out."""
    told = refused(tmp_path, **settings)
    assert says in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["LETTERS_SFTP_KEY_FILE", "LETTERS_SMTP_CA_FILE"])
def test_a_file_of_a_way_out_that_is_not_there_stops_the_start(data: Path, name: str) -> None:
    """And not the first letter."""
    told = refused(data, **{name: str(data / "missing")})
    assert "is not there" in told


def test_a_secret_that_others_can_read_stops_the_start(data: Path) -> None:
    """With the command that mends it."""
    secret = data / "sftp.key"
    secret.write_text(SECRET, "utf-8")
    secret.chmod(0o644)
    assert "chmod 600" in refused(data, LETTERS_SFTP_KEY_FILE=str(secret))
    secret.chmod(0o600)
    assert call(data, LETTERS_SFTP_KEY_FILE=str(secret))[0] == 0


def test_an_old_python_serves_nobody_else_unless_it_is_allowed() -> None:
    """A trial on one's own machine starts; behind HTTPS somebody has to say that it is mended."""
    mine, site = Settings(), Settings(secure_cookies=True)
    check_python(mine, (3, 11, 7))
    check_python(site, (3, 11, 8))
    check_python(site.model_copy(update={"old_python": True}), (3, 11, 2))
    for old in ((3, 11, 7), (3, 11, 2)):
        with pytest.raises(BadSetting, match="LETTERS_OLD_PYTHON"):
            check_python(site, old)
