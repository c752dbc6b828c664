"""Mails that mail programs do not send: torn, nested, sealed, in character sets that are none."""

import base64

from tests.documents.make_mail import HEAD, LETTER, attached, html, mail, mixed, multipart, part


def _nested(levels: int, kind: str) -> bytes:
    inner = part(LETTER)
    for level in range(levels):
        inner = (
            multipart(inner, boundary=f"b{level}")
            if kind == "multipart"
            else part(HEAD.encode() + inner, "message/rfc822")
        )
    return HEAD.encode() + inner


def _encoded(encoding: str, body: str | bytes, charset: str = "utf-8") -> bytes:
    head = f"Content-Transfer-Encoding: {encoding}\r\n"
    return mail(body, head=head, kind=f"text/plain; charset={charset}")


def _charset(name: str, body: bytes = b"Dear donor, caf\xe9") -> bytes:
    return mail(body, kind=f"text/plain; charset={name}")


def hostile_mail() -> dict[str, bytes]:
    """Every mail with its name."""
    sealed = 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'
    return {
        "1,000 multiparts deep": _nested(1_000, "multipart"),
        "30 multiparts deep": _nested(30, "multipart"),
        "mails 6 deep": _nested(6, "mail"),
        "mails 200 deep": _nested(200, "mail"),
        "10,000 parts": mixed(*(part("x") for _ in range(10_000))),
        "400 attachments": mixed(part(LETTER), *(attached(b"x" * 9) for _ in range(400))),
        "no boundary": HEAD.encode() + b"Content-Type: multipart/mixed\r\n\r\nx",
        "boundary never met": HEAD.encode() + b"Content-Type: multipart/mixed; boundary=q\r\n\r\nx",
        "cut before its end": mixed(part(LETTER))[:-8],
        "same boundary inside": mixed(multipart(part(LETTER), boundary="b1")),
        "multipart in base64": mixed(part(LETTER))
        .replace(b"multipart/mixed;", b"multipart/mixed;", 1)
        .replace(b"MIME-Version", b"Content-Transfer-Encoding: base64\r\nMIME-Version", 1),
        "no end of headers": HEAD.encode(),
        "headers only": HEAD.encode() + b"\r\n",
        "empty HTML": html("").replace(b"Dear donor, thank you.", b""),
        "torn base64": _encoded("base64", "RGVhciBkb25vci"),
        "nonsense as base64": _encoded("base64", "\u00e4\u00f6\u00fc!!!"),
        "unknown encoding": _encoded("x-yenc", "=ybegin line=128"),
        "uuencode in the text": mail("Hi\r\nbegin 644 letter.txt\r\nM1&5A<B!D;VYO<@``\r\nend\r\n"),
        "broken quoted-printable": _encoded("quoted-printable", "caf=E9 =ZZ ="),
        "unknown charset": _charset("x-nonexistent"),
        "charset that is no charset": _charset("rot13"),
        "charset with zero byte": _charset("utf-8\x00"),
        "charset idna": _charset("idna"),
        "charset unicode_escape": _charset("unicode_escape", rb"\u0041\x"),
        "wrong charset": _charset("utf-8"),
        "no charset, 8 bit": mail(b"caf\xe9", kind="text/plain"),
        "UTF-7": _charset("utf-7", b"+AGEAYg- caf"),
        "UTF-16 with mark": _charset("utf-16", "Dear donor".encode("utf-16")),
        "Latin 1": _charset("iso-8859-1"),
        "control characters": _charset("utf-8", b"\x01\x02\x03\x04\x05"),
        "nonsense in encoded words": mail(
            LETTER, head="X-A: =?utf-8?b?====?= =?x?q?=ZZ?= =??=\r\n"
        ),
        "encoded words in encoded words": mail(
            LETTER, head="X: =?utf-8?q?=3D=3Futf-8=3Fq=3F?=\r\n"
        ),
        "8-bit headers": mail(LETTER).replace(b"A letter", b"Caf\xe9 \xff\xfe"),
        "continued parameter": mixed(
            part(LETTER),
            part("x", head="Content-Disposition: attachment; filename*0*=x''%FF; filename*2=b\r\n"),
        ),
        "parameter without end": mail(LETTER, kind='text/plain; charset="utf-8'),
        "no type": mail(LETTER, kind=""),
        "type of nonsense": mail(LETTER, kind=";;;///"),
        "address of nonsense": mail(LETTER, head='Cc: <<<>>>,,;:@[\r\nReply-To: "\r\n'),
        "date of nonsense": mail(LETTER, head="Resent-Date: 99 Foo 99999 99:99:99 +9999\r\n"),
        "header of 5 MB": mail(LETTER, head=f"X-Long: {'a ' * 2_500_000}\r\n"),
        "10,000 headers": mail(LETTER, head="X-Many: a\r\n" * 10_000),
        "20,000 addresses": mail(LETTER, head=f"Cc: {', '.join(['a@b.example'] * 20_000)}\r\n"),
        "encrypted with S/MIME": mail("MIAGCSqGSIb3", kind=sealed),
        "encrypted with PGP": mixed(part("Version: 1"), kind="encrypted"),
        "PGP in the text": mail("-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n"),
        "winmail.dat": mixed(part(LETTER), attached(b"\x78\x9f\x3e\x22", name="winmail.dat")),
        "part of a mail": mail("x", kind="message/partial; id=1; number=1"),
        "body elsewhere": mail("x", kind="message/external-body; access-type=URL"),
        "bounce": mixed(
            part(LETTER), part("A: b\r\n\r\nC: d", "message/delivery-status"), kind="report"
        ),
        "several attachments, no text": mixed(attached(b"one"), attached(b"two")),
        "mail in base64": mixed(
            part(LETTER),
            part(
                base64.b64encode(mail(LETTER)),
                "message/rfc822",
                "Content-Transfer-Encoding: base64\r\n",
            ),
        ),
        "HTML 20,000 deep": html("<div>" * 20_000 + "x"),
        "HTML never closed": html("<!-- <a <b <c '" * 1_000),
        "HTML of open brackets": html("<" * 100_000),
        "HTML of entities": html("&#x110000;&#0;&amp;amp;&nosuch;" * 1_000),
        "HTML of styles": html("<style>" + ".a{color:red}" * 20_000 + "</style>"),
        "HTML as UTF-8, is Latin 1": mail(b"<p>caf\xe9</p>", kind="text/html; charset=utf-8"),
        "mailbox of two mails": b"From x Sun May  3\r\n"
        + mail(LETTER)
        + b"\r\nFrom x\r\n"
        + mail(LETTER),
        "mail with mark": b"\xef\xbb\xbf" + mail(LETTER),
    }
