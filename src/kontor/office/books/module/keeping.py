"""What of the books goes by itself once its time is over."""

from typing import Final

from kontor.kernel.keeping import Keeping
from kontor.rulebook.ruling import Text

_PAID: Final = ("books.PaymentShare", "books.Checkout", "books.Debit", "books.BankFee", "books.Refund")

KEEPINGS: Final = (
    Keeping(
        key="books.payments",
        title=Text("Zahlungen", "Payments"),
        kind="payment",
        model="books.Payment",
        since="paid_on",
        people="party__email",
    ),
    Keeping(
        key="books.bank_entries",
        title=Text("Umsätze der Bank", "Bank entries"),
        kind="payment",
        model="books.BankEntry",
        since="booked_on",
        needed_by=("books.Payment",),
    ),
    Keeping(
        key="books.invoices",
        title=Text("Rechnungen", "Invoices"),
        kind="invoice",
        model="books.Invoice",
        since="issued_on",
        customer="customer_tenant_id",
        people="party__email",
        needed_by=_PAID,
    ),
    Keeping(
        key="books.quotes",
        title=Text("Angebote", "Quotes"),
        kind="business_letter",
        model="books.Quote",
        since="issued_on",
        customer="customer_tenant_id",
        people="party__email",
    ),
)
