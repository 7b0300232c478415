"""A running contract whose customer orders changes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Entitlement
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list
from kontor.office.books.models import PriceList
from kontor.office.contracts.actions import billing, changing, conclusion, ordering
from kontor.office.contracts.models import Amendment, ChangeOrder, ChangeOrderState, Contract
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_party, send

SIGNATORY, COLLEAGUE = "jonas@alder.example", "kim@alder.example"


FIELDS = ("key", "name_de", "name_en", "kind", "unit", "interval", "price", "module")


def concluded(
    house: House, *, agreed: Mapping[str, Any] | None = None, start_on: date | None = None, jobs: bool = True
) -> Contract:
    """Conclude a contract of 2 modules at 89.00 and 10 seats at 12.50 a month; with its jobs done, or left."""
    more = {"start_on": start_on} if start_on else {}
    draft = make_draft(house, make_party(house), agreed=agreed, **more)
    with as_tenant(house.tenant.pk):
        draft.lines.filter(item__key="terminal").delete()
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        if house.pack == "visitor":
            conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
            conclusion.note_confirmation_received(offer.pk, at=AT)
        conclusion.conclude(offer.pk, at=AT)  # or the day of the test decides
    if jobs:
        run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def new_prices(house: House, seats: str, *, valid_from: date, interval: str = "MONTH") -> None:
    """Publish a newer list under the same name, in which a seat costs something else."""
    new = {"price": Decimal(seats), "interval": interval}
    with as_tenant(house.tenant.pk):
        items = list(house.price_list.items.values(*FIELDS))
        PriceList.objects.filter(valid_until=None).update(valid_until=valid_from)
        made = make_price_list(
            seller=house.seller,
            name="Liste",
            pack=house.pack,
            valid_from=valid_from,
            valid_until=None,
            items=[each | {"module": ""} | (new if each["key"] == "seats" else {}) for each in items],
            at=AT,
            actor=house.actor,
        )
        for each in items:
            made.items.filter(key=each["key"]).update(module=each["module"])


def place_more(
    house: House, contract: Contract, at: datetime, *, email: str = SIGNATORY, **quantities: int
) -> ChangeOrder:
    with as_tenant(house.tenant.pk):
        return ordering.order_more(
            contract, quantities or {"seats": 2}, channel="WEB_SHOP", ordered_by="Jonas Alder", email=email,
            received_on=at.date(), at=at, actor=Actor("OUTSIDE", None, "Jonas Alder"),
        )  # fmt: skip


def place_fewer(
    house: House, contract: Contract, received_on: date, *, at: datetime | None = None, email: str = SIGNATORY,
    channel: str = "LETTER", **quantities: int,
) -> ChangeOrder:  # fmt: skip
    moment = at or datetime(received_on.year, received_on.month, received_on.day, 9, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        return ordering.order_fewer(
            contract, quantities or {"seats": 3}, warned=[], channel=channel, ordered_by="Jonas Alder", email=email,
            received_on=received_on, at=moment, actor=Actor("OUTSIDE", None, "Jonas Alder"),
        )  # fmt: skip


def confirm(house: House, order: ChangeOrder, at: datetime, *, jobs: bool = True) -> ChangeOrderState:
    with as_tenant(house.tenant.pk):
        state = changing.confirm_order(order.pk, at=at, actor=house.actor)
    if jobs:
        run_jobs()
    return state


def state_of(house: House, order: ChangeOrder) -> ChangeOrderState:
    with as_tenant(house.tenant.pk):
        return ChangeOrderState.objects.select_related("order", "amendment").get(order=order)


def bill(house: House, until: date, *, at: datetime) -> None:
    with as_tenant(house.tenant.pk):
        run = billing.start_run_of(
            list(Contract.objects.values_list("pk", flat=True)), until=until, at=at, actor=MACHINE
        )
        billing.bill_contracts(run.pk, list(Contract.objects.values_list("pk", flat=True)), at=at)


def seats(contract: Contract, module: str = "platform") -> list[tuple[str, str, int]]:
    with as_tenant(contract.customer_tenant_id):
        rows = Entitlement.objects.filter(module=module).order_by("from_on")
        return [(str(row.from_on), str(row.until_on), row.quantity) for row in rows]


def amendments(house: House, kind: str) -> list[Amendment]:
    with as_tenant(house.tenant.pk):
        return list(Amendment.objects.filter(kind=kind).order_by("number"))
