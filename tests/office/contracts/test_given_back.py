"""Claims over invoices of which something went back: refunded at the payment service, disputed, credited."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.checkouts import Asked, begin_checkout, reference_of, take_notice
from kontor.office.books.actions.credits import credit_invoice
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.offered import processors
from kontor.office.books.actions.refunding import Payout, refund_credit
from kontor.office.books.models import Checkout, Invoice, Refund
from kontor.office.books.queries.credits import CreditedPart, CreditOrder
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.money import Money
from tests.office.contracts.late import Late, make_late, noon

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 15)


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def pay_online(late: Late, number: str, on: date) -> Checkout:
    """Let an invoice be paid whole through the fake."""
    with as_tenant(late.house.tenant.pk):
        row = Invoice.objects.get(number=number)
        begin_checkout(row, asked=Asked(method="fake", listed=(), known={}, back="/"), at=noon(on), actor=MACHINE)
        checkout = Checkout.objects.get(invoice=row)
    tell(late, checkout, "PAID", row.gross_minor, on)
    return checkout


def tell(late: Late, checkout: Checkout, happened: str, minor: int, on: date) -> None:
    with as_tenant(late.house.tenant.pk):
        reference = reference_of(checkout)
    told = {
        "event": f"{happened} {checkout.pk} {on}", "happened": happened, "currency": "EUR", "minor": str(minor),
        "reference": reference, "capture": f"c{checkout.pk}", "why": "",
        "refund": "" if happened == "PAID" else f"r{checkout.pk}{on}",
    }  # fmt: skip
    player = processors()["fake"]
    assert isinstance(player, FakeProcessor)
    body, headers = player.message(told, at=noon(on))
    with as_tenant(late.house.tenant.pk):
        take_notice(player.key, body, headers, at=noon(on))


def state(late: Late, number: str, on: date) -> ClaimState:
    late.keep(on)
    facts = late.facts(number)
    assert "problem" not in facts.row.figures
    return facts.on(on).value


def test_what_went_back_is_owed_again_and_every_claim_can_be_computed(settings: Any) -> None:
    """
    Three invoices of 1,190.00, due on 15 May 2026 at 10.27 % and 10.52 % from July, each paid on 30 May.

    Fifteen days on 1,190.00 are 5.0224…, whatever happened later. Of the first, 190.00 were refunded at the payment
    service on 30 June: from 1 to 20 July, 20 days on 190.00 at 10.52 % are 1.0952…, together 6.1177. Of the second the
    payer took 190.00 back: these were never paid, 31 days at 10.27 % and 20 at 10.52 % more, 5.0224 + 1.6572 + 1.0952 =
    7.7749. Of the third, 190.00 were credited and refunded: nothing is owed again.
    """
    settings.KONTOR_DEMO = True
    late = make_late()
    refunded, disputed, credited = (late.invoice(DUE, occasion=f"late {place}") for place in range(3))
    checkouts = {row.number: pay_online(late, row.number, date(2026, 5, 30)) for row in (refunded, disputed, credited)}
    tell(late, checkouts[refunded.number], "REFUNDED", 19_000, date(2026, 6, 30))
    tell(late, checkouts[disputed.number], "CHARGED_BACK", 19_000, date(2026, 6, 30))
    with as_tenant(late.house.tenant.pk):
        part = CreditedPart(position=1, quantity=Decimal(1), unit="H87", price=Decimal("159.66"))
        at, on = noon(date(2026, 6, 30)), date(2026, 6, 30)
        order = CreditOrder(invoice=credited.id, occasion="goodwill", on=on, reason="Kulanz", parts=(part,))
        credit_invoice(order, at=at, actor=late.house.actor)
        payout = Payout(way=Refund.Way.HAND, amount=euro("190.00"), reason="Kulanz")
        refund_credit(credited.id, payout, on=on, at=at, actor=late.house.actor)
    found = {row.number: state(late, row.number, date(2026, 7, 20)) for row in (refunded, disputed, credited)}
    assert [(each.principal.bare(), each.interest.bare(), each.costs.bare()) for each in found.values()] == [
        ("190.00", "6.12", "40.00"), ("190.00", "7.77", "40.00"), ("0.00", "5.02", "40.00"),
    ]  # fmt: skip
    assert [each.late.days for each in found.values()] == [20, 66, 15]
    tell(late, checkouts[disputed.number], "REFUNDED", 5_000, date(2026, 7, 20) + timedelta(days=1))
    assert state(late, disputed.number, date(2026, 7, 22)).principal == euro("240.00")
