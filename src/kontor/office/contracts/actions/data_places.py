"""What a customer's contract demands of where its data lies, noted where files are kept."""

import uuid
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.data_places import demand
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE
from kontor.rulebook.data_places import countries_demanded
from kontor.rulebook.terms import TermsPack


@transaction.atomic
def keep_where_demanded(tenant: uuid.UUID, pack: TermsPack, *, country: str, on: date, at: datetime) -> None:
    """
    Note in which countries a customer's data must lie from now on, by the pack, with the decision; repeating is free.

    country  of the customer, "" where nobody knows it
    """
    ruling = countries_demanded(pack, customer_in=country, on=on)
    stored = store_ruling(
        ruling, question="contracts.data_place", pack=pack.key, version=pack.version, customer_tenant=tenant, at=at
    )
    clause = str(ruling.clauses[0]) if ruling.value else ""
    demand(
        tenant, pack=pack.key, version=pack.version, countries_named=ruling.value, clause=clause, ruling=stored, at=at,
        actor=MACHINE,
    )  # fmt: skip
