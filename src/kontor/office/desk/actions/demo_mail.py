"""The demo's mail: what the house settled, answers and copies, what a machine sent, and how somebody was helped."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from kontor.kernel.actions.senders import keep_sender
from kontor.kernel.actor import MACHINE
from kontor.office.desk.actions.mail_intake import take_mail
from kontor.office.desk.actions.mailboxes import settle_habits
from kontor.office.desk.actions.satisfaction import rate
from kontor.office.desk.models import Ticket
from kontor.office.desk.queries.numbering import subject_of
from kontor.office.parties import public as parties

_DESK = "desk@kontor.example"
_MX = "mx.kontor.example"
_HALF = timedelta(minutes=30)


def make_demo_mail(at: datetime) -> None:
    """Take mails in as they would have come, and note what customers said of how they were helped."""
    habits = {"address": _DESK, "mx_host": _MX, "reopen_days": 14, "receipts_a_day": 10, "asks_after": True}
    settle_habits({**habits, "asks_again_days": 30}, at=at - timedelta(days=20), actor=MACHINE)
    open_ones = Ticket.objects.filter(closed_at=None).exclude(requester_email="").order_by("number")
    for waiting in open_ones[:1]:
        subject = f"Re: {subject_of(waiting.number, waiting.subject)}"
        page = "<p>Guten Tag,</p><p>betroffen sind <b>beide</b> Geräte:</p><ul><li>Empfang</li><li>Haupttor</li></ul>"
        answer = _mail(waiting.requester_email, subject, "Guten Tag, betroffen sind beide Geräte.", at - _HALF)
        answer.add_alternative(page, subtype="html")
        people = [each.email for each in parties.people_of(waiting.party_id)] if waiting.party_id else []
        answer["Cc"] = ", ".join(["beratung@extern.example", *filter(None, people)])
        answer.add_attachment(b"PNG", maintype="image", subtype="png", filename="Anzeige.png")
        answer.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="Diagnose.exe")
        take_mail(answer.as_bytes(), at=at - _HALF)
    away = _mail("jonas@alder.example", "Abwesend bis Montag", "Ich bin ab Montag wieder da.", at - 2 * _HALF)
    away["Auto-Submitted"] = "auto-replied"
    take_mail(away.as_bytes(), at=at - 2 * _HALF)
    words = "Name: Lea Sommer\nAnliegen: Unser Terminal im Lager bleibt dunkel. Können Sie heute zurückrufen?"
    form = _mail("noreply@formular.example", "Kontaktformular: Terminal im Lager", words, at - 3 * _HALF)
    form["Auto-Submitted"] = "auto-generated"
    take_mail(form.as_bytes(), at=at - 3 * _HALF)
    own = {"address": "hilfe@kontor.example", "host": "", "user": ""}
    keep_sender(None, own, password="", proved=False, at=at - _HALF, actor=MACHINE)
    for number, ticket in enumerate(Ticket.objects.filter(joined_to=None).exclude(closed_at=None).order_by("number")):
        words = "Schnell und verständlich." if number == 0 else ""
        rate(ticket, mark=5 - number % 2, words=words, at=at - _HALF, actor=MACHINE)


def _mail(sender: str, subject: str, text: str, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Received"] = f"from out.example by {_MX} with ESMTPS; {format_datetime(at)}"
    mail["From"], mail["To"], mail["Subject"] = sender, _DESK, subject
    mail["Message-ID"] = f"<demo-{at.timestamp():.0f}@mail.example>"
    mail.set_content(text)
    return mail
