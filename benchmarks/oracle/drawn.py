"""Deals drawn by chance, the same for the same seed: all packs, odd days, odd prices, and wishes over the years."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from benchmarks.oracle.bills import slots
from benchmarks.oracle.days import DAY, MONTHS, after, months_on
from benchmarks.oracle.deal import Back, Deal, Item, PriceList, Use, Wish
from benchmarks.oracle.notices import KINDS
from benchmarks.oracle.wishes import DELAY, REINSTALLATION, SEARCH, lived

PACKS = ("crm", "visitor", "leisure", "dealership", "bookkeeping")
SIGNED = (date(2024, 1, 2), date(2026, 12, 20))
LISTS = tuple(
    PriceList(
        first,
        {
            "visitors": Item("visitors", "month", Fraction(module)),
            "seats": Item("seats", "month", Fraction(seat)),
            "care": Item("care", "year", Fraction(care)),
            "terminal": Item("terminal", "once", Fraction("1490.00")),
        },
    )
    for first, module, seat, care in (
        (date(2020, 1, 1), "89.00", "12.55", "1199.99"),
        (date(2027, 3, 1), "91.50", "12.55", "1249.95"),
        (date(2030, 7, 1), "91.50", "13.3333", "1299.00"),
    )
)


def deal(seed: int, number: int, *, signed: tuple[date, date] = SIGNED, until: date) -> Deal:
    """Return one deal of a seeded run; its number decides the pack."""
    chance = Random(f"{seed} {number}")
    pack = PACKS[number % len(PACKS)]
    formed = signed[0] + timedelta(days=chance.randrange((signed[1] - signed[0]).days))
    confirmed = formed  # the confirmation arrives the day it is sent
    named = formed + chance.randrange(1, 70) * DAY if chance.random() < 0.5 or pack in PACKS[3:] else None
    terms = _terms(pack, chance)
    bought = {"visitors": chance.randint(1, 4), "seats": chance.randint(1, 40)}
    if chance.random() < 0.5:
        bought["care"] = chance.randint(1, 3)
    if chance.random() < 0.4:
        bought["terminal"] = chance.randint(1, 5)
    return decided(Deal(
        pack=pack, number=number, formed=formed, confirmed=confirmed, named=named, terms=terms, bought=bought,
        lists=LISTS, country=chance.choice(["DE", "DE", "DE", "FR", "CH"]),
        dates=_dates(pack, terms, named or formed),
        wishes=_with_notices(
            _with_devices(
                _with_reductions(
                    _with_extras(_wishes(pack, chance, formed, until), pack, Random(f"{seed} {number} extras"), until),
                    pack, Random(f"{seed} {number} reductions"), formed=formed, until=until,
                ),
                bought.get("terminal", 0), Random(f"{seed} {number} devices"), formed=formed, until=until,
            ),
            pack, Random(f"{seed} {number} notices"), formed=formed, until=until,
        ),
        receipts=tuple(chance.randrange(4) for _ in range(7)),
        lateness=tuple(chance.choice(LATE[pack == "leisure"]) for _ in range(11)),
        parted=chance.random() < 0.4,
        troubles=_troubles(Random(f"{seed} {number} troubles")),
        mandate=pack == "visitor" and chance.random() < 0.5,
        uses=tuple(_uses(pack, chance, named or formed, until)),
        **_debits(Random(f"{seed} {number} debits")),
    ))  # fmt: skip


def _troubles(chance: Random) -> tuple[str, ...]:
    return tuple(chance.choice(["", "dispute", "plan", "broken"]) for _ in range(7))


def _debits(chance: Random) -> dict[str, Any]:
    """Return whether debits are presented to the bank, and what becomes of each in turn: most bring the money."""
    back = [
        Back(
            chance.choice([0, 2, 3, 20, 55]), chance.choice([300, 475]), chance.randrange(1, 40), chance.random() < 0.1
        )
        if chance.random() < 0.3
        else None
        for _ in range(11)
    ]
    return {"debited": chance.random() < 0.7, "back": tuple(back)}


LATE = ([-3, 0, 0, 0, 0, 0, 0, 2, 17, 60, 210], [-3, 0, 0, 0, 0, 0, 2, 9, 29])  # leisure ends after thirty days


def _terms(pack: str, chance: Random) -> dict[str, str]:
    every = chance.choice(["month", "quarter", "quarter", "year", "year"])
    if pack == "crm":
        return {
            "initial": "12 months", "notice": "30 days", "interval": every, "issued": "lead", "to": "term_end",
            "lead": chance.choice(["7 days", "14 days", "21 days"]), "due": chance.choice(["10 days", "30 days"]),
            "due_from": chance.choice(["issue", "receipt"]),
        }  # fmt: skip
    if pack == "visitor":
        return {
            "initial": chance.choice(["12 months", "24 months"]), "renewal": "12 months", "notice": "3 months",
            "interval": every, "issued": "start", "due": "14 days", "due_from": "receipt", "to": "term_end",
        }  # fmt: skip
    if pack == "leisure":
        return {
            "initial": chance.choice(["12 months", "24 months", "36 months"]), "renewal": "12 months",
            "lead": "60 days", "notice": "3 months", "interval": chance.choice(["quarter", "year"]),
            "issued": "dates", "to": "term_end", "due": chance.choice(["14 days", "30 days"]), "due_from": "issue",
            "renewal_due": "45 days",
        }  # fmt: skip
    return {
        "initial": chance.choice(["3 months", "12 months", "24 months"]),
        "renewal": chance.choice(["3 months", "12 months"]),
        "notice": chance.choice(["1 month", "6 weeks", "30 days", "3 months"]), "interval": every,
        "issued": chance.choice(["start", "end"]), "due": chance.choice(["10 days", "14 days"]),
        "due_from": chance.choice(["issue", "receipt"]), "to": chance.choice(["term_end", "term_end", "any_time"]),
    }  # fmt: skip


def _dates(pack: str, terms: dict[str, str], start: date) -> tuple[date, ...]:
    """Return one date for each interval of leisure's first term: at its start, or some days before."""
    if pack != "leisure":
        return ()
    months, end, found = MONTHS[terms["interval"]], after(start, terms["initial"]), []
    while (first := months_on(start, months * len(found))) < end:
        found.append(first - (5 if found else 0) * DAY)
    return tuple(found)


def _wishes(pack: str, chance: Random, formed: date, until: date) -> list[Wish]:
    found: list[Wish] = []
    on = formed + chance.randrange(20, 200) * DAY
    rare = 1 if pack in ("crm", "visitor") else 6  # the other texts answer an order with a new offer
    while on < until:
        found.append(_wish(pack, chance, on))
        on += chance.randrange(20, 400) * rare * DAY
    if pack == "crm":
        found += [Wish(change.first + chance.randrange(-40, 60) * DAY, "list") for change in LISTS[1:]]
    if pack == "leisure":
        years = [months_on(formed, 12 * year) for year in range(1, until.year - formed.year + 1)]
        found += [Wish(on - chance.randrange(40, 140) * DAY, "index") for on in years if chance.random() < 0.8]
    if chance.random() < 0.6 and (until - formed).days > 120:
        found.append(_ending(pack, chance, formed + chance.randrange(90, (until - formed).days) * DAY))
    found = [wish for wish in found if formed < wish.on <= until]
    return sorted(found, key=lambda wish: wish.on)


def _with_extras(wishes: list[Wish], pack: str, chance: Random, until: date) -> tuple[Wish, ...]:
    """Add work beside the contract and, where nothing ends it, a gesture of goodwill."""
    first = wishes[0].on if wishes else until
    found = list(wishes)
    for _ in range(chance.randrange(9) if first < until else 0):
        on = first + chance.randrange((until - first).days) * DAY
        kind = REINSTALLATION if pack == "leisure" else chance.choice([SEARCH, DELAY])
        if pack in ("visitor", "leisure") or chance.random() < 0.1:
            found.append(Wish(on, "work", kind, chance.choice([20, 25, 30, 31, 47, 95])))
    if first < until and chance.random() < 0.5 and not any(wish.what in ENDINGS for wish in wishes):
        on = first + chance.randrange((until - first).days) * DAY
        found.append(Wish(on, "goodwill", count=chance.randrange(100, 3000)))
    once = {(wish.on, wish.what): wish for wish in found}.values()
    # An order is invoiced at once: work of its day goes with it where it is logged before.
    return tuple(sorted(once, key=lambda wish: (wish.on, wish.what != "work")))


def _with_reductions(
    wishes: tuple[Wish, ...], pack: str, chance: Random, *, formed: date, until: date
) -> tuple[Wish, ...]:
    """Add fees reduced for a month long paid, twice for some, where nothing else gives a part of an invoice back."""
    found = list(wishes)
    given = any(wish.what in (*ENDINGS, "goodwill") for wish in wishes)
    first = formed + 40 * DAY
    if given or (until - first).days < 300 or (pack != "visitor" and chance.random() < 0.9):
        return wishes
    for _ in range(chance.randrange(4)):
        month = (first + chance.randrange((until - first).days - 270) * DAY).replace(day=1)
        part, lags = chance.choice(["care", "care", "visitors", "seats"]), (220, 241)[: chance.randint(1, 2)]
        found += [Wish(month + lag * DAY, "reduction", part, chance.randrange(200, 20_000), sent=month) for lag in lags]
    return tuple(sorted({(wish.on, wish.what): wish for wish in found}.values(), key=lambda wish: wish.on))


def _with_devices(
    wishes: tuple[Wish, ...], count: int, chance: Random, *, formed: date, until: date
) -> tuple[Wish, ...]:
    """Add the delivery of some devices of which some fail, where nothing else gives a part of that invoice back."""
    found = list(wishes)
    given = any(wish.what == "goodwill" for wish in wishes)
    on = formed + 10 * DAY
    for _ in range(chance.randrange(count + 2) if count else 0):
        on += chance.randrange(1, 60) * DAY
        found.append(Wish(on, "device"))
        if not given and chance.random() < 0.6:
            seen = on + chance.choice([20, 200, 364, 365, 366]) * DAY
            remedy, cut = chance.choice(["rescission", "reduction"]), chance.randrange(1_000, 160_000)
            found.append(Wish(seen + chance.choice([30, 31, 45]) * DAY, "defect", remedy, cut, sent=seen))
            break  # of the latest one
    return tuple(sorted((wish for wish in found if wish.on <= until), key=lambda wish: wish.on))


REPLIES = ("accept", "object", "silence", "silence")


def _with_notices(
    wishes: tuple[Wish, ...], pack: str, chance: Random, *, formed: date, until: date
) -> tuple[Wish, ...]:
    """Add changes of the terms that are announced, and what the customer answers where it may."""
    found = list(wishes)
    on = formed + chance.randrange(30, 500) * DAY
    while pack in KINDS and on < until and chance.random() < 0.5:
        kind = chance.choice(KINDS[pack])
        named = on + chance.choice([28, 29, 61, 63, 90]) * DAY if pack == "visitor" else None
        found.append(Wish(on, "terms", kind, sent=named))
        if kind == "restriction":
            replied = on + chance.choice([3, 58, 59, 60, 61, 62, 63]) * DAY
            found.append(Wish(replied, "reply", chance.choice(REPLIES)))
        on += chance.randrange(150, 900) * DAY
    once = {(wish.on, wish.what): wish for wish in found if wish.on <= until}.values()
    return tuple(sorted(once, key=lambda wish: wish.on))


ENDINGS = ("notice", "cause", "arrears", "delay", "force")


def _ending(pack: str, chance: Random, on: date) -> Wish:
    if chance.random() < 0.3 and pack == "visitor":
        due, sent = on - chance.randrange(35, 70) * DAY, on - chance.randrange(10, 25) * DAY
        return Wish(on, "arrears", sent=sent, due=due)
    if chance.random() < 0.4 and pack == "leisure":
        since = on - chance.choice([31, 31, 31, 30]) * DAY
        return Wish(on, "delay", due=since) if chance.random() < 0.5 else Wish(on, "force", sent=since)
    if chance.random() < 0.35:
        return Wish(on, "cause", count=chance.randint(0, 1))
    return Wish(on, "notice", sent=on - chance.randrange(4) * DAY)


def _uses(pack: str, chance: Random, first: date, until: date) -> list[Use]:
    """Return a year and a half of use of every third crm contract: mailings, visitors, and what lies in store."""
    if pack != "crm" or chance.random() > 0.4:
        return []
    found, last = [], min(months_on(first, 18), until - 40 * DAY)
    on = first + chance.randrange(1, 25) * DAY
    while on < last:
        found.append(Use(on, "bulk_mailings", chance.choice([400, 9_999, 10_001, 12_500, 3_000])))
        found += [Use(on, "customer_centre_logins", 1, f"guest {chance.randrange(8)}") for _ in range(5)]
        found.append(
            Use(on, "storage", chance.choice([10**9, 10**10, 10**10 + 1_000_000, 25 * 10**9 + 1, 25 * 10**9 + 600]))
        )
        on += chance.randrange(6, 28) * DAY
    return found


def decided(drawn: Deal) -> Deal:
    """
    Return a deal without the wishes to which the text gives no one answer, or the simulation none.

    For another interval once the next one is invoiced already: §11.1 says the next interval, and its invoice has gone
    out with the old one. For a reduction of what had other numbers at first: it is billed by several lines.
    """
    kept: list[Wish] = []
    for wish in drawn.wishes:
        life = lived(replace(drawn, wishes=tuple(kept)), wish.on)
        following = [slot for slot in slots(life, wish.on + 800 * DAY) if slot.first > wish.on][:1]
        if wish.what == "reduction":
            changed = [each for each in life.deltas if each.position == wish.item and not each.first]
            if not changed and wish.sent is not None and wish.sent >= life.anchor:
                kept.append(wish)
        elif wish.what != "interval" or not following or following[0].planned > wish.on:
            kept.append(wish)
    return replace(drawn, wishes=tuple(kept))


def _wish(pack: str, chance: Random, on: date) -> Wish:
    kinds = ["more", "more", "fewer"] + (["interval"] if pack == "crm" else [])
    kind = chance.choice(kinds)
    if kind == "interval":
        return Wish(on, kind, chance.choice(["month", "quarter", "year"]))
    return Wish(
        on, kind, chance.choice(["visitors", "seats", "seats"]) if kind == "more" else "seats", chance.randint(1, 5)
    )
