"""What became of a refund through a processor: it arrived, or it failed and the money is owed again."""

from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.office.books.actions.payments import reverse_payment
from kontor.office.books.actions.processors.interface import Happened
from kontor.office.books.models import Checkout, InvoiceBalance, Payment, Refund
from kontor.office.books.queries.invoices import today_in

_WHY = 200


@transaction.atomic
def settle_refund(row: Checkout, reference: str, happened: Happened, *, why: str, at: datetime) -> bool:
    """
    Note what the processor says of a refund, in whatever order it says it; return whether that changed anything.

    row  locked by the caller. A refund of which no one here knows changes nothing. One that arrived may still fail,
    when the payer's bank sends it back; one that failed stays so.
    """
    refund = Refund.objects.select_for_update(no_key=True).filter(checkout=row, reference=reference).first()
    if refund is None or refund.state == Refund.State.FAILED:
        return False
    if happened is Happened.REFUNDED and refund.state == Refund.State.ASKED:
        refund.state, refund.told_at = Refund.State.DONE, at
        refund.save(update_fields=["state", "told_at"])
        record("books.refund_arrived", refund, at=at, actor=MACHINE, after={"reference": reference})
        publish("books.refund_arrived", {"refund": str(refund.pk)}, at=at)
        return True
    if happened is Happened.REFUND_FAILED:
        _failed(refund, row, why=why, at=at)
        return True
    return False


def _failed(refund: Refund, row: Checkout, *, why: str, at: datetime) -> None:
    """Take the booking back, so that the money is owed again; somebody may have taken it back by hand before."""
    refund.state, refund.told_at, refund.why = Refund.State.FAILED, at, why[:_WHY]
    refund.save(update_fields=["state", "told_at", "why"])
    row.refunded_minor -= refund.amount_minor
    row.save(update_fields=["refunded_minor"])
    if not Payment.objects.filter(reverses=refund.payment_id).exists():
        on = today_in(row.invoice.seller.zone, at)
        reverse_payment(refund.payment_id, on=on, reason=refund.reason, at=at, actor=MACHINE)
        InvoiceBalance.objects.filter(invoice=row.invoice_id, open_minor=0, paid_on=None).update(paid_on=on)
    verb = "books.charge_restored" if refund.charged_back else "books.refund_failed"
    record(verb, refund, at=at, actor=MACHINE, after={"why": refund.why})
    publish(verb, {"refund": str(refund.pk)}, at=at)
