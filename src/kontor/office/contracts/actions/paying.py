"""What a customer does about paying under its contract: read the mandate's form, give a mandate."""

import uuid
from datetime import datetime

from kontor.kernel.actor import Actor
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract


def open_mandate_form(contract: Contract, *, at: datetime, actor: Actor) -> books.MandateForm | None:
    """Return what a mandate for this contract's seller says; None where the seller cannot collect."""
    del at, actor  # the kernel records who looked, in both trails
    return books.mandate_form(contract.seller_id)


def give_mandate(contract: Contract, *, signing: books.Signing, at: datetime, actor: Actor) -> uuid.UUID:
    """Give this contract's seller a mandate; see books' sign_mandate for what is refused."""
    return books.sign_mandate(
        signing,
        seller=contract.seller_id,
        party=contract.party_id,
        customer_tenant=contract.customer_tenant_id,
        at=at,
        actor=actor,
    )
