"""Mails for tests, as bytes that a mail program might have sent."""

HEAD = (
    "From: Registry <registry@example.org>\r\nTo: donor@example.org\r\nSubject: A letter\r\n"
    "Date: Sun, 03 May 2026 10:00:00 +0200\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
)
LETTER = "Dear donor,\r\nthank you for everything.\r\n"


def mail(body: str | bytes, *, head: str = "", kind: str = "text/plain; charset=utf-8") -> bytes:
    """A mail of one part."""
    data = body if isinstance(body, bytes) else body.encode()
    return f"{HEAD}{head}Content-Type: {kind}\r\n\r\n".encode() + data


def part(body: str | bytes, kind: str = "text/plain; charset=utf-8", head: str = "") -> bytes:
    """A part of a multipart."""
    data = body if isinstance(body, bytes) else body.encode()
    return f"Content-Type: {kind}\r\n{head}\r\n".encode() + data


def multipart(
    *parts: bytes, kind: str = "mixed", preamble: str = "", epilogue: str = "", boundary: str = "b1"
) -> bytes:
    """The value of a Content-Type and a body, for a mail or a part."""
    edge = f"\r\n--{boundary}".encode()
    inner = b"".join(edge + b"\r\n" + one for one in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{preamble}'
    return head.encode() + inner + edge + b"--\r\n" + epilogue.encode()


def mixed(*parts: bytes, kind: str = "mixed", preamble: str = "", epilogue: str = "") -> bytes:
    """A whole mail of several parts."""
    return HEAD.encode() + multipart(*parts, kind=kind, preamble=preamble, epilogue=epilogue)


def html(body: str) -> bytes:
    """A mail in HTML only."""
    return mail(
        f"<html><body><p>Dear donor, thank you.</p>{body}</body></html>",
        kind="text/html; charset=utf-8",
    )


def attached(
    body: bytes, *, name: str = "letter.bin", kind: str = "application/octet-stream"
) -> bytes:
    """An attachment."""
    return part(body, kind, f'Content-Disposition: attachment; filename="{name}"\r\n')
