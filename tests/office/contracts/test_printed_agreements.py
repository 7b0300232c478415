"""Offers and order confirmations print all they are given, in both languages."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

import kontor
from kontor.kernel.pdf import render
from kontor.office.books.formats.pdf_a import pdf_findings

AT = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
TEMPLATES = Path(kontor.__file__).parent / "office" / "contracts" / "typst"
AGREEMENT: dict[str, object] = {
    "sender": {
        "name": "Nordkai Software GmbH",
        "lines": ["Nordkai 7", "20457 Hamburg"],
        "bank": {"name": "Bank für Beispiele", "iban": "DE02120300000000202051", "bic": "BYLADEM1001"},
    },
    "recipient": ["Weserwerk Anlagenbau GmbH", "28237 Bremen"],
    "customer_number": "K-1044",
    "issued": date(2026, 10, 12),
    "pack": "visitor 2026-01",
    "contact": {"name": "Marit Behn", "phone": "+49 40 1234567"},
    "currency": "EUR",
    "introduction": ["Guten Tag,"],
    "sections": [
        {
            "title": "Je Monat",
            "lines": [
                {
                    "name": "Besucher, Standort Bremen",
                    "description": "Anmeldung und Terminal",
                    "clause": "3.1",
                    "quantity": "2",
                    "unit": "MON",
                    "price": "1189.00",
                    "net": "2378.00",
                }
            ],
            "total": {"label": "Summe", "amount": "2378.00"},
        }
    ],
    "tax_note": "Netto.",
    "terms": [{"label": "Laufzeit", "value": "12 Monate", "note": "dann weitere 12", "clause": "4.1"}],
    "sites": [{"name": "Bremen", "address": "Hafenrandstraße 12"}],
    "notice_addresses": [{"label": "Kunde", "value": "einkauf@weserwerk.example", "note": "", "clause": "12"}],
    "annexes": [{"title": "Dieses Angebot", "version": "A-7", "note": ""}, {"title": "Bedingungen"}],
    "closing": ["Bis bald."],
}
OFFER = AGREEMENT | {
    "number": "A-2026-0107",
    "valid_until": date(2026, 11, 12),
    "declarations": [{"text": "Ich handle als Unternehmer.", "clause": "1.2"}],
    "acceptance": {"text": "Öffnen Sie den Link.", "url": "https://kontor.example/a/7"},
    "signature": True,
}
CONFIRMATION = AGREEMENT | {
    "number": "AB-2026-0088",
    "offer": {"number": "A-2026-0107", "issued": date(2026, 10, 12)},
    "accepted": {"name": "Jana Wessel", "function": "Einkauf", "at": "2026-10-15T14:32", "sha256": "3fa91c07" * 8},
    "concluded": {"on": date(2026, 10, 16), "reason": "Mit Zugang dieser Bestätigung.", "clause": "2.3"},
    "next": [{"on": date(2026, 12, 1), "text": "Die Module sind frei."}],
}
SHARED = ["Dieses Angebot A-7", "2. Bedingungen", "12 Monate", "dann weitere 12", "4.1", "Bis bald."]


def lines(name: str, data: dict[str, object]) -> list[str]:
    pdf = render(TEMPLATES / f"{name}.typ", data, at=AT)
    assert pdf_findings(pdf) == ()
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    return [" ".join(line.replace("\u00a0", " ").split()) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Angebot A-2026-0107", "Gilt bis 12.11.2026", "Summe 2.378,00 €", "So nehmen Sie an"]),
        ("en", ["Offer A-2026-0107", "Valid until 12 Nov 2026", "Summe €2,378.00", "How to accept"]),
    ],
)
def test_an_offer_prints_prices_terms_annexes_declarations_and_the_way_to_accept(
    language: str, expected: list[str]
) -> None:
    found = lines("offer", OFFER | {"language": language})
    wanted = [*expected, *SHARED, "Ich handle als Unternehmer. 1.2", "https://kontor.example/a/7"]
    assert [line for line in wanted if not any(line in each for each in found)] == []


def test_an_offer_without_a_link_or_declarations_prints_without_them() -> None:
    found = lines("offer", OFFER | {"language": "de", "declarations": [], "acceptance": None, "signature": False})
    assert "So nehmen Sie an" not in found
    assert "Was Sie mit der Annahme erklären" not in found


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            [
                "Auftragsbestätigung AB-2026-0088",
                "Angebot A-2026-0107 vom 12.10.2026",
                "15.10.2026, 14:32 Uhr",
                "01.12.2026",
            ],
        ),
        (
            "en",
            ["Order confirmation AB-2026-0088", "Offer A-2026-0107 of 12 Oct 2026", "15 Oct 2026, 14:32", "1 Dec 2026"],
        ),
    ],
)
def test_a_confirmation_prints_who_accepted_when_and_since_when_there_is_a_contract(
    language: str, expected: list[str]
) -> None:
    found = lines("confirmation", CONFIRMATION | {"language": language})
    wanted = [*expected, *SHARED, "Jana Wessel, Einkauf", "Mit Zugang dieser Bestätigung.", "3fa91c07" * 8]
    assert [line for line in wanted if not any(line in each for each in found)] == []


def test_a_confirmation_before_there_is_a_contract_says_so_by_silence() -> None:
    found = lines("confirmation", CONFIRMATION | {"language": "de", "concluded": None})
    assert not any(line.startswith("Vertrag seit") for line in found)
