"""What a contract's next invoices say: computed the same for a preview and for the run that issues them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Charge, Contract
from kontor.office.contracts.queries.billing import (
    DueRule,
    billed_keys,
    billing_rule,
    collection_term,
    due_rule,
    units_of,
)
from kontor.office.contracts.queries.charges import (
    amount_of,
    clause_of_charge,
    open_charges,
    period_of_charge,
    text_of_charge,
)
from kontor.office.contracts.queries.running import AHEAD
from kontor.office.contracts.queries.state import amendments_by_contract, amendments_of
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, Due, DueKey, Kind
from kontor.rulebook.invoice_lines import InvoiceLine, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import NoAnswerError, PackError


@dataclass(frozen=True, slots=True)
class ChargedRow:
    """A charge as a page shows it."""

    text: Text
    period: Period
    clause: Clause
    amount: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """
    One invoice to be: its contract, its lines, until when it is payable, and what its positions are called.

    charges  what is charged once beside the positions, taken along by this invoice
    collection  how long a direct debit waits; None where the terms do not say
    """

    contract: Contract
    lines: tuple[InvoiceLine, ...]
    due: Ruling[date]
    names: Mapping[str, str]
    payable: DueRule
    charges: tuple[Charge, ...] = ()
    collection: books.CollectionTerm | None = None

    @property
    def net(self) -> Money:
        """The sum of the lines."""
        amounts = [*(line.amount for line in self.lines), *(amount_of(charge) for charge in self.charges)]
        return Money.total(amounts, self.contract.offer.currency)

    @property
    def rows(self) -> list[tuple[str, InvoiceLine]]:
        """The lines with the names of what they bill."""
        return [(self.names.get(line.key.position, line.key.position), line) for line in self.lines]

    @property
    def charged(self) -> list[ChargedRow]:
        """The charges as a page shows them."""
        version, pack = self.contract.version, self.contract.pack
        return [
            ChargedRow(
                text_of_charge(charge),
                period_of_charge(charge),
                clause_of_charge(charge, pack=pack, version=version),
                amount_of(charge),
            )
            for charge in self.charges
        ]


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A contract that cannot be billed, and why."""

    contract: Contract
    text: Text


def bills(contracts: Sequence[Contract], until: date, *, at: datetime) -> Iterator[Bill | Unbilled]:
    """
    Yield what is to be invoiced of these contracts until a day, one bill per day of issue, in four queries.

    contracts  with their offers; one that cannot be billed says so and holds up no other
    """
    ids = [contract.pk for contract in contracts]
    amendments, billed, charges = amendments_by_contract(ids), billed_keys(ids), open_charges(ids)
    names = books.position_names({contract.offer.quote_id for contract in contracts})
    for contract in contracts:
        called = names[contract.offer.quote_id] | added_names(amendments[contract.pk])
        try:
            asked = _Asked(
                contract,
                billing_rule(contract, amendments[contract.pk]),
                amendments[contract.pk],
                billed[contract.pk],
                until=until,
                names=called,
                at=at,
            )
            yield from list(_bills(asked, [each for each in charges[contract.pk] if each.first <= until]))
        except (RefusalError, NoAnswerError, PackError) as error:
            yield Unbilled(contract, getattr(error, "text", Text(str(error), str(error))))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One contract, what was billed of it, and until when it is billed now."""

    contract: Contract
    rule: BillingRule
    rows: Sequence[Amendment]
    billed: Collection[DueKey]
    until: date
    names: Mapping[str, str]
    at: datetime

    def dues(self, until: date) -> tuple[Due, ...]:
        amendments = amendments_of(self.rows, pack=self.contract.pack, version=self.contract.version)
        return due_on(amendments, self.rule, until, billed=self.billed).value

    def bill(self, dues: Sequence[Due], charges: Sequence[Charge]) -> Bill:
        contract = self.contract
        issued_on = self.at.astimezone(self.rule.zone).date()
        renewal = bool(dues) and all(due.kind is Kind.RENEWAL for due in dues)
        payable = due_rule(contract, issued_on=issued_on, renewal=renewal, rows=self.rows)
        return Bill(
            contract,
            invoice_lines(dues, currency=contract.offer.currency, units=units_of(contract)).value,
            payable.payable(issued_on),
            self.names,
            payable,
            tuple(charges),
            collection_term(contract, issued_on, self.rows),
        )


def _bills(asked: _Asked, charges: Sequence[Charge]) -> Iterator[Bill | Unbilled]:
    """Yield a bill per day of issue; the first takes the charges along, which else wait or get their own."""
    by_day = defaultdict(list)
    for due in asked.dues(asked.until):
        by_day[due.issued_on].append(due)
    for _, group in sorted(by_day.items()):
        yield asked.bill(group, charges)
        charges = ()
    if charges:
        yield from _charges_alone(asked, charges)


def _charges_alone(asked: _Asked, charges: Sequence[Charge]) -> Iterator[Bill | Unbilled]:
    waited = any(each.own_invoice_from is not None and each.own_invoice_from <= asked.until for each in charges)
    more_to_come = bool(asked.dues(asked.until + AHEAD))
    if more_to_come and not waited:
        return
    bill = asked.bill((), charges)
    if bill.net.minor > 0:
        yield bill
    elif not more_to_come:
        yield Unbilled(asked.contract, NOTHING_TO_SET_OFF)


NOTHING_TO_SET_OFF = Text(
    "Es stehen nur noch Gutschriften offen und keine Rechnung folgt mehr; stellen Sie eine Rechnungskorrektur aus.",
    "Only credits are left and no invoice follows any more; issue a credit note.",
)


def contracts_by_id(ids: Collection[uuid.UUID] | None = None) -> list[Contract]:
    """
    Return contracts with their offers in the order in which they are billed; all of them without ids.

    Offers are asked for by their whole keys: a row that two tenants may see is found by no join, since its policy
    names either of them, and an index knows no "or".
    """
    rows = Contract.objects.prefetch_related("offer").order_by("pk")
    return list(rows if ids is None else rows.filter(pk__in=ids))
