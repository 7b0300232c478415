"""
A contract with years behind it: amended now and then, invoiced and paid every month, renewed every year.

For a house of the pack "dealership", whose contracts come into being the moment they are accepted, in the past too.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import conclusion
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.renewing import renew
from kontor.office.contracts.models import BilledPeriod, Contract
from kontor.rulebook.contract_state import ChangePrice, ChangeQuantity
from kontor.rulebook.period import ONE_DAY, add_months
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import House, accept, make_draft, make_party, send

TERMS = {"term.initial": "12 months", "term.renewal": "12 months", "invoicing.interval": "month"}


def aged(house: House, *, start: date, months: int, changes: int, name: str = "Alder & Söhne GmbH") -> Contract:
    """Conclude a contract at a start and live through months of it; every second invoice but the last ones is paid."""
    contract = _concluded(house, start, name)
    with as_tenant(house.tenant.pk):
        for number in range(changes):
            _change(house, contract, number, start + timedelta(days=(number + 1) * months * 30 // (changes + 2)))
    for first in range(0, months, 30):
        with as_tenant(house.tenant.pk):
            _invoice(house, contract, [add_months(start, n) for n in range(first, min(first + 30, months))])
    with as_tenant(house.tenant.pk):
        renew([contract.pk], at=timezone.now())
    run_jobs()
    return contract


def _concluded(house: House, start: date, name: str) -> Contract:
    before = datetime(start.year, start.month, start.day, 9, tzinfo=UTC) - timedelta(days=20)
    draft = make_draft(house, make_party(house, name=name), agreed=TERMS, start_on=start, valid_until=start - ONE_DAY)
    offer = send(house, draft, at=before)
    accept(house, offer, at=before + ONE_DAY)
    with as_tenant(house.tenant.pk):
        made = conclusion.conclude(offer.pk, at=before + ONE_DAY)
    assert made is not None
    run_jobs()
    return made


def _change(house: House, contract: Contract, number: int, on: date) -> None:
    more = ChangeQuantity("seats", 1 if number % 3 else 2)
    dearer = ChangePrice("visitors", Decimal("89.00") + number)
    why = Ruling(
        on,
        (Clause(contract.pack, "4.3", contract.version),),
        (("on", on.isoformat()),),
        (Text("Nach Bestätigung.", "After confirmation."),),
    )
    at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    amend(
        contract,
        "order",
        [dearer if number % 5 == 4 else more],
        effective_on=on,
        ruling=why,
        at=at,
        actor=house.actor,
    )


def _invoice(house: House, contract: Contract, firsts: list[date]) -> None:
    at = datetime(firsts[-1].year, firsts[-1].month, firsts[-1].day, 6, tzinfo=UTC)
    issued = books.issue_invoices([_order(house, contract, first) for first in firsts], at=at, actor=house.actor)
    for place, (first, made) in enumerate(zip(firsts, issued, strict=True)):
        assert isinstance(made, books.Issued), made
        BilledPeriod.objects.create(
            contract=contract,
            item="visitors",
            kind="advance",
            first=first,
            end=add_months(first, 1),
            invoice_id=made.id,
        )
        if place % 2 == 0:
            books.pay_in_full(made.id, paid_on=first + timedelta(days=12), at=at, actor=house.actor)


def _order(house: House, contract: Contract, first: date) -> books.InvoiceOrder:
    line = books.OrderedLine(
        item="visitors", name="Besucher", quantity=Decimal(2), unit="MON", price=Decimal(89), clause="7.4"
    )
    return books.InvoiceOrder(
        seller=house.seller.pk,
        party=contract.party_id,
        customer_tenant=contract.customer_tenant_id,
        subject_kind="contracts.Contract",
        subject_id=contract.pk,
        occasion=first.isoformat(),
        issued_on=first,
        due_on=first + timedelta(days=14),
        due_clause="7.4",
        due_ruling=None,
        language="de",
        contract=contract.number,
        lines=(line,),
    )
