"""
A decade of contracts through the real actions, compared figure by figure with the oracle in `benchmarks/oracle`.

    python -m benchmarks.decade [contracts] [seed]

Every evening on which the oracle expects anything, and on the first and the fifteenth of each month, the day's jobs run
over all contracts: what the product did without being expected comes to light there with a wrong day. Orders and
notices come at noon. Nothing is printed or mailed. Every day and every cent that differs is told.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.house import conclude, open_market
from benchmarks.lived import Told, place, told_of
from benchmarks.oracle import bills, drawn, endings, late
from benchmarks.oracle.deal import Deal
from benchmarks.oracle.wishes import lived
from benchmarks.walked import Walk
from tests import databases

UNTIL = date(2034, 6, 30)


@dataclass
class Compared:
    """How many figures were compared, and every difference in a sentence."""

    figures: int = 0
    differences: list[str] = field(default_factory=list)

    def of(self, what: str, expected: object, found: object, *, figures: int = 1) -> None:
        self.figures += figures
        if expected != found:
            self.differences.append(f"{what}: the oracle says {expected}, Kontor {found}")


def compare(deal: Deal, told: Told, until: date) -> Compared:
    """Compare one contract's life with the oracle's."""
    done, life = Compared(), lived(deal, until)
    name = f"{deal.number} {deal.pack}"
    done.of(f"{name} first day", life.anchor if deal.pack == "crm" and not deal.named else life.first_day, told.start)
    done.of(f"{name} end", life.ends, told.ends)
    renewals = [(each.on, each.first, each.end) for each in life.renewals]
    _each(done, f"{name} renewal", renewals, told.renewals, figures=3)
    answers = [found for _, found in life.answers]
    _each(done, f"{name} wish", list(zip([w.what for w in deal.wishes], answers, strict=True)), told.answers)
    issued = [*bills.invoices(life, until), *endings.claimed(life, until)]
    _each(done, f"{name} invoice", sorted(map(_shown, issued), key=place), told.invoices, figures=8)
    back = [(each.issued, each.of, each.lines, each.vat) for each in endings.credit_notes(life, until)]
    _each(done, f"{name} credit note", back, told.credits, figures=4)
    paid = [(each.paid, each.costs, each.interest, each.principal, True) for each in late.late_payments(life, until)]
    _each(done, f"{name} late payment", paid, told.late, figures=5)
    return done


def _shown(one: bills.Invoice) -> tuple[Any, ...]:
    lines = tuple((line.first, line.last, line.cents) for line in one.lines)
    return one.issued, one.due, one.net, one.vat, one.gross, lines


def _each(done: Compared, what: str, expected: Sequence[object], found: Sequence[object], *, figures: int = 1) -> None:
    for number in range(max(len(expected), len(found))):
        mine = expected[number] if number < len(expected) else None
        theirs = found[number] if number < len(found) else None
        done.of(f"{what} {number + 1}", mine, theirs, figures=figures)
        if mine != theirs:
            return  # what follows is shifted


def simulate(deals: list[Deal], until: date) -> Iterator[Compared]:
    """Live the deals through to a day, and compare each."""
    market = open_market(drawn.LISTS)
    walk = Walk(market, deals, until)
    walk.go(conclude)
    for deal in deals:
        yield compare(deal, told_of(market, walk, deal), until)


def main(contracts: int, seed: int) -> None:
    began = time.perf_counter()
    deals = [drawn.deal(seed, number, until=UNTIL) for number in range(contracts)]
    figures, differences = 0, []
    for compared in simulate(deals, UNTIL):
        figures += compared.figures
        differences += compared.differences
    print(
        f"{contracts} contracts, {figures} figures, {time.perf_counter() - began:.0f} s, {len(differences)} differences"
    )
    for each in differences:
        print(" ", each)
    sys.exit(bool(differences))


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    given = [int(argument) for argument in sys.argv[1:]]
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        main(*(given + [300, 1][len(given) :]))
        databases.disconnect_django()
