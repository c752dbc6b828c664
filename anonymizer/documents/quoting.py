"""
What of a mail's text its writer wrote today: quoted mails and signature blocks are cut off.

Both are kept as passages and shown; by default they are not forwarded. The words that mail
programs put before a quotation were looked up in mails of those programs; a quotation that none
of them announces stays in the letter, where it is read like the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import re2

from anonymizer.model import Origin

#: "On 3 May 2026, … wrote:" of mail programs, one pattern for each language, whole line.
_WROTE = re2.compile(
    r"(?i)^\s*(?:[*_]*)(?:"
    r"on\s.+\swrote|(?:am|den)\s.+\sschrieb(?:\s.+)?|.+\sschrieb\s(?:am|im)\s.+"
    r"|le\s.+\sa\sécrit|el\s.+\sescribió|il\s(?:giorno\s)?.+\sha\sscritto"
    r"|em\s.+\sescreveu|op\s.+\sschreef(?:\s.+)?|w\sdniu\s.+\s(?:napisał|napisała"
    r"|napisał\(a\)|pisze)(?:\s.+)?"
    r"|dnia\s.+\s(?:napisał|napisała|napisał\(a\))(?:\s.+)?|den\s.+\s(?:skrev|napsal|napsala"
    r"|napsal\(a\))(?:\s.+)?"
    r"|dne\s.+\snapsal(?:a|\(a\))?(?:\s.+)?|.+\starihinde(?:\s.+)?\syazdı"
    r"|.+\s(?:пишет|написал|написала)|.+(?:写道|のメール)"
    r")\s*[:：]\s*[*_]*\s*$"
)
#: The beginning of such an announcement that may be wrapped over two or three lines.
_WROTE_BEGINS = re2.compile(r"(?i)^\s*(?:on|am|le|el|il|em|op|w dniu|dnia|den|dne)\s")
#: What ends a sentence inside a line; after three letters or fewer it may shorten "Dr" or "Mon".
_SENTENCE_ENDS = re2.compile(r"\pL{4}[.!?;]\s|[!?;]\s")
_DIVIDER = re2.compile(
    r"(?i)^\s*(?:-{2,}|_{2,}|={2,}|\*{2,})\s*(?:original\s+message|originalnachricht"
    r"|urspr(?:ü|ue)ngliche\s+nachricht|original\s*-?\s*mail|forwarded\s+(?:message|by.*)"
    r"|weitergeleitete\s+nachricht|message\s+d['’]origine|message\s+transféré"
    r"|mensaje\s+(?:original|reenviado)"
    r"|messaggio\s+(?:originale|inoltrato)|mensagem\s+(?:original|encaminhada)"
    r"|oorspronkelijk\s+bericht"
    r"|doorgestuurd\s+bericht|oryginalna\s+wiadomość|wiadomość\s+(?:oryginalna|przekazana)"
    r"|ursprungligt\s+meddelande|původní\s+zpráva|orijinal\s+ileti"
    r"|исходное\s+сообщение)\s*[-_=*]*\s*$"
)
_FORWARDED = re2.compile(
    r"(?i)^\s*(?:begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+(?:nachricht"
    r"|e-?mail)"
    r"|début\s+du\s+message\s+(?:transféré|réexpédié)|inicio\s+del\s+mensaje\s+reenviado)\s*:?\s*$"
)
_RULE = re2.compile(r"^\s*(?:_{10,}|-{10,})\s*$")
_FROM = re2.compile(
    r"(?i)^\s*[*_]*(?:from|von|de|da|van|od|från|fra|lähettäjä|kimden|от|expéditeur)\s?:[*_]*\s+\S"
)
_HEAD = re2.compile(
    r"(?i)^\s*[*_]*(?:from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments"
    r"|von|gesendet|datum|an|kopie|betreff|antwort an|de|envoyé|date|à|objet|enviado(?: el)?"
    r"|fecha|para|asunto"
    r"|da|inviato|data|a|oggetto|van|verzonden|aan|onderwerp|od|wysłano|do|dw|temat|från"
    r"|skickat|till|ämne"
    r"|fra|sendt|til|emne|odesláno|komu|předmět|kimden|gönderildi|kime|konu|от|отправлено"
    r"|кому|тема)\s?:"
)
_QUOTED_LINE = re2.compile(r"^\s{0,3}>")
_DASHES = re2.compile(r"^-- ?$")
_SENT_FROM = re2.compile(
    r"(?i)^\s*(?:sent (?:from|via|using) (?:my|the|outlook|mail|yahoo|proton|samsung|gmx|web\.de)"
    r"|get outlook for|von meinem .+ gesendet|gesendet (?:von|mit|über|aus) "
    r"|diese nachricht wurde von"
    r"|holen sie sich outlook|outlook für (?:ios|android)|envoyé (?:de|depuis|à partir de) "
    r"|télécharger outlook"
    r"|enviado (?:desde|do) |inviato (?:da|dal) |verzonden (?:vanaf|met|via) |wysłane z |wysłano z "
    r"|skickat från |sendt fra |odesláno z )"
)
_DISCLAIMER = re2.compile(
    r"(?i)^\s*(?:\*{0,3})(?:this (?:e-?mail|message)\b.*(?:confidential|intended|privileged)"
    r"|the information (?:contained )?in this (?:e-?mail|message)|confidentiality notice"
    r"|disclaimer\b"
    r"|diese (?:e-?mail|nachricht)\b.*(?:vertraulich|bestimmt)|der inhalt dieser e-?mail"
    r"|ce (?:message|courriel|mail)\b.*(?:confidentiel|destiné)|este (?:mensaje"
    r"|correo)\b.*confidencial"
    r"|(?:please consider the environment|bitte denken sie an die umwelt))"
)
#: What lines of a company's block have in them.
_CONTACT = re2.compile(
    r"(?i)(?:\b(?:tel|phone|telefon|fon|fax|mobile?|mobil|handy|cell)\b\s*[.:]|\bwww\."
    r"|https?://|@\w"
    r"|\+\d{1,3}[\s(]|\b(?:gmbh|ltd|inc|llc|s\.?a\.?r\.?l|kg|ag|e\.v|plc|b\.v|sp\. z o\.o)\b"
    r"|\b(?:hrb|ust-?id|vat|registergericht|geschäftsführer|managing director|amtsgericht)\b)"
)
_MAX_WRAPPED = 3
#: Words of "On Monday Anna Maria Example wrote:" without a date or an address.
_MAX_WORDS = 8
#: Characters of a line that can announce a quotation or be a line of a signature block.
_MAX_LINE = 300
_HEAD_LINES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A mail's text in two: what was written in it, and the rest, each piece with its origin."""

    own: str = field(repr=False)
    pieces: tuple[tuple[Origin, str], ...] = field(repr=False)


def cut(text: str) -> Cut:
    """Cut quotations and signature blocks off; every line of `text` is in exactly one piece."""
    lines = text.split("\n")
    origins = _quoted(lines)
    _mark_signature(lines, origins)
    own = "\n".join(line for line, origin in zip(lines, origins, strict=True) if origin is None)
    return Cut(own=own.strip("\n"), pieces=tuple(_pieces(zip(lines, origins, strict=True))))


def _quoted(lines: list[str]) -> list[Origin | None]:
    """For each line QUOTED or None."""
    origins: list[Origin | None] = [None] * len(lines)
    at = 0
    while at < len(lines):
        taken = _quotation(lines, at)
        origins[at : at + taken] = [Origin.QUOTED] * taken
        at += max(1, taken)
    return origins


def _quotation(lines: list[str], at: int) -> int:
    """How many lines from `at` are a quotation; 0 when none begins here."""
    line = lines[at]
    if _QUOTED_LINE.match(line):
        return 1
    if not line.strip() or len(line) > _MAX_LINE:
        return 0
    if announced := _announcement(lines, at):
        return announced + _quotation_after(lines, at + announced)
    if _DIVIDER.match(line) or _FORWARDED.match(line) or _begins_head(lines, at):
        return len(lines) - at
    return 0


def _announcement(lines: list[str], at: int) -> int:
    """How many lines "On … wrote:" takes here; 0 when there is none."""
    if _WROTE.match(lines[at]) and (_is_dated(lines[at]) or _is_plain(lines, at, 1)):
        return 1
    if not _WROTE_BEGINS.match(lines[at]):
        return 0
    for count in range(2, _MAX_WRAPPED + 1):
        wrapped = lines[at : at + count]
        whole = all(0 < len(one.strip()) < _MAX_LINE for one in wrapped)
        certain = any(one.isdigit() for one in lines[at]) or _is_plain(lines, at, count)
        if whole and certain and _WROTE.match(" ".join(wrapped)):
            return len(wrapped)
    return 0


def _is_dated(line: str) -> bool:
    """Mail programs give a date or an address; a writer who quotes herself gives neither."""
    return any(one.isdigit() or one == "@" for one in line)


def _is_plain(lines: list[str], at: int, count: int) -> bool:
    """
    True for "On Monday Anna wrote:", without a date, where it can only announce a quotation.

    It is a short paragraph of its own and nothing else, and marked lines follow: without these
    marks the words of a writer who quotes would be lost.
    """
    text = " ".join(lines[at : at + count])
    before = lines[at - 1] if at else ""
    following = next((one for one in lines[at + count :] if one.strip()), "")
    return (
        bool(_QUOTED_LINE.match(following))
        and (not before.strip() or bool(_QUOTED_LINE.match(before)))
        and len(text.split()) <= _MAX_WORDS
        and not _SENTENCE_ENDS.search(text)
    )


def _quotation_after(lines: list[str], at: int) -> int:
    """Marked lines end where the marks end; an unmarked quotation ends with the mail."""
    rest = lines[at:]
    first = next((one for one in rest if one.strip()), "")
    if not _QUOTED_LINE.match(first):
        return len(rest)
    marked = next(number for number, one in enumerate(rest) if one.strip())
    while marked < len(rest) and (_QUOTED_LINE.match(rest[marked])):
        marked += 1
    return marked


def _begins_head(lines: list[str], at: int) -> bool:
    """True where the head of another mail is copied: From, Sent, To, Subject."""
    following = [one for one in lines[at : at + 2 * _HEAD_LINES] if one.strip()][:_HEAD_LINES]
    if _RULE.match(lines[at]):
        following = following[1:]
    if not following or not _FROM.match(following[0]):
        return False
    return sum(bool(_HEAD.match(one)) for one in following) >= 3


def _mark_signature(lines: list[str], origins: list[Origin | None]) -> None:
    """Mark the signature block at the end of what was written today."""
    own = [number for number, origin in enumerate(origins) if origin is None]
    start = _signature_start(lines, own)
    for number in own[start:]:
        origins[number] = Origin.SIGNATURE_BLOCK


def _signature_start(lines: list[str], own: list[int]) -> int:
    """The place in `own` where the signature block begins; its length when there is none."""
    for place, number in enumerate(own):
        line = lines[number][:_MAX_LINE]
        if _DASHES.match(line):
            return place
        if _SENT_FROM.match(line) and sum(bool(lines[n].strip()) for n in own[place:]) <= 4:
            return place
        if _DISCLAIMER.match(line):
            return _before_company(lines, own, place)
    return _before_company(lines, own, len(own))


def _before_company(lines: list[str], own: list[int], end: int) -> int:
    """The start of the last paragraphs before `end` that are a company's block; else `end`."""
    while True:
        last = end
        while last and not lines[own[last - 1]].strip():
            last -= 1
        start = last
        while start and lines[own[start - 1]].strip():
            start -= 1
        contacts = sum(bool(_CONTACT.search(lines[number])) for number in own[start:last])
        if start == 0 or contacts < 2 or 3 * contacts < last - start:
            return end
        end = start


def _pieces(marked: Iterable[tuple[str, Origin | None]]) -> list[tuple[Origin, str]]:
    """Neighbouring lines of one origin as one piece."""
    pieces: list[tuple[Origin, list[str]]] = []
    before: Origin | None = None
    for line, origin in marked:
        if origin is not None and origin == before:
            pieces[-1][1].append(line)
        elif origin is not None:
            pieces.append((origin, [line]))
        if origin is not None or line.strip():
            before = origin
    return [(origin, "\n".join(lines)) for origin, lines in pieces]
