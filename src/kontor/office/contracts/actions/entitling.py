"""
What a customer may use, kept as its contract says: modules and seats by the amendments, the running term, a known end.

Write `follow(contract, at=at, actor=actor)` after every amendment, in the same transaction; a job then writes the
entitlements as the customer's tenant. It reads the contract anew, so that jobs may run late, twice or in any order.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.meters import look_again
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.rights import Grant, settle
from kontor.kernel.actor import Actor
from kontor.kernel.models import Entitlement
from kontor.kernel.queries.blobs import STORAGE
from kontor.kernel.wording import day
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract, Offer
from kontor.office.contracts.queries.limited import charged, limited, terms_between, warned_at
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.unlocking import opened
from kontor.office.privacy import public as privacy
from kontor.rulebook import terms
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.unlocking import Unlocked, last_known, together, unlocked


def follow(contract: Contract, *, at: datetime, actor: Actor) -> None:
    """Have the customer's entitlements follow the contract, whatever was changed; repeating it changes nothing."""
    follow_all([contract], at=at, actor=actor)


def follow_all(contracts: Collection[Contract], *, at: datetime, actor: Actor) -> None:  # noqa: ARG001  as all actions
    """Have the entitlements of many customers follow their contracts, in three queries."""
    told = positions_told(contracts)
    who = {"kind": actor.kind, "id": str(actor.id) if actor.id else None}
    jobs = []
    for each in contracts:
        assert each.customer_tenant_id is not None, "a contract names its customer's tenant from the start"
        given = {"contract": str(each.pk), "positions": told[each.pk], "actor": who}
        jobs.append((each.customer_tenant_id, given))
    queue_many("contracts.entitle", jobs)


def positions_told(contracts: Collection[Contract]) -> dict[uuid.UUID, dict[str, list[str]]]:
    """Return which module and unit each contract's first positions open, in JSON's terms: contract -> key -> both."""
    offers = dict(Offer.objects.filter(pk__in={each.offer_id for each in contracts}).values_list("pk", "quote_id"))
    quotes = {each.pk: offers[each.offer_id] for each in contracts}  # not joined: two policies find nothing by an index
    known = books.opened_by(set(quotes.values()))
    return {pk: {key: list(both) for key, both in known[quote].items()} for pk, quote in quotes.items()}


@transaction.atomic
def entitle(
    contract_id: uuid.UUID, positions: Mapping[str, Collection[str]], *, at: datetime, actor: Actor
) -> list[Entitlement]:
    """
    Give the current tenant, the customer, what its contract unlocks, and take what it unlocks no more.

    positions  what the first positions open, as the supplier told; those added later say it in their amendments

    What handles personal data stays locked before the agreement under Art. 28 that the contract demands (visitor 10.2).
    """
    contract = Contract.received.get(pk=contract_id)
    rows = list(Amendment.received.filter(contract_id=contract_id).order_by("number"))
    changes = amendments_of(rows, pack=contract.pack, version=contract.version)
    parts = unlocked(changes, opened(rows, positions)).value
    limits = limited(contract, rows, parts)
    open_to = {part.module for part in parts if part.module != STORAGE}
    open_to -= privacy.withheld(contract.pk, terms.load(contract.pack, version=contract.version), open_to).keys()
    plain = [_grant(contract, part) for part in parts if part.module in open_to]
    grants = [*plain, *_limits(contract, rows, limits), *_charged(contract, rows)]
    written = settle(grants, contract=contract_id, at=at, actor=actor)
    names = {part.module for part in limits}
    for key in (one.key for module in registry.modules() for one in module.meters if one.name in names):
        look_again(key, at=at)
    return written


def actor_told(told: Mapping[str, Any]) -> Actor:
    """Return who changed the contract, as the job was told."""
    return Actor(told["kind"], uuid.UUID(told["id"]) if told["id"] else None)


def _grant(contract: Contract, part: Unlocked) -> Grant:
    last = part.end - ONE_DAY if part.end else None
    return Grant(
        module=part.module,
        unit=part.unit,
        quantity=part.quantity,
        from_on=part.first,
        until_on=part.end,
        clause=part.clauses[0].number if part.clauses else "",
        reason_de=f"Vertrag {contract.number}, vom {day(part.first, 'de')}"
        + (f" bis {day(last, 'de')}" if last else ""),
        reason_en=f"Contract {contract.number}, from {day(part.first, 'en')}"
        + (f" to {day(last, 'en')}" if last else ""),
    )


def _limits(contract: Contract, rows: Sequence[Amendment], limits: Iterable[Unlocked]) -> Iterator[Grant]:
    """A limit counts by the clocks of its contract, and warns as the terms of its days say."""
    for part in limits:
        told = [
            (warned_at(pack), pack.zone, replace(part, first=first, end=end))
            for pack, first, end in terms_between(contract, rows, part.first, part.end)
        ]
        for (warn, zone), group in groupby(told, key=lambda each: each[:2]):
            days = [each for _, _, each in group]
            whole = replace(part, first=days[0].first, end=days[-1].end)
            yield replace(_grant(contract, whole), zone=zone, warn_at=warn)


def _charged(contract: Contract, rows: Sequence[Amendment]) -> Iterator[Grant]:
    """What is charged beyond is refused by no other contract: an entitlement without a number while that holds."""
    end = last_known(history_of(contract, rows).state(date.max))
    if end is not None and end <= contract.start_on:
        return
    told = [
        Unlocked(name, unit, first, until, 0, (clause,))
        for pack, first, until in terms_between(contract, rows, contract.start_on, end)
        for name, unit, clause in charged(pack)
    ]
    for part in together(told):
        yield replace(_grant(contract, part), quantity=None)
