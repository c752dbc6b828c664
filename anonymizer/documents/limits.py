"""How large a document may be in each respect; over any of these it is refused, limit named."""

from dataclasses import dataclass

from anonymizer.errors import OverLimit

MEBI = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingLimits:
    """The most that is read of one document, nested documents and attachments included."""

    #: Bytes of the file.
    document_bytes: int = 25_000_000
    pages: int = 200
    #: Pixels of one image, checked before it is decoded.
    pixels: int = 60_000_000
    archive_entries: int = 2_000
    #: Bytes that an archive may unpack to, all entries together.
    unpacked_bytes: int = 100_000_000
    #: Unpacked size by packed size, of each archive entry and of the archive.
    ratio: int = 200
    #: Documents within documents: a mail in a mail in a mail ...
    nesting: int = 5
    #: Parts of a mail, those of the mails in it included.
    mime_parts: int = 500
    #: Wall-clock seconds for the child process that reads.
    seconds: int = 60
    #: Bytes of memory for the child process that reads.
    memory_bytes: int = 1024 * MEBI


def refuse(limit: str, most: str) -> OverLimit:
    """The error for a document over a limit; raise what this gives."""
    return OverLimit(
        f"over_limit_{limit}",
        f"The file is larger than we read: {most}. Ask the writer for a shorter or simpler file.",
    )


def check_size(content: bytes, limits: ReadingLimits) -> None:
    """Raise `OverLimit` when the file has more bytes than the limits allow."""
    if len(content) > limits.document_bytes:
        most = f"at most {limits.document_bytes / 1_000_000:g} MB"
        raise refuse(limit="document_bytes", most=most)
