"""
When an invoice is to be paid, the first bank day of a direct debit, and from when fewer seats are paid for.

>>> from kontor.rulebook.duration import Duration
>>> due_date(date(2026, 3, 3), Duration.parse("14 days")).value
datetime.date(2026, 3, 17)
>>> collection_day(date(2026, 3, 1), date(2026, 3, 3), wait=Duration.parse("7 days")).value
datetime.date(2026, 3, 10)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.calendar import BANK_DAYS, WorkingDays
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Months, interval, last_day_after, latest_before, minus
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said, weekday


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which the customer received an invoice, in the contract's zone, and how that is known."""

    day: date
    known_by: Text


class DueError(RefusalError):
    """Days in an order that cannot be: received before issued, or after the interval it concerns."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """
    From when fewer seats count.

    effective  the first day with fewer seats
    in_time    whether that is the end of the interval running when the notice counted
    """

    effective: date
    in_time: bool


def due_date(
    event: date, within: Duration, *, moved_by: WorkingDays | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[date]:
    """
    Decide the last day on which payment is in time; arrears begin the day after.

    event     the day that starts the period and is not counted itself: issue or receipt, as the contract says
    within    days, weeks or months
    moved_by  the working days of the place of payment where BGB 193 moves a due day that is none; None where the
              contract says calendar days or the law is another
    """
    last = last_day_after(event, within)
    step = said(
        "{within} nach dem {event} enden am {last}.",
        "{within} after {event} end on {last}.",
        within=within.spoken,
        event=day(event),
        last=weekday(last),
    )
    inputs = (("event", event.isoformat()), ("within", str(within)))
    ruling = Ruling(last, tuple(clauses), inputs, (step,))
    if moved_by is None or last in moved_by:
        return ruling
    moved = moved_by.on_or_after(last)
    german = "Das ist kein Werktag; gezahlt werden kann bis {moved}."
    english = "That is no working day; payment is in time until {moved}."
    return ruling.map(lambda _: moved).because(working=(said(german, english, moved=weekday(moved)),))


def payable_until(
    issued: date,
    within: Duration,
    *,
    from_receipt: bool,
    received: Receipt | None = None,
    moved_by: WorkingDays | None = None,
    clauses: Iterable[Clause] = (),
) -> Ruling[date]:
    """
    Decide the last day on which an invoice is paid in time, as its contract counts.

    from_receipt  the period begins with the receipt, else with the issue, and then it never moves
    received      None: nothing is known of it yet; the day is the one expected, were it received when it is issued

    moved_by      as `due_date`: contracts that say calendar days are not moved by BGB 193

    Received before it was issued raises DueError.

    >>> from kontor.rulebook.duration import Duration
    >>> by_mail = Receipt(date(2026, 3, 3), Text("per E-Mail", "by e-mail"))
    >>> payable_until(date(2026, 3, 2), Duration.parse("14 days"), from_receipt=True, received=by_mail).value
    datetime.date(2026, 3, 17)
    """
    if not from_receipt:
        step = Text(
            "Die Frist beginnt mit der Ausstellung der Rechnung.", "The period begins when the invoice is issued."
        )
        return _counted(issued, within, step, moved_by=moved_by, clauses=clauses)
    if received is None:
        step = Text(
            "Die Frist beginnt mit dem Zugang der Rechnung; erwartet wird er am Tag der Ausstellung.",
            "The period begins when the invoice is received, which is expected on the day of issue.",
        )
        return _counted(issued, within, step, moved_by=moved_by, clauses=clauses)
    if received.day < issued:
        german = "Am {received} kann nicht zugegangen sein, was am {issued} ausgestellt wurde."
        english = "What was issued on {issued} cannot have been received on {received}."
        raise DueError(said(german, english, received=day(received.day), issued=day(issued)))
    step = said(
        "Die Frist beginnt mit dem Zugang der Rechnung: {received}, {known_by}.",
        "The period begins when the invoice is received: {received}, {known_by}.",
        received=day(received.day),
        known_by=received.known_by,
    )
    return _counted(received.day, within, step, moved_by=moved_by, clauses=clauses)


def _counted(
    event: date, within: Duration, step: Text, *, moved_by: WorkingDays | None, clauses: Iterable[Clause]
) -> Ruling[date]:
    ruling = due_date(event, within, moved_by=moved_by, clauses=clauses)
    return Ruling(ruling.value, ruling.clauses, ruling.inputs, (step, *ruling.working))


def collection_day(
    invoiced: date,
    announced: date,
    *,
    wait: Duration,
    bank_days: WorkingDays = BANK_DAYS,
    clauses: Iterable[Clause] = (),
) -> Ruling[date]:
    """
    Decide the first bank day on which a direct debit may be collected.

    invoiced   the invoice's date
    announced  the day the pre-notification was sent
    wait       the debit comes no earlier than this long after the later of the two

    Before it the account may not be debited: a day on which TARGET is closed is followed by the next it is open.
    """
    later = max(invoiced, announced)
    earliest = last_day_after(later, wait)
    steps = [
        said(
            "{wait} nach dem späteren von Rechnungsdatum und Vorabankündigung, {later}: {earliest}.",
            "{wait} after the later of invoice date and pre-notification, {later}: {earliest}.",
            wait=wait.spoken,
            later=day(later),
            earliest=weekday(earliest),
        )
    ]
    bank_day = bank_days.on_or_after(earliest)
    if bank_day != earliest:
        german = "An diesem Tag ruht TARGET; der nächste Bankarbeitstag ist {bank_day}."
        english = "TARGET is closed that day; the next bank day is {bank_day}."
        steps.append(said(german, english, bank_day=weekday(bank_day)))
    inputs = (("invoiced", invoiced.isoformat()), ("announced", announced.isoformat()), ("wait", str(wait)))
    return Ruling(bank_day, tuple(clauses), inputs, tuple(steps))


def renewal_invoice_day(renews_on: date, lead: Duration, *, clauses: Iterable[Clause] = ()) -> Ruling[date]:
    """
    Decide the day on which a renewal's invoice is issued: plain subtraction from the day the renewal begins.

    >>> from kontor.rulebook.duration import Duration
    >>> renewal_invoice_day(date(2026, 2, 1), Duration.parse("60 days")).value
    datetime.date(2025, 12, 3)
    """
    issued = minus(renews_on, lead)
    step = said(
        "{lead} vor dem {renews} ist der {issued}.",
        "{lead} before {renews} is {issued}.",
        lead=lead.spoken,
        renews=day(renews_on),
        issued=day(issued),
    )
    return Ruling(issued, tuple(clauses), (("renews_on", renews_on.isoformat()), ("lead", str(lead))), (step,))


def seats_reduced_from(
    received: date,
    interval_end: date,
    *,
    every: Interval,
    notice: Duration,
    rule: Months = Months.ROLLING,
    clauses: Iterable[Clause] = (),
) -> Ruling[Reduction]:
    """
    Decide from which day fewer seats count, for a notice that works at the end of a billing interval.

    received      the day the notice counts
    interval_end  the first day after the running interval
    notice        how long before the interval's end; too late for this end, it works at the first end it is in time for

    A notice received after the interval named as running raises DueError.
    """
    if received >= interval_end:
        german = "Am {received} läuft das Intervall nicht mehr, das vor dem {end} endet."
        english = "On {received} the interval that ends before {end} no longer runs."
        raise DueError(said(german, english, received=day(received), end=day(interval_end)))
    number = 0
    effective = interval_end
    while received > latest_before(effective, notice):
        effective = interval(interval_end, every, number, rule=rule).end
        number += 1
    inputs = (
        ("received", received.isoformat()),
        ("interval_end", interval_end.isoformat()),
        ("billing_interval", every.value),
        ("notice", str(notice)),
    )
    steps = _reduction_steps(received, interval_end, notice=notice, effective=effective)
    return Ruling(Reduction(effective, effective == interval_end), tuple(clauses), inputs, steps)


def _reduction_steps(received: date, interval_end: date, *, notice: Duration, effective: date) -> tuple[Text, Text]:
    return (
        said(
            "{notice} vor dem {end}: Die Mitteilung zählt spätestens am {by}.",
            "{notice} before {end}: the notice counts on {by} at the latest.",
            notice=notice.spoken,
            end=day(interval_end),
            by=day(latest_before(interval_end, notice)),
        ),
        said(
            "Eingegangen am {received}, gelten ab dem {effective} weniger Benutzer.",
            "Received on {received}, fewer users count from {effective}.",
            received=day(received),
            effective=day(effective),
        ),
    )
