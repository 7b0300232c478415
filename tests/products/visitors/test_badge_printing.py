"""The badge of whoever comes in: printed by the printer of their terminal, once, and again only for a reason."""

import uuid

import pytest

from kontor.kernel.actor import MACHINE
from kontor.office.terminals.actions.pairing import change_terminal
from kontor.office.terminals.actions.printing import Settled, keep_printer
from kontor.office.terminals.models import Printer, PrintJob, Terminal
from kontor.products.visitors.actions import arriving, badging
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.actions.settling import SettingRefusedError
from kontor.products.visitors.formats.badges import Design, Line
from kontor.products.visitors.models import Visit, VisitEvent
from kontor.products.visitors.queries.codes import code_in
from tests.background import run_jobs
from tests.office.terminals.printers import FakePrinter, scanned, zpl_picture
from tests.people import administrator, browser
from tests.products.visitors.test_badges import with_badge
from tests.products.visitors.test_kiosk import terminal_at
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
DESIGN = Design(lines=tuple(Line(what=what) for what in ("name", "company", "host", "day")), band="")


@pytest.fixture
def fake():
    printer = FakePrinter()
    yield printer
    printer.close()


@pytest.fixture
def alder(settings):
    settings.KONTOR_PRINTERS = ("127.0.0.0/8", "lp:badges")
    settings.KONTOR_DEMO = True  # its mail goes nowhere
    return make_alder()


def printer(site, name, port, **more: object) -> Printer:
    told = Settled(**{"site": site, "name": name, "kind": "ZPL", "host": "127.0.0.1", "port": port} | more)
    return keep_printer(None, told, at=MONDAY, actor=DESK)


def jobs(visit) -> list[tuple[str, int, str]]:
    rows = PrintJob.objects.filter(about=visit.pk).order_by("copy")
    return [(row.printer.name, row.copy, row.state) for row in rows.select_related("printer")]


@pytest.mark.requirement("FW-069")
def test_at_check_in_the_terminals_printer_gets_a_badge_with_the_values_of_the_visit_once(alder, fake, tmp_path):
    with as_tenant(alder.pk):
        site = make_site()
        printer(site, "First", 1, first=True)
        own = printer(site, "Kiosk", fake.port)
        visit = with_badge(expect(site, types()["Business visit"]), DESIGN)
    terminal_at(alder, site)
    with as_tenant(alder.pk):
        terminal = Terminal.objects.get()
        change_terminal(
            terminal.pk, site=site, name="Empfang", kind="KIOSK", serial="", pages=terminal.pages, language="en",
            idle_seconds=60, printer=own, at=MONDAY, actor=MACHINE,
        )  # fmt: skip
        attempt = arriving.Attempt(way="kiosk", at=MONDAY, actor=DESK, key="one", terminal=terminal.pk)
        for _ in range(2):  # the code was scanned twice
            arriving.check_in(visit.pk, Arrival(site=site), attempt)
    run_jobs()
    with as_tenant(alder.pk):
        assert jobs(visit) == [("Kiosk", 0, "PRINTED")]
        badging.print_badge(visit.pk, terminal.pk, at=MONDAY)  # as by a job that ran once more
    run_jobs()
    (paper,) = fake.papers
    told = [each.split("^FS")[0] for each in paper.decode().split("^FD")[1:]]
    written = sorted(each for each in told if not each.startswith("MA,"))
    assert written == ["2 November 2026", "Brandt Elektro", "Nele Brandt", "Visiting Jonas Alder"]
    with as_tenant(alder.pk):
        read = code_in(scanned(zpl_picture(paper, tmp_path, (62, 100))))
    assert (read.visit, read.site, read.number) == (visit.pk, site.pk, visit.code)


def test_without_a_printer_or_a_badge_nothing_is_printed_and_nobody_waits_for_it(alder, fake):
    with as_tenant(alder.pk):
        site = make_site()
        plain, badged = expect(site, types()["Delivery"]), with_badge(expect(site, types()["Business visit"]))
        arriving.check_in(badged.pk, Arrival(site=site), by())
    run_jobs()
    with as_tenant(alder.pk):
        printer(site, "First", fake.port, first=True)
        arriving.check_in(plain.pk, Arrival(site=site), by())
    run_jobs()
    with as_tenant(alder.pk):
        assert (jobs(plain), jobs(badged), fake.papers) == ([], [], [])
        badging.print_badge(uuid.uuid4(), None, at=MONDAY)
        assert badging.badge_drawn(uuid.uuid4(), at=MONDAY) is None
        assert badging.badge_drawn(plain.pk, at=MONDAY) is None


def test_another_badge_needs_a_reason_a_visitor_inside_and_a_printer(alder, fake):
    with as_tenant(alder.pk):
        site = make_site()
        visit = with_badge(expect(site, types()["Business visit"]))
        with pytest.raises(SettingRefusedError, match="wears no badge"):
            badging.print_another(visit.pk, "torn", by())
        arriving.check_in(visit.pk, Arrival(site=site), by())
        with pytest.raises(SettingRefusedError, match="no printer"):
            badging.print_another(visit.pk, "torn", by())
        first = printer(site, "First", fake.port, first=True)
    desk = clerk(alder, "visitors.see", "visitors.receive")
    way = f"/visitors/{visit.pk}/badge/again/"
    assert [desk.post(way, {"because": because}).status_code for because in (" ", "torn", "lost")] == [302] * 3
    run_jobs()
    with as_tenant(alder.pk):
        assert jobs(visit) == [("First", 0, "PRINTED"), ("First", 1, "PRINTED")]
        noted = VisitEvent.objects.filter(visit=visit, kind="badge_again").order_by("number")
        assert [row.told["because"] for row in noted] == ["torn", "lost"]
    shown = desk.get(f"/visitors/{visit.pk}/").context["printed"]
    assert (shown.printer, shown.state.label.en, shown.error) == (first.name, "printed", "")
    seer = clerk(alder, "visitors.see", email="sina@alder.example")
    assert seer.post(way, {"because": "torn"}).status_code == 403
    birke = make_alder("Birke")
    assert browser(administrator(birke), birke).post(way, {"because": "torn"}).status_code == 404


def test_a_name_without_shapes_is_said_and_not_printed_as_boxes(alder):
    with as_tenant(alder.pk):
        site = make_site()
        printer(site, "First", 1, first=True, kind="SYSTEM", host="", queue="badges")
        visit = with_badge(expect(site, types()["Business visit"], name="王小明"))
        arriving.check_in(visit.pk, Arrival(site=site), by())
    run_jobs()
    with as_tenant(alder.pk):
        assert PrintJob.objects.values_list("state", "error").get() == ("FAILED", "not_drawn")
        assert Visit.objects.get(pk=visit.pk).state == "IN"
