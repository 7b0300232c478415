"""The credit for a month whose availability was missed: the base fee's positions share it by what they cost."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.giving_back import Part, Reason, charge_again, give_back
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.supplied import recurring
from kontor.rulebook.fee_reduction import monthly_fee
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import said

_CREDITED: Final = Text("Gutschrift Verfügbarkeit {name}", "Availability credit for {name}")
_AGAIN: Final = Text("Gutschrift Verfügbarkeit {name}, berichtigt", "Availability credit for {name}, corrected")


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
    contract, parts = _parts(contract_id, credit, _CREDITED)
    given = give_back(contract, parts, _why(credit), at=at, actor=actor)
    after = {"month": credit.month, "amount_minor": credit.amount.value.minor, "notes": len(given.notes)}
    clause = str(credit.amount.clauses[0])
    record("contracts.availability_credited", contract, at=at, actor=actor, clause=clause, after=after)
    publish("contracts.availability_credited", {"contract": str(contract.pk)}, at=at)
    return given.notes


@transaction.atomic
def charge_credit_again(contract_id: uuid.UUID, credit: Credit, *, at: datetime, actor: Actor) -> None:
    """Charge with the next invoice what was credited for a month and is not due; errors as `credit_month`."""
    contract, parts = _parts(contract_id, credit, _AGAIN)
    charge_again(contract, parts, _why(credit), at=at, actor=actor)
    after = {"month": credit.month, "amount_minor": credit.amount.value.minor}
    clause = str(credit.amount.clauses[0])
    record("contracts.availability_credit_charged", contract, at=at, actor=actor, clause=clause, after=after)


def _parts(contract_id: uuid.UUID, credit: Credit, words: Text) -> tuple[Contract, list[Part]]:
    """Return the contract, and what each recurring position shares of the amount by what it costs."""
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
    shares = credit.amount.value.allocate([Fraction(fee.minor) for fee in fees.values()])
    return contract, [
        Part(f"{credit.key}-{key}"[:50], key, share, _words(contract, key, words))
        for key, share in zip(fees, shares, strict=True)
        if share
    ]


def _why(credit: Credit) -> Reason:
    return Reason(occasion=credit.key, reason=credit.reason, month=credit.month, on=credit.on, ruling=credit.amount)


def _words(contract: Contract, position: str, words: Text) -> Text:
    return said(*words, name=contract.terms["names"].get(position, position))
