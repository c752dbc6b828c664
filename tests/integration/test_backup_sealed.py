"""A backup is sealed for a key that is not on this machine; one that was changed is refused."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from typer.testing import CliRunner

from service.actions import Desk
from service.actions.access import OPERATOR
from service.actions.backup import MadeBackup, Restored, make_backup
from service.cli import app
from service.restoring import Source, restore
from service.store.letters import find_content
from service.store.opening import open_database
from service.workflow.errors import BadRequest, BadSetting, CopyFailed
from tests.factories import bring_in, clock_of, make_desk


class Elsewhere:
    """A key pair, of which the private part lies in a file of another machine."""

    def __init__(self, folder: Path, name: str = "one") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        made = pyrage.x25519.Identity.generate()
        self.public = str(made.to_public())
        self.identity = folder / f"{name}.identity"
        self.identity.write_text(f"# made elsewhere\n{made}\n")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    """Whom backups are sealed for."""
    return Elsewhere(tmp_path / "elsewhere")


@pytest.fixture
def sealing(database_url: str, tmp_path: Path, elsewhere: Elsewhere) -> Iterator[Desk]:
    """A desk whose backups are sealed for one key, on each engine."""
    path = tmp_path / "recipients"
    path.write_text(f"# the safe\n{elsewhere.public}\n")
    path.chmod(0o644)
    made = make_desk(tmp_path / "data", url=database_url, backup_recipients=path)
    yield made
    made.database.close()


def backed_up(desk: Desk, tmp_path: Path) -> MadeBackup:
    """A backup a minute later."""
    clock_of(desk).forward(minutes=1)
    return make_backup(desk, OPERATOR, folder=tmp_path / "backups")


def restored(desk: Desk, source: Source) -> Restored:
    """Restore over the desk's own database."""
    desk.database.close()
    return restore(
        desk.settings,
        source,
        replace=True,
        open_desk=lambda one: Desk(
            database=open_database(one),
            pipeline=desk.pipeline,
            way_out=desk.way_out,
            settings=one,
            clock=desk.clock,
        ),
    )


def test_a_sealed_backup_tells_nothing_and_opens_with_its_private_key(
    sealing: Desk, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    """Neither ids of letters, nor names of staff, nor that it is a database."""
    letter_id = bring_in(sealing)
    made = backed_up(sealing, tmp_path)
    files = [*made.folder.iterdir(), *made.key_copy.parent.iterdir()]
    assert {path.name for path in made.folder.iterdir()} == {"database.age", "manifest.json.age"}
    content = b"".join(path.read_bytes() for path in files)
    assert content.count(b"age-encryption.org/v1") == 3
    for told in (letter_id, "C-1", "uploader", "SQLite", "PGDMP", "First Clinic"):
        assert told.encode() not in content
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    source = Source(folder=made.folder, identity=elsewhere.identity)
    assert restored(sealing, source).letters == 1
    with closing(open_database(sealing.settings)) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


def test_nothing_of_a_backup_stays_in_the_clear(sealing: Desk, tmp_path: Path) -> None:
    """What was copied to be sealed is gone."""
    before = {path for path in sealing.settings.data_folder.rglob("*") if path.is_file()}
    backed_up(sealing, tmp_path)
    after = {path for path in sealing.settings.data_folder.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {"letters.db-wal", "letters.db-shm"}


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("part", ["database", "manifest.json", "keys"])
def test_a_sealed_backup_with_one_bit_changed_is_refused(
    sealing: Desk, tmp_path: Path, elsewhere: Elsewhere, part: str, where: float
) -> None:
    """Wherever it is, before anything is touched."""
    letter_id = bring_in(sealing)
    made = backed_up(sealing, tmp_path)
    path = made.key_copy if part == "keys" else made.folder / f"{part}.age"
    content = bytearray(path.read_bytes())
    content[int(where * (len(content) - 1))] ^= 1
    path.write_bytes(content)
    with pytest.raises(CopyFailed):
        restored(sealing, Source(folder=made.folder, identity=elsewhere.identity))
    with closing(open_database(sealing.settings)) as database, database.reading() as connection:
        assert find_content(connection, letter_id).text


@pytest.mark.parametrize("damage", ["cut off", "longer", "sealed by somebody else"])
def test_a_sealed_backup_with_other_content_is_refused(
    sealing: Desk, tmp_path: Path, elsewhere: Elsewhere, damage: str
) -> None:
    """Anybody can seal for a public key: the signed list tells whose copy it is."""
    bring_in(sealing)
    made = backed_up(sealing, tmp_path)
    path = made.folder / "database.age"
    content = path.read_bytes()
    recipient = pyrage.x25519.Recipient.from_str(elsewhere.public)
    path.write_bytes(
        {
            "cut off": content[:-100],
            "longer": content + b"more",
            "sealed by somebody else": pyrage.encrypt(b"another database", [recipient]),
        }[damage]
    )
    with pytest.raises(CopyFailed):
        restored(sealing, Source(folder=made.folder, identity=elsewhere.identity))


def test_without_the_private_key_nothing_opens(sealing: Desk, tmp_path: Path) -> None:
    """None, another one, a file that is no key; the sentence says what to name."""
    made = backed_up(sealing, tmp_path)
    other = Elsewhere(tmp_path / "elsewhere", "other").identity
    no_key = tmp_path / "no.key"
    no_key.write_text("AGE-SECRET-KEY-1NOTONE\n")
    for identity in (None, other, no_key, tmp_path / "absent"):
        with pytest.raises(CopyFailed) as refused:
            restored(sealing, Source(folder=made.folder, identity=identity))
        assert identity is not None or "--identity" in refused.value.reason
        assert "NOTONE" not in refused.value.reason


def test_a_backup_for_two_opens_with_either_key(desk: Desk, tmp_path: Path) -> None:
    """So that one lost key does not lose everything."""
    keys = [Elsewhere(tmp_path / "elsewhere", name) for name in ("one", "two")]
    path = tmp_path / "recipients"
    path.write_text("".join(f"{one.public}\n" for one in keys))
    sealed = Desk(
        database=desk.database,
        pipeline=desk.pipeline,
        way_out=desk.way_out,
        settings=desk.settings.model_copy(update={"backup_recipients": path}),
        clock=desk.clock,
    )
    made = backed_up(sealed, tmp_path)
    for one in keys:
        assert restored(sealed, Source(folder=made.folder, identity=one.identity)).letters == 0


def test_a_backup_for_nobody_is_refused_unless_asked_for(desk: Desk, tmp_path: Path) -> None:
    """With what to do; nothing is written, and no event says that there is one."""
    with pytest.raises(BadRequest, match=r"LETTERS_BACKUP_RECIPIENTS.*--unsealed"):
        make_backup(desk, OPERATOR, folder=tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
    made = make_backup(desk, OPERATOR, folder=tmp_path / "backups", unsealed=True)
    assert (made.folder / "database").exists()


@pytest.mark.parametrize("content", ["# nobody\n", "age1no\n", "AGE-SECRET-KEY-1WRONG\n", None])
def test_a_list_of_recipients_that_is_none_is_refused(
    sealing: Desk, tmp_path: Path, content: str | None
) -> None:
    """Never an unsealed backup instead; nothing of the file is quoted."""
    path = tmp_path / "recipients"
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadSetting, match="public keys") as refused:
        backed_up(sealing, tmp_path)
    assert "WRONG" not in refused.value.reason
    assert not (tmp_path / "backups").exists()


def test_a_list_of_recipients_that_others_can_write_is_refused(
    sealing: Desk, tmp_path: Path
) -> None:
    """Whoever adds a key of their own reads every backup from then on."""
    (tmp_path / "recipients").chmod(0o666)
    with pytest.raises(BadSetting, match="go-w"):
        backed_up(sealing, tmp_path)


def test_a_sealed_backup_is_made_and_restored_from_the_command_line(
    tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the machine without the private key it is made, with the key it is tried and restored."""
    recipients = tmp_path / "recipients"
    recipients.write_text(elsewhere.public)
    monkeypatch.setenv("LETTERS_BACKUP_RECIPIENTS", str(recipients))
    desk = make_desk(tmp_path / "data")
    bring_in(desk)
    desk.database.close()
    run, data = CliRunner(), ["--data", str(tmp_path / "data")]
    made = run.invoke(app, ["backup", str(tmp_path / "backups"), *data])
    assert made.exit_code == 0
    folder = made.stdout.strip()
    key = ["--identity", str(elsewhere.identity)]
    assert run.invoke(app, ["drill", folder, *data]).exit_code == 1
    tried = run.invoke(app, ["drill", folder, *data, *key])
    assert tried.exit_code == 0
    assert "1 letters are back" in tried.output
    elsewhere_keys = ["--keys", str(tmp_path / "backups" / "key-copies")]
    done = run.invoke(app, ["restore", folder, "--replace", *data, *key, *elsewhere_keys])
    assert done.exit_code == 0
