"""Uses are counted once, in the tenant's own days."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel import registry
from kontor.kernel.actions.meters import UnknownMeterError, Use, meter, meter_many
from kontor.kernel.models import MeterReading, Site
from kontor.kernel.queries.meters import total
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text
from tests.kernel.conftest import AT

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
SMS = "smsing.sent"


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    module = registry.Module(
        key="smsing", title=Text("SMS", "SMS"), meters=(registry.Meter(SMS, Text("SMS", "SMS"), "4"),)
    )
    monkeypatch.setitem(registry._modules, "smsing", module)


def test_a_use_is_counted_once(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        assert meter(SMS, source=site, at=AT)
        assert not meter(SMS, source=site, at=AT + timedelta(days=1), quantity=5)
        assert meter(SMS, source="provider:4711", at=AT, quantity=Decimal("0.5"))

        assert total(SMS, NOVEMBER) == Decimal("1.5")
        assert MeterReading.objects.filter(source=f"kernel.Site:{site.pk}").count() == 1


def test_many_uses_take_one_query(alder):
    uses = [Use(key=SMS, source=str(number), at=AT) for number in range(50)]
    with as_tenant(alder.pk):
        with CaptureQueriesContext(connection) as queries:
            assert meter_many(uses) == 50
        assert len(queries) == 1
        assert meter_many([*uses, Use(key=SMS, source="new", at=AT)]) == 1
        assert meter_many([]) == 0
        assert total(SMS, NOVEMBER) == 51


def test_a_month_begins_and_ends_at_the_tenants_midnight(alder):
    berlin = ZoneInfo("Europe/Berlin")
    moments = {
        "before": datetime(2026, 10, 31, 23, 59, 59, tzinfo=berlin),
        "first": datetime(2026, 11, 1, tzinfo=berlin),
        "last": datetime(2026, 11, 30, 23, 59, 59, tzinfo=berlin),
        "after": datetime(2026, 12, 1, tzinfo=berlin),
    }
    with as_tenant(alder.pk):
        meter_many(Use(key=SMS, source=name, at=at) for name, at in moments.items())
        assert total(SMS, NOVEMBER) == 2


def test_nothing_used_is_nothing(alder):
    with as_tenant(alder.pk):
        assert total(SMS, NOVEMBER) == 0


def test_an_undeclared_meter_is_refused(alder):
    with as_tenant(alder.pk), pytest.raises(UnknownMeterError, match=r"smsing\.received"):
        meter("smsing.received", source="x", at=AT)


def test_another_tenants_use_is_another(alder, birch):
    with as_tenant(alder.pk):
        meter(SMS, source="x", at=AT)
    with as_tenant(birch.pk):
        assert total(SMS, NOVEMBER) == 0
        assert meter(SMS, source="x", at=AT)
