"""Payments over the API, for the house: what came in, money seen elsewhere booked, bank statements read in."""

import base64
import binascii
import uuid
from datetime import date, datetime
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import Field

from kontor.kernel.api import Amount, Call, Cursor, Day, Line, Page, ProblemError, after, cut
from kontor.kernel.api.schemas import Body
from kontor.office.books.actions.payments import HAND, Booking, PaymentRefusedError, Share, book_payment
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.api.mounted import LIMIT, PAYMENTS, SEE, endpoints, today_of
from kontor.office.books.models import Payment, Seller
from kontor.office.books.queries.invoices import invoices, payments
from kontor.rulebook.money import Money


class Paid(Body):
    """An amount above zero."""

    amount: Annotated[str, Field(pattern=r"^[0-9]{1,12}([.][0-9]{1,3})?$", examples=["119.00"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class NewPayment(Body):
    """Money that came in otherwise than by a statement; `note` says how it is known."""

    invoice: uuid.UUID
    paid: Paid
    paid_on: Day
    note: Line


class ShareShown(Schema):
    """How much of a payment settles which invoice; REFERENCE, ACCOUNT or HAND says how that was found."""

    invoice: uuid.UUID
    number: str
    amount: Amount
    found_by: str


class PaymentShown(Schema):
    """A payment; below zero where it takes another one back, which `reverses` names."""

    id: uuid.UUID
    amount: Amount
    paid_on: date
    note: str
    statement: uuid.UUID | None
    reverses: uuid.UUID | None
    reversed: bool
    shares: list[ShareShown]
    at: datetime


class NewStatement(Body):
    """A bank's file: camt.053 in base64, and the seller whose account it is."""

    seller: uuid.UUID
    content: Annotated[str, Field(min_length=4, max_length=9_000_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


class StatementRead(Schema):
    """A statement read in; `made` false where it was here already and nothing changed."""

    id: uuid.UUID
    identification: str
    made: bool
    entries: int
    booked: int
    waiting: int


class SellerShown(Schema):
    """A legal entity that sells."""

    id: uuid.UUID
    name: str
    currency: str


@endpoints.reads("/payments", permission=PAYMENTS, answers=Page[PaymentShown])
def list_payments(
    request: Call,  # noqa: ARG001  an endpoint's signature
    paid_from: Query[Day | None] = None,
    paid_until: Query[Day | None] = None,
    invoice: Query[uuid.UUID | None] = None,
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[PaymentShown]:
    """List what was paid, the oldest first."""
    asked = {"paid_on__gte": paid_from, "paid_on__lte": paid_until, "shares__invoice_id": invoice,
             "pk__gt": after(cursor)}  # fmt: skip
    found = payments().filter(**{name: value for name, value in asked.items() if value is not None})
    rows, following = cut(list(found.order_by("pk").distinct("pk")[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[PaymentShown](items=[_shown(row) for row in rows], next=following)


@endpoints.reads("/payments/{uuid:payment_id}", permission=PAYMENTS, answers=PaymentShown)
def one_payment(request: Call, payment_id: uuid.UUID) -> PaymentShown:  # noqa: ARG001  an endpoint's signature
    """Show one payment and what it settled."""
    return _shown(get_object_or_404(payments(), pk=payment_id))


@endpoints.writes("/payments", permission=PAYMENTS, answers=PaymentShown, status=201)
def record_payment(request: Call, told: NewPayment) -> PaymentShown:
    """Book a payment on an invoice by hand; what is beyond what is open stays on the payment."""
    row = get_object_or_404(invoices(), pk=told.invoice)
    money = Money.parse(told.paid.amount, told.paid.currency)
    if not money or told.paid_on > today_of(request):
        detail = gettext("A payment is more than nothing, and of a day that has come.")
        raise ProblemError(422, "invalid", detail)
    if told.paid.currency != row.currency:
        detail = gettext("The invoice is in %(currency)s.") % {"currency": row.currency}
        raise ProblemError(409, "refused", detail)
    share = Share(row.pk, min(money.minor, row.open_minor), HAND)
    booking = Booking(shares=(share,), money=money, paid_on=told.paid_on, note=told.note)
    try:
        made = book_payment(booking, at=request.at, actor=request.actor)
    except PaymentRefusedError as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    return _shown(payments().get(pk=made.pk))


@endpoints.writes("/statements", permission=PAYMENTS, answers=Page[StatementRead])
def read_statement(request: Call, told: NewStatement) -> Page[StatementRead]:
    """Read a bank statement (camt.053) in; the same one twice changes nothing."""
    seller = get_object_or_404(Seller, pk=told.seller)
    try:
        content = base64.b64decode(told.content, validate=True)
    except binascii.Error as error:
        raise ProblemError(422, "invalid", gettext("The content is not base64.")) from error
    read = import_statement(content, seller=seller.pk, at=request.at, actor=request.actor)
    return Page[StatementRead](
        items=[
            StatementRead(
                id=each.id, identification=each.identification, made=each.made, entries=each.entries,
                booked=each.booked, waiting=each.waiting,
            )
            for each in read
        ]
    )  # fmt: skip


@endpoints.reads("/sellers", permission=SEE, answers=Page[SellerShown])
def list_sellers(request: Call) -> Page[SellerShown]:  # noqa: ARG001  an endpoint's signature
    """List the legal entities that sell."""
    rows = Seller.objects.order_by("name").values_list("pk", "name", "currency")
    return Page[SellerShown](items=[SellerShown(id=pk, name=name, currency=currency) for pk, name, currency in rows])


def _shown(row: Payment) -> PaymentShown:
    return PaymentShown(
        id=row.pk,
        amount=Amount.of(Money(row.currency, row.amount_minor)),
        paid_on=row.paid_on,
        note=row.note,
        statement=row.entry.statement_id if row.entry else None,
        reverses=row.reverses_id,
        reversed=bool(row.reversals.all()),
        shares=[
            ShareShown(
                invoice=each.invoice_id, number=each.invoice.number,
                amount=Amount.of(Money(row.currency, each.amount_minor)), found_by=each.found_by,
            )
            for each in row.shares.all()
        ],
        at=row.at,
    )  # fmt: skip
