"""What a month's close would do, computed without writing anything; each function is one step's."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Claim, Contract, MonthClose, PriceAdjustmentState, Suspension
from kontor.office.contracts.queries.arrears import late_contracts
from kontor.office.contracts.queries.bills import Bill, bills, contracts_by_id
from kontor.office.contracts.queries.claims import facts_of, open_claims
from kontor.office.contracts.queries.closing import Line, Trouble
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.renewals import renewals
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.suspensions import suspendable
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

SUBJECT = "contracts.Contract"
Foreseen = Iterator[Line | Trouble]
_EARLIEST = timedelta(hours=14)  # nowhere is the day further on than in UTC+14


def renewing(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the terms that stand fast by now and are not written down."""
    contracts = contracts_by_id()
    rows = amendments_by_contract([contract.pk for contract in contracts])
    for contract in contracts:
        ruling = renewals(contract, rows[contract.pk], at=at)
        for term in ruling.value if ruling else ():
            yield _line("renewal", contract, on=term.first)


def adjusting(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the announced prices that begin until the month's last day."""
    rows = PriceAdjustmentState.objects.filter(
        state=PriceAdjustmentState.State.ANNOUNCED, adjustment__effective_on__lte=close.until
    )
    for row in rows.select_related("adjustment__contract").order_by("adjustment__effective_on", "pk"):
        yield _line("adjustment", row.adjustment.contract, on=row.adjustment.effective_on)


def invoicing(close: MonthClose, *, at: datetime) -> Foreseen:
    """Yield the invoices until the month's last day, net, and the contracts that cannot be invoiced."""
    for each in bills(contracts_by_id(), close.until, at=at):
        if isinstance(each, Bill):
            yield _line("invoice", each.contract, amount=each.net)
        else:
            yield Trouble(about=each.contract.pk, label=each.contract.number, text=each.text, contract=each.contract.pk)


def debiting(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the announced debits that can go to the bank, and those that cannot."""
    for seller in books.sellers_announcing():
        yield from (told_of_debit(each) for each in books.announced_debits(seller, at=at))


def claiming(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the interest that open claims come to today, of those that are claims already."""
    for facts in facts_of(open_claims()):
        row = facts.row
        try:
            interest = facts.on(facts.today(at)).value.interest
        except RefusalError as missing:
            yield Trouble(about=row.pk, label=row.number, text=missing.text, contract=row.contract_id)
            continue
        if interest.minor:
            yield Line(kind="interest", about=row.pk, label=row.number, customer=row.contract.customer_name,
                       contract=row.contract_id, on=facts.today(at), amount=interest)  # fmt: skip


def reminding(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the reminders that are due, with what is owed in all; a rate on no file is the claims step's trouble."""
    for facts in facts_of(due_for_reminders(at)):
        coming, today, row = facts.next_reminder.value, facts.today(at), facts.row
        if coming is None or coming.on > today:
            continue
        try:
            total = facts.on(today).value.total
        except RefusalError:
            continue
        yield Line(kind="reminder", about=row.pk, label=row.number, customer=row.contract.customer_name,
                   contract=row.contract_id, on=coming.on, amount=total)  # fmt: skip


def due_for_reminders(at: datetime) -> QuerySet[Claim]:
    """Return the open claims of which may be due today, somewhere in the world, to be reminded."""
    return open_claims().filter(next_on__lte=(at + _EARLIEST).date())


def suspending(close: MonthClose, *, at: datetime) -> Foreseen:
    """Yield the contracts that may be suspended, where the close is to, and the suspensions that are lifted."""
    late = late_contracts(today=(at + _EARLIEST).date())
    for contract in suspendable(late, at=at) if close.suspend else ():
        yield _line("suspension", contract)
    overdue = set(late)
    standing = Suspension.objects.filter(lifted_at=None).select_related("contract").order_by("pk")
    for row in standing:
        if row.contract_id not in overdue:
            yield _line("reactivation", row.contract)


def ending(close: MonthClose, *, at: datetime) -> Foreseen:  # noqa: ARG001  one signature for all steps
    """Yield the contracts that end in the month."""
    for contract, ends in ended_in(close).items():
        yield _line("ending", contract, on=ends)


def ended_in(close: MonthClose) -> dict[Contract, date]:
    """Return the contracts whose last day lies in the month, in two queries."""
    ended = Amendment.objects.filter(content__contains=[{"change": "End"}]).values_list("contract_id", flat=True)
    contracts = list(Contract.objects.filter(pk__in=ended).order_by("number"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    ends = {contract: history_of(contract, rows[contract.pk]).ends() for contract in contracts}
    return {contract: day for contract, day in ends.items() if day and close.month <= day <= close.until}


def told_of_debit(debit: books.DebitFact) -> Line | Trouble:
    """Return an announced debit as the close tells of it."""
    contract: uuid.UUID | None = debit.subject if debit.subject_kind == SUBJECT else None
    if debit.problem:
        return Trouble(about=debit.invoice, label=debit.number, text=debit.problem, contract=contract)
    return Line(kind="debit", about=debit.invoice, label=debit.number, customer=debit.customer, contract=contract,
                on=debit.collect_on, amount=debit.amount)  # fmt: skip


def _line(kind: str, contract: Contract, *, on: date | None = None, amount: Money | None = None) -> Line:
    return Line(kind=kind, about=contract.pk, label=contract.number, customer=contract.customer_name,
                contract=contract.pk, on=on, amount=amount)  # fmt: skip
