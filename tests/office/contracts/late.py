"""A contract under any pack with invoices of given amounts and due days, made by the product's own actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import claim_cases, claiming, conclusion
from kontor.office.contracts.models import Claim, Contract
from kontor.office.contracts.queries.claims import Facts, facts_of
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send

STEPS = ({"days_late": 7, "pay_within": "7 days"}, {"days_late": 21, "pay_within": "7 days"})


def noon(on: date) -> datetime:
    return datetime.combine(on, time(11), UTC)


@dataclass(frozen=True)
class Late:
    """A house, its contract, and the means to make it be paid late."""

    house: House
    contract: Contract

    def invoice(self, due: date, *, gross: str = "1190.00", occasion: str = "") -> Any:
        """Issue an invoice that is payable until a day; 19 % of it is VAT."""
        net = Decimal(gross) / Decimal("1.19")
        line = books.OrderedLine(
            item="seats",
            name="Arbeitsplätze",
            quantity=Decimal(1),
            unit="H87",
            price=net.quantize(Decimal("0.01")),
            base_quantity=Decimal(1),
            first=None,
            last=None,
            goods=False,
            clause="7.4",
            ruling=None,
            working="",
        )
        order = books.InvoiceOrder(
            seller=self.contract.seller_id,
            party=self.contract.party_id,
            customer_tenant=self.contract.customer_tenant_id,
            subject_kind="contracts.Contract",
            subject_id=self.contract.pk,
            occasion=occasion or f"late {due} {gross}",
            issued_on=due,
            due_on=due,
            due_clause="7.4",
            due_ruling=None,
            language="de",
            contract=self.contract.number,
            lines=(line,),
        )
        with as_tenant(self.house.tenant.pk):
            (issued,) = books.issue_invoices([order], at=noon(due), actor=MACHINE)
        assert isinstance(issued, books.Issued), issued
        return issued

    def keep(self, on: date) -> None:
        with as_tenant(self.house.tenant.pk):
            claiming.keep_claims(at=noon(on))

    def facts(self, number: str = "") -> Facts:
        with as_tenant(self.house.tenant.pk):
            rows = Claim.objects.select_related("contract", "contract__offer").order_by("due_on", "number")
            (facts,) = facts_of(rows.filter(number=number) if number else rows)
            return facts

    def plan(self, steps: Any = STEPS, *, pack: str = "", automatic: bool = False, tolerance: int = 1) -> None:
        with as_tenant(self.house.tenant.pk):
            claim_cases.set_plan(
                pack, steps, tolerance_minor=tolerance, automatic=automatic, reason="Übung des Hauses", at=AT,
                actor=self.house.actor,
            )  # fmt: skip

    def pay(self, invoice: Any, amount: str, on: date) -> Any:
        from kontor.office.books.actions import payments
        from kontor.rulebook.money import Money

        money = Money.parse(amount, "EUR")
        share = payments.Share(invoice.id, money.minor, payments.HAND)
        with as_tenant(self.house.tenant.pk):
            return payments.book_payment(
                payments.Booking(shares=(share,), money=money, paid_on=on), at=noon(on), actor=self.house.actor
            )


def make_late(
    pack: str = "visitor", *, agreed: Mapping[str, Any] | None = None, customer_tenant: Any = None, **party: Any
) -> Late:
    """Conclude a contract under a pack, signed on AT."""
    given = {"tenant": customer_tenant} if customer_tenant else {}
    return conclude_late(make_house(pack), agreed=agreed, **party, **given)


def conclude_late(house: House, *, agreed: Mapping[str, Any] | None = None, **party: Any) -> Late:
    """Conclude a contract of a house with a customer of its own, signed on AT."""
    offer = send(house, make_draft(house, make_party(house, **party), agreed=agreed))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Late(house, Contract.objects.select_related("offer").get(offer=offer))
