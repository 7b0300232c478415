"""Sellers and prices, quotes, invoices and payments of any tenant."""

from kontor.office.books.models.invoices import Invoice, InvoiceBalance, InvoiceFile, InvoiceLine
from kontor.office.books.models.payments import BankEntry, BankStatement, Payment, PaymentShare
from kontor.office.books.models.prices import PriceItem, PriceList
from kontor.office.books.models.quotes import OrderConfirmation, Quote, QuoteLine
from kontor.office.books.models.sellers import NumberSeries, Seller

__all__ = [
    "BankEntry",
    "BankStatement",
    "Invoice",
    "InvoiceBalance",
    "InvoiceFile",
    "InvoiceLine",
    "NumberSeries",
    "OrderConfirmation",
    "Payment",
    "PaymentShare",
    "PriceItem",
    "PriceList",
    "Quote",
    "QuoteLine",
    "Seller",
]
