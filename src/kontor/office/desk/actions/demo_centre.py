"""The demo's customer centres: the house's for all of its customers, and one of a customer under `crm` for its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.actions.articles import Written, hear_reader, write_article
from kontor.office.desk.actions.centre import Known, keep_person, promise_answer, set_up_centre
from kontor.office.desk.actions.demo_courses import make_house_courses, make_shop_courses
from kontor.office.desk.actions.demo_forum import make_house_forum, make_shop_forum
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import Article, CentrePassword, CentrePerson, Ticket
from kontor.office.parties import public as parties

WEEK: Final = "Mon-Thu 09:00-17:00, Fri 09:00-15:00"
_KINDS, _STATES, _READERS = Article.Kind, Article.State, Article.Audience


@dataclass(frozen=True, slots=True)
class Told:
    """An article of the demo: category, title and text, each in German and English."""

    category: tuple[str, str]
    title: tuple[str, str]
    text: tuple[str, str]
    kind: str = _KINDS.ARTICLE
    audience: str = _READERS.PUBLIC
    state: str = _STATES.PUBLISHED
    link: str = ""


_HOUSE: Final = (
    Told(
        ("Erste Schritte", "First steps"), ("Kolleginnen und Kollegen einladen", "Invite colleagues"),
        ("Öffnen Sie „Personen“ und wählen Sie „Einladen“.\n\nJede Person bekommt einen eigenen Zugang und eine Rolle.",
         "Open “People” and choose “Invite”.\n\nEach person gets an access of their own, and a role."),
    ),
    Told(
        ("Erste Schritte", "First steps"), ("Kurzanleitung für den ersten Tag", "Short manual for the first day"),
        ("1. Anmelden und den zweiten Faktor einrichten.\n2. Standorte prüfen.\n3. Rollen verteilen.",
         "1. Sign in and set up the second factor.\n2. Check the sites.\n3. Give out the roles."),
        kind=_KINDS.MANUAL,
    ),
    Told(
        ("Vertrag und Rechnung", "Contract and invoice"), ("Was „Warum?“ zeigt", "What “Why?” shows"),
        ("Neben jeder Zahl, die Ihr Vertrag bestimmt, steht „Warum?“: die Ziffer, die Angaben und der Rechenweg.",
         "Beside each figure that your contract decides stands “Why?”: the clause, the inputs and the working."),
    ),
    Told(
        ("Vertrag und Rechnung", "Contract and invoice"), ("Wie lange eine Antwort dauert", "How long an answer takes"),
        ("Ihr Vertrag sagt es; unter „Hilfe und Anfragen“ steht bei jeder Anfrage, bis wann.",
         "Your contract says it; under “Help and requests” each request shows by when."),
        audience=_READERS.CUSTOMERS,
    ),
    Told(
        ("Intern", "Internal"), ("Wer nachts geweckt werden darf", "Who may be woken at night"),
        ("Nur bei betriebsverhindernden Störungen, und nur in den Fenstern, die der Vertrag nennt.",
         "Only for faults that prevent work, and only in the windows that the contract names."),
        audience=_READERS.STAFF,
    ),
)  # fmt: skip
_SHOP: Final = (
    Told(
        ("Bestellung und Lieferung", "Orders and delivery"), ("Wann kommt meine Ware?", "When does my order arrive?"),
        ("Lagerware verlässt unser Haus am nächsten Werktag.\n\nDie Sendungsnummer steht in der Versandmail.",
         "What is in stock leaves our house on the next working day.\n\nOur dispatch mail has the number."),
    ),
    Told(
        ("Bestellung und Lieferung", "Orders and delivery"), ("Etwas zurückgeben", "Return something"),
        ("Innerhalb von 30 Tagen, unbenutzt, mit dem Formular aus dem Paket.",
         "Within 30 days, unused, with the form from the parcel."),
    ),
    Told(
        ("Rechnung und Zahlung", "Invoices and payment"), ("Eine Rechnung erneut bekommen", "Get an invoice again"),
        ("Nennen Sie uns Ihre Kundennummer; die Rechnung kommt als PDF.",
         "Tell us your customer number; the invoice comes as PDF."),
    ),
    Told(
        ("Rechnung und Zahlung", "Invoices and payment"), ("Preise für Wiederverkäufer", "Prices for resellers"),
        ("Für angemeldete Kunden gilt die Staffel ab 50 Stück.", "Signed-in customers have the scale from 50."),
        audience=_READERS.CUSTOMERS,
    ),
    Told(
        ("Geräte", "Devices"), ("Den Etikettendrucker einrichten", "Set up the label printer"),
        ("Stecken Sie ihn an, wählen Sie das Format 100 × 50 und drucken Sie die Testseite.",
         "Plug it in, choose the format 100 × 50 and print the test page."),
        kind=_KINDS.MANUAL,
    ),
    Told(
        ("Geräte", "Devices"), ("Akku des Scanners tauschen", "Change the scanner's battery"),
        ("Wird gerade geschrieben.", "Being written."), state=_STATES.DRAFT,
    ),
)  # fmt: skip


def make_centres(at: datetime) -> None:
    """Open the house's centre, and that of the customer whose contract has the customer centre."""
    _open("kontor", "Kontor Demo Hilfe", _HOUSE, at - timedelta(days=30))
    make_house_courses(at - timedelta(days=30))
    make_house_forum(at - timedelta(days=9))
    for under in contracts.served_all(at=at):
        if under.pack.key == "crm" and under.customer_tenant is not None:
            with as_tenant(under.customer_tenant):
                _make_shop(at)
            return


def _open(slug: str, title: str, articles: tuple[Told, ...], at: datetime) -> None:
    set_up_centre(slug, title, opened=True, joins=True, chats=True, at=at, actor=MACHINE)
    for each in articles:
        written = Written(
            kind=each.kind, state=each.state, audience=each.audience, category_de=each.category[0],
            category_en=each.category[1], title_de=each.title[0], title_en=each.title[1], text_de=each.text[0],
            text_en=each.text[1], link=each.link,
        )  # fmt: skip
        row = write_article(None, written, by=title, at=at, actor=MACHINE)
    hear_reader(row, helpful=True, words="", reader="", at=at + timedelta(days=2))


def _make_shop(at: datetime) -> None:
    """Fill the crm customer's centre: two end customers of one company, and what they asked."""
    began = at - timedelta(days=20)
    _open("birke", "Birke Hilfe", _SHOP, began)
    promise_answer(8, WEEK, country="DE", region="HE", at=began, actor=MACHINE)
    erle = parties.add(
        name="Erle Werkzeuge GmbH", street="Uferweg 4", postcode="60327", city="Frankfurt am Main",
        email="info@erle.example", at=began, actor=MACHINE,
    )  # fmt: skip
    for name, email, company in (("Eva Erle", "eva@erle.example", True), ("Max Moor", "max@erle.example", False)):
        known = Known(name=name, email=email, language="de", party=erle.id, company=company)
        keep_person(None, known, at=began, actor=MACHINE)
    make_shop_courses(began)
    make_shop_forum(began)
    CentrePassword.objects.create(
        person=CentrePerson.objects.get(email="eva@erle.example"), hashed=make_password("kontor-demo"), at=began
    )
    for subject, text, name, email, hours in (
        ("Lieferung unvollständig", "Es fehlt ein Karton von dreien.", "Max Moor", "max@erle.example", 20),
        ("Rechnung auf neue Anschrift", "Wir sind umgezogen; bitte neu ausstellen.", "Eva Erle", "eva@erle.example", 3),
    ):  # fmt: skip
        came = at - timedelta(hours=hours)
        asked = Asked(
            subject=subject, text=text, name=name, email=email, channel=Ticket.Channel.PAGE, reported=came,
            party=erle.id,
        )  # fmt: skip
        ticket = open_ticket(asked, at=came, actor=MACHINE)
    answer = Answer(text="Gern, die Rechnung kommt heute noch.")
    answer_customer(ticket.pk, answer, name="Ayla Birke", at=at - timedelta(hours=1), actor=MACHINE)
