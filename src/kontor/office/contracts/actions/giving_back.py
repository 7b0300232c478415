"""Money given back for a month of a contract: credited on the invoice that billed it, else charged less later."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.books import public as books
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.models import Charge, Contract
from kontor.office.contracts.queries.corrections import billing_of
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period, add_months
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True)
class Part:
    """What of a position is given back; `key` and `words` are the line's where it is charged less later."""

    key: str
    position: str
    amount: Money
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    Why a month is given back.

    occasion  names it once for the invoice; reason  what the credit note says
    month     its first day; on  the day of the credit note
    """

    occasion: str
    reason: str
    month: date
    on: date
    ruling: Ruling[Any]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The credit notes, and the charges below nought that meet the next invoice."""

    notes: tuple[uuid.UUID, ...]
    charges: tuple[Charge, ...]


def give_back(contract: Contract, parts: Sequence[Part], why: Reason, *, at: datetime, actor: Actor) -> GivenBack:
    """Give back parts of a month's fee, one credit note for each invoice that billed them, at its VAT rates."""
    month = Period(why.month, add_months(why.month, 1))
    credited: dict[uuid.UUID, list[books.CreditedPart]] = {}
    charges = []
    for part in parts:
        invoice = billing_of(contract, part.position, why.month)
        place = books.position_of(invoice, item=part.position, on=why.month) if invoice else None
        if invoice is None or place is None:
            charges.append(_charge(contract, part, why, month, at=at, actor=actor))
        else:
            line = _credited(contract, part, why, month, place=place, at=at)
            credited.setdefault(invoice, []).append(line)
    notes = [
        books.credit_invoice(
            books.CreditOrder(invoice=each, occasion=why.occasion, on=why.on, reason=why.reason, parts=tuple(lines)),
            at=at,
            actor=actor,
        ).id
        for each, lines in credited.items()
    ]
    return GivenBack(tuple(notes), tuple(charges))


def charge_again(contract: Contract, parts: Sequence[Part], why: Reason, *, at: datetime, actor: Actor) -> list[Charge]:
    """Charge with the next invoice what was given back and should not have been."""
    month = Period(why.month, add_months(why.month, 1))
    return [_charge(contract, part, why, month, sign=1, at=at, actor=actor) for part in parts]


def _charge(
    contract: Contract, part: Part, why: Reason, month: Period, *, sign: int = -1, at: datetime, actor: Actor
) -> Charge:
    return add_charge(
        contract,
        part.key,
        text_de=part.words.de,
        text_en=part.words.en,
        quantity=Decimal(sign),
        unit="C62",
        price=part.amount.amount,
        first=month.first,
        last=month.last,
        ruling=why.ruling,
        at=at,
        actor=actor,
    )


def _credited(
    contract: Contract, part: Part, why: Reason, month: Period, *, place: Any, at: datetime
) -> books.CreditedPart:
    return books.CreditedPart(
        position=place,
        quantity=Decimal(1),
        unit="C62",
        price=part.amount.amount,
        first=month.first,
        last=month.last,
        clause=str(why.ruling.clauses[0]),
        working=why.ruling.working[0].spoken(contract.terms["language"]),
        ruling=store_ruling(
            why.ruling,
            question="contracts.given_back",
            pack=contract.pack,
            version=contract.version,
            customer_tenant=contract.customer_tenant_id,
            at=at,
        ),
    )
