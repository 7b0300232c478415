"""
The desk's queue over 10,000 open requests, against the same rows on a bare Django page, in one run.

    python -m benchmarks.desk_queue [requests]

One request is opened by the product's own actions; the others are copies of it with moments of their own, spread over
ten days around now. Both pages are asked by turns through their whole stack, from the WSGI environment to the last
byte; CPU is that of the process and of its database backend together.
"""

import sys
from datetime import timedelta
from statistics import median

import psycopg
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.bare import page as bare_page, queue as bare
from benchmarks.list_page import Asked, queries, signed_in, spent
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.models import Ticket
from tests import databases, factories, many
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import SLOW, opened

ENOUGH = 2.0
OPEN = 10_000
ROUNDS = 10


def seeded(count: int) -> factories.House:
    """Make a house with so many open requests."""
    house = factories.make_house("visitor")
    now = timezone.now()
    first = opened(house, signed(house), at=now, reported=now, answers=SLOW)
    with as_tenant(house.tenant.pk):
        first.refresh_from_db()
        for start in range(1, count, 1000):
            Ticket.objects.bulk_create(
                many.copied(
                    first, number=number + 1, subject=f"Drucker {number} steht",
                    next_due=now + timedelta(minutes=number % 14_400 - 2_000),
                    assignee=house.staff.pk if number % 3 else None, assignee_name="Ida Lindwurm" if number % 3 else "",
                )
                for number in range(start, min(start + 1000, count))
            )  # fmt: skip
    return house


def copy_rows(house: factories.House, owner: str) -> None:
    """Copy what the queue shows into the bare page's table, and let PostgreSQL count what it has."""
    with psycopg.connect(owner) as db:
        db.execute(f"SET LOCAL kontor.tenant = '{house.tenant.pk}'")
        for table, rows in bare.TABLES.items():
            db.execute(f"CREATE TABLE {table} AS {rows}")
            db.execute(f"CREATE INDEX ON {table} {bare.INDEXES[table]}")
            db.execute(f"GRANT SELECT ON {table} TO kontor_app")
        db.execute("ANALYZE")


def compared(cookie: str, count: int) -> float:
    """Ask for both pages by turns and return how many times the bare one's CPU ours takes."""
    ours = Asked(WSGIHandler(), "/desk/", cookie)
    twin = Asked(bare_page.handler(), "/bare/queue/", cookie)
    for _ in range(5):
        body = ours()
    print(f"ours: {len(body):7,} bytes, {queries(ours)} queries, {body.count(b'k-queue__go')} rows")
    with bare.own_addresses:
        for _ in range(5):
            body = twin()
        print(f"bare: {len(body):7,} bytes, {queries(twin)} queries, {body.count(b'<tr>') - 1} rows")
    took: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        before = spent()
        for _ in range(count // ROUNDS):
            ours()
        took["ours"].append(spent() - before)
        with bare.own_addresses:
            before = spent()
            for _ in range(count // ROUNDS):
                twin()
            took["bare"].append(spent() - before)
    for name, seconds in took.items():
        print(f"{name}: {median(seconds) / (count // ROUNDS) * 1000:6.2f} ms CPU a page")
    return median(took["ours"]) / median(took["bare"])


def main(count: int) -> None:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        connection.settings_dict["CONN_MAX_AGE"] = None  # as a server that keeps its connections
        settings.KONTOR_DEMO = True  # mails stay in the mailbox of the demo
        house = seeded(OPEN)
        settings.KONTOR_DEMO = False
        copy_rows(house, database.owner_url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ratio = compared(signed_in(house), count)
        print(f"queue page over {OPEN:,} open requests: {ratio:.2f} times the bare page (at most {ENOUGH})")
        databases.disconnect_django()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
