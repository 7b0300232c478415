"""What other apps may do with the books: frozen facts and functions, never rows."""

from kontor.office.books.actions.checkouts import CheckoutRefusedError
from kontor.office.books.actions.claims import ClaimPayment, Loss, LossRefusedError, book_claim_payment, give_up
from kontor.office.books.actions.collecting_ready import collect_ready
from kontor.office.books.actions.credits import credit_invoice, credit_invoices, set_off
from kontor.office.books.actions.demo import collect_in_demo, pay_online_in_demo, refund_in_demo
from kontor.office.books.actions.mandates import MandateRefusedError, Signing
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.processors.interface import Begun, ProcessorError
from kontor.office.books.actions.quotes import PricedLine, QuotedLine, priced
from kontor.office.books.actions.telling import tell_customers
from kontor.office.books.formats.iban import WrongIbanError
from kontor.office.books.public.deeds import (
    add_seller,
    book_set_off,
    confirm_order,
    issue_invoices,
    issue_quote,
    make_price_list,
    next_contract_number,
    opened_by,
    pay_in_full,
    payment_methods,
    position_names,
    positions_of,
    positions_of_many,
    received_mandate_file,
    replace_price_list,
    seller_card,
    seller_cards,
    sign_mandate,
)
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
from kontor.office.books.queries.credits import CreditedPart, CreditOrder, position_of, reasons_of
from kontor.office.books.queries.debit_facts import DebitFact, announced_debits, sellers_announcing
from kontor.office.books.queries.ended_mandates import EndedMandate, ended_mandates
from kontor.office.books.queries.facts import ConfirmedOrder, IssuedQuote, MadePriceList, QuotedPosition, SellerCard
from kontor.office.books.queries.finding import FoundInvoice, find_received
from kontor.office.books.queries.held_back import HeldBack, held_back
from kontor.office.books.queries.mandates import MandateCard, MandateState, mandates_received
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
    still_open,
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
from kontor.office.books.queries.refunds import (
    FailedRefund,
    OpenDispute,
    OutsideRefund,
    failed_refunds,
    open_disputes,
    outside_refunds,
)
from kontor.office.books.queries.states import InvoiceState, State

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
    "EndedMandate",
    "FailedRefund",
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
    "OpenDispute",
    "OrderedLine",
    "OutsideRefund",
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
    "credit_invoices",
    "due_on_day",
    "ended_mandates",
    "failed_refunds",
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
    "open_disputes",
    "opened_by",
    "outside_refunds",
    "outstanding",
    "overdue_about",
    "overdue_invoices",
    "owed_invoices",
    "pay_in_full",
    "pay_online_in_demo",
    "payment_methods",
    "position_names",
    "position_of",
    "positions_of",
    "positions_of_many",
    "price_items",
    "price_lists",
    "priced",
    "published_prices",
    "reasons_of",
    "received_about",
    "received_file",
    "received_invoice",
    "received_invoices",
    "received_mandate_file",
    "refund_in_demo",
    "replace_price_list",
    "seller_card",
    "seller_cards",
    "sellers",
    "sellers_announcing",
    "set_off",
    "sign_mandate",
    "standing_payments",
    "still_open",
    "tell_customers",
    "unmatched",
]
