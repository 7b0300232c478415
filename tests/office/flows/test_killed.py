"""A worker that is killed between a case's step and what it brings about: the effect happens, once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kontor.kernel.actions.sweeping import retry_stalled
from kontor.kernel.models import EventStream, OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.flows.models import CaseEffect
from tests.at_once import sessions_waiting_for_us, sessions_writing, wait_for
from tests.background import run_jobs
from tests.office.flows.test_effects import MAIL, begun, effect
from tests.people import make_tenant

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db(transaction=True)
def test_an_effect_whose_worker_is_killed_over_it_happens_once():
    alder = make_tenant()
    with as_tenant(alder.pk):
        begun(effect("messages.send", **MAIL))
    with as_tenant(alder.pk):
        assert list(EventStream.objects.select_for_update())  # the last row that the effect's transaction needs
        own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "KONTOR_BLOBS": str(settings.KONTOR_BLOBS)}
        own["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])
        process = subprocess.Popen([sys.executable, "-m", "kontor.config.worker"], env=os.environ | own, cwd=CHECKOUT)
        try:
            wait_for(sessions_waiting_for_us)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    wait_for(lambda: not sessions_writing())
    with as_tenant(alder.pk):
        assert (OutgoingMail.objects.count(), CaseEffect.objects.get().state) == (0, "PLANNED")
    assert ProcrastinateJob.objects.filter(status="doing", task_name="flows.carry_out").exists()
    time.sleep(1.1)
    assert retry_stalled(at=timezone.now(), silent_for=timedelta(seconds=1)) > 0
    assert run_jobs().count("flows.carry_out") == 1
    with as_tenant(alder.pk):
        assert (OutgoingMail.objects.count(), CaseEffect.objects.get().state) == (1, "DONE")
