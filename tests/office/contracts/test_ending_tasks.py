"""What is to be done after an end: dated, proved by paper where the terms want it, told when it is overdue."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kontor.kernel.actions.answering import answer
from kontor.kernel.models import OutgoingMail, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_tasks import alert_overdue, do_task
from kontor.office.contracts.models import Contract, EndingTask
from kontor.rulebook.ending.kinds import Kind
from tests.factories import House
from tests.office.contracts.ending_walk import LETTER, noon
from tests.office.contracts.test_change_views import customer
from tests.office.contracts.test_ending_cases import leisure, of_fault
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
ENDS = date(2027, 1, 31)
DUE = date(2027, 3, 2)  # thirty days after 31 January
CERTIFICATE = b"%PDF-1.7 destroyed"


def ended() -> tuple[House, Contract, EndingTask]:
    house, contract = leisure()
    with as_tenant(house.tenant.pk):
        of_fault(house, contract, Kind.IMMEDIATE, "brand", ENDS)
        return house, contract, EndingTask.objects.get(key="software")


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("vernichtung.pdf", CERTIFICATE, content_type="application/pdf")


@pytest.mark.requirement("AP-049")
def test_the_return_of_the_software_is_closed_by_paper_only():
    house, _contract, task = ended()
    assert task.due_on == DUE
    with as_tenant(house.tenant.pk):
        with pytest.raises(EndingRefusedError, match="written assurance of the return"):
            do_task(task.pk, note="zurück", on=DUE, at=noon(DUE), actor=house.actor)
        done = do_task(task.pk, note="zurück", on=DUE, proof=LETTER, at=noon(DUE), actor=house.actor)
        assert done.proof is not None
        assert (done.done_on, done.proof.name) == (DUE, "kuendigung.pdf")
        assert RecordEntry.objects.filter(verb="contracts.ending_task_done").count() == 1
        assert alert_overdue(at=noon(date(2027, 3, 3))) == 4  # the provider's four are open still


@pytest.mark.requirement("AP-049")
def test_what_is_overdue_is_told_once_and_to_the_customer_only_of_its_own():
    house, contract, task = ended()
    with as_tenant(house.tenant.pk):
        EndingTask.objects.exclude(pk__in=[task.pk, EndingTask.objects.get(key="keys").pk]).update(dropped_on=ENDS)
        before = OutgoingMail.objects.count()
        assert alert_overdue(at=noon(date(2027, 2, 1))) == 0  # the last day for the keys
        assert alert_overdue(at=noon(DUE)) == 1
        assert alert_overdue(at=noon(date(2027, 3, 3))) == 1
        assert alert_overdue(at=noon(date(2027, 3, 4))) == 0
        mails = list(OutgoingMail.objects.order_by("pk"))[before:]
        assert [mail.to for mail in mails] == [
            contract.terms["notice_seller"], contract.terms["notice_seller"], contract.terms["notice_customer"],
        ]  # fmt: skip
        assert "Software zurückgeben oder Vernichtung bescheinigen" in mails[-1].text
        assert "02.03.2027" in mails[-1].text
        task.refresh_from_db()
        assert task.alerted_at == noon(date(2027, 3, 3))
        assert RecordEntry.objects.filter(verb="contracts.ending_task_overdue").count() == 2


def test_the_customer_hands_in_its_paper_on_its_page_and_staff_read_it():
    house, contract, task = ended()
    client = customer(contract, "chefin@alder.example")
    page = reverse("contracts:account-ending", args=[contract.pk])
    prove = reverse("contracts:account-ending-task-prove", args=[task.pk])
    assert prove in client.get(page).content.decode()
    assert client.get(prove).status_code == 200
    assert client.post(prove, {"note": "ohne Papier"}).status_code == 422
    assert client.post(prove, {"proof": pdf(), "note": "geschreddert"})["Location"] == page
    again = client.post(prove, {"proof": pdf()})
    assert (again.status_code, "settled already" in again.content.decode()) == (422, True)
    staff = browser(house.staff, house.tenant)
    file = reverse("contracts:ending-task-file", args=[task.pk])
    assert file in staff.get(reverse("contracts:ending", args=[contract.pk])).content.decode()
    assert b"".join(staff.get(file)) == CERTIFICATE


def test_staff_hand_in_what_came_by_letter_and_done_alone_is_not_enough():
    house, contract, task = ended()
    staff = browser(house.staff, house.tenant)
    staff.post(reverse("contracts:ending-task-done", args=[task.pk]), {"note": "x"})
    with as_tenant(house.tenant.pk):
        assert EndingTask.objects.get(pk=task.pk).done_on is None
    prove = reverse("contracts:ending-task-prove", args=[task.pk])
    assert prove in staff.get(reverse("contracts:ending", args=[contract.pk])).content.decode()
    assert staff.post(prove, {"proof": pdf()})["Location"] == reverse("contracts:ending", args=[contract.pk])


def test_a_customer_does_not_do_the_providers_tasks_and_strangers_find_none():
    house, contract, task = ended()
    with as_tenant(house.tenant.pk):
        keys = EndingTask.objects.get(key="keys")
    with as_tenant(contract.customer_tenant_id), pytest.raises(EndingRefusedError, match="the provider's task"):
        answer("contracts.software_returned", keys.pk, at=noon(DUE), actor=house.actor, note="", proof=LETTER)
    stranger = make_tenant("Birke")
    with as_tenant(stranger.pk), pytest.raises(EndingTask.DoesNotExist):
        do_task(task.pk, note="", on=DUE, proof=LETTER, at=noon(DUE), actor=house.actor)
