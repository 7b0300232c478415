"""Many contracts at once: one is concluded by the product's own actions, the others are copies of its rows."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import models

from kontor.kernel.models import Tenant
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Quote, QuoteLine
from kontor.office.contracts.actions import conclusion
from kontor.office.contracts.models import Amendment, Contract, Offer
from kontor.office.parties.models import Party
from tests.factories import AT, House, accept, make_draft, make_party, send

M = TypeVar("M", bound=models.Model)


def one_contract(house: House, *, without: Sequence[str] = ()) -> Contract:
    """Conclude a contract of the house's price list, without the items of these keys."""
    draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        draft.lines.filter(item__key__in=without).delete()
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
        return Contract.objects.select_related("offer__quote", "party").get(offer=offer)


def copies(
    contract: Contract, customers: Sequence[Mapping[str, Any]], *, tenants: Sequence[Tenant] = ()
) -> list[Contract]:
    """
    Copy, as its tenant, all that billing reads of a contract for further customers, each told by what differs.

    tenants  where the customers work, one each; without them all work where the first one does
    """
    lines, amendments = list(contract.offer.quote.lines.all()), list(Amendment.objects.filter(contract=contract))
    made: dict[type[models.Model], list[Any]] = {
        model: [] for model in (Party, Quote, QuoteLine, Offer, Contract, Amendment)
    }
    for number, customer in enumerate(customers, 1):
        party = copied(contract.party, **customer)
        quote = copied(contract.offer.quote, party=party, number=f"{contract.offer.quote.number}-{number}")
        offer = copied(contract.offer, party=party, quote=quote, number=f"{contract.offer.number}-{number}")
        own = {"party": party, "offer": offer, "number": f"{contract.number}-{number}", "customer_name": party.name}
        shared = {"customer_tenant": tenants[number - 1]} if tenants else {}
        copy = copied(contract, **own, **shared)
        made[Amendment] += [copied(change, contract=copy, **shared) for change in amendments]
        made[QuoteLine] += [copied(line, quote=quote) for line in lines]
        for row in (party, quote, offer, copy):
            made[type(row)].append(row)
    for model, rows in made.items():
        model._default_manager.bulk_create(rows, batch_size=500)
    return made[Contract]


def copied(row: M, **changed: Any) -> M:
    """Return an unsaved copy of a row under an id of its own."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} | {"id": uuid7()}
    values.pop("made_in", None)
    made = type(row)(**values)
    for name, value in changed.items():
        setattr(made, name, value)
    return made
