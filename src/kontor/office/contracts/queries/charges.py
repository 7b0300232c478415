"""What a contract owes once beside its positions, and has not been billed yet."""

import uuid
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, OuterRef

from kontor.office.contracts.models import BilledPeriod, Charge
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.ruling import Clause, Text


def open_charges(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Charge]]:
    """Return the charges of these contracts that no invoice has taken along, the oldest service first, in one query."""
    found: dict[uuid.UUID, list[Charge]] = {contract: [] for contract in contracts}
    billed = BilledPeriod.objects.filter(
        contract=OuterRef("contract"), item=OuterRef("key"), first=OuterRef("first"), kind=Charge.BILLED_AS
    )
    rows = Charge.objects.filter(~Exists(billed), contract_id__in=contracts)
    for row in rows.order_by("contract_id", "first", "key"):
        found[row.contract_id].append(row)
    return found


def amount_of(charge: Charge) -> Money:
    """Return quantity × price, net, rounded once."""
    return Money.rounded(Fraction(charge.quantity) * Fraction(charge.price), charge.currency)


def period_of_charge(charge: Charge) -> Period:
    """Return the days of the service."""
    return Period(charge.first, charge.last + ONE_DAY)


def text_of_charge(charge: Charge) -> Text:
    """Return what is charged."""
    return Text(charge.text_de, charge.text_en)


def clause_of_charge(charge: Charge, *, pack: str, version: str) -> Clause:
    """Return the clause it rests on, in the contract's own pack."""
    return Clause(pack, charge.clause, version)


def plain(number: Decimal) -> Decimal:
    """
    Return a column's number without the zeros it was filled up with, and without an exponent.

    >>> plain(Decimal("2.500000")), plain(Decimal("100.000000"))
    (Decimal('2.5'), Decimal('100'))
    """
    return Decimal(f"{number.normalize():f}")
