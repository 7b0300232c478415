"""Confidential papers: who opens them, what is logged, and what leaves with the customer's approval only."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import secrets
from kontor.office.contracts.actions.noticing import give_notice
from kontor.office.contracts.models import (
    ConfidentialOpening,
    ConfidentialPaper,
    ConfidentialReader,
    ConfidentialSharing,
    Contract,
)
from kontor.office.contracts.queries.ending import ends_of, rows_of
from kontor.office.contracts.queries.registers import circumstances
from kontor.office.contracts.queries.secrets import secrets_of
from kontor.rulebook.ending.form import Means
from kontor.rulebook.period import add_months
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.registers import secrecy
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import letter, noon, signed
from tests.office.contracts.walking import customer
from tests.people import browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
PAPER = secrets.Paper(name="plan.pdf", media_type="application/pdf", content=b"%PDF-1.7 secret")
IDA, JONAS, OUTSIDE = "ida@lindwurm.example", "jonas@alder.example", "pruefer@kanzlei.example"


@pytest.fixture
def house() -> House:
    return make_house("crm")


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


def filed(contract: Contract, *readers: str) -> ConfidentialPaper:
    with as_tenant(contract.tenant_id):
        return secrets.file_secret(contract.pk, "Netzplan", PAPER, readers=readers or [IDA], by=IDA, **WHO)


def opened(paper: ConfidentialPaper, email: str) -> bool:
    with as_tenant(paper.tenant_id):
        return secrets.open_secret(paper, email=email, **WHO) == PAPER


def asked(paper: ConfidentialPaper) -> ConfidentialSharing:
    with as_tenant(paper.tenant_id):
        return secrets.ask_to_share(paper.pk, OUTSIDE, purpose="Prüfung", by=IDA, **WHO)


def answered(sharing: ConfidentialSharing, *, approve: bool, email: str = JONAS) -> Any:
    with as_tenant(sharing.customer_tenant_id):
        told = {"approve": approve, "name": "Jonas Alder", "email": email}
        return answer("contracts.secret_sharing_answered", sharing.pk, **told, **WHO)


def shared(sharing: ConfidentialSharing) -> ConfidentialSharing:
    with as_tenant(sharing.tenant_id):
        return secrets.share(sharing.pk, **WHO)


def secrecy_on(contract: Contract, on: date) -> str:
    return secrecy(circumstances(contract, rows_of(contract), today=on)).value.state.en


@pytest.mark.requirement("SO-046")
def test_secrets_of_an_ended_contract_are_kept_for_ever_logged_and_shared_with_approval_only(house, contract):
    paper = filed(contract)
    with as_tenant(house.tenant.pk):
        give_notice(contract, letter(date(2027, 3, 1)), at=noon(date(2027, 3, 1)), actor=MACHINE)
        end = ends_of(contract, rows_of(contract))
        assert end is not None
        assert secrecy_on(contract, add_months(end, 60)) == "in force, no end date"
    assert opened(paper, IDA)
    with as_tenant(house.tenant.pk):
        assert list(ConfidentialOpening.objects.values_list("email", "given", "at")) == [(IDA, True, AT)]
    sharing = asked(paper)
    with pytest.raises(RefusalError, match="only with the customer's approval"):
        shared(sharing)
    with as_tenant(house.tenant.pk):
        assert not OutgoingMail.objects.filter(to=OUTSIDE).exists()
    answered(sharing, approve=True)
    assert shared(sharing).sent_at == AT
    with as_tenant(house.tenant.pk):
        mail = OutgoingMail.objects.get(to=OUTSIDE)
        assert [each["name"] for each in mail.attachments] == ["plan.pdf"]
    with pytest.raises(RefusalError, match="leaves once"):
        shared(sharing)


@pytest.mark.requirement("AP-042")
def test_secrecy_ends_two_years_after_the_actual_end_and_only_the_listed_open_a_paper():
    """leisure Art. 16, counted from the day on which the contract does end."""
    house = make_house("leisure")
    contract = signed(house, agreed={"invoicing.interval": "year", "invoicing.dates": ["2026-12-05"]})
    on = date(2027, 8, 2)
    with as_tenant(house.tenant.pk):
        sent = letter(on, sent=on, means=Means.REGISTERED_LETTER)
        give_notice(contract, sent, at=noon(on), actor=MACHINE)
        end = ends_of(contract, rows_of(contract))
        assert end is not None
        last = date(end.year + 2, end.month, end.day)
        assert secrecy_on(contract, end) == f"in force until {last.day} {last:%B} {last.year}"
    paper = filed(contract, IDA, JONAS)
    assert [opened(paper, who) for who in (IDA, "JONAS@alder.example", "max@lindwurm.example")] == [True, True, False]
    with as_tenant(house.tenant.pk):
        reader = ConfidentialReader.objects.get(email=JONAS)
        secrets.remove_reader(reader.pk, **WHO)
        assert list(ConfidentialOpening.objects.order_by("pk").values_list("email", "given")) == [
            (IDA, True), (JONAS, True), ("max@lindwurm.example", False),
        ]  # fmt: skip
    assert not opened(paper, JONAS)
    assert verbs(house.tenant, paper) == [
        "contracts.secret_filed", "contracts.secret_opened", "contracts.secret_opened", "contracts.secret_refused",
        "contracts.secret_reader_removed", "contracts.secret_refused",
    ]  # fmt: skip


def test_a_paper_needs_readers_addresses_and_terms_that_regulate_secrets(house, contract):
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="Who may open"):
            secrets.file_secret(contract.pk, "x", PAPER, readers=[], by=IDA, **WHO)
        with pytest.raises(MailAddressError):
            secrets.file_secret(contract.pk, "x", PAPER, readers=["Ida"], by=IDA, **WHO)
        assert ConfidentialPaper.objects.count() == 0


def test_terms_that_say_nothing_of_secrets_file_none():
    silent = make_house("bookkeeping")
    contract = signed(silent)
    with as_tenant(silent.tenant.pk), pytest.raises(RefusalError, match="do not regulate"):
        secrets.file_secret(contract.pk, "x", PAPER, readers=[IDA], by=IDA, **WHO)


def test_somebody_more_is_let_in_once(house, contract):
    paper = filed(contract)
    with as_tenant(house.tenant.pk):
        rows = [secrets.allow_reader(paper.pk, "MAX@x.example", reason="Technik", **WHO) for _each in range(2)]
        assert (rows[0].pk, rows[0].email) == (rows[1].pk, "max@x.example")
    assert opened(paper, "max@x.example")


def test_the_signatory_answers_a_sharing_once(contract):
    sharing = asked(filed(contract))
    with pytest.raises(RefusalError, match="signatory may approve"):
        answered(sharing, approve=True, email="mia@alder.example")
    assert answered(sharing, approve=False).approved is False
    with pytest.raises(RefusalError, match="signatory may approve"):
        answered(sharing, approve=True)
    with pytest.raises(RefusalError, match="only with the customer's approval"):
        shared(sharing)


def test_another_tenant_finds_no_secret(contract):
    paper = filed(contract)
    sharing = asked(paper)
    with as_tenant(contract.tenant_id):
        reader = ConfidentialReader.objects.get()
    with as_tenant(make_tenant("Birke").pk):
        for act in (
            lambda: secrets.file_secret(contract.pk, "x", PAPER, readers=[IDA], by=IDA, **WHO),
            lambda: secrets.allow_reader(paper.pk, IDA, reason="", **WHO),
            lambda: secrets.remove_reader(reader.pk, **WHO),
            lambda: secrets.ask_to_share(paper.pk, OUTSIDE, purpose="", by=IDA, **WHO),
            lambda: secrets.share(sharing.pk, **WHO),
            lambda: answer("contracts.secret_opened", paper.pk, email=IDA, **WHO),
            lambda: answer("contracts.secret_sharing_answered", sharing.pk, approve=True, name="", email="", **WHO),
        ):
            with pytest.raises((Contract.DoesNotExist, ConfidentialPaper.DoesNotExist, ConfidentialReader.DoesNotExist,
                                ConfidentialSharing.DoesNotExist)):  # fmt: skip
                act()


def test_pages_file_open_share_and_show_the_log(house, contract):
    staff, theirs = browser(house.staff, house.tenant), customer(contract)
    page, new = (reverse(f"contracts:{name}", args=[contract.pk]) for name in ("secrets", "secret-new"))
    assert "No confidential paper" in staff.get(page).content.decode()
    assert staff.get(new).status_code == 200
    told = {"title": "Netzplan", "readers": f"{house.staff.email}\n\n{JONAS}"}
    assert staff.post(new, told).status_code == 422
    assert staff.post(new, told | {"file": upload(), "readers": "Ida"}).status_code == 422
    assert staff.post(new, told | {"file": upload()})["Location"] == page
    with as_tenant(house.tenant.pk):
        paper = ConfidentialPaper.objects.get()
    for client, name in ((staff, "secret-open"), (theirs, "account-secret-open")):
        assert client.get(reverse(f"contracts:{name}", args=[paper.pk])).content == PAPER.content
        assert client.get(reverse(f"contracts:{name}", args=[uuid.uuid4()])).status_code == 404
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    lea = browser(reader, house.tenant)
    assert lea.get(reverse("contracts:secret-open", args=[paper.pk])).status_code == 403
    assert lea.get(new).status_code == 403
    shown = staff.get(page).content.decode()
    assert ("leser@lindwurm.example" in shown, "not let in" in shown) == (True, True)

    more = reverse("contracts:secret-reader", args=[paper.pk])
    assert staff.get(more).status_code == 200
    assert staff.post(more, {"email": "leser@lindwurm.example", "reason": "Technik"})["Location"] == page
    assert lea.get(reverse("contracts:secret-open", args=[paper.pk])).status_code == 200
    with as_tenant(house.tenant.pk):
        gone = ConfidentialReader.objects.get(email="leser@lindwurm.example", until=None)
    assert staff.post(reverse("contracts:secret-reader-gone", args=[gone.pk]))["Location"] == page
    assert lea.get(reverse("contracts:secret-open", args=[paper.pk])).status_code == 403

    share = reverse("contracts:secret-share", args=[paper.pk])
    assert staff.get(share).status_code == 200
    assert staff.post(share, {"to": OUTSIDE, "purpose": "Prüfung"})["Location"] == page
    with as_tenant(house.tenant.pk):
        sharing = ConfidentialSharing.objects.get()
    send = reverse("contracts:secret-send", args=[sharing.pk])
    account = reverse("contracts:account-secrets", args=[contract.pk])
    assert staff.post(send)["Location"] == page
    assert "waits for the customer" in theirs.get(account).content.decode()
    for word, status in (("approve", 302), ("approve", 302), ("perhaps", 404)):
        answer_url = reverse("contracts:account-secret-sharing", args=[sharing.pk, word])
        assert theirs.post(answer_url).status_code == status
    assert staff.post(send)["Location"] == page
    with as_tenant(house.tenant.pk):
        assert OutgoingMail.objects.filter(to=OUTSIDE).count() == 1


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.pdf", PAPER.content, content_type="application/pdf")


def test_the_page_asks_as_often_for_three_papers_as_for_one(house, contract):
    staff, counts = browser(house.staff, house.tenant), []
    url = reverse("contracts:secrets", args=[contract.pk])
    staff.get(url)
    for more in (1, 2):
        for _each in range(more):
            asked(filed(contract))
        with CaptureQueriesContext(connection) as queries:
            staff.get(url)
        counts.append(len(queries))
    with as_tenant(house.tenant.pk):
        assert len(secrets_of(contract.pk, own=True)) == 3
    assert counts[0] == counts[1]
