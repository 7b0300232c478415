"""What each wish does to a contract, or that the contract does not know it."""

from datetime import date

from benchmarks.oracle.bills import running
from benchmarks.oracle.days import DAY, notice_by
from benchmarks.oracle.deal import Deal, Item, Wish
from benchmarks.oracle.life import Delta, Life, begun, end_by_notice, renew


def lived(deal: Deal, until: date) -> Life:
    """Return a deal as it stands after a day, all its wishes heard."""
    life = begun(deal)
    for wish in deal.wishes:
        if wish.on > until:
            break
        renew(life, wish.on - DAY)
        hear(life, wish)
    renew(life, until)
    return life


def hear(life: Life, wish: Wish) -> None:
    """Do what a wish does; `answers` keeps the day from which it works, None where it does nothing."""
    found = {"more": _more, "fewer": _fewer, "interval": _interval, "notice": _notice, "cause": _cause}[wish.what]
    life.answers.append((wish, found(life, wish)))


def _more(life: Life, wish: Wish) -> date | None:
    """crm §12: at any time, from our confirmation. visitor 3.2: for the rest of the term. Others: a new offer."""
    if life.deal.pack not in ("crm", "visitor"):
        return None
    on = max(wish.on, life.first_day)
    if life.ends is not None and on > life.ends:
        return None
    position = _position(life, life.deal.listed(wish.item, wish.on), on)
    life.deltas.append(Delta(position, wish.count, on, wish.on))
    if life.deal.pack == "visitor":
        until = next(end for _, end in life.terms if on < end)
        life.deltas.append(Delta(position, -wish.count, until, wish.on))
    return on


def _position(life: Life, item: Item, on: date) -> str:
    """Return the position that what is added joins: the one of the same price, else one of its own."""
    same = [name for name in life.positions if name.split("#")[0] == item.key and life.quantity(name, on) > 0]
    for name in same:
        if life.price(name, on) == item:
            return name
    name = f"{item.key}#{len(life.positions)}"
    life.positions[name] = [(date.min, item)]
    return name


def _fewer(life: Life, wish: Wish) -> date | None:
    """crm §12: to the end of the interval by a notice received 30 days before; else to the first it is in time for."""
    if life.deal.pack != "crm" or life.quantity(wish.item, date.max) < wish.count:
        return None
    found = running(life, wish.on)
    while found is not None and wish.on > notice_by(found[1], "30 days"):
        found = running(life, found[1])
    if found is None or (life.ends is not None and found[1] > life.ends):
        return None
    end = found[1]
    life.deltas.append(Delta(wish.item, -wish.count, end, wish.on))
    return end


def _interval(life: Life, wish: Wish) -> date | None:
    """crm §11.1: from the next interval, at the official prices. The other texts know no such change."""
    if life.deal.pack != "crm":
        return None
    found = running(life, wish.on)
    if found is None:
        return None
    on = found[1]
    if (life.ends is not None and on > life.ends) or life.interval_on(on) == wish.item:
        return None
    life.every.append((on, wish.on, wish.item))
    for name, prices in life.positions.items():
        item = life.deal.listed(name.split("#")[0], on)
        if item.per == prices[-1][1].per != "once":
            prices.append((on, item))
    return on


def _notice(life: Life, wish: Wish) -> date | None:
    if life.ends is not None:
        return None
    counted = wish.sent or wish.on if life.deal.pack == "crm" else wish.on
    ends = end_by_notice(life, counted)
    _end(life, ends, wish, "notice")
    return ends


def _cause(life: Life, wish: Wish) -> date | None:
    if (life.ends is not None and life.ends <= wish.on) or wish.on < life.first_day:
        return None
    _end(life, wish.on, wish, "fault" if wish.count else "cause")
    return wish.on


def _end(life: Life, ends: date, wish: Wish, why: str) -> None:
    life.ends, life.ends_known, life.ended_for = ends, wish.on, why
    life.ended_term = next((term for term in life.terms if ends < term[1]), life.terms[-1])
    life.terms = [term for term in life.terms if term[0] <= ends + DAY]
