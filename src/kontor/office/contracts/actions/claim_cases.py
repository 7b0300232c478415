"""What a person decides about a claim: a payment on it, a dispute, instalments, giving it up, the house's habits."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.rows import exactly_one
from kontor.office.books import public as books
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.actions.claiming import refresh_one
from kontor.office.contracts.actions.suspending import lift_settled
from kontor.office.contracts.models import Claim, ClaimReceipt, EnteredRate, PaymentPlan, ReminderPlan
from kontor.office.contracts.queries.claims import Facts, facts_of
from kontor.rulebook import terms
from kontor.rulebook.arrears import SetOff
from kontor.rulebook.claim import divided
from kontor.rulebook.duration import Duration
from kontor.rulebook.instalments import Instalment, refuse_unfit
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text

SET_OFF = Clause("law-de", "BGB § 367 (1)")
DETERMINED = Clause("law-de", "BGB § 367 (2)")


def division(facts: Facts, payment: Money, *, on: date, on_invoice_first: bool) -> Ruling[SetOff]:
    """
    Return how a payment is divided; RefusalError where a rate is missing.

    on_invoice_first  the payer determined that it pays the invoice, and the house accepts that (BGB § 367 (2))
    """
    state = facts.on(on).value
    if not on_invoice_first:
        return divided(payment, state, clause=SET_OFF)
    principal = min(payment, state.principal)
    left = payment - principal
    costs = min(left, state.costs)
    interest = min(left - costs, state.interest)
    step = Text(
        "Der Zahlende hat bestimmt, dass zuerst die Rechnung beglichen wird; das ist angenommen.",
        "The payer determined that the invoice is paid first; this is accepted.",
    )
    return Ruling(SetOff(costs, interest, principal, left - costs - interest), (DETERMINED,), (), (step,))


@transaction.atomic
def book_payment(
    claim_id: uuid.UUID, payment: Money, *, paid_on: date, on_invoice_first: bool, note: str, at: datetime, actor: Actor
) -> ClaimReceipt:
    """
    Book money that came for a claim: costs, then interest, then the invoice, unless the payer determined otherwise.

    ClaimRefusedError for more than is owed, RefusalError where a rate is missing. What all was due being paid, a
    suspension is lifted at once.
    """
    facts = _locked(claim_id)
    if payment.minor <= 0 or paid_on > facts.today(at):
        raise ClaimRefusedError(
            Text("Erwartet wird ein Betrag, der schon da ist.", "Expected an amount that has come already.")
        )
    ruling = division(facts, payment, on=paid_on, on_invoice_first=on_invoice_first)
    parts = ruling.value
    if parts.over:
        raise ClaimRefusedError(
            Text(
                f"Geschuldet sind {(payment - parts.over).text.de}; mehr lässt sich hier nicht buchen.",
                f"{(payment - parts.over).text.en} is owed; more cannot be booked here.",
            )
        )
    receipt = _booked(facts, payment, ruling, paid_on=paid_on, note=note, at=at, actor=actor)
    refresh_one(claim_id, at=at)
    lift_settled(at=at)
    return receipt


def _booked(
    facts: Facts, payment: Money, ruling: Ruling[SetOff], *, paid_on: date, note: str, at: datetime, actor: Actor
) -> ClaimReceipt:
    """Book the money, and what of it went to costs and interest."""
    parts = ruling.value
    booked = books.book_claim_payment(
        books.ClaimPayment(
            invoice=facts.row.invoice_id,
            money=payment,
            on_invoice=parts.principal,
            beside=parts.costs + parts.interest,
            paid_on=paid_on,
            note=note,
        ),
        at=at,
        actor=actor,
    )
    stored = store_ruling(
        ruling.map(lambda each: each.principal),
        question="contracts.set_off",
        at=at,
        pack=facts.contract.pack,
        version=facts.contract.version,
        customer_tenant=facts.row.customer_tenant_id,
    )
    receipt = ClaimReceipt.objects.create(
        claim=facts.row,
        payment_id=booked,
        paid_on=paid_on,
        costs_minor=parts.costs.minor,
        interest_minor=parts.interest.minor,
        ruling=stored,
        at=at,
    )
    after = {"costs": parts.costs.minor, "interest": parts.interest.minor, "principal": parts.principal.minor}
    record(
        "contracts.claim_paid", facts.row, at=at, actor=actor, clause=str(ruling.clauses[0]), ruling=stored, after=after
    )
    return receipt


@transaction.atomic
def dispute(claim_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> None:
    """Note that the customer contests a claim: nobody is reminded and nothing follows until that is over."""
    facts = _locked(claim_id)
    _refuse_over(facts)
    today = facts.today(at)
    exactly_one(Claim.objects.filter(pk=claim_id).update(disputed_on=today, dispute=reason))
    record("contracts.claim_disputed", facts.row, at=at, actor=actor, after={"on": today, "reason": reason})
    refresh_one(claim_id, at=at)
    lift_settled(at=at)


@transaction.atomic
def end_dispute(claim_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> None:
    """Note that a claim is no longer contested."""
    facts = _locked(claim_id)
    if facts.row.disputed_on is None:
        raise ClaimRefusedError(Text("Die Forderung ist nicht bestritten.", "The claim is not disputed."))
    exactly_one(Claim.objects.filter(pk=claim_id).update(disputed_on=None, dispute=""))
    record("contracts.claim_dispute_ended", facts.row, at=at, actor=actor, after={"reason": reason})
    refresh_one(claim_id, at=at)


@transaction.atomic
def agree_plan(
    claim_id: uuid.UUID, plan: Sequence[Instalment], *, note: str, at: datetime, actor: Actor
) -> PaymentPlan:
    """
    Agree on instalments for all that is owed today; interest goes on by law and is settled at the end.

    RefusalError where they do not add up, ClaimRefusedError where the claim is over or a plan runs.
    """
    facts = _locked(claim_id)
    _refuse_over(facts)
    if facts.plan is not None:
        raise ClaimRefusedError(Text("Es läuft schon ein Zahlungsplan.", "A payment plan runs already."))
    today = facts.today(at)
    refuse_unfit(plan, owed=facts.on(today).value.total, on=today)
    made = PaymentPlan.objects.create(
        claim=facts.row,
        customer_tenant_id=facts.row.customer_tenant_id,
        agreed_on=today,
        instalments=[{"due": each.due.isoformat(), "minor": each.amount.minor} for each in plan],
        note=note,
        at=at,
    )
    record(
        "contracts.plan_agreed", facts.row, at=at, actor=actor, after={"instalments": made.instalments, "note": note}
    )
    refresh_one(claim_id, at=at)
    lift_settled(at=at)
    return made


@transaction.atomic
def write_off(claim_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> books.Loss | None:
    """
    Give a claim up: its invoice leaves the receivables with its VAT noted for correction, nothing more follows.

    Returns the books' loss, None where only interest or costs were open, which were never booked.
    """
    facts = _locked(claim_id)
    _refuse_over(facts)
    today = facts.today(at)
    loss = books.give_up(facts.row.invoice_id, on=today, reason=reason, at=at, actor=actor) if facts.principal else None
    exactly_one(Claim.objects.filter(pk=claim_id).update(written_off_on=today, next_step="", next_on=None))
    after = {"reason": reason, "loss": loss.amount.minor if loss else 0, "vat": loss.vat.minor if loss else 0}
    record("contracts.claim_written_off", facts.row, at=at, actor=actor, clause="UStG § 17 (2)", after=after)
    lift_settled(at=at)
    return loss


@transaction.atomic
def set_plan(
    pack: str, steps: Sequence[Mapping[str, Any]], *, tolerance_minor: int, automatic: bool, reason: str, at: datetime,
    actor: Actor,
) -> ReminderPlan:  # fmt: skip
    """Set the house's habit of reminding under a pack, "" for all others; RefusalError where days do not ascend."""
    days = [step["days_late"] for step in steps]
    if days != sorted(set(days)) or any(number < 1 for number in days):
        raise RefusalError(
            Text("Die Tage der Stufen müssen aufsteigen.", "The days of the steps must ascend."),
        )
    for step in steps:
        Duration.parse(step["pay_within"])
    made = ReminderPlan.objects.create(
        pack=pack,
        steps=[{"days_late": step["days_late"], "pay_within": step["pay_within"]} for step in steps],
        tolerance_minor=tolerance_minor,
        automatic=automatic,
        reason=reason,
        at=at,
    )
    record("contracts.reminder_plan_set", made, at=at, actor=actor, after={"pack": pack, "steps": made.steps})
    return made


@transaction.atomic
def enter_rate(
    law: str, *, first: date, last: date, percent: Decimal, source: str, confirmed: bool, at: datetime, actor: Actor
) -> EnteredRate:
    """
    Enter a legal rate for a half-year that the law pack does not have yet, with its source.

    RefusalError where one of its days has a rate on file already, in the law pack or entered.
    """
    if last < first:
        raise RefusalError(Text("Der letzte Tag liegt vor dem ersten.", "The last day lies before the first."))
    known = [(rate.first, rate.last) for rate in terms.law(law).legal_rates]
    known += EnteredRate.objects.filter(law=law).values_list("first", "last")
    if any(begins <= last and first <= ends for begins, ends in known):
        raise RefusalError(
            Text("Für diese Tage ist schon ein Satz hinterlegt.", "A rate for these days is on file already.")
        )
    made = EnteredRate.objects.create(
        law=law, first=first, last=last, percent=percent, source=source, confirmed=confirmed, at=at
    )
    after = {"law": law, "first": first, "last": last, "percent": str(percent), "source": source}
    record("contracts.rate_entered", made, at=at, actor=actor, after=after)
    return made


def _locked(claim_id: uuid.UUID) -> Facts:
    row = Claim.objects.select_for_update(of=("self",)).select_related("contract", "contract__offer").get(pk=claim_id)
    (facts,) = facts_of([row])
    return facts


def _refuse_over(facts: Facts) -> None:
    if facts.row.settled_on or facts.row.written_off_on or facts.row.disputed_on:
        raise ClaimRefusedError(
            Text(
                "Die Forderung ist erledigt, ausgebucht oder bestritten.",
                "The claim is settled, written off or disputed.",
            )
        )
