"""What has been credited of an invoice so far, and a credit note as it is asked for and composed."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import current_tenant
from kontor.office.books.formats import invoice as standard
from kontor.office.books.formats.reckoned import from_totals
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceLine
from kontor.rulebook import totals
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedPart:
    """
    What is given back of one position of an invoice; its VAT category and rate are the position's own.

    position     of the corrected invoice
    price        net, for `base_quantity` units, an exact decimal; quantity × price / base quantity is given back
    first, last  the days it is given back for, both included; None where it is for no days
    working      how the amount came about, printed below the line
    """

    position: int
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal = Decimal(1)
    name: str = ""
    first: date | None = None
    last: date | None = None
    clause: str = ""
    ruling: uuid.UUID | None = None
    working: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditOrder:
    """
    One credit note.

    occasion  why and when: a second order with the same occasion about the same invoice is the first one
    on        its date in the seller's zone
    reason    what the customer reads
    """

    invoice: uuid.UUID
    occasion: str
    on: date
    reason: str
    parts: tuple[CreditedPart, ...]


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of an invoice: net by position, and what the documents so far have left of the amount due."""

    nets: Mapping[int, Money]
    payable: Money


_CORRECTS = {
    "de": "Mindert {number}; der Betrag wird verrechnet oder ausgezahlt.",
    "en": "Reduces {number}; the amount is set off or paid back.",
}


def remainder(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Remainder:
    """Return what earlier credit notes have left of an invoice, in two queries."""
    return remainders([invoice], {invoice.pk: lines})[invoice.pk]


def remainders(
    invoices: Sequence[Invoice], lines: Mapping[uuid.UUID, Sequence[InvoiceLine]]
) -> dict[uuid.UUID, Remainder]:
    """Return what earlier credit notes have left of many invoices, in two queries; `lines` all lines of each."""
    ids = [invoice.pk for invoice in invoices]
    taken = credited_nets(ids)
    given: dict[uuid.UUID | None, Decimal] = defaultdict(Decimal)
    for corrected, note in Invoice.objects.filter(corrects_id__in=ids).values_list("corrects_id", "document"):
        given[corrected] += from_json(note).totals.due
    return {
        invoice.pk: Remainder(
            {
                line.position: Money(invoice.currency, line.net_minor - taken[invoice.pk, line.position])
                for line in lines[invoice.pk]
            },
            Money.parse(from_json(invoice.document).totals.due - given[invoice.pk], invoice.currency),
        )
        for invoice in invoices
    }


def credited_nets(invoices: Collection[uuid.UUID]) -> "Counter[tuple[uuid.UUID, int]]":
    """Return, net in cents, what credit notes gave back of each position of these invoices, in one query."""
    rows = InvoiceLine.objects.filter(invoice__corrects_id__in=invoices, credits_position__isnull=False)
    found: Counter[tuple[uuid.UUID, int]] = Counter()
    for invoice, position, net in rows.values_list("invoice__corrects_id", "credits_position", "net_minor"):
        found[invoice, position] += net  # type: ignore[index]  # the query asks for those with both
    return found


def credited(order: CreditOrder, invoice: Invoice, left: Remainder) -> standard.Invoice:
    """
    Return the credit note (381) without its number: positive amounts, original rates, its reference (BG-3).

    The note that gives back the last of every position also gives back the last cent of VAT, as rounding (BT-114).
    RefusalError where a part is for no position, not above zero, or more than is left of its position.
    """
    original = from_json(invoice.document)
    lines = [_reckoned(part, original) for part in order.parts]
    sums = totals.invoice_totals(lines, currency=invoice.currency).value
    nets = dict(left.nets)
    for part, net in zip(order.parts, sums.lines, strict=True):
        if net.minor <= 0 or net.minor > nets[part.position].minor:
            raise RefusalError(_beyond(part.position, net, nets[part.position]))
        nets[part.position] -= net
    if not any(net.minor for net in nets.values()):
        missing = left.payable - sums.gross
        sums = totals.invoice_totals(lines, currency=invoice.currency, rounding=missing).value
    days = [(part.first, part.last) for part in order.parts if part.first and part.last]
    return replace(
        original,
        number="",
        issued=order.on,
        kind=standard.Kind.CANCELLATION,
        lines=tuple(
            _line(place, part, original, net)
            for place, (part, net) in enumerate(zip(order.parts, sums.lines, strict=True), start=1)
        ),
        vat=tuple(_vat(share, original) for share in sums.breakdown),
        totals=from_totals(sums),
        due=None,
        terms=_CORRECTS[invoice.language].format(number=original.number),
        period=standard.Days(min(each[0] for each in days), max(each[1] for each in days)) if days else None,
        delivered=None if days else order.on,
        preceding=(standard.Reference(original.number, original.issued),),
        notes=(standard.Note(order.reason),),
        allowances=(),
        charges=(),
    )


def _reckoned(part: CreditedPart, original: standard.Invoice) -> totals.Line:
    if not 1 <= part.position <= len(original.lines):
        raise RefusalError(
            Text(
                f"{original.number} hat keine Position {part.position}.",
                f"{original.number} has no position {part.position}.",
            )
        )
    line = original.lines[part.position - 1]
    return totals.Line(
        quantity=part.quantity,
        unit_price=part.price,
        base_quantity=part.base_quantity,
        category=line.category,
        percent=line.rate,
    )


def _beyond(position: int, asked: Money, left: Money) -> Text:
    if asked.minor <= 0:
        return Text(
            f"Für Position {position} ist kein Betrag über null genannt.",
            f"No amount above zero is stated for position {position}.",
        )
    return Text(
        f"Von Position {position} sind nur noch {left.text.de} übrig, nicht {asked.text.de}.",
        f"Only {left.text.en} of position {position} is left, not {asked.text.en}.",
    )


def _line(place: int, part: CreditedPart, original: standard.Invoice, net: Money) -> standard.Line:
    line = original.lines[part.position - 1]
    return standard.Line(
        number=str(place),
        name=part.name or line.name,
        quantity=part.quantity,
        unit=part.unit,
        price=part.price,
        base_quantity=part.base_quantity,
        net=net.amount,
        category=line.category,
        rate=line.rate,
        note=" · ".join(each for each in (part.clause, part.working) if each),
        period=standard.Days(part.first, part.last) if part.first and part.last else None,
        seller_item=line.seller_item,
    )


def _vat(share: totals.VatShare, original: standard.Invoice) -> standard.Vat:
    known = next(each for each in original.vat if each.category == share.category)
    return replace(known, rate=share.percent, taxable=share.taxable.amount, tax=share.tax.amount)


def position_of(invoice_id: uuid.UUID, *, item: str, on: date | None) -> int | None:
    """Return the position that charges an item for a day, or at all where no day is named; None without one."""
    rows = InvoiceLine.objects.filter(invoice_id=invoice_id, item_key=item, net_minor__gt=0)
    if on is not None:
        rows = rows.filter(period_first__lte=on, period_last__gte=on)
    found: int | None = rows.order_by("position").values_list("position", flat=True).first()
    return found


def reasons_of(invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the stored decision behind the first line that has one, by invoice, as the reader may see it."""
    lines: TenantQuerySet[InvoiceLine] = TenantQuerySet(InvoiceLine).seen_by(current_tenant())
    told = lines.filter(invoice_id__in=invoice_ids).order_by("invoice_id", "-position")
    return {line.invoice_id: line.ruling for line in told if line.ruling}
