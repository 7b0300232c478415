"""
The billing run over 1,000 contracts of two recurring lines: drafted, numbered, posted and recorded; then all files.

    python -m benchmarks.invoice_run [contracts] [printed]

CPU seconds of this process and of its PostgreSQL backend count together; a core at full use is the unit. The peer is in
`benchmarks/peers/tryton.md`: about one invoice a second and core, without e-invoice.
"""

import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

import benchmarks.django_ready  # noqa: F401  models are imported below
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions import printing
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import billing
from kontor.office.contracts.models import Contract
from tests import databases, factories, many

AT = datetime(2027, 1, 1, 8, 0, tzinfo=UTC)


@dataclass
class Used:
    """CPU seconds of this process and of the database's backend."""

    here: float
    there: float

    @classmethod
    def now(cls, backend: int) -> "Used":
        ticks = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()
        return cls(time.process_time(), (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"))

    def since(self, earlier: "Used") -> "Used":
        return Used(self.here - earlier.here, self.there - earlier.there)

    @property
    def total(self) -> float:
        return self.here + self.there


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def main(contracts: int, printed: int) -> None:
    house = factories.make_house()
    contract = many.one_contract(house, without=["terminal"])
    with as_tenant(house.tenant.pk):
        many.copies(contract, [{"name": f"Kunde {number} GmbH"} for number in range(2, contracts + 1)])
        ids = list(Contract.objects.order_by("pk").values_list("pk", flat=True))
    pid = backend()
    issued = 0
    before, started = Used.now(pid), time.perf_counter()
    for place in range(0, len(ids), billing.BATCH):
        with as_tenant(house.tenant.pk):
            run = billing.start_run_of(ids[place : place + billing.BATCH], until=date(2027, 1, 1), at=AT, actor=MACHINE)
            issued += len(billing.bill_contracts(run.pk, ids[place : place + billing.BATCH], at=AT))
    used, wall = Used.now(pid).since(before), time.perf_counter() - started
    tell("drafted, numbered, posted, recorded", issued, used, wall)
    with as_tenant(house.tenant.pk):
        assert Invoice.objects.count() == issued
        some = list(Invoice.objects.order_by("number").values_list("pk", flat=True)[:printed])
    with as_tenant(house.tenant.pk):
        printing.print_invoices(some[:1], at=AT)  # the rules are compiled once per process
    before, started = Used.now(pid), time.perf_counter()
    for place in range(1, len(some), 25):
        with as_tenant(house.tenant.pk):
            printing.print_invoices(some[place : place + 25], at=AT)
    complete, wall = Used.now(pid).since(before), time.perf_counter() - started
    tell("XRechnung, ZUGFeRD, proved, kept, mailed", len(some) - 1, complete, wall)
    each = used.total / issued + complete.total / (len(some) - 1)
    print(f"complete, from contract to sent e-invoice: {1 / each:.1f} a second and core")
    print(f"against Tryton's 1.0 a second and core without e-invoice: {1 / each:.1f} times")


def tell(what: str, count: int, used: Used, wall: float) -> None:
    print(
        f"{what}: {count} in {wall:.1f} s; CPU {used.here:.2f} s here + {used.there:.2f} s database"
        f" = {count / used.total:.1f} a second and core"
    )


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    told = [int(argument) for argument in sys.argv[1:]]
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        main(*(told + [1000, 101][len(told) :]))
        databases.disconnect_django()
