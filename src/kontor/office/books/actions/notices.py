"""Bank notifications (camt.054): read once, what came back is taken from them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.books.actions.settling import note_returns, returns_of
from kontor.office.books.actions.statements import StatementRefusedError
from kontor.office.books.formats.camt054 import Notification, read_camt054
from kontor.office.books.models import BankNotice, Seller
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """A notification of a file: `made` is False where it was here already; `returned` counts debits that came back."""

    identification: str
    made: bool
    returned: int


@transaction.atomic
def import_notices(content: bytes, *, seller: uuid.UUID, at: datetime, actor: Actor) -> list[NoticeRead]:
    """
    Read a camt.054 file and take from it what came back, each notification once.

    RefusedXmlError for what is no harmless camt.054, StatementRefusedError for another account. Seller.DoesNotExist for
    a stranger's id.
    """
    found = read_camt054(content)
    owner = Seller.objects.select_for_update(no_key=True).get(pk=seller)
    return [_read(each, owner, at=at, actor=actor) for each in found]


def _read(one: Notification, owner: Seller, *, at: datetime, actor: Actor) -> NoticeRead:
    if one.account.replace(" ", "").upper() != owner.iban.replace(" ", "").upper():
        raise StatementRefusedError(
            Text(
                f"Die Anzeige {one.identification} gehört zum Konto {one.account}, {owner.name} hat {owner.iban}.",
                f"Notification {one.identification} is of account {one.account}, {owner.name} has {owner.iban}.",
            )
        )
    if BankNotice.objects.filter(seller=owner, key=one.key).exists():
        return NoticeRead(one.identification, made=False, returned=0)
    back = returns_of([None] * len(one.entries), one.entries)
    returned = note_returns(back, at=at, actor=actor)
    row = BankNotice.objects.create(
        seller=owner, key=one.key, identification=one.identification[:100], returns_count=returned, at=at
    )
    record("books.notice_read", row, at=at, actor=actor, after={"returns": returned})
    return NoticeRead(one.identification, made=True, returned=returned)
