"""What offers and order confirmations say on paper: prices by interval, terms with their clauses, annexes in rank."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from kontor.office.books import public as books
from kontor.office.contracts.models import Offer, OfferDraft
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.rulebook import terms as packs
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.terms.spoken import spoken_value
from kontor.rulebook.wording import day as spelled

_INTERVALS = {
    "MONTH": Text("Monatlich", "Each month"),
    "QUARTER": Text("Vierteljährlich", "Each quarter"),
    "YEAR": Text("Jährlich", "Each year"),
    "ONCE": Text("Einmalig", "Once"),
}
_UNITS = {
    "USER": Text("Nutzer", "users"),
    "CUSTOMER": Text("Kunde", "customer"),
    "SITE": Text("Standorte", "sites"),
    "BLOCK": Text("Blöcke", "blocks"),
    "PIECE": Text("Stück", "pieces"),
    "HOUR": Text("Stunden", "hours"),
}
_TOTALS = {
    "MONTH": Text("Netto je Monat", "Net per month"),
    "QUARTER": Text("Netto je Quartal", "Net per quarter"),
    "YEAR": Text("Netto je Jahr", "Net per year"),
    "ONCE": Text("Netto einmalig", "Net, once"),
}
_SHOWN = (
    ("invoicing.interval", Text("Abrechnung", "Billing")),
    ("term.initial", Text("Erste Laufzeit", "Initial term")),
    ("term.renewal", Text("Verlängerung", "Renewal")),
    ("notice.period", Text("Kündigungsfrist", "Notice period")),
    ("notice.form", Text("Form der Kündigung", "Form of notice")),
    ("invoicing.due", Text("Zahlungsfrist", "Payment period")),
)
_NET = Text(
    "Alle Preise sind netto; die gesetzliche Umsatzsteuer kommt hinzu.", "All prices are net; statutory VAT is added."
)
_INTRODUCTION = Text(
    "wir bieten Ihnen die folgenden Leistungen an. Jeder Wert nennt die Klausel, aus der er folgt.",
    "we offer you the following services. Every value names the clause it follows from.",
)
_CONFIRMED = Text(
    "wir danken für Ihren Auftrag und bestätigen ihn wie folgt.",
    "thank you for your order, which we confirm as follows.",
)
_HOW = Text(
    "Öffnen Sie den Link in der E-Mail, lesen Sie das Angebot, nennen Sie Namen und Funktion und bestätigen Sie die "
    "Erklärungen. Angenommen wird genau dieses Dokument; sein SHA-256 wird aufbewahrt.",
    "Open the link in the mail, read the offer, give name and function and make the declarations. Exactly this document "
    "is accepted; its SHA-256 is kept.",
)


class PrintedLine(Protocol):
    """A position as it is printed, before or after the quote is issued."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def interval(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def amount(self) -> Money: ...


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
        "sites": [{"name": site["name"], "address": site.get("address", "")} for site in draft.sites],
        "notice_addresses": notices(draft.notice_customer, draft.notice_seller, language=language),
        "annexes": annexes(pack, draft.annexes, language=language),
        "declarations": _declarations(pack, language),
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
    found = []
    for interval, title in _INTERVALS.items():
        chosen = [line for line in lines if line.interval == interval]
        if not chosen:
            continue
        total = Money.total([line.amount for line in chosen], currency)
        found.append(
            {
                "title": title.spoken(language),
                "lines": [_line(line, language) for line in chosen],
                "total": {"label": _TOTALS[interval].spoken(language), "amount": total.bare()},
            }
        )
    return found


def agreed_terms(pack: TermsPack, *, start_on: date | None, language: str) -> list[dict[str, Any]]:
    """Return label, value and clause of what is agreed: the chief terms first, then every blank the offer filled."""
    rows: list[dict[str, Any]] = []
    if start_on:
        label = Text("Beginn", "Start").spoken(language)
        rows.append({"label": label, "value": day(start_on, language), "clause": "", "note": ""})
    shown = dict(_SHOWN)
    for key, value in pack.values():
        if isinstance(value, ToBeAgreed):
            continue
        agreed = getattr(value, "origin", "terms") == "offer"
        if key not in shown and not agreed:
            continue
        label = shown.get(key) or label_of(pack, key)
        rows.append(
            {
                "label": label.spoken(language),
                "value": spoken_value(value.value).spoken(language),
                "clause": value.clause.number,
                "note": Text("im Angebot vereinbart", "agreed in the offer").spoken(language) if agreed else "",
            }
        )
    order = list(shown)
    return sorted(
        rows, key=lambda row: next((order.index(k) for k in order if shown[k].spoken(language) == row["label"]), 99)
    )


def notices(customer: str, seller: str, *, language: str) -> list[dict[str, str]]:
    """Return where declarations to each side go."""
    said = ((Text("An den Kunden", "To the customer"), customer), (Text("An den Anbieter", "To the provider"), seller))
    return [{"label": label.spoken(language), "value": where, "clause": "", "note": ""} for label, where in said]


def annexes(pack: TermsPack, chosen: Sequence[str], *, language: str) -> list[dict[str, str]]:
    """Return the parts of the contract in their order of precedence: as the pack ranks them, or as the offer names them."""
    rank = pack.documents.rank if pack.documents else None
    ranked = (
        []
        if rank is None
        else [{"title": item.de if language == "de" else item.en, "version": "", "note": ""} for item in rank.value]
    )
    return [*ranked, *({"title": title, "version": "", "note": ""} for title in chosen)]


def label_of(pack: TermsPack, key: str) -> Text:
    """Return what a blank is called in the pack as it was before the offer filled it."""
    blank = packs.load(pack.key, pack.version).value(key)
    return blank.label if isinstance(blank, ToBeAgreed) else Text(key, key)


def day(when: date, language: str) -> str:
    """Return a day as it is written in the language."""
    return spelled(when).spoken(language)


def _line(line: PrintedLine, language: str) -> dict[str, Any]:
    return {
        "name": line.name,
        "description": "",
        "clause": "",
        "quantity": f"{line.quantity.normalize():f}",
        "unit": _UNITS[line.unit].spoken(language),
        "price": f"{line.price.normalize():f}",
        "net": line.amount.bare(),
    }


def _declarations(pack: TermsPack, language: str) -> list[dict[str, str]]:
    required = pack.declarations.required if pack.declarations else None
    if required is None:
        return []
    return [
        {
            "text": item.de if language == "de" else item.en,
            "clause": str(item.clause or required.clause),
        }
        for item in required.value
    ]


def confirmation_paper(
    offer: Offer,
    *,
    seller: books.SellerCard,
    party: parties.Card,
    signed: documents.Signed,
    ruling: Ruling[datetime | None],
    issued_on: date,
) -> dict[str, Any]:
    """Return what `contracts/typst/confirmation.typ` prints, all but the number."""
    language, terms = offer.language, offer.terms
    pack = pack_of_terms(terms)
    start = date.fromisoformat(terms["start_on"]) if terms["start_on"] else None
    lines = books.positions_of(offer.quote_id)
    return {
        **letter(seller, party, language=language, issued_on=issued_on),
        "offer": {"number": offer.number, "issued": offer.at.astimezone(ZoneInfo(seller.zone)).date()},
        "pack": f"{pack.title.spoken(language)} {pack.version}",
        "introduction": [_CONFIRMED.spoken(language)],
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
        "sites": [{"name": site["name"], "address": site.get("address", "")} for site in terms["sites"]],
        "notice_addresses": notices(terms["notice_customer"], terms["notice_seller"], language=language),
        "annexes": annexes(pack, terms["annexes"], language=language),
        "next": [],
        "closing": [step.spoken(language) for step in ruling.working],
    }
