"""Header fields of mails as passages: they name people and machines and are never forwarded."""

from email.message import Message

from anonymizer.documents.gathering import Gathered
from anonymizer.documents.mail_parts import file_name, guarded, header_fields
from anonymizer.model import Origin

_SHOWN = frozenset("from to cc subject date reply-to sender".split())
#: Say nothing about anybody, unless there is more in them than programs write.
_PLAIN = frozenset("mime-version content-transfer-encoding".split())
_PLAIN_PARAMETERS = frozenset(
    "charset boundary format delsp type report-type protocol micalg".split()
)


def gather_headers(message: "Message[str, str]", gathered: Gathered, where: str) -> None:
    """Every header field of a mail, a passage each."""
    for name, value in header_fields(message):
        gathered.put(f"{name}: {value}", Origin.MAIL_HEADER, where, visible=name.lower() in _SHOWN)


def gather_part_headers(part: "Message[str, str]", gathered: Gathered, where: str) -> None:
    """What the header of a part tells beyond how it is encoded: file names, ids, descriptions."""
    told = [
        f"{name}: {value}"
        for name, value in header_fields(part)
        if name.lower() not in _PLAIN and not (name.lower() == "content-type" and _is_plain(part))
    ]
    gathered.put_lines([*told, file_name(part)], Origin.MAIL_HEADER, where)


def _is_plain(part: "Message[str, str]") -> bool:
    given = guarded(part.get_params, None) or []
    return {name.lower() for name, _ in given[1:]} <= _PLAIN_PARAMETERS
