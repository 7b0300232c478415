"""A house, its customers and invoices between them, by the books' own actions."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.models import Invoice
from kontor.office.parties.models import Party
from tests.factories import AT, House

# Alder & Söhne pay from here.
PAYER = "DE89370400440532013000"


def order(house: House, party: Party, *, net: str = "100.00", **given: Any) -> books.InvoiceOrder:
    """An order of one service line in December 2026; 19 % come on top."""
    issued_on = given.get("issued_on", date(2026, 12, 1))
    line = books.OrderedLine(
        item="visitors",
        name="Besucherverwaltung",
        quantity=Decimal(1),
        unit="MON",
        price=Decimal(net),
        first=date(2026, 12, 1),
        last=date(2026, 12, 31),
        clause="7.4",
    )
    return books.InvoiceOrder(
        **{
            "seller": house.seller.pk,
            "party": party.pk,
            "customer_tenant": party.own_tenant_id,
            "subject_kind": "contract",
            "subject_id": uuid.uuid4(),
            "occasion": "2026-12",
            "issued_on": issued_on,
            "due_on": issued_on + timedelta(days=14),
            "due_clause": "7.4",
            "due_ruling": None,
            "language": "de",
            "contract": "VT-2026-00001",
            "lines": (line,),
            **given,
        }
    )


def issue(house: House, *orders: books.InvoiceOrder, at: datetime = AT) -> list[Invoice]:
    """Issue these orders and return their rows in that order."""
    with as_tenant(house.tenant.pk):
        answers = books.issue_invoices(orders, at=at, actor=house.actor)
        rows = {row.pk: row for row in Invoice.objects.all()}
        return [rows[answer.id] for answer in answers if isinstance(answer, books.Issued)]


def invoices(house: House, party: Party, *nets: str) -> list[Invoice]:
    return issue(house, *(order(house, party, net=net) for net in nets))


def make_customer_tenant(name: str = "Alder") -> Tenant:
    return Tenant.objects.create(name=name, created_at=AT)
