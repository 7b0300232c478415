"""Quotes and order confirmations: numbered, printed once, kept as they left."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.pdf import render
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.numbers import CONFIRMATION, QUOTE, next_numbers
from kontor.office.books.models import OrderConfirmation, PriceItem, Quote, QuoteLine, Seller
from kontor.rulebook.currency import minor_digits
from kontor.rulebook.money import Money

_MONTHS: Final[Mapping[str, int]] = {
    PriceItem.Interval.MONTH: 1,
    PriceItem.Interval.QUARTER: 3,
    PriceItem.Interval.YEAR: 12,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """A position of a quote: an item of a price list at its price, and how many."""

    item: uuid.UUID
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A quoted position with what it costs, as it is printed and kept."""

    key: str
    kind: str
    unit: str
    interval: str
    module: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Money
    price_list: uuid.UUID


def priced(lines: Sequence[QuotedLine], *, language: str) -> list[PricedLine]:
    """Price these positions from their list, in one query; KeyError for an item of another tenant."""
    items = {
        item.pk: item
        for item in PriceItem.objects.filter(pk__in=[line.item for line in lines]).select_related("price_list")
    }
    return [_priced(items[line.item], line.quantity, language) for line in lines]


@transaction.atomic
def issue_quote(
    *,
    seller_id: uuid.UUID,
    party_id: uuid.UUID,
    customer_tenant: uuid.UUID | None,
    customer_name: str,
    lines: Sequence[PricedLine],
    issued_on: date,
    valid_until: date,
    language: str,
    document: Mapping[str, Any],
    template: str,
    at: datetime,
    actor: Actor,
) -> Quote:
    """
    Number a quote, print it and keep both.

    document  what is printed, all but its number
    template  the Typst file it is printed with, as its path inside the package
    """
    seller = Seller.objects.get(pk=seller_id)
    (number,) = next_numbers(seller, QUOTE, year=issued_on.year, count=1)
    finished = {**document, "number": number}
    file = keep(
        _printed(template, finished, at=at),
        name=f"{number}.pdf",
        media_type="application/pdf",
        at=at,
        customer_tenant=customer_tenant,
    )
    once = [line.amount for line in lines if line.interval == PriceItem.Interval.ONCE]
    quote = Quote.objects.create(
        number=number,
        seller=seller,
        party_id=party_id,
        customer_tenant_id=customer_tenant,
        customer_name=customer_name,
        issued_on=issued_on,
        valid_until=valid_until,
        language=language,
        currency=seller.currency,
        per_period_minor=per_month(lines, seller.currency).minor,
        once_minor=Money.total(once, seller.currency).minor,
        document=finished,
        file=file,
        sha256=bytes(file.sha256),
        at=at,
    )
    QuoteLine.objects.bulk_create(_row(quote, place, line) for place, line in enumerate(lines, start=1))
    record("books.quote_issued", quote, at=at, actor=actor, after={"number": number, "valid_until": valid_until})
    return quote


@transaction.atomic
def confirm_order(
    quote_id: uuid.UUID, *, on: date, document: Mapping[str, Any], template: str, at: datetime, actor: Actor
) -> OrderConfirmation:
    """Confirm an accepted quote by a numbered document of its own; the database refuses a second one."""
    quote = Quote.objects.select_related("seller").get(pk=quote_id)
    (number,) = next_numbers(quote.seller, CONFIRMATION, year=on.year, count=1)
    finished = {**document, "number": number}
    file = keep(
        _printed(template, finished, at=at),
        name=f"{number}.pdf",
        media_type="application/pdf",
        at=at,
        customer_tenant=quote.customer_tenant_id,
    )
    made = OrderConfirmation.objects.create(
        number=number,
        seller=quote.seller,
        quote=quote,
        customer_tenant_id=quote.customer_tenant_id,
        issued_on=on,
        file=file,
        sha256=bytes(file.sha256),
        at=at,
    )
    record("books.order_confirmed", made, at=at, actor=actor, after={"number": number, "quote": quote.number})
    return made


def per_month(lines: Sequence[PricedLine], currency: str) -> Money:
    """Return what recurs of these lines, a month's share of each, summed exactly and rounded once."""
    shares = (Fraction(line.amount.minor, _MONTHS[line.interval]) for line in lines if line.interval in _MONTHS)
    return Money.rounded(sum(shares, Fraction(0)) / 10 ** minor_digits(currency), currency)


def _printed(template: str, document: Mapping[str, Any], *, at: datetime) -> bytes:
    return render(settings.SOURCE / template, document, at=at)


def _priced(item: PriceItem, quantity: Decimal, language: str) -> PricedLine:
    return PricedLine(
        key=item.key,
        kind=item.kind,
        unit=item.unit,
        interval=item.interval,
        module=item.module,
        name=item.name_de if language == "de" else item.name_en,
        quantity=quantity,
        price=item.price,
        amount=Money.rounded(Fraction(item.price) * Fraction(quantity), item.price_list.currency),
        price_list=item.price_list_id,
    )


def _row(quote: Quote, place: int, line: PricedLine) -> QuoteLine:
    return QuoteLine(
        id=uuid7(),
        quote=quote,
        position=place,
        item_key=line.key,
        kind=line.kind,
        unit=line.unit,
        interval=line.interval,
        module=line.module,
        name=line.name,
        quantity=line.quantity,
        price=line.price,
        amount_minor=line.amount.minor,
        price_list=line.price_list,
    )
