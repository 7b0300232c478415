"""Invoices over the API: issued ones for the house, received ones for its customer, with lines, taxes and files."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from pydantic import Field

from kontor.kernel.api import WHY, Amount, Call, Cursor, Day, FileGiven, Page, Truth, Why, after, cut
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.office.books.api.mounted import LIMIT, RECEIVED, SEE, endpoints, today_of
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import InvoiceFile, InvoiceLine
from kontor.office.books.queries.invoices import in_state, invoices, state_of_row
from kontor.office.books.queries.received import received_rows
from kontor.office.books.queries.states import state_of
from kontor.office.privacy.public import not_locked
from kontor.rulebook.money import Money

Number = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[!-~]+$")]
State = Literal["open", "part_paid", "overdue", "paid", "cancelled", "cancellation", "credit_note", "written_off"]
PDF, XML = "application/pdf", "application/xml"


class InvoiceShown(Schema):
    """
    An invoice as lists show it.

    kind      380 invoice, 381 cancellation or credit note, 384 correction
    contract  the contract it is about
    open      what is still to be paid; below zero where the supplier owes
    due_on    null while a period that counts from receipt has not begun
    """

    id: uuid.UUID
    number: str
    kind: str
    supplier: str
    customer: str
    contract: uuid.UUID | None
    issued_on: date
    due_on: date | None
    period_first: date | None
    period_last: date | None
    net: Amount
    vat: Amount
    gross: Amount
    open: Amount
    state: State
    cancels: uuid.UUID | None
    corrects: uuid.UUID | None


class LineShown(Schema):
    """A position; `vat_category` by UNTDID 5305, `vat_rate` in percent."""

    position: int
    item: str
    name: str
    quantity: Decimal
    unit: str
    price: Amount
    net: Amount
    vat_category: str
    vat_rate: Decimal | None
    period_first: date | None
    period_last: date | None
    clause: str
    why: Why | None = None


class TaxShown(Schema):
    """The tax of one category and rate; `reason` where none is charged."""

    category: str
    rate: Decimal | None
    taxable: Amount
    tax: Amount
    reason: str


class FileShown(Schema):
    """A file as it was sent: ZUGFERD, XRECHNUNG_CII or XRECHNUNG_UBL; `sha256` of its bytes."""

    id: uuid.UUID
    format: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: datetime


class InvoiceDetail(InvoiceShown):
    """An invoice with its positions, its taxes and its files."""

    lines: list[LineShown]
    taxes: list[TaxShown]
    files: list[FileShown]


class BalanceShown(Schema):
    """What happened to an invoice since it was issued; `why` the decision on the last day for payment."""

    gross: Amount
    open: Amount
    state: State
    due_on: date | None
    sent_at: datetime | None
    received_on: date | None
    paid_on: date | None
    cancelled_at: datetime | None
    why: Why | None = None


@endpoints.reads("/invoices", permission=SEE, answers=Page[InvoiceShown])
def list_invoices(
    request: Call, number: Query[Number | None] = None, state: Query[State | None] = None,
    contract: Query[uuid.UUID | None] = None, issued_from: Query[Day | None] = None,
    issued_until: Query[Day | None] = None, cursor: Query[Cursor | None] = None, limit: int = LIMIT,
) -> Page[InvoiceShown]:  # fmt: skip
    """List the invoices issued, the oldest first."""
    rows = invoices().filter(not_locked("books.Invoice"))
    found = in_state(rows, state, request.at) if state else rows
    asked = {"number": number, "subject_id": contract, "issued_on__gte": issued_from, "issued_on__lte": issued_until}
    return _page(request, found, asked, cursor=cursor, limit=limit)


@endpoints.reads("/received/invoices", permission=RECEIVED, answers=Page[InvoiceShown])
def list_received(
    request: Call, number: Query[Number | None] = None, contract: Query[uuid.UUID | None] = None,
    issued_from: Query[Day | None] = None, issued_until: Query[Day | None] = None,
    cursor: Query[Cursor | None] = None, limit: int = LIMIT,
) -> Page[InvoiceShown]:  # fmt: skip
    """List the invoices received, the oldest first."""
    asked = {"number": number, "subject_id": contract, "issued_on__gte": issued_from, "issued_on__lte": issued_until}
    return _page(request, received_rows().defer("document"), asked, cursor=cursor, limit=limit)


@endpoints.reads_both("/invoices/{uuid:invoice_id}", house=SEE, customer=RECEIVED, answers=InvoiceDetail)
def one_invoice(request: Call, invoice_id: uuid.UUID, why: Truth = WHY) -> InvoiceDetail:
    """Show one invoice; with `why=true` the decision behind each position. Reading it here is not its receipt."""
    row = _row(request, invoice_id)
    lines = list((InvoiceLine.objects if request.own else InvoiceLine.received).filter(invoice_id=row.pk))
    reasons = reasons_by_id({line.ruling for line in lines if line.ruling}) if why else {}
    taxes = from_json(row.document).vat
    return InvoiceDetail(
        **_fields(request, row),
        lines=[
            _line(line, row.currency, reasons.get(line.ruling))  # type: ignore[arg-type]
            for line in sorted(lines, key=lambda line: line.position)
        ],
        taxes=[
            TaxShown(
                category=each.category.value, rate=each.rate, taxable=Amount.each(each.taxable, row.currency),
                tax=Amount.each(each.tax, row.currency), reason=each.reason,
            )
            for each in taxes
        ],
        files=_files(request, row.pk),
    )  # fmt: skip


@endpoints.reads_both("/invoices/{uuid:invoice_id}/balance", house=SEE, customer=RECEIVED, answers=BalanceShown)
def invoice_balance(request: Call, invoice_id: uuid.UUID, why: Truth = WHY) -> BalanceShown:
    """Say what is open of an invoice, until when it is payable, and what happened to it."""
    row = _row(request, invoice_id)
    ruling = row.counted_ruling or row.due_ruling
    reasons = reasons_by_id([ruling]) if why and ruling else {}
    return BalanceShown(
        gross=Amount.of(Money(row.currency, row.gross_minor)), open=Amount.of(Money(row.currency, row.open_minor)),
        state=_state(request, row), due_on=row.payable_until, sent_at=row.sent_at, received_on=row.received_on,
        paid_on=row.paid_on, cancelled_at=row.cancelled_at,
        why=Why.of(reasons[ruling]) if ruling in reasons else None,
    )  # fmt: skip


@endpoints.reads_both("/invoices/{uuid:invoice_id}/files", house=SEE, customer=RECEIVED, answers=Page[FileShown])
def list_files(request: Call, invoice_id: uuid.UUID) -> Page[FileShown]:
    """List the files of an invoice."""
    return Page[FileShown](items=_files(request, _row(request, invoice_id).pk))


@endpoints.gives("/files/{uuid:file_id}", permission=SEE, media_types=(PDF, XML))
def own_file(request: Call, file_id: uuid.UUID) -> FileGiven:  # noqa: ARG001  an endpoint's signature
    """Give a file of an invoice issued, the very bytes that were sent."""
    row = get_object_or_404(InvoiceFile.objects.select_related("file"), pk=file_id)
    refuse_hidden([row.invoice_id], may=lambda _: False)
    return _content(row)


@endpoints.gives("/received/files/{uuid:file_id}", permission=RECEIVED, media_types=(PDF, XML))
def received_file(request: Call, file_id: uuid.UUID) -> FileGiven:  # noqa: ARG001  an endpoint's signature
    """Give a file of an invoice received, the very bytes that were sent."""
    return _content(get_object_or_404(InvoiceFile.received.select_related("file"), pk=file_id))


def _page(request: Call, found: Any, asked: dict[str, Any], *, cursor: str | None, limit: int) -> Page[InvoiceShown]:
    given = {name: value for name, value in asked.items() if value is not None}
    if (last := after(cursor)) is not None:
        given["pk__gt"] = last
    rows, following = cut(list(found.filter(**given).order_by("pk")[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[InvoiceShown](items=[InvoiceShown(**_fields(request, row)) for row in rows], next=following)


def _row(request: Call, invoice_id: uuid.UUID) -> Any:
    return get_object_or_404(invoices() if request.own else received_rows(), pk=invoice_id)


def _state(request: Call, row: Any) -> Any:
    if request.own:
        return state_of_row(row, request.at).key.value
    return state_of(
        kind=row.kind, gross_minor=row.gross_minor, open_minor=row.open_minor, due_on=row.payable_until,
        cancelled_at=row.cancelled_at, today=today_of(request), corrects=row.corrects_id is not None,
    ).key.value  # fmt: skip


def _fields(request: Call, row: Any) -> dict[str, Any]:
    def amount(minor: int) -> Amount:
        return Amount.of(Money(row.currency, minor))

    return {
        "id": row.pk, "number": row.number, "kind": row.kind,
        "supplier": row.seller.name if request.own else row.seller_name, "customer": row.customer_name,
        "contract": row.subject_id, "issued_on": row.issued_on, "due_on": row.payable_until,
        "period_first": row.period_first, "period_last": row.period_last, "net": amount(row.net_minor),
        "vat": amount(row.vat_minor), "gross": amount(row.gross_minor), "open": amount(row.open_minor),
        "state": _state(request, row), "cancels": row.cancels_id, "corrects": row.corrects_id,
    }  # fmt: skip


def _line(row: InvoiceLine, currency: str, reasons: Reasons | None) -> LineShown:
    return LineShown(
        position=row.position, item=row.item_key, name=row.name, quantity=row.quantity, unit=row.unit,
        price=Amount.each(row.price, currency), net=Amount.of(Money(currency, row.net_minor)),
        vat_category=row.vat_category, vat_rate=row.vat_rate, period_first=row.period_first,
        period_last=row.period_last, clause=row.clause, why=Why.of(reasons) if reasons else None,
    )  # fmt: skip


def _files(request: Call, invoice_id: uuid.UUID) -> list[FileShown]:
    rows = (InvoiceFile.objects if request.own else InvoiceFile.received).filter(invoice_id=invoice_id)
    return [
        FileShown(
            id=row.pk, format=row.format, name=row.file.name, media_type=row.file.media_type, size=row.file.size,
            sha256=bytes(row.sha256).hex(), at=row.at,
        )
        for row in rows.select_related("file").order_by("format")
    ]  # fmt: skip


def _content(row: InvoiceFile) -> FileGiven:
    return FileGiven(row.file.name, row.file.media_type, read(row.file))
