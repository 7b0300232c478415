"""Bank statements: read, proved, kept once, and what is beyond doubt booked at once."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.payments import REFERENCE, Booking, Share, book_payments
from kontor.office.books.actions.settling import book_collected, note_returns, returns_of
from kontor.office.books.formats.bank_statement import Statement, Transaction
from kontor.office.books.formats.camt053 import read_camt053
from kontor.office.books.models import BankEntry, BankStatement, InvoiceBalance, Seller
from kontor.office.books.queries.matching import Proposal, Receivables, proposals
from kontor.office.books.queries.receivables import incoming, receivables
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class StatementRefusedError(RefusalError):
    """A statement that is not taken: another account's, or one that differs from what was read before."""


@dataclass(frozen=True, slots=True)
class Imported:
    """
    A statement of a file.

    made     False where it was here already and nothing changed
    booked   how many entries were matched at once
    waiting  how many that came in wait for a hand
    """

    id: uuid.UUID
    identification: str
    made: bool
    entries: int
    booked: int
    waiting: int


@transaction.atomic
def import_statement(content: bytes, *, seller: uuid.UUID, at: datetime, actor: Actor) -> list[Imported]:
    """
    Read a camt.053 file and keep its statements, each once; book what names its invoices and is exactly their sum.

    All or nothing: RefusedXmlError for what is no harmless, complete camt.053, StatementRefusedError for a statement of
    another account, or one known with other entries. Seller.DoesNotExist for a stranger's id.
    """
    statements = read_camt053(content)
    owner = Seller.objects.select_for_update(no_key=True).get(pk=seller)  # one import of an account at a time
    for statement in statements:
        _refuse_other_account(statement, owner)
    known = {
        row.key: row for row in BankStatement.objects.filter(seller=owner, key__in=[each.key for each in statements])
    }
    digest = hashlib.sha256(content).digest()
    answers = []
    for statement in statements:
        if row := known.get(statement.key):
            answers.append(_unchanged(row, statement))
        else:
            answers.append(_kept(statement, owner, digest, at=at, actor=actor))
    return answers


def _refuse_other_account(statement: Statement, owner: Seller) -> None:
    if _plain(statement.account) != _plain(owner.iban):
        raise StatementRefusedError(
            Text(
                f"Der Auszug {statement.identification} gehört zum Konto {statement.account}, "
                f"{owner.name} hat {owner.iban}.",
                f"Statement {statement.identification} is of account {statement.account}, "
                f"{owner.name} has {owner.iban}.",
            )
        )
    if statement.currency != owner.currency:
        raise StatementRefusedError(
            Text(
                f"Der Auszug {statement.identification} lautet auf {statement.currency}, "
                f"{owner.name} rechnet in {owner.currency}.",
                f"Statement {statement.identification} is in {statement.currency}, "
                f"{owner.name} keeps books in {owner.currency}.",
            )
        )


def _plain(account: str) -> str:
    return account.replace(" ", "").upper()


def _unchanged(row: BankStatement, statement: Statement) -> Imported:
    """Answer for a statement that is here already; StatementRefusedError where the bank now says something else."""
    keys = set(row.entries.values_list("key", flat=True))
    same = (row.opening_minor, row.closing_minor) == (statement.opening.minor, statement.closing.minor)
    if not same or keys != {each.key for each in statement.transactions}:
        raise StatementRefusedError(
            Text(
                f"Der Auszug {statement.identification} ist schon da, aber mit anderen Buchungen.",
                f"Statement {statement.identification} is here already, but with other entries.",
            )
        )
    return Imported(row.pk, row.identification, made=False, entries=row.entries_count, booked=0, waiting=0)


def _kept(statement: Statement, owner: Seller, digest: bytes, *, at: datetime, actor: Actor) -> Imported:
    row = BankStatement.objects.create(
        seller=owner,
        key=statement.key,
        identification=statement.identification,
        sha256=digest,
        opening_minor=statement.opening.minor,
        closing_minor=statement.closing.minor,
        currency=statement.currency,
        booked_until=statement.closed_on,
        entries_count=len(statement.transactions),
        at=at,
    )
    entries = [_entry(row, each) for each in statement.transactions]
    BankEntry.objects.bulk_create(entries)
    record("books.statement_imported", row, at=at, actor=actor, after=_shown(row))
    came_in = [entry for entry in entries if entry.amount_minor > 0 and not entry.returned_reason]
    collected = book_collected(came_in, at=at, actor=actor)
    note_returns(returns_of(entries, statement.transactions), at=at, actor=actor)
    open_ones = [entry for entry in came_in if entry.pk not in collected]
    booked = len(collected) + _book_certain(open_ones, owner, at=at, actor=actor)
    return Imported(row.pk, row.identification, True, len(entries), booked, len(came_in) - booked)


def _entry(statement: BankStatement, one: Transaction) -> BankEntry:
    return BankEntry(
        id=uuid7(),
        statement=statement,
        key=one.key,
        position=one.position,
        amount_minor=one.amount.minor,
        currency=one.amount.currency,
        booked_on=one.booked_on,
        value_on=one.value_on,
        counterparty=one.counterparty[:200],
        iban=_plain(one.iban),
        iban_fingerprint=parties.fingerprint(one.iban) if one.iban else None,
        end_to_end=one.end_to_end[:100],
        remittance=one.remittance,
        references=" ".join(one.references),
        returned_reason=one.returned_reason[:10],
        group=one.group[:35],
        mandate=one.mandate[:35],
    )


def _book_certain(entries: Sequence[BankEntry], owner: Seller, *, at: datetime, actor: Actor) -> int:
    """Book what is beyond doubt; decided twice, the second time with the invoices locked, as others book too."""
    wanted = {share.id for found in _certain(entries, owner).values() for share, _ in found.shares}
    rows = InvoiceBalance.objects.select_for_update(no_key=True, of=("self",)).filter(invoice__in=wanted)
    list(rows.order_by("invoice_id"))
    decided = _certain(entries, owner) if wanted else {}
    bookings = [
        Booking(
            shares=tuple(Share(invoice.id, minor, REFERENCE) for invoice, minor in decided[entry.pk].shares),
            money=Money(entry.currency, entry.amount_minor),
            paid_on=entry.value_on,
            entry=entry,
        )
        for entry in entries
        if entry.pk in decided
    ]
    return len(book_payments(bookings, at=at, actor=actor))


def _certain(entries: Sequence[BankEntry], owner: Seller) -> dict[uuid.UUID, Proposal]:
    """Return what may be booked, by entry; of two payments for one invoice only the first is certain."""
    open_ones = receivables([owner.pk]).get((owner.pk, owner.currency), Receivables(()))
    taken: set[uuid.UUID] = set()
    decided: dict[uuid.UUID, Proposal] = {}
    for entry, money in zip(entries, incoming(entries), strict=True):
        best = next(iter(proposals(money, open_ones)), None)
        if best and best.certain and taken.isdisjoint(invoice.id for invoice, _ in best.shares):
            taken |= {invoice.id for invoice, _ in best.shares}
            decided[entry.pk] = best
    return decided


def _shown(row: BankStatement) -> dict[str, object]:
    return {
        "identification": row.identification,
        "entries": row.entries_count,
        "closing_minor": row.closing_minor,
        "currency": row.currency,
        "booked_until": row.booked_until,
    }
