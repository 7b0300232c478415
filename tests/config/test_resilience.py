"""Resilience (visitor Anlage 3, Anhang III 2.9): load is told, an instance may fall, one address is slowed down."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kontor.kernel.models import Due
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import jobs
from kontor.office.privacy.actions import resource_alarms
from kontor.office.privacy.actions.retention import begin_night
from kontor.office.privacy.models import ResourceReading
from tests.factories import make_house
from tests.office.identity.test_attempts import TOO_MANY, try_wrong
from tests.people import administrator, browser, mails, make_tenant, visitor
from tests.serving import wait_for

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def told(house, *percents: tuple[int, int], first: datetime = NOON) -> list[list[str]]:
    """Note a reading a minute, processor and storage; return what each was told of."""
    with as_tenant(house.tenant.pk):
        return [
            resource_alarms.note(at=first + place * MINUTE, cpu=cpu, storage=storage)
            for place, (cpu, storage) in enumerate(percents)
        ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-124")
def test_ten_minutes_above_80_percent_alarm_an_instance_may_fall_and_one_address_is_slowed_down(settings):
    house = make_house()
    assert told(house, *[(81, 10)] * 10, (80, 10), *[(81, 10)] * 10) == [[]] * 21  # a minute of 80 begins it anew
    assert told(house, (95, 81), first=NOON + 21 * MINUTE) == [["cpu"]]
    assert told(house, *[(95, 81)] * 10, first=NOON + 22 * MINUTE)[-1] == ["storage"]  # the processor's is told once
    subjects = [mail.subject for mail in mails(house.tenant)]
    assert subjects == ["Prozessor ist ausgelastet", "Speicher ist ausgelastet"]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        instances = [instance(listening, address) for _ in range(2)]
        try:
            for each in instances:
                wait_for(f"{address}/health", each)
            instances[0].send_signal(signal.SIGKILL)
            instances[0].wait(10)
            for _ in range(20):
                with urllib.request.urlopen(f"{address}/health", timeout=10) as answer:  # noqa: S310  our own address
                    assert answer.status == 200
        finally:
            for each in instances:
                each.kill()
                each.wait(10)

    settings.KONTOR_SIGN_IN_LIMITS = {**settings.KONTOR_SIGN_IN_LIMITS, "per_address": 5}
    flood, elsewhere = visitor(), visitor()
    elsewhere.defaults["REMOTE_ADDR"] = "192.0.2.9"
    for number in range(5):
        try_wrong(flood, 1, f"guess{number}@alder.example")
    assert TOO_MANY in try_wrong(flood, 1, "another@alder.example")
    assert TOO_MANY not in try_wrong(elsewhere, 1, "another@alder.example")


def instance(listening: socket.socket, address: str) -> "subprocess.Popen[bytes]":
    """Start one of several web processes that listen together, as `kontor serve` does."""
    path = os.pathsep.join(filter(None, [".", os.environ.get("PYTHONPATH")]))
    own = {"KONTOR_BASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": path}
    words = [sys.executable, "-m", "kontor.config.web", str(listening.fileno())]
    return subprocess.Popen(words, env={**os.environ, **own}, pass_fds=(listening.fileno(),))


@pytest.mark.django_db
def test_the_machine_is_read_each_minute_as_the_house_and_an_hour_is_kept(settings, tmp_path: Path, monkeypatch):
    house = make_house()
    settings.KONTOR_BLOBS = str(tmp_path / "not" / "there" / "yet")
    stat = tmp_path / "stat"
    monkeypatch.setattr(resource_alarms, "COUNTERS", stat)
    with as_tenant(house.tenant.pk):
        begin_night(at=NOON)
        begin_night(at=NOON + timedelta(days=1))
        assert Due.objects.get(tenant_id=house.tenant.pk, job="privacy.watch_resources").repeat_minutes == 1
        for place, line in enumerate(("cpu  10 0 20 60 10 0 0 0", "cpu  50 0 40 100 10 0 0 0", "cpu  1 0 1 8 0 0 0 0")):
            stat.write_text(f"{line}\ncpu0 1 1 1\n")
            jobs.watch_resources(at=NOON + place * 50 * MINUTE)
        # busy 90 of 200 ticks after 30 of 100: 60 of 100; then the machine was started anew
        assert list(ResourceReading.objects.order_by("at").values_list("cpu", flat=True)) == [60, 0]
        assert 0 < resource_alarms.storage_used() <= 100
    assert b"The machine" in browser(house.staff, house.tenant).get("/privacy/backups/").content


@pytest.mark.django_db
def test_a_customers_night_watches_no_machine():
    tenant = make_tenant()
    administrator(tenant)
    with as_tenant(tenant.pk):
        begin_night(at=NOON)
        assert not Due.objects.filter(tenant_id=tenant.pk, job="privacy.watch_resources").exists()
