"""
Direct debits (visitor, 7.4): when one may be collected, under which mandate, and what becomes of it.

Not before the seventh day after invoice and notice, on a bank day; banks rest on Saturdays and Sundays, 1 January, Good
Friday, Easter Monday, 1 May, 25 and 26 December (TARGET). A mandate is good for 36 months from its signature, from each
debit presented anew, and no longer than its account; a first debit that was refused is followed by a first (SEPA
rulebooks). What comes back has paid nothing: the invoice counts as late since its own last day, and the bank's fee is a
cost of the delay.
"""

from dataclasses import dataclass
from datetime import date

from benchmarks.oracle.bills import Invoice
from benchmarks.oracle.days import DAY, easter, months_moved
from benchmarks.oracle.deal import Back, Deal


@dataclass(frozen=True)
class Debit:
    """
    A debit announced with an invoice.

    number, issued, cents, due   the invoice's place in the contract, its day, its gross, its last day for payment
    on      the day on which it is collected
    first   whether it is the mandate's first; None where it is not presented, the customer paying before
    back    what became of it, None where the money came
    """

    number: int
    issued: date
    cents: int
    due: date
    on: date
    first: bool | None
    back: Back | None

    @property
    def back_on(self) -> date | None:
        """The day on which it was refused or came back."""
        return None if self.back is None else self.on + self.back.days * DAY

    @property
    def transferred(self) -> date | None:
        """The day on which an invoice whose debit came back is paid by transfer."""
        return None if self.back is None else max(self.due, self.back_on or self.due) + self.back.later * DAY


def debits(deal: Deal, issued: list[Invoice]) -> list[Debit]:
    """Return the debits that a contract's invoices announce."""
    found: list[Debit] = []
    since, presented, dead = deal.formed, False, date.max
    for number, invoice in enumerate(issued if deal.mandate else ()):
        on = collected_on(invoice.issued)
        if on > months_moved(since, 36) or invoice.issued >= dead:
            continue
        assert invoice.due is not None
        back = deal.back[number % len(deal.back)] if deal.debited else None
        first = not presented if deal.debited else None
        found.append(Debit(number, invoice.issued, invoice.gross, invoice.due, on, first, back))
        if deal.debited:
            since, refused = on, back is not None and back.days == 0
            presented = presented or not refused
            dead = min(dead, found[-1].back_on or dead) if back and back.dead else dead
    return found


def open_on(day: date) -> bool:
    """Tell whether banks work on a day."""
    sunday = easter(day.year)
    moving = (sunday - 2 * DAY, sunday + DAY)
    return day.weekday() < 5 and (day.month, day.day) not in ((1, 1), (5, 1), (12, 25), (12, 26)) and day not in moving


def collected_on(issued: date) -> date:
    """Return the first day on which an invoice announced with its issue may be collected."""
    day = issued + 7 * DAY
    while not open_on(day):
        day += DAY
    return day
