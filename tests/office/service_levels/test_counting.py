"""What of a contract's days, of announced work and of reading and writing counts in a month."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions import claiming, demo, maintenance
from kontor.office.service_levels.actions.maintenance import NewWork
from kontor.office.service_levels.models import AvailabilityStatement, Component, Maintenance, Outage, StateInterval
from kontor.office.service_levels.queries.control import looked_at
from kontor.office.service_levels.queries.counting import month_of_contract
from kontor.office.service_levels.queries.recovery import recoveries
from kontor.rulebook.availability_month import Month
from kontor.rulebook.moment import Span
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.ordering import concluded as concluded_under
from tests.office.contracts.test_billing import concluded
from tests.office.service_levels.test_settling import AFTER, DECEMBER, KAI, WHO, at, claimed, component, down
from tests.people import mails

pytestmark = pytest.mark.django_db


def counted(contract: Any, month: date = DECEMBER) -> Month:
    found = month_of_contract(contracts.supplied(contract.pk, month), month, at=AFTER)
    assert found is not None
    return found.ruling.value


def planned(start: datetime, hours: int, **more: Any) -> Maintenance:
    span = Span(start, start + timedelta(hours=hours))
    given = {"stops": True, "components": (component("work").pk,), **more}
    return maintenance.plan(NewWork(title=Text("Umzug", "Move"), span=span, **given), **WHO)


def test_announced_work_excuses_what_it_covers_and_no_more():
    house = make_house("crm")
    contract = concluded(house)
    evening = datetime(2026, 12, 15, 19, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        row = planned(evening, 2)
        down(evening - timedelta(minutes=10), 150)
        assert (counted(contract).down_minutes, counted(contract).excused_minutes) == (30, 120)
        maintenance.note_done(row.pk, Span(evening, evening + timedelta(hours=1)), **WHO)
        assert counted(contract).excused_minutes == 60
        maintenance.cancel_work(row.pk, **WHO)
        assert counted(contract).excused_minutes == 0
        silent = planned_silently(evening)
        assert (silent.announced_at, counted(contract).excused_minutes) == (None, 0)
    assert [mail.subject for mail in mails(house.tenant) if "Wartung" in mail.subject] == ["Wartung: Umzug"]


def planned_silently(start: datetime) -> Maintenance:
    span = Span(start, start + timedelta(hours=2))
    told = NewWork(title=Text("Umzug", "Move"), span=span, stops=True, announce=False)
    return maintenance.plan(told, **WHO)


def test_work_that_a_contract_forbids_is_refused_by_its_name():
    house = make_house("dealership")
    concluded_under(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="maintenance window"):
            planned(datetime(2026, 12, 15, 11, 0, tzinfo=UTC), 1)
        outage = down(at(0), 30)
        (found,) = recoveries(outage, at=AFTER)
        assert (found.ruling.value, found.warned_at, found.kept) == (
            at(72 * 60), at(54 * 60), True,
        )  # fmt: skip
        Outage.objects.update(ended_at=None)
        outage.refresh_from_db()
        assert [recoveries(outage, at=moment)[0].kept for moment in (at(60), at(72 * 60 + 1))] == [None, False]
        Outage.objects.update(ended_at=at(72 * 60 + 1))
        outage.refresh_from_db()
        assert recoveries(outage, at=AFTER)[0].kept is False
        served = contracts.supplied_in(DECEMBER)[0]
        assert month_of_contract(served, DECEMBER, at=AFTER) is None  # it promises no availability


def test_days_before_the_contract_are_not_ordered_and_those_behind_it_neither():
    house = make_house("crm")
    contract = concluded_under(house, start_on=date(2026, 12, 11))
    with as_tenant(house.tenant.pk):
        down(at(0), 60)  # 9 December
        month = counted(contract)
        assert (month.not_ordered_minutes, month.down_minutes, month.total_minutes) == (10 * 1440, 0, 44_640)
        served = contracts.supplied(contract.pk, DECEMBER)
        ending = type(served)(
            **{name: getattr(served, name) for name in served.__slots__} | {"last": date(2026, 12, 20)}
        )
        found = month_of_contract(ending, DECEMBER, at=AFTER)
        assert found is not None
        assert found.ruling.value.not_ordered_minutes == 21 * 1440
        past = type(served)(**{name: getattr(served, name) for name in served.__slots__} | {"last": date(2026, 12, 31)})
        found = month_of_contract(past, DECEMBER, at=AFTER)
        assert found is not None
        assert found.ruling.value.not_ordered_minutes == 10 * 1440


def test_where_both_must_fail_only_what_hits_reading_and_writing_counts():
    house = make_house("crm")
    contract = concluded_under(house, agreed=None)
    with as_tenant(house.tenant.pk):
        component()
        down(at(0), 60, hits="READ")
        down(at(40), 60, hits="WRITE")
        down(at(200), 5)
        served = contracts.supplied(contract.pk, DECEMBER)
        level = served.pack.service_level
        assert level is not None
        assert level.unavailable_when is not None
        both = level.unavailable_when.model_copy(update={"setting": "both"})
        pack = served.pack.model_copy(update={"service_level": level.model_copy(update={"unavailable_when": both})})
        strict = type(served)(**{name: getattr(served, name) for name in served.__slots__} | {"pack": pack})
        found = month_of_contract(strict, DECEMBER, at=AFTER)
        assert found is not None
        assert (counted(contract).down_minutes, found.ruling.value.down_minutes) == (105, 25)


def test_more_than_the_months_fee_is_not_given():
    house = make_house("crm")
    contract = concluded(house)
    claim = claimed(contract, at(0), at(9000))
    with as_tenant(house.tenant.pk):
        for amount in ("303.01", "0"):
            with pytest.raises(RefusalError, match="at most the month"):
                claiming.grant_goodwill(
                    claim.pk, Money.parse(amount, "EUR"), reasons="Kulanz", on=DECEMBER, at=AFTER, actor=KAI
                )


def test_the_demo_tells_of_a_month_and_work_ahead():
    house = make_house("crm")
    concluded(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        demo.make_demo(AFTER)
        assert (Component.objects.count(), Outage.objects.count()) == (4, 3)
        made = AvailabilityStatement.objects.get()
        assert (made.down_micros // 60_000_000, made.excused_micros // 60_000_000, made.kept) == (131, 44, False)
        assert Maintenance.objects.get().announced_at == AFTER
        # silent from nine hours after the result of 20 December, 0:00, to 22 December, 0:00: 39 hours
        assert made.unknown_micros // 60_000_000 == 39 * 60
        seen = StateInterval.objects.order_by("start").values_list("state", flat=True)
        assert list(seen) == ["up", "unknown", "up", "down"]
        assert looked_at(datetime(2026, 12, 1, tzinfo=UTC), AFTER).differences == ()
