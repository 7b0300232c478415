"""What tests about licences share: a leisure contract with three computers, and the steps around it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list
from kontor.office.books.models import PriceList
from kontor.office.contracts.actions import drafts, licensing
from kontor.office.contracts.actions.licensing import Activated, Asking
from kontor.office.contracts.models import Amendment, Contract, OfferDraft
from kontor.office.contracts.queries.licences import Granting, grantings
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send

ON = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"at": ON, "actor": MACHINE}
KIEL, ROSTOCK = {"name": "Kiel", "address": "Ringstraße 88"}, {"name": "Rostock", "address": "Am Hafen 1"}


def item(key: str, kind: str, interval: str, price: str, module: str = "") -> Mapping[str, Any]:
    return {"key": key, "name_de": key, "name_en": key, "kind": kind, "unit": "PIECE", "interval": interval,
            "price": Decimal(price), "module": module}  # fmt: skip


ITEMS = (
    item("licence", "PLAN", "YEAR", "1200.00", "gokarts"),
    item("perpetual", "PLAN", "ONCE", "4000.00", "gokarts"),
    item("racing", "PLAN", "YEAR", "900.00", "goracing"),
    item("maintenance", "SERVICE", "YEAR", "1200.00"),
    item("web", "MODULE", "YEAR", "690.00", "web_pro"),
)
AGREED = {"licence.granted_for": "limited_term", "term.initial": "12 months", "invoicing.interval": "year",
          "invoicing.dates": ["2026-12-05"], "invoicing.due": "30 days"}  # fmt: skip


def leisure() -> House:
    """A house whose list for leisure centres has licences, maintenance and a web plan."""
    house = make_house("leisure")
    with as_tenant(house.tenant.pk):
        prices = make_price_list(seller=house.seller, name="Freizeit", pack="leisure", valid_from=date(2024, 1, 1),
                                 valid_until=None, items=ITEMS, at=AT, actor=MACHINE)  # fmt: skip
    return House(house.tenant, house.seller, prices, house.pack, house.staff)


def drafted(house: House, *, agreed: Mapping[str, Any] | None = None, positions: Mapping[str, int] | None = None,
            party: Mapping[str, Any] | None = None, **given: Any) -> OfferDraft:  # fmt: skip
    draft = _blank(house, party or {}, agreed=AGREED | dict(agreed or {}), **{"sites": [KIEL, ROSTOCK], **given})
    with as_tenant(house.tenant.pk):
        items = {each.key: each for each in house.price_list.items.all()}
        wanted = {"licence": 3, "web": 1} if positions is None else positions
        chosen = [drafts.Position(items[key].pk, Decimal(count)) for key, count in wanted.items()]
        return drafts.set_positions(draft.pk, chosen, at=AT, actor=MACHINE)


def _blank(house: House, party: Mapping[str, Any], **given: Any) -> OfferDraft:
    with as_tenant(house.tenant.pk):
        first = PriceList.objects.filter(name="Leer").first() or make_price_list(
            seller=house.seller, name="Leer", pack="leisure", valid_from=date(2020, 1, 1),
            valid_until=date(2020, 1, 2), items=_FIRST, at=AT, actor=MACHINE,
        )  # fmt: skip
    plain = House(house.tenant, house.seller, first, house.pack, house.staff)
    return make_draft(plain, make_party(house, **party), **given)


_FIRST = tuple(item(key, "SERVICE", "YEAR", "1.00") for key in ("visitors", "seats", "terminal"))


def licensed(house: House, *, at: datetime = AT, **given: Any) -> Contract:
    """Three computers at Kiel and Rostock from 1 December 2026 for a year."""
    offer = send(house, drafted(house, **given), at=at)
    accept(house, offer, at=at)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.select_related("offer").get(offer=offer)


def asking(computer: str = "c1", *, site: str = "Kiel", **given: Any) -> Asking:
    return Asking(**{"product": "gokarts", "site": site, "fingerprint": computer, "label": computer.upper(), **given})


def activated(contract: Contract, computer: str = "c1", *, at: datetime = ON, **given: Any) -> Activated:
    return licensing.activate(contract, asking(computer, **given), at=at, actor=MACHINE)


def granting_of(contract: Contract, *, at: datetime = ON) -> Granting:
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    (found,) = grantings(contract, rows, at=at)
    return found
