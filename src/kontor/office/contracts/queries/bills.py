"""What a contract's next invoices say: computed the same for a preview and for the run that issues them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.billing import billed_keys, billing_rule, due_rule, units_of
from kontor.office.contracts.queries.state import amendments_by_contract, amendments_of
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import DueKey, Kind
from kontor.rulebook.due import due_date
from kontor.rulebook.invoice_lines import InvoiceLine, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import NoAnswerError, PackError


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice to be: its contract, its lines, until when it is payable, and what its positions are called."""

    contract: Contract
    lines: tuple[InvoiceLine, ...]
    due: Ruling[date]
    names: Mapping[str, str]

    @property
    def net(self) -> Money:
        """The sum of the lines."""
        return Money.total([line.amount for line in self.lines], self.contract.offer.currency)

    @property
    def rows(self) -> list[tuple[str, InvoiceLine]]:
        """The lines with the names of what they bill."""
        return [(self.names.get(line.key.position, line.key.position), line) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A contract that cannot be billed, and why."""

    contract: Contract
    text: Text


def bills(contracts: Sequence[Contract], until: date, *, at: datetime) -> Iterator[Bill | Unbilled]:
    """
    Yield what is to be invoiced of these contracts until a day, one bill per day of issue, in three queries.

    contracts  with their offers; one that cannot be billed says so and holds up no other
    """
    ids = [contract.pk for contract in contracts]
    amendments, billed = amendments_by_contract(ids), billed_keys(ids)
    names = books.position_names({contract.offer.quote_id for contract in contracts})
    for contract in contracts:
        called = names[contract.offer.quote_id]
        try:
            yield from list(_bills(contract, amendments[contract.pk], billed[contract.pk], until, names=called, at=at))
        except (RefusalError, NoAnswerError, PackError) as error:
            yield Unbilled(contract, getattr(error, "text", Text(str(error), str(error))))


def _bills(
    contract: Contract,
    rows: Sequence[Amendment],
    billed: Collection[DueKey],
    until: date,
    *,
    names: Mapping[str, str],
    at: datetime,
) -> Iterator[Bill]:
    rule = billing_rule(contract)
    dues = due_on(amendments_of(rows, pack=contract.pack, version=contract.version), rule, until, billed=billed)
    by_day = defaultdict(list)
    for due in dues.value:
        by_day[due.issued_on].append(due)
    for _, group in sorted(by_day.items()):
        payable = due_rule(contract, renewal=all(due.kind is Kind.RENEWAL for due in group))
        issued_on = at.astimezone(rule.zone).date()
        yield Bill(
            contract,
            invoice_lines(group, currency=contract.offer.currency, units=units_of(contract)).value,
            due_date(issued_on, payable.within, clauses=(payable.clause,)),
            names,
        )


def contracts_by_id(ids: Collection[uuid.UUID] | None = None) -> list[Contract]:
    """Return contracts with their offers in the order in which they are billed; all of them without ids."""
    rows = Contract.objects.select_related("offer").order_by("pk")
    return list(rows if ids is None else rows.filter(pk__in=ids))
