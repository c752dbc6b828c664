"""Plain text of mails: lines that belong together, and whether two forms say the same."""

from email.message import Message

import re2

from anonymizer.documents.mail_parts import guarded

_WORD = re2.compile(r"[\pL\pN]+")
#: What programs add when they make plain text of HTML: addresses of links, names of pictures.
_ADDED = re2.compile(
    r"(?i)<(?:https?|mailto|cid|tel):[^>]*>|\[(?:cid:|image:|https?:)[^\]]*\]|\((?:https?|mailto):[^)]*\)"
)


def say_the_same(plain: str, rich: str) -> bool:
    """True when both have the same words in the same order."""
    return _words(plain) == _words(rich)


def _words(text: str) -> str:
    # Joined, because a word of one form may be broken over two lines in the other.
    return "".join(_WORD.findall(_ADDED.sub(" ", text))).casefold()


def unflowed(text: str, part: "Message[str, str]") -> str:
    """Paragraphs of `format=flowed` text (RFC 3676) on one line each; other text as it is."""
    if str(guarded(lambda: part.get_param("format"), None) or "").lower() != "flowed":
        return text
    delete = str(guarded(lambda: part.get_param("delsp"), None) or "").lower() == "yes"
    joined: list[str] = []
    flows = False
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = line[1:] if line.startswith(" ") and line != "-- " else line
        if flows and not plain.startswith(">"):
            joined[-1] += plain
        else:
            joined.append(plain)
        flows = plain.endswith(" ") and plain != "-- " and not plain.startswith(">")
        if flows and delete:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)
