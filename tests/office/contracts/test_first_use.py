"""Acceptance by use (§2 crm): the signed order and the first use stand as evidence on the contract, for good."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from kontor.kernel.models import Due, RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import first_use
from kontor.office.contracts.models import Contract, FirstUse
from kontor.office.documents.models import DocumentVersion, Signature
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.test_suspensions import agreed
from tests.people import browser, join, make_tenant, make_user

pytestmark = pytest.mark.django_db
USED = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 8, 32, tzinfo=UTC)


def contract_of(house: House) -> Contract:
    agreed = {"invoicing.interval": "month", "invoicing.lead": "1 day"} if house.pack == "crm" else None
    return signed(house, agreed=agreed)


def looked(contract: Contract, at: datetime = LATER) -> bool:
    with as_tenant(contract.customer_tenant_id):
        found = first_use.look_for_first_use(contract.pk, at=at)
    run_jobs()
    return found


def waiting(contract: Contract) -> int:
    with as_tenant(contract.customer_tenant_id):
        return Due.objects.filter(tenant_id=contract.customer_tenant_id, job=first_use.LOOK).count()


@pytest.mark.requirement("SO-009")
def test_the_first_sign_in_is_attached_to_the_contract_and_cannot_be_edited(monkeypatch: pytest.MonkeyPatch):
    house = make_house("crm")
    contract = contract_of(house)
    assert (looked(contract), waiting(contract)) == (False, 1)
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    jana, mia = make_user("chef@alder.example", "Jana Chefin"), make_user("mia@alder.example", "Mia Alder")
    join(tenant, jana)
    join(tenant, mia)
    monkeypatch.setattr(timezone, "now", lambda: USED)
    client = agreed(browser(jana, tenant))
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    agreed(browser(mia, tenant))

    assert (looked(contract), waiting(contract)) == (True, 0)
    assert looked(contract)  # told twice, it stays as it was
    with as_tenant(tenant.pk):
        shown = bytes(DocumentVersion.objects.get(key="terms-crm").sha256)
    with as_tenant(house.tenant.pk):
        row = FirstUse.objects.get()
        assert (row.contract_id, row.used_at, row.user, row.name) == (contract.pk, USED, jana.pk, "Jana Chefin")
        assert (row.version, bytes(row.sha256), row.clause) == (contract.version, shown, "§2")
        entry = RecordEntry.objects.get(verb="contracts.first_used")
        assert (entry.object_id, entry.clause) == (contract.pk, "§2")
        for change in (lambda: FirstUse.objects.update(name="X"), lambda: FirstUse.objects.all().delete()):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()

    page = client.get(f"/contracts/account/contracts/{contract.pk}/papers/")
    assert page.context["first_use"].pk == row.pk
    assert "agreed to edition 2026-01 of the terms" in page.content.decode()
    staff = browser(house.staff, house.tenant).get(f"/contracts/running/{contract.pk}/papers/")
    assert staff.context["first_use"].pk == row.pk


@pytest.mark.requirement("SO-009")
def test_the_order_is_kept_as_evidence_of_acceptance():
    house = make_house("crm")
    contract = contract_of(house)
    with as_tenant(house.tenant.pk):
        row = Signature.objects.get(subject_id=contract.offer_id)
        assert (row.name, contract.signature["name"]) == ("Jonas Alder", "Jonas Alder")
        assert contract.signature["sha256"] == bytes(row.sha256).hex()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Signature.objects.update(name="X")


def test_where_use_is_no_acceptance_nobody_looks_for_it():
    contract = contract_of(make_house("visitor"))
    assert waiting(contract) == 0
    assert first_use.use_accepts(contract) is None


def test_terms_that_do_not_count_use_name_no_clause():
    house = make_house("visitor")
    contract = contract_of(house)
    told = {"contract": str(contract.pk), "used_at": USED.isoformat(), "user": str(house.staff.pk), "name": "Jana",
            "sha256": "00" * 32}  # fmt: skip
    with as_tenant(house.tenant.pk):
        assert first_use.note_first_use(told, at=LATER).clause == ""


def test_another_tenant_sees_none_of_it():
    contract = contract_of(make_house("crm"))
    with as_tenant(make_tenant("Birch").pk), pytest.raises(Contract.DoesNotExist):
        first_use.look_for_first_use(contract.pk, at=LATER)
