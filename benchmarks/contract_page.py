"""
The page of a contract with five years behind it, against the same rows on a bare Django page, in one run.

    python -m benchmarks.contract_page [requests]

60 monthly invoices, every second paid, 30 amendments and 5 renewals. Both pages are asked by turns through their whole
stack, from the WSGI environment to the last byte; CPU is that of the process and of its database backend together. What
a contract is on a day is remembered while nothing is added to it: so the first request of a process is told apart.
"""

import sys
from datetime import date

import psycopg
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.bare import contract as bare, page as bare_page
from benchmarks.list_page import Asked, queries, signed_in, spent
from kontor.office.contracts.models import Contract
from tests import databases, factories
from tests.office.contracts.years import aged

ENOUGH = 2.5
ROUNDS = 10
START = date(2021, 12, 1)


def copy_rows(house: factories.House, owner: str) -> None:
    """Copy what the page shows into the bare page's tables, and let PostgreSQL count what it has."""
    with psycopg.connect(owner) as db:
        db.execute(f"SET LOCAL kontor.tenant = '{house.tenant.pk}'")
        for table, rows in bare.TABLES.items():
            db.execute(f"CREATE TABLE {table} AS {rows}")
            db.execute(f"CREATE INDEX ON {table} {bare.INDEXES[table]}")
            db.execute(f"GRANT SELECT ON {table} TO kontor_app")
        db.execute("ANALYZE")


def compared(contract: Contract, cookie: str, count: int) -> float:
    """Ask for both pages by turns and return how many times the bare one's CPU ours takes."""
    ours = Asked(WSGIHandler(), f"/contracts/running/{contract.pk}/", cookie)
    twin = Asked(bare_page.handler(), f"/bare/contract/{contract.pk}/", cookie)
    before = spent()
    ours()
    print(f"ours, the first request of the process: {(spent() - before) * 1000:.1f} ms CPU")
    took = {"ours": 0.0, "bare": 0.0}
    for _ in range(10):
        body = ours()
    print(f"ours: {len(body):7,} bytes, {queries(ours)} queries")
    with bare.own_addresses:
        for _ in range(10):
            body = twin()
        print(f"bare: {len(body):7,} bytes, {queries(twin)} queries")
    for _ in range(ROUNDS):
        before = spent()
        for _ in range(count // ROUNDS):
            ours()
        took["ours"] += spent() - before
        with bare.own_addresses:
            before = spent()
            for _ in range(count // ROUNDS):
                twin()
            took["bare"] += spent() - before
    for name, seconds in took.items():
        print(f"{name}: {seconds / (count // ROUNDS * ROUNDS) * 1000:6.2f} ms CPU a page")
    return took["ours"] / took["bare"]


def main(count: int) -> None:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        connection.settings_dict["CONN_MAX_AGE"] = None  # as a server that keeps its connections
        house = factories.make_house("dealership")
        settings.KONTOR_DEMO = True  # mails stay in the mailbox of the demo
        contract = aged(house, start=START, months=60, changes=30)
        settings.KONTOR_DEMO = False
        copy_rows(house, database.owner_url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ratio = compared(contract, signed_in(house), count)
        print(f"contract page: {ratio:.2f} times the bare page (at most {ENOUGH})")
        databases.disconnect_django()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
