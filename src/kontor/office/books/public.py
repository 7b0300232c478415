"""What other apps may do with the books: frozen facts and functions, never rows."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.office.books.actions import invoices, mandates as mandate_actions, payments, prices, quotes
from kontor.office.books.actions.checkouts import CheckoutRefusedError
from kontor.office.books.actions.claims import ClaimPayment, Loss, LossRefusedError, book_claim_payment, give_up
from kontor.office.books.actions.collecting_ready import collect_ready
from kontor.office.books.actions.credits import credit_invoice, set_off
from kontor.office.books.actions.demo import collect_in_demo
from kontor.office.books.actions.mandates import MandateRefusedError, Signing
from kontor.office.books.actions.numbers import CONTRACT, next_numbers
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.processors.interface import Begun, ProcessorError
from kontor.office.books.actions.processors.offered import processors
from kontor.office.books.actions.quotes import PricedLine, QuotedLine, priced
from kontor.office.books.formats.iban import WrongIbanError
from kontor.office.books.models import InvoiceBalance, OrderConfirmation, Quote, QuoteLine, Seller
from kontor.office.books.queries.billed import BilledLine, billed_beyond
from kontor.office.books.queries.catalogue import (
    ListedItem,
    ListedPrices,
    MeteredPrice,
    metered_prices,
    price_items,
    price_lists,
    sellers,
)
from kontor.office.books.queries.collections import being_collected
from kontor.office.books.queries.credits import CreditedPart, CreditOrder, position_of
from kontor.office.books.queries.debit_facts import DebitFact, announced_debits, sellers_announcing
from kontor.office.books.queries.facts import ConfirmedOrder, IssuedQuote, MadePriceList, QuotedPosition, SellerCard
from kontor.office.books.queries.finding import FoundInvoice, find_received
from kontor.office.books.queries.held_back import HeldBack, held_back
from kontor.office.books.queries.mandates import MandateCard, MandateState, mandate_file, mandates_received
from kontor.office.books.queries.orders import CollectionTerm, InvoiceOrder, Issued, OrderedLine, Refused
from kontor.office.books.queries.outstanding import (
    IssuedInvoice,
    Outstanding,
    Unmatched,
    due_on_day,
    invoices_about,
    outstanding,
    overdue_invoices,
    unmatched,
)
from kontor.office.books.queries.owed import (
    OwedInvoice,
    PaidShare,
    overdue_about,
    owed_invoices,
    standing_payments,
)
from kontor.office.books.queries.paying import MandateForm, Method, Payer, mandate_form
from kontor.office.books.queries.published import PublishedItem, PublishedPrices, published_prices
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.books.queries.received import (
    FileContent,
    ReceivedDetail,
    ReceivedFile,
    ReceivedInvoice,
    ReceivedLine,
    received_about,
    received_file,
    received_invoice,
    received_invoices,
)
from kontor.office.books.queries.states import InvoiceState, State
from kontor.rulebook.money import Money

__all__ = [
    "Begun",
    "BilledLine",
    "CheckoutRefusedError",
    "ClaimPayment",
    "CollectionTerm",
    "ConfirmedOrder",
    "CreditOrder",
    "CreditedPart",
    "DebitFact",
    "FileContent",
    "FoundInvoice",
    "HeldBack",
    "InvoiceOrder",
    "InvoiceState",
    "Issued",
    "IssuedInvoice",
    "IssuedQuote",
    "ListedItem",
    "ListedPrices",
    "Loss",
    "LossRefusedError",
    "MadePriceList",
    "MandateCard",
    "MandateForm",
    "MandateRefusedError",
    "MandateState",
    "MeteredPrice",
    "Method",
    "OrderedLine",
    "Outstanding",
    "OwedInvoice",
    "PaidShare",
    "Payer",
    "PaymentRefusedError",
    "PricedLine",
    "ProcessorError",
    "PublishedItem",
    "PublishedPrices",
    "QuotedLine",
    "QuotedPosition",
    "ReceiptRule",
    "ReceivedDetail",
    "ReceivedFile",
    "ReceivedInvoice",
    "ReceivedLine",
    "Refused",
    "SellerCard",
    "Signing",
    "State",
    "Unmatched",
    "WrongIbanError",
    "add_seller",
    "announced_debits",
    "being_collected",
    "billed_beyond",
    "book_claim_payment",
    "book_set_off",
    "collect_in_demo",
    "collect_ready",
    "confirm_order",
    "credit_invoice",
    "due_on_day",
    "find_received",
    "give_up",
    "held_back",
    "invoices_about",
    "issue_invoices",
    "issue_quote",
    "make_price_list",
    "mandate_form",
    "mandates_received",
    "metered_prices",
    "next_contract_number",
    "opened_by",
    "outstanding",
    "overdue_about",
    "overdue_invoices",
    "owed_invoices",
    "pay_in_full",
    "payment_methods",
    "position_names",
    "position_of",
    "positions_of",
    "price_items",
    "price_lists",
    "priced",
    "published_prices",
    "received_about",
    "received_file",
    "received_invoice",
    "received_invoices",
    "received_mandate_file",
    "seller_card",
    "seller_cards",
    "sellers",
    "sellers_announcing",
    "set_off",
    "sign_mandate",
    "standing_payments",
    "unmatched",
]


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
    rows = QuoteLine.objects.filter(quote_id=quote_id).select_related("quote").order_by("position")
    return [
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
        for row in rows
    ]


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
