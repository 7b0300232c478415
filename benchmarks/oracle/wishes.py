"""What each wish does to a contract, or that the contract does not know it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from benchmarks.oracle import devices, index, notices
from benchmarks.oracle.bills import cents, invoices, running, slots
from benchmarks.oracle.days import DAY, MONTHS, before, last_day, notice_by
from benchmarks.oracle.deal import Deal, Item, Wish
from benchmarks.oracle.life import Delta, Life, begun, end_by_notice, renew

HOURLY = Fraction("97.30")
SEARCH, DELAY, REINSTALLATION = "fruitless_search", "late_cooperation", "reinstallation"


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
    life.answers.append((wish, _HEARD[wish.what](life, wish)))


def _more(life: Life, wish: Wish) -> date | None:
    """crm §12: at any time, from our confirmation. visitor 3.2: for the rest of the term. Others: a new offer."""
    if life.deal.pack not in ("crm", "visitor"):
        return None
    on = max(wish.on, life.starts)
    if life.ends is not None and on > life.ends:
        return None
    position = _position(life, life.deal.listed(wish.item, wish.on), on)
    life.deltas.append(Delta(position, wish.count, on, wish.on))
    if life.deal.pack == "visitor":
        until = next((end for _, end in life.terms if on < end), (life.ends or on) + DAY)
        life.deltas.append(Delta(position, -wish.count, until, wish.on))
    return on


def _position(life: Life, item: Item, on: date) -> str:
    """Return the position that what is added joins: the one of the same price, even with none left, else a new one."""
    for name in life.positions:
        if name.partition("#")[0] == item.key and life.price(name, on) == item:
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
    _end(life, wish.on, wish, "fault" if wish.count or wish.what == "arrears" else "cause")
    return wish.on


def _arrears(life: Life, wish: Wish) -> date | None:
    """visitor 4.6.2: more than six weeks in arrears, and the threat two weeks before the end takes effect."""
    assert wish.due is not None
    assert wish.sent is not None
    early = wish.on <= last_day(wish.due, "6 weeks") or wish.on < last_day(wish.sent, "2 weeks")
    if life.deal.pack != "visitor" or early:
        return None
    return _cause(life, wish)


def _by_itself(life: Life, wish: Wish) -> date | None:
    """Leisure Art. 11, 21.3: a delay, an event of more than thirty days: the thirtieth is the contract's last."""
    since = wish.due or wish.sent
    assert since is not None
    ends = last_day(since, "30 days")
    pointless = ends < life.first_day or (life.ends is not None and life.ends <= ends)
    if life.deal.pack != "leisure" or wish.on <= ends or pointless:
        return None
    _end(life, ends, wish, "fault" if wish.what == "delay" else "cause")
    return ends


def _list(life: Life, wish: Wish) -> date | None:
    """crm §11.1: prices follow the official list with the next interval whose invoice is still to come."""
    if life.deal.pack != "crm":
        return None
    today, limit = max(wish.on, life.first_day), wish.on + 400 * DAY
    for slot in slots(life, limit + 400 * DAY):
        if slot.first <= today or slot.planned <= wish.on or slot.first in life.announced:
            continue
        if slot.first > limit or (life.ends is not None and slot.first > life.ends):
            return None
        changed = {name: item for name in life.positions if (item := _relisted(life, name, slot.first)) is not None}
        if changed:
            for name, item in changed.items():
                life.positions[name].append((slot.first, item))
            life.announced.append(slot.first)
            return slot.first
    return None


def _relisted(life: Life, name: str, on: date) -> Item | None:
    now, listed = life.price(name, on), life.deal.listed(name.split("#", maxsplit=1)[0], on)
    return listed if now.per != "once" and life.quantity(name, on) and listed != now else None


def _index(life: Life, wish: Wish) -> date | None:
    """Leisure Art. 11: with the next renewal, while its invoices, sixty days before, are still to come."""
    if life.deal.pack != "leisure":
        return None
    renewal = next((term[0] for term in life.terms[1:] if term[0] > wish.on), life.terms[-1][1])
    now, over = index.published_by(wish.on), life.ends is not None and life.ends < renewal
    if over or renewal <= wish.on or renewal > wish.on + 400 * DAY or renewal in life.announced or now is None:
        return None
    if before(renewal, "60 days") <= wish.on:
        return None
    prices = {name: _adjusted(life, name, renewal, now) for name in life.positions if _recurs(life, name, renewal)}
    if all(new == life.price(name, renewal).price for name, (new, _) in prices.items()):
        return None
    for name, (new, s) in prices.items():
        life.positions[name].append((renewal, replace(life.price(name, renewal), price=new)))
        life.indexed[name] = s
    life.announced.append(renewal)
    return renewal


def _adjusted(life: Life, name: str, renewal: date, now: index.Value) -> tuple[Fraction, index.Value]:
    s0 = life.indexed.get(name) or index.published_by(life.deal.formed)
    assert s0 is not None
    return index.adjusted(life.price(name, renewal).price, s0, now), now if now.month > s0.month else s0


def _recurs(life: Life, name: str, on: date) -> bool:
    return life.quantity(name, on) > 0 and life.price(name, on).per != "once"


def _work(life: Life, wish: Wish) -> date | None:
    """
    Charge work by the hour, with the next invoice.

    visitor  a search for a defect that the customer could have seen was none (4.5.9), extra effort by its delay (6.7)
    leisure  a reinstallation, but for two of at most thirty minutes in a calendar year (9.2)
    """
    if wish.item not in {"visitor": (SEARCH, DELAY), "leisure": (REINSTALLATION,)}.get(life.deal.pack, ()):
        return None
    free = sum(on.year == wish.on.year for on in life.unpaid)
    if wish.item == REINSTALLATION and wish.count <= 30 and free < 2:
        life.unpaid.append(wish.on)
    else:
        life.worked.append((wish.on, cents(Fraction(wish.count, 60) * HOURLY)))
    return wish.on


def _goodwill(life: Life, wish: Wish) -> date | None:
    """Give something back on the first line of the newest invoice: what nobody owed, and no clause asks for."""
    found = [invoice for invoice in invoices(life, wish.on - DAY) if invoice.lines[0].cents > wish.count]
    if not found:
        return None
    life.goodwill.append((wish.on, found[-1].issued, wish.count))
    return wish.on


def _reduction(life: Life, wish: Wish) -> date | None:
    """visitor 4.5.3: after two periods in vain the fee of the part falls, at most by what it costs in that month."""
    if life.deal.pack != "visitor":
        return None
    assert wish.sent is not None
    of = _billing(life, wish.sent)
    if of is None or wish.item not in life.positions:
        return None
    item = life.price(wish.item, wish.sent)
    fee = cents(life.quantity(wish.item, wish.sent) * item.price / MONTHS[item.per])
    taken = sum(amount for part, month, amount in life.reduced if (part, month) == (wish.item, wish.sent))
    amount = min(wish.count, fee - taken)
    if amount <= 0:
        return None
    life.reduced.append((wish.item, wish.sent, amount))
    life.goodwill.append((wish.on, of, amount))
    return wish.on


def _billing(life: Life, day: date) -> date | None:
    """Return the day of the invoice that bills the period in which a day lies."""
    return next((slot.planned for slot in slots(life, day) if slot.first <= day < slot.end), None)


def _end(life: Life, ends: date, wish: Wish, why: str) -> None:
    life.ends, life.ends_known, life.ended_for = ends, wish.on, why
    life.ended_term = next((term for term in life.terms if ends < term[1]), life.terms[-1])
    life.terms = [term for term in life.terms if term[0] <= ends + DAY]


_HEARD = {
    "more": _more, "fewer": _fewer, "interval": _interval, "notice": _notice, "cause": _cause, "arrears": _arrears,
    "delay": _by_itself, "force": _by_itself, "list": _list, "index": _index, "work": _work, "goodwill": _goodwill,
    "reduction": _reduction, "device": devices.deliver, "defect": devices.complain, "terms": notices.announce,
    "reply": notices.answer,
}  # fmt: skip
