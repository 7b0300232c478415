"""What the demo shows of the books: one collection on its way, and refunds in each of their states."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from kontor.kernel.actor import MACHINE
from kontor.office.books.actions.announcing import announce_again
from kontor.office.books.actions.checkouts import Asked, begin_checkout, reference_of, refund_checkout, take_notice
from kontor.office.books.actions.collecting import make_collection
from kontor.office.books.actions.payments import Booking, book_payment
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.offered import processors
from kontor.office.books.actions.refunding import Payout, make_transfers, refund_rest
from kontor.office.books.models import Checkout, Invoice, Refund
from kontor.rulebook.money import Money

_TWICE = "Doppelt bezahlt"


def collect_in_demo(seller: uuid.UUID, invoices: Collection[uuid.UUID], *, announced: datetime, sent: datetime) -> None:
    """Announce the debit of open invoices, and make the file for the bank of them a day later."""
    made = [announce_again(each, on=None, at=announced, actor=MACHINE).pk for each in invoices]
    make_collection(made, seller=seller, at=sent, actor=MACHINE)


def refund_in_demo(seller: uuid.UUID, party: uuid.UUID, *, iban: str, holder: str, at: datetime) -> None:
    """Let a customer pay too much three times: back by hand, with a file at the bank, and waiting for a file."""
    made = []
    ways = ((Refund.Way.HAND, "24.00"), (Refund.Way.FILE, "119.00"), (Refund.Way.FILE, "57.12"))
    for place, (way, amount) in enumerate(ways):
        moment = at + timedelta(days=place)
        money = Money.parse(amount, "EUR")
        booking = Booking(shares=(), money=money, paid_on=moment.date(), note=_TWICE, party=party)
        paid = book_payment(booking, at=moment, actor=MACHINE)
        account = {"holder": holder, "iban": iban} if way == Refund.Way.FILE else {}
        payout = Payout(way=way, amount=money, reason=_TWICE, **account)
        made.append(refund_rest(paid.pk, payout, seller=seller, on=moment.date(), at=moment, actor=MACHINE))
    make_transfers([made[1].pk], seller=seller, at=at + timedelta(days=2), actor=MACHINE)


def pay_online_in_demo(invoice: uuid.UUID, *, at: datetime) -> None:
    """
    Let a customer pay an invoice twice through the fake, where the installation has it: only the demo does.

    Of the second payment one refund failed and the next is on its way; of the first one a part was refunded at the
    payment service itself, so that the invoice is open again; the second one is disputed besides.
    """
    player = processors().get("fake")
    if not isinstance(player, FakeProcessor):
        return
    row = Invoice.objects.get(pk=invoice)
    asked = Asked(method="fake", listed=(), known={}, back="/")
    for _each in range(2):
        begin_checkout(row, asked=asked, at=at, actor=MACHINE)
    first, second = Checkout.objects.filter(invoice=row).order_by("pk")
    whole = Money(row.currency, row.gross_minor)
    for place, checkout in enumerate((first, second), start=1):
        _say(player, checkout, "PAID", whole, name=f"demo-{place}", at=at + timedelta(minutes=place))
    later = at + timedelta(hours=2)
    for word in ("REFUND_FAILED", ""):
        done = refund_checkout(second.pk, amount=whole, reason=_TWICE, on=later.date(), at=later, actor=MACHINE)
        if word:
            _say(player, second, word, whole, name="demo-2", refund=done.reference, at=later + timedelta(hours=1))
    part = Money.parse("10.00", row.currency)
    _say(player, first, "REFUNDED", part, name="demo-1", refund="demo-outside", at=later + timedelta(hours=2))
    _say(player, second, "DISPUTED", whole, name="demo-2", refund="demo-dispute", at=later + timedelta(hours=3))


def _say(
    player: FakeProcessor,
    checkout: Checkout,
    happened: str,
    amount: Money,
    *,
    name: str,
    at: datetime,
    refund: str = "",
) -> None:
    """Send a message as the fake's page would; what is refunded there knows the payment alone."""
    told = {
        "event": f"{happened} {name} {refund}",
        "reference": "" if refund == "demo-outside" else reference_of(checkout),
        "happened": happened,
        "currency": amount.currency,
        "minor": str(amount.minor),
        "capture": name,
        "refund": refund,
        "why": {"REFUND_FAILED": "expired_or_canceled_card", "DISPUTED": "duplicate"}.get(happened, ""),
    }
    body, headers = player.message(told, at=at)
    take_notice(player.key, body, headers, at=at)
