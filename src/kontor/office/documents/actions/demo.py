"""The demo's documents: what lies in the folders of a house that rents out software and serves it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kontor.kernel.actor import MACHINE
from kontor.kernel.pdf import render
from kontor.office.documents.actions.demo_exchange import make_exchange_demo
from kontor.office.documents.actions.demo_letters import make_letters_demo
from kontor.office.documents.actions.demo_signing import make_signing_demo
from kontor.office.documents.actions.filing import Filed, add_version, bin_document, file_document, folder_of

_SHEET: Final = Path(__file__).resolve().parents[1] / "typst" / "sheet.typ"
_OWNER: Final = "Kontor Demo GmbH · Speicherstraße 14 · 20457 Hamburg"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be printed; days_ago: when it was filed; rows: a table whose first row is its head."""

    folder: str
    title: str
    meta: str
    paragraphs: tuple[str, ...]
    days_ago: int
    rows: tuple[tuple[str, str, str], ...] = ()


_SHEETS: Final = (
    Sheet("Versicherungen", "Betriebshaftpflicht, Versicherungsschein", "Police 48-2207-115, gültig bis 31.12.2027", (
        "Versichert ist die gesetzliche Haftpflicht aus dem Betrieb des Softwarehauses einschließlich der "
        "Arbeiten bei Kunden.",
        "Die Deckungssumme beträgt 5.000.000 Euro je Schadenfall, höchstens das Doppelte im Jahr. Schäden "
        "sind binnen einer Woche zu melden.",
    ), 210, (("Was", "Summe", "Selbstbehalt"), ("Personen und Sachen", "5.000.000 €", "500 €"),
             ("Vermögen", "1.000.000 €", "2.500 €"), ("Verlust von Schlüsseln", "50.000 €", "250 €"))),
    Sheet("Technik und Betrieb", "Notfallhandbuch Rechenzentrum", "Fassung 7, freigegeben von der Betriebsleitung", (
        "Fällt ein Standort aus, übernimmt der zweite binnen einer Stunde. Wer zuerst davon erfährt, ruft die "
        "Bereitschaft an und schreibt auf, was er sieht.",
        "Die Wiederherstellung aus der Sicherung wird jedes Quartal geübt; die letzte Übung dauerte 38 Minuten.",
    ), 45, (("Rolle", "Wer", "Vertretung"),
             ("Leitung", "I. Paulsen", "T. Brand"), ("Datenbank", "M. Okafor", "S. Lind"))),
    Sheet("Technik und Betrieb", "Wartungsvertrag Klimaanlage", "Nordkälte GmbH, Anlage im Serverraum", (
        "Die Anlage wird zweimal im Jahr gewartet, im Mai und im November. Störungen werden binnen vier "
        "Stunden vor Ort behoben.",
    ), 120),
    Sheet("Personal", "Merkblatt mobiles Arbeiten", "für alle Beschäftigten", (
        "Mobil gearbeitet wird auf Geräten des Hauses, mit verschlüsselter Platte und zweitem Faktor. "
        "Ausdrucke mit Kundendaten bleiben im Büro.",
        "Ist ein Gerät verloren, wird die Bereitschaft sofort angerufen: Sie sperrt Konto und Gerät.",
    ), 12),
)  # fmt: skip
_MEMO: Final = (
    "Protokoll der Betriebsrunde\n\nAnwesend: Ida, Tom, Mira\n\n1. Die Klimaanlage lief am Wochenende an der Grenze. "
    "Die Wartung wird auf diese Woche vorgezogen.\n2. Der Umzug des Kundenportals beginnt Anfang des Monats.\n"
)
_PRICES: Final = (
    "Artikel;Einheit;Preis\nTerminal 15 Zoll;Stück;1.190,00\nEtikettendrucker;Stück;348,00\nEinrichtung;Stunde;112,00\n"
)


def make_demo(at: datetime) -> None:
    """File the demo's documents: printed sheets, notes, one in several versions and one in the bin."""
    sheets = []
    for sheet in _SHEETS:
        then = at - timedelta(days=sheet.days_ago)
        sheets.append(_file(_printed(sheet, then), f"{sheet.title}.pdf", sheet.folder, at=then))
    old = at - timedelta(days=30)
    prices = _file(_PRICES.encode(), "Einkaufspreise Geräte.csv", "Einkauf", at=old)
    for days, price in ((20, "1.210,00"), (3, "1.249,00")):
        changed = _PRICES.replace("1.190,00", price).encode()
        note, then = f"Terminal jetzt {price} Euro", at - timedelta(days=days)
        add_version(prices, changed, name="Einkaufspreise Geräte.csv", note=note, at=then, actor=MACHINE)
    _file(_MEMO.encode(), "Protokoll Betriebsrunde.txt", "Technik und Betrieb", at=at - timedelta(days=2))
    draft = _file(b"Alter Entwurf, nicht verwenden.", "Entwurf Merkblatt alt.txt", "Personal", at=old)
    bin_document(draft, at=at - timedelta(days=11), actor=MACHINE)
    make_letters_demo(at)
    make_exchange_demo(at)
    make_signing_demo(at, signed=sheets[2], waiting=sheets[3])


def _file(data: bytes, name: str, folder: str, *, at: datetime) -> uuid.UUID:
    place = folder_of(folder, at=at, actor=MACHINE).pk
    title = name.rpartition(".")[0]
    return file_document(Filed(data=data, name=name, title=title, folder=place), at=at, actor=MACHINE).pk


def _printed(sheet: Sheet, at: datetime) -> bytes:
    data = {
        "owner": _OWNER,
        "title": sheet.title,
        "meta": sheet.meta,
        "paragraphs": list(sheet.paragraphs),
        "rows": [list(row) for row in sheet.rows],
    }
    return render(_SHEET, data, at=at)
