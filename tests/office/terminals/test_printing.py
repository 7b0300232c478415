"""Printers: a label comes out once, is tried again where that is safe, and is a person's to judge where it is not."""

import stat
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Event, Site
from kontor.kernel.tenancy import as_tenant
from kontor.office.terminals.actions import printing, speaking as printers
from kontor.office.terminals.actions.printing import PRINT, PrinterRefusedError, Settled, keep_printer, print_label
from kontor.office.terminals.formats import drawing
from kontor.office.terminals.formats.label_zpl import zpl
from kontor.office.terminals.formats.labels import Label, Words
from kontor.office.terminals.jobs import print_label as work
from kontor.office.terminals.models import Printer, PrintJob
from kontor.office.terminals.queries.printing import is_reachable, newest_about, printer_for
from tests.background import run_jobs
from tests.office.terminals.printers import FakePrinter
from tests.people import administrator, browser, entitle, make_tenant, verbs
from tests.products.visitors.test_views import clerk

pytestmark = pytest.mark.django_db
LABEL = Label(width=62, height=100, pieces=(Words(x=4, y=4, width=54, size=8, text="Nele Brandt"),))
ABOUT = uuid.UUID("01970000-0000-7000-8000-000000000001")


@pytest.fixture
def fake() -> Iterator[FakePrinter]:
    printer = FakePrinter()
    yield printer
    printer.close()


@pytest.fixture
def alder(settings, monkeypatch):
    settings.KONTOR_PRINTERS = ("127.0.0.0/8", "lp:badges")
    monkeypatch.setitem(drawing._DRAWERS, "tests.label", lambda _, **__: (LABEL, "Nele"))
    tenant = make_tenant("Alder")
    entitle(tenant, "visitors")
    return tenant


def site() -> Site:
    return Site.objects.first() or Site.objects.create(name="Hamburg", zone="Europe/Berlin", country="DE")


def printer(port: int = 9100, **more: Any) -> Printer:
    told: dict[str, Any] = {"site": site(), "name": "Empfang", "kind": "ZPL", "host": "127.0.0.1", "port": port}
    return keep_printer(None, Settled(**told | more), at=timezone.now(), actor=MACHINE)


def asked(row: Printer, copy: int = 0) -> PrintJob:
    return print_label(row, "tests.label", ABOUT, copy=copy, at=timezone.now())


def again(job: PrintJob) -> tuple[str, str, int]:
    job.refresh_from_db()
    return job.state, job.error, job.attempts


def begin_again(tenant: Any, job: PrintJob, *, after: timedelta = timedelta()) -> None:
    work(tenant_id=tenant.pk, at=timezone.now() + after, job=str(job.pk))


def test_a_label_comes_out_once_however_often_it_is_asked_for(alder, fake):
    with as_tenant(alder.pk):
        row = printer(fake.port)
        job = asked(row)
        assert asked(row) == job
    run_jobs()
    begin_again(alder, job)
    assert fake.papers == [zpl(LABEL, 8)]
    with as_tenant(alder.pk):
        assert again(job) == ("PRINTED", "", 1)
        assert not Due.objects.filter(tenant_id=alder.pk, job=PRINT).exists()
        other = asked(row, copy=1)
    run_jobs()
    with as_tenant(alder.pk):
        assert (again(other)[0], len(fake.papers)) == ("PRINTED", 2)
        assert newest_about("tests.label", [ABOUT])[ABOUT] == other


def test_a_printer_that_is_off_is_tried_again_and_then_given_up_until_somebody_asks(alder, fake):
    with as_tenant(alder.pk):
        row = printer(fake.port)
        job = asked(row)
    fake.close()
    run_jobs()
    with as_tenant(alder.pk):
        assert again(job) == ("WAITING", "unreachable", 1)
        due = Due.objects.get(tenant_id=alder.pk, job=PRINT)
        assert timedelta(seconds=50) < due.at - timezone.now() <= timedelta(minutes=1)
        row.refresh_from_db()
        assert row.error == "unreachable"
    for _ in printing.WAITS:
        begin_again(alder, job)
    with as_tenant(alder.pk):
        assert again(job) == ("FAILED", "unreachable", 5)
        assert Event.objects.filter(kind="terminals.not_printed").count() == 1
    begin_again(alder, job)
    anew = FakePrinter()
    try:
        with as_tenant(alder.pk):
            Printer.objects.filter(pk=row.pk).update(port=anew.port)
            printing.print_again(job.pk, at=timezone.now())
        run_jobs()
        with as_tenant(alder.pk):
            assert (again(job), len(anew.papers)) == (("PRINTED", "", 1), 1)
            with pytest.raises(PrinterRefusedError):
                printing.print_again(job.pk, at=timezone.now())
    finally:
        anew.close()


def test_what_was_interrupted_is_never_printed_again_by_itself(alder, fake):
    with as_tenant(alder.pk):
        row = printer(fake.port)
        job = asked(row)
        assert printing.begin(job.pk, at=timezone.now()) == job  # and then its worker is killed
    begin_again(alder, job)
    with as_tenant(alder.pk):
        assert again(job) == ("SENDING", "", 1)
        assert Due.objects.filter(tenant_id=alder.pk, job=PRINT).count() == 1
    begin_again(alder, job, after=printing.INTERRUPTED_AFTER)
    with as_tenant(alder.pk):
        assert again(job) == ("UNKNOWN", "unfinished", 1)
    assert fake.papers == []


def test_a_printer_that_stops_taking_leaves_a_doubt_and_not_a_second_label(alder, monkeypatch):
    monkeypatch.setattr(printers, "SECONDS", 0.3)
    monkeypatch.setattr(printers, "zpl", lambda *_: b"^XA" + b" " * 20_000_000)
    stuck = FakePrinter(takes=False)
    try:
        with as_tenant(alder.pk):
            job = asked(printer(stuck.port))
        run_jobs()
        with as_tenant(alder.pk):
            assert again(job) == ("UNKNOWN", "broken_off", 1)
    finally:
        stuck.close()


def test_what_is_there_no_more_is_not_printed(alder, fake, monkeypatch):
    monkeypatch.setitem(drawing._DRAWERS, "tests.label", lambda _, **__: None)
    with as_tenant(alder.pk):
        job = asked(printer(fake.port))
    run_jobs()
    with as_tenant(alder.pk):
        assert (again(job)[0], fake.papers) == ("GONE", [])


@pytest.mark.parametrize(
    ("script", "state"), [("exit 0", "PRINTED"), ("exit 1", "FAILED"), ("exec sleep 5", "UNKNOWN")]
)
def test_the_servers_print_system_is_handed_a_pdf_by_a_fixed_call(alder, tmp_path, monkeypatch, script, state):
    fake_lp = tmp_path / "lp"  # a fake of CUPS' lp, which keeps what it was called with
    fake_lp.write_text(
        f'#!/bin/sh\necho "$1 $2 $3 $4 $5" > {tmp_path}/call\nhead -c 5 "$6" > {tmp_path}/paper\n{script}\n'
    )
    fake_lp.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(printers, "SECONDS", 1.5)
    with as_tenant(alder.pk):
        job = asked(printer(kind="SYSTEM", host="", queue="badges"))
    run_jobs()
    with as_tenant(alder.pk):
        assert again(job)[0] == state
    assert (tmp_path / "call").read_text() == "-d badges -t Kontor --\n"
    assert (tmp_path / "paper").read_bytes() == b"%PDF-"


def test_a_server_without_print_system_or_with_other_networks_says_so(alder, settings, monkeypatch, tmp_path):
    with as_tenant(alder.pk):
        system, net = printer(kind="SYSTEM", host="", queue="badges"), printer(name="Tor", kind="BROTHER")
        jobs = [print_label(each, "tests.label", each.pk, at=timezone.now()) for each in (system, net)]
    monkeypatch.setenv("PATH", str(tmp_path))
    settings.KONTOR_PRINTERS = ("10.0.0.0/8", "lp:badges")
    run_jobs()
    with as_tenant(alder.pk):
        assert [again(job) for job in jobs] == [("FAILED", "no_print_system", 1), ("FAILED", "address", 1)]
        settings.KONTOR_PRINTERS = ()
        printing.print_again(jobs[0].pk, at=timezone.now())
    run_jobs()
    with as_tenant(alder.pk):
        assert again(jobs[0])[:2] == ("FAILED", "address")


def test_brother_printers_get_raster_data(alder, fake):
    with as_tenant(alder.pk):
        asked(printer(fake.port, kind="BROTHER"))
    run_jobs()
    (paper,) = fake.papers
    assert (paper[:200], paper[-1:]) == (bytes(200), b"\x1a")


@pytest.mark.parametrize(
    "wrong", [{"host": "10.1.2.3"}, {"host": "printer.example"}, {"kind": "SYSTEM", "queue": "payroll"}]
)
def test_printers_stand_only_where_the_installation_says(alder, wrong):
    with as_tenant(alder.pk), pytest.raises(PrinterRefusedError):
        printer(**wrong)


def test_of_a_site_one_printer_is_the_first_and_names_are_taken_once(alder):
    with as_tenant(alder.pk):
        one = printer(first=True)
        assert printer_for(site().pk, None) == one
        two = printer(name="Tor", first=True)
        assert printer_for(site().pk, None) == two
        with pytest.raises(PrinterRefusedError):
            printer()
        job = asked(two)
        told = Settled(site=site(), name="Tor 2", kind="ZPL", host="127.0.0.2")
        assert keep_printer(two.pk, told, at=timezone.now(), actor=MACHINE).name == "Tor 2"
        assert printer_for(site().pk, None) is None
        printing.remove_printer(two.pk, at=timezone.now(), actor=MACHINE)
        assert again(job)[:2] == ("FAILED", "address")
        with pytest.raises(PrinterRefusedError):
            printing.print_again(job.pk, at=timezone.now())
        assert verbs(alder, two) == [
            "terminals.printer_added", "terminals.printer_changed", "terminals.printer_removed",
        ]  # fmt: skip
    assert is_reachable("::1") is False


def test_the_pages_settle_test_and_repair(alder, fake):
    member = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        here = site()
    form = {"name": "Empfang", "site": here.pk, "kind": "ZPL", "host": "127.0.0.1", "port": fake.port, "per_mm": "8"}
    assert member.get("/terminals/printers/new/").status_code == 200
    assert member.post("/terminals/printers/new/", form | {"host": ""}).status_code == 422
    assert member.post("/terminals/printers/new/", form | {"host": "10.1.2.3"}).status_code == 422
    assert member.post("/terminals/printers/new/", form).status_code == 302
    with as_tenant(alder.pk):
        row = Printer.objects.get()
    place = f"/terminals/printers/{row.pk}/"
    assert [member.post(f"{place}test/").status_code for _ in range(2)] == [302, 302]
    run_jobs()
    assert len(fake.papers) == 2
    shown = member.get("/terminals/printers/").context
    assert [(state.label.en, error) for _, state, error in shown["jobs"]] == [("printed", "")] * 2
    assert [(state.label.en, error) for _, state, error in shown["printers"]] == [("prints", "")]
    with as_tenant(alder.pk):
        job = PrintJob.objects.first()
        PrintJob.objects.filter(pk=job.pk).update(state="UNKNOWN", error="unfinished")
        Printer.objects.update(error="unfinished")
    assert member.get("/terminals/printers/").context["printers"][0][1].label.en == "does not print"
    for _ in range(2):
        assert member.post(f"/terminals/printers/jobs/{job.pk}/again/").status_code == 302
    run_jobs()
    assert len(fake.papers) == 3
    assert member.get(place).status_code == 200
    assert member.post(place, form | {"name": "Tor"}).status_code == 302
    seeing = clerk(alder, "terminals.see")
    assert (seeing.get("/terminals/printers/").status_code, seeing.get(place).status_code) == (200, 403)
    other = make_tenant("Birke")
    entitle(other, "visitors")
    stranger = browser(administrator(other, "ayla@birke.example", "Ayla"), other)
    assert stranger.get("/terminals/printers/").context["printers"] == []
    assert [stranger.post(f"{place}{word}/").status_code for word in ("test", "remove")] == [404, 404]
    assert stranger.post(f"/terminals/printers/jobs/{job.pk}/again/").status_code == 404
    assert member.post(f"{place}remove/").status_code == 302
    assert member.get("/terminals/printers/").context["printers"] == []
    begin_again(alder, job)
