"""What offers and order confirmations say on paper: prices by interval, terms with their clauses, annexes in rank."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kontor.office.books import public as books
from kontor.office.contracts.models import Offer, OfferDraft
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.estimates import estimated
from kontor.office.contracts.queries.positions import PrintedLine, Row, by_interval
from kontor.office.contracts.queries.terms import declarations, pack_of_terms
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day as spelled

_IN_OFFER = Text("im Angebot vereinbart", "agreed in the offer")
_NET = Text(
    "Alle Preise sind netto; die gesetzliche Umsatzsteuer kommt hinzu.", "All prices are net; statutory VAT is added."
)
_INTRODUCTION = Text(
    "wir bieten Ihnen die folgenden Leistungen an. Jeder Wert nennt die Klausel, aus der er folgt.",
    "we offer you the following services. Every value names the clause it follows from.",
)
_HOW = Text(
    "Öffnen Sie den Link in der E-Mail, lesen Sie das Angebot, nennen Sie Namen und Funktion und bestätigen Sie die "
    "Erklärungen. Angenommen wird genau dieses Dokument; sein SHA-256 wird aufbewahrt.",
    "Open the link in the mail, read the offer, give name and function and make the declarations. Exactly this "
    "document is accepted; its SHA-256 is kept.",
)


def offer_paper(
    draft: OfferDraft,
    *,
    seller: books.SellerCard,
    party: parties.Card,
    lines: Sequence[books.PricedLine],
    issued_on: date,
    pack: TermsPack,
) -> dict[str, Any]:
    """Return what `contracts/typst/offer.typ` prints, all but the number."""
    language = draft.language
    return {
        **letter(seller, party, language=language, issued_on=issued_on),
        "valid_until": draft.valid_until,
        "pack": f"{pack.title.spoken(language)} {pack.version}",
        "introduction": [_INTRODUCTION.spoken(language)],
        "sections": sections(lines, currency=seller.currency, language=language),
        "currency": seller.currency,
        "tax_note": _NET.spoken(language),
        "terms": agreed_terms(pack, start_on=draft.start_on, language=language),
        "estimates": estimated_terms(pack, draft.estimates, language=language),
        "sites": [{"name": site["name"], "address": site.get("address", "")} for site in draft.sites],
        "notice_addresses": notices(draft.notice_customer, draft.notice_seller, language=language),
        "annexes": annexes(pack, draft.annexes, language=language),
        "declarations": _declarations(pack, lines, language),
        "acceptance": {"text": _HOW.spoken(language), "url": ""},
        "signature": False,
        "closing": [],
    }


def letter(seller: books.SellerCard, party: parties.Card, *, language: str, issued_on: date) -> dict[str, Any]:
    """Return what every letter carries: sender with bank, recipient, contact, day."""
    street = [part for part in (party.street, party.addition) if part]
    return {
        "language": language,
        "issued": issued_on,
        "sender": {
            "name": seller.name,
            "lines": [seller.street, f"{seller.postcode} {seller.city}"],
            "vat_id": seller.vat_id,
            "tax_number": seller.tax_number,
            "legal": [line for line in (seller.registration, seller.legal_note) if line],
            "phone": seller.phone,
            "email": seller.email,
            "bank": {"name": seller.bank, "iban": seller.iban, "bic": seller.bic},
        },
        "recipient": [party.name, *street, f"{party.postcode} {party.city}"],
        "customer_number": "",
        "contact": {"name": seller.contact_name, "phone": seller.phone},
        "attachments": [],
    }


def sections(lines: Sequence[PrintedLine], *, currency: str, language: str) -> list[dict[str, Any]]:
    """Return one price table per interval; what is paid each month stands apart from what is paid once."""
    return [
        {
            "title": group.title.spoken(language),
            "lines": [_line(row, language) for row in group.rows],
            "total": {"label": group.total_label.spoken(language), "amount": group.total.bare()},
        }
        for group in by_interval(lines, currency=currency)
    ]


def agreed_terms(pack: TermsPack, *, start_on: date | None, language: str) -> list[dict[str, Any]]:
    """Return label, value and clause of what is agreed, in the language of the paper."""
    return [
        {
            "label": row.label.spoken(language),
            "value": row.value.spoken(language),
            "clause": row.clause.number if row.clause else "",
            "note": _IN_OFFER.spoken(language) if row.in_offer and row.clause else "",
        }
        for row in agreed(pack, start_on=start_on)
    ]


def estimated_terms(pack: TermsPack, told: Mapping[str, str], *, language: str) -> list[dict[str, str]]:
    """Return label, words and clause of what an offer estimates, in the language of the paper."""
    return [
        {"label": each.label.spoken(language), "value": each.says, "clause": each.clause.number, "note": ""}
        for each in estimated(pack, told)
    ]


def notices(customer: str, seller: str, *, language: str) -> list[dict[str, str]]:
    """Return where declarations to each side go."""
    said = ((Text("An den Kunden", "To the customer"), customer), (Text("An den Anbieter", "To the provider"), seller))
    return [{"label": label.spoken(language), "value": where, "clause": "", "note": ""} for label, where in said]


def annexes(pack: TermsPack, chosen: Sequence[str], *, language: str) -> list[dict[str, str]]:
    """Return the parts of the contract by precedence: as the pack ranks them, or as the offer names them."""
    rank = pack.documents.rank if pack.documents else None
    ranked = (
        []
        if rank is None
        else [{"title": item.de if language == "de" else item.en, "version": "", "note": ""} for item in rank.value]
    )
    return [*ranked, *({"title": title, "version": "", "note": ""} for title in chosen)]


def day(when: date, language: str) -> str:
    """Return a day as it is written in the language."""
    return spelled(when).spoken(language)


def _line(row: Row, language: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": "",
        "clause": "",
        "quantity": f"{row.quantity:f}",
        "unit": row.unit.spoken(language),
        "price": f"{row.price.normalize():f}",
        "net": row.amount.bare(),
    }


def _declarations(pack: TermsPack, lines: Sequence[books.PricedLine], language: str) -> list[dict[str, str]]:
    return [{"text": each[language], "clause": each["clause"]} for each in declarations(pack, lines)]


def confirmation_paper(
    offer: Offer,
    *,
    seller: books.SellerCard,
    party: parties.Card,
    signed: documents.Signed,
    ruling: Ruling[datetime | None],
    issued_on: date,
    words: str,
) -> dict[str, Any]:
    """Return what `contracts/typst/confirmation.typ` prints, all but the number; `words` are its first paragraphs."""
    language, terms = offer.language, offer.terms
    pack = pack_of_terms(terms)
    start = date.fromisoformat(terms["start_on"]) if terms["start_on"] else None
    lines = books.positions_of(offer.quote_id)
    return {
        **letter(seller, party, language=language, issued_on=issued_on),
        "offer": {"number": offer.number, "issued": offer.at.astimezone(ZoneInfo(seller.zone)).date()},
        "pack": f"{pack.title.spoken(language)} {pack.version}",
        "introduction": [part.strip() for part in words.splitlines() if part.strip()],
        "accepted": {
            "name": signed.name,
            "function": signed.function,
            "at": signed.at.astimezone(ZoneInfo(pack.zone)).strftime("%Y-%m-%dT%H:%M"),
            "sha256": signed.sha256.hex(),
        },
        "concluded": None,
        "sections": sections(lines, currency=offer.currency, language=language),
        "currency": offer.currency,
        "tax_note": _NET.spoken(language),
        "terms": agreed_terms(pack, start_on=start, language=language),
        "estimates": estimated_terms(pack, terms.get("estimates", {}), language=language),
        "sites": [{"name": site["name"], "address": site.get("address", "")} for site in terms["sites"]],
        "notice_addresses": notices(terms["notice_customer"], terms["notice_seller"], language=language),
        "annexes": annexes(pack, terms["annexes"], language=language),
        "next": [],
        "closing": [step.spoken(language) for step in ruling.working],
    }
