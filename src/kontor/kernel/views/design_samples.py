"""Invented examples for the page /design."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kontor.kernel.components import Badge, Chart, Moment, Part, Run, Series, Stage, Step, Tab
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Ruling, Text

COUNTRIES = [
    ("AT", "Österreich"),
    ("BE", "België"),
    ("CH", "Schweiz"),
    ("CZ", "Česko"),
    ("DE", "Deutschland"),
    ("DK", "Danmark"),
    ("ES", "España"),
    ("FI", "Suomi"),
    ("FR", "France"),
    ("IT", "Italia"),
    ("LU", "Luxembourg"),
    ("NL", "Nederland"),
    ("NO", "Norge"),
    ("PL", "Polska"),
    ("SE", "Sverige"),
]

OPEN = Badge(Text("offen", "open"))
PAID = Badge(Text("bezahlt", "paid"), "good")
OVERDUE = Badge(Text("überfällig", "overdue"), "bad")
PARTLY = Badge(Text("teilbezahlt", "part paid"), "warn")


@dataclass(frozen=True)
class Invoice:
    """A row of the example list."""

    number: str
    customer: str
    product: Text
    issued_on: date
    total: Money
    state: Badge
    key: str
    clause: Clause


def _invoice(number: int, customer: str, day: int, total: int, state: tuple[Badge, str]) -> Invoice:
    product = Text("Besucher, im Voraus", "Visitors, in advance")
    clause = Clause("visitor", "4.6.1")
    return Invoice(
        f"2026-{number}", customer, product, date(2026, 11, day), Money("EUR", total), state[0], state[1], clause
    )


INVOICES = [
    _invoice(1284, "Stadtklinik Lindenhof", 20, 169909, (PARTLY, "open")),
    _invoice(1283, "Weserwerk Anlagenbau GmbH", 18, 680400, (OPEN, "open")),
    _invoice(1279, "Medizintechnik Albers GmbH", 12, 93600, (PAID, "paid")),
    _invoice(1271, "Kartbahn Ostsee GmbH", 6, 526893, (PAID, "paid")),
    _invoice(1266, "Fjordlicht Leuchten AG", 3, 1248000, (OVERDUE, "over")),
    _invoice(1265, "Moorburg Logistik KG", 2, 214200, (OVERDUE, "over")),
    _invoice(1264, "Alpenring Freizeitpark GmbH", 1, 891040, (PAID, "paid")),
]

_PRORATION = Ruling(
    Money("EUR", 581),
    (Clause("visitor", "4.6.1"),),
    (("confirmed_on", "2026-10-17"), ("price", "12.00 EUR")),
    (
        Text("17.10. bis 31.10.2026, beide Tage zählen: 15 Tage.", "17 to 31 October 2026, both counted: 15 days."),
        Text("12,00 € × 15 / 31 = 5,80645 €.", "€12.00 × 15 / 31 = €5.80645."),
        Text("Kaufmännisch gerundet: 5,81 €.", "Rounded half away from zero: €5.81."),
    ),
)
RULING = _PRORATION
ANSWER = Text("15 von 31 Tagen × 12,00 € = 5,81 €", "15 of 31 days × €12.00 = €5.81")
REASON = Text(
    "Ziffer 3.1 lässt den Vertrag mit dem Zugang der Bestätigung beginnen, Ziffer 4.6.1 mit ihrer Ausstellung. "
    "Das Haus rechnet ab Ausstellung.",
    "Number 3.1 lets the contract begin when the confirmation is received, number 4.6.1 when it is issued. "
    "The house counts from issue.",
)

TIMELINE = [
    Moment(
        date(2027, 3, 1),
        Text("Verlängert sich bis 29.02.2028", "Renews until 29 February 2028"),
        icon="refresh",
        clause="Art. 4",
    ),
    Moment(
        date(2026, 11, 30),
        Text("Letzter Tag, an dem eine Kündigung zugehen kann", "Last day on which a notice can be received"),
        icon="flag",
        ruling=RULING,
    ),
    Moment(
        date(2026, 7, 9),
        Text("Blockierender Fehler D-3402 behoben", "Blocking fault D-3402 mended"),
        Text("Nach 11 von 24 Arbeitsstunden", "After 11 of 24 working hours"),
        tone="good",
        icon="tool",
        clause="Anhang 1, 1.3 (i)",
    ),
    Moment(
        date(2026, 3, 1),
        Text("Um ein Jahr verlängert, Preis angepasst", "Renewed by a year, price adjusted"),
        Text("5.139,35 € → 5.268,93 € im Jahr", "€5,139.35 → €5,268.93 a year"),
        icon="trending-up",
        ruling=RULING,
    ),
]

STEPS = [
    Step(Text("Angebot", "Offer"), Text("12.10.", "12 Oct"), "done"),
    Step(Text("Angenommen", "Accepted"), Text("15.10.", "15 Oct"), "done"),
    Step(Text("Bestätigt", "Confirmed"), Text("wartet auf Sie", "waits for you"), "now"),
    Step(Text("Rechnung", "Invoice")),
]

TABS = [
    Tab(
        Text("Überblick", "Overview"),
        "#design",
        active=True,
        parts=(Tab(Text("Heute", "Today"), "#today", active=True), Tab(Text("Danach", "Afterwards"), "#afterwards")),
    ),
    Tab(Text("Rechnungen", "Invoices"), "#invoices", count=12),
    Tab(Text("Personen", "People"), "#people", count=34),
]
VIEWS = [Tab(Text("Aktiv", "Active"), "#a", active=True), Tab(Text("Gesperrt", "Locked"), "#b")]

PARTS = [
    Part(Text("nicht fällig", "not due"), Decimal("52180.10"), "52.180,10 €", 61),
    Part(Text("1–14 Tage", "1–14 days"), Decimal("14906.22"), "14.906,22 €", 17),
    Part(Text("15–30 Tage", "15–30 days"), Decimal("9871.08"), "9.871,08 €", 9),
    Part(Text("31–60 Tage", "31–60 days"), Decimal("5355.00"), "5.355,00 €", 4),
    Part(Text("über 60 Tage", "over 60 days"), Decimal("2000.00"), "2.000,00 €", 1),
]

_BILLED = (96.2, 97.9, 101.4, 103.0, 104.8, 108.1, 110.6, 114.9, 118.3, 121.4)
REVENUE = Chart(
    "revenue",
    Text(
        "Umsatz je Monat von 96 Tausend Euro im Februar auf 121 Tausend im November; zugesagt sind bis Januar 124.",
        "Revenue by month from 96 thousand euro in February to 121 in November; 124 are promised by January.",
    ),
    "bars",
    ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "1"],
    [
        Series(Text("berechnet", "billed"), _BILLED, stack="a"),
        Series(Text("zugesagt", "promised"), (None,) * 10 + (122.6, 124.1), expected=True, stack="a", colour=0),
    ],
    unit="T€",
    now=9,
    ticks=2,
)
PRICE = Chart(
    "price",
    Text(
        "Der Preis stieg in zwei Stufen von 4.860,00 € auf 5.268,93 €.",
        "The price rose in two steps from €4,860.00 to €5,268.93.",
    ),
    "steps",
    ["2023", "2024", "2025", "2026", "2027"],
    [Series(Text("Preis im Jahr", "Price a year"), (4860.0, 4860.0, 5139.35, 5268.93, 5268.93), area=True)],
    currency="EUR",
    ticks=2,
    size="s",
)

RUN = Run(
    Text("Monatsabschluss November", "Month of November"),
    207,
    312,
    (
        Stage(Text("Nutzung gezählt", "Use counted"), Text("312 Verträge", "312 contracts"), "done"),
        Stage(Text("Rechnungen stellen", "Issuing invoices"), Text("207 von 312", "207 of 312"), "now"),
        Stage(
            Text("Fjordlicht Leuchten: USt-IdNr. fehlt", "Fjordlicht Leuchten: VAT id missing"),
            Text("1 wartet", "1 waits"),
            "bad",
        ),
        Stage(Text("Lastschriften vorbereiten", "Preparing direct debits")),
    ),
    Text("noch etwa 2 min", "about 2 min left"),
)

STORAGE_USED, STORAGE_LIMIT, STORAGE_AHEAD = Decimal("11.8"), Decimal(15), Decimal(14)
MAILS_USED, MAILS_LIMIT = 26140, 25000
VAT = Fraction(19, 100)
NET, TAX, GROSS = Money("EUR", 142781), Money("EUR", 27128), Money("EUR", 169909)
OVERDUE_SUM = Money("EUR", 3213230)
