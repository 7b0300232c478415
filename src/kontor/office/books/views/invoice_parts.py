"""What stands on an invoice's page: its paper, its way, its files and its payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Step
from kontor.kernel.queries.rulings import Reasons
from kontor.kernel.wording import day, moment, money, share, spoken
from kontor.office.books.actions.payments import ACCOUNT, HAND, REFERENCE
from kontor.office.books.actions.printing import RULES
from kontor.office.books.formats.invoice import Invoice as Document
from kontor.office.books.models import Invoice, InvoiceFile, PaymentShare
from kontor.office.books.queries.invoices import LineWithReasons
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.books.queries.states import InvoiceState, State
from kontor.office.books.views.figures import unit_price
from kontor.rulebook.money import Money

FOUND_BY: Final = {
    REFERENCE: gettext_lazy("the payer named it"),
    ACCOUNT: gettext_lazy("by amount and account"),
    HAND: gettext_lazy("by hand"),
}
FORMATS: Final = {
    InvoiceFile.Format.ZUGFERD: gettext_lazy("ZUGFeRD, PDF/A-3"),
    InvoiceFile.Format.XRECHNUNG_CII: gettext_lazy("XRechnung (CII)"),
    InvoiceFile.Format.XRECHNUNG_UBL: gettext_lazy("XRechnung (UBL)"),
}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A position as it is printed, and the decision behind it."""

    row: Any
    quantity: Decimal
    price: str
    net: Money
    reasons: Reasons | None


@dataclass(frozen=True, slots=True)
class VatRow:
    """One line of the VAT breakdown."""

    label: str
    reason: str
    tax: Money


@dataclass(frozen=True, slots=True)
class Paper:
    """The document as its customer sees it."""

    document: Document
    lines: tuple[PaperLine, ...]
    net: Money
    vat: tuple[VatRow, ...]
    gross: Money
    total_label: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with the words for it."""

    row: InvoiceFile
    title: Any
    sha256: str
    short: str
    kilobytes: int


@dataclass(frozen=True, slots=True)
class Files:
    """What was printed; `lacks_ubl` where the rest is made and UBL could be asked for."""

    rows: tuple[FileRow, ...]
    rules: str
    lacks_ubl: bool


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What one payment gave to the invoice, or took back from it."""

    share: PaymentShare
    money: Money
    paid_on: date
    how: Any


def paper(row: Any, document: Document, lines: Sequence[LineWithReasons]) -> Paper:
    """Return the document's figures in words; a cancellation's amounts are positive, its title says what they mean."""
    currency = row.currency
    return Paper(
        document,
        tuple(
            PaperLine(
                each.row,
                each.row.quantity.normalize(),
                unit_price(each.row.price, currency),
                Money(currency, each.row.net_minor),
                each.reasons,
            )
            for each in lines
        ),
        Money(currency, row.net_minor),
        tuple(
            VatRow(
                _("VAT %(rate)s on %(net)s")
                % {"rate": share((each.rate or Decimal(0)) / 100), "net": money(each.taxable, currency)},
                each.reason,
                Money.rounded(each.tax, currency),
            )
            for each in document.vat
        ),
        Money(currency, row.gross_minor),
        _("Taken back") if row.kind == Invoice.Kind.CANCELLATION else _("To pay"),
    )


def steps(row: Any, state: InvoiceState) -> list[Step]:
    """Return the way of an invoice: issued, sent, opened, payable, paid."""
    way = [
        Step(_("Issued"), moment(row.at), "done"),
        Step(_("Sent"), moment(row.sent_at), "done" if row.sent_at else "now"),
    ]
    if row.opened_at:
        way.append(Step(_("Opened"), moment(row.opened_at), "done"))
    if state.key in {State.CANCELLATION, State.CREDIT_NOTE}:
        return way
    if state.key is State.CANCELLED:
        return [*way, Step(_("Cancelled"), moment(row.cancelled_at), "done")]
    over = state.key in {State.OVERDUE, State.PAID}
    way += _due_steps(row, over=over)
    if state.partly:
        way.append(Step(_("Part paid"), "", "now"))
    paid = state.key is State.PAID
    return [*way, Step(_("Paid"), day(row.paid_on) if paid else "", "done" if paid else "")]


def _due_steps(row: Any, *, over: bool) -> list[Step]:
    """Until when it is payable; where that counts from receipt, the receipt first, and the rule until it is known."""
    rule = ReceiptRule.read(row.due_rule)
    if rule is None or row.received_on is None:
        until = day(row.payable_until) if rule is None else spoken(rule.spoken)
        return [Step(_("Payable until") if rule is None else _("Payable"), until, "done" if over else "")]
    received = Step(_("Received"), day(row.received_on), "done")
    return [received, Step(_("Payable until"), day(row.payable_until), "done" if over else "")]


def files(row: Any, found: Sequence[InvoiceFile]) -> Files:
    """Return an invoice's files as its page shows them."""
    rows = tuple(
        FileRow(
            each,
            FORMATS[InvoiceFile.Format(each.format)],
            bytes(each.sha256).hex(),
            f"{bytes(each.sha256).hex()[:8]}…",
            max(1, round(each.file.size / 1000)),
        )
        for each in found
    )
    made = {each.format for each in found}
    lacks_ubl = bool(row.sent_at) and InvoiceFile.Format.XRECHNUNG_UBL not in made
    rules = _("checked: EN 16931, XRechnung 3.0, to the cent") if found and found[0].rules == RULES else ""
    return Files(rows, rules or (found[0].rules if found else ""), lacks_ubl)


def payment_rows(shares: Sequence[PaymentShare], currency: str) -> list[PaymentRow]:
    """Return what was paid, how it was found said in words."""
    return [PaymentRow(each, Money(currency, each.amount_minor), each.payment.paid_on, _how(each)) for each in shares]


def _how(each: PaymentShare) -> Any:
    if each.payment.reverses_id:
        return _("taken back: %(why)s") % {"why": each.payment.note}
    return each.payment.note or FOUND_BY[each.found_by]
