"""
Use taken in and a month of it added up, beside a plain insert per row and pandas, on the same events in the same run.

    python -m benchmarks.usage [events] [rows of the peer]
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
from django.utils import timezone

from benchmarks import django_ready  # noqa: F401  before any model
from benchmarks.invoice_run import Used, backend
from kontor.kernel.actions.meters import Use, meter_many
from kontor.kernel.actions.tenants import found_tenant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import MeterReading, Tenant
from kontor.kernel.queries.meters import used
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.period import Period
from kontor.rulebook.usage import Figure, month_of
from tests import databases

KEY, UNIQUE = "contracts.bulk_mailings", "contracts.customer_centre_logins"
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 10, 1, tzinfo=BERLIN).astimezone(UTC)
OCTOBER: Period = month_of(FIRST.astimezone(BERLIN).date())
BATCH = 10_000
WANTED_RATE, WANTED_SECONDS = 20_000, 2.0


@contextmanager
def timed(took: list[float]) -> Iterator[None]:
    """Count CPU seconds of this process and of its PostgreSQL backend together."""
    began = Used.now(process := backend())
    yield
    took.append(Used.now(process).since(began).total)


def events(count: int, *, name: str, key: str = KEY) -> Iterator[Use]:
    """Events over October and three hours into November, in hundredths, by a thousand subjects."""
    span = timedelta(days=31, hours=4) / count
    for place in range(count):
        subject = f"s{place * 7919 % 1000}" if key == UNIQUE else ""
        quantity = Decimal(1 + place % 500) / 100
        yield Use(key=key, source=f"{name}{place}", at=FIRST + span * place, quantity=quantity, subject=subject)


def take_in(tenant: Tenant, told: list[Use]) -> float:
    took: list[float] = []
    for place in range(0, len(told), BATCH):
        with timed(took), as_tenant(tenant.pk):
            meter_many(told[place : place + BATCH])
    return sum(took)


def one_by_one(tenant: Tenant, told: list[Use]) -> float:
    """The peer: what an app without a batch does, a row and a statement each, in one transaction."""
    took: list[float] = []
    with timed(took), as_tenant(tenant.pk):
        for one in told:
            MeterReading.objects.create(
                id=uuid7(), meter=one.key, quantity=one.quantity, source=str(one.source), at=one.at
            )
    return took[0]


def by_pandas(told: list[Use]) -> tuple[Decimal, float]:
    """The peer: the same sum over the same events, already in memory, in whole hundredths."""
    frame = pd.DataFrame({"at": [one.at for one in told], "minor": [int(one.quantity * 100) for one in told]})
    took: list[float] = []
    with timed(took):
        local = pd.to_datetime(frame["at"], utc=True).dt.tz_convert("Europe/Berlin")
        minor = int(frame.loc[local.dt.strftime("%Y-%m") == "2026-10", "minor"].sum())
    return Decimal(minor) / 100, took[0]


def main(count: int = 1_000_000, peers: int = 5_000) -> int:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        now = timezone.now()
        ours, theirs = (found_tenant(name=name, at=now, actor=MACHINE) for name in ("Ours", "Peer"))
        told = list(events(count, name="e"))
        rate = count / take_in(ours, told)
        row_rate = peers / one_by_one(theirs, told[:peers])
        print(
            f"taken in: {rate:,.0f} events per CPU second in batches of {BATCH:,};"
            f" a row each: {row_rate:,.0f}; {rate / row_rate:.0f} times"
        )
        took: list[float] = []
        with as_tenant(ours.pk):
            with timed(took):
                total = used(KEY, OCTOBER, zone=BERLIN, figure=Figure.SUM)
            again = meter_many(told[:BATCH])
        expected, pandas_took = by_pandas(told)
        print(
            f"a month of {count:,}: {took[0]:.2f} s; pandas {pandas_took:.2f} s in memory; equal: {total == expected}"
        )
        print(f"the same {BATCH:,} again: {again} new")
        visits = list(events(count // 5, name="v", key=UNIQUE))
        take_in(ours, visits)
        with as_tenant(ours.pk), timed(took):
            unique = used(UNIQUE, OCTOBER, zone=BERLIN, figure=Figure.UNIQUE)
        print(f"unique among {len(visits):,}: {unique}, {took[1]:.2f} s")
        databases.disconnect_django()
    held = (
        total == expected
        and again == 0
        and unique == len({one.subject for one in visits if one.at < datetime(2026, 11, 1, tzinfo=BERLIN)})
    )
    return 0 if held and rate >= WANTED_RATE and took[0] < WANTED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
