"""
What is invoiced, when, and until when it is to be paid.

crm          in advance, the agreed days before each interval (§11.1)
visitor      in advance at the start of the period; 14 calendar days from receipt (7.4)
leisure      on the dates of the offer; renewals 60 days before, 45 days from issue (Art. 11)
dealership, bookkeeping   at the start or the end of the interval, as agreed

An interval is billed with what was known before the day of its invoice; what comes later is a line of its own, from its
day on. A part of an interval is its share by days; under visitor, whose additions are for the rest of the term, whole
months count as months. Each line is rounded once, half away from zero, and VAT once per invoice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle import metered
from benchmarks.oracle.days import DAY, MONTHS, before, last_day, months_on, payable
from benchmarks.oracle.life import Delta, Life

# German law, and the text names no days to pay: its weekends and holidays move what the offer names.
_LEFT_TO_THE_OFFER = ("dealership", "bookkeeping")


@dataclass(frozen=True, order=True)
class Line:
    """What one position costs for its days, in cents; `first` None: paid once."""

    first: date | None
    last: date | None
    cents: int


@dataclass(frozen=True)
class Invoice:
    """A document: the day of its issue, the last day for payment, its lines, VAT and gross in cents."""

    issued: date
    due: date | None
    lines: tuple[Line, ...]
    vat: int
    renewal: bool = False

    @property
    def net(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def gross(self) -> int:
        return self.net + self.vat


def cents(amount: Fraction) -> int:
    """Return an amount in whole cents, halves away from zero."""
    sign = -1 if amount < 0 else 1
    return sign * int(abs(amount) * 100 + Fraction(1, 2))


def vat_percent(country: str, on: date) -> int:
    """Return what a German seller's service bears: 19 since 2021, 16 in the second half of 2020; abroad nothing."""
    if country != "DE":
        return 0
    return 16 if date(2020, 7, 1) <= on <= date(2020, 12, 31) else 19


@dataclass(frozen=True)
class Slot:
    """A period with its own invoice: `planned` the day it is due to be issued, `kind` "" or "renewal"."""

    first: date
    end: date
    planned: date
    months: int
    renewal: bool = False


def slots(life: Life, until: date) -> Iterator[Slot]:
    """Yield the billed periods whose invoices are planned by a day, and those that begin by then."""
    deal, terms = life.deal, life.deal.terms
    anchor = life.anchor
    if deal.pack == "leisure":
        yield from _instalments(life)
        anchor = life.terms[0][1]
    first, number, every, start = anchor, 0, "", anchor
    while _bills(life, first) and min(first, _planned(life, first, first)) <= until:
        wanted = life.interval_on(first, known=max(_planned(life, first, first), deal.formed))
        if wanted != every:
            every, number, start = wanted, 0, first
        number += 1
        end = months_on(start, MONTHS[every] * number)
        yield Slot(first, end, _planned(life, first, end), MONTHS[every], renewal=terms["issued"] == "dates")
        first = end


def _bills(life: Life, first: date) -> bool:
    """Tell whether a period is invoiced: one after the end too, if its invoice went out before the end was known."""
    return life.ends is None or first <= life.ends or _planned(life, first, first) <= _known(life)


def _planned(life: Life, first: date, end: date) -> date:
    terms = life.deal.terms
    planned = {"start": first, "end": end}.get(terms["issued"]) or before(first, terms["lead"])
    return max(planned, life.deal.formed)


def _instalments(life: Life) -> Iterator[Slot]:
    months, end = MONTHS[life.deal.terms["interval"]], life.terms[0][1]
    for number, day in enumerate(life.deal.dates):
        first = months_on(life.anchor, months * number)
        last = min(months_on(life.anchor, months * (number + 1)), end)
        yield Slot(first, last, max(day, life.deal.formed), months)


def running(life: Life, on: date) -> tuple[date, date] | None:
    """Return the billing interval in which a day lies; before the first one, the first; None after the end."""
    found = (slot for slot in slots(life, max(on, life.anchor) + 400 * DAY) if on < slot.end)
    slot = next(found, None)
    return None if slot is None else (slot.first, slot.end)


def billed(life: Life, until: date) -> list[tuple[date, bool, Line]]:
    """Return every line with the day on which it is to be issued, and whether it is a renewal's, by a day."""
    found = [(slot.planned, slot.renewal, line) for slot in slots(life, until) for line in _base(life, slot)]
    found += [(on, False, line) for slot in slots(life, until) for on, line in _later(life, slot)]
    for name in life.positions:
        item = life.price(name, life.deal.formed)
        if item.per == "once":
            count = life.quantity(name, date.max)
            found.append((life.deal.formed, False, Line(None, None, cents(count * item.price))))
    return [each for each in found if each[0] <= until]


def _base(life: Life, slot: Slot) -> Iterator[Line]:
    if life.ends is not None and slot.first > life.ends and _known(life) < slot.planned:
        return  # what went out before anybody knew of the end is given back, see `endings`
    for name in life.positions:
        count = sum(each.count for each in life.deltas if each.position == name and _in_base(each, slot))
        if count and life.price(name, slot.first).per != "once":
            known_end = life.ends if life.ends_known is not None and life.ends_known < slot.planned else None
            yield _line(life, slot, name, slot.first, count, known_end)


def _known(life: Life) -> date:
    return life.ends_known or date.max


def _in_base(delta: Delta, slot: Slot) -> bool:
    return delta.effective <= slot.first and (delta.first or delta.recorded < slot.planned)


def _later(life: Life, slot: Slot) -> Iterator[tuple[date, Line]]:
    groups: dict[tuple[str, date, date], int] = {}
    for each in life.deltas:
        if each.effective < slot.end and not _in_base(each, slot):
            start = max(each.effective, slot.first)
            issued = max(each.recorded, slot.planned, each.effective if each.effective > slot.first else slot.planned)
            groups[each.position, start, issued] = groups.get((each.position, start, issued), 0) + each.count
    for (name, start, issued), count in groups.items():
        over = life.ends is not None and start > life.ends
        if count and not over and life.price(name, start).per != "once":
            known_end = life.ends if life.ends_known is not None and life.ends_known <= issued else None
            yield issued, _line(life, slot, name, start, count, known_end)


def _line(life: Life, slot: Slot, name: str, start: date, count: int, known_end: date | None) -> Line:
    item = life.price(name, start)
    end = slot.end if known_end is None else min(slot.end, known_end + DAY)
    whole = count * item.price * slot.months / MONTHS[item.per]
    if (start, end) == (slot.first, slot.end):
        amount = whole
    elif life.deal.pack == "visitor":
        amount = count * item.price * _months(slot.first, start, end) / MONTHS[item.per]
    else:
        amount = whole * Fraction((end - start).days, (slot.end - slot.first).days)
    return Line(start, end - DAY, cents(amount))


def _months(anchor: date, start: date, end: date) -> Fraction:
    """Return days as months counted from an anchor: whole ones as one each, a broken one by its days."""
    total, number = Fraction(), 0
    while (first := months_on(anchor, number)) < end:
        last = months_on(anchor, number + 1)
        common = (min(last, end) - max(first, start)).days
        total += Fraction(max(common, 0), (last - first).days)
        number += 1
    return total


def charged(life: Life, until: date) -> list[tuple[date, Line]]:
    """Return what each month's use beyond the limits costs, with the day on which it is stated, and extra work."""
    running = (life.starts, date.max if life.ends is None else life.ends + DAY)
    worked = [(on, Line(on, on, amount)) for on, amount in life.worked if on <= until]
    used = [
        (month[1], Line(month[0], metered.last_of(month), cents(count * limit.price)))
        for month in (metered.months(life.starts, until) if life.deal.uses else ())
        for limit in metered.LIMITS
        if (count := metered.blocks(limit, life.deal.uses, month, running))
    ]
    return sorted([*used, *worked])


def invoices(life: Life, until: date) -> list[Invoice]:
    """Return the invoices by a day, in the order of their issue; credit notes apart."""
    days: dict[date, list[tuple[bool | None, Line]]] = {}
    for on, renewal, line in billed(life, until + 400 * DAY):
        days.setdefault(on, []).append((renewal, line))
    regular = {slot.planned for slot in slots(life, until + 400 * DAY) if any(_base(life, slot))}
    for stated, line in charged(life, until):
        # Where no regular invoice follows, nobody waits for what may be ordered yet: it goes out by itself.
        alone = max(stated, life.ends_known or stated)
        limit = date.max if any(on >= stated for on in regular) else alone
        following = min((on for on in days if stated <= on <= limit), default=None)
        days.setdefault(alone if following is None else following, []).append((None, line))
    issued = [(on, lines) for on, lines in _worth(days) if on <= until]
    return [_invoice(life, on, found, number) for number, (on, found) in enumerate(issued)]


def _worth(
    days: Mapping[date, list[tuple[bool | None, Line]]],
) -> Iterator[tuple[date, list[tuple[bool | None, Line]]]]:
    """Yield the days with what they charge; charges that come to nothing by themselves wait for the next ones."""
    waiting: list[tuple[bool | None, Line]] = []
    for on, found in sorted(days.items()):
        lines, waiting = [*waiting, *found], []
        if all(own is None for own, _ in lines) and not any(line.cents for _, line in lines):
            waiting = lines
        else:
            yield on, lines


def _invoice(life: Life, on: date, found: list[tuple[bool | None, Line]], number: int) -> Invoice:
    terms, deal = life.deal.terms, life.deal
    lines = tuple(sorted((line for _, line in found), key=lambda line: (line.first or date.min, line.cents)))
    own = [each for each, _ in found if each is not None]  # what is charged besides goes with them
    renewal = bool(own) and all(own)
    within = terms["renewal_due"] if renewal and "renewal_due" in terms else terms["due"]
    event = on if terms["due_from"] == "issue" else on + deal.receipts[number % len(deal.receipts)] * DAY
    net = sum(line.cents for line in lines)
    tax = cents(Fraction(net * vat_percent(deal.country, on), 10000))
    last = last_day(event, within)
    due = payable(last, deal.country) if deal.pack in _LEFT_TO_THE_OFFER else last
    return Invoice(on, due, lines, tax, renewal)
