"""Uses are counted once, in the tenant's own days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel import registry
from kontor.kernel.actions.meters import OtherUseError, SubjectError, UnknownMeterError, Use, meter, meter_many
from kontor.kernel.models import MeterReading, Site
from kontor.kernel.queries.meters import months_reported_since, readings, total, used, used_by_day, written_at
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text
from kontor.rulebook.usage import Figure
from tests.kernel.conftest import AT

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
SMS, LOGINS, STORED = "smsing.sent", "smsing.logins", "smsing.stored"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    meters = (
        registry.Meter(SMS, Text("SMS", "SMS"), "4"),
        registry.Meter(LOGINS, Text("Besucher", "visitors"), "4", registry.Measure.UNIQUE),
        registry.Meter(STORED, Text("Byte", "bytes"), "4", registry.Measure.LEVEL),
    )
    module = registry.Module(key="smsing", title=Text("SMS", "SMS"), meters=meters)
    monkeypatch.setitem(registry._modules, "smsing", module)


def test_a_use_is_counted_once(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        assert meter(SMS, source=site, at=AT)
        assert not meter(SMS, source=site, at=AT)
        assert meter(SMS, source="provider:4711", at=AT, quantity=Decimal("0.5"))

        assert total(SMS, NOVEMBER) == Decimal("1.5")
        assert MeterReading.objects.filter(source=f"kernel.Site:{site.pk}").count() == 1


def test_many_uses_take_one_insert(alder):
    uses = [Use(key=SMS, source=str(number), at=AT) for number in range(50)]
    with as_tenant(alder.pk):
        with CaptureQueriesContext(connection) as queries:
            assert meter_many(uses) == 50
        assert len(queries) == 4  # its savepoint, and whether somebody is warned of the limit
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


def test_the_same_source_with_other_content_is_refused_and_counts_nothing(alder):
    with as_tenant(alder.pk):
        assert meter(SMS, source="e1", at=AT, quantity=Decimal("2.5"))
        for other in ({"quantity": 3}, {"at": AT + timedelta(seconds=1)}):
            with pytest.raises(OtherUseError) as refused:
                again = {"key": SMS, "source": "e1", "at": AT, "quantity": Decimal("2.5"), **other}
                meter_many([Use(key=SMS, source="new", at=AT), Use(**again)])
            assert refused.value.sources == ("e1",)
        with pytest.raises(OtherUseError):  # two of one batch that contradict each other
            meter_many([Use(key=SMS, source="e2", at=AT), Use(key=SMS, source="e2", at=AT, quantity=2)])
        assert total(SMS, NOVEMBER) == Decimal("2.5")


@pytest.mark.trap(38)
def test_trap_38_a_claimed_use_is_a_written_use(alder):
    """The claim is the row: what fails with its transaction is not claimed, and the repetition counts it."""

    class LostError(Exception):
        pass

    with pytest.raises(LostError), as_tenant(alder.pk):
        assert meter(SMS, source="e1", at=AT)
        raise LostError
    with as_tenant(alder.pk):
        assert meter(SMS, source="e1", at=AT)
        assert not meter(SMS, source="e1", at=AT)
        assert total(SMS, NOVEMBER) == 1


@pytest.mark.trap(12)
def test_trap_12_the_zone_decides_the_month_and_the_long_night_is_one(alder):
    """23:30 UTC on 31 January is February in Berlin; 25 October 2026 has 02:30 twice and 25 hours."""
    uses = {
        "january in London": datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
        "first 02:30": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "second 02:30": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    }
    with as_tenant(alder.pk):
        meter_many(Use(key=SMS, source=name, at=at) for name, at in uses.items())
        january, february, october = (Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in (1, 2, 10))
        assert used(SMS, february, zone=BERLIN, figure=Figure.SUM) == 1
        assert used(SMS, january, zone=BERLIN, figure=Figure.SUM) == 0
        assert used(SMS, january, zone=ZoneInfo("UTC"), figure=Figure.SUM) == 1
        assert used_by_day(SMS, october, zone=BERLIN, figure=Figure.SUM) == {date(2026, 10, 25): 2}


@pytest.mark.trap(42)
@pytest.mark.requirement("SO-053")
def test_trap_42_a_visitor_counts_once_a_month(alder):
    """Three sign-ins of one visitor and one of another are two unique logins; on the first it begins anew."""
    told = [("anna", 2), ("anna", 9), ("anna", 30), ("ben", 9)]
    with as_tenant(alder.pk):
        meter_many(
            Use(key=LOGINS, source=f"{who}{day}", subject=who, at=datetime(2026, 11, day, 12, tzinfo=UTC))
            for who, day in told
        )
        meter(LOGINS, source="anna-december", subject="anna", at=datetime(2026, 12, 1, 12, tzinfo=UTC))
        assert used(LOGINS, NOVEMBER, zone=BERLIN, figure=Figure.UNIQUE) == 2
        assert used_by_day(LOGINS, NOVEMBER, zone=BERLIN, figure=Figure.UNIQUE) == {
            date(2026, 11, 2): 1, date(2026, 11, 9): 1,
        }  # fmt: skip
        december = Period(date(2026, 12, 1), date(2027, 1, 1))
        assert used(LOGINS, december, zone=BERLIN, figure=Figure.UNIQUE) == 1
        assert not MeterReading.objects.filter(subject__contains="anna").exists()


@pytest.mark.trap(40)
def test_trap_40_peak_average_and_month_end_of_a_level_differ(alder):
    """
    8 from October, 12 from 11 November, 4 from 21 November, 30 days.

    Peak 12; mean (8 × 10 + 12 × 10 + 4 × 10) / 30 = 8; at the month's end 4, which lasts into December.
    """
    levels = [(datetime(2026, 10, 5, tzinfo=BERLIN), 8), (datetime(2026, 11, 11, tzinfo=BERLIN), 12),
              (datetime(2026, 11, 21, tzinfo=BERLIN), 4)]  # fmt: skip
    with as_tenant(alder.pk):
        meter_many(Use(key=STORED, source=f"{at:%d.%m.}", at=at, quantity=level) for at, level in levels)

        def figure(name, month=NOVEMBER, until=None):
            return used(STORED, month, zone=BERLIN, figure=name, until=until)

        assert (figure(Figure.PEAK), figure(Figure.AVERAGE), figure(Figure.MONTH_END)) == (12, 8, 4)
        december = Period(date(2026, 12, 1), date(2027, 1, 1))
        assert {figure(name, december) for name in (Figure.PEAK, Figure.AVERAGE, Figure.MONTH_END)} == {4}
        september = Period(date(2026, 9, 1), date(2026, 10, 1))
        assert figure(Figure.PEAK, september) == 0
        assert figure(Figure.AVERAGE, until=datetime(2026, 11, 21, tzinfo=BERLIN)) == 10  # (8 × 10 + 12 × 10) / 20
        assert used_by_day(STORED, NOVEMBER, zone=BERLIN, figure=Figure.PEAK) == {
            date(2026, 11, 1): 8, date(2026, 11, 11): 12, date(2026, 11, 21): 4,
        }  # fmt: skip


def test_a_subject_is_told_where_it_counts_and_nowhere_else(alder):
    with as_tenant(alder.pk):
        with pytest.raises(SubjectError):
            meter(LOGINS, source="x", at=AT)
        with pytest.raises(SubjectError):
            meter(SMS, source="x", at=AT, subject="anna")


def test_what_is_reported_late_is_found_by_the_month_it_happened_in(alder):
    with as_tenant(alder.pk):
        meter(SMS, source="late", at=datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
        before = datetime.now(UTC) - timedelta(minutes=1)
        asked = [(alder.pk, before, BERLIN), (alder.pk, before + timedelta(minutes=2), BERLIN)]
        assert months_reported_since(asked) == [{(SMS, date(2026, 10, 1))}, set()]
        (row,) = MeterReading.objects.all()
        assert before < written_at(row.pk) < before + timedelta(minutes=2)


def test_readings_are_given_out_page_by_page(alder):
    with as_tenant(alder.pk):
        meter_many(Use(key=SMS, source=str(number), at=AT) for number in range(3))
        first = readings(SMS, NOVEMBER, zone=BERLIN, after=None, limit=2)
        rest = readings(SMS, NOVEMBER, zone=BERLIN, after=first[-1].id, limit=2)
        assert sorted(each.source for each in (*first, *rest)) == ["0", "1", "2"]
        assert (len(first), len(rest)) == (2, 1)
