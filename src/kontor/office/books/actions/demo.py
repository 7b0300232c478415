"""What the demo shows of direct debits: a creditor, and one collection on its way."""

import uuid
from collections.abc import Collection
from datetime import datetime

from kontor.kernel.actor import MACHINE
from kontor.office.books.actions.announcing import announce_again
from kontor.office.books.actions.collecting import make_collection


def collect_in_demo(seller: uuid.UUID, invoices: Collection[uuid.UUID], *, announced: datetime, sent: datetime) -> None:
    """Announce the debit of open invoices, and make the file for the bank of them a day later."""
    made = [announce_again(each, on=None, at=announced, actor=MACHINE).pk for each in invoices]
    make_collection(made, seller=seller, at=sent, actor=MACHINE)
