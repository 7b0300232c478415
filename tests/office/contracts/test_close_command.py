"""`kontor close-month`: preview, run, run again, beside another process, killed, and cut off from its database."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import EventStream, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import close_steps, closing
from kontor.office.contracts.actions.closing import Moved
from kontor.office.contracts.management.commands import close_month
from kontor.office.contracts.models import BilledPeriod, BillingRun, CloseResult, CloseStep, MonthClose
from tests.at_once import sessions_waiting_for_us, sessions_writing, wait_for
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.many import copies, one_contract

CHECKOUT = Path(__file__).resolve().parents[3]
CONTRACTS = 7
MONTH = date(2026, 11, 1)  # over or running, whenever the tests run: what is signed then bills its terminal at once


def close(capsys: Any, *words: str) -> dict[str, Any]:
    call_command("close_month", f"{MONTH:%Y-%m}", "--json", *words)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.fixture
def house() -> House:
    """Seven contracts, each of which owes its terminal of 1,490.00 in November."""
    house = make_house()
    first = one_contract(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": f"Kunde {number} GmbH"} for number in range(2, CONTRACTS + 1)])
    return house


def billed_once(house: House) -> None:
    """Every contract has its invoice, the numbers have no gap, and the record names each once."""
    with as_tenant(house.tenant.pk):
        assert BilledPeriod.objects.filter(item="terminal").count() == CONTRACTS
        assert set(Invoice.objects.values_list("net_minor", flat=True)) == {149_000}
        numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
        assert numbers == [f"RE-{timezone.now():%Y}-{number:05}" for number in range(1, CONTRACTS + 1)]
        told = CloseResult.objects.filter(kind="invoice").values_list("about", flat=True)
        recorded = RecordEntry.objects.filter(verb="books.invoice_issued").values_list("object_id", flat=True)
        assert sorted(told) == sorted(recorded) == sorted(Invoice.objects.values_list("pk", flat=True))
        assert list(BillingRun.objects.values_list("done", "contracts", "invoices")) == [(CONTRACTS,) * 3]
        assert MonthClose.objects.get().finished_at is not None


@pytest.mark.django_db
def test_it_says_what_it_would_do_does_it_and_changes_nothing_when_run_again(house, capsys):
    """7 × 1,490.00 = 10,430.00."""
    invoices = {"kind": "invoice", "count": 7, "sums": {"EUR": "10430.00"}, "shown": "€10,430.00", "title": "Invoices"}
    foreseen = close(capsys, "--preview")
    assert (foreseen["state"], foreseen["problems"]) == ("preview", [])
    assert [each for each in foreseen["results"] if each["kind"] == "invoice"] == [invoices]
    with as_tenant(house.tenant.pk):
        assert not Invoice.objects.exists()

    first = close(capsys)
    assert (first["month"], first["state"]) == ("2026-11", "closed")
    assert [each for each in first["results"] if each["kind"] == "invoice"] == [invoices]
    billed_once(house)

    assert close(capsys) == first | {"state": "closed before"}
    billed_once(house)


@pytest.mark.django_db
def test_people_read_a_table(house, capsys):
    call_command("close_month", "2026-11")
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "2026-11 is closed."
    assert ["Invoices", "7", "€10,430.00"] in [line.split() for line in out.splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "sentence"),
    [("11/2026", "A month is written as 2026-11, not 11/2026."), ("2999-01", "This month has not begun yet.")],
)
def test_it_refuses_in_a_sentence(house, month, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("close_month", month)
    assert str(refused.value) == sentence


@pytest.mark.django_db
def test_without_a_house_there_is_nothing_to_close():
    with pytest.raises(CommandError, match="no house here yet"):
        call_command("close_month", "2026-11")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_does_the_work_and_the_other_says_so(house, capsys):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor, as_tenant(house.tenant.pk):
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"close {house.tenant.pk}"])
        with pytest.raises(CommandError, match="Another process is closing a month right now"):
            close(capsys)
        with as_tenant(house.tenant.pk):
            begun, made = closing.start_close(MONTH, at=timezone.now(), actor=MACHINE)
            assert closing.advance(begun.pk, at=timezone.now()) is Moved.BUSY
            assert closing.go_on(begun.pk, at=timezone.now()) is Moved.BUSY
            assert made
    finally:
        other.close()
    close(capsys)
    billed_once(house)


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_opened_again(house, capsys, monkeypatch):
    """The database ends our session twice in the middle; nothing is lost and nothing is done twice."""
    monkeypatch.setattr(close_month.time, "sleep", lambda _seconds: None)
    real, batches = closing.advance, []

    def advance(close_id: Any, *, at: Any) -> Moved:
        batches.append(close_id)
        moved = real(close_id, at=at)
        if len(batches) in (2, 4):
            raise OperationalError("server closed the connection unexpectedly")
        return moved

    monkeypatch.setattr(closing, "advance", advance)
    close(capsys)
    assert len(batches) > len(close_steps.STEPS) + 1
    billed_once(house)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_come_back_is_said(house, capsys, monkeypatch):
    monkeypatch.setattr(close_month.time, "sleep", lambda _seconds: None)

    def advance(_close: Any, *, at: Any) -> Moved:
        raise OperationalError(f"down at {at}")

    monkeypatch.setattr(closing, "advance", advance)
    with pytest.raises(OperationalError, match="down at"):
        close(capsys)


@pytest.mark.trap(35)
@pytest.mark.django_db(transaction=True)
def test_killed_twice_it_goes_on_where_it_was(house, capsys):
    """Once while billing, once later; each time at its last write, before the commit."""
    killed(house, until="renewals")
    with as_tenant(house.tenant.pk):
        assert MonthClose.objects.get().finished_at is None
    killed(house, until="billing")
    assert close(capsys)["state"] == "closed"
    billed_once(house)


def killed(house: House, *, until: str) -> None:
    """Run the command as a process until a step is done, hold what its next batch writes last, and kill it there."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)]),
        "KONTOR_BLOBS": str(settings.KONTOR_BLOBS),
        "KONTOR_DEMO": "1",
    }
    words = [sys.executable, "-m", "django", "close_month", f"{MONTH:%Y-%m}"]

    def done() -> bool:
        with as_tenant(house.tenant.pk):
            return CloseStep.objects.filter(key=until, finished_at__isnull=False).exists()

    with as_tenant(house.tenant.pk):
        before = list(EventStream.objects.values_list("last_number", flat=True))
    process = subprocess.Popen(words, env=os.environ | own, cwd=CHECKOUT, stderr=subprocess.DEVNULL)
    try:
        wait_for(done)
        with as_tenant(house.tenant.pk):
            list(EventStream.objects.select_for_update())
            wait_for(lambda: sessions_waiting_for_us() or process.poll() is not None)
            process.send_signal(signal.SIGKILL)
            process.wait()
        wait_for(lambda: not sessions_writing())
    finally:
        process.kill()
        process.wait()
    with as_tenant(house.tenant.pk):
        assert list(EventStream.objects.values_list("last_number", flat=True)) > before
    assert connection.connection is not None
