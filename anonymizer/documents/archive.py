"""
ZIP archives from strangers: checked as a whole before anything is unpacked, counted while it is.

Python's `zipfile` reads the directory; everything it does not refuse (overlapping entries before
3.11.8, double names, sizes that lie) is refused here. Layout of the format: PKWARE APPNOTE 6.3.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from anonymizer.documents.kinds import password_protected
from anonymizer.documents.limits import ReadingLimits, refuse
from anonymizer.errors import Unreadable

_END = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s4H2LH")
_LOCAL = b"PK\x03\x04"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_COMMENT_MAX = 65_535
#: Bytes that one entry takes in the directory, names included; far above what editors write.
_DIRECTORY_ENTRY_MAX = 1_024
_ENCRYPTED = 0x1 | 0x40 | 0x2000
#: A data descriptor follows an entry in at most 24 bytes.
_GAP_MAX = 64
#: Small files may be as repetitive as they like.
_RATIO_FROM = 1_000_000


def damaged() -> Unreadable:
    """The error for a file that is torn, half uploaded or made to mislead."""
    sentence = "The file is damaged or incomplete. Ask the writer to send it again."
    return Unreadable(code="damaged", sentence=sentence)


@dataclass(slots=True)
class Archive:
    """The checked directory of an archive; `read` unpacks one entry within the limits."""

    limits: ReadingLimits
    content: bytes = field(repr=False)
    #: Where the packed bytes of each entry begin.
    starts: dict[str, int]
    entries: dict[str, zipfile.ZipInfo]
    #: Comments of the archive and of its entries: nobody sees them, programs can read them.
    comments: tuple[str, ...] = field(repr=False)
    unpacked: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries that are files, in the order of the directory."""
        return tuple(name for name in self.entries if not name.endswith("/"))

    def read(self, name: str) -> bytes:
        """The bytes of an entry. `damaged` when it is missing or not what the directory says."""
        entry = self.entries.get(name)
        if entry is None:
            raise damaged()
        start = self.starts[name]
        packed = self.content[start : start + entry.compress_size]
        data = packed if entry.compress_type == zipfile.ZIP_STORED else _inflated(packed, entry)
        if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise damaged()
        self.unpacked += len(data)
        _check_total(self.unpacked, self.limits)
        return data


def open_archive(content: bytes, limits: ReadingLimits) -> Archive:
    """Check the whole directory. Raises `Unreadable` or `OverLimit`; nothing is unpacked yet."""
    _check_end(content, limits)
    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            entries, start_of_directory = opened.infolist(), opened.start_dir
            comment = opened.comment
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (zipfile raises a dozen kinds for directories that are wrong)
        raise damaged() from None
    _check_entries(entries, limits)
    starts = _data_starts(content, entries, start_of_directory)
    comments = (comment, *(entry.comment for entry in entries))
    return Archive(
        limits=limits,
        content=content,
        starts=starts,
        entries={entry.filename: entry for entry in entries},
        comments=tuple(one.decode("utf-8", "replace") for one in comments if one),
    )


def _check_end(content: bytes, limits: ReadingLimits) -> None:
    """The last record: how many entries there are, before a directory of them is built."""
    at = content.rfind(_END, max(0, len(content) - _COMMENT_MAX - _END_RECORD.size))
    if at < 0 or len(content) - at < _END_RECORD.size:
        raise damaged()
    *_, count, size, offset, comment = _END_RECORD.unpack_from(content, at)
    if at + _END_RECORD.size + comment != len(content):
        raise damaged()  # something was appended
    most = limits.archive_entries
    if count > most or size > most * _DIRECTORY_ENTRY_MAX:
        raise refuse(limit="archive_entries", most=f"at most {most} parts in one document")
    if offset + size != at:
        raise damaged()  # something was put before it, or the record is of a longer file


def _check_entries(entries: list[zipfile.ZipInfo], limits: ReadingLimits) -> None:
    if len(entries) > limits.archive_entries:
        raise refuse(
            limit="archive_entries", most=f"at most {limits.archive_entries} parts in one document"
        )
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise damaged()
    for entry in entries:
        _check_entry(entry, limits)
    _check_total(sum(entry.file_size for entry in entries), limits)


def _check_entry(entry: zipfile.ZipInfo, limits: ReadingLimits) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise password_protected()
    if not _is_plain_name(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
        raise damaged()
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged()
    if entry.file_size > max(_RATIO_FROM, limits.ratio * entry.compress_size):
        raise refuse(
            limit="ratio", most=f"contents at most {limits.ratio} times as large as the file"
        )


def _is_plain_name(name: str) -> bool:
    """A relative path below the archive that means the same on every system."""
    steps = name.removesuffix("/").split("/")
    odd = any(one in name for one in "\\\x00") or name[1:2] == ":"
    return bool(name) and not odd and not {"", ".", ".."} & set(steps)


def _data_starts(content: bytes, entries: list[zipfile.ZipInfo], directory: int) -> dict[str, int]:
    """Where each entry's bytes begin; entries lie one after the other, none within another."""
    free, starts = 0, {}
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < free or entry.header_offset - free > _GAP_MAX:
            raise damaged()
        start = _data_start(content, entry)
        free = start + entry.compress_size
        if free > directory:
            raise damaged()
        starts[entry.filename] = start
    if directory - free > _GAP_MAX:
        raise damaged()
    return starts


def _data_start(content: bytes, entry: zipfile.ZipInfo) -> int:
    at = entry.header_offset
    if at + _LOCAL_HEADER.size > len(content):
        raise damaged()
    signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(content, at)
    name = content[at + _LOCAL_HEADER.size :][:name_length]
    wanted = {entry.orig_filename.encode("utf-8"), _cp437(entry.orig_filename)}
    if signature != _LOCAL or name not in wanted:
        raise damaged()
    return at + _LOCAL_HEADER.size + int(name_length) + int(extra_length)


def _cp437(name: str) -> bytes:
    return name.encode("cp437", "replace")


def _inflated(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    """At most one byte more than the directory says, whatever the packed bytes make of it."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(packed, entry.file_size + 1)
    except zlib.error:
        raise damaged() from None
    if len(data) > entry.file_size or not inflater.eof:
        raise damaged()
    return data


def _check_total(unpacked: int, limits: ReadingLimits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise refuse(
            limit="unpacked_bytes", most=f"at most {limits.unpacked_bytes // 1_000_000} MB unpacked"
        )
