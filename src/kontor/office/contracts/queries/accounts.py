"""Under which terms the house keeps what it has about each customer, and whose account is closed."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from kontor.kernel.keeping import Account
from kontor.office.contracts.models import Contract, Trial
from kontor.office.contracts.queries.supplied import supplied_in
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.retention import kinds_of
from kontor.rulebook.terms.protection import Kept


def accounts(on: date) -> Iterator[Account]:
    """
    Yield every customer that has, or had, a contract or a trial; a fixed number of queries.

    An account is closed on the day after the last of its contracts, unless it tries something out or begins anew.
    """
    kinds: dict[uuid.UUID, dict[str, Mapping[str, Kept]]] = defaultdict(dict)
    read: dict[str, Mapping[str, Kept]] = {}
    supplied = supplied_in(on.replace(day=1))
    open_: set[uuid.UUID | None] = {one.customer_tenant for one in supplied if _runs(one.last, on)}
    for tenant, start, terms in Contract.objects.values_list("customer_tenant_id", "start_on", "terms"):
        if start > on:
            open_.add(tenant)
        kinds[tenant] |= _kinds(terms, read)
    for tenant, ended_by, terms in Trial.objects.values_list("customer_tenant_id", "ended_by", "terms"):
        if not ended_by:
            open_.add(tenant)
        kinds[tenant] |= _kinds(terms, read)
    for tenant, found in kinds.items():
        yield Account(tenant=tenant, kinds=tuple(found.values()), closed=tenant not in open_)


def _runs(last: date | None, on: date) -> bool:
    return last is None or last >= on


def _kinds(terms: Mapping[str, object], read: dict[str, Mapping[str, Kept]]) -> dict[str, Mapping[str, Kept]]:
    """Return what one contract's terms say of keeping, under a key of their own; the same terms are read once."""
    key = json.dumps([terms[part] for part in ("pack", "version", "settings", "agreed")], sort_keys=True)
    if key not in read:
        read[key] = kinds_of(pack_of_terms(terms))
    return {key: read[key]}
