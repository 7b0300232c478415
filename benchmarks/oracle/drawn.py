"""Deals drawn by chance, the same for the same seed: all packs, odd days, odd prices, and wishes over the years."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from benchmarks.oracle.bills import slots
from benchmarks.oracle.days import DAY, MONTHS, after, months_on
from benchmarks.oracle.deal import Deal, Item, PriceList, Wish
from benchmarks.oracle.wishes import lived

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
        wishes=tuple(_wishes(pack, chance, formed, until)),
        receipts=tuple(chance.randrange(4) for _ in range(7)),
        lateness=tuple(chance.choice([-3, 0, 0, 0, 2, 9, 17]) for _ in range(11)),
    ))  # fmt: skip


def _terms(pack: str, chance: Random) -> dict[str, str]:
    every = chance.choice(["month", "quarter", "year"])
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
    while on < until:
        found.append(_wish(pack, chance, on))
        on += chance.randrange(20, 400) * DAY
    if chance.random() < 0.6 and (until - formed).days > 120:
        on = formed + chance.randrange(90, (until - formed).days) * DAY
        if chance.random() < 0.35:
            found.append(Wish(on, "cause", count=chance.randint(0, 1)))
        else:
            found.append(Wish(on, "notice", sent=on - chance.randrange(4) * DAY))
    return sorted(found, key=lambda wish: wish.on)


def decided(drawn: Deal) -> Deal:
    """
    Return a deal without the wishes for another interval that come once the next one is invoiced already.

    From when those hold is open: §11.1 says the next interval, and its invoice has gone out with the old one.
    """
    kept: list[Wish] = []
    for wish in drawn.wishes:
        life = lived(replace(drawn, wishes=tuple(kept)), wish.on)
        following = [slot for slot in slots(life, wish.on + 800 * DAY) if slot.first > wish.on][:1]
        if wish.what != "interval" or not following or following[0].planned > wish.on:
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
