"""The demo's year can be told, and tells the same story every time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.actions.tenants import found_house
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import MeterReading
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Debit, Invoice, Refund
from kontor.office.contracts.actions.demo import make_demo
from kontor.office.contracts.models import (
    Activation,
    BillingProblem,
    ChangeOrderState,
    ClaimLetter,
    Contract,
    ContractNotice,
    CustomerTerms,
    EndingCase,
    FeeReduction,
    HardwareDelivery,
    OfferDraft,
    OfferState,
    OverloadCase,
    PriceRun,
    Release,
    ScopeRequest,
    Trial,
    UsageStatement,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_the_demo_has_customers_at_every_stage():
    house = found_house(name="Kontor Demo GmbH", at=AT, actor=MACHINE)
    with as_tenant(house.pk):
        make_demo(AT)

        assert sorted(OfferState.objects.values_list("state", flat=True)) == [
            "ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "CONFIRMED", "SENT",
        ]  # fmt: skip
        assert OfferDraft.objects.filter(sent_as=None).count() == 1
        assert sorted(Contract.objects.values_list("pack", flat=True)) == ["bookkeeping", "crm", "leisure", "visitor"]
        assert list(BillingProblem.objects.values_list("sentence_en", flat=True)) == []
        assert Invoice.objects.exists()


@pytest.mark.parametrize("day", [6, 10])
def test_each_newer_page_has_something_to_show_on_any_day_of_a_month(day: int, settings: Any):
    settings.KONTOR_DEMO = True
    at = AT.replace(day=day)
    house = found_house(name="Kontor Demo GmbH", at=at, actor=MACHINE)
    with as_tenant(house.pk):
        make_demo(at)

        assert set(Debit.objects.values_list("state", flat=True)) == {"PRESENTED"}
        assert ClaimLetter.objects.filter(claim__contract__pack="bookkeeping").exists()
        assert list(ChangeOrderState.objects.values_list("state", flat=True)) == ["PLACED"]
        assert list(ContractNotice.objects.values_list("outcome", flat=True)) == ["in_time"]
        assert list(EndingCase.objects.values_list("state", flat=True)) == ["OPEN"]
        assert FeeReduction.objects.count() == 1
        assert UsageStatement.objects.filter(blocks__gt=0).exists()
        assert list(Activation.objects.order_by("pk").values_list("label", flat=True)) == ["Kasse 1", "Kasse 2"]
        assert HardwareDelivery.objects.exclude(customer_on=None).count() == 1
        assert list(Release.objects.order_by("version").values_list("version", "released_on")) == [
            ("5.2", (at - timedelta(days=20)).date()), ("5.3", None),
            ("5.9", (at - timedelta(days=12)).date()), ("6.0", (at - timedelta(days=12)).date()),
        ]  # fmt: skip
        assert sorted((row.way, row.state, row.outside, row.batch_id is None) for row in Refund.objects.all()) == [
            ("FILE", "DONE", False, False), ("FILE", "DONE", False, True), ("HAND", "DONE", False, True),
            ("PROCESSOR", "ASKED", False, True), ("PROCESSOR", "DONE", True, True),
            ("PROCESSOR", "FAILED", False, True),
        ]  # fmt: skip
        assert [row.standing for row in CustomerTerms.objects.all()] == ["EXCLUDED"]
        assert [row.closed_at for row in OverloadCase.objects.all()] == [None]
        with as_tenant(Contract.objects.get(pack="leisure").customer_tenant_id):
            assert MeterReading.objects.get(source="Winterpokal").quantity == 21_300
        assert [each.number for each in ScopeRequest.objects.all()] == [1]
        assert list(Trial.objects.values_list("company", "ended_by")) == [("Linde Fahrräder GmbH", "")]
        assert list(PriceRun.objects.values_list("kind", "contracts")) == [("LIST", 1)]
