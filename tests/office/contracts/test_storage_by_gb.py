"""Storage by the GB: on the list, in the offer and the contract; it raises the limit and has its own unit."""

from datetime import date, datetime
from decimal import Decimal
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from kontor.kernel.queries.quotas import quota_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.formats.check import check
from kontor.office.books.formats.cii import Profile, cii
from kontor.office.books.formats.finding import blocking
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, PriceItem
from kontor.office.contracts.actions import billing, conclusion, drafts
from kontor.office.contracts.models import Contract
from tests.background import run_jobs
from tests.factories import AGREED, AT, accept, make_draft, make_house, make_party, send

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def test_gigabytes_are_offered_contracted_limited_and_invoiced():
    """15 GB of Anlage 1, 2 and 30 more: 45 GB. 30 × 0.80 = 24.00 a month; 5 GB moved over at once 5 × 3.00 = 15.00."""
    house = make_house()
    with as_tenant(house.tenant.pk):
        sold = {"kind": "STORAGE", "unit": "GB", "price_list": house.price_list}
        more = PriceItem.objects.create(key="storage", name_de="Weiterer Speicher", name_en="More storage",
                                        interval="MONTH", price=Decimal("0.80"), module="storage", **sold)  # fmt: skip
        moved = PriceItem.objects.create(key="moving", name_de="Übernahme", name_en="Moving", interval="ONCE",
                                         price=Decimal("3.00"), module="", **sold)  # fmt: skip
    with mock.patch.dict(AGREED, number=15):
        draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        kept = [drafts.Position(line.item_id, line.quantity) for line in draft.lines.order_by("order")]
        positions = [*kept, drafts.Position(more.pk, Decimal(30)), drafts.Position(moved.pk, Decimal(5))]
        drafts.set_positions(draft.pk, positions, at=AT, actor=house.actor)
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
    with as_tenant(contract.customer_tenant_id):
        quota = quota_of("kernel.storage", at=datetime(2027, 1, 5, 9, tzinfo=BERLIN))
        assert quota.quantity == 45 * 10**9
    with as_tenant(house.tenant.pk):
        run = billing.start_run_of([contract.pk], until=date(2026, 12, 31), at=AT, actor=house.actor)
        billing.bill_contracts(run.pk, [contract.pk], at=AT)
        rows = list(Invoice.objects.order_by("number"))
        lines = [
            (line.item_key, line.unit, line.quantity, line.net_minor)
            for row in rows
            for line in row.lines.order_by("position")
        ]
    assert next(each for each in lines if each[0] == "storage") == ("storage", "MON", Decimal(30), 2_400)
    assert [each for each in lines if each[0] == "moving"] == [("moving", "E34", Decimal(5), 1_500)]
    assert [blocking(check(cii(from_json(row.document), Profile.XRECHNUNG))) for row in rows] == [()] * len(rows)
