"""
A contract's whole life from its facts: first day, terms, renewals, what each wish does, and the end.

crm          twelve months from the first billing interval, which begins with the change of month (§1.2, §11.1); renewed
             by one interval (§2, §13); notice sent 30 days before the end (§13); late, the earliest end in time
visitor      at least as long as agreed from the order confirmation or a day named (2.2, 4.6.1); renewed by 12 months;
             notice received three months before the end
leisure      as the offer says (Art. 4) from the receipt of the signed offer; renewed by a year; three months, received
dealership, bookkeeping   as agreed
"""

from dataclasses import dataclass, field, replace
from datetime import date

from benchmarks.oracle.days import DAY, MONTHS, after, change_of_month, last_day, months_on, notice_by
from benchmarks.oracle.deal import Deal, Item, Wish
from benchmarks.oracle.index import Value


@dataclass(frozen=True)
class Delta:
    """So many more or fewer of a position, from a day on, known since another; `first` where the contract began so."""

    position: str
    count: int
    effective: date
    recorded: date
    first: bool = False


@dataclass(frozen=True)
class Renewal:
    """A further term, and the day on which it stood fast."""

    on: date
    first: date
    end: date


@dataclass
class Life:
    """
    What became of a deal; `positions` position -> its prices by day, `every` intervals by (from, known since).

    announced  the first days of the prices that the customer was told of; `indexed` position -> its latest S
    worked     work that is charged: its day and its cents; `unpaid` the days of the work that was free
    goodwill   what was given back, owed or not: on which day, of the invoice of which day, how many cents
    reduced    by how many cents a part's fee was reduced in a month, by the part and the month's first day
    devices    the last day for defects of each device that was delivered
    notice     a change that the customer may object to: until when, and the day that is named for it
    """

    deal: Deal
    first_day: date
    anchor: date
    terms: list[tuple[date, date]]
    renewals: list[Renewal] = field(default_factory=list)
    deltas: list[Delta] = field(default_factory=list)
    positions: dict[str, list[tuple[date, Item]]] = field(default_factory=dict)
    every: list[tuple[date, date, str]] = field(default_factory=list)
    ends: date | None = None
    ends_known: date | None = None
    ended_for: str = ""
    ended_term: tuple[date, date] = (date.min, date.min)
    answers: list[tuple[Wish, date | None]] = field(default_factory=list)
    announced: list[date] = field(default_factory=list)
    indexed: dict[str, Value] = field(default_factory=dict)
    worked: list[tuple[date, int]] = field(default_factory=list)
    unpaid: list[date] = field(default_factory=list)
    goodwill: list[tuple[date, date, int]] = field(default_factory=list)
    reduced: list[tuple[str, date, int]] = field(default_factory=list)
    devices: list[date] = field(default_factory=list)
    notice: tuple[date, date] | None = None

    @property
    def starts(self) -> date:
        """The day on which the contract starts: crm's first interval, unless the offer names another (§11.1)."""
        return self.anchor if self.deal.pack == "crm" and self.deal.named is None else self.first_day

    @property
    def first_end(self) -> date:
        """The first day after the first term."""
        return after(self.anchor, self.deal.terms["initial"])

    def unended(self) -> "Life":
        """Return the same life as if it had not ended."""
        return replace(self, ends=None, ends_known=None)

    def quantity(self, position: str, on: date) -> int:
        """How many of a position there are on a day."""
        return sum(each.count for each in self.deltas if each.position == position and each.effective <= on)

    def price(self, position: str, on: date) -> Item:
        """What one of a position costs on a day."""
        prices = self.positions[position]
        return next((item for first, item in reversed(prices) if first <= on), prices[0][1])

    def interval_on(self, on: date, *, known: date | None = None) -> str:
        """The billing interval in force on a day, as far as it was recorded before the day `known`."""
        told = [each for each in self.every if each[0] <= on and (known is None or each[1] < known)]
        return (told or self.every[:1])[-1][2]


def begun(deal: Deal) -> Life:
    """Return a deal on its first day."""
    terms = deal.terms
    if deal.pack == "crm":
        first_day = deal.named or deal.formed
        anchor = change_of_month(first_day)
    else:
        first_day = deal.named or (deal.confirmed if deal.pack == "visitor" else deal.formed)
        anchor = first_day
    life = Life(deal, first_day, anchor, [(first_day, after(anchor, terms["initial"]))])
    life.every.append((date.min, date.min, terms["interval"]))
    for item, count in deal.bought.items():
        life.deltas.append(Delta(item, count, first_day, deal.formed, first=True))
        life.positions[item] = [(date.min, deal.listed(item, deal.formed))]
    return life


def renew(life: Life, today: date) -> None:
    """Let every term follow whose predecessor's last day for notice is over by a day, unless an end is known."""
    while life.ends is None:
        stands = notice_by(life.terms[-1][1], life.deal.terms["notice"]) + DAY
        if stands > today:
            return
        term = next_term(life, life.terms[-1])
        life.terms.append(term)
        life.renewals.append(Renewal(max(stands, life.deal.formed), *term))


def next_term(life: Life, term: tuple[date, date]) -> tuple[date, date]:
    """
    Return the term after a term; counted from the first one's own beginning, so that no month's end drifts.

    crm: the term is fitted to the billing interval (§1.2) and renewed with it (§13): it ends with the one it begins in.
    """
    first = term[1]
    if life.deal.pack == "crm":
        since = max(life.anchor, *(on for on, _, _ in life.every if on <= first))
        months, number = MONTHS[life.interval_on(first)], 1
        while (end := months_on(since, months * number)) <= first:
            number += 1
        return first, end
    number = life.terms.index(term) if term in life.terms else len(life.terms)
    return first, _counted(life, number + 1)


def _counted(life: Life, renewals: int) -> date:
    initial, renewal = life.deal.terms["initial"], life.deal.terms["renewal"]
    if _in_months(initial) and _in_months(renewal):
        return months_on(life.anchor, _in_months(initial) + renewals * _in_months(renewal))
    end = after(life.anchor, initial)
    for _ in range(renewals):
        end = after(end, renewal)
    return end


def _in_months(span: str) -> int:
    amount, unit = span.split()
    return int(amount) * {"month": 1, "year": 12}.get(unit.rstrip("s"), 0)


def end_by_notice(life: Life, counted: date) -> date:
    """Return the last day that a notice gives the contract, by the day of it that counts."""
    terms = life.deal.terms
    if terms["to"] == "any_time":
        return max(last_day(counted, terms["notice"]), life.first_day)
    term = life.terms[0]
    while counted > notice_by(term[1], terms["notice"]):
        known = life.terms.index(term) + 1 if term in life.terms else len(life.terms)
        term = life.terms[known] if known < len(life.terms) else _beyond(life, term)
    return term[1] - DAY


def _beyond(life: Life, term: tuple[date, date]) -> tuple[date, date]:
    if life.deal.pack == "crm":
        return next_term(life, term)
    number = 0
    while _counted(life, number) <= term[1]:
        number += 1
    return term[1], _counted(life, number)
