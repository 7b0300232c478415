"""Services that only an accepted offer leads to: their answer, each time they are done, and what is invoiced."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceLine
from kontor.office.contracts.actions import service_orders
from kontor.office.contracts.actions.corrections import Logged, log_work
from kontor.office.contracts.actions.service_orders import Result, offer_service, perform_service
from kontor.office.contracts.models import Charge, Contract, ServiceOrder, ServiceOrderState, ServicePerformance
from kontor.office.contracts.queries.service_orders import services_offered
from kontor.rulebook.extra_work import Work
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.service_order import Every, Service
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import billed, signed
from tests.office.contracts.walking import customer
from tests.people import browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 10)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
TRAVEL = Service("travel", Decimal(1), Decimal("650.00"), TODAY, Every.MONTH, 2)
CONVERSION = Service("data_conversion", Decimal(2), Decimal("140.00"), TODAY)
FILE = Result(name="kunden.csv", media_type="text/csv", content=b"nr;name\n")


@pytest.fixture
def house() -> House:
    return make_house("leisure")


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


def offered(contract: Contract, service: Service = TRAVEL, **given: Any) -> ServiceOrder:
    told: dict[str, Any] = {"unit": "DAY", "valid_until": date(2026, 12, 31), **WHO, **given}
    with as_tenant(contract.tenant_id):
        return offer_service(contract.pk, service, "Einrichtung vor Ort", **told)


def answered(order: ServiceOrder, *, accept: bool = True, email: str = "jonas@alder.example", **given: Any) -> Any:
    with as_tenant(order.customer_tenant_id):
        told = {**WHO, **given}
        return answer("contracts.service_answered", order.pk, accept=accept, name="Jonas Alder", email=email, **told)


def done(order: ServiceOrder, on: date = TODAY, result: Result | None = None) -> ServicePerformance:
    with as_tenant(order.tenant_id):
        return perform_service(order.pk, done_on=on, note="", result=result, **WHO)


def invoiced(house: House, contract: Contract) -> list[tuple[str, int]]:
    """Return the charges that were invoiced, each with its day and its amount."""
    with as_tenant(house.tenant.pk):
        rows = InvoiceLine.objects.filter(item_key__startswith="service-").order_by("period_first")
        return [(row.period_first.isoformat(), row.net_minor) for row in rows]


@pytest.mark.requirement("AP-025")
def test_travel_is_not_invoiced_without_an_accepted_offer_and_follows_it_with_one(house, contract):
    """One day of 650.00, on 10 December and again a month later."""
    with as_tenant(house.tenant.pk):
        work = Work("travel", TODAY, minutes=480, rate=Decimal("81.25"))
        with pytest.raises(RefusalError, match="needs a signed offer"):
            log_work(contract.pk, Logged(key="t", work=work, rate_source="Liste"), **WHO)
    order = offered(contract)
    with pytest.raises(RefusalError, match="needs an accepted offer"):
        done(order)
    with as_tenant(house.tenant.pk):
        assert Charge.objects.count() == 0
    assert answered(order).state == "ACCEPTED"
    done(order)
    with pytest.raises(RefusalError, match="the day is 10 January 2027"):
        done(order, date(2027, 1, 9))
    done(order, date(2027, 1, 12))
    with pytest.raises(RefusalError, match="done wholly"):
        done(order, date(2027, 2, 12))
    with as_tenant(house.tenant.pk):
        rows = Charge.objects.order_by("first")
        assert [(row.first, row.last, row.quantity, row.price, row.own_invoice_from) for row in rows] == [
            (on, on, Decimal(1), Decimal("650.00"), on) for on in (TODAY, date(2027, 1, 10))
        ]
        assert {row.clause for row in rows} == {"9.2"}
    assert verbs(house.tenant, order) == [
        "contracts.service_offered", "contracts.service_answered", "contracts.service_answered",
        "contracts.service_done", "contracts.service_done",
    ]  # fmt: skip


@pytest.mark.requirement("SO-068")
def test_two_hours_of_conversion_are_invoiced_with_280_and_the_file_hangs_on_the_order():
    """crm §14: 2 × 140.00 = 280.00."""
    house = make_house("crm")
    contract = signed(house)
    order = offered(contract, CONVERSION, unit="HUR")
    answered(order)
    with pytest.raises(RefusalError, match="converted file is missing"):
        done(order)
    done(order, result=FILE)
    billed(house, contract, date(2026, 12, 20))
    assert invoiced(house, contract) == [("2026-12-10", 28_000)]
    with as_tenant(house.tenant.pk):
        (shown,) = services_offered(contract.pk, own=True)
        (performance,) = shown.done
        assert (shown.amount.bare(), performance.file.name, read(performance.file)) == (
            "280.00", "kunden.csv", FILE.content,
        )  # fmt: skip
        assert (performance.charge.clause, shown.next_on) == ("§14", None)
    with as_tenant(contract.customer_tenant_id):
        (seen,) = services_offered(contract.pk, own=False)
        assert [each.file.name for each in seen.done] == ["kunden.csv"]


def test_the_customer_is_told_what_is_offered(house, contract):
    offered(contract)
    with as_tenant(house.tenant.pk):
        mail = OutgoingMail.objects.get(subject__startswith="Angebot für eine Leistung")
        assert mail.to == contract.terms["notice_customer"]
        assert "650,00" in mail.text
        assert "monatlich, zuerst am 10.12.2026, insgesamt 2 Mal" in mail.text


def test_only_the_signatory_answers_once_and_in_time(house, contract):
    order = offered(contract)
    with pytest.raises(RefusalError, match="signatory may order"):
        answered(order, email="mia@alder.example")
    with pytest.raises(RefusalError, match="answered already or expired"):
        answered(order, at=datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert answered(order, accept=False).state == "DECLINED"
    with pytest.raises(RefusalError, match="answered already or expired"):
        answered(order)
    with pytest.raises(RefusalError, match="needs an accepted offer"):
        done(order)


def test_an_offer_of_nothing_or_of_yesterday_is_refused(house, contract):
    with pytest.raises(RefusalError, match="lies in the past"):
        offered(contract, valid_until=date(2026, 12, 9))
    with pytest.raises(RefusalError, match="no such service"):
        offered(contract, CONVERSION)
    with as_tenant(house.tenant.pk):
        assert (ServiceOrder.objects.count(), OutgoingMail.objects.filter(subject__contains="Leistung").count()) == (
            0, 0,
        )  # fmt: skip


def test_another_tenant_finds_no_service(contract):
    order = offered(contract)
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(Contract.DoesNotExist):
            offer_service(contract.pk, TRAVEL, "x", unit="DAY", valid_until=TODAY, **WHO)
        with pytest.raises(ServiceOrder.DoesNotExist):
            answer("contracts.service_answered", order.pk, accept=True, name="x", email="x@x.example", **WHO)
        with pytest.raises(ServiceOrder.DoesNotExist):
            perform_service(order.pk, done_on=TODAY, note="", result=None, **WHO)
    assert service_orders.State.OFFERED == "OFFERED"


def test_staff_offer_the_customer_accepts_and_the_file_is_there_for_both(house, contract):
    staff, theirs = browser(house.staff, house.tenant), customer(contract)
    page, new = (reverse(f"contracts:{name}", args=[contract.pk]) for name in ("corrections", "service-new"))
    told = {
        "kind": "training", "told": "Einweisung", "quantity": "3", "unit": "HUR", "price": "90.00",
        "first_on": "2026-11-01", "every": "once", "times": "1", "valid_until": "2999-01-01",
    }  # fmt: skip
    assert "Einweisung" not in staff.get(page).content.decode()
    assert staff.get(new).status_code == 200
    assert staff.post(new, told | {"times": "2"}).status_code == 422
    assert staff.post(new, told)["Location"] == page
    with as_tenant(house.tenant.pk):
        order = ServiceOrder.objects.get()
    finish = reverse("contracts:service-done", args=[order.pk])
    assert staff.get(finish).status_code == 200
    assert staff.post(finish, {"done_on": "2026-12-10"}).status_code == 422
    account = reverse("contracts:account-corrections", args=[contract.pk])
    assert "Einweisung" in theirs.get(account).content.decode()
    accept = reverse("contracts:account-service", args=[order.pk, "accept"])
    for _each in range(2):
        assert theirs.post(accept)["Location"] == account
    with as_tenant(house.tenant.pk):
        assert ServiceOrderState.objects.get().state == "ACCEPTED"
    assert theirs.post(reverse("contracts:account-service", args=[order.pk, "perhaps"])).status_code == 404
    paper = SimpleUploadedFile("ergebnis.txt", b"fertig", content_type="text/plain")
    assert staff.post(finish, {"done_on": "2026-12-10", "note": "gut", "file": paper})["Location"] == page
    with as_tenant(house.tenant.pk):
        performance = ServicePerformance.objects.get()
    for client, name in ((staff, "service-file"), (theirs, "account-service-file")):
        assert b"".join(client.get(reverse(f"contracts:{name}", args=[performance.pk]))) == b"fertig"
        assert client.get(reverse(f"contracts:{name}", args=[uuid.uuid4()])).status_code == 404
    assert "ergebnis.txt" in theirs.get(account).content.decode()
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    assert browser(reader, house.tenant).get(new).status_code == 403
    assert staff.get(reverse("contracts:service-done", args=[uuid.uuid4()])).status_code == 404


def test_the_page_asks_as_often_for_three_services_as_for_one(house, contract):
    staff, counts = browser(house.staff, house.tenant), []
    url = reverse("contracts:corrections", args=[contract.pk])
    staff.get(url)
    for more in (1, 2):
        for _each in range(more):
            offered(contract)
        with CaptureQueriesContext(connection) as queries:
            staff.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
