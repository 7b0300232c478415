"""Limited meters: promised exactly, refused with what is left, given back, warned of once for each crossing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kontor.kernel import registry
from kontor.kernel.actions.meters import OtherUseError, Use, meter, meter_many
from kontor.kernel.actions.quota_warnings import watch_quota
from kontor.kernel.actions.quotas import PromiseOverError, QuotaRefusedError, give_back, reserve, use_reserved
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Entitlement, OutgoingMail, QuotaWarning, Tenant
from kontor.kernel.queries.quotas import counter, quota_of, standing_warnings
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.ruling import Text
from tests.at_once import at_once
from tests.kernel.conftest import AT
from tests.people import administrator, join, make_tenant, make_user

MAILS, SHELF, VISITS = "limits.mails", "limits.shelf", "limits.visits"
PARIS, DAY = ZoneInfo("Europe/Paris"), timedelta(days=1)


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    meters = (
        registry.Meter(MAILS, Text("E-Mails", "e-mails"), "1"),
        registry.Meter(SHELF, Text("Bretter", "boards"), "1", registry.Measure.LEVEL, Text("Regal", "Shelf")),
        registry.Meter(VISITS, Text("Besucher", "visitors"), "1", registry.Measure.UNIQUE),
    )
    module = registry.Module(key="limits", title=Text("Grenzen", "Limits"), meters=meters)
    monkeypatch.setitem(registry._modules, "limits", module)


def allow(quantity, *, name="mails", unit="MONTH", zone="Europe/Paris", warn_at=(80, 95), **given: Any):
    told = {"from_on": date(2026, 1, 1), "until_on": None, **given}
    plan = Grant(module=name, unit=unit, quantity=quantity, zone=zone, warn_at=warn_at, clause="1", reason_de="",
                 reason_en="", **told)  # fmt: skip
    return grant([plan], contract=None, at=AT, actor=MACHINE)


def sent(name, quantity, at=AT):
    meter(MAILS, source=name, at=at, quantity=quantity)


def ask(quantity, *, source="campaign", at=AT, until=None):
    return reserve(MAILS, quantity, source=source, at=at, until=until or at + DAY)


def test_more_than_is_left_is_refused_with_what_is_left(alder):
    """24,500 of 25,000 are used: 1,000 are refused, 500 are promised, one more is refused."""
    with as_tenant(alder.pk):
        allow(25_000)
        sent("before", 24_500)
        with pytest.raises(QuotaRefusedError) as refused:
            ask(1_000)
        assert refused.value.text == Text("noch 500 in diesem Monat", "500 left this month")
        assert refused.value.counter.shown == Text("24.500/25.000", "24,500/25,000")
        ask(500)
        with pytest.raises(QuotaRefusedError, match="0 left this month"):
            ask(1, source="another")
        assert counter(MAILS, at=AT).shown.en == "24,500/25,000"  # promised is not used yet
        assert (counter(MAILS, at=AT).promised, counter(MAILS, at=AT).left) == (500, 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_take_the_last_500():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    with as_tenant(tenant.pk):
        allow(25_000)
        sent("before", 24_500)

    def campaign(name):
        with as_tenant(tenant.pk):
            return ask(500, source=name)

    answers = at_once(*(lambda name=f"campaign {place}": campaign(name) for place in range(4)))
    assert sorted(isinstance(answer, QuotaRefusedError) for answer in answers) == [False, True, True, True]
    with as_tenant(tenant.pk):
        assert counter(MAILS, at=AT).promised == 500


def test_what_is_used_of_a_promise_is_counted_once_and_the_rest_given_back(alder):
    with as_tenant(alder.pk):
        allow(1_000)
        promise = ask(600)
        assert ask(600) == promise  # the same plan again
        with pytest.raises(OtherUseError):
            ask(601)
        uses = [Use(key=MAILS, source=f"mail {place}", at=AT) for place in range(100)]
        assert use_reserved(promise.pk, uses, at=AT) == 100
        assert use_reserved(promise.pk, uses, at=AT) == 0  # a job that runs again
        assert (counter(MAILS, at=AT).used, counter(MAILS, at=AT).promised) == (100, 500)
        with pytest.raises(PromiseOverError, match="Only 500 of this promise are left"):
            use_reserved(promise.pk, [Use(key=MAILS, source="many", at=AT, quantity=501)], at=AT)
        assert give_back(promise.pk, at=AT) == 500
        assert give_back(promise.pk, at=AT) == 0
        assert counter(MAILS, at=AT).left == 900
        with pytest.raises(PromiseOverError):
            use_reserved(promise.pk, [Use(key=MAILS, source="late", at=AT)], at=AT)
        again = ask(900)
        assert (again.pk, again.left) == (promise.pk, 900)


def test_a_promise_that_nobody_used_is_free_again_after_its_time(alder):
    with as_tenant(alder.pk):
        allow(500)
        promise = ask(500)
        with pytest.raises(QuotaRefusedError):
            ask(500, source="another")
        assert ask(500, source="another", at=AT + DAY).left == 500
        with pytest.raises(PromiseOverError):
            use_reserved(promise.pk, [Use(key=MAILS, source="m", at=AT)], at=AT + DAY)


def test_a_promise_counts_what_was_promised_and_something(alder):
    with as_tenant(alder.pk):
        allow(500)
        promise = ask(500)
        with pytest.raises(ValueError, match=r"limits\.shelf was not promised"):
            use_reserved(promise.pk, [Use(key=SHELF, source="m", at=AT)], at=AT)
        for quantity, until in ((0, AT + DAY), (1, AT)):
            with pytest.raises(ValueError, match="promises nothing"):
                ask(quantity, source="none", until=until)


def test_without_a_limit_everything_is_promised(alder):
    with as_tenant(alder.pk):
        promise = ask(10**9)
        assert use_reserved(promise.pk, [Use(key=MAILS, source="m", at=AT, quantity=10**6)], at=AT) == 1
        assert counter(MAILS, at=AT) is None
        allow(100, unit="SITE")  # some module of that name, no limit
        assert quota_of(MAILS, at=AT) is None


def test_several_contracts_give_their_sum_and_one_that_charges_refuses_nothing(alder):
    with as_tenant(alder.pk):
        allow(25_000)
        allow(5_000, from_on=date(2026, 11, 2))
        assert quota_of(MAILS, at=AT).quantity == 30_000
        assert quota_of(MAILS, at=AT - DAY).quantity == 25_000
        allow(None, from_on=date(2026, 11, 3))
        assert quota_of(MAILS, at=AT + DAY) is None


def test_the_counter_begins_anew_on_the_first_in_the_contracts_zone(alder):
    """The last moment of October in Paris is 22:59:59 UTC, an hour after the clocks went back."""
    last = datetime(2026, 10, 31, 23, 59, 59, tzinfo=PARIS)
    first = datetime(2026, 11, 1, tzinfo=PARIS)
    assert first.astimezone(UTC) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    with as_tenant(alder.pk):
        allow(25_000)
        meter_many([
            Use(key=MAILS, source="first 02:30", at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), quantity=12_000),
            Use(key=MAILS, source="second 02:30", at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), quantity=12_500),
        ])  # fmt: skip
        assert counter(MAILS, at=last).shown.en == "24,500/25,000"
        promise = ask(500, at=last)
        assert counter(MAILS, at=first).shown.en == "0/25,000"
        assert counter(MAILS, at=first).left == 25_000  # October's promise takes nothing of November
        with pytest.raises(PromiseOverError):
            use_reserved(promise.pk, [Use(key=MAILS, source="m", at=first)], at=first)
        assert ask(25_000, at=first).month == date(2026, 11, 1)


def test_a_limit_without_a_zone_counts_in_the_tenants(alder):
    with as_tenant(alder.pk):
        allow(10, zone="")
        sent("m", 4, at=datetime(2026, 10, 31, 23, tzinfo=UTC))  # 1 November in Berlin
        assert counter(MAILS, at=AT).shown.en == "4/10"


def test_levels_and_visitors_are_limited_too(alder):
    with as_tenant(alder.pk):
        allow(3, name="visits")
        for place, who in enumerate(("anna", "anna", "ben")):
            meter(VISITS, source=str(place), at=AT, subject=who)
        assert counter(VISITS, at=AT).shown.en == "2/3"
        assert quota_of(SHELF, at=AT) is None


def test_more_of_a_level_than_is_free_is_refused_with_its_unit(alder):
    with as_tenant(alder.pk):
        allow(3, name="shelf")
        with pytest.raises(QuotaRefusedError) as refused:
            reserve(SHELF, 4, source="boards", at=AT, until=AT + DAY)
        assert refused.value.text == Text("noch 3 Bretter frei", "3 boards left")


def test_administrators_are_warned_once_for_each_crossing(alder):
    tenant = make_tenant("Birch")
    jana = administrator(tenant, "jana@birch.example", "Jana")
    join(tenant, make_user("otto@birch.example", "Otto"), role="Reader", permissions=[])
    with as_tenant(tenant.pk):
        allow(1_000)

        def used(name, quantity, at=AT):
            sent(name, quantity, at)
            return [row.percent for row in watch_quota(MAILS, at=at)]

        assert used("a", 799) == []
        assert used("b", 1) == [80]
        assert used("c", 100) == []  # still above 80 %
        assert used("d", 50) == [95]
        assert [mail.to for mail in OutgoingMail.objects.order_by("at")] == [jana.email, jana.email]
        mail = OutgoingMail.objects.order_by("-pk").first()
        assert (mail.subject, mail.text.splitlines()[0]) == (
            "E-Mails: 95 % der Grenze sind verbraucht",
            "950 von 1.000 E-Mails sind verbraucht.",
        )
        ((row, told, unit),) = standing_warnings(at=AT)
        assert (row.percent, row.used, row.quantity, told.key, unit.en) == (95, 950, 1_000, MAILS, "e-mails")
        december = datetime(2026, 12, 1, tzinfo=PARIS)
        assert standing_warnings(at=december) == []
        assert used("e", 960, december) == [80, 95]  # both at once, one mail
        assert OutgoingMail.objects.count() == 3
        assert QuotaWarning.objects.exclude(cleared_at=None).count() == 2


def test_a_raised_limit_clears_the_warning_and_the_next_crossing_is_told_again(alder):
    with as_tenant(alder.pk):
        (limit,) = allow(100)
        sent("a", 96)
        assert [row.percent for row in watch_quota(MAILS, at=AT)] == [80, 95]
        Entitlement.objects.filter(pk=limit.pk).update(quantity=200)
        assert watch_quota(MAILS, at=AT) == []
        assert standing_warnings(at=AT) == []
        sent("b", 64)
        assert [row.percent for row in watch_quota(MAILS, at=AT)] == [80]
        Entitlement.objects.filter(pk=limit.pk).update(until_on=date(2026, 11, 2))
        assert watch_quota(MAILS, at=AT) == []
        assert not QuotaWarning.objects.filter(cleared_at=None).exists()


def test_counting_a_limited_meter_has_the_warning_looked_at(alder):
    with as_tenant(alder.pk):
        sent("unlimited", 1)
        assert not Due.objects.exists()
        allow(100)
        sent("limited", 1)
        assert [(due.job, due.arguments) for due in Due.objects.all()] == [("kernel.watch_quota", {"meter": MAILS})]
        assert Decimal(quota_of(MAILS, at=AT).quantity) == 100


def test_another_tenants_limit_is_another(alder, birch):
    with as_tenant(alder.pk):
        allow(10)
        promise = ask(10)
    with as_tenant(birch.pk):
        assert quota_of(MAILS, at=AT) is None
        with pytest.raises(promise.DoesNotExist):
            give_back(promise.pk, at=AT)
