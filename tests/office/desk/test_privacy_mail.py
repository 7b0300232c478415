"""A mail to the privacy address is a request on one's own data, and an objection by mail ends the counting."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client

from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.mail_intake import Fetched, Outcome, take_mail
from kontor.office.desk.models import DeskHabits, Mailbox, Ticket
from kontor.office.privacy.actions import subject_answers, subjects
from kontor.office.privacy.actions.notice import Details, keep_details
from kontor.office.privacy.models import CookieChoice, PageView, SubjectRequest, SubjectStep
from kontor.office.privacy.queries import cookies
from tests.factories import House, make_house
from tests.office.messages.mail_shapes import ARRIVED, MX, mail
from tests.people import administrator, browser, link_in, visitor

pytestmark = pytest.mark.django_db
NOW = ARRIVED + timedelta(minutes=3)
OFFICE = Details(name="Kontor", address="Weg 1", email="Privacy@kontor.example", authority="LfD")
OBJECTS = b"Ich widerspreche der Telemetrie."


@pytest.fixture
def house(settings: Any) -> House:
    settings.KONTOR_COOKIES = frozenset({"analysis"})
    made = make_house("dealership")
    with as_tenant(made.tenant.pk):
        DeskHabits.objects.create(address="desk@kontor.example", mx_host=MX)
        keep_details(OFFICE, at=ARRIVED, actor=made.actor)
    return made


def counted(client: Client) -> int:
    client.post("/privacy/count/", {"page": Signer(salt=cookies.VISITOR).sign("account_login")})
    return PageView.objects.count()


@pytest.mark.requirement("SD-038")
def test_an_informal_mail_to_the_privacy_address_is_a_request_and_a_granted_objection_ends_telemetry(house):
    uma = administrator(house.tenant, "jonas@alder.example", "Jonas Alder")
    client, elsewhere = browser(uma, house.tenant), browser(uma, house.tenant)
    for each in (client, elsewhere):
        each.post("/privacy/cookies/", {"choice": "all"})
    assert (counted(client), counted(elsewhere)) == (1, 2)
    with as_tenant(house.tenant.pk):
        raw = mail(OBJECTS, "To: <privacy@kontor.example>", subject="Telemetrie")
        assert take_mail(raw, at=NOW) == Outcome.PRIVACY
        row = SubjectRequest.objects.get()
        assert (row.way, row.kind, row.person, row.words) == (
            "mail", "objection", uma.pk, "Telemetrie\n\nIch widerspreche der Telemetrie.",
        )  # fmt: skip
        assert (row.received_on, row.answer_by) == (date(2026, 12, 7), date(2027, 1, 7))
        receipt = OutgoingMail.objects.get(about_kind="privacy.SubjectRequest")
        assert (receipt.to, "07.01.2027" in receipt.text) == ("jonas@alder.example", True)
        assert not Ticket.objects.exists()
        answer = mail(b"Danke", "To: <desk@kontor.example>", f"In-Reply-To: <{receipt.pk}@kontor.example>", number="2")
        assert take_mail(answer, at=NOW) == Outcome.PRIVACY
        assert SubjectStep.objects.get(key="note").text == "Danke"
    assert visitor().post(link_in(receipt.text)).status_code == 302
    with as_tenant(house.tenant.pk):
        subject_answers.mark(row.pk, purpose="telemetry", at=NOW, actor=house.actor)
        subject_answers.answer(row.pk, "Es wird nicht mehr gezählt.", at=NOW, actor=house.actor)
    assert PageView.objects.count() == 0
    assert (counted(client), counted(elsewhere)) == (0, 0)
    newest = CookieChoice.objects.filter(person=uma.pk).order_by("-made_at").first()
    assert newest is not None
    assert newest.allowed == []


def test_what_goes_elsewhere_is_no_request_on_data_and_a_mailbox_of_its_own_is_enough(house):
    with as_tenant(house.tenant.pk):
        assert take_mail(mail(OBJECTS), at=NOW) == Outcome.OPENED
        box = Mailbox.objects.create(
            address="privacy@kontor.example",
            host="mail.example",
            user="p",
            counts_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        hidden: dict[str, Any] = {"at": NOW, "fetched": Fetched(mailbox=box.pk, arrived=ARRIVED)}
        assert take_mail(mail(b"Auskunft bitte", number="9"), **hidden) == Outcome.PRIVACY
        assert [each.kind for each in SubjectRequest.objects.all()] == ["access"]
        request = SubjectRequest.objects.get()
        subjects.withdraw(request.pk, at=NOW, actor=house.actor)
        receipt = OutgoingMail.objects.filter(about_kind="privacy.SubjectRequest").get()
        late = mail(b"Doch", f"In-Reply-To: <{receipt.pk}@kontor.example>", number="10")
        assert take_mail(late, at=NOW) == Outcome.OPENED  # it is closed: whoever writes now is heard by the desk
