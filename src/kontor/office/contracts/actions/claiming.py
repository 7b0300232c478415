"""Claims that come up, move and end: computed anew from what was paid, day by day, as often as anybody likes."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions import suspending
from kontor.office.contracts.actions.claim_lock import one_at_a_time
from kontor.office.contracts.models import Claim, Contract, PaymentPlan
from kontor.office.contracts.queries.claims import Facts, facts_of, open_claims
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

SUBJECT = "contracts.Contract"
_EARLIEST = timedelta(hours=14)  # nowhere is the day further on than in UTC+14


@transaction.atomic
def keep_claims(*, at: datetime) -> int:
    """
    Bring all claims up to date: open new ones, compute the open ones, break plans, lift suspensions.

    Doing it twice changes nothing; a day that nobody looked at is made up for. Returns how many claims are open.
    """
    one_at_a_time()
    open_new_claims(at=at)
    found = facts_of(open_claims())
    refresh(found, at=at)
    suspending.lift_settled(at=at)
    return len(found)


def open_new_claims(*, at: datetime) -> int:
    """Make a claim of every invoice about a contract that is overdue in its seller's zone; each once."""
    overdue = books.overdue_about(SUBJECT, before=(at + _EARLIEST).date())
    known = dict(Claim.objects.filter(invoice_id__in=overdue).values_list("invoice_id", "settled_on"))
    _reopen([each for each, settled in known.items() if settled], at=at)
    wanted = books.owed_invoices([each for each in overdue if each not in known])
    late = [invoice for invoice in wanted.values() if invoice.due_on < _today(invoice.zone, at)]
    contracts = Contract.objects.in_bulk([invoice.subject for invoice in late if invoice.subject])
    made = Claim.objects.bulk_create(
        Claim(
            id=uuid7(),
            contract=contracts[invoice.subject],
            invoice_id=invoice.id,
            customer_tenant_id=invoice.customer_tenant,
            number=invoice.number,
            due_on=invoice.due_on,
            opened_on=_today(invoice.zone, at),
        )
        for invoice in late
        if invoice.subject in contracts
    )
    record_many(
        Deed(verb="contracts.claim_opened", thing=claim, at=at, actor=MACHINE, after={"invoice": claim.number})
        for claim in made
    )
    if made:
        publish("contracts.claims_moved", {"opened": len(made)}, at=at)
    return len(made)


def _reopen(invoices: Collection[uuid.UUID], *, at: datetime) -> None:
    """Open claims again whose payment was taken back since they were settled."""
    for claim in Claim.objects.filter(invoice_id__in=books.still_open(invoices), written_off_on=None):
        Claim.objects.filter(pk=claim.pk).update(settled_on=None)
        record("contracts.claim_reopened", claim, at=at, actor=MACHINE)


def refresh(found: Collection[Facts], *, at: datetime) -> None:
    """
    Write down what claims amount to today, what comes next, and which of them and of their plans are over.

    Its number of queries does not depend on how many claims there are.
    """
    deeds = _move_plans(found, at=at)
    again = facts_of([facts.row for facts in found])
    cards = books.seller_cards({facts.invoice.seller for facts in again})
    for facts in again:
        if over := _write(facts, cards[facts.invoice.seller], facts.today(at)):
            deeds.append(
                Deed(verb="contracts.claim_settled", thing=facts.row, at=at, actor=MACHINE, after={"why": over})
            )
    record_many(deeds)
    written = ["next_step", "next_on", "settled_on", "figures", "figures_on", "due_on"]
    Claim.objects.bulk_update([facts.row for facts in again], written)


def refresh_one(claim_id: uuid.UUID, *, at: datetime) -> Facts:
    """Bring one claim up to date and return it; whoever changed something of it calls this last."""
    (facts,) = facts_of(Claim.objects.filter(pk=claim_id).select_related("contract", "contract__offer"))
    refresh([facts], at=at)
    return facts


def figures_of(state: ClaimState, today: date, facts: Facts, seller: books.SellerCard) -> dict[str, Any]:
    """Return a claim's arithmetic and where to pay, as its customer is shown it."""
    return {
        "bank": {"name": seller.name, "iban": seller.iban, "bic": seller.bic},
        "on": today.isoformat(),
        "currency": state.total.currency,
        "claimed": facts.invoice.claimed.minor,
        "principal": state.principal.minor,
        "interest": state.interest.minor,
        "accrued": state.accrued.minor,
        "costs": state.costs.minor,
        "total": state.total.minor,
        "days": state.late.days,
        "clauses": {name: str(said.clause) for name, said in _said(facts).items() if said},
        "segments": [
            {
                "first": segment.period.first.isoformat(),
                "last": segment.period.last.isoformat(),
                "days": segment.period.days,
                "left": segment.left.minor,
                "legal": str(segment.rate.percent),
                "percent": str(segment.percent),
                "source": segment.rate.source,
                "confirmed": segment.rate.confirmed,
            }
            for segment in state.segments
        ],
    }


def _said(facts: Facts) -> dict[str, Any]:
    return {"interest": facts.terms.interest, "costs": facts.terms.lump_sum}


def _write(facts: Facts, seller: books.SellerCard, today: date) -> str:
    """Put a claim's figures into its row; return why it is over, "" where it is not."""
    row = facts.row
    coming = facts.next_reminder.value
    row.next_step, row.next_on = (coming.step.key, coming.on) if coming else ("", None)
    if facts.invoice.cancelled:
        _settle(row, today)
        return "cancelled"
    try:
        state = facts.on(today).value
    except RefusalError as missing:
        # The next half-year's rate is on no file yet: what was computed last stays, and says why it is not newer.
        row.figures = {**row.figures, "problem": {"de": missing.text.de, "en": missing.text.en}}
        return ""
    row.figures, row.figures_on = figures_of(state, today, facts, seller), today
    if state.is_settled and row.settled_on is None:
        _settle(row, today)
        return "paid"
    return ""


def _settle(row: Claim, today: date) -> None:
    row.settled_on, row.next_step, row.next_on = today, "", None


def _move_plans(found: Collection[Facts], *, at: datetime) -> list[Deed]:
    """Mark the plans that were broken and those that were kept, and return what is to be recorded of them."""
    deeds, moved = [], []
    for facts in found:
        plan, today = facts.plan, facts.today(at)
        if plan is None:
            continue
        if broken := facts.plan_broken_on(today):
            plan.broken_on = broken
            verb, after = "contracts.plan_broken", {"broken_on": broken}
            publish("contracts.plan_broken", {"claim": str(facts.row.pk), "invoice": facts.row.number}, at=at)
        elif _all_came(facts, plan):
            plan.kept_on = today
            verb, after = "contracts.plan_kept", {"kept_on": today}
        else:
            continue
        moved.append(plan)
        deeds.append(Deed(verb=verb, thing=facts.row, at=at, actor=MACHINE, after=after))
    PaymentPlan.objects.bulk_update(moved, ["broken_on", "kept_on"])
    return deeds


def _all_came(facts: Facts, plan: PaymentPlan) -> bool:
    wanted: int = sum(each["minor"] for each in plan.instalments)
    came: Iterable[Money] = (amount for _, amount in facts.came_since(plan))
    return sum(amount.minor for amount in came) >= wanted


def _today(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
