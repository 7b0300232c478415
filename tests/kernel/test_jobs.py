"""Background work is queued with its transaction and done once, whatever dies meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job

from kontor.kernel.actions.queue import UnknownJobError
from kontor.kernel.actions.schedule import put_due, queue_due, take_off
from kontor.kernel.actions.sweeping import forget_finished, retry_stalled
from kontor.kernel.jobs import queue, queue_many, tick
from kontor.kernel.models import Due, JobDone, RecordEntry, RecordSeal, Site, Tenant
from kontor.kernel.queries.events import since
from kontor.kernel.queries.failed_jobs import failed_jobs
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from tests.background import run_jobs
from tests.kernel import slow_jobs
from tests.kernel.conftest import AT

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "go on").touch()
    return tmp_path


def sites(tenant):
    with as_tenant(tenant.pk):
        return sorted(Site.objects.values_list("name", flat=True))


def statuses():
    """Return what became of the tests' jobs; a real worker's ticks are its own."""
    jobs = ProcrastinateJob.objects.exclude(task_name="kernel.tick").order_by("id")
    return list(jobs.values_list("task_name", "status", "attempts"))


def test_a_job_runs_as_its_tenant(alder, folder):
    queue("tests.open_site", alder.pk, name="Munich", folder=str(folder))
    assert run_jobs() == ["tests.open_site", "tests.close_site"]
    assert sites(alder) == ["Munich"]


def test_what_is_rolled_back_never_runs(alder, folder):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        queue("tests.open_site", alder.pk, name="Munich", folder=str(folder))
        raise ZeroDivisionError
    assert run_jobs() == []


def test_an_unknown_job_is_refused(alder):
    with pytest.raises(UnknownJobError, match="no_such_job"):
        queue("kernel.no_such_job", alder.pk)


def test_many_jobs_are_queued_in_one_query(alder, birch, folder):
    wanted = [(tenant.pk, {"name": str(n), "folder": str(folder)}) for tenant in (alder, birch) for n in range(20)]
    with CaptureQueriesContext(connection) as queries:
        numbers = queue_many("tests.open_site", wanted)
    assert (len(queries), len(set(numbers))) == (1, 40)
    assert queue_many("tests.open_site", []) == []


def test_a_uuid_arrives_as_text_and_the_tenant_as_uuid(alder):
    slow_jobs.OUTSIDE.clear()
    queue("tests.outside", alder.pk, thing=alder.pk, number=3)
    run_jobs()
    (given,) = slow_jobs.OUTSIDE
    assert (given["tenant_id"], given["thing"], given["number"]) == (alder.pk, str(alder.pk), 3)
    assert isinstance(given["at"], datetime)


def test_a_failing_job_leaves_nothing_and_is_tried_again_later(alder):
    queue("tests.fail", alder.pk, name="Munich")
    with pytest.raises(ZeroDivisionError):
        run_jobs()
    assert sites(alder) == []
    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert timedelta(0) < job.scheduled_at - timezone.now() <= timedelta(seconds=5)
    assert not JobDone.objects.exists()


@pytest.mark.parametrize(("attempts", "wait"), [(0, 5), (1, 30), (2, 180), (3, 3600), (4, None)])
def test_patience_grows_and_ends(attempts, wait):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="tests.fail", attempts=attempts)
    decision = app.tasks["tests.fail"].get_retry_exception(ZeroDivisionError(), job)
    if wait is None:
        assert decision is None
    else:
        left = decision.retry_decision.retry_at - timezone.now()
        assert timedelta(seconds=wait - 1) < left <= timedelta(seconds=wait)


def test_a_job_that_gives_up_is_left_for_a_person(alder, birch):
    queue("tests.give_up", alder.pk)
    with pytest.raises(Exception, match="2"):
        run_jobs()
    assert statuses() == [("tests.give_up", "failed", 1)]
    with as_tenant(alder.pk):
        (failed,) = failed_jobs()
        assert (failed.name, failed.arguments, failed.attempts) == ("tests.give_up", {}, 1)
        assert failed.at is not None
    with as_tenant(birch.pk):
        assert failed_jobs() == []


def test_a_job_that_was_committed_and_not_noted_does_nothing_again(alder, folder):
    """Its worker died between the job's commit and the queue's note."""
    queue("tests.open_site", alder.pk, name="Munich", folder=str(folder))
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo'")

    assert run_jobs() == ["tests.open_site", "tests.close_site"]
    with as_tenant(alder.pk):
        site = Site.objects.get()
        assert [one.verb for one in history_of(site.pk)] == ["kernel.site_closed", "kernel.site_opened"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_of_one_job_at_once_do_it_once(tmp_path):
    """A worker that was asleep, not dead, wakes up beside the one that took its job over."""
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    number = queue("tests.open_site", tenant.pk, name="Munich", folder=str(tmp_path))
    told = {"tenant_id": str(tenant.pk), "name": "Munich", "folder": str(tmp_path)}
    job = Job(id=number, queue="default", lock=None, queueing_lock=None, task_name="tests.open_site", task_kwargs=told)
    context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
    errors = []

    def run() -> None:
        try:
            app.tasks["tests.open_site"](context, **told)
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            errors.append(error)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_for((tmp_path / "started").exists)
    (tmp_path / "go on").touch()
    for thread in threads:
        thread.join()
    assert (errors, sites(tenant)) == ([], ["Munich"])


def wait_for(happened: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.05)


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """Start a real worker process on the test's database."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.kernel.worker_settings", "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen([sys.executable, "-m", "kontor.config.worker"], env=environment, cwd=CHECKOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing_and_repeats_nothing(tmp_path):
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    queue("tests.open_site", tenant.pk, name="Munich", folder=str(tmp_path))
    with worker() as first:
        wait_for((tmp_path / "started").exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert statuses() == [("tests.open_site", "doing", 0)]
    wait_for(lambda: not _still_open())
    assert sites(tenant) == []

    assert retry_stalled(at=timezone.now()) == 0  # it may only be slow
    time.sleep(1.1)
    assert retry_stalled(at=timezone.now(), silent_for=timedelta(seconds=1)) > 0  # a tick may have died with it
    assert retry_stalled(at=timezone.now(), silent_for=timedelta(seconds=1)) == 0
    assert statuses() == [("tests.open_site", "todo", 1)]
    (tmp_path / "go on").touch()
    with worker() as second:
        wait_for(lambda: [status for _, status, _ in statuses()] == ["succeeded", "succeeded"])
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=20) == 0

    assert statuses()[0] == ("tests.open_site", "succeeded", 2)
    with as_tenant(tenant.pk):
        site = Site.objects.get()
        assert [one.verb for one in history_of(site.pk)] == ["kernel.site_closed", "kernel.site_opened"]
        assert [(event.number, event.kind) for event in since(0)] == [(1, "kernel.site_opened")]


def _still_open() -> bool:
    """Tell whether the killed worker's transaction still runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_xid IS NOT NULL"
        )
        return bool(cursor.fetchone()[0])


def test_what_is_due_is_queued_and_what_repeats_is_due_again(alder, folder):
    told = {"name": "Munich", "folder": str(folder)}
    with as_tenant(alder.pk):
        put_due("tests.open_site", at=AT, arguments=told)
        put_due("tests.outside", at=AT, repeat_minutes=60)
        put_due("tests.outside", at=AT + timedelta(hours=1), arguments={"later": 1})

    assert queue_due(at=AT - timedelta(seconds=1)) == 0
    assert queue_due(at=AT) == 2
    assert queue_due(at=AT) == 0
    assert run_jobs() == ["tests.open_site", "tests.outside", "tests.close_site"]
    left = list(Due.objects.order_by("arguments").values_list("job", "at"))
    assert left == [("tests.outside", AT + timedelta(hours=1))] * 2


def test_what_was_missed_during_a_stop_is_made_up_for_once(alder):
    with as_tenant(alder.pk):
        put_due("tests.outside", at=AT, repeat_minutes=60)
    assert queue_due(at=AT + timedelta(hours=5, minutes=10)) == 1
    assert Due.objects.get().at == AT + timedelta(hours=6)


def test_the_same_thing_is_due_once_and_can_be_moved_and_taken_off(alder, birch):
    with as_tenant(alder.pk):
        put_due("tests.outside", at=AT)
        put_due("tests.outside", at=AT + timedelta(days=1))
        assert Due.objects.get().at == AT + timedelta(days=1)
    with as_tenant(birch.pk):
        assert not take_off("tests.outside")
    with as_tenant(alder.pk):
        assert take_off("tests.outside")
        assert not take_off("tests.outside")


def test_what_cannot_be_due_is_refused(alder):
    with as_tenant(alder.pk):
        with pytest.raises(UnknownJobError):
            put_due("kernel.no_such_job", at=AT)
        with pytest.raises(ValueError, match="cannot repeat every 0 minutes"):
            put_due("tests.outside", at=AT, repeat_minutes=0)


def test_a_job_that_no_longer_exists_holds_up_no_other(alder):
    Due.objects.create(tenant=alder, job="gone.job", at=AT)
    with as_tenant(alder.pk):
        put_due("tests.outside", at=AT)
    assert queue_due(at=AT) == 2
    assert (run_jobs(), Due.objects.count()) == (["tests.outside"], 0)


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_queue_each_thing_once():
    tenants = [Tenant.objects.create(name=str(n), created_at=AT) for n in range(30)]
    Due.objects.bulk_create(Due(tenant=tenant, job="tests.outside", at=AT) for tenant in tenants)
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        queue_due(at=AT)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = ProcrastinateJob.objects.values_list("args__tenant_id", flat=True)
    assert sorted(told) == sorted(str(tenant.pk) for tenant in tenants)


@pytest.mark.django_db(transaction=True)
def test_the_tick_seals_every_tenants_record(tmp_path):
    tenants = [Tenant.objects.create(name=name, created_at=AT) for name in ("Alder", "Birch")]
    (tmp_path / "go on").touch()
    for tenant in tenants:
        queue("tests.open_site", tenant.pk, name="Munich", folder=str(tmp_path))
    run_jobs()
    tick(int(datetime(2026, 11, 2, 9, 0, tzinfo=UTC).timestamp()))
    for tenant in tenants:
        with as_tenant(tenant.pk):
            assert RecordSeal.objects.get().entries == RecordEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_tenant_whose_record_cannot_be_sealed_holds_up_no_other(tmp_path, worker_database):
    tenants = [Tenant.objects.create(name=name, created_at=AT) for name in ("Alder", "Birch")]
    (tmp_path / "go on").touch()
    for tenant in tenants:
        queue("tests.open_site", tenant.pk, name="Munich", folder=str(tmp_path))
    run_jobs()
    with psycopg.connect(worker_database.cluster.url("postgres", worker_database.name)) as superuser:
        superuser.execute("UPDATE kernel_tenantkey SET wrapped = 'x' WHERE tenant_id = %s", [tenants[0].pk])
    tick(int(datetime(2026, 11, 2, 9, 1, tzinfo=UTC).timestamp()))

    for tenant, links in zip(tenants, (0, 1), strict=True):
        with as_tenant(tenant.pk):
            assert RecordSeal.objects.count() == links


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_queue_a_stalled_job_once():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'doing')"
        )
    answers = []

    def second() -> None:
        answers.append(retry_stalled(at=timezone.now()))
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        answers.append(retry_stalled(at=timezone.now()))
        thread.start()
        wait_for(_somebody_waits)
    thread.join()
    assert (answers, statuses()) == ([1, 0], [("x", "todo", 1)])


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the activity of its first look for good
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def test_the_tick_is_the_one_periodic_entry():
    (entry,) = app.periodic_registry.periodic_tasks.values()
    assert (entry.task.name, entry.cron) == ("kernel.tick", "* * * * *")


def test_finished_jobs_are_forgotten_after_their_time(alder):
    def job(status: str, days: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', %s, %s)"
                " RETURNING id",
                [f"{status} {days}", status],
            )
            (number,) = cursor.fetchone()
            cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [number])
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, at) VALUES (%s, now() - %s * interval '1 day')",
                [number, days],
            )
        JobDone.objects.create(job=number, at=AT)
        return number

    kept = [job("succeeded", 0), job("failed", 29), job("todo", 90), job("doing", 90)]
    gone = [job("succeeded", 2), job("failed", 31), job("cancelled", 31)]
    forget_finished()

    assert set(ProcrastinateJob.objects.values_list("id", flat=True)) == set(kept)
    assert set(JobDone.objects.values_list("job", flat=True)) == set(kept[1:])
    assert not set(gone) & set(kept)


def test_jobs_of_a_worker_that_lives_are_left_alone(alder):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (living,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '31 seconds') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.executemany(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " VALUES ('default', %s, 'doing', %s)",
            [("living", living), ("dead", dead), ("nobody's", None)],
        )
    assert retry_stalled(at=timezone.now()) == 2
    assert statuses() == [("living", "doing", 0), ("dead", "todo", 1), ("nobody's", "todo", 1)]


def test_an_object_of_another_tenant_is_not_found_by_a_job(alder, birch, folder):
    with as_tenant(alder.pk):
        Site.objects.create(name="Munich")
    queue("tests.close_site", birch.pk, name="Munich")
    with pytest.raises(Site.DoesNotExist):
        run_jobs()
    with as_tenant(alder.pk):
        assert history_of(uuid.uuid4()) == []
