"""Sellers and prices, quotes, invoices and payments of any tenant."""

from kontor.office.books.models.checkouts import Checkout, CheckoutNotice, EarlyRefund
from kontor.office.books.models.collecting import Announcement, BankFee, BankNotice, CollectionBatch, Debit
from kontor.office.books.models.invoices import Invoice, InvoiceBalance, InvoiceFile, InvoiceLine, InvoiceLoss
from kontor.office.books.models.mandates import Mandate, MandateAccount, MandateStanding
from kontor.office.books.models.payments import BankEntry, BankStatement, Payment, PaymentShare
from kontor.office.books.models.prices import PriceItem, PriceList
from kontor.office.books.models.quotes import OrderConfirmation, Quote, QuoteLine
from kontor.office.books.models.receipts import PostalReceipt
from kontor.office.books.models.refunds import Refund, TransferBatch
from kontor.office.books.models.sellers import NumberSeries, Seller

__all__ = [
    "Announcement",
    "BankEntry",
    "BankFee",
    "BankNotice",
    "BankStatement",
    "Checkout",
    "CheckoutNotice",
    "CollectionBatch",
    "Debit",
    "EarlyRefund",
    "Invoice",
    "InvoiceBalance",
    "InvoiceFile",
    "InvoiceLine",
    "InvoiceLoss",
    "Mandate",
    "MandateAccount",
    "MandateStanding",
    "NumberSeries",
    "OrderConfirmation",
    "Payment",
    "PaymentShare",
    "PostalReceipt",
    "PriceItem",
    "PriceList",
    "Quote",
    "QuoteLine",
    "Refund",
    "Seller",
    "TransferBatch",
]
