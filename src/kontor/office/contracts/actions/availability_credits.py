"""The credit for a month whose availability was missed: the base fee's positions share it by what they cost."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.giving_back import GivenBack, Part, Reason, give_back
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.supplied import recurring
from kontor.rulebook.fee_reduction import monthly_fee
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What is credited for a month (its first day), why in the contract's language, and the day of the credit note."""

    key: str
    month: date
    amount: Ruling[Money]
    reason: str
    on: date


@transaction.atomic
def credit_month(contract_id: uuid.UUID, credit: Credit, *, at: datetime, actor: Actor) -> tuple[uuid.UUID, ...]:
    """
    Give back part of a month's base fee and return the credit notes; what is billed later is charged less then.

    RefusalError for more than the month's fee, or nothing; Contract.DoesNotExist for a stranger's contract.
    """
    contract = Contract.objects.get(pk=contract_id)
    currency = contract.terms["currency"]
    fees = {each.key: monthly_fee(each, currency) for each in recurring(contract, credit.month)}
    whole = Money.total(fees.values(), currency)
    if not 0 < credit.amount.value.minor <= whole.minor:
        raise RefusalError(
            Text(
                f"Gutgeschrieben wird mehr als nichts und höchstens das Entgelt des Monats, {whole.text.de}.",
                f"Credited is more than nothing and at most the month\u2019s fee, {whole.text.en}.",
            )
        )
    given = _given(contract, credit, fees, at=at, actor=actor)
    after = {"month": credit.month, "amount_minor": credit.amount.value.minor, "notes": len(given.notes)}
    clause = str(credit.amount.clauses[0])
    record("contracts.availability_credited", contract, at=at, actor=actor, clause=clause, after=after)
    publish("contracts.availability_credited", {"contract": str(contract.pk)}, at=at)
    return given.notes


def _given(contract: Contract, credit: Credit, fees: dict[str, Money], *, at: datetime, actor: Actor) -> GivenBack:
    shares = credit.amount.value.allocate([Fraction(fee.minor) for fee in fees.values()])
    parts = [
        Part(f"{credit.key}-{key}"[:50], key, share, _words(contract, key))
        for key, share in zip(fees, shares, strict=True)
        if share
    ]
    why = Reason(occasion=credit.key, reason=credit.reason, month=credit.month, on=credit.on, ruling=credit.amount)
    return give_back(contract, parts, why, at=at, actor=actor)


def _words(contract: Contract, position: str) -> Text:
    name = contract.terms["names"].get(position, position)
    return Text(f"Gutschrift Verfügbarkeit {name}", f"Availability credit for {name}")
