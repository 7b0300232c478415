"""What an invoice is asked for with: who sells what to whom, for which days and under which clause."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from kontor.office.books.queries.receipt import ReceiptRule
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """
    One position.

    unit      UN/ECE Recommendation 20: MON, ANN, DAY, HUR, C62, H87, E34
    price     net, for `base_quantity` units, an exact decimal
    first, last  the service's days, both included; None for goods handed over on the invoice's day
    goods     goods are taxed where they go, services where the buyer is established
    working   how the price came about, printed below the line
    """

    item: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal = Decimal(1)
    first: date | None = None
    last: date | None = None
    goods: bool = False
    clause: str = ""
    ruling: uuid.UUID | None = None
    working: str = ""


@dataclass(frozen=True, slots=True)
class CollectionTerm:
    """How long a direct debit waits after invoice and pre-notification, as the contract says, and where."""

    wait: Duration
    clause: Clause

    def as_json(self) -> dict[str, Any]:
        """Return the term as a row keeps it."""
        return {"wait": str(self.wait), "clause": [self.clause.source, self.clause.number, self.clause.version]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the term that `as_json` wrote."""
        source, number, version = kept["clause"]
        return cls(Duration.parse(kept["wait"]), Clause(source, number, version))


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOrder:
    """
    One invoice.

    subject_kind, subject_id, occasion  what it is about and when: a second order with the same three is the first one
    due_on, due_clause, due_ruling      the last day for payment and why; the day expected where it counts from receipt
    collection                          how long a direct debit waits; None where the contract is silent
    receipt                             the rule that counts from receipt, None where the period counts from issue
    """

    seller: uuid.UUID
    party: uuid.UUID
    customer_tenant: uuid.UUID | None
    subject_kind: str
    subject_id: uuid.UUID
    occasion: str
    issued_on: date
    due_on: date
    due_clause: str
    due_ruling: uuid.UUID | None
    language: str
    contract: str
    lines: tuple[OrderedLine, ...]
    buyer_reference: str = ""
    collection: CollectionTerm | None = None
    receipt: ReceiptRule | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice as other apps know it; `made` is False where it existed before."""

    id: uuid.UUID
    number: str
    subject_id: uuid.UUID | None
    occasion: str
    net_minor: int
    gross_minor: int
    currency: str
    made: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that cannot become a lawful invoice, and why."""

    order: InvoiceOrder
    text: Text
