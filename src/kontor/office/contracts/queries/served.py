"""Contracts as whoever looks after a customer needs them: the terms of a day, whose they are, who may ask."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.contacts import acting, contract_day
from kontor.office.contracts.queries.remembered import remembered_state
from kontor.office.contracts.queries.terms import pack_of_version, terms_on
from kontor.rulebook.extra_work import kinds_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack

_ENOUGH: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    A contract under which somebody is looked after, on a day.

    running   it has begun to bind and has not ended; contacts  folded addresses of those who act for the customer
    charged   kinds of work beside the contract that may be charged: key -> words
    """

    id: uuid.UUID
    number: str
    party: uuid.UUID
    customer_tenant: uuid.UUID | None
    customer_name: str
    seller_name: str
    pack: TermsPack
    currency: str
    running: bool
    contacts: frozenset[str]
    charged: dict[str, Text]


def served(contract_id: uuid.UUID, *, at: datetime) -> Served:
    """Return one contract of the current tenant, as its provider; DoesNotExist for a stranger's."""
    (found,) = _served([Contract.objects.get(pk=contract_id)], at, own=True)
    return found


def served_all(*, at: datetime, parties: Collection[uuid.UUID] | None = None) -> list[Served]:
    """Return the contracts that the current tenant made with its customers, or with some of them, the latest first."""
    rows = Contract.objects.order_by("customer_name", "-start_on", "-pk")
    return list(_served(rows if parties is None else rows.filter(party_id__in=parties), at, own=True))


def served_here(*, at: datetime) -> list[Served]:
    """Return the contracts that the current tenant received as a customer, the latest first."""
    return list(_served(Contract.received.order_by("-start_on", "-pk"), at, own=False))


def terms_of_version(contract_id: uuid.UUID, version: str) -> TermsPack:
    """Return a version of the terms as the contract has it; DoesNotExist for a stranger's contract."""
    return pack_of_version(Contract.objects.get(pk=contract_id), version)


def contract_of_sender(email: str, party: uuid.UUID | None) -> tuple[uuid.UUID | None, str]:
    """
    Return the latest contract of whoever writes, and the language it is kept in; no contract for a stranger.

    party  whose address it is known to be; else whoever signed a contract with it counts
    """
    rows = Contract.objects.order_by("-start_on", "-pk")
    rows = rows.filter(party_id=party) if party else rows.filter(signature__email__iexact=email)
    found = rows.values_list("pk", "party_id", "offer__language")[:_ENOUGH]
    if not found or len({of for _pk, of, _language in found}) > 1:
        return None, "de"
    return found[0][0], found[0][2]


def _served(contracts: object, at: datetime, *, own: bool) -> Iterator[Served]:
    found = list(contracts)  # type: ignore[call-overload]  # rows or a list of them
    rows: dict[uuid.UUID, list[Amendment]] = {each.pk: [] for each in found}
    seen = Amendment.objects if own else Amendment.received
    for row in seen.filter(contract_id__in=rows).order_by("contract_id", "number"):
        rows[row.contract_id].append(row)
    for contract in found:
        today = contract_day(contract, at)
        state = remembered_state(contract, rows[contract.pk], today)
        pack = terms_on(contract, today, rows[contract.pk])
        yield Served(
            id=contract.pk,
            number=contract.number,
            party=contract.party_id,
            customer_tenant=contract.customer_tenant_id,
            customer_name=contract.customer_name,
            seller_name=contract.seller_name,
            pack=pack,
            currency=contract.terms["currency"],
            running=state.runs_on(today),
            contacts=acting(contract, "declares", on=today),
            charged=kinds_of(pack),
        )
