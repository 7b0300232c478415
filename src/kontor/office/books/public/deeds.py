"""What others do with the books and ask of them, answered in frozen facts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.office.books.actions import invoices, mandates as mandate_actions, payments, prices, quotes
from kontor.office.books.actions.mandates import Signing
from kontor.office.books.actions.numbers import CONTRACT, next_numbers
from kontor.office.books.actions.processors.offered import processors
from kontor.office.books.models import InvoiceBalance, OrderConfirmation, Quote, QuoteLine, Seller
from kontor.office.books.queries.facts import ConfirmedOrder, IssuedQuote, MadePriceList, QuotedPosition, SellerCard
from kontor.office.books.queries.mandates import mandate_file
from kontor.office.books.queries.orders import InvoiceOrder, Issued, Refused
from kontor.office.books.queries.paying import Method
from kontor.office.books.queries.received import FileContent
from kontor.rulebook.money import Money


def seller_cards(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, SellerCard]:
    """Return these sellers in one query; strangers' ids are missing from the answer."""
    return {row.pk: _card(row) for row in Seller.objects.filter(pk__in=ids)}


def seller_card(seller_id: uuid.UUID) -> SellerCard:
    """Return one seller; Seller.DoesNotExist (an ObjectDoesNotExist) for a stranger's id."""
    return _card(Seller.objects.get(pk=seller_id))


def issue_quote(*, at: datetime, actor: Actor, **given: Any) -> IssuedQuote:
    """Number, print and keep a quote; see actions.quotes.issue_quote."""
    row: Quote = quotes.issue_quote(at=at, actor=actor, **given)
    return IssuedQuote(
        row.pk,
        row.number,
        row.file_id,
        bytes(row.sha256),
        row.per_period_minor,
        row.once_minor,
        row.currency,
    )


def positions_of(quote_id: uuid.UUID) -> list[QuotedPosition]:
    """Return the positions of a quote in their order."""
    return positions_of_many([quote_id])[quote_id]


def positions_of_many(quotes_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[QuotedPosition]]:
    """Return the positions of these quotes in their order, in one query."""
    found: dict[uuid.UUID, list[QuotedPosition]] = {quote: [] for quote in quotes_ids}
    rows = QuoteLine.objects.filter(quote_id__in=quotes_ids).select_related("quote").order_by("quote_id", "position")
    for row in rows:
        found[row.quote_id].append(
            QuotedPosition(
                row.item_key,
                row.kind,
                row.unit,
                row.interval,
                row.module,
                row.name,
                row.quantity,
                row.price,
                Money(row.quote.currency, row.amount_minor),
            )
        )
    return found


def position_names(quotes_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Return what these quotes call their positions, in one query: quote -> key -> name."""
    found: dict[uuid.UUID, dict[str, str]] = {quote: {} for quote in quotes_ids}
    rows = QuoteLine.objects.filter(quote_id__in=quotes_ids).values_list("quote_id", "item_key", "name")
    for quote, key, name in rows:
        found[quote][key] = name
    return found


def opened_by(quotes_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, tuple[str, str]]]:
    """Return which module, by which unit, these quotes' positions open: quote -> key -> (module, unit); one query."""
    found: dict[uuid.UUID, dict[str, tuple[str, str]]] = {quote: {} for quote in quotes_ids}
    rows = QuoteLine.objects.filter(quote_id__in=quotes_ids).exclude(module="")
    for quote, key, module, unit in rows.values_list("quote_id", "item_key", "module", "unit"):
        found[quote][key] = (module, unit)
    return found


def confirm_order(
    quote_id: uuid.UUID, *, on: date, document: Mapping[str, Any], template: str, at: datetime, actor: Actor
) -> ConfirmedOrder:
    """Confirm an accepted quote; see actions.quotes.confirm_order."""
    row: OrderConfirmation = quotes.confirm_order(
        quote_id, on=on, document=document, template=template, at=at, actor=actor
    )
    return ConfirmedOrder(row.pk, row.number, row.issued_on, row.file_id, row.file.name)


def next_contract_number(seller_id: uuid.UUID, *, year: int) -> str:
    """Take the next number of a seller's contracts, in the transaction that concludes one."""
    (number,) = next_numbers(Seller.objects.get(pk=seller_id), CONTRACT, year=year, count=1)
    return number


def issue_invoices(orders: Sequence[InvoiceOrder], *, at: datetime, actor: Actor) -> list[Issued | Refused]:
    """Issue invoices, each once per occasion; see actions.invoices.issue_invoices."""
    return invoices.issue_invoices(orders, at=at, actor=actor)


def _card(row: Seller) -> SellerCard:
    return SellerCard(
        row.pk,
        row.name,
        row.street,
        row.postcode,
        row.city,
        row.country,
        row.vat_id,
        row.tax_number,
        row.registration,
        row.legal_note,
        row.email,
        row.phone,
        row.contact_name,
        row.bank,
        row.iban,
        row.bic,
        row.zone,
        row.language,
        row.currency,
    )


def add_seller(given: Mapping[str, Any], *, at: datetime, actor: Actor) -> uuid.UUID:
    """Add a seller, or return the one of that name, and its id."""
    known = Seller.objects.filter(name=given["name"]).first()
    return (known or prices.add_seller(at=at, actor=actor, **given)).pk


def make_price_list(
    *,
    seller: uuid.UUID,
    name: str,
    pack: str,
    valid_from: date,
    items: Sequence[Mapping[str, Any]],
    at: datetime,
    actor: Actor,
) -> MadePriceList:
    """Make a price list that is valid until a newer one comes."""
    made = prices.make_price_list(
        seller=Seller.objects.get(pk=seller),
        name=name,
        pack=pack,
        valid_from=valid_from,
        valid_until=None,
        items=items,
        at=at,
        actor=actor,
    )
    return MadePriceList(made.pk, dict(made.items.values_list("key", "pk")))


def replace_price_list(
    list_id: uuid.UUID, *, valid_from: date, items: Sequence[Mapping[str, Any]], at: datetime, actor: Actor
) -> None:
    """Let a price list end on the day on which a new edition of it, with these items, begins; as `make_price_list`."""
    prices.replace_price_list(list_id, valid_from=valid_from, valid_until=None, items=items, at=at, actor=actor)


def pay_in_full(invoice_id: uuid.UUID, *, paid_on: date, at: datetime, actor: Actor) -> None:
    """Book by hand that everything open of an invoice was paid."""
    balance = InvoiceBalance.objects.select_related("invoice").get(invoice_id=invoice_id)
    booking = payments.Booking(
        shares=(payments.Share(invoice_id, balance.open_minor, payments.HAND),),
        money=Money(balance.invoice.currency, balance.open_minor),
        paid_on=paid_on,
    )
    payments.book_payment(booking, at=at, actor=actor)


def sign_mandate(signing: Signing, *, at: datetime, actor: Actor, **given: Any) -> uuid.UUID:
    """Keep a mandate and return its id; see actions.mandates.sign_mandate."""
    return mandate_actions.sign_mandate(signing, at=at, actor=actor, **given).pk


def payment_methods() -> list[Method]:
    """Return the processors that are set up here; through them the house's invoices alone are paid."""
    return [Method(each.key, each.label, each.hint) for each in processors().values()]


def received_mandate_file(mandate_id: uuid.UUID) -> FileContent:
    """Return the PDF of a mandate that the current tenant gave; Mandate.DoesNotExist for anybody else's."""
    return FileContent(*mandate_file(mandate_id))


def book_set_off(invoice_id: uuid.UUID, amount: Money, *, on: date, note: str, at: datetime, actor: Actor) -> uuid.UUID:
    """Book a customer's own claim that is set off against an invoice; PaymentRefusedError beyond what is open."""
    shares = (payments.Share(invoice_id, amount.minor, payments.HAND),)
    booking = payments.Booking(shares=shares, money=amount, paid_on=on, note=note)
    return payments.book_payment(booking, at=at, actor=actor).pk
