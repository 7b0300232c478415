# ruff: noqa: E501  a shape reads best in one line
"""
Mails in the shapes that real ones have, all written by us: how clients, servers and machines write them.

Each shape says what must be read of it; they are made by crossing clients with encodings, and written out where a shape
is one of a kind. MX is our server; its line alone says when a mail arrived.
"""

import base64
import quopri
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

MX = "mx.kontor.example"
ARRIVED = datetime(2026, 12, 7, 9, 0, 5, tzinfo=UTC)
LINE = f"Received: from out.alder.example (out.alder.example [192.0.2.9])\r\n\tby {MX} (Postfix) with ESMTPS id 4X1;\r\n\tMon, 7 Dec 2026 10:00:05 +0100 (CET)"
OLDER = "Received: from pc ([10.0.0.7]) by out.alder.example; Mon, 7 Dec 2026 08:00:00 +0000"
WORDS = "Grüße aus Köln: Müller zahlt 5 € für „Öl“"
PLAIN = "Guten Tag, der Drucker steht."


@dataclass(frozen=True)
class Shape:
    """
    A mail and what must be read of it.

    filed  what becomes of it at the desk: "opened" for a request of its own, "answered", "own", "unreadable"
    """

    name: str
    raw: bytes
    machine: str = ""
    filed: str = "opened"
    sender: str = "jonas@alder.example"
    subject: str = "Der Drucker steht"
    text: str = PLAIN
    files: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    received: datetime | None = field(default=ARRIVED)


def mail(body: bytes = PLAIN.encode(), *heads: str, subject: str = "Der Drucker steht", frm: str = "Jonas Alder <jonas@alder.example>",
         kind: str = "text/plain; charset=utf-8", lines: tuple[str, ...] = (LINE, OLDER), number: str = "1") -> bytes:  # fmt: skip
    """Write a mail; heads are further lines of its head."""
    head = [
        "Return-Path: <jonas@alder.example>", *lines, f"From: {frm}", "To: <desk@kontor.example>",
        f"Subject: {subject}", "Date: Tue, 1 Jan 2030 00:00:00 +0000", f"Message-ID: <{number}@alder.example>",
        "MIME-Version: 1.0",
    ]  # fmt: skip
    replaced = {line.partition(":")[0].casefold() for line in heads}
    kept = [line for line in head if line.partition(":")[0].casefold() not in replaced]
    told = [*kept, *(line for line in heads if not line.endswith(": -"))]
    if "content-type" not in replaced:
        told.append(f"Content-Type: {kind}")
    return ("\r\n".join(told) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def multipart(*parts: tuple[str, bytes], sort: str = "mixed") -> tuple[bytes, str]:
    """Return a body of parts (their heads, their content) and its Content-Type."""
    pieces = b"".join(b"--=_b\r\n" + heads.encode() + b"\r\n\r\n" + content + b"\r\n" for heads, content in parts)
    return pieces + b"--=_b--\r\n", f'multipart/{sort}; boundary="=_b"'


def winmail(*files: tuple[str, bytes]) -> bytes:
    """Pack files as Outlook does."""

    def attribute(key: int, value: bytes) -> bytes:
        return struct.pack("<BII", 2, key, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    packed = struct.pack("<IH", 0x223E9F78, 1)
    for name, content in files:
        packed += attribute(0x00069002, b"\0" * 14) + attribute(0x00018010, name.encode("cp1252") + b"\0")
        packed += attribute(0x0006800F, content)
    return packed


def _encodings() -> Iterator[Shape]:
    """Every charset that clients still write, each by every transfer encoding, in head and body."""
    plain = "Grüße aus Köln, Müller"
    for charset in ("utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "cp850", "mac-roman"):
        data = plain.encode(charset)
        for transfer, body in (
            ("base64", base64.encodebytes(data)), ("quoted-printable", quopri.encodestring(data)), ("8bit", data),
        ):  # fmt: skip
            if charset == "utf-16" and transfer == "8bit":
                continue  # has bytes that no mail may carry
            yield Shape(
                f"{charset} by {transfer}",
                mail(body, f"Content-Transfer-Encoding: {transfer}", kind=f"text/plain; charset={charset}"), text=plain,
            )  # fmt: skip
    for charset in ("utf-8", "iso-8859-1", "windows-1252"):
        for letter in "BQ":
            data = "Grüße".encode(charset)
            coded = base64.b64encode(data).decode() if letter == "B" else "".join(f"={byte:02X}" for byte in data)
            yield Shape(f"subject {charset} {letter}", mail(subject=f"=?{charset}?{letter}?{coded}?="), subject="Grüße")
    utf, told = "utf-8", base64.b64encode(WORDS.encode()).decode()
    yield Shape("euro and quotes", mail(WORDS.encode()), text=WORDS)
    yield Shape(
        "subject in two words", mail(subject=f"=?{utf}?B?{told[:24]}?=\r\n =?{utf}?B?{told[24:]}?="), subject=WORDS
    )
    yield Shape("charset nobody knows", mail("Grüße".encode(), kind="text/plain; charset=x-klingon"), text="Grüße")
    yield Shape("charset that lies", mail("Grüße".encode("latin-1"), kind="text/plain; charset=utf-8"), text="Grüße")
    yield Shape("no charset", mail("Grüße".encode(), kind="text/plain"), text="Grüße")
    yield Shape("raw umlauts in the head", mail(subject="Grüße"), subject="Grüße")
    yield Shape("raw latin-1 in the head", mail(subject="Gr\udcfc\udcdfe"), subject="Grüße")
    yield Shape("broken encoded word", mail(subject="=?utf-8?B?abc"), subject="=?utf-8?B?abc")
    yield Shape("folded subject", mail(subject="Der\r\n\tDrucker steht"))
    yield Shape("name with comma", mail(frm='"Alder, Jonas" <jonas@alder.example>'))
    yield Shape("name encoded", mail(frm="=?utf-8?Q?J=C3=B6rn?= <jonas@alder.example>"))
    yield Shape("address in capitals", mail(frm="JONAS@ALDER.EXAMPLE"))
    yield Shape("no subject", mail(b"x", "Subject: -"), subject="", text="x")
    yield Shape("bare lines", mail().replace(b"\r\n", b"\n"))
    yield Shape("zero bytes", mail(b"a\0b"), text="ab")
    yield Shape("empty body", mail(b""), text="")


def _bodies() -> Iterator[Shape]:
    """How clients lay out what they send."""
    text, html = ("Content-Type: text/plain; charset=utf-8", PLAIN.encode()), (
        "Content-Type: text/html; charset=utf-8", b"<p>Guten Tag, der <b>Drucker</b> steht.</p>"
    )  # fmt: skip
    body, kind = multipart(text, html, sort="alternative")
    yield Shape("alternative, Gmail", mail(body, kind=kind))
    yield Shape("HTML alone, Outlook", mail(html[1], kind="text/html; charset=utf-8"))
    picture = ('Content-Type: image/png; name="logo.png"\r\nContent-Transfer-Encoding: base64', b"iVBORw0KGgo=")
    body, kind = multipart(html, picture, sort="related")
    yield Shape("HTML with a picture inside", mail(body, kind=kind), files=("logo.png",))
    for name, shown in (
        ('filename="bericht.pdf"', "bericht.pdf"), ("filename*=utf-8''Bericht%20M%C3%BCller.pdf", "Bericht Müller.pdf"),
        ('filename="=?utf-8?B?TcO8bGxlci5wZGY=?="', "Müller.pdf"), ('filename*0="ber"; filename*1="icht.pdf"', "bericht.pdf"),
    ):  # fmt: skip
        part = (f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {name}", b"%PDF")
        body, kind = multipart(text, part)
        yield Shape(f"attachment {name}", mail(body, kind=kind), files=(shown,))
    body, kind = multipart(text, ("Content-Type: application/pdf\r\nContent-Disposition: attachment", b"%PDF"))
    yield Shape("attachment without a name", mail(body, kind=kind), files=("file-1",))
    body, kind = multipart(text, ("Content-Type: message/rfc822", mail(b"innen", subject="Innen")))
    yield Shape("forwarded as a mail", mail(body, kind=kind), files=("mail-1.eml",))
    body, kind = multipart(
        text, ('Content-Type: text/plain; name="log.txt"\r\nContent-Disposition: attachment', b"log")
    )
    yield Shape("text as a file", mail(body, kind=kind), files=("log.txt",))
    body, kind = multipart(text, ("Content-Type: text/calendar; charset=utf-8", b"BEGIN:VCALENDAR"))
    yield Shape("invitation", mail(body, kind=kind), files=("file-1",))
    inner, inner_kind = multipart(text, html, sort="alternative")
    nested = inner.replace(b"=_b", b"=_c")
    body, kind = multipart((f"Content-Type: {inner_kind.replace('=_b', '=_c')}", nested), picture)
    yield Shape("mixed around alternative, Apple", mail(body, kind=kind), files=("logo.png",))
    for packed, names in (
        (winmail(("a.txt", b"A"), ("Übersicht.xls", b"B")), ("a.txt", "Übersicht.xls")), (winmail(), ("winmail.dat",)),
        (winmail(("a.txt", b"A"))[:-4], ("winmail.dat",)), (b"nonsense", ("winmail.dat",)),
    ):  # fmt: skip
        part = (
            "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64",
            base64.b64encode(packed),
        )
        body, kind = multipart(text, part)
        yield Shape(f"winmail.dat with {len(packed)} bytes", mail(body, kind=kind), files=names)
    yield Shape(
        "parts without an end",
        mail(multipart(text)[0].replace(b"--=_b--\r\n", b""), kind='multipart/mixed; boundary="=_b"'),
    )
    yield Shape("multipart that is none", mail(b"Guten Tag, der Drucker steht.", kind="multipart/mixed"))
    yield Shape(
        "two texts", mail(multipart(text, text)[0], kind='multipart/mixed; boundary="=_b"'), text=f"{PLAIN}\n{PLAIN}"
    )
    body, kind = multipart(("Content-Type: text/plain", b"  \r\n"), html, sort="alternative")
    yield Shape("empty text beside HTML", mail(body, kind=kind))


def _hostile() -> Iterator[Shape]:
    """HTML that wants more than to be read: nothing of it is left but words."""
    for name, html, text in (
        ("script", "Hallo<script>steal()</script>", "Hallo"), ("image that calls home", "Hallo<img src='http://x.example/p.gif'>", "Hallo"),
        ("handler", "<p onclick='steal()'>Hallo</p>", "Hallo"), ("frame", "Hallo<iframe src='http://x.example'></iframe>", "Hallo"),
        ("style", "<style>@import url(http://x.example)</style>Hallo", "Hallo"), ("form", "Hallo<form action=//x><input></form>", "Hallo"),
        ("svg", "Hallo<svg onload=steal()><a>x</a></svg>", "Hallo"), ("javascript link", "<a href='javascript:steal()'>Hallo</a>", "Hallo"),
        ("link that lies", "<a href='http://x.example'>bank.example</a>", "bank.example (http://x.example)"),
        ("comment", "Hal<!-- x -->lo", "Hallo"), ("entity", "&lt;script&gt;", "<script>"), ("unclosed", "<p>Hallo<b>", "Hallo"),
        ("deep", "<div>" * 3000 + "Hallo", "Hallo"), ("nothing", "", ""), ("base", "<base href='http://x.example'><p>Hallo</p>", "Hallo"),
        ("meta refresh", "<meta http-equiv=refresh content='0;url=http://x'>Hallo", "Hallo"),
    ):  # fmt: skip
        yield Shape(f"HTML: {name}", mail(html.encode(), kind="text/html; charset=utf-8"), text=text)


def _machines() -> Iterator[Shape]:
    """Mail that nobody wrote: it opens nothing, reopens nothing, answers nothing."""
    for name, heads, why in (
        ("vacation", "Auto-Submitted: auto-replied", "auto-submitted"), ("notice", "Auto-Submitted: auto-generated", "auto-submitted"),
        ("with a parameter", "Auto-Submitted: auto-replied; owner-email=x", "auto-submitted"), ("bulk", "Precedence: bulk", "bulk"),
        ("junk", "Precedence: Junk", "bulk"), ("list", "Precedence: list", "bulk"), ("mailing list", "List-Id: <x.example>", "bulk"),
        ("autoresponder", "X-Autoreply: yes", "auto-submitted"), ("old autoresponder", "X-Autorespond: x", "auto-submitted"),
        ("cPanel", "X-Auto-Reply-From: x", "auto-submitted"), ("Exchange", "Precedence: auto_reply", "bulk"),
        ("empty sender", "Return-Path: <>", "empty-sender"), ("a person says no", "Auto-Submitted: no", ""),
        ("first class", "Precedence: first-class", ""),
    ):  # fmt: skip
        yield Shape(f"machine: {name}", mail(PLAIN.encode(), heads), machine=why)
    for subject in ("Abwesenheit: Ihre Anfrage", "Out of Office: Re: x", "Automatische Antwort: x", "Automatic reply: x",
                    "Réponse automatique : x", "Auto-Reply: x", "Abwesend bis Montag"):  # fmt: skip
        yield Shape(f"away: {subject}", mail(subject=subject), subject=" ".join(subject.split()), machine="away")
    yield Shape(
        "subject that only speaks of it", mail(subject="Frage zur Abwesenheit"), subject="Frage zur Abwesenheit"
    )
    for address in ("MAILER-DAEMON@alder.example", "postmaster@alder.example", "noreply@alder.example", "no-reply@alder.example",
                    "bounces+12@alder.example", "donotreply@alder.example"):  # fmt: skip
        yield Shape(f"machine: {address}", mail(frm=address), sender=address.casefold(), machine="bounce")
    yield Shape("person called Norepleigh", mail(frm="norepleigh@alder.example"), sender="norepleigh@alder.example")
    status = (
        "Content-Type: message/delivery-status",
        b"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    )
    body, _kind = multipart(("Content-Type: text/plain", b"failed"), status)
    yield Shape(
        "delivery report", mail(body, kind='multipart/report; report-type=delivery-status; boundary="=_b"'),
        text="failed", machine="bounce",
    )  # fmt: skip


def _threads_and_times() -> Iterator[Shape]:
    """What a mail answers, and when it came."""
    yield Shape("answer", mail(PLAIN.encode(), "In-Reply-To: <a@kontor.example>"), answers=("a@kontor.example",))
    yield Shape(
        "answer with a history", mail(PLAIN.encode(), "In-Reply-To: <c@x>", "References: <a@x>\r\n <b@x> <c@x>"),
        answers=("c@x", "b@x", "a@x"),
    )  # fmt: skip
    yield Shape("answer to nonsense", mail(PLAIN.encode(), "In-Reply-To: your mail of Monday"), answers=())
    yield Shape("forged line below ours", mail(lines=(LINE, f"Received: by {MX}; Tue, 1 Jan 2030 00:00:00 +0000")))
    yield Shape(
        "relays above ours", mail(lines=("Received: by imap.kontor.example; Tue, 8 Dec 2026 09:00:00 +0000", LINE))
    )
    yield Shape("no line of ours", mail(lines=(OLDER,)), received=None)
    yield Shape("line without a time", mail(lines=(f"Received: by {MX}", LINE)))
    yield Shape("line with a broken time", mail(lines=(f"Received: by {MX}; yesterday",)), received=None)
    yield Shape(
        "time without a zone", mail(lines=(f"Received: by {MX}; Mon, 7 Dec 2026 10:00:05 -0000",)), received=None
    )
    yield Shape("no line at all", mail(lines=()), received=None)


SHAPES = (*_encodings(), *_bodies(), *_hostile(), *_machines(), *_threads_and_times())
