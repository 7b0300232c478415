"""Everything of a seller that can go to the bank, in one file: what the month's close does without asking."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.office.books.actions.collecting import make_collection
from kontor.office.books.queries.debit_facts import DebitFact, announced_debits


@transaction.atomic
def collect_ready(seller: uuid.UUID, *, at: datetime, actor: Actor) -> list[DebitFact]:
    """
    Make one file for the bank of all debits of a seller that can go as they were announced; none where none can.

    Returns what was announced, also what could not go, with its problem. Refusals are those of `make_collection`.
    """
    found = announced_debits(seller, at=at)
    if ready := [each.id for each in found if each.problem is None]:
        make_collection(ready, seller=seller, at=at, actor=actor)
    return found
