"""The month as a document: printed, handed over and noted; what excuses an outage; times that nobody measured."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pytest

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions import classing, components, maintenance, outages, reporting, statements
from kontor.office.service_levels.actions.maintenance import NewWork
from kontor.office.service_levels.actions.outages import NewExcuse
from kontor.office.service_levels.actions.probing import note_silence
from kontor.office.service_levels.models import AvailabilityStatement, Maintenance, Probe, StatementHandOver
from kontor.office.service_levels.queries.counting import month_of_contract
from kontor.office.service_levels.queries.hand_over import beyond_hand_over
from kontor.office.service_levels.queries.reports import report_paper
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.moment import Span
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.ordering import concluded as concluded_under
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.service_levels.test_settling import (
    AFTER,
    DECEMBER,
    WHO,
    at,
    claimed,
    component,
    down,
    probed,
    settled,
    told,
)
from tests.people import browser, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
SIX = ("unforeseen_maintenance", "attack", "customer_side", "security_patch", "agreed_work", "regular_window")


def words_of(pdf: bytes) -> str:
    """Return what is tagged and named in a PDF: enough to know which document it is."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return str(opened.docinfo.get("/Title", ""))


@pytest.mark.requirement("FW-094")
def test_a_report_is_printed_on_request_handed_over_and_noted_each_time():
    house = make_house("visitor")
    contract = concluded(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 90)
        part = NewExcuse(pack="visitor", cause="attack", start=at(0), end=at(30), evidence="Protokoll der Firewall")
        outages.excuse(outage.pk, part, **WHO)
        statement = settled(contract)
        assert StatementHandOver.objects.count() == 0  # Annex 2, 1.5: on the customer's request
        paper = report_paper(statement, reasons_by_id({statement.ruling})[statement.ruling], head={}, language="en")
        assert [(each["label"], each["minutes"], each["clause"]) for each in paper["sums"]] == [
            ("Whole month", "44640", ""),
            ("Excused: Virus or attack despite usual protection", "30", "Anlage 2, 1.4"),
            ("Outage that counts", "60", ""),
        ]
        assert (str(paper["percent"]), paper["days"][8]["down"], paper["outages"][0]["from"]) == (
            "99.8655", 60 / 90, "2026-12-09T10:00",
        )  # fmt: skip
    customer = agreed(contract)
    customer.cookies["kontor_language"] = "en"
    answered = customer.post(f"/service_levels/received/{statement.pk}/report/")
    assert (answered.status_code, answered.headers["Content-Type"]) == (200, "application/pdf")
    assert words_of(answered.content) == "Availability report December 2026"
    assert "taken on the page" in customer.get(f"/service_levels/received/{statement.pk}/").content.decode()
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    again = staff.post(f"/service_levels/statements/{statement.pk}/report/")
    assert again.content == answered.content  # printed once
    assert staff.post(f"/service_levels/statements/{statement.pk}/report/mail/").status_code == 302
    assert "mailed on request" in staff.get(f"/service_levels/statements/{statement.pk}/").content.decode()
    with as_tenant(house.tenant.pk):
        rows = list(StatementHandOver.objects.order_by("pk").values_list("way", "language"))
        assert rows == [("TAKEN", "en"), ("TAKEN", "en"), ("REQUESTED", "de")]
    assert [mail.subject for mail in mails(house.tenant)][-1].startswith("Verfügbarkeitsbericht Dezember 2026")
    assert verbs(house.tenant, statement)[1:].count("service_levels.report_handed_over") == 3
    with as_tenant(make_tenant("Birke").pk), pytest.raises(AvailabilityStatement.DoesNotExist):
        reporting.take_report(statement.pk, language="de", **WHO)


def test_where_the_terms_say_so_the_report_goes_out_by_itself_and_a_correction_too(monkeypatch):
    house = make_house("crm")
    contract = concluded(house)
    promise = promise_of(terms.load("crm"))
    assert promise is not None
    assert (promise.automatic, promise.on_request) == (False, False)
    always = terms.load("visitor")
    level = always.service_level
    assert level is not None
    assert level.report is not None
    said = level.model_copy(update={"report": level.report.model_copy(update={"value": "always"})})
    automatic = promise_of(always.model_copy(update={"service_level": said}))
    assert automatic is not None
    assert (automatic.automatic, automatic.on_request) == (True, False)
    counted = statements.month_of_contract

    def sent_by_itself(*asked: Any, **at: Any) -> Any:
        found = counted(*asked, **at)
        assert found is not None
        return replace(found, promise=replace(found.promise, automatic=True))

    monkeypatch.setattr(statements, "month_of_contract", sent_by_itself)
    with as_tenant(house.tenant.pk):
        statement = settled(contract)
        assert statement.hand_overs.get().way == "AUTOMATIC"


@pytest.mark.requirement("FW-092")
def test_only_one_of_the_six_codes_with_evidence_excuses():
    house = make_house("visitor")
    contract = concluded(house)
    run_jobs()
    promise = promise_of(terms.load("visitor"))
    assert promise is not None
    assert tuple(promise.causes) == SIX
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 60)

        def excused() -> int:
            found = month_of_contract(contracts.supplied(contract.pk, DECEMBER), DECEMBER, at=AFTER)
            assert found is not None
            return int(found.ruling.value.excused_minutes)

        assert excused() == 0  # without a code it counts
        for number, cause in enumerate(SIX[:5]):
            given = {"pack": "visitor", "cause": cause, "start": at(10 * number), "end": at(10 * number + 10)}
            with pytest.raises(RefusalError, match="proved"):
                outages.excuse(outage.pk, NewExcuse(**given, evidence=" "), **WHO)
            outages.excuse(outage.pk, NewExcuse(**given, evidence="Protokoll"), **WHO)
            assert excused() == 10 * (number + 1)
        other = NewExcuse(pack="visitor", cause="holiday", start=at(50), end=at(60), evidence="Protokoll")
        with pytest.raises(RefusalError, match="know no such cause"):
            outages.excuse(outage.pk, other, **WHO)
        down(datetime(2026, 12, 12, 9, 0, tzinfo=UTC), 10)  # Saturday, 10:00: the regular window excuses by itself
        assert excused() == 60


@pytest.mark.requirement("FW-008")
def test_a_customers_network_is_no_outage_while_probes_at_the_hand_over_point_succeed():
    house = make_house("visitor")
    contract = concluded(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        (edge,) = probed()
        told(edge, *((minute, True) for minute in range(0, 61, 5)))
        report = down(at(0), 60, found_by="REPORT", contracts=(contract.pk,))
        assert beyond_hand_over(report)
    staff = browser(house.staff, house.tenant)
    address = f"/service_levels/outages/{report.pk}/"
    assert f"{address}network/" in staff.get(address).content.decode()
    assert staff.post(f"{address}network/").status_code == 302
    assert f"{address}network/" not in staff.get(address).content.decode()
    with as_tenant(house.tenant.pk):
        statement = settled(contract)
        assert (statement.down_micros, statement.excused) == (0, [["customer_side", 60 * 60_000_000]])
        report.refresh_from_db()
        assert report.cause == "Netz des Kunden"
        with pytest.raises(RefusalError, match="a probe found it"):
            (found,) = told(edge, (70, False), (71, False))
            classing.class_as_customers_network(found.pk, **WHO)
        unknown = down(at(600), 60)  # nobody measured: nothing is proved
        with pytest.raises(RefusalError, match="not measured as usable"):
            classing.class_as_customers_network(unknown.pk, **WHO)
    assert "service_levels.outage_excused" in verbs(house.tenant, report)


def test_a_silent_prober_is_told_with_its_length_and_is_no_outage():
    house = make_house("crm")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        told(place, (0, True), (1, True))
        note_silence(at=at(60))  # silent from minute 1, unknown from minute 6
        told(place, (60, True))
        both = Probe.objects.get()
        second = components.add_probe(
            both.component_id, components.NewProbe(kind="HEARTBEAT", places=("here", "there")), **WHO
        )
        components.stop_probe(second.pk, at=at(90), actor=WHO["actor"])
        note_silence(at=at(44_640))
        components.stop_probe(both.pk, at=at(66), actor=WHO["actor"])
        statement = settled(contract)
        assert statement.down_micros == 0
        # the heartbeat was never heard: unknown for as long as it was waited for, from minute 0 to minute 90
        assert [(gap[0], gap[2]) for gap in statement.gaps] == [(at(0).isoformat(), "90")]
        assert statement.unknown_micros == 90 * 60_000_000
        Probe.objects.filter(pk=second.pk).update(stopped_at=at(0))
        again = month_of_contract(contracts.supplied(contract.pk, DECEMBER), DECEMBER, at=AFTER)
        assert again is not None
        # minutes 6 to 60, and 65 to 66, when it was stopped
        assert (int(again.ruling.value.unknown_minutes), len(again.ruling.value.unknown)) == (55, 2)


def planned(start: datetime, *, hours: int = 1, **more: Any) -> Maintenance:
    span = Span(start, start + timedelta(hours=hours))
    told_work = NewWork(title=Text("Sicherheit", "Security"), span=span, stops=True, **more)
    return maintenance.plan(told_work, **WHO)


@pytest.mark.requirement("SM-034")
def test_urgent_work_is_told_in_parallel_and_the_window_needs_no_announcement():
    house = make_house("dealership")
    contract = concluded_under(house)
    wednesday = datetime(2026, 12, 16, 10, 0, tzinfo=UTC)  # 11:00 in Berlin
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="told"):
            planned(wednesday, urgent=True, announce=False)
        row = planned(wednesday, urgent=True)
        letters = [mail for mail in mails(house.tenant) if mail.about_id == row.pk]
        assert [mail.to for mail in letters] == [contracts.supplied(contract.pk, DECEMBER).notices_to]
        assert all(mail.at <= row.starts_at for mail in letters)
        evening = datetime(2026, 12, 15, 18, 30, tzinfo=UTC)  # 19:30 in Berlin
        silent = planned(evening, announce=False)
        assert (silent.announced_at, silent.lead_minutes) == (None, None)


@pytest.mark.requirement("SO-020")
def test_daytime_work_demands_its_reason_and_the_lead_time_is_kept():
    house = make_house("crm")
    concluded(house)
    tuesday = datetime(2026, 12, 15, 8, 0, tzinfo=UTC)  # 10:00 in Vilnius, six days after it is told
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="Fix an error, Prevent an error"):
            planned(tuesday)
        row = planned(tuesday, reasons={"crm": "fix_error"})
        assert row.lead_minutes == (6 * 24 - 1) * 60


@pytest.mark.requirement("AP-066")
def test_an_interruption_shows_its_reason_start_and_end_and_gives_no_credit(client):
    house = make_house("leisure")
    contract = concluded_under(house)
    with as_tenant(house.tenant.pk):
        soon = datetime.now(UTC) + timedelta(days=2)
        start = soon.replace(hour=22, minute=0, second=0, microsecond=0)
        planned(start, reasons={"leisure": "updates"}, components=(component().pk,))
    client.cookies["kontor_language"] = "en"
    shown = client.get("/service_levels/status/").content.decode()
    assert "Security" in shown
    assert "Updates" in shown
    with pytest.raises(RefusalError, match="no credit is claimed"):
        claimed(contract, at(0), at(10))
    with as_tenant(house.tenant.pk):
        assert statements.settle_month(DECEMBER, at=AFTER) == []  # the terms promise nothing that could be missed
