"""The pages on notice and ending: what they show and do, for the house and for its customer."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.ending_cases import open_case, prove_case
from kontor.office.contracts.actions.noticing import give_notice
from kontor.office.contracts.models import Contract, ContractNotice, EndingCase, EndingProof, EndingTask
from kontor.office.contracts.queries.ending import ends_of, rows_of
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import LETTER, letter, signed
from tests.office.contracts.walking import customer
from tests.people import browser, entitle, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
NOBODYS = "01a00000-0000-7000-8000-000000000000"
OF_ONE = {
    "ending": "get",
    "notice-new": "get",
    "ending-case-open": "post",
    "notice-receipt": "get",
    "notice-withdraw": "get",
    "notice-file": "get",
    "ending-case": "get",
    "ending-proof": "get",
    "ending-task-done": "post",
}


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("brief.pdf", b"%PDF-1.7", content_type="application/pdf")


def ends(house: House, contract: Contract) -> date | None:
    with as_tenant(house.tenant.pk):
        return ends_of(contract, rows_of(contract))


def one_of_each(house: House) -> dict[str, object]:
    contract = signed(house)
    now = timezone.now()
    with as_tenant(house.tenant.pk):
        case = open_case(contract, Kind.GOOD_CAUSE, side=Side.PROVIDER, at=now, actor=house.actor)
        proof = prove_case(case.pk, LETTER, about="Beleg", at=now, actor=house.actor)
        notice = give_notice(contract, letter(timezone.localdate(now)), at=now, actor=house.actor)
        task = EndingTask.objects.filter(contract=contract).earliest("due_on")
    return {
        "ending": contract.pk, "notice-new": contract.pk, "ending-case-open": contract.pk,
        "notice-receipt": notice.pk, "notice-withdraw": notice.pk, "notice-file": notice.pk,
        "ending-case": case.pk, "ending-proof": proof.pk, "ending-task-done": task.pk,
    }  # fmt: skip


def test_pages_open_for_staff_and_for_nobody_else():
    house = make_house()
    known = one_of_each(house)
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["parties.see"])
    other = make_tenant("Dorn")
    entitle(other, "contracts")
    stranger = make_user("dora@dorn.example", "Dora Dorn")
    join(other, stranger)
    staff, theirs, elsewhere = (
        browser(house.staff, house.tenant),
        browser(reader, house.tenant),
        browser(stranger, other),
    )

    for name, method in OF_ONE.items():
        assert getattr(theirs, method)(url(name, known[name])).status_code == 403, name
        assert getattr(visitor(), method)(url(name, known[name])).status_code == 302, name
        assert getattr(elsewhere, method)(url(name, known[name])).status_code == 404, name
        assert getattr(staff, method)(url(name, NOBODYS)).status_code == 404, name
        if method == "get":
            assert staff.get(url(name, known[name])).status_code == 200, name


def test_a_notice_is_recorded_with_its_proof_and_shown_with_its_reasons():
    house = make_house()
    contract = signed(house)
    client = browser(house.staff, house.tenant)
    today = timezone.localdate()
    told = {"side": "customer", "means": "letter", "received_on": today.isoformat(), "given_by": "Jonas Alder"}

    lacking = client.post(url("notice-new", contract.pk), told)
    assert lacking.status_code == 422  # no proof
    impossible = client.post(
        url("notice-new", contract.pk), told | {"sent_on": (today + timedelta(days=1)).isoformat(), "proof": paper()}
    )
    assert impossible.status_code == 422
    assert "The notice cannot have been received" in impossible.content.decode()
    done = client.post(url("notice-new", contract.pk), told | {"proof": paper()})
    assert (done.status_code, done.url) == (302, url("ending", contract.pk))

    assert ends(house, contract) == date(2027, 11, 30)
    page = client.get(url("ending", contract.pk)).content.decode()
    assert "The contract ends on 30 November 2027." in page
    assert "Jonas Alder" in page


def test_a_notice_waits_for_its_receipt_and_is_withdrawn():
    house = make_house()
    contract = signed(house)
    client = browser(house.staff, house.tenant)
    today = timezone.localdate()
    with as_tenant(house.tenant.pk):
        waiting = give_notice(contract, letter(None, sent=today), at=timezone.now(), actor=house.actor)
    assert url("notice-receipt", waiting.pk) in client.get(url("ending", contract.pk)).content.decode()

    early = client.post(url("notice-receipt", waiting.pk), {"received_on": (today - timedelta(days=1)).isoformat()})
    assert early.status_code == 422
    assert client.post(url("notice-receipt", waiting.pk), {"received_on": today.isoformat()}).status_code == 302
    with as_tenant(house.tenant.pk):
        received = ContractNotice.objects.exclude(receipt_of=None).get()

    refused = client.post(url("notice-withdraw", received.pk), {"on": today.isoformat()})
    assert refused.status_code == 422
    assert "only be withdrawn with the other side" in refused.content.decode()
    told = {"on": today.isoformat(), "consented_on": today.isoformat()}
    assert client.post(url("notice-withdraw", received.pk), told).status_code == 302
    assert ends(house, contract) is None


def test_a_case_is_told_proved_and_ends_the_contract():
    house = make_house()
    contract = signed(house, start_on=timezone.localdate())
    client = browser(house.staff, house.tenant)
    opened = client.post(url("ending-case-open", contract.pk), {"case": "good_cause", "by": "provider"})
    with as_tenant(house.tenant.pk):
        case = EndingCase.objects.get()
    page = url("ending-case", case.pk)
    assert (opened.status_code, opened.url) == (302, page)
    assert client.post(url("ending-case-open", contract.pk), {"case": "by_delay", "by": "provider"}).status_code == 404
    assert client.post(url("ending-case-open", contract.pk), {"case": "what", "by": "provider"}).status_code == 404

    wrong = client.post(page, {"do": "tell", "breaches": "gestern"})
    assert wrong.status_code == 422
    too_soon = client.post(page, {"do": "end"})
    assert too_soon.status_code == 422
    assert "Not possible yet. Missing:" in too_soon.content.decode()
    assert client.post(page, {"do": "prove", "about": "Auskunft"}).status_code == 422
    assert client.post(page, {"do": "prove", "about": "Auskunft", "file": paper()}).status_code == 302
    today = timezone.localdate().isoformat()
    told = {
        "ground": "false_statements",
        "declared_on": today,
        "declared_by": "letter",
        "breaches": "2026-11-03\n2026-11-01",
    }
    assert client.post(page, {"do": "tell", **told}).status_code == 302
    with as_tenant(house.tenant.pk):
        case.refresh_from_db()
        assert case.told == {
            "ground": "false_statements", "declared_on": today, "declared_by": "letter",
            "breaches": ["2026-11-01", "2026-11-03"],
        }  # fmt: skip
        assert EndingProof.objects.get().about == "Auskunft"
    assert client.post(page, {"do": "end"}).status_code == 302
    assert ends(house, contract) == timezone.localdate()
    assert "ended" in client.get(url("ending", contract.pk)).content.decode()


def test_a_case_is_closed_with_a_reason():
    house = make_house()
    contract = signed(house)
    client = browser(house.staff, house.tenant)
    client.post(url("ending-case-open", contract.pk), {"case": "good_cause", "by": "customer"})
    with as_tenant(house.tenant.pk):
        case = EndingCase.objects.get()
    assert client.post(url("ending-case", case.pk), {"do": "close", "reason": "erledigt"}).status_code == 302
    with as_tenant(house.tenant.pk):
        case.refresh_from_db()
    assert (case.state, case.reason) == ("CLOSED", "erledigt")


def test_a_task_is_done():
    house = make_house()
    task = one_of_each(house)["ending-task-done"]
    client = browser(house.staff, house.tenant)
    for _ in range(2):  # the second time changes nothing
        assert client.post(url("ending-task-done", task), {"note": "gefragt"}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert EndingTask.objects.get(pk=task).done_note == "gefragt"


def test_a_customer_reads_how_to_give_notice_in_writing():
    house = make_house()
    contract = signed(house)
    client = customer(contract)
    page = client.get(url("account-ending", contract.pk))
    assert page.status_code == 200
    assert "Lagerstraße 4, 80335 München" in page.content.decode()
    assert client.post(url("account-notice", contract.pk)).status_code == 302
    assert ends(house, contract) is None


def test_a_customer_gives_notice_on_the_platform():
    house = make_house("bookkeeping")
    contract = signed(house, agreed={"notice.to": "any_time", "notice.period": "1 month"}, start_on=date(2026, 11, 3))
    client = customer(contract)
    assert url("account-notice", contract.pk) in client.get(url("account-ending", contract.pk)).content.decode()
    assert client.post(url("account-notice", contract.pk)).status_code == 302
    with as_tenant(house.tenant.pk):
        row = ContractNotice.objects.get()
        assert (row.means, row.side, row.ends_on is not None) == ("platform", "customer", True)
    assert "The contract ends on" in client.get(url("account-ending", contract.pk)).content.decode()
    assert customer_of_another(house, contract) == 404


def customer_of_another(house: House, contract: Contract) -> int:
    other = make_tenant("Dorn")
    user = make_user("dora@dorn.example", "Dora Dorn")
    join(other, user)
    return browser(user, other).get(url("account-ending", contract.pk)).status_code


def test_the_number_of_queries_does_not_depend_on_the_notices():
    house = make_house()
    contract = signed(house)
    client = browser(house.staff, house.tenant)
    now, today = timezone.now(), timezone.localdate()

    def count() -> int:
        client.get(url("ending", contract.pk))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("ending", contract.pk)).status_code == 200
        return len(queries)

    def refused() -> None:
        with as_tenant(house.tenant.pk):
            give_notice(contract, letter(today, means=Means.EMAIL), at=now, actor=house.actor)

    refused()
    one = count()
    refused()
    refused()
    assert count() == one
