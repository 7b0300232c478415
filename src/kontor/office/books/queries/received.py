"""Invoices that another tenant has sent to this one: read from the supplier's rows, as far as they are shared."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.fields.json import KT

from kontor.kernel.queries.blobs import read
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.statements import About
from kontor.kernel.tenancy import current_tenant
from kontor.office.books.formats.invoice import Invoice as Document
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceFile, InvoiceLine
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.books.queries.states import InvoiceState, state_of
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedInvoice:
    """
    An invoice as its receiver's list shows it.

    kind        "380" invoice, "381" cancellation, "384" correction
    open        what is still to be paid; negative where the seller owes
    due_ruling  the stored decision on the last day for payment
    """

    id: uuid.UUID
    number: str
    kind: str
    seller_name: str
    subject_kind: str
    subject_id: uuid.UUID | None
    issued_on: date
    due_on: date | None
    period_first: date | None
    period_last: date | None
    gross: Money
    open: Money
    paid_on: date | None
    state: InvoiceState
    due_ruling: uuid.UUID | None = None

    @property
    def listed(self) -> Money:
        """The amount as a list shows it: below zero for what is credited, as the house's own list says it too."""
        return -self.gross if self.kind == Invoice.Kind.CANCELLATION else self.gross


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """One position; first and last day both included, `ruling` the stored decision behind it."""

    position: int
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Money
    vat_rate: Decimal | None
    first: date | None
    last: date | None
    clause: str
    ruling: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A file of a received invoice: `format` is ZUGFERD, XRECHNUNG_CII or XRECHNUNG_UBL, `sha256` hexadecimal."""

    id: uuid.UUID
    format: str
    name: str
    size: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDetail:
    """
    One received invoice with all that is shown of it.

    document      the EN 16931 model: seller, buyer, VAT breakdown, payment, notes
    cancels, cancelled_by  (id, number) of the other document, None where there is none
    corrects, credited_by  the invoice that this one credits in part; the credit notes that credit this one
    due_ruling    the stored decision on the last day for payment
    """

    invoice: ReceivedInvoice
    net: Money
    vat: Money
    lines: tuple[ReceivedLine, ...]
    files: tuple[ReceivedFile, ...]
    document: Document
    sent_at: datetime | None
    due_ruling: uuid.UUID | None
    due_rule: Text | None
    received_on: date | None
    opened_at: datetime | None
    cancels: tuple[uuid.UUID, str] | None
    cancelled_by: tuple[uuid.UUID, str] | None
    corrects: tuple[uuid.UUID, str] | None
    credited_by: tuple[tuple[uuid.UUID, str], ...]


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file's bytes, proved by their digest, with its name and media type."""

    name: str
    media_type: str
    content: bytes


def received_invoices(tenant_id: uuid.UUID, *, today: date) -> list[ReceivedInvoice]:
    """Return what this tenant has received, newest first, in one query; `today` in the reader's zone."""
    return [_short(row, today) for row in _rows(tenant_id).order_by("-issued_on", "-number").defer("document")]


def received_about(subject_id: uuid.UUID, *, today: date) -> list[ReceivedInvoice]:
    """Return what the current tenant has received about a contract, newest first, in one query."""
    return [_short(row, today) for row in _ABOUT.rows(subject_id)]


def received_invoice(invoice_id: uuid.UUID, *, today: date) -> ReceivedDetail:
    """Return one invoice the current tenant has received; Invoice.DoesNotExist for anybody else's."""
    row = _rows(current_tenant()).get(pk=invoice_id)
    tests = Q(pk__in=[row.cancels_id, row.corrects_id]) | Q(cancels=row.pk) | Q(corrects=row.pk)
    others = list(Invoice.received.filter(tests).order_by("number").values_list("id", "number", "cancels", "corrects"))
    lines = InvoiceLine.received.filter(invoice_id=row.pk).order_by("position")
    files = InvoiceFile.received.filter(invoice_id=row.pk).select_related("file").order_by("format")
    rule = ReceiptRule.read(row.due_rule)
    return ReceivedDetail(
        invoice=_short(row, today),
        net=Money(row.currency, row.net_minor),
        vat=Money(row.currency, row.vat_minor),
        lines=tuple(_line(line, row.currency) for line in lines),
        files=tuple(_file(file) for file in files),
        document=from_json(row.document),
        sent_at=row.sent_at,
        due_ruling=row.counted_ruling or row.due_ruling,
        due_rule=rule.spoken if rule else None,
        received_on=row.received_on,
        opened_at=row.opened_at,
        cancels=next((each[:2] for each in others if each[0] == row.cancels_id), None),
        cancelled_by=next((each[:2] for each in others if each[2] == row.pk), None),
        corrects=next((each[:2] for each in others if each[0] == row.corrects_id), None),
        credited_by=tuple(each[:2] for each in others if each[3] == row.pk),
    )


def received_file(file_id: uuid.UUID) -> FileContent:
    """Return a received invoice's file as it was sent; InvoiceFile.DoesNotExist for anybody else's."""
    blob = InvoiceFile.received.select_related("file").get(pk=file_id).file
    return FileContent(blob.name, blob.media_type, read(blob))


def received_rows() -> Any:
    """Return the current tenant's received invoices as rows, with what their balance says."""
    return _rows(current_tenant())


def _rows(tenant_id: uuid.UUID) -> Any:
    """Each invoice with its balance and its seller's name as printed: the seller's own row is not shared."""
    return (
        TenantQuerySet(Invoice)
        .received_by(tenant_id)
        .annotate(
            seller_name=KT("document__seller__name"),
            open_minor=F("balances__open_minor"),
            payable_until=F("balances__due_on"),
            due_rule=F("balances__due_rule"),
            counted_ruling=F("balances__due_ruling"),
            received_on=F("balances__received_on"),
            opened_at=F("balances__first_opened_at"),
            paid_on=F("balances__paid_on"),
            sent_at=F("balances__sent_at"),
            cancelled_at=F("balances__cancelled_at"),
        )
    )


_SHORT: Final = (
    *("pk", "number", "kind", "currency", "gross_minor", "due_ruling", "corrects_id", "seller_name", "subject_kind"),
    *("subject_id", "issued_on", "period_first", "period_last", "open_minor", "payable_until", "counted_ruling"),
    *("paid_on", "cancelled_at"),
)


def _about(subject: uuid.UUID) -> Any:
    rows = _rows(current_tenant()).filter(subject_id=subject).order_by("-issued_on", "-number")
    return rows.values_list(*_SHORT, named=True)


_ABOUT: Final = About(_about)


def _short(row: Any, today: date) -> ReceivedInvoice:
    state = state_of(
        kind=row.kind,
        gross_minor=row.gross_minor,
        open_minor=row.open_minor,
        due_on=row.payable_until,
        cancelled_at=row.cancelled_at,
        today=today,
        corrects=row.corrects_id is not None,
    )
    return ReceivedInvoice(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        seller_name=row.seller_name,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        issued_on=row.issued_on,
        due_on=row.payable_until,
        period_first=row.period_first,
        period_last=row.period_last,
        gross=Money(row.currency, row.gross_minor),
        open=Money(row.currency, row.open_minor),
        paid_on=row.paid_on,
        state=state,
        due_ruling=row.counted_ruling or row.due_ruling,
    )


def _line(row: InvoiceLine, currency: str) -> ReceivedLine:
    return ReceivedLine(
        position=row.position,
        name=row.name,
        quantity=row.quantity,
        unit=row.unit,
        price=row.price,
        net=Money(currency, row.net_minor),
        vat_rate=row.vat_rate,
        first=row.period_first,
        last=row.period_last,
        clause=row.clause,
        ruling=row.ruling,
    )


def _file(row: InvoiceFile) -> ReceivedFile:
    return ReceivedFile(
        id=row.pk,
        format=row.format,
        name=row.file.name,
        size=row.file.size,
        sha256=bytes(row.sha256).hex(),
        at=row.at,
    )
