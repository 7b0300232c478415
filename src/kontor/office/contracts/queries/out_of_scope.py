"""Wishes out of scope with where they stand, and people whose address belongs to another company."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kontor.office.contracts.models import Contract, ForeignUser, OfferState, ScopeRequest
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties

INTERNAL_USE = "internal_use"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish and where it stands: "waiting", "offered", "accepted", "done" or "declined"."""

    row: ScopeRequest
    state: str


def wishes_of(contract_id: uuid.UUID, *, own: bool) -> list[Wish]:
    """Return the wishes out of a contract's scope, the newest first; two queries."""
    rows = ScopeRequest.objects.all() if own else ScopeRequest.received.all()
    found = list(rows.filter(contract_id=contract_id).order_by("-number"))
    return _standing(found, own=own)


def wishes_waiting() -> list[Wish]:
    """Return the wishes of all customers that wait for an offer or for the work, the oldest first; two queries."""
    rows = ScopeRequest.objects.filter(done_at=None, declined_at=None).select_related("contract").order_by("at", "pk")
    return [each for each in _standing(list(rows), own=True) if each.state in ("waiting", "accepted")]


def foreign_users() -> list[ForeignUser]:
    """Return the people whose address is to be looked at, the oldest finding first; one query."""
    return list(ForeignUser.objects.filter(closed_at=None).select_related("contract").order_by("at", "pk"))


def only_for_itself(contract: Contract) -> bool:
    """Tell whether the terms demand the declaration that the service is used for internal purposes only."""
    declarations = pack_of_terms(contract.terms).declarations
    required = declarations.required if declarations else None
    return required is not None and any(item.key == INTERNAL_USE for item in required.value)


def domains_of_companies() -> dict[str, tuple[uuid.UUID, str]]:
    """
    Return whose company a domain is: domain -> the customer's tenant and its name.

    It is the domain of the address that the house keeps of the company; one that several customers share, as a mail
    provider's, is nobody's.
    """
    found: dict[str, dict[uuid.UUID, str]] = {}
    contracts = list(Contract.objects.order_by("number"))
    cards = parties.cards({contract.party_id for contract in contracts})
    for contract in contracts:
        if contract.customer_tenant_id is not None:
            domain = domain_of(cards[contract.party_id].email)
            found.setdefault(domain, {})[contract.customer_tenant_id] = contract.customer_name
    return {domain: next(iter(known.items())) for domain, known in found.items() if len(known) == 1}


def domain_of(address: str) -> str:
    """Return the domain of a mail address, in small letters."""
    return address.rpartition("@")[2].lower()


def _standing(rows: list[ScopeRequest], *, own: bool) -> list[Wish]:
    named = {row.offered_in for row in rows if row.offered_in}
    accepted = _accepted(named) if own else {}  # the customer accepted the offer itself, on the offer's own page
    return [Wish(row, _state(row, accepted)) for row in rows]


def _accepted(numbers: Collection[str]) -> Mapping[str, bool]:
    accepted = (OfferState.State.ACCEPTED, OfferState.State.CONFIRMED)
    rows = OfferState.objects.filter(offer__number__in=numbers, state__in=accepted)
    return dict.fromkeys(rows.values_list("offer__number", flat=True), True)


def _state(row: ScopeRequest, accepted: Mapping[str, bool]) -> str:
    if row.done_at or row.declined_at:
        return "done" if row.done_at else "declined"
    if not row.offered_in:
        return "waiting"
    return "accepted" if row.offered_in in accepted else "offered"
