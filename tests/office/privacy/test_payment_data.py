"""Payment data under the bookkeeping terms: ten years from the end of their year, longer for a reason alone."""

from datetime import UTC, date, datetime

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payment
from kontor.office.books.models import Invoice, Payment
from kontor.office.privacy.actions import retention
from kontor.office.privacy.actions.holding import lay_hold, lift_hold
from kontor.office.privacy.models import RetentionNight
from kontor.office.privacy.queries.expiring import found_of
from kontor.rulebook.calc.registry import answer
from kontor.rulebook.money import Money
from tests.factories import AT, make_house
from tests.office.contracts.ending_walk import billed, signed


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SD-021")
def test_a_payment_of_15_march_2025_is_gone_after_2035_and_a_case_of_abuse_delays_it_with_its_reason():
    house = make_house("bookkeeping")
    contract = signed(house)
    billed(house, contract, date(2026, 12, 31))
    with as_tenant(house.tenant.pk):
        invoice = Invoice.objects.earliest("number")
        share, money = Share(invoice.pk, 100, HAND), Money(invoice.currency, 100)
        booking = Booking(shares=(share,), money=money, paid_on=date(2025, 3, 15), note="Auszug 7")
        payment = book_payment(booking, at=AT, actor=house.actor)
        told = {"reason": "Missbrauch mit gestohlener Karte", "review_on": date(2036, 6, 1), "at": AT}
        hold = lay_hold(of_tenant=None, kind="payment", ground="abuse", actor=house.actor, **told)
        before = found_of("books.payments", date(2035, 12, 30))  # at most ten years: on the last day it goes
        assert (before.gone, before.held) == (0, 0)
        held = found_of("books.payments", date(2035, 12, 31))
        assert (held.gone, held.held, held.holds[0].reason) == (0, 1, "Missbrauch mit gestohlener Karte")

    def night(on: date) -> bool:
        retention.go_on(house.tenant.pk, at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC))
        with as_tenant(house.tenant.pk):
            assert RetentionNight.objects.get(night=on).done_at is not None
            return Payment.objects.filter(pk=payment.pk).exists()

    shown = answer("retention", {"kind": "payment", "from": "2025-03-15"}, pack="bookkeeping")
    assert shown.value == {"keep_until": "2035-12-31", "then": "delete"}
    assert night(date(2035, 12, 31))
    with as_tenant(house.tenant.pk):
        lift_hold(hold.pk, because="Erstattet", at=AT, actor=house.actor)
    assert not night(date(2036, 1, 1))
