"""The data of the printed invoice: the same model, laid out for `books/typst/invoice.typ`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kontor.kernel.countries import country_name
from kontor.office.books.formats.invoice import Adjustment, Days, Invoice, Line, Totals, Vat, cents, plain

Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """
    What stands on the seller's paper beyond the invoice itself.

    legal  lines for the foot: register, directors
    logo   an SVG file's text, or ""
    """

    phone: str = ""
    email: str = ""
    website: str = ""
    legal: tuple[str, ...] = ()
    bank_name: str = ""
    bank_iban: str = ""
    bank_bic: str = ""
    logo: str = ""


def invoice_paper(
    invoice: Invoice, letterhead: Letterhead, *, language: Language, customer_number: str = "", in_part: bool = False
) -> dict[str, object]:
    """
    Return what the template prints; every amount is text with two places, every day a date or "".

    in_part  a 381 that credits a part of its invoice, no cancellation of all of it
    """
    return {
        "language": language,
        "sender": _sender(invoice, letterhead),
        "recipient": _recipient(invoice, language),
        "kind": str(invoice.kind),
        "in_part": in_part,
        "number": invoice.number,
        "issued": invoice.issued,
        "due": invoice.due or "",
        "period": _days(invoice.period),
        "delivered": invoice.delivered or "",
        "customer_number": customer_number,
        "buyer_reference": invoice.buyer_reference,
        "order": invoice.order,
        "contract": invoice.contract,
        "preceding": [{"number": each.number, "issued": each.issued} for each in invoice.preceding],
        "currency": invoice.currency,
        "lines": [_line(line) for line in invoice.lines],
        "allowances": [_adjustment(each) for each in invoice.allowances],
        "charges": [_adjustment(each) for each in invoice.charges],
        "vat": [_vat(each) for each in invoice.vat],
        "totals": _totals(invoice.totals),
        "payment": _payment(invoice),
        "terms": invoice.terms,
        "notes": [note.text for note in invoice.notes],
    }


def _sender(invoice: Invoice, letterhead: Letterhead) -> dict[str, object]:
    seller = invoice.seller
    bank = {"name": letterhead.bank_name, "iban": letterhead.bank_iban, "bic": letterhead.bank_bic}
    return {
        "name": seller.name,
        "lines": [*seller.address.lines, f"{seller.address.post_code} {seller.address.city}"],
        "vat_id": seller.vat_id,
        "tax_number": seller.tax_number,
        "legal": list(letterhead.legal),
        "phone": letterhead.phone,
        "email": letterhead.email,
        "website": letterhead.website,
        "logo": letterhead.logo,
        "bank": bank if letterhead.bank_iban else None,
    }


def _recipient(invoice: Invoice, language: Language) -> list[str]:
    buyer = invoice.buyer
    # The country stands on the letter only where it crosses a border.
    crosses = buyer.address.country != invoice.seller.address.country
    abroad = [country_name(buyer.address.country, language).upper()] if crosses else []
    return [buyer.name, *buyer.address.lines, f"{buyer.address.post_code} {buyer.address.city}", *abroad]


def _line(line: Line) -> dict[str, object]:
    per = f" / {plain(line.base_quantity)}" if line.base_quantity != Decimal(1) else ""
    return {
        "number": line.number,
        "name": line.name,
        "description": line.description,
        "clause": line.note,
        "period": _days(line.period),
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "price": plain(line.price),
        "per": per,
        "net": cents(line.net),
        "rate": "" if line.rate is None else plain(line.rate),
        "category": str(line.category),
    }


def _vat(vat: Vat) -> dict[str, object]:
    return {
        "category": str(vat.category),
        "rate": "" if vat.rate is None else plain(vat.rate),
        "taxable": cents(vat.taxable),
        "tax": cents(vat.tax),
        "reason": vat.reason,
    }


def _totals(totals: Totals) -> dict[str, object]:
    return {
        "lines": cents(totals.lines),
        "net": cents(totals.net),
        "vat": cents(totals.vat),
        "gross": cents(totals.gross),
        "prepaid": cents(totals.prepaid),
        "rounding": cents(totals.rounding),
        "due": cents(totals.due),
    }


def _adjustment(adjustment: Adjustment) -> dict[str, object]:
    return {"reason": adjustment.reason, "amount": cents(adjustment.amount)}


def _days(period: Days | None) -> dict[str, object] | None:
    return {"first": period.first, "last": period.last} if period else None


def _payment(invoice: Invoice) -> dict[str, object] | None:
    payment = invoice.payment
    if payment is None:
        return None
    return {
        "means": str(payment.means),
        "iban": payment.iban,
        "account_name": payment.account_name,
        "reference": payment.reference,
        "mandate": payment.mandate,
        "creditor_id": payment.creditor_id,
        "debtor_iban": payment.debtor_iban,
    }
