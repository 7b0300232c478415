"""Claims from invoices paid late: opened once, computed from what was paid, ended only when all of it is."""

from datetime import date

import pytest

from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.contracts.actions import claim_cases
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.models import Claim, ClaimReceipt
from kontor.rulebook.money import Money
from tests.office.contracts.late import make_late, noon

pytestmark = pytest.mark.django_db


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.mark.trap(46)
def test_a_claim_opens_the_day_after_and_bears_interest_by_half_year():
    late = make_late()
    late.invoice(date(2026, 5, 15))
    late.keep(date(2026, 5, 15))
    with as_tenant(late.house.tenant.pk):
        assert Claim.objects.count() == 0
    late.keep(date(2026, 5, 16))
    late.keep(date(2026, 8, 20))
    late.keep(date(2026, 8, 20))
    facts = late.facts()
    # 1190 x (46 x 10.27 + 51 x 10.52) / 36500 = 32.8942…
    state = facts.on(date(2026, 8, 20)).value
    assert (state.principal, state.interest, state.costs) == (euro("1190.00"), euro("32.89"), euro("40.00"))
    assert facts.row.figures["total"] == 126_289
    assert [(each["days"], each["percent"]) for each in facts.row.figures["segments"]] == [(46, "10.27"), (51, "10.52")]
    with as_tenant(late.house.tenant.pk):
        assert Claim.objects.count() == 1


@pytest.mark.trap(50)
def test_the_invoice_paid_the_claim_stays_until_the_rest_is():
    late = make_late()
    invoice = late.invoice(date(2026, 5, 15))
    late.keep(date(2026, 5, 16))
    late.pay(invoice, "1190.00", date(2026, 6, 30))
    late.keep(date(2026, 7, 5))
    facts = late.facts()
    assert (facts.principal, facts.row.settled_on) == (euro("0.00"), None)
    assert facts.on(date(2026, 7, 5)).value.total == euro("55.40")  # 15.40 interest and 40.00
    with as_tenant(late.house.tenant.pk):
        claim_cases.book_payment(
            facts.row.pk, euro("55.40"), paid_on=date(2026, 7, 8), on_invoice_first=False, note="bar",
            at=noon(date(2026, 7, 8)), actor=late.house.actor,
        )  # fmt: skip
    assert late.facts().row.settled_on == date(2026, 7, 8)


@pytest.mark.parametrize(("amount", "paid_on"), [("0.00", date(2026, 5, 20)), ("1.00", date(2026, 5, 21))])
def test_nothing_and_what_has_not_come_yet_are_not_booked(amount: str, paid_on: date):
    late = make_late()
    late.invoice(date(2026, 5, 15))
    late.keep(date(2026, 5, 20))
    with as_tenant(late.house.tenant.pk):
        with pytest.raises(ClaimRefusedError, match="an amount that has come already"):
            claim_cases.book_payment(
                late.facts().row.pk, euro(amount), paid_on=paid_on, on_invoice_first=False, note="bar",
                at=noon(date(2026, 5, 20)), actor=late.house.actor,
            )  # fmt: skip
        assert ClaimReceipt.objects.count() == 0


def test_a_cancelled_invoice_leaves_no_claim():
    late = make_late()
    invoice = late.invoice(date(2026, 5, 15))
    late.keep(date(2026, 5, 16))
    with as_tenant(late.house.tenant.pk):
        cancel_invoice(
            invoice.id, on=date(2026, 5, 20), reason="Fehler", at=noon(date(2026, 5, 20)), actor=late.house.actor
        )
    late.keep(date(2026, 5, 21))
    row = late.facts().row
    assert (row.settled_on, row.next_step, row.next_on) == (date(2026, 5, 21), "", None)
    with as_tenant(late.house.tenant.pk):
        (entry,) = [each for each in history_of(row.pk) if each.verb == "contracts.claim_settled"]
    assert entry.after == {"why": "cancelled"}
