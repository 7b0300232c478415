"""
What a missed promise of availability gives: a share of the month's fee, at most the fee, never twice.

>>> from decimal import Decimal
>>> credit = Credit(Share.DOWN, Money.parse("1000", "EUR"))
>>> credit.amount(Fraction(432, 43_200), Fraction("0.998")).bare()
'10.00'
>>> Credit(Share.SHORTFALL, Money.parse("1000", "EUR")).amount(Fraction(432, 43_200), Fraction("0.998")).bare()
'8.00'
"""

from dataclasses import dataclass
from fractions import Fraction

from kontor.rulebook.availability import number_of
from kontor.rulebook.availability_month import Month
from kontor.rulebook.availability_promise import Compensation, Promise, Share
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import said


@dataclass(frozen=True, slots=True)
class Credit:
    """A fee and the share by which it is cut."""

    share: Share
    fee: Money

    def amount(self, down: Fraction, promised: Fraction) -> Money:
        """Return the cut for a share of the month that was down; the fee is the most there is."""
        part = down if self.share is Share.DOWN else max(Fraction(), promised - (1 - down))
        return min(self.fee, self.fee.times(part))


def credit_of(month: Month, promise: Promise, fee: Money, *, before: Money | None = None) -> Ruling[Money]:
    """
    Decide which credit a month gives once it is claimed.

    fee     what the contract calls the base: the month's base fee, net
    before  what was credited for this month already; only what is missing is given
    """
    inputs = (("month", f"{month.first:%Y-%m}"), ("fee", fee.bare()), ("currency", fee.currency))
    reason = _none(month, promise)
    if reason is not None or promise.share is None:
        return Ruling(Money.zero(fee.currency), promise.credit_clauses, inputs, (() if reason is None else (reason,)))
    down = 1 - month.own_share
    whole = Credit(promise.share, fee).amount(down, month.promised)
    steps = [_step(month, promise, fee, whole), *promise.credit_readings]
    given = before or Money.zero(fee.currency)
    if given:
        words = "Davon schon gutgeschrieben: {given}.", "Credited already: {given}."
        steps.append(said(*words, given=given.text))
    left = max(Money.zero(fee.currency), whole - given)
    return Ruling(left, promise.credit_clauses, inputs, tuple(steps))


def _none(month: Month, promise: Promise) -> Text | None:
    """Return why a month gives no credit; None where it does."""
    if month.kept:
        return Text("Die Zusage wurde eingehalten: keine Gutschrift.", "The promise was kept: no credit.")
    if promise.compensation is Compensation.REDUCTION:
        return Text(
            "Der Vertrag kennt keine Gutschrift von selbst; gemindert wird nach einer zweiten Frist ohne Abhilfe.",
            "The contract knows no credit by itself; the fee is reduced after a second period without remedy.",
        )
    if promise.compensation is Compensation.NONE:
        return Text("Der Vertrag gibt keinen Ausgleich.", "The contract gives no compensation.")
    if month.own_share >= month.promised:
        return Text(
            "Ohne die Ausfälle, die nicht vom Anbieter kommen, wäre die Zusage eingehalten: keine Gutschrift.",
            "Without the outages that do not come from the provider the promise would be kept: no credit.",
        )
    return None


def _step(month: Month, promise: Promise, fee: Money, whole: Money) -> Text:
    total, own = number_of(Fraction(month.total_minutes)), number_of(month.own_minutes)
    if promise.share is Share.DOWN:
        return said(
            "{fee} × {own}/{total} Minuten = {amount}",
            "{fee} × {own}/{total} minutes = {amount}",
            fee=fee.text,
            own=own,
            total=total,
            amount=whole.text,
        )
    return said(
        "{fee} × (zugesagter Anteil − ({total} − {own})/{total}) = {amount}",
        "{fee} × (share promised − ({total} − {own})/{total}) = {amount}",
        fee=fee.text,
        own=own,
        total=total,
        amount=whole.text,
    )
