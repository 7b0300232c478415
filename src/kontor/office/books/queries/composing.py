"""From an order to the standard's model: VAT decided, totals computed, seller and buyer copied as they stand today."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils import translation

from kontor.kernel import wording
from kontor.kernel.explanation import clause_label
from kontor.office.books.formats import invoice as standard
from kontor.office.books.models import Seller
from kontor.office.books.queries.collections import collection_ruling
from kontor.office.books.queries.mandates import MandateCard
from kontor.office.books.queries.orders import InvoiceOrder, OrderedLine
from kontor.office.books.queries.vat import vat_law
from kontor.office.parties.public import Card
from kontor.rulebook import totals
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.tax import Supply, SupplyKind, VatTreatment, vat_treatment

_COLLECTED = {
    "de": "Wir ziehen {amount} am {day} ein{clause}.",
    "en": "We collect {amount} on {day}{clause}.",
}
_TERMS = {
    "de": "Zahlbar ohne Abzug bis {due} ({clause}).",
    "en": "Payable without deduction by {due} ({clause}).",
}
_TERMS_FROM_RECEIPT = {
    "de": "Zahlbar ohne Abzug; Frist: {rule} ({clause}). Bei Zugang am Tag der Ausstellung ist das der {due}.",
    "en": "Payable without deduction; period: {rule} ({clause}). If received on the day of issue, that is {due}.",
}


class NoAddressError(RefusalError):
    """An invoice states name and address of whom it is for (UStG § 14 (4) 1)."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Text(
                f"Von „{name}“ fehlen Straße oder Ort. Ohne Anschrift gibt es keine Rechnung (UStG § 14 Abs. 4 Nr. 1).",
                f"Street or town of “{name}” is missing. Without an address there is no invoice (UStG § 14 (4) 1).",
            )
        )


def composed(
    order: InvoiceOrder, *, seller: Seller, buyer: Card, mandate: MandateCard | None = None
) -> standard.Invoice:
    """
    Return the finished invoice, all but its number, which is taken last of all.

    mandate  the one in force by which it is collected; the account it names stays masked until the file is printed

    RefusalError where the buyer has no address, VAT cannot be decided, or lines cannot stand on one invoice.
    """
    if not buyer.has_address:
        raise NoAddressError(buyer.name)
    treatments = [_treatment(line, order, seller=seller, buyer=buyer) for line in order.lines]
    lines = [
        totals.Line(
            quantity=line.quantity,
            unit_price=line.price,
            base_quantity=line.base_quantity,
            category=vat.category,
            percent=vat.percent,
        )
        for line, vat in zip(order.lines, treatments, strict=True)
    ]
    sums = totals.invoice_totals(lines, currency=seller.currency).value
    first, last = _span(order)
    return standard.Invoice(
        number="",
        issued=order.issued_on,
        kind=standard.Kind.INVOICE,
        currency=seller.currency,
        seller=_seller(seller, outside=sums.breakdown[0].category == "O"),
        buyer=_buyer(buyer, outside=sums.breakdown[0].category == "O"),
        lines=tuple(
            _line(place, line, vat, net)
            for place, (line, vat, net) in enumerate(zip(order.lines, treatments, sums.lines, strict=True), start=1)
        ),
        vat=tuple(_vat(share, treatments, order.language) for share in sums.breakdown),
        totals=_totals(sums),
        payment=_payment(seller, mandate),
        due=order.due_on,
        terms=_collected(order, seller, sums.gross) if mandate else _terms(order),
        period=standard.Days(first, last) if first and last else None,
        delivered=None if first else order.issued_on,
        buyer_reference=order.buyer_reference or buyer.buyer_reference or order.contract,
        contract=order.contract,
    )


def numbered(invoice: standard.Invoice, number: str) -> standard.Invoice:
    """Return the invoice under its number, which is also what the payer should write."""
    payment = invoice.payment and replace(invoice.payment, reference=number)
    return replace(invoice, number=number, payment=payment)


def minor(amount: Decimal) -> int:
    """Return an amount of two places in cents."""
    return int(amount.scaleb(2))


def _treatment(line: OrderedLine, order: InvoiceOrder, *, seller: Seller, buyer: Card) -> VatTreatment:
    supply = Supply(
        kind=SupplyKind.GOODS if line.goods else SupplyKind.SERVICE,
        seller_vat_id=seller.vat_id or None,
        buyer_country=buyer.country,
        buyer_vat_id=buyer.vat_id or None,
        on=line.last or order.issued_on,
    )
    return vat_treatment(supply, law=vat_law(seller.country)).value


def _line(place: int, line: OrderedLine, vat: VatTreatment, net: Money) -> standard.Line:
    note = " · ".join(part for part in (line.clause, line.working) if part)
    return standard.Line(
        number=str(place),
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        base_quantity=line.base_quantity,
        net=net.amount,
        category=vat.category,
        rate=vat.percent,
        note=note,
        period=standard.Days(line.first, line.last) if line.first and line.last else None,
        seller_item=line.item,
    )


def _vat(share: totals.VatShare, treatments: list[VatTreatment], language: str) -> standard.Vat:
    treatment = next(vat for vat in treatments if vat.category == share.category)
    return standard.Vat(
        category=share.category,
        rate=share.percent,
        taxable=share.taxable.amount,
        tax=share.tax.amount,
        reason=treatment.reason.spoken(language) if treatment.reason else "",
        reason_code=treatment.reason_code or "",
    )


def _totals(sums: totals.Totals) -> standard.Totals:
    return standard.Totals(
        lines=sums.line_total.amount,
        net=sums.net.amount,
        vat=sums.vat.amount,
        gross=sums.gross.amount,
        due=sums.payable.amount,
    )


def _seller(seller: Seller, *, outside: bool) -> standard.Seller:
    """Copy the seller; outside the scope of VAT no VAT number may be stated (BR-O-02)."""
    return standard.Seller(
        name=seller.name,
        address=standard.Address((seller.street,), seller.postcode, seller.city, seller.country),
        vat_id="" if outside else seller.vat_id,
        tax_number=seller.tax_number or (seller.vat_id if outside else ""),
        registration=seller.registration,
        legal_note=seller.legal_note,
        electronic_address=seller.email,
        contact=standard.Contact(seller.contact_name, seller.phone, seller.email),
    )


def _buyer(buyer: Card, *, outside: bool) -> standard.Party:
    lines = tuple(part for part in (buyer.street, buyer.addition) if part)
    return standard.Party(
        name=buyer.name,
        address=standard.Address(lines, buyer.postcode, buyer.city, buyer.country),
        vat_id="" if outside else buyer.vat_id,
        electronic_address=buyer.email,
    )


def _payment(seller: Seller, mandate: MandateCard | None) -> standard.Payment:
    if mandate is None:
        return standard.Payment(
            means=standard.Means.SEPA_CREDIT_TRANSFER, iban=seller.iban, bic=seller.bic, account_name=seller.name
        )
    return standard.Payment(
        means=standard.Means.SEPA_DIRECT_DEBIT,
        mandate=mandate.reference,
        creditor_id=mandate.creditor_id,
        debtor_iban=mandate.iban,
    )


def _collected(order: InvoiceOrder, seller: Seller, gross: Money) -> str:
    """Return the pre-notification as part of the invoice: amount and day; mandate and creditor stand beside it."""
    ruling = collection_ruling(order.issued_on, order.issued_on, term=order.collection, seller=seller)
    with translation.override(order.language):
        clause = f" ({clause_label(order.collection.clause.number)})" if order.collection else ""
        day = wording.day(ruling.value)
    return _COLLECTED[order.language].format(amount=gross.spoken(order.language), day=day, clause=clause)


def _span(order: InvoiceOrder) -> tuple[date, date] | tuple[None, None]:
    firsts = [line.first for line in order.lines if line.first]
    lasts = [line.last for line in order.lines if line.last]
    return (min(firsts), max(lasts)) if firsts and lasts else (None, None)


def _terms(order: InvoiceOrder) -> str:
    with translation.override(order.language):
        clause = clause_label(order.due_clause)
    if order.receipt is None:
        return _TERMS[order.language].format(due=_day(order), clause=clause)
    rule = order.receipt.spoken.spoken(order.language)
    return _TERMS_FROM_RECEIPT[order.language].format(rule=rule, due=_day(order), clause=clause)


def _day(order: InvoiceOrder) -> str:
    if order.language == "de":
        return f"{order.due_on:%d.%m.%Y}"
    return f"{order.due_on.day} {order.due_on:%b %Y}"
