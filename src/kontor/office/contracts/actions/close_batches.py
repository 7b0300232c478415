"""What each step of a month's close does with one batch: the product's own actions, and what came of them as lines."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kontor.kernel.actor import MACHINE
from kontor.office.books import public as books
from kontor.office.contracts.actions import (
    billing,
    claiming,
    ending_by_itself,
    price_applying,
    reminding,
    renewing,
    suspending,
    usage,
)
from kontor.office.contracts.actions.claim_lock import one_at_a_time
from kontor.office.contracts.models import (
    Amendment,
    BillingProblem,
    Claim,
    ClaimLetter,
    CloseResult,
    Contract,
    EndingCase,
    MonthClose,
    ReminderProblem,
    Suspension,
    UsageStatement,
)
from kontor.office.contracts.queries.claims import facts_of, open_claims
from kontor.office.contracts.queries.close_previews import due_for_reminders, ended_in, told_of_debit
from kontor.office.contracts.queries.closing import Line, Trouble, names_of
from kontor.office.contracts.queries.suspensions import suspendable
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch did, and what it could not do."""

    lines: list[Line] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


Ids = Collection[uuid.UUID]


def state_use(close: MonthClose, contracts: Ids, *, at: datetime) -> Outcome:
    """Close the month's use of these contracts; what goes beyond is charged with the invoices of the same close."""
    usage.state_use(contracts, at=at, actor=MACHINE)
    rows = UsageStatement.objects.filter(contract_id__in=contracts, month=close.month, number__gt=0, at=at)
    names = names_of(contracts)
    return Outcome(
        [
            Line(kind="use", about=row.pk, label=names[row.contract_id][0], customer=names[row.contract_id][1],
                 contract=row.contract_id, on=row.month)
            for row in rows.order_by("pk")
        ]
    )  # fmt: skip


def renew(close: MonthClose, contracts: Ids, *, at: datetime) -> Outcome:
    """Write down the terms that stand fast by now; told are also those that began in the month."""
    made = renewing.renew(contracts, at=at)
    began = _in_month(close, renewing.RENEWAL).filter(contract_id__in=contracts)
    return Outcome(_of_amendments("renewal", {row.pk: row for row in [*began, *made]}.values()))


def adjust(close: MonthClose, _whole: Ids, *, at: datetime) -> Outcome:
    """Let announced prices take their place; told are also those that began in the month."""
    made = price_applying.apply_announced(at=at)
    began = _in_month(close, price_applying.PRICE_CHANGE)
    return Outcome(_of_amendments("adjustment", {row.pk: row for row in [*began, *made]}.values()))


def _in_month(close: MonthClose, kind: str) -> QuerySet[Amendment]:
    """Return amendments that hold from a day of the month and of which no close has told."""
    told = CloseResult.objects.filter(about=OuterRef("pk"))
    days = {"effective_on__gte": close.month, "effective_on__lte": close.until}
    return Amendment.objects.filter(~Exists(told), kind=kind, **days)


def _of_amendments(kind: str, rows: Collection[Amendment]) -> list[Line]:
    names = names_of({row.contract_id for row in rows})
    return [
        Line(
            kind=kind,
            about=row.pk,
            label=names[row.contract_id][0],
            customer=names[row.contract_id][1],
            contract=row.contract_id,
            on=row.effective_on,
        )
        for row in sorted(rows, key=lambda row: row.pk)
    ]


def begin_billing(close: MonthClose, *, at: datetime) -> None:
    """Begin the billing run that the invoices belong to."""
    contracts = list(Contract.objects.order_by("pk").values_list("pk", flat=True))
    close.run = billing.start_run_of(contracts, until=close.until, at=at, actor=MACHINE)
    close.save(update_fields=["run"])


def bill(close: MonthClose, contracts: Ids, *, at: datetime) -> Outcome:
    """Issue the invoices of these contracts until the month's last day; the day in the seller's zone dates them."""
    assert close.run_id is not None, "the step begins with a run"
    made = [each for each in billing.bill_contracts(close.run_id, contracts, at=at) if each.made]
    names = names_of({each.subject_id for each in made if each.subject_id})
    lines = [
        Line(kind="invoice", about=each.id, label=each.number, contract=each.subject_id,
             customer=names[each.subject_id][1] if each.subject_id else "",
             amount=Money(each.currency, each.net_minor))
        for each in made
    ]  # fmt: skip
    problems = BillingProblem.objects.filter(run=close.run_id, contract_id__in=contracts).select_related("contract")
    return Outcome(lines, [_trouble(row.contract, row.sentence_de, row.sentence_en) for row in problems])


def debit(close: MonthClose, sellers: Ids, *, at: datetime) -> Outcome:  # noqa: ARG001  one signature for all steps
    """Make the file for the bank of every debit of a seller that can go as it was announced."""
    found = [told_of_debit(each) for seller in sellers for each in books.collect_ready(seller, at=at, actor=MACHINE)]
    return Outcome(
        [each for each in found if isinstance(each, Line)], [each for each in found if isinstance(each, Trouble)]
    )


def begin_claims(close: MonthClose, *, at: datetime) -> None:  # noqa: ARG001  one signature for all steps
    """Make claims of the invoices that are overdue."""
    one_at_a_time()
    claiming.open_new_claims(at=at)


def claim(close: MonthClose, claims: Ids, *, at: datetime) -> Outcome:  # noqa: ARG001  one signature for all steps
    """Bring these claims up to date: interest to the day, plans kept or broken, what is settled."""
    one_at_a_time()
    found = facts_of(open_claims().filter(pk__in=claims))
    claiming.refresh(found, at=at)
    outcome = Outcome()
    for facts in found:
        row = facts.row
        if problem := row.figures.get("problem"):
            text = Text(problem["de"], problem["en"])
            outcome.troubles.append(Trouble(about=row.pk, label=row.number, text=text, contract=row.contract_id))
        elif row.settled_on is None and row.figures.get("interest"):
            amount = Money(row.figures["currency"], row.figures["interest"])
            outcome.lines.append(_of_claim("interest", row, amount))
    return outcome


def begin_reminders(close: MonthClose, *, at: datetime) -> None:
    """Begin the run that the letters belong to."""
    close.reminders = reminding.start_reminders_of(due_for_reminders(at).count(), at=at, actor=MACHINE)
    close.save(update_fields=["reminders"])


def remind(close: MonthClose, claims: Ids, *, at: datetime) -> Outcome:
    """Send the due reminder of each of these claims."""
    assert close.reminders_id is not None, "the step begins with a run"
    reminding.remind(close.reminders_id, claims, at=at)
    letters = ClaimLetter.objects.filter(claim_id__in=claims, kind=ClaimLetter.Kind.REMINDER, at=at)
    lines = [
        _of_claim("reminder", row.claim, Money(row.claim.figures["currency"], row.total_minor))
        for row in letters.select_related("claim__contract").order_by("pk")
    ]
    problems = ReminderProblem.objects.filter(run=close.reminders_id, claim_id__in=claims).select_related("claim")
    return Outcome(
        lines,
        [
            Trouble(about=row.claim_id, label=row.claim.number, text=Text(row.sentence_de, row.sentence_en),
                    contract=row.claim.contract_id)
            for row in problems
        ],
    )  # fmt: skip


def suspend(close: MonthClose, contracts: Ids, *, at: datetime) -> Outcome:
    """Lift what has been paid; where a person asked for it, suspend what may be suspended today."""
    stood = dict(Suspension.objects.filter(contract_id__in=contracts, lifted_at=None).values_list("pk", "contract_id"))
    suspending.lift_settled(at=at)
    lifted = Suspension.objects.filter(pk__in=stood, lifted_at__isnull=False).select_related("contract")
    lines = [_of_contract("reactivation", row.contract, row.pk) for row in lifted.order_by("pk")]
    for contract in suspendable(contracts, at=at) if close.suspend else ():
        (facts,) = facts_of(open_claims().filter(contract=contract)[:1])
        reason = {"de": f"Monatsabschluss {close.month:%m/%Y}", "en": f"Month's close {close.month:%Y-%m}"}
        row = suspending.suspend(
            contract.pk, today=facts.today(at), reason=reason[contract.terms["language"]], at=at, actor=MACHINE
        )
        lines.append(_of_contract("suspension", contract, row.pk))
    return Outcome(lines)


def end(close: MonthClose, _whole: Ids, *, at: datetime) -> Outcome:
    """End what has ended by itself, and name what ended in the month."""
    ended = [case for case in ending_by_itself.end_by_themselves(at=at) if case.state == EndingCase.State.ENDED]
    lines = {case.contract_id: _of_contract("ending", case.contract, case.contract_id) for case in ended}
    for contract, last in ended_in(close).items():
        lines[contract.pk] = Line(kind="ending", about=contract.pk, label=contract.number, contract=contract.pk,
                                  customer=contract.customer_name, on=last)  # fmt: skip
    return Outcome(list(lines.values()))


def _trouble(contract: Contract, german: str, english: str) -> Trouble:
    return Trouble(about=contract.pk, label=contract.number, text=Text(german, english), contract=contract.pk)


def _of_contract(kind: str, contract: Contract, about: uuid.UUID) -> Line:
    return Line(kind=kind, about=about, label=contract.number, customer=contract.customer_name, contract=contract.pk)


def _of_claim(kind: str, row: Claim, amount: Money) -> Line:
    return Line(kind=kind, about=row.pk, label=row.number, customer=row.contract.customer_name,
                contract=row.contract_id, on=row.figures_on, amount=amount)  # fmt: skip
