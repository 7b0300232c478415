"""
The figures' page and the house's day over 10,000 contracts: read as the background left them, beside reckoning them.

    python -m benchmarks.overview [contracts]

CPU seconds of this process and of its PostgreSQL backend count together. The peer is our own reckoning of the same
answers from all contracts at once, which is what a page would have to do; both answers must be equal.
"""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.invoice_run import Used, backend
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import reckoning
from kontor.office.contracts.queries import outlook
from kontor.office.contracts.queries.day import coming_up
from kontor.office.contracts.queries.figures import figures
from kontor.office.contracts.queries.hands import next_renewals
from tests import databases, factories, many

TODAY = date(2026, 12, 10)
AT = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)
WANTED = 0.25  # CPU seconds of each page
SHOWN, RENEWALS = 8, 5


def main(contracts: int) -> None:
    house = factories.make_house()
    contract = many.one_contract(house)
    with as_tenant(house.tenant.pk):
        many.copies(contract, [{"name": f"Kunde {number} GmbH"} for number in range(2, contracts + 1)])
    took: dict[str, float] = {}
    with as_tenant(house.tenant.pk):
        pid = backend()

        def spent(name: str, ask: Callable[[], Any]) -> Any:
            before = Used.now(pid)
            answer = ask()
            took[name] = Used.now(pid).since(before).total
            return answer

        spent("reckoned by the background, the first time", lambda: reckoning.reckon(at=AT))
        spent("reckoned by the background, again", lambda: reckoning.reckon(at=AT))
        whole = spent("figures from all contracts", lambda: figures(TODAY))
        steps = spent(
            "what comes up, from all contracts", lambda: (coming_up(TODAY), next_renewals(TODAY, limit=RENEWALS))
        )
        kept = spent("figures as kept", lambda: outlook.overview(TODAY, at=AT))
        ahead = spent("what comes up, as kept", lambda: outlook.ahead(TODAY, at=AT, shown=SHOWN, renewals=RENEWALS))
    assert kept.figures == whole
    assert (ahead.steps, ahead.count, ahead.renewals) == (steps[0][:SHOWN], len(steps[0]), steps[1])
    for name, seconds in took.items():
        print(f"{name:<45} {seconds * 1000:9.1f} ms CPU")
    pairs = (
        ("figures from all contracts", "figures as kept"),
        ("what comes up, from all contracts", "what comes up, as kept"),
    )
    for before, after in pairs:
        print(f"{after}: {took[before] / took[after]:.0f} times less; {took[after] / WANTED:.2f} of what is wanted")


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    told = [int(argument) for argument in sys.argv[1:]]
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        main(*(told or [10_000]))
        databases.disconnect_django()
