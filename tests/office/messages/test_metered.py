"""Mail that a contract counts: sent and counted together, refused at a hard limit, charged beyond a soft one."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.urls import path

from kontor.config.urls import handler400, handler403, handler404, handler500, urlpatterns as product  # noqa: F401
from kontor.kernel.actions.mail import NewMail
from kontor.kernel.actions.quotas import PromiseOverError, QuotaRefusedError
from kontor.kernel.models import MeterReading, OutgoingMail, Reservation
from kontor.kernel.queries.quotas import counter
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.messages.public import (
    MAILINGS,
    SERVICE_MAILS,
    end_mailing,
    handle_service_mail,
    note_visitor,
    promise_mailing,
    send_mailing,
)
from kontor.rulebook.ruling import Text
from tests.factories import House
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_limited import mailing_plan, sent
from tests.office.contracts.test_usage import FEBRUARY, JANUARY, charges, metered_house, state, stated
from tests.office.contracts.test_use_views import agreed

pytestmark = pytest.mark.django_db
PARIS, OSLO = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Oslo")
MAY = datetime(2027, 5, 20, 9, tzinfo=PARIS)
DAY = timedelta(days=1)


def letters(count: int, subject: str = "Bahnzeiten im Mai") -> list[NewMail]:
    return [NewMail(to=f"kunde{number}@kart.example", subject=subject, text="Hallo") for number in range(count)]


@requires("contracts.account")
def send(request: TenantRequest) -> HttpResponse:
    """Stand for a page of an app that sends: it promises a mailing and sends the first of it."""
    promise = promise_mailing("page", recipients=1_000, at=MAY, until=MAY + DAY)
    send_mailing(promise, letters(3), at=MAY)
    return HttpResponse("sent")


urlpatterns = [path("send/", send), *product]


def nearly_full() -> Contract:
    """A leisure contract with Web Pro, 25,000 a month, of which 24,500 are used."""
    _, contract = mailing_plan("web_pro")
    sent(contract, 24_500)
    return contract


def test_each_mail_of_a_promised_mailing_counts_once_and_the_rest_is_freed():
    contract = nearly_full()
    with as_tenant(contract.customer_tenant_id):
        promise = promise_mailing("Mai", recipients=5, at=MAY, until=MAY + DAY)
        assert promise_mailing("Mai", recipients=5, at=MAY, until=MAY + DAY) == promise
        written = send_mailing(promise, letters(3), at=MAY)
        now = counter(MAILINGS, at=MAY)
        assert (now.used, now.promised, now.left) == (24_503, 2, 495)
        assert [mail.to for mail in written] == [f"kunde{number}@kart.example" for number in range(3)]
        with pytest.raises(PromiseOverError):
            send_mailing(promise, letters(3), at=MAY)  # two are left
        assert OutgoingMail.objects.filter(subject="Bahnzeiten im Mai").count() == 3
        assert end_mailing(promise, at=MAY) == 2
        assert end_mailing(promise, at=MAY) == 0
        assert counter(MAILINGS, at=MAY).left == 497


def test_a_hard_limit_stops_a_page_before_the_first_mail_and_says_what_is_left(settings):
    settings.ROOT_URLCONF = __name__
    contract = nearly_full()
    with as_tenant(contract.customer_tenant_id):
        with pytest.raises(QuotaRefusedError) as refused:
            promise_mailing("Mai", recipients=1_000, at=MAY, until=MAY + DAY)
        assert refused.value.text == Text("noch 500 in diesem Monat", "500 left this month")
    answer = agreed(contract).get("/send/")
    assert (answer.status_code, answer["X-Reason"]) == (409, "limit")
    page = answer.content.decode()
    assert "<h1>Bulk mailings: 500 left this month</h1>" in page
    assert "24,500/25,000 mailings" in page
    assert "It begins anew on 1 Jun 2027." in page
    assert 'href="/contracts/account/use/"' in page
    with as_tenant(contract.customer_tenant_id):
        assert not OutgoingMail.objects.filter(subject="Bahnzeiten im Mai").exists()
        assert not Reservation.objects.exists()


def test_beyond_a_soft_limit_it_is_sent_and_charged_in_blocks():
    """crm §11.3: 10,000 mailings are included; 10,003 are one block of 1,000 more, charged with the next period."""
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    sent(contract, 10_000, at=JANUARY)
    with as_tenant(contract.customer_tenant_id):
        promise = promise_mailing("Januar", recipients=3, at=JANUARY, until=JANUARY + DAY)
        send_mailing(promise, letters(3), at=JANUARY)
    state(house, contract, FEBRUARY)
    assert used_in_january(house, "bulk_mailings") == 10_003
    assert [row[:3] for row in charges(house)] == [("bulk_mailings-2027-01", 1, Decimal("1.00"))]


def used_in_january(house: House, meter: str) -> Decimal:
    (row,) = [row for row in stated(house, meter) if row[:2] == (date(2027, 1, 1), 1)]
    return row[2]


def test_a_service_mail_counts_when_it_is_handled_and_once():
    house = metered_house()
    contract = concluded(house)
    at = datetime(2026, 12, 10, 9, tzinfo=OSLO)
    with as_tenant(contract.customer_tenant_id):
        assert [handle_service_mail(mail, at=at + again * DAY) for again, mail in enumerate(("m1", "m1", "m2"))] == [
            True, False, True,
        ]  # fmt: skip
        assert MeterReading.objects.filter(meter=SERVICE_MAILS).count() == 2


@pytest.mark.requirement("SO-053")
def test_a_person_who_signs_in_three_times_and_another_once_are_two_visitors():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    with as_tenant(contract.customer_tenant_id):
        for number, person in enumerate(("ida", "ida", "ida", "ole")):
            assert note_visitor(person, session=f"s{number}", at=JANUARY + number * DAY)
        assert not note_visitor("ole", session="s3", at=JANUARY + 3 * DAY)  # told again
        promise = promise_mailing("Januar", recipients=500, at=JANUARY, until=JANUARY + DAY)
        send_mailing(promise, letters(500), at=JANUARY)
    state(house, contract, FEBRUARY)
    assert [used_in_january(house, meter) for meter in ("customer_centre_logins", "bulk_mailings")] == [2, 500]
