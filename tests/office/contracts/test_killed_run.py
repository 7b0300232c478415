"""A billing run whose workers are killed again and again is billed, printed and mailed exactly once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kontor.kernel.actions.sweeping import retry_stalled
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event, EventStream, OutgoingMail, RecordEntry
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile
from kontor.office.contracts.actions import billing
from kontor.office.contracts.models import BilledPeriod, BillingProblem, BillingRun, Contract
from kontor.office.parties.models import Party
from tests.at_once import sessions_waiting_for_us, sessions_writing, wait_for
from tests.background import run_jobs
from tests.factories import AT, House, make_house
from tests.many import copies, one_contract

CHECKOUT = Path(__file__).resolve().parents[3]
CONTRACTS, BATCH = 12, 2
UNLAWFUL = "Kunde 4 GmbH"  # in another member state and without a VAT number
POSITIONS = 3  # of each: two that recur, one terminal


@contextlib.contextmanager
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    """Start a real worker process on the test's database and files."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)]),
        "KONTOR_BLOBS": str(settings.KONTOR_BLOBS),
        "KONTOR_DEMO": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "kontor.config.worker"], env=os.environ | own, cwd=CHECKOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def killed_at(house: House, rows: Any, *, after: Callable[[], object]) -> None:
    """
    Let a worker work until it needs these rows, which are held, and kill it there; then find its jobs again.

    after  what must have happened before they are held
    """
    with worker() as process:
        wait_for(after)
        with as_tenant(house.tenant.pk):
            assert list(rows.select_for_update())
            wait_for(sessions_waiting_for_us)
            process.send_signal(signal.SIGKILL)
            process.wait()
        wait_for(lambda: not sessions_writing())
    assert ProcrastinateJob.objects.filter(status="doing").exclude(task_name="kernel.tick").exists()
    time.sleep(1.1)
    assert retry_stalled(at=timezone.now(), silent_for=timedelta(seconds=1)) > 0


def finished() -> bool:
    jobs = ProcrastinateJob.objects.exclude(task_name="kernel.tick").exclude(status="succeeded")
    assert not jobs.filter(status="failed").exists()
    return not jobs.exists()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with twelve contracts, the fourth with a customer who cannot lawfully be invoiced."""
    monkeypatch.setattr(billing, "BATCH", BATCH)
    house = make_house()
    first = one_contract(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        further = [{"name": f"Kunde {number} GmbH"} for number in range(2, CONTRACTS + 1)]
        further[2] = {"name": UNLAWFUL, "country": "AT", "vat_id": ""}
        copies(first, further)
    return house


@pytest.mark.trap(35)
@pytest.mark.django_db(transaction=True)
def test_a_run_killed_three_times_bills_every_contract_once(house):
    with as_tenant(house.tenant.pk):
        run = billing.start_run(until=date(2026, 12, 31), at=AT, actor=MACHINE)
        fifth = Contract.objects.exclude(customer_name=UNLAWFUL).order_by("pk")[4]

    def progress() -> BillingRun:
        with as_tenant(house.tenant.pk):
            return BillingRun.objects.get(pk=run.pk)

    killed_at(house, EventStream.objects, after=lambda: True)  # a batch is written to its last row, not committed
    assert (progress().done, progress().invoices) == (0, 0)
    killed_at(house, Party.objects.filter(pk=fifth.party_id), after=lambda: True)  # the third batch, while committing
    assert 0 < progress().done < CONTRACTS - BATCH
    killed_at(house, EventStream.objects, after=lambda: progress().finished_at)  # files lie there that no row knows
    with as_tenant(house.tenant.pk):
        assert InvoiceBalance.objects.filter(sent_at=None).exists()
    with worker() as last:
        wait_for(finished)
        last.send_signal(signal.SIGTERM)
        assert last.wait(20) == 0

    billed_once(house, run)
    printed_once(house)
    with as_tenant(house.tenant.pk):
        numbers = list(Event.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def billed_once(house: House, run: BillingRun) -> None:
    with as_tenant(house.tenant.pk):
        billed = list(BilledPeriod.objects.values_list("contract", "item", "first"))
        assert len(billed) == len(set(billed)) == (CONTRACTS - 1) * POSITIONS
        assert [problem.contract.customer_name for problem in BillingProblem.objects.all()] == [UNLAWFUL]
        numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
        year = timezone.now().year
        assert numbers == [f"RE-{year}-{number:05}" for number in range(1, len(numbers) + 1)]
        row = BillingRun.objects.get(pk=run.pk)
        assert (row.done, row.invoices, row.finished_at is not None) == (CONTRACTS, len(numbers), True)
        once = RecordEntry.objects.filter(verb="books.invoice_issued").values_list("object_id", flat=True)
        assert sorted(once) == sorted(Invoice.objects.values_list("pk", flat=True))


def printed_once(house: House) -> None:
    with as_tenant(house.tenant.pk):
        numbers = Invoice.objects.values_list("number", flat=True)
        files = InvoiceFile.objects.select_related("file", "invoice")
        assert sorted((file.invoice.number, file.format) for file in files) == sorted(
            (number, form) for number in numbers for form in ("XRECHNUNG_CII", "ZUGFERD")
        )
        for file in files:
            assert len(read(file.file)) == file.file.size
        about = OutgoingMail.objects.filter(about_kind="books.Invoice").values_list("about_id", flat=True)
        sent = RecordEntry.objects.filter(verb="books.invoice_sent").values_list("object_id", flat=True)
        assert sorted(about) == sorted(sent) == sorted(Invoice.objects.values_list("pk", flat=True))
        assert not InvoiceBalance.objects.filter(sent_at=None).exists()
