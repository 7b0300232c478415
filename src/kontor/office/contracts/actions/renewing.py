"""Renewing: a contract that nobody ended in time runs for another term, written down once, with all that follows."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.amending import Amending, amend_many
from kontor.office.contracts.actions.entitling import follow_all
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.renewals import renewals
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.rulebook.contract_state import SetTerm
from kontor.rulebook.ruling import Ruling

RENEWAL = "renewal"


@transaction.atomic
def renew(contract_ids: Collection[uuid.UUID], *, at: datetime) -> list[Amendment]:
    """
    Renew those of these contracts whose last day for notice is over, in a fixed number of queries.

    A contract with a known end is left alone. What was missed while nothing ran is made up for, term by term; asking
    again renews nothing. A notice that arrived in time and is entered later ends the contract all the same.
    """
    _one_at_a_time()
    contracts = list(Contract.objects.filter(pk__in=contract_ids).order_by("pk"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    orders = [order for contract in contracts for order in _orders(contract, rows[contract.pk], at=at)]
    if not orders:
        return []
    made = amend_many(orders, at=at, actor=MACHINE)
    renewed = {order.contract.pk: order.contract for order in orders}
    follow_all(list(renewed.values()), at=at, actor=MACHINE)
    for order in orders:
        publish("contracts.renewed", {"number": order.contract.number, "from": order.effective_on}, at=at)
    return made


def _orders(contract: Contract, rows: Sequence[Amendment], *, at: datetime) -> Iterator[Amending]:
    ruling = renewals(contract, rows, at=at)
    if ruling is None:
        return
    for term in ruling.value:
        yield Amending(
            contract=contract,
            kind=RENEWAL,
            changes=[SetTerm(term)],
            effective_on=term.first,
            ruling=Ruling(term, ruling.clauses, ruling.inputs, ruling.working),
        )


def _one_at_a_time() -> None:
    """Let no two batches of one tenant renew at once: the second sees what the first has written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"renewing {current_tenant()}"])
