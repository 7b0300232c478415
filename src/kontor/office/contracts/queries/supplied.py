"""Whom the house supplies in a month and under which terms, as the apps above are told it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.paper import letter
from kontor.office.contracts.queries.state import amendments_by_contract, amendments_of, contract_state
from kontor.office.contracts.queries.terms import terms_on
from kontor.office.contracts.queries.unlocking import opened
from kontor.office.parties import public as parties
from kontor.rulebook.contract_state import Per, Position
from kontor.rulebook.fee_reduction import monthly_fee
from kontor.rulebook.money import Money
from kontor.rulebook.period import add_months
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.unlocking import Unlocked, unlocked


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """
    A contract as others see it.

    pack         its terms with what was chosen and agreed
    first, last  its days; `last` None while no end is known
    notices_to   where declarations to the customer go
    """

    id: uuid.UUID
    number: str
    customer: str
    customer_tenant: uuid.UUID | None
    pack: TermsPack
    currency: str
    language: str
    notices_to: str
    first: date
    last: date | None


def supplied_in(month: date) -> list[Supplied]:
    """Return the contracts that run on any day of a month (its first day), by their numbers."""
    end = add_months(month, 1)
    contracts = list(Contract.objects.filter(start_on__lt=end).order_by("number"))
    rows = amendments_by_contract([each.pk for each in contracts])
    found = [_supplied(each, rows[each.pk], month) for each in contracts]
    return [each for each in found if each.last is None or each.last >= month]


def packs_in(month: date) -> list[TermsPack]:
    """Return the terms under which anybody is supplied in a month, one edition of each pack; two queries for each."""
    end, found = add_months(month, 1), []
    for pack in Contract.objects.filter(start_on__lt=end).order_by("pack").values_list("pack", flat=True).distinct():
        for contract in Contract.objects.filter(pack=pack, start_on__lt=end).order_by("-start_on", "-pk").iterator(50):
            one = _supplied(contract, amendments_by_contract([contract.pk])[contract.pk], month)
            if one.last is None or one.last >= month:
                found.append(one.pack)
                break
    return found


def supplied(contract_id: uuid.UUID, on: date) -> Supplied:
    """Return one contract with the terms of a day; Contract.DoesNotExist for a stranger's."""
    contract = Contract.objects.get(pk=contract_id)
    return _supplied(contract, amendments_by_contract([contract.pk])[contract.pk], on)


def supplied_to_us(on: date) -> list[Supplied]:
    """Return the contracts that the current tenant has received and that run on a day; for its own pages."""
    contracts = list(Contract.received.filter(start_on__lte=on).order_by("number"))
    rows = list(Amendment.received.filter(contract__in=contracts).order_by("number"))
    found = [_supplied(each, [row for row in rows if row.contract_id == each.pk], on) for each in contracts]
    return [each for each in found if each.last is None or each.last >= on]


def unlocks(contract_id: uuid.UUID) -> tuple[Unlocked, ...]:
    """Return which modules a contract opens from which day to which; Contract.DoesNotExist for a stranger's."""
    contract = Contract.objects.get(pk=contract_id)
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    changes = amendments_of(rows, pack=contract.pack, version=contract.version)
    return unlocked(changes, opened(rows, contract.terms["opens"])).value


def base_fee(contract_id: uuid.UUID, month: date) -> Money:
    """Return what a contract's recurring positions cost in a month, net; Contract.DoesNotExist for a stranger's."""
    contract = Contract.objects.get(pk=contract_id)
    currency = contract.terms["currency"]
    fees = [monthly_fee(each, currency) for each in recurring(contract, month)]
    return Money.total(fees, currency)


def letterhead(contract_id: uuid.UUID, *, language: str, on: date) -> dict[str, Any]:
    """Return what a letter to a contract's customer carries: sender, recipient, day; DoesNotExist for a stranger's."""
    contract = Contract.objects.get(pk=contract_id)
    seller, party = books.seller_card(contract.seller_id), parties.card(contract.party_id)
    return letter(seller, party, language=language, issued_on=on)


def parts_of(contract_id: uuid.UUID, on: date) -> list[tuple[str, str, Money]]:
    """Return the parts whose fee recurs, on a day: key, name, monthly fee; DoesNotExist for a stranger's contract."""
    contract = Contract.objects.get(pk=contract_id)
    names, currency = contract.terms["names"], contract.terms["currency"]
    return [(each.key, names.get(each.key, each.key), monthly_fee(each, currency)) for each in recurring(contract, on)]


def recurring(contract: Contract, month: date) -> list[Position]:
    """Return the positions of a month that are paid again and again, as they stood on its first day or the start."""
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    state = contract_state(rows, max(month, contract.start_on), pack=contract.pack, version=contract.version).value
    return [each for each in state.positions if each.per is not Per.ONCE and each.quantity > 0]


def _supplied(contract: Contract, rows: Sequence[Amendment], on: date) -> Supplied:
    state = contract_state(rows, on, pack=contract.pack, version=contract.version).value
    return Supplied(
        id=contract.pk,
        number=contract.number,
        customer=contract.customer_name,
        customer_tenant=contract.customer_tenant_id,
        pack=terms_on(contract, on, rows),
        currency=contract.terms["currency"],
        language=contract.terms["language"],
        notices_to=contract.terms["notice_customer"],
        first=contract.start_on,
        last=state.ends,
    )
