"""Letters by SFTP, through a real SFTP server."""

from pathlib import Path

import asyncssh
import pytest

from service.dispatch.sftp import check_host_key, upload
from service.workflow.errors import BadRequest, DispatchFailed, DispatchRefused
from tests.dispatch.sftp_server import Clinic, sftp_server

FILES = {"letter.txt": "Dear donor, äöü.".encode(), "routing-slip.txt": b"Date: 2026-03-02\n"}
DISPATCH = "d" * 32


def put(clinic: Clinic, tmp_path: Path, files: dict[str, bytes] = FILES, **changes: str) -> None:
    """One try."""
    upload(
        files,
        clinic.endpoint(**changes),
        dispatch_id=DISPATCH,
        access=clinic.access(tmp_path / "client.key"),
    )


def there(clinic: Clinic) -> dict[str, bytes]:
    """What lies in the clinic's folder, by path."""
    return {
        str(path.relative_to(clinic.folder / "in")): path.read_bytes()
        for path in (clinic.folder / "in").rglob("*")
        if path.is_file()
    }


def test_a_letter_arrives_whole_under_its_dispatch_id(tmp_path: Path) -> None:
    """Letter and slip, and nothing half beside them; twice is once."""
    with sftp_server(tmp_path / "clinic") as clinic:
        put(clinic, tmp_path)
        put(clinic, tmp_path, {**FILES, "routing-slip.txt": b"Date: 2026-03-03\n"})
        assert there(clinic) == {f"{DISPATCH}/{name}": one for name, one in FILES.items()}


def test_a_server_with_another_key_gets_nothing(tmp_path: Path) -> None:
    """Only the key that two people confirmed counts."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with sftp_server(tmp_path / "clinic") as clinic:
        with pytest.raises(DispatchRefused, match="another key"):
            put(clinic, tmp_path, pinned=other)
        assert not there(clinic)


def test_another_letter_under_the_id_is_left_alone(tmp_path: Path) -> None:
    """A person has to look."""
    with sftp_server(tmp_path / "clinic") as clinic:
        put(clinic, tmp_path)
        with pytest.raises(DispatchRefused, match="Another letter"):
            put(clinic, tmp_path, {**FILES, "letter.txt": b"Dear patient"})
        assert there(clinic)[f"{DISPATCH}/letter.txt"] == FILES["letter.txt"]


def test_half_an_upload_is_begun_anew(tmp_path: Path) -> None:
    """A worker died while it wrote."""
    with sftp_server(tmp_path / "clinic") as clinic:
        half = clinic.folder / "in" / f".{DISPATCH}.part"
        half.mkdir()
        (half / "letter.txt").write_bytes(b"Dear do")
        put(clinic, tmp_path)
        assert there(clinic) == {f"{DISPATCH}/{name}": one for name, one in FILES.items()}


class FullDisk(asyncssh.SFTPServer):
    """Takes a few bytes and no more."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """No room."""
        reason = "full"
        raise asyncssh.SFTPNoSpaceOnFilesystem(reason)


class LosesBytes(asyncssh.SFTPServer):
    """Says that it has written everything, and has not."""

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """All but the last byte."""
        super().write(file_obj, offset, data[:-1])
        return len(data)


@pytest.mark.parametrize("server", [FullDisk, LosesBytes])
def test_what_did_not_arrive_is_not_there(
    tmp_path: Path, server: type[asyncssh.SFTPServer]
) -> None:
    """It is read back before it gets its name; another try comes later."""
    with sftp_server(tmp_path / "clinic", server) as clinic:
        with pytest.raises(DispatchFailed):
            put(clinic, tmp_path)
        assert not (clinic.folder / "in" / DISPATCH).exists()


def test_a_key_the_clinic_does_not_know_opens_nothing(tmp_path: Path) -> None:
    """The sentence says what to mend and names no host."""
    with sftp_server(tmp_path / "clinic") as clinic:
        clinic.client_key = asyncssh.generate_private_key("ssh-ed25519")
        with pytest.raises(DispatchFailed, match="does not accept our key"):
            put(clinic, tmp_path)


def test_no_server_is_another_try_later(tmp_path: Path) -> None:
    """Nothing was sent."""
    with sftp_server(tmp_path / "clinic") as clinic:
        access = clinic.access(tmp_path / "client.key")
        endpoint = clinic.endpoint()
    with pytest.raises(DispatchFailed, match="cannot be reached"):
        upload(FILES, endpoint, dispatch_id=DISPATCH, access=access)


@pytest.mark.parametrize(
    "address",
    [
        "sftp://clinic.example/in",
        "sftp://letters:secret@clinic.example/in",
        "http://letters@clinic.example/in",
        "sftp://letters@clinic.example/../etc",
        "sftp://letters@clinic.example:99999/in",
        "sftp://letters@clinic.example/in?x=1",
        "/in",
    ],
)
def test_what_is_no_sftp_address_is_refused(tmp_path: Path, address: str) -> None:
    """With a sentence that says how to write one."""
    with sftp_server(tmp_path / "clinic") as clinic, pytest.raises(DispatchRefused, match="sftp"):
        put(clinic, tmp_path, address=address)


def test_what_is_no_key_is_refused() -> None:
    """Before anybody confirms it."""
    with pytest.raises(BadRequest, match="ssh-keyscan"):
        check_host_key("clinic.example ssh-ed25519 AAAA")
