"""Who and what the demo knows: invented businesses, prices and people."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Offering:
    """A price list to offer from: its seller and its items by key."""

    seller: uuid.UUID
    price_list: uuid.UUID
    items: Mapping[str, uuid.UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """
    One customer and how far its story goes.

    stage     "draft", "sent", "accepted" (waits for our confirmation), "running"
    days_ago  when the first offer was written
    pays_after  how many days an invoice stays open
    """

    pack: str
    stage: str
    days_ago: int
    pays_after: int = 35
    party: Mapping[str, Any]
    signatory: str
    email: str
    positions: Mapping[str, int]
    agreed: Mapping[str, Any] = field(default_factory=dict)


STAFF = (
    ("ida@kontor.example", "Ida Lindwurm", ""),
    ("volker@kontor.example", "Volker Feld", "Vertrieb"),
    ("bea@kontor.example", "Bea Zahl", "Buchhaltung"),
)

SELLERS: Mapping[str, Mapping[str, Any]] = {
    "house": {
        "name": "Kontor Demo GmbH",
        "street": "Speicherstadt 1",
        "postcode": "20457",
        "city": "Hamburg",
        "country": "DE",
        "vat_id": "DE123456788",
        "registration": "HRB 10001 Hamburg",
        "legal_note": "Geschäftsführerin: Ida Lindwurm",
        "email": "rechnung@kontor.example",
        "phone": "+49 40 1234560",
        "contact_name": "Bea Zahl",
        "bank": "Hafenbank",
        "iban": "DE02120300000000202051",
        "bic": "BYLADEM1001",
        "zone": "Europe/Berlin",
        "language": "de",
        "creditor_id": "DE98ZZZ09999999999",  # the Bundesbank's own example
    },
    "leisure": {
        "name": "Kontor Loisirs SARL",
        "street": "12 quai du Lac",
        "postcode": "74000",
        "city": "Annecy",
        "country": "FR",
        "vat_id": "FR00123456782",
        "registration": "RCS Annecy 123 456 782",
        "email": "factures@kontor.example",
        "phone": "+33 4 50 12 34 56",
        "contact_name": "Lou Martin",
        "bank": "Banque du Lac",
        "iban": "FR7630006000011234567890189",
        "bic": "AGRIFRPP",
        "zone": "Europe/Paris",
        "language": "de",
        "number_prefix": "FR",
    },
}
COLLEAGUES = (
    ("timo@birke.example", "Timo Erle", "sales"),
    ("nora@birke.example", "Nora Weide", "service"),
)
CUSTOMERS_IBAN = "DE89370400440532013000"  # the example of the IBAN registry

LIST_NAMES = {
    "visitor": "Besucher und Beschilderung",
    "crm": "CRM",
    "dealership": "Autohaus",
    "bookkeeping": "Online-Buchhaltung",
    "leisure": "Kart und Freizeit",
}


def _item(
    key: str, de: str, en: str, kind: str, unit: str, interval: str, price: str, module: str = ""
) -> dict[str, Any]:
    return {
        "key": key,
        "name_de": de,
        "name_en": en,
        "kind": kind,
        "unit": unit,
        "interval": interval,
        "price": Decimal(price),
        "module": module,
    }


def _used(key: str, de: str, en: str, meter: str, block: tuple[int, int, str], price: str) -> dict[str, Any]:
    return {
        **_item(key, de, en, "USAGE", "BLOCK", "ONCE", price),
        "meter": meter,
        "included": Decimal(block[0]),
        "block_size": Decimal(block[1]),
        "block_unit": block[2],
    }


ITEMS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "visitor": (
        _item("visitors", "Besucherverwaltung", "Visitor management", "MODULE", "SITE", "MONTH", "89.00", "visitors"),
        _item("signage", "Digitale Beschilderung", "Digital signage", "MODULE", "SITE", "MONTH", "59.00", "signage"),
        _item("users", "Zugänge", "Users", "PLAN", "USER", "MONTH", "9.50", "platform"),
        _item("storage", "Weiterer Speicher", "More storage", "STORAGE", "GB", "MONTH", "0.80", "storage"),
        _item("terminal", "Terminal mit Drucker", "Terminal with printer", "HARDWARE", "PIECE", "ONCE", "1490.00"),
        _item("training", "Einweisung", "Training", "SERVICE", "HOUR", "ONCE", "120.00"),
    ),
    "crm": (
        _item("sales", "Nutzer Vertrieb", "Sales user", "PLAN", "USER", "MONTH", "52.00"),
        _item("service", "Nutzer Kundenservice", "Service user", "PLAN", "USER", "MONTH", "61.00"),
        _item("expander", "Webservices", "Web services", "MODULE", "CUSTOMER", "MONTH", "180.00", "expander"),
        _item("desk", "Kundencenter", "Customer centre", "MODULE", "CUSTOMER", "MONTH", "95.00", "desk"),
    ),
    "dealership": (
        _item("processes", "Verkaufsprozesse", "Sales processes", "MODULE", "SITE", "MONTH", "240.00"),
        _item("users", "Verkäufer", "Salespeople", "PLAN", "USER", "MONTH", "19.00"),
    ),
    "bookkeeping": (
        _item("books", "Online-Buchhaltung", "Online bookkeeping", "PLAN", "CUSTOMER", "MONTH", "34.90", "books"),
        _item("users", "Weitere Nutzer", "Further users", "PLAN", "USER", "MONTH", "8.90"),
    ),
    "leisure": (
        _item("licence", "Lizenz je Kasse", "Licence per till", "PLAN", "PIECE", "YEAR", "980.00", "gokarts"),
        _item("maintenance", "Wartung", "Maintenance", "SERVICE", "SITE", "YEAR", "1450.00"),
        _item("web_pro", "Web Pro mit Online-Verkauf", "Web Pro with online sale", "MODULE", "SITE", "YEAR", "690.00",
              "web_pro"),
        _item("licence_perpetual", "Dauerlizenz je Kasse", "Perpetual licence per till", "PLAN", "PIECE", "ONCE",
              "3920.00", "gokarts"),
    ),
}  # fmt: skip

USE_ITEMS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "crm": (
        _used("more-mailings", "Mailings", "Mailings", "bulk_mailings", (10_000, 1_000, "Mailings"), "1.00"),
        _used("more-emails", "Service-E-Mails", "Service e-mails", "service_emails", (5_000, 1_000, "E-Mails"), "0.50"),
        _used("more-visitors", "Besucher im Kundencenter", "Customer centre visitors", "customer_centre_logins",
              (500, 100, "Besucher"), "4.00"),
    ),
}  # fmt: skip
MAILINGS = (6_200, 8_900, 12_400, 9_700, 14_100)  # a month, one after the other


def _party(name: str, street: str, postcode: str, city: str, email: str, vat_id: str) -> dict[str, Any]:
    return {
        "name": name,
        "street": street,
        "postcode": postcode,
        "city": city,
        "country": "DE",
        "email": email,
        "vat_id": vat_id,
        "language": "de",
    }


_TERM = {"term.initial": "12 months", "term.renewal": "12 months", "notice.period": "3 months", "notice.to": "term_end"}
_PAID = {"invoicing.due": "14 days", "invoicing.due_from": "issue"}

CUSTOMERS: Sequence[Customer] = (
    Customer(
        pack="visitor",
        stage="running",
        days_ago=215,
        pays_after=40,  # on any day of a month one of its invoices is open, and is collected
        party=_party("Alder & Söhne GmbH", "Hafenweg 9", "20457", "Hamburg", "einkauf@alder.example", "DE111111125"),
        signatory="Jonas Alder",
        email="jonas@alder.example",
        positions={"visitors": 2, "signage": 1, "users": 10, "terminal": 2},
        agreed={
            "formation.storage_gigabytes": 15,
            "term.initial": "12 months",
            "invoicing.interval": "month",
            "subprocessors.mode": "general",
            "subprocessors.notice": "14 days",
        },
    ),
    Customer(
        pack="crm",
        stage="running",
        days_ago=160,
        party=_party(
            "Birke Handels AG", "Am Markt 3", "60311", "Frankfurt am Main", "office@birke.example", "DE222222239"
        ),
        signatory="Ayla Birke",
        email="ayla@birke.example",
        positions={"sales": 12, "service": 4, "expander": 1, "desk": 1},
        agreed={
            **_PAID,
            "invoicing.interval": "quarter",
            "invoicing.lead": "14 days",
            "arrears.dunning_levels": 2,
            "subprocessors.named": "Rechenzentrum Nord GmbH",
        },
    ),
    Customer(
        pack="leisure",
        stage="running",
        days_ago=120,
        party=_party(
            "Kart-Arena Nord GmbH", "Ringstraße 88", "24103", "Kiel", "buero@kart-nord.example", "DE333333348"
        ),
        signatory="Mats Petersen",
        email="mats@kart-nord.example",
        positions={"licence": 3, "maintenance": 1, "web_pro": 1},
        agreed={
            "licence.granted_for": "limited_term",
            "term.initial": "12 months",
            "invoicing.interval": "year",
            "invoicing.due": "30 days",
            "support.fault_address": "support@kontor.example",
            "subprocessors.named": "Hébergement du Lac SAS",
        },
    ),
    Customer(
        pack="visitor",
        stage="accepted",
        days_ago=2,
        party=_party("Hasel Logistik GmbH", "Containerring 14", "28197", "Bremen", "it@hasel.example", "DE444444457"),
        signatory="Nele Hasel",
        email="nele@hasel.example",
        positions={"visitors": 4, "users": 25},
        agreed={
            "formation.storage_gigabytes": 30,
            "term.initial": "24 months",
            "invoicing.interval": "quarter",
            "subprocessors.mode": "specific",
            "subprocessors.notice": "30 days",
        },
    ),
    Customer(
        pack="dealership",
        stage="sent",
        days_ago=6,
        party=_party(
            "Autohaus Fichte GmbH", "Industriestraße 5", "50667", "Köln", "leitung@fichte.example", "DE555555566"
        ),
        signatory="Tom Fichte",
        email="tom@fichte.example",
        positions={"processes": 2, "users": 14},
        agreed={**_TERM, **_PAID, "invoicing.interval": "month", "invoicing.issued": "period_start"},
    ),
    Customer(
        pack="bookkeeping",
        stage="running",
        days_ago=95,
        pays_after=62,
        party=_party("Ginster Beratung", "Lindenallee 20", "10969", "Berlin", "hallo@ginster.example", "DE666666675"),
        signatory="Rosa Ginster",
        email="rosa@ginster.example",
        positions={"books": 1, "users": 2},
        agreed={**_TERM, **_PAID, "invoicing.interval": "month", "invoicing.issued": "period_start"},
    ),
    Customer(
        pack="crm",
        stage="draft",
        days_ago=0,
        party=_party("Efeu Verlag GmbH", "Gutenbergweg 1", "04109", "Leipzig", "verlag@efeu.example", "DE777777784"),
        signatory="Carl Efeu",
        email="carl@efeu.example",
        positions={"sales": 5},
    ),
)
