"""
What stays due after the end, and what goes back: whole terms after a culpable end, days otherwise.

A yearly fee of €365.00 paid in advance, the contract ended for a reason of the provider's after 100 days:

>>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
>>> refund(Money.parse("365.00", "EUR"), year, ends=date(2026, 4, 10)).value.bare()
'265.00'
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.amendments import Amendment
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, DueKey, Kind
from kontor.rulebook.contract_state import End
from kontor.rulebook.invoice_lines import InvoiceLine, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.proration import share
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.conclusion import Notice, Termination
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class Aftermath:
    """
    What an end leaves of the fees.

    until     the last day for which fees are due, the contract's own last day where nothing more is
    refunded  whether what was paid for later days goes back
    """

    until: date
    refunded: bool


@dataclass(frozen=True, slots=True)
class StillDue:
    """
    What one position still costs after the contract's last day, for days that were not billed.

    key  what a run would have billed it by
    """

    key: DueKey
    period: Period
    amount: Money

    @property
    def position(self) -> str:
        """The position's key."""
        return self.key.position


def aftermath(pack: TermsPack, *, ends: date, culpable: bool, term: Period, interval: Period) -> Ruling[Aftermath]:
    """
    Decide what stays due and whether anything goes back.

    culpable  the customer broke the contract
    term      the term that runs on the last day: a first term of several years, or the year after a renewal
    interval  the billing interval that runs then
    """
    section, notices = pack.termination or Termination(), pack.notice or Notice()
    if culpable and section.fees_owed is not None:
        whole = section.fees_owed.value != "current_period"
        until = max(ends, term.last if whole else interval.last)
        what = Text("der laufenden Laufzeit", "of the running term") if whole else Text(
            "des laufenden Abrechnungszeitraums", "of the current billing period"
        )  # fmt: skip
        german = "Der Kunde hat das Ende zu vertreten: Das Entgelt bleibt bis zum Ende {what} geschuldet, dem {until}."
        english = "The customer is to blame for the end: the fee stays due to the end {what}, {until}."
        step = said(german, english, what=what, until=day(until))
        return Ruling(Aftermath(until, refunded=False), section.fees_owed.clauses, _inputs(ends), (step,))
    if notices.refund is not None and not notices.refund.value:
        step = Text("Erstattet wird nach diesem Vertrag nichts.", "Nothing is refunded under this contract.")
        return Ruling(Aftermath(ends, refunded=False), notices.refund.clauses, _inputs(ends), (step,))
    if culpable and section.payments_kept is not None and section.payments_kept.value:
        step = Text("Gezahltes bleibt beim Anbieter.", "What was paid stays with the provider.")
        return Ruling(Aftermath(ends, refunded=False), section.payments_kept.clauses, _inputs(ends), (step,))
    german = "Für Tage nach dem {ends} ist nichts geschuldet; was dafür bezahlt ist, geht nach Tagen zurück."
    english = "Nothing is due for days after {ends}; what was paid for them goes back by days."
    return Ruling(Aftermath(ends, refunded=True), (), _inputs(ends), (said(german, english, ends=day(ends)),))


def refund(net: Money, period: Period, *, ends: date, clauses: Iterable[Clause] = ()) -> Ruling[Money]:
    """Return what goes back of a billed period: its net amount by the days after the last day, rounded once."""
    left = Period(min(max(ends + ONE_DAY, period.first), period.end), period.end)
    amount = net.times(share(period, left))
    step = said(
        "{period}, danach {left} von {days} Tagen: {net} × {left}/{days} = {amount}",
        "{period}, {left} of {days} days after the end: {net} × {left}/{days} = {amount}",
        period=period.spoken,
        left=left.days,
        days=period.days,
        net=net.text,
        amount=amount.text,
    )
    inputs = (("net", net.bare()), ("currency", net.currency), *_inputs(ends), *_days_of(period))
    return Ruling(amount, tuple(clauses), inputs, (step,))


def not_begun(net: Money, period: Period, *, until: date, clauses: Iterable[Clause] = ()) -> Ruling[Money]:
    """
    Return what goes back of a period that was billed beforehand: all of it where it begins after fees stopped, else 0.

    until  the last day for which fees are due; what had begun by then is kept where the terms refund nothing
    """
    begun = period.first <= until
    amount = Money.zero(net.currency) if begun else net
    german, english = (
        ("{period} hatte begonnen: Es bleibt dabei.", "{period} had begun: it stays.")
        if begun
        else (
            "{period} beginnt erst nach dem {until}: Dafür ist nichts geschuldet, {amount} gehen zurück.",
            "{period} begins only after {until}: nothing is due for it, {amount} go back.",
        )
    )
    step = said(german, english, period=period.spoken, until=day(until), amount=amount.text)
    inputs = (("net", net.bare()), ("currency", net.currency), ("until", until.isoformat()), *_days_of(period))
    return Ruling(amount, tuple(clauses), inputs, (step,))


def still_due(
    amendments: Iterable[Amendment],
    rule: BillingRule,
    *,
    ends: date,
    until: date,
    currency: str,
    billed: Collection[DueKey] = (),
    clauses: Iterable[Clause] = (),
) -> Ruling[tuple[StillDue, ...]]:
    """
    Return what stays due for the days after the contract's last one, as far as it was not billed.

    amendments  without the end, at least one
    until       the last day for which fees are due

    What is paid once (hardware, services) is no fee of the term: it stays due anyhow and is billed as ever.
    """
    known = tuple(amendments)
    whole = _lines(known, rule, last=until, billed=billed, currency=currency)
    kept = _lines(known, rule, last=ends, billed=billed, currency=currency)
    found: list[StillDue] = []
    for key, line in whole.items():
        amount = line.amount - kept[key].amount if key in kept else line.amount
        if amount.minor:
            period = Period(max(line.period.first, ends + ONE_DAY), line.period.end)
            found.append(StillDue(key, period, amount))
    total = Money.total([each.amount for each in found], currency)
    steps = [
        said("{period}: „{key}“ {amount}", "{period}: “{key}” {amount}", period=each.period.spoken, key=each.position,
             amount=each.amount.text)
        for each in found
    ]  # fmt: skip
    steps.append(said("Zusammen {total}, fällig sofort.", "Together {total}, due at once.", total=total.text))
    return Ruling(tuple(found), tuple(clauses), (*_inputs(ends), ("until", until.isoformat())), tuple(steps))


def _lines(
    amendments: tuple[Amendment, ...],
    rule: BillingRule,
    *,
    last: date,
    billed: Collection[DueKey],
    currency: str,
) -> dict[DueKey, InvoiceLine]:
    """Return what would be billed if the contract ended with that day, by what makes each unique."""
    ended = (*amendments, Amendment("~end", last, amendments[0].recorded, End(last)))
    # An invoice in arrears is issued on the day after its period, which no interval makes longer than a year.
    dues = due_on(ended, rule, date(last.year + 1, 12, 31), billed=billed).value
    fees = [due for due in dues if due.kind is not Kind.ONCE]
    return {line.key: line for line in invoice_lines(fees, currency=currency).value}


def _inputs(ends: date) -> tuple[tuple[str, str], ...]:
    return (("ends", ends.isoformat()),)


def _days_of(period: Period) -> tuple[tuple[str, str], ...]:
    return (("period_start", period.first.isoformat()), ("period_end", period.end.isoformat()))
