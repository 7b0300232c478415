"""The bank of the simulation: debits are presented by file; statements tell what came, what did not, and the fees."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.house import Market, noon
from benchmarks.oracle.deal import Back, Deal
from benchmarks.paid import Till
from kontor.office.books.actions.collecting import make_collection, reject_debit
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.models import Announcement, Debit, InvoiceBalance
from tests.office.books.formats.statements import Detail, Entry, Paper, camt

FUNDS, CLOSED = "AM04", "AC04"  # ISO 20022 reasons: not enough money; the account is closed


class Bank:
    """Debits on their way and the days on which the bank tells of them; the caller works as the house."""

    def __init__(self, market: Market, deals: Mapping[uuid.UUID, Deal], till: Till) -> None:
        self.market, self.deals, self.till = market, deals, till
        self.coming: dict[date, list[Debit]] = defaultdict(list)
        self.going: dict[date, list[tuple[Debit, Back]]] = defaultdict(list)

    def is_quiet(self, day: date) -> bool:
        """Tell whether the bank tells nothing on a day."""
        return day not in self.coming and day not in self.going

    def present(self, announced: Iterable[Announcement], places: Mapping[uuid.UUID, int], *, day: date) -> None:
        """Make one file of what was announced on a day, where debits are presented; `places` by invoice."""
        taken = [each for each in announced if self.deals[each.invoice.subject_id].debited]
        if not taken:
            return
        house = self.market.house
        batch = make_collection([each.pk for each in taken], seller=house.seller.pk, at=noon(day), actor=house.actor)
        for debit in Debit.objects.filter(batch=batch).select_related("invoice").defer("invoice__document"):
            deal = self.deals[debit.invoice.subject_id]
            back = deal.back[places[debit.invoice_id] % len(deal.back)]
            self.till.collected.add(debit.invoice_id)
            if back is None or back.days:
                self.coming[debit.collect_on].append(debit)
            if back is not None:
                self.going[debit.collect_on + timedelta(days=back.days)].append((debit, back))

    def tell(self, day: date) -> None:
        """Read in the statement of a day, and note what the bank refused."""
        came, went = self.coming.pop(day, []), self.going.pop(day, [])
        house, entries = self.market.house, [_credit(each, day) for each in came]
        for debit, back in went:
            if back.days:
                entries.append(_return(debit, back, day))
            else:
                code = CLOSED if back.dead else FUNDS
                reject_debit(debit.pk, code=code, on=day, at=noon(day), actor=house.actor)
        if entries:
            import_statement(
                camt([_paper(entries, day)], "08"), seller=house.seller.pk, at=noon(day), actor=house.actor
            )
        self._transfer([debit for debit, _ in went], [back for _, back in went], day)

    def _transfer(self, debits: Sequence[Debit], backs: Sequence[Back], day: date) -> None:
        rows = InvoiceBalance.objects.filter(invoice__in=[each.invoice_id for each in debits]) if debits else ()
        due = {row.invoice_id: row.due_on for row in rows}
        for debit, back in zip(debits, backs, strict=True):
            self.till.expect_late(debit.invoice, since=max(due[debit.invoice_id], day), later=back.later)


def _credit(debit: Debit, day: date) -> Entry:
    return Entry(
        _euros(debit.amount_minor), details=(Detail(end_to_end=debit.end_to_end),), booked=f"{day}", value=f"{day}",
        reference=f"C {debit.end_to_end}",
    )  # fmt: skip


def _return(debit: Debit, back: Back, day: date) -> Entry:
    told = Detail(_euros(debit.amount_minor), debit.end_to_end, returned=CLOSED if back.dead else FUNDS)
    fee = Detail(_euros(back.fee), name="Bank der Simulation", role="Cdtr")
    return Entry(
        _euros(debit.amount_minor + back.fee), "DBIT", (told, fee), booked=f"{day}", value=f"{day}",
        reference=f"R {debit.end_to_end}",
    )  # fmt: skip


def _paper(entries: Sequence[Entry], day: date) -> Paper:
    """Return a statement that opens with so much that it never closes below zero."""
    moved = sum(Decimal(each.amount) * (1 if each.side == "CRDT" else -1) for each in entries)
    return Paper(
        tuple(entries), opening="1000000.00", closing=f"{Decimal(1_000_000) + moved:.2f}", identification=f"{day}",
        opened=f"{day}", closed=f"{day}",
    )  # fmt: skip


def _euros(minor: int) -> str:
    return f"{Decimal(minor) / 100:.2f}"
