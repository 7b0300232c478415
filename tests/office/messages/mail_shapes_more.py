# ruff: noqa: E501  a shape reads best in one line
"""
More mails in the shapes that real ones have: what clients write into subjects, what servers report, what people forward.

Beside what must be read of each it says where it is filed, at a desk whose request D-1 is of Jonas Alder.
"""

import base64
from collections.abc import Iterator

from tests.office.messages.mail_shapes import PLAIN, WORDS, Shape, mail, multipart

FOREIGN = "Fremd <fremd@example.org>"


def _answers() -> Iterator[Shape]:
    """How clients and gateways mark an answer, in their languages; the number counts wherever it stands."""
    for subject in (
        "Re: [D-1] Der Drucker steht", "AW: [D-1] Der Drucker steht", "Antwort: [D-1] Der Drucker steht", "RE: AW: Re: [D-1] x",
        "SV: [D-1] x", "TR: [D-1] x", "R: [D-1] x", "Re[2]: [D-1] x", "WG: [D-1] x", "Fwd: [D-1] x", "[EXTERN] Re: [D-1] x",
        "Re: [SUSPECTED SPAM] [D-1] x", "Betrifft [D-1]", "[D-1]",
    ):  # fmt: skip
        yield Shape(f"answer: {subject}", mail(subject=subject), subject=subject, filed="answered")
    coded = base64.b64encode("Re: [D-1] Grüße".encode()).decode()
    yield Shape(
        "answer: number in an encoded word",
        mail(subject=f"=?utf-8?B?{coded}?="),
        subject="Re: [D-1] Grüße",
        filed="answered",
    )
    yield Shape("answer: number behind a fold", mail(subject="Re: Der Drucker steht seit heute\r\n [D-1]"),
                subject="Re: Der Drucker steht seit heute [D-1]", filed="answered")  # fmt: skip
    yield Shape(
        "answer: a stranger has the number",
        mail(subject="Re: [D-1] x", frm=FOREIGN),
        sender="fremd@example.org",
        subject="Re: [D-1] x",
    )
    for subject in ("Re: [D-99] x", "Re: D1 x", "Rechnung 1", "[#1] x", "[D-] x"):
        yield Shape(f"no answer: {subject}", mail(subject=subject), subject=subject)
    quoted = f"{PLAIN}\r\n\r\nAm 07.12.2026 schrieb Desk:\r\n> Welches Terminal?\r\n".encode()
    read = f"{PLAIN}\n\nAm 07.12.2026 schrieb Desk:\n> Welches Terminal?"
    yield Shape(
        "answer: with what it quotes",
        mail(quoted, subject="Re: [D-1] x"),
        subject="Re: [D-1] x",
        text=read,
        filed="answered",
    )


def _forwards() -> Iterator[Shape]:
    """What people pass on: as text, as a file, from a telephone, with a disclaimer."""
    for name, line in (
        ("Gmail", "---------- Forwarded message ---------"), ("Outlook", "-----Ursprüngliche Nachricht-----"),
        ("Thunderbird", "-------- Weitergeleitete Nachricht --------"), ("Apple", "Anfang der weitergeleiteten Nachricht:"),
    ):  # fmt: skip
        body = f"Bitte kümmern.\n\n{line}\nVon: Eva <eva@alder.example>\nBetreff: Tor\n\nDas Tor klemmt."
        yield Shape(
            f"forward by {name}",
            mail(body.replace("\n", "\r\n").encode(), subject="WG: Tor"),
            subject="WG: Tor",
            text=body,
        )
    inner = mail("Das Tor klemmt, Grüße.".encode(), subject="Tor", number="inner")
    body, kind = multipart(
        ("Content-Type: text/plain; charset=utf-8", b"Siehe Anhang."),
        ('Content-Type: message/rfc822; name="Tor.eml"\r\nContent-Disposition: attachment; filename="Tor.eml"', inner),
    )
    yield Shape(
        "forward as a named file",
        mail(body, kind=kind, subject="Fwd: Tor"),
        subject="Fwd: Tor",
        text="Siehe Anhang.",
        files=("Tor.eml",),
    )
    yield Shape(
        "from a telephone",
        mail(b"Drucker steht.\r\n\r\nVon meinem iPhone gesendet"),
        text="Drucker steht.\n\nVon meinem iPhone gesendet",
    )
    yield Shape("resent", mail(PLAIN.encode(), "Resent-From: eva@alder.example", "Resent-To: desk@kontor.example"))
    yield Shape("sent on behalf", mail(PLAIN.encode(), "Sender: assistant@alder.example"))
    yield Shape("reply elsewhere", mail(PLAIN.encode(), "Reply-To: einkauf@alder.example"))


def _charsets() -> Iterator[Shape]:
    """Alphabets of customers abroad, soft line ends, and heads that are written as nobody should."""
    for charset, text in (
        ("iso-2022-jp", "プリンターが止まりました"), ("shift_jis", "プリンター"), ("gb18030", "打印机停止"), ("big5", "印表機"), ("euc-kr", "프린터"),
        ("koi8-r", "Принтер стоит"), ("windows-1251", "Принтер"), ("windows-1250", "Tiskárna stojí, žádná stránka"), ("windows-1254", "Yazıcı çalışmıyor"),
        ("iso-8859-7", "Ο εκτυπωτής"), ("iso-8859-8", "המדפסת"), ("windows-1256", "الطابعة"), ("utf-7", "Grüße"), ("utf-8-sig", "Grüße"),
    ):  # fmt: skip
        data = base64.encodebytes(text.encode(charset))
        told = "utf-8" if charset == "utf-8-sig" else charset
        read = f"\ufeff{text}" if charset == "utf-8-sig" else text
        yield Shape(
            f"alphabet {charset}",
            mail(data, "Content-Transfer-Encoding: base64", kind=f"text/plain; charset={told}"),
            text=read,
        )
    soft = b"Der Drucker steht, und zwar seit heute fr=C3=BCh, als wir das Update einsp=\r\nielten."
    yield Shape("soft line ends", mail(soft, "Content-Transfer-Encoding: quoted-printable"),
                text="Der Drucker steht, und zwar seit heute früh, als wir das Update einspielten.")  # fmt: skip
    yield Shape("broken quoted-printable", mail(b"a=ZZb", "Content-Transfer-Encoding: quoted-printable"), text="a=ZZb")
    yield Shape(
        "base64 without its end",
        mail(base64.b64encode(WORDS.encode()).rstrip(b"="), "Content-Transfer-Encoding: base64"),
        text=WORDS,
    )
    yield Shape("transfer nobody knows", mail(PLAIN.encode(), "Content-Transfer-Encoding: x-none"))
    yield Shape(
        "flowed text",
        mail(b"Der Drucker \r\nsteht.", kind="text/plain; charset=utf-8; format=flowed"),
        text="Der Drucker \nsteht.",
    )
    yield Shape("kind in capitals", mail(PLAIN.encode(), kind='TEXT/PLAIN; CHARSET="UTF-8"'))
    yield Shape("two subjects", mail(PLAIN.encode(), "X-Spam: no").replace(b"X-Spam", b"Subject: Zweiter\r\nX-Spam"))
    yield Shape("a line of a thousand letters", mail(b"x" * 5000), text="x" * 5000)


def _machines() -> Iterator[Shape]:
    """Reports and replies by servers as each of them writes them; none becomes a request."""
    dsn = 'multipart/report; report-type=delivery-status; boundary="=_b"'
    for name, human, status in (
        ("Exchange", b"Your message couldn't be delivered.", b"Reporting-MTA: dns;ex.b.example\r\n\r\nFinal-recipient: RFC822; a@b.example\r\nAction: failed\r\nStatus: 5.1.10\r\nRemote-MTA: dns;x\r\n"),
        ("Gmail", b"Address not found", b"Reporting-MTA: dns; googlemail.com\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
        ("Postfix, late", b"delayed mail", b"Reporting-MTA: dns; p\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"),
        ("Exim", b"This message was created automatically", b"Reporting-MTA: dns; e\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822;a@b.example\r\nStatus: 5.0.0\r\n"),
        ("full mailbox", b"quota", b"Reporting-MTA: dns; q\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"),
        ("without fields", b"failed", b""),
    ):  # fmt: skip
        body, _kind = multipart(("Content-Type: text/plain", human), ("Content-Type: message/delivery-status", status))
        yield Shape(f"report: {name}", mail(body, kind=dsn), text=human.decode(), machine="bounce")
    body, _kind = multipart(
        ("Content-Type: text/plain", b"gelesen"),
        (
            "Content-Type: message/disposition-notification",
            b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
        ),
    )
    yield Shape(
        "read receipt",
        mail(body, kind='multipart/report; report-type=disposition-notification; boundary="=_b"'),
        text="gelesen",
        machine="bounce",
    )
    body, _kind = multipart(
        ("Content-Type: text/plain", b"complaint"),
        ("Content-Type: message/feedback-report", b"Feedback-Type: abuse\r\n"),
    )
    yield Shape(
        "complaint of a mailbox",
        mail(body, kind='multipart/report; report-type=feedback-report; boundary="=_b"'),
        text="complaint",
        machine="bounce",
    )
    yield Shape(
        "report of qmail",
        mail(b"Hi. This is the qmail-send program.", "Return-Path: <>", frm="MAILER-DAEMON@q.example"),
        sender="mailer-daemon@q.example",
        text="Hi. This is the qmail-send program.",
        machine="empty-sender",
    )
    yield Shape("away, Exchange", mail(b"Bin weg.", "X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated", subject="Automatische Antwort: [D-1] x"),
                subject="Automatische Antwort: [D-1] x", text="Bin weg.", machine="auto-submitted")  # fmt: skip
    for subject in ("Out of the office: back Monday", "Autosvar: ferie", "Risposta automatica: x", "Automatisch antwoord: x", "Abwesenheitsnotiz: x",
                    "Automatic response: x", "Respuesta automática: x", "Automatisk svar: x", "Automatická odpověď: x", "Autoodpowiedź: x"):  # fmt: skip
        yield Shape(f"away: {subject}", mail(subject=subject), subject=subject, machine="away")
    yield Shape(
        "challenge of a filter",
        mail(b"Please click", "Auto-Submitted: auto-replied", subject="Confirm your mail"),
        subject="Confirm your mail",
        text="Please click",
        machine="auto-submitted",
    )
    yield Shape(
        "newsletter",
        mail(b"News", "List-Id: <n.example>", "List-Unsubscribe: <https://n.example/u>", "Precedence: bulk"),
        text="News",
        machine="bulk",
    )


def _oddities() -> Iterator[Shape]:
    """Signatures, encryption, calendars, and heads that name nobody."""
    text = ("Content-Type: text/plain; charset=utf-8", PLAIN.encode())
    body, kind = multipart(text, ("Content-Type: application/pkcs7-signature; name=smime.p7s", b"0\x82"), sort="signed")
    yield Shape("signed by S/MIME", mail(body, kind=kind), files=("smime.p7s",))
    body, kind = multipart(
        text, ("Content-Type: application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----"), sort="signed"
    )
    yield Shape("signed by PGP", mail(body, kind=kind), files=("file-1",))
    yield Shape(
        "encrypted by S/MIME",
        mail(
            b"0\x82",
            'Content-Disposition: attachment; filename="smime.p7m"',
            kind="application/pkcs7-mime; name=smime.p7m",
        ),
        text="",
        files=("smime.p7m",),
    )
    body, kind = multipart(
        ("Content-Type: application/pgp-encrypted", b"Version: 1"),
        ("Content-Type: application/octet-stream; name=encrypted.asc", b"-----BEGIN PGP MESSAGE-----"),
        sort="encrypted",
    )
    yield Shape("encrypted by PGP", mail(body, kind=kind), text="", files=("file-1", "encrypted.asc"))
    body, kind = multipart(text, ('Content-Type: text/calendar; method=REQUEST; name="termin.ics"', b"BEGIN:VCALENDAR"))
    yield Shape("invitation with a name", mail(body, kind=kind), files=("termin.ics",))
    body, kind = multipart(text, ('Content-Type: text/vcard; name="jonas.vcf"', b"BEGIN:VCARD"))
    yield Shape("visiting card", mail(body, kind=kind), files=("jonas.vcf",))
    body, kind = multipart(
        text,
        (
            'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="../../etc/passwd"',
            b"x",
        ),
    )
    yield Shape("file that would climb", mail(body, kind=kind), files=("../../etc/passwd",))
    yield Shape(
        "picture alone",
        mail(
            base64.encodebytes(b"\x89PNG\r\n\x1a\n"),
            "Content-Transfer-Encoding: base64",
            kind='image/png; name="foto.png"',
        ),
        text="",
        files=("foto.png",),
    )
    yield Shape("no sender at all", mail(PLAIN.encode(), "From: -"), sender="", filed="unreadable")
    yield Shape("sender without an address", mail(frm="Jonas"), sender="jonas", filed="unreadable")
    yield Shape(
        "written by ourselves", mail(frm="Desk <desk@kontor.example>"), sender="desk@kontor.example", filed="own"
    )
    yield Shape("group instead of a recipient", mail(PLAIN.encode(), "To: undisclosed-recipients:;"))
    yield Shape("no Message-ID", mail(PLAIN.encode(), "Message-ID: -"))
    yield Shape("Message-ID with two hosts", mail(PLAIN.encode(), "Message-ID: <a@@b>"))


MORE = (*_answers(), *_forwards(), *_charsets(), *_machines(), *_oddities())
