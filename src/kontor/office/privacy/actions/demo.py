"""The demo's privacy: partners, one of them new, measures looked at, and an agreement that awaits its customer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.actions.agreements import issue_agreement, sign_agreement, sign_as_customer
from kontor.office.privacy.actions.audits import Visit, audit_as_customer, let_in
from kontor.office.privacy.actions.backups import note_backup, note_rehearsal
from kontor.office.privacy.actions.consents import Come, ask_consent, confirm_consent, publish_text, withdraw_consent
from kontor.office.privacy.actions.notice import Details, keep_details, publish_notice
from kontor.office.privacy.actions.register import review_measure
from kontor.office.privacy.actions.retention import begin_night, keep_nights, note_part, settle_keeping
from kontor.office.privacy.actions.subject_answers import answer
from kontor.office.privacy.actions.subject_forwards import forward
from kontor.office.privacy.actions.subjects import Asking, receive
from kontor.office.privacy.actions.subprocessors import NewSubprocessor, add_subprocessor, announce_missing
from kontor.office.privacy.models import ConsentStep, ProcessingAgreement
from kontor.office.privacy.queries.contracts import needs_agreement, running
from kontor.office.privacy.queries.notice import proposals
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Text

_REVIEWED: Final = (
    ("premises", "Leitung Betrieb", "Schließplan und Besucherbuch des Rechenzentrums"),
    ("systems", "Informationssicherheit", "Zwei Faktoren für alle Beschäftigten, Bericht vom letzten Quartal"),
    ("rights", "Informationssicherheit", "Rechteprüfung vom letzten Quartal, unterschrieben im Ordner Zugänge"),
    ("availability", "Leitung Betrieb", "Wiederherstellung geprobt: 14 Minuten, Protokoll unter Sicherungen"),
)


_SETTLED: Final = (
    ("closed_requests", "24 months", "Löschkonzept vom Januar"),
    ("sent_mails", "12 months", "Löschkonzept vom Januar"),
)


def make_demo(at: datetime) -> None:
    """Fill the registers as they look after a few months."""
    on = at.date()
    _back_up(at)
    _publish(at)  # before its host is entered: so a new edition is proposed
    _ask_for_mail(at)
    add_subprocessor(_host(on), from_the_start=True, at=at, actor=MACHINE)
    for key, owner, evidence in _REVIEWED:
        days = {"reviewed_on": on - timedelta(days=40), "review_by": on + timedelta(days=320)}
        review_measure(key, owner=owner, evidence=evidence, **days, at=at, actor=MACHINE)


def _back_up(at: datetime) -> None:
    """Remember last nights' backups, and that one was tried out."""
    for nights in (3, 2, 1):
        made = at - timedelta(days=nights, hours=-2)
        note_backup(
            made_at=made, expires_on=(made + timedelta(days=30)).date(), seconds=41, rows=61200 - 800 * nights,
            files=412, size=27_400_000,
        )  # fmt: skip
    note_rehearsal(backup_made_at=made, seconds=186, rows=60400, files=412, problem="", at=made + timedelta(hours=1))


def _publish(at: datetime) -> None:
    house = Tenant.objects.get(pk=current_tenant())
    told = Details(
        name=house.name, address="Hafenstraße 12, 20457 Hamburg", email="datenschutz@kontor.example",
        officer="Dr. Mara Lind, datenschutz@kontor.example",
        authority="Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit",
    )  # fmt: skip
    keep_details(told, at=at, actor=MACHINE)
    for each in proposals(house, None, at=at):
        publish_notice(each.part, shown=each.sha256, tenant=house, standing=None, at=at, actor=MACHINE)


def _ask_for_mail(at: datetime) -> None:
    """Ask some people for a newsletter: confirmed, not yet, and taken back."""
    text = publish_text(
        "neuigkeiten",
        title=Text("Neuigkeiten", "News"),
        text=Text(
            "Ich möchte einmal im Monat per E-Mail erfahren, was es Neues gibt.",
            "I would like to read once a month by e-mail what is new.",
        ),
        at=at - timedelta(days=90),
        actor=MACHINE,
    )
    came = Come(channel=ConsentStep.Channel.FORM, address="203.0.113.9", client="Firefox")
    for number, name in enumerate(("mia.sommer", "leo.winter", "pia.herbst")):
        asked = ask_consent(text, f"{name}@kunde.example", come=came, at=at - timedelta(days=60 - number))
        if asked is not None and name != "leo.winter":
            confirm_consent(asked.pk, come=came, at=at - timedelta(days=60 - number, hours=-1))
    withdraw_consent(text, "pia.herbst@kunde.example", come=came, at=at - timedelta(days=3))


_CONCLUDED: Final = "visitor"  # its customer has signed as well: without that it could receive no visitors (10.2)


def make_papers(at: datetime) -> None:
    """Issue the agreements of the demo's contracts, and announce one partner more; after the contracts are made."""
    on = at.date()
    needed = [each for each in running(on) if needs_agreement(each)]
    issued = [issue_agreement(contract.id, at=at, actor=MACHINE) for contract in needed]
    signed = [made for contract, made in zip(needed, issued, strict=True) if contract.pack.key == _CONCLUDED]
    for made in dict.fromkeys([*issued[:1], *signed]):  # the others wait for the house
        sign_agreement(made.pk, function="Geschäftsführung", at=at, actor=Actor("PERSON", None, "Bea Zahl"))
    for made in signed:
        sign_as_customer(made, function="Geschäftsführung", at=at, actor=Actor("PERSON", None, "Jonas Alder"))
    announce_missing(at=at, actor=MACHINE)
    add_subprocessor(_help(on), at=at, actor=MACHINE)
    _requests(at)
    _audits(issued, at)
    _make_nights(at)


def _make_nights(at: datetime) -> None:
    """Settle how long requests and mails stay, and let last night have been: nothing of the demo is that old."""
    for kind, keep, agreed in _SETTLED:
        settle_keeping(kind, Duration.parse(keep), agreed=agreed, at=at - timedelta(days=30), actor=MACHINE)
    night = begin_night(at=at - timedelta(days=1))
    while night.done_at is None:
        night = note_part(night, at=at - timedelta(days=1))
    keep_nights(at=at)


def _host(on: date) -> NewSubprocessor:
    return NewSubprocessor(
        name="Rechenhaus GmbH", address="Hafenstraße 1, 60327 Frankfurt am Main", country="DE",
        task_de="Betrieb der Server", task_en="Hosting of the servers", access="verschlüsselte Dateien und Datenbank",
        safeguards="ISO 27001", agreement_on=on - timedelta(days=400), effective_on=on - timedelta(days=300),
    )  # fmt: skip


def _help(on: date) -> NewSubprocessor:
    return NewSubprocessor(
        name="Fernblick Inc.", address="12 Pine Street, Portland", country="US", task_de="Überwachung der Anwendung",
        task_en="Monitoring of the application", access="Messwerte ohne Inhalte", safeguards="SOC 2",
        effective_on=on + timedelta(days=800),
    )  # fmt: skip


def _requests(at: datetime) -> None:
    """Take in what people asked: one answered, one that waits, one forwarded to the customer whose data it is."""
    came = at - timedelta(days=9)
    done = receive(
        Asking(kind="erasure", name="Paul Winter", email="paul.winter@gast.example",
               words="Bitte löschen Sie meine Anfrage vom Frühjahr.", way="mail", language="de", known="address"),
        at=came, actor=MACHINE,
    )  # fmt: skip
    answer(done.pk, "Ihre Anfrage vom Frühjahr ist gelöscht.", at=at - timedelta(days=2), actor=MACHINE)
    receive(
        Asking(kind="access", name="Lena Vogt", email="lena.vogt@gast.example",
               words="Welche Daten haben Sie über mich?", way="mail", language="de", known="address"),
        at=at - timedelta(days=4), actor=MACHINE,
    )  # fmt: skip
    theirs = receive(
        Asking(kind="rectification", name="Tom Reiter", email="tom.reiter@gast.example",
               words="Am Empfang steht mein Name falsch: Reiter mit ei.", way="mail", language="de", known="address"),
        at=at - timedelta(days=1), actor=MACHINE,
    )  # fmt: skip
    customers = [each.customer_tenant for each in running(at.date()) if each.customer_tenant]
    for customer in customers[:1]:
        forward(theirs.pk, [customer], at=at, actor=MACHINE)


def _audits(issued: Sequence[ProcessingAgreement], at: datetime) -> None:
    """Have a customer ask for an audit, and let an auditor in to look for a few days."""
    for made in issued[:1]:
        scope = "Zugriffe im letzten Jahr und die Maßnahmen nach Anhang III"
        audit_as_customer(made, scope=scope, wished_on=at.date() + timedelta(days=20), at=at, actor=MACHINE)
    visit = Visit(
        name="Petra Sommer", email="petra.sommer@pruefwerk.example", company="Prüfwerk GmbH",
        purpose="Jährliche Prüfung der Maßnahmen", language="de",
        scope=("privacy.folder", "privacy.trail", "privacy.see"), days=5,
    )  # fmt: skip
    let_in(visit, held=None, at=at, actor=MACHINE)
