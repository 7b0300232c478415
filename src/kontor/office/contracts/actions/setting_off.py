"""Set-off: a claim of the customer's own pays an invoice, where the contract allows it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.set_off import Status, set_off


class SetOffRefusedError(RefusalError):
    """The contract does not let this claim be set off; `ruling` says why, with the clause."""

    def __init__(self, ruling: Ruling[bool]) -> None:
        clause = f" ({ruling.clauses[0]})" if ruling.clauses else ""
        said = ruling.working[0]
        super().__init__(Text(f"{said.de}{clause}", f"{said.en}{clause}"))
        self.ruling = ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOff:
    """What is set off: against which invoice, how much, with what kind of claim, declared when."""

    invoice: uuid.UUID
    amount: Money
    status: Status
    on: date
    note: str


@transaction.atomic
def set_off_claim(contract_id: uuid.UUID, asked: SetOff, *, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Book a claim against an invoice of the contract and return the payment's id.

    SetOffRefusedError where the contract does not allow it: the invoice stays as it is. PaymentRefusedError beyond what
    is open. Contract.DoesNotExist for a stranger's id.
    """
    contract = Contract.objects.get(pk=contract_id)
    ruling = set_off_ruling(contract, asked.status, asked.on)
    if not ruling.value:
        raise SetOffRefusedError(ruling)
    stored = store_ruling(
        ruling,
        question="contracts.set_off",
        at=at,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )
    note = f"Aufrechnung: {asked.note}" if contract.terms["language"] == "de" else f"Set-off: {asked.note}"
    payment = books.book_set_off(asked.invoice, asked.amount, on=asked.on, note=note, at=at, actor=actor)
    after = {"amount_minor": asked.amount.minor, "status": asked.status.value, "note": asked.note}
    clause = str(ruling.clauses[0]) if ruling.clauses else ""
    record("contracts.set_off", contract, at=at, actor=actor, clause=clause, ruling=stored, after=after)
    return payment


def set_off_ruling(contract: Contract, status: Status, on: date) -> Ruling[bool]:
    """Return whether a claim of this status may be set off under a contract on a day."""
    invoicing = terms_on(contract, on).invoicing
    needs = invoicing.set_off_needs if invoicing else None
    if needs is None:
        return set_off(status, None)
    return set_off(status, {item.key: item.label for item in needs.value}, clauses=(needs.clause,))
