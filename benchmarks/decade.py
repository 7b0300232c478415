"""
A decade of contracts through the real actions, compared figure by figure with the oracle in `benchmarks/oracle`.

    python -m benchmarks.decade [contracts] [seed] [last day] [resume]

Orders, notices and payments come at noon, in the evening the day's jobs run; on which days they need not be asked, and
why that hides nothing, stands in `walked`. Invoices are neither printed nor mailed. Every day and every cent that
differs is told.

Fifty contracts are lived together, then the next; each group is kept in a file of the temporary folder, with which
`resume` goes on after a run that was stopped. How far it is stands on standard error.
"""

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.house import conclude, open_market
from benchmarks.lived import Told, place, told_of
from benchmarks.oracle import bank, bills, drawn, endings, given, late, reminded
from benchmarks.oracle.deal import Deal
from benchmarks.oracle.wishes import lived
from benchmarks.walked import Walk
from tests import databases

UNTIL = date(2034, 6, 30)
GROUP = 50


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
    done.of(f"{name} first day", life.starts, told.start)
    done.of(f"{name} end", life.ends, told.ends)
    renewals = [(each.on, each.first, each.end) for each in life.renewals]
    _each(done, f"{name} renewal", renewals, told.renewals, figures=3)
    answers = [found for _, found in life.answers]
    _each(done, f"{name} wish", list(zip([w.what for w in deal.wishes], answers, strict=True)), told.answers)
    issued = [*bills.invoices(life, until), *endings.claimed(life, until)]
    _each(done, f"{name} invoice", sorted(map(_shown, issued), key=place), told.invoices, figures=8)
    back = [(each.issued, each.of, each.lines, each.vat) for each in given.given_back(life, until)]
    _each(done, f"{name} credit note", back, told.credits, figures=4)
    paid = [(each.paid, each.costs, each.interest, each.principal) for each in late.late_payments(life, until)]
    _each(done, f"{name} late payment", paid, told.late, figures=4)
    debits = bank.debits(deal, bills.invoices(life, until))
    _each(done, f"{name} announcement", [(each.issued, each.on) for each in debits], told.collected, figures=2)
    _each(done, f"{name} debit", _presented(debits, until), told.debits, figures=5)
    asked = [(each.issued, each.step, each.sent, each.pay_by, each.cents) for each in reminded.letters(life, until)]
    _each(done, f"{name} reminder", asked, told.letters, figures=5)
    return done


def _presented(debits: Sequence[bank.Debit], until: date) -> list[tuple[object, ...]]:
    return [
        (each.issued, each.on, each.first, each.cents, each.back_on if each.back_on and each.back_on <= until else None)
        for each in debits
        if each.first is not None
    ]


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


def simulate(
    deals: list[Deal], until: date, *, quarterly: Callable[[date, int], None] | None = None
) -> Iterator[Compared]:
    """Live the deals through to a day, and compare each; `quarterly` as in `Walk`."""
    market = open_market(drawn.LISTS)
    walk = Walk(market, deals, until, quarterly=quarterly)
    walk.go(conclude)
    for deal in deals:
        yield compare(deal, told_of(market, walk, deal), until)


@dataclass(frozen=True)
class Group:
    """What a group of contracts came to, as a line of the checkpoint file keeps it; `used`: seconds of CPU here."""

    first: int
    contracts: int
    figures: int
    seconds: float
    used: float
    differences: list[str]


def lived_group(seed: int, numbers: range, until: date, database: databases.WorkerDatabase) -> Group:
    """Live the deals of these numbers in an empty database, and compare them."""
    began, used = time.perf_counter(), time.process_time()

    def quarterly(day: date, contracts: int) -> None:
        """Say how far it is, and count the tables anew: the tests' server does not by itself, and plans by guesses."""
        sys.stderr.write(f"  {day}  {contracts} contracts  {time.perf_counter() - began:.0f} s\n")
        with psycopg.connect(database.cluster.url("postgres", database.name), autocommit=True) as db:
            db.execute("ANALYZE")

    deals = [drawn.deal(seed, number, until=until) for number in numbers]
    figures, differences = 0, []
    for compared in simulate(deals, until, quarterly=quarterly):
        figures += compared.figures
        differences += compared.differences
    seconds, used = time.perf_counter() - began, time.process_time() - used
    return Group(numbers[0], len(numbers), figures, seconds, used, differences)


def main(contracts: int, seed: int, *, until: date, resume: bool) -> None:
    """Live every group that is not in the checkpoint file, then say in one line what all came to."""
    file = Path(tempfile.gettempdir()) / f"kontor-decade-{seed}-{contracts}-{until}.jsonl"
    done = [Group(**json.loads(line)) for line in file.read_text().splitlines()] if resume and file.exists() else []
    file.write_text("".join(json.dumps(asdict(group)) + "\n" for group in done))
    gc.freeze()  # what was imported stays, and need not be looked through again and again
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        for first in range(0, contracts, GROUP):
            if first in {group.first for group in done}:
                continue
            done.append(lived_group(seed, range(first, min(first + GROUP, contracts)), until, database))
            with file.open("a") as kept:
                kept.write(json.dumps(asdict(done[-1])) + "\n")
            _say(done, seed)
            database.empty()
        databases.disconnect_django()
    _say(done, seed)
    sys.exit(any(group.differences for group in done))


def _say(done: Sequence[Group], seed: int) -> None:
    contracts, figures = sum(group.contracts for group in done), sum(group.figures for group in done)
    differences, seconds = [each for group in done for each in group.differences], sum(each.seconds for each in done)
    used = sum(each.used for each in done)
    print(
        f"seed {seed}: {contracts} contracts, {figures} figures, {len(differences)} differences, {seconds:.0f} s,"
        f" of which {used:.0f} s CPU here"
    )
    for each in differences:
        print(" ", each)


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    days = [date.fromisoformat(argument) for argument in sys.argv[1:] if "-" in argument]
    main(*(numbers + [300, 1][len(numbers) :]), until=(*days, UNTIL)[0], resume="resume" in sys.argv)
