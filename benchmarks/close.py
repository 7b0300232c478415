"""
The month's close over 10,000 contracts of two recurring lines, each with a customer of its own, each step by itself.

    python -m benchmarks.close [contracts]

The tests' server does not count its tables by itself and would plan by guesses: beside the close they are counted anew
every ten seconds, as any other server does on its own.

CPU seconds of this process and of its PostgreSQL backend count together; a core at full use is the unit. Documents and
mails are queued, not made. Wanted: 100 posted invoices a second and core over the whole close. The peer is in
`benchmarks/peers/tryton.md`: about one invoice a second and core.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import psycopg
from django.conf import settings

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.invoice_run import Used, backend
from kontor.kernel.actor import MACHINE
from kontor.kernel.garbage import collect_rarely
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import closing
from kontor.office.contracts.actions.closing import Moved
from kontor.office.contracts.models import CloseProblem, CloseResult, CloseStep
from tests import databases, factories, many

AT = datetime(2027, 1, 2, 8, 0, tzinfo=UTC)
MONTH = date(2026, 12, 1)
WANTED, PEER = 100, 1  # invoices a second and core


@contextmanager
def counted(database: databases.WorkerDatabase) -> Iterator[None]:
    """Count the tables anew every ten seconds."""
    over = threading.Event()

    def count() -> None:
        with psycopg.connect(database.cluster.url("postgres", database.name), autocommit=True) as db:
            while not over.wait(10):
                db.execute("ANALYZE")

    beside = threading.Thread(target=count)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def main(contracts: int) -> None:
    house = factories.make_house()
    contract = many.one_contract(house, without=["terminal"])
    customers = [{"name": f"Kunde {number} GmbH"} for number in range(2, contracts + 1)]
    tenants = Tenant.objects.bulk_create(Tenant(name=each["name"], created_at=AT) for each in customers)
    with as_tenant(house.tenant.pk):
        many.copies(contract, customers, tenants=tenants)
    with as_tenant(house.tenant.pk):
        close, _ = closing.start_close(MONTH, at=AT, actor=MACHINE)
    collect_rarely()  # as the worker and the command do
    pid, by_step = backend(), Counter[str]()
    before, started = Used.now(pid), time.perf_counter()
    moved = Moved.ON
    while moved is Moved.ON:
        last = Used.now(pid)
        with as_tenant(house.tenant.pk):
            running = CloseStep.objects.filter(finished_at=None).order_by("place").values_list("key", flat=True).first()
            moved = closing.advance(close.pk, at=AT)
        by_step[running or "finish"] += round(Used.now(pid).since(last).total * 1000)
    used, wall = Used.now(pid).since(before), time.perf_counter() - started
    with as_tenant(house.tenant.pk):
        issued = Invoice.objects.count()
        assert issued == contracts == CloseResult.objects.filter(kind="invoice").count()
        assert not CloseProblem.objects.exists()
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
        assert numbers == [f"RE-2027-{number:05}" for number in range(1, issued + 1)]
    print(f"{issued} invoices in {wall:.1f} s; CPU {used.here:.1f} s here + {used.there:.1f} s database")
    for step, spent in by_step.items():
        print(f"  {step:<12} {spent / 1000:7.2f} s CPU")
    rate = issued / used.total
    print(f"{rate:.0f} posted invoices a second and core: {rate / WANTED:.1f} times what is wanted,")
    print(f"{rate / PEER:.0f} times Tryton's {PEER} a second and core")


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    told = [int(argument) for argument in sys.argv[1:]]
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        with counted(database):
            main(*(told or [10_000]))
        databases.disconnect_django()
