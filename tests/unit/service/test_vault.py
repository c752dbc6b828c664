"""What is sealed opens in its place with its key and nowhere else; key files are refused well."""

import base64
import os
import subprocess
import sys
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.vault.keyfile import (
    add_keys,
    keys_of_command,
    make_key_file,
    parse_keys,
    read_key_file,
)
from service.vault.keyring import IDENTITY_PURPOSES, LETTER_PURPOSES, KeyRing, MasterKey, Purpose
from service.vault.sealing import DataKey, Place, Sealed, joined, new_secret
from service.vault.signed_lines import SignedLines
from service.workflow.errors import AuditBroken, BadKeys, KeysMissing, KeyTrouble, SealBroken

TODAY = date(2026, 3, 2)
SECRET = "Quincampoix"
PARTS = st.text(max_size=12)
PLACES = st.builds(Place, table=PARTS, column=PARTS, record=PARTS)


def master(purpose: Purpose = Purpose.LETTERS, key_id: str = "k1") -> MasterKey:
    """A random key."""
    return MasterKey(purpose=purpose, key_id=key_id, secret=new_secret())


@given(place=PLACES, plain=st.binary(max_size=300))
def test_what_was_sealed_comes_back(place: Place, plain: bytes) -> None:
    """Any bytes, in any place."""
    key = DataKey("letter/1/1", new_secret())
    assert key.open(place, key.seal(place, plain)) == plain


@given(one=PLACES, other=PLACES)
def test_a_swapped_row_does_not_open(one: Place, other: Place) -> None:
    """Nor one of another column or table: a mix-up is a letter to the wrong person."""
    key = DataKey("letter/1/1", new_secret())
    sealed = key.seal(one, b"text")
    if one == other:
        assert key.open(other, sealed) == b"text"
        return
    with pytest.raises(SealBroken):
        key.open(other, sealed)


def test_a_place_cannot_be_spelled_in_two_ways() -> None:
    """Parts keep their borders: ("ab", "c") is not ("a", "bc")."""
    words = ["a", "b", "ab", "", "ba"]
    every = {joined(one) for size in range(4) for one in permutations(words, size)}
    assert len(every) == sum(1 for size in range(4) for _ in permutations(words, size))


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused(position: int, bit: int) -> None:
    """Anywhere: form, nonce, text, tag."""
    key, place = DataKey("k", new_secret()), Place(table="t", column="c", record="r")
    data = bytearray(key.seal(place, b"a letter").data)
    data[position % len(data)] ^= 1 << bit
    with pytest.raises(SealBroken):
        key.open(place, Sealed(bytes(data)))


@pytest.mark.parametrize("data", [b"", b"\x01", b"plaintext that was never sealed at all"])
def test_what_was_never_sealed_is_refused(data: bytes) -> None:
    """Plaintext in a column is no letter."""
    with pytest.raises(SealBroken):
        DataKey("k", new_secret()).open(Place(table="t", column="c", record="r"), Sealed(data))


def test_no_nonce_comes_twice() -> None:
    """In a hundred thousand seals of one key."""
    key, place = DataKey("k", new_secret()), Place(table="t", column="c", record="r")
    nonces = {key.seal(place, b"").data[1:13] for _ in range(100_000)}
    assert len(nonces) == 100_000


def test_a_key_of_another_owner_or_generation_does_not_open() -> None:
    """The same secret under another id neither."""
    secret, place = new_secret(), Place(table="t", column="c", record="r")
    sealed = DataKey("letter/1/1", secret).seal(place, b"x")
    for key_id in ("letter/2/1", "letter/1/2", "known/1/1"):
        with pytest.raises(SealBroken):
            DataKey(key_id, secret).open(place, sealed)


def test_a_data_key_is_wrapped_anew_and_stays_the_same() -> None:
    """What it sealed before still opens; the former master key is not needed any more."""
    old, new = master(key_id="old"), master(key_id="new")
    stored, key = KeyRing([old]).new_data_key(Purpose.LETTERS, "letter/1")
    place = Place(table="t", column="c", record="r")
    sealed = key.seal(place, b"x")
    again = KeyRing([old, new]).rewrap(stored)
    assert again.master_id == "new"
    assert KeyRing([new]).unwrap(again).open(place, sealed) == b"x"
    with pytest.raises(KeysMissing, match="letters old"):
        KeyRing([new]).unwrap(stored)


def test_a_wrapped_key_of_somebody_else_does_not_unwrap() -> None:
    """Its owner is part of the seal."""
    ring = KeyRing([master()])
    stored, _ = ring.new_data_key(Purpose.LETTERS, "letter/1")
    other, _ = ring.new_data_key(Purpose.LETTERS, "letter/2")
    swapped = type(stored)(
        owner=stored.owner,
        generation=1,
        purpose=stored.purpose,
        master_id=stored.master_id,
        wrapped=other.wrapped,
    )
    with pytest.raises(SealBroken):
        ring.unwrap(swapped)


def test_a_key_that_another_process_made_is_read_when_it_is_needed() -> None:
    """Rotation goes on while services run."""
    old, new = master(key_id="old"), master(key_id="new")
    stored, _ = KeyRing([old, new]).new_data_key(Purpose.LETTERS, "letter/1")
    running = KeyRing([old], again=lambda: (old, new))
    assert running.unwrap(stored).key_id == "letter/1/1"
    assert running.newest(Purpose.LETTERS) == new


def test_codes_need_the_key() -> None:
    """A donor number cannot be found again by trying all: another key makes other codes."""
    one, other = (KeyRing([master(Purpose.NUMBERS)]) for _ in range(2))
    code = one.code(Purpose.NUMBERS, "cases.donor_number", "123")
    assert code == one.code(Purpose.NUMBERS, "cases.donor_number", "123")
    assert code != other.code(Purpose.NUMBERS, "cases.donor_number", "123")
    assert code != one.code(Purpose.NUMBERS, "cases.patient_reference", "123")


def test_new_key_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Letters and identities in two files, each key 32 random bytes."""
    letters, identity = tmp_path / "keys" / "letters.keys", tmp_path / "keys" / "identity.keys"
    make_key_file(letters, LETTER_PURPOSES, today=TODAY)
    make_key_file(identity, IDENTITY_PURPOSES, today=TODAY)
    assert (letters.stat().st_mode & 0o777, letters.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    found = read_key_file(letters) + read_key_file(identity)
    assert [key.purpose for key in found] == [*LETTER_PURPOSES, *IDENTITY_PURPOSES]
    assert len({key.secret for key in found}) == len(found)
    assert not [path for path in letters.parent.iterdir() if path.name.startswith(".")]


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    """By a second start on the same folder for example."""
    path = tmp_path / "letters.keys"
    make_key_file(path, LETTER_PURPOSES, today=TODAY)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        make_key_file(path, LETTER_PURPOSES, today=TODAY)
    assert path.read_bytes() == before


def test_keys_are_added_behind_those_there_are(tmp_path: Path) -> None:
    """The former ones stay: they still open what they wrapped."""
    path = tmp_path / "letters.keys"
    make_key_file(path, LETTER_PURPOSES, today=TODAY)
    before = read_key_file(path)
    add_keys(path, (Purpose.LETTERS,), today=TODAY)
    after = read_key_file(path)
    assert after[: len(before)] == before
    assert KeyRing(after).newest(Purpose.LETTERS) == after[-1]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    """With what to do about it."""
    path = tmp_path / "letters.keys"
    make_key_file(path, LETTER_PURPOSES, today=TODAY)
    path.chmod(mode)
    with pytest.raises(BadKeys, match="chmod 600"):
        read_key_file(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    """And never taken for an empty one."""
    with pytest.raises(KeysMissing, match=r"letters\.keys: there is no key file"):
        read_key_file(tmp_path / "letters.keys")


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    """A mount that went wrong looks like this."""
    with pytest.raises(BadKeys, match="not a file"):
        read_key_file(tmp_path)


GOOD = f"letters k1 {base64.b64encode(b'a' * 32).decode()}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "there is no key in it"),
        ("# only a remark\n", "there is no key in it"),
        (f"{GOOD}\nletters k2 {SECRET}", "line 2 is not"),
        (f"letters k1 {base64.b64encode(b'a' * 31).decode()}", "line 1 is not"),
        (f"{SECRET} k1 {GOOD.split()[2]}", "line 1 is not"),
        (f"letters k/1 {GOOD.split()[2]}", "line 1 is not"),
        (f"{GOOD} more", "line 1 is not"),
        (f"{GOOD}\n{GOOD}", "same purpose and id"),
        (GOOD.replace("=", ""), "line 1 is not"),
    ],
)
def test_a_damaged_key_file_names_its_line_and_quotes_nothing(content: str, told: str) -> None:
    """A line of it is a key."""
    with pytest.raises(BadKeys, match=told) as refused:
        parse_keys(content, name="keys")
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_command_may_print_the_keys(tmp_path: Path) -> None:
    """One that asks a key service."""
    path = tmp_path / "letters.keys"
    make_key_file(path, LETTER_PURPOSES, today=TODAY)
    assert keys_of_command(f"cat {path}") == read_key_file(path)


@pytest.mark.parametrize("command", ["false", "no-such-command", "true", "echo letters", "'"])
def test_a_command_that_prints_no_keys_is_refused(command: str) -> None:
    """Whatever goes wrong in it."""
    with pytest.raises(KeyTrouble):
        keys_of_command(command)


def test_no_key_shows_in_a_repr() -> None:
    """A `repr` ends up in tracebacks."""
    key = master()
    ring = KeyRing([key])
    stored, data_key = ring.new_data_key(Purpose.LETTERS, "letter/1")
    for shown in (repr(key), repr(ring), repr(stored), repr(data_key), repr(stored.wrapped)):
        assert repr(key.secret)[2:-1] not in shown
        assert repr(stored.wrapped.data)[2:-1] not in shown


def lines_of(folder: Path) -> SignedLines:
    """A file with five lines."""
    key = MasterKey(purpose=Purpose.AUDIT, key_id="a", secret=b"a" * 32)
    lines = SignedLines(folder / "lines.jsonl", key)
    for number in range(5):
        lines.append({"number": number})
    return lines


def test_signed_lines_come_back_in_their_order(tmp_path: Path) -> None:
    """Nobody but the owner reads the file."""
    lines = lines_of(tmp_path)
    assert [line["number"] for line in lines.read()] == list(range(5))
    assert lines.path.stat().st_mode & 0o777 == 0o600
    assert SignedLines(tmp_path / "none", master(Purpose.AUDIT)).read() == ()


@pytest.mark.parametrize(
    "order", [(0, 2, 1, 3, 4), (0, 1, 3, 4), (1, 2, 3, 4), (0, 1, 1, 2, 3, 4), (4, 3, 2, 1, 0)]
)
def test_signed_lines_that_were_moved_are_found(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Swapped, taken out, doubled."""
    lines = lines_of(tmp_path)
    written = lines.path.read_text().splitlines()
    lines.path.write_text("\n".join(written[index] for index in order) + "\n")
    with pytest.raises(AuditBroken, match="is not as it was written"):
        lines.read()
    with pytest.raises(AuditBroken):
        lines.append({"number": 9})


def test_signed_lines_that_were_changed_are_found(tmp_path: Path) -> None:
    """Without the key nobody can sign."""
    lines = lines_of(tmp_path)
    lines.path.write_text(lines.path.read_text().replace('"number": 3', '"number": 7'))
    with pytest.raises(AuditBroken, match="line 4"):
        lines.read()


def test_only_the_owner_of_a_key_file_may_be_another_than_root(tmp_path: Path) -> None:
    """A file of a stranger could be changed by the stranger."""
    path = tmp_path / "letters.keys"
    make_key_file(path, LETTER_PURPOSES, today=TODAY)
    if os.geteuid() != 0:
        return
    os.chown(path, 12345, 12345)
    with pytest.raises(BadKeys, match="belongs to another user"):
        read_key_file(path)


def test_a_process_that_holds_letters_leaves_no_core_dump() -> None:
    """Neither a file nor another process of the same user gets at its memory."""
    code = (
        "import ctypes, resource; from service.vault.memory import keep_memory_private; "
        "keep_memory_private(); print(resource.getrlimit(resource.RLIMIT_CORE), "
        "ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[0] == "(0, 0) 0"
