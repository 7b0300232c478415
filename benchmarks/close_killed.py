"""
A close whose process is killed at ten random moments, beside one that nobody disturbs: the same invoices, to the cent.

    python -m benchmarks.close_killed [contracts] [kills]

Each time a real process runs `close_month` and gets SIGKILL after a random time. Compared are what was billed, number
series, sums, results and the record; the program ends with an error where anything differs.
"""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Sum

import benchmarks.django_ready  # noqa: F401  models are imported below
from kontor.kernel.models import Event, RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.models import BilledPeriod, CloseResult, CloseStep, MonthClose
from tests import databases, factories, many

MONTH = date(2026, 11, 1)
SEED = 20261122  # the same moments on every machine, as far as its speed allows


def made(contracts: int) -> factories.House:
    house = factories.make_house()
    contract = many.one_contract(house)
    with as_tenant(house.tenant.pk):
        many.copies(contract, [{"name": f"Kunde {number} GmbH"} for number in range(2, contracts + 1)])
    return house


def comes_to(house: factories.House) -> dict[str, Any]:
    """Return all that must be the same however often the process was killed."""
    with as_tenant(house.tenant.pk):
        numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
        events = list(Event.objects.order_by("number").values_list("number", flat=True))
        assert events == list(range(1, len(events) + 1)), "the stream has a gap"
        return {
            "numbers": numbers,
            "sums": Invoice.objects.aggregate(count=Count("pk"), net=Sum("net_minor"), gross=Sum("gross_minor")),
            "billed": BilledPeriod.objects.count(),
            "recorded": RecordEntry.objects.filter(verb="books.invoice_issued").count(),
            "results": list(CloseResult.objects.order_by("kind").values_list("kind").annotate(Count("pk"))),
            "steps": list(CloseStep.objects.order_by("place").values_list("key", "done")),
            "finished": MonthClose.objects.filter(finished_at__isnull=False).count(),
        }


def killed(url: str, kills: int, house: Tenant) -> int:
    """Run the command and kill it again and again; return how often it was caught at work."""
    chance, caught = random.Random(SEED), 0
    while caught < kills:
        words = [sys.executable, "-m", "django", "close_month", f"{MONTH:%Y-%m}"]
        own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url, "PYTHONPATH": "src:."}
        process = subprocess.Popen(words, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = progress(house)
        while progress(house) == before and process.poll() is None:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.3))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        caught += 1
    return caught


def progress(house: Tenant) -> list[Any]:
    with as_tenant(house.pk):
        return list(CloseStep.objects.order_by("place").values_list("key", "done", "finished_at"))


def run(contracts: int, kills: int) -> dict[str, Any]:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        house = made(contracts)
        caught = killed(database.url, kills, house.tenant) if kills else 0
        call_command("close_month", f"{MONTH:%Y-%m}", as_json=True)
        found = comes_to(house)
        databases.disconnect_django()
    print(f"killed {caught} times: {found['sums']}")
    assert caught == kills, "the close was done before it could be killed so often: take more contracts"
    return found


if __name__ == "__main__":
    settings.KONTOR_DEMO = True
    told = [int(argument) for argument in sys.argv[1:]]
    contracts, kills = told + [2000, 10][len(told) :]
    undisturbed, disturbed = run(contracts, 0), run(contracts, kills)
    assert disturbed == undisturbed, {
        key: (disturbed[key], value) for key, value in undisturbed.items() if disturbed[key] != value
    }
    print("nothing lost, nothing twice, no gap: all figures are those of the undisturbed run")
