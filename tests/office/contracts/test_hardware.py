"""Hardware from the delivery date to the last remedy, and while it is not paid."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.actions import hardware, hardware_cases
from kontor.office.contracts.actions.ending import Ending, end_contract
from kontor.office.contracts.actions.hardware import HardwareRefusedError
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract, HardwareCase, HardwareDelivery, HardwareItem, HardwareStep
from kontor.office.contracts.queries.hardware import (
    open_inspections,
    open_remedies,
    ordered_hardware,
    risk_of,
    title_of,
    warranties,
)
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.terminals.models import Terminal
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling
from tests.factories import House, make_house
from tests.office.contracts import walking
from tests.office.contracts.test_billing import bill, concluded
from tests.people import administrator, browser, entitle, join, mails, make_tenant, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
SENT, THERE = date(2026, 12, 14), date(2026, 12, 16)
FIRST, SECOND = date(2027, 1, 15), date(2027, 1, 31)
LATE = date(2027, 2, 1)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
MANUAL = Upload(name="handbuch.pdf", media_type="application/pdf", content=b"%PDF-1.7")


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    """One terminal at 1,490.00 beside the platform."""
    return concluded(house)


@pytest.fixture
def inside(house, contract) -> Iterator[None]:
    with as_tenant(house.tenant.pk):
        yield


def planned(contract: Contract) -> HardwareDelivery:
    return hardware.plan_delivery(contract.pk, planned_on=THERE, **WHO)


def device(delivery: HardwareDelivery, **given: Any) -> HardwareItem:
    told = {"position": "terminal", "serial": "SN-4711", "software": "KioskOS 12.4"}
    return hardware.add_device(delivery.pk, **{**told, **given}, **WHO)


def delivered(contract: Contract) -> HardwareItem:
    delivery = planned(contract)
    item = device(delivery)
    hardware.enclose_manual(delivery.pk, MANUAL, language="de", **WHO)
    proof = Upload(name="beleg.pdf", media_type="application/pdf", content=b"x")
    hardware.hand_to_carrier(delivery.pk, carrier="Spedition Ost", tracking="T-1", on=SENT, proof=proof, **WHO)
    hardware.hand_to_customer(delivery.pk, on=THERE, proof=proof, **WHO)
    return item


def reported(item: HardwareItem, *, kind: str = "defect", on: date = THERE) -> HardwareCase:
    return hardware_cases.report(item, kind=kind, told="Bildschirm flackert", by="Jonas", on=on, **WHO)


def failed(item: HardwareItem) -> HardwareCase:
    """Return a defect for which both periods have passed."""
    case = reported(item)
    hardware_cases.set_period(case.pk, until=FIRST, fault=True, **WHO)
    return hardware_cases.set_second_period(case, until=SECOND, on=date(2027, 1, 16), **WHO)


@pytest.mark.requirement("FW-032")
@pytest.mark.usefixtures("inside")
def test_the_customer_learns_the_date_and_the_carrier(house, contract):
    delivery = delivered(contract).delivery
    subjects = [mail.subject for mail in mails(house.tenant) if "Hardware" in mail.subject or "Liefer" in mail.subject]
    assert subjects == [f"Liefertermin zum Vertrag {contract.number}",
                        f"Hardware zum Vertrag {contract.number} ist unterwegs"]  # fmt: skip
    now = HardwareDelivery.objects.get(pk=delivery.pk)
    assert (now.freight_minor, now.carrier_on, now.warranty_until) == (0, SENT, date(2027, 12, 14))
    assert risk_of(now, contract).value == THERE
    verbs = RecordEntry.objects.filter(object_id=delivery.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        *("contracts.delivery_planned", "contracts.device_added", "contracts.manual_enclosed"),
        *("contracts.handed_to_carrier", "contracts.handed_to_customer"),
    ]


@pytest.mark.requirement("FW-031")
@pytest.mark.usefixtures("inside")
def test_nothing_leaves_without_the_german_documentation(contract):
    delivery = planned(contract)
    item = device(delivery)
    hardware.enclose_manual(delivery.pk, MANUAL, language="en", **WHO)
    with pytest.raises(HardwareRefusedError, match="documentation in German"):
        hardware.hand_to_carrier(delivery.pk, carrier="Ost", tracking="", on=SENT, proof=None, **WHO)
    assert item.software == "KioskOS 12.4"
    with pytest.raises(HardwareRefusedError, match="handed over yet"):
        reported(item)


@pytest.mark.usefixtures("inside")
def test_no_more_devices_than_ordered_and_each_serial_number_once(contract):
    delivery = planned(contract)
    with pytest.raises(HardwareRefusedError, match="not ordered"):
        device(delivery, position="seats")
    device(delivery)
    with pytest.raises(HardwareRefusedError, match="No more of it"):
        device(delivery, serial="SN-4712")
    HardwareItem.objects.update(position="other")
    HardwareItem.objects.create(
        delivery=delivery, position="terminal", serial="SN-9", software="1", name="", at=AT,
        replaced_by=HardwareItem.objects.get(),
    )  # fmt: skip
    with pytest.raises(HardwareRefusedError, match="exists already"):
        device(delivery, serial="SN-9")


@pytest.mark.usefixtures("inside")
def test_a_delivery_goes_each_way_once(contract):
    delivery = delivered(contract).delivery
    with pytest.raises(HardwareRefusedError, match="on its way"):
        device(delivery)
    with pytest.raises(HardwareRefusedError, match="and once"):
        hardware.hand_to_customer(delivery.pk, on=THERE, proof=None, **WHO)
    second = planned(contract)
    assert second.number == 2
    with pytest.raises(HardwareRefusedError, match="carrier has"):
        hardware.hand_to_customer(second.pk, on=THERE, proof=None, **WHO)


def test_without_hardware_in_terms_or_order_nothing_is_planned(house, contract, monkeypatch):
    with as_tenant(house.tenant.pk):
        monkeypatch.setattr(hardware, "ordered_hardware", lambda _contract: {})
        with pytest.raises(HardwareRefusedError, match="No hardware was ordered"):
            planned(contract)
        monkeypatch.setattr(hardware, "knows_hardware", lambda _pack: False)
        with pytest.raises(HardwareRefusedError, match="govern no hardware"):
            planned(contract)


def test_both_sides_are_told_when_claims_on_defects_run_out(house, contract):
    """Handed to the carrier on 14 December 2026: one year (5.4.7) ends with 14 December 2027."""
    with as_tenant(house.tenant.pk):
        delivered(contract)
    for reader in (house.tenant.pk, contract.customer_tenant_id):
        with as_tenant(reader):
            (_, step), *further = [
                pair for pair in next_steps({contract: []}, today=THERE) if pair[1].title.en.startswith("Warranty")
            ]
        assert (step.on, str(step.clause), step.text.en, further) == (date(2027, 12, 14), "5.4.7", "Delivery 1", [])
    with as_tenant(make_tenant("Birke AG").pk):
        assert warranties([contract.pk]) == {}


@pytest.mark.requirement("FW-033")
@pytest.mark.usefixtures("inside")
def test_the_hand_over_opens_the_inspection_and_a_complaint_counts_its_days(contract):
    item = delivered(contract)
    assert [each.pk for each in open_inspections([contract.pk])[contract.pk]] == [item.delivery_id]
    case = reported(item, on=date(2026, 12, 19))
    assert (case.days_since, case.in_time, case.outcome, case.clause) == (3, True, "", "5.4.7")
    noted = hardware.note_inspection(item.delivery, found="ohne Mangel", on=THERE, **WHO)
    assert (noted.inspected_on, open_inspections([contract.pk])) == (THERE, {})
    with pytest.raises(HardwareRefusedError, match="and once"):
        hardware.note_inspection(item.delivery, found="noch einmal", on=THERE, **WHO)


@pytest.mark.requirement("FW-034")
@pytest.mark.usefixtures("house")
def test_events_are_reported_until_the_last_cent_is_paid(house, contract):
    with as_tenant(house.tenant.pk):
        item = delivered(contract)
        position = ordered_hardware(contract)["terminal"]
        assert title_of(contract, position).value == "provider"  # not invoiced yet
    bill(house, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        events = ("seizure", "insolvency", "damage", "loss", "change_of_possession")
        cases = [reported(item, kind=kind) for kind in events]
        assert [(case.kind, case.days_since, case.in_time) for case in cases] == [(kind, 0, None) for kind in events]
        alerts = [mail for mail in mails(house.tenant) if mail.to == "rechnung@lindwurm.example"]
        assert len(alerts) == 5
        with pytest.raises(HardwareRefusedError, match="not to be reported"):
            reported(item, kind="rain")
        with pytest.raises(HardwareRefusedError, match="nothing to be mended"):
            hardware_cases.set_period(cases[0].pk, until=FIRST, fault=True, **WHO)
        InvoiceBalance.objects.update(open_minor=0)
        assert title_of(contract, position).value == "customer"
        with pytest.raises(HardwareRefusedError, match="customer's own"):
            reported(item, kind="loss")


@pytest.mark.requirement("FW-035")
@pytest.mark.usefixtures("inside")
def test_a_claim_after_the_year_is_settled_as_out_of_time(contract):
    """Handed to the carrier on 14 December 2026: the last day is 14 December 2027."""
    item = delivered(contract)
    assert reported(item, on=date(2027, 12, 14)).in_time is True
    case = reported(item, on=date(2027, 12, 15))
    assert (case.in_time, case.outcome, case.settled_on) == (False, "out_of_time", date(2027, 12, 15))
    with pytest.raises(HardwareRefusedError, match="is settled"):
        hardware_cases.set_period(case.pk, until=FIRST, fault=True, **WHO)


@pytest.mark.usefixtures("inside")
def test_a_defect_is_mended_by_the_third_try(contract):
    item = delivered(contract)
    case = reported(item)
    tried: dict[str, Any] = {"on": date(2027, 1, 5), "note": "Kabel", "serial": "", **WHO}
    with pytest.raises(HardwareRefusedError, match="period is set first"):
        hardware_cases.try_remedy(case.pk, remedy="repair", mended=True, **tried)
    hardware_cases.set_period(case.pk, until=FIRST, fault=True, **WHO)
    hardware_cases.try_remedy(case.pk, remedy="repair", mended=False, **tried)
    for remedy in ("replacement", "rescission", "nothing"):
        with pytest.raises(HardwareRefusedError, match="not open"):
            hardware_cases.try_remedy(case.pk, remedy=remedy, mended=True, **tried)
    with pytest.raises(HardwareRefusedError, match="exists already"):
        hardware_cases.try_remedy(case.pk, remedy="replacement", mended=True, **tried | {"serial": "SN-4711"})
    done = hardware_cases.try_remedy(case.pk, remedy="replacement", mended=True, **tried | {"serial": "SN-5000"})
    assert (done.outcome, done.settled_on, HardwareStep.objects.count()) == ("replacement", date(2027, 1, 5), 2)
    assert HardwareItem.objects.get(pk=item.pk).replaced_by.serial == "SN-5000"


@pytest.mark.requirement("FW-035")
def test_the_purchase_is_rescinded_after_the_second_period_by_a_credit_note(house, contract):
    """1,490.00 net and 19 % of it, 283.10, are given back: 1,773.10."""
    with as_tenant(house.tenant.pk):
        item = delivered(contract)
        case = failed(item)
        back: dict[str, Any] = {"remedy": "rescission", "amount": None, **WHO}
        with pytest.raises(HardwareRefusedError, match="mended until"):
            hardware_cases.give_back(case.pk, on=SECOND, **back)
        with pytest.raises(HardwareRefusedError, match="not been invoiced"):
            hardware_cases.give_back(case.pk, on=LATE, **back)
    bill(house, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        done = hardware_cases.give_back(case.pk, on=LATE, **back)
        note = Invoice.objects.get(pk=done.credit_note_id)
        assert (note.kind, note.net_minor, note.gross_minor) == ("381", 149_000, 177_310)
        assert (done.outcome, done.settled_on) == ("rescission", LATE)


def test_the_price_is_reduced_by_what_was_asked(house, contract):
    bill(house, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        case = failed(delivered(contract))
        back: dict[str, Any] = {"remedy": "reduction", "on": LATE, **WHO}
        with pytest.raises(RefusalError, match="up to the price"):
            hardware_cases.give_back(case.pk, amount=None, **back)
        done = hardware_cases.give_back(case.pk, amount=Money.parse("300.00", "EUR"), **back)
        assert Invoice.objects.get(pk=done.credit_note_id).net_minor == 30_000


@pytest.mark.usefixtures("inside")
def test_a_second_period_is_set_once_and_after_the_first(contract):
    case = reported(delivered(contract))
    for on, until in ((FIRST, SECOND), (date(2027, 1, 16), FIRST)):
        with pytest.raises(HardwareRefusedError, match="further period once"):
            hardware_cases.set_second_period(case, until=until, on=on, **WHO)
        hardware_cases.set_period(case.pk, until=FIRST, fault=True, **WHO)
    assert open_remedies(HardwareCase.objects.get(pk=case.pk), contract, on=FIRST) is not None


@pytest.mark.usefixtures("inside")
def test_a_case_without_a_defect_is_closed_with_its_reason(contract):
    case = reported(delivered(contract))
    with pytest.raises(HardwareRefusedError, match="no such outcome"):
        hardware_cases.close_case(case.pk, outcome="forgotten", note="", on=THERE, **WHO)
    done = hardware_cases.close_case(case.pk, outcome="no_defect", note="Netzteil steckte nicht", on=THERE, **WHO)
    assert (done.outcome, done.note) == ("no_defect", "Netzteil steckte nicht")


@pytest.mark.requirement("FW-029")
def test_hardware_stays_ordered_when_the_platform_ends(house, contract):
    with as_tenant(house.tenant.pk):
        item = delivered(contract)
        ruling = Ruling(date(2026, 12, 31), (Clause("visitor", "4.6.4"),))
        ending = Ending(kind="agreed", ends=date(2026, 12, 31), told_on=THERE, culpable=False, ruling=ruling)
        end_contract(contract, ending, at=AT, actor=MACHINE)
        assert list(ordered_hardware(contract)) == ["terminal"]
        assert reported(item, on=date(2027, 5, 1)).in_time is True
        assert title_of(contract, ordered_hardware(contract)["terminal"]).value == "provider"


# The pages


def test_the_house_goes_all_the_way_by_its_pages(house):
    contract = walking.concluded(house)
    staff, customer = browser(house.staff, house.tenant), walking.customer(contract)
    page = reverse("contracts:contract-hardware", args=(contract.pk,))
    theirs = reverse("contracts:account-hardware", args=(contract.pk,))
    assert (staff.get(page).status_code, customer.get(theirs).status_code) == (200, 200)
    plan = reverse("contracts:hardware-plan", args=(contract.pk,))
    assert staff.get(plan).status_code == 200
    assert staff.post(plan, {"planned_on": ""}).status_code == 422
    assert staff.post(plan, {"planned_on": "2026-12-16"}).headers["Location"] == page
    with as_tenant(house.tenant.pk):
        delivery = HardwareDelivery.objects.get()

    def step(name: str, **given: Any) -> int:
        return staff.post(reverse("contracts:hardware-step", args=(delivery.pk, name)), given).status_code

    assert step("carrier", carrier="Ost", on="2026-12-14") == 422  # nothing is in it yet
    assert step("device", position="terminal", serial="SN-1", software="12.4") == 302
    assert step("manual", file=SimpleUploadedFile("handbuch.pdf", b"%PDF", "application/pdf"), language="de") == 302
    proof = SimpleUploadedFile("beleg.pdf", b"%PDF", "application/pdf")
    assert step("carrier", carrier="Ost", on="2026-12-14", proof=proof) == 302
    assert step("customer", on="2026-12-16") == 302
    assert step("nothing") == 404
    for name, opened in (("contracts:hardware-file", staff), ("contracts:account-hardware-file", customer)):
        codes = [opened.get(reverse(name, args=(delivery.pk, which))).status_code for which in ("manual", "customer")]
        assert codes == [200, 404]
    with as_tenant(house.tenant.pk):
        item = HardwareItem.objects.get()

    def told(row: Any, name: str, **given: Any) -> int:
        return customer.post(reverse("contracts:account-hardware-step", args=(row.pk, name)), given).status_code

    _leads_to_its_terminal(contract, customer)
    assert told(delivery, "inspected", found="ohne Mangel") == 302
    assert told(item, "report", kind="defect", told="flackert") == 302
    assert told(item, "nothing") == 404
    with as_tenant(house.tenant.pk):
        case = HardwareCase.objects.get()
        assert case.told_by == str(customer.get(theirs).context["request"].user)
    assert told(case, "second", until="2027-01-31") == 422

    def mend(name: str, **given: Any) -> int:
        return staff.post(reverse("contracts:hardware-case-step", args=(case.pk, name)), given).status_code

    assert mend("period", until="2026-12-20", fault="on") == 302
    assert (staff.get(page).status_code, customer.get(theirs).status_code) == (200, 200)
    assert mend("try", remedy="repair", on="2026-12-18", note="Kabel") == 302
    assert mend("give-back", remedy="rescission") == 422
    assert mend("close", outcome="noted", note="erledigt") == 302
    assert mend("nothing") == 404
    assert (staff.get(page).status_code, customer.get(theirs).status_code) == (200, 200)
    with CaptureQueriesContext(connection) as one:
        staff.get(page)
    with as_tenant(house.tenant.pk):
        for _each in range(2):
            hardware.plan_delivery(contract.pk, planned_on=THERE, **WHO)
    with CaptureQueriesContext(connection) as three:
        staff.get(page)
    assert len(one) == len(three)


def _leads_to_its_terminal(contract: Contract, customer: Client) -> None:
    """A device may be paired from its delivery, and once it is, each page leads to the other."""
    theirs = reverse("contracts:account-hardware", args=(contract.pk,))
    place = contract.customer_tenant
    entitle(place, "visitors")  # what the platform's term opens later, told now
    assert f"{reverse('terminals:pair')}?serial=SN-1" in customer.get(theirs).content.decode()
    with as_tenant(place.pk):
        gate = open_site(name="Hamburg", at=timezone.now(), actor=MACHINE, zone="Europe/Berlin")
        stands = Terminal.objects.create(site=gate, name="Tor 2", serial="SN-1", paired_at=timezone.now())
    terminal = reverse("terminals:terminal", args=(stands.pk,))
    assert f'href="{terminal}"' in customer.get(theirs).content.decode()
    assert f'href="{theirs}"' in customer.get(terminal).content.decode()


def test_strangers_and_people_without_the_right_get_nothing(house):
    contract = walking.concluded(house)
    with as_tenant(house.tenant.pk):
        delivery = hardware.plan_delivery(contract.pk, planned_on=THERE, **WHO)
    other = make_tenant("Fremd")
    stranger = browser(administrator(other, "eva@fremd.example", "Eva"), other)
    helper = make_user("kim@lindwurm.example", "Kim")
    join(house.tenant, helper, role="Empfang", permissions=["contracts.see"])
    powerless = browser(helper, house.tenant)
    assert stranger.get(reverse("contracts:account-hardware", args=(contract.pk,))).status_code == 404
    assert stranger.get(reverse("contracts:account-hardware-step", args=(delivery.pk, "inspected"))).status_code == 404
    assert powerless.get(reverse("contracts:hardware-plan", args=(contract.pk,))).status_code == 403
    assert powerless.get(reverse("contracts:hardware-step", args=(delivery.pk, "device"))).status_code == 403
    assert powerless.get(reverse("contracts:hardware-case-step", args=(uuid.uuid4(), "try"))).status_code == 403
    staff = browser(house.staff, house.tenant)
    assert staff.get(reverse("contracts:hardware-case-step", args=(uuid.uuid4(), "try"))).status_code == 404
