"""
Charging something once beside a contract's positions: blocks of use, hours of work, travel, fees.

Write one call where the fact is known; the next billing run does the rest:

    add_charge(
        contract, f"storage-{month:%Y-%m}",
        text_de="Speicher über 15 GB, Februar 2027", text_en="Storage above 15 GB, February 2027",
        quantity=Decimal(2), unit="C62", price=Decimal("4.90"),
        first=date(2027, 2, 1), last=date(2027, 2, 28), ruling=statement, at=at, actor=MACHINE,
    )

- `key` and `first` make it unique in its contract: the same call again returns the charge there is, so that a job may
  be repeated; the same key and day with other content is refused.
- The next invoice of the contract takes it along as a line of its own, with its own period, clause and "Why?". Where
  that may take too long, name `own_invoice_from`: a run on or after that day gives what waits an invoice of its own.
  A contract that bills nothing more gives it one at once.
- A charge is never changed. What comes later is another charge with the same period and another key, a negative
  quantity where something goes back; no invoice is ever changed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.contracts.models import Charge, Contract
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.ruling import Ruling, Text


class OtherChargeError(Exception):
    """Something else is charged under this key from this day."""

    def __init__(self, charge: Charge) -> None:
        super().__init__(f"Charge {charge.key} from {charge.first} says something else.")
        self.text = Text(
            f"Unter „{charge.key}“ ist ab diesem Tag schon etwas anderes berechnet: {charge.text_de}.",
            f"Something else is already charged as “{charge.key}” from this day: {charge.text_en}.",
        )


@transaction.atomic
def add_charge(
    contract: Contract,
    key: str,
    *,
    text_de: str,
    text_en: str,
    quantity: Decimal,
    unit: str,
    price: Decimal,
    first: date,
    last: date,
    ruling: Ruling[Any],
    at: datetime,
    actor: Actor,
    own_invoice_from: date | None = None,
) -> Charge:
    """
    Have the contract's next invoice take this along, once; the same charge again is the one there is.

    unit    UN/ECE Recommendation 20: HUR hours, KMT kilometres, C62 anything counted
    price   net, for one unit, in the contract's currency; never negative
    first, last  the days of the service, both included; PeriodError where they run backwards
    ruling  why, its first clause printed on the invoice

    OtherChargeError where this key and day charge something else; ValueError for a ruling that names no clause or a
    quantity of nothing.
    """
    Period(first, last + ONE_DAY)
    if not quantity or not ruling.clauses:
        raise ValueError(f"{key} charges nothing, or names no clause.")
    stored = store_ruling(
        ruling,
        question="contracts.charge",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    told = {
        "text_de": text_de, "text_en": text_en, "quantity": quantity, "unit": unit, "price": price,
        "currency": contract.terms["currency"], "last": last, "clause": str(ruling.clauses[0]),
        "own_invoice_from": own_invoice_from,
    }  # fmt: skip
    charge, made = Charge.objects.get_or_create(
        contract=contract,
        key=key,
        first=first,
        defaults={**told, "id": uuid7(), "customer_tenant_id": contract.customer_tenant_id, "ruling": stored, "at": at},
    )
    if not made:
        return _the_same(charge, told)
    after = {"key": key, "first": first, "last": last, "quantity": quantity, "unit": unit, "price": price}
    record("contracts.charged", contract, at=at, actor=actor, clause=charge.clause, ruling=stored, after=after)
    return charge


def _the_same(charge: Charge, told: Mapping[str, Any]) -> Charge:
    if any(getattr(charge, name) != value for name, value in told.items()):
        raise OtherChargeError(charge)
    return charge
