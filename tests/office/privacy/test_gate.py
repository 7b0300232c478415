"""What handles personal data opens with the agreement under Art. 28, and no further than its annex II says."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import get_resolver
from django.utils import timezone

from kontor.kernel import registry
from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import Actor
from kontor.kernel.checks import modules_tell_the_truth
from kontor.kernel.models import Entitlement
from kontor.kernel.personal_data import Processing
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import public
from kontor.office.privacy.actions import agreements
from kontor.office.privacy.models import AgreementSignature, ProcessingAgreement
from kontor.office.privacy.queries.contracts import running
from kontor.rulebook import terms
from kontor.rulebook.processing_annex import preset
from kontor.rulebook.processing_gate import Gate
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
JONAS = Actor("USER", uuid.UUID(int=7), "Jonas Alder")


def handles(monkeypatch, *categories: str, role: str = "processor") -> None:
    """Let there be a module for visitors that handles these categories."""
    told = Processing(
        key="visits", title=Text("Besuche", "Visits"), purpose=Text("Empfang", "Reception"), persons=("customers",),
        categories=categories, basis="GDPR Art. 6 (1) (f)", source=Text("Besucher", "visitors"),
        recipients=Text("niemand", "nobody"), role=role,  # type: ignore[arg-type]
    )  # fmt: skip
    assert get_resolver().url_patterns  # made once for all tests, before there is another module
    module = registry.Module(key="visitors", title=Text("Besucher", "Visitors"), processings=(told,))
    monkeypatch.setitem(registry._modules, "visitors", module)


def rights(contract) -> set[str]:
    with as_tenant(contract.customer_tenant_id):
        return set(Entitlement.objects.exclude(module="storage").values_list("module", flat=True))


def signed(house, contract, issued: ProcessingAgreement | None = None) -> ProcessingAgreement:
    with as_tenant(house.tenant.pk):
        made = issued or agreements.issue_agreement(contract.pk, at=NOW, actor=house.actor)
        agreements.sign_agreement(made.pk, function="Geschäftsführung", at=NOW, actor=house.actor)
    run_jobs()
    assert "visitors" not in rights(contract)  # one name is no agreement
    with as_tenant(contract.customer_tenant_id):
        answer("privacy.agreement_signed_by_customer", made.pk, function="CEO", at=NOW, actor=JONAS)
    run_jobs()
    return made


@pytest.mark.requirement("FW-052")
def test_a_module_with_personal_data_stays_locked_before_both_have_signed(monkeypatch):
    handles(monkeypatch, "name")
    house = make_house()
    contract = concluded(house)
    assert rights(contract) == {"platform"}
    with as_tenant(contract.customer_tenant_id):
        (why,) = public.withheld(contract.pk, terms.load("visitor"), {"visitors", "platform"}).values()
    assert (why.value, why.clauses[0].number) == (Gate.NO_AGREEMENT, "10.2")

    made = signed(house, contract)
    assert rights(contract) == {"platform", "visitors"}
    with as_tenant(house.tenant.pk):
        rows = AgreementSignature.objects.filter(agreement=made).order_by("side")
        assert [(each.side, each.name, each.function, each.at) for each in rows] == [
            ("CONTROLLER", "Jonas Alder", "CEO", NOW), ("PROCESSOR", house.actor.name, "Geschäftsführung", NOW),
        ]  # fmt: skip
        assert (made.number, made.pack_version) == (1, "2026-01")


@pytest.mark.requirement("FW-114")
def test_a_category_outside_annex_ii_stays_off_until_the_annex_is_amended(monkeypatch):
    assert modules_tell_the_truth() == []  # no personal column that the register does not name
    handles(monkeypatch, "name", "photo")
    house = make_house()
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        (told,) = running(NOW.date())
        assert ([each.key for each in preset(told.pack).persons], [each.key for each in preset(told.pack).data]) == (
            ["customers", "prospects", "employees", "contacts"],
            ["authentication", "name", "communication", "identity_number", "presence"],
        )
    made = signed(house, contract)
    assert (made.annexes["II"]["amended"], rights(contract)) == ({}, {"platform"})
    with as_tenant(contract.customer_tenant_id):
        (why,) = public.withheld(contract.pk, terms.load("visitor"), {"visitors"}).values()
    assert (why.value, why.inputs) == (Gate.OUTSIDE_ANNEX, (("beyond", "photo"),))
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    page = f"/privacy/agreements/{made.pk}/amend/"
    assert 'value="photo"' in staff.get(page).content.decode()
    assert 'value="presence"' not in staff.get(page).content.decode()
    assert staff.post(page, {"category": "presence", "reason": "x"}).status_code == 422
    assert staff.post(page, {"category": "photo", "reason": "Order 12: pictures on badges"}).status_code == 302
    with as_tenant(house.tenant.pk):
        anew = ProcessingAgreement.objects.get(number=2)
    assert "Order 12: pictures on badges" in staff.get(f"/privacy/agreements/{anew.pk}/").content.decode()
    signed(house, contract, anew)
    assert rights(contract) == {"platform", "visitors"}


def test_what_is_not_for_the_gate(monkeypatch):
    handles(monkeypatch, "name", role="controller")
    contract = concluded(make_house())
    assert rights(contract) == {"platform", "visitors"}
    with as_tenant(contract.customer_tenant_id):
        for pack in ("crm", "dealership"):
            assert public.withheld(contract.pk, terms.load(pack), {"visitors"}) == {}


@pytest.mark.requirement("AP-087")
def test_leisure_presets_three_kinds_of_data_and_two_of_persons_and_locks_what_lies_beyond(monkeypatch):
    """A name, what was bought and the app's address are covered (Anhang 4, Art. 1); presence needs an exception."""
    house = make_house("leisure")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        (told,) = running(NOW.date())
        made = agreements.issue_agreement(contract.pk, at=NOW, actor=house.actor)
    annex = made.annexes["II"]
    assert [each["key"] for each in annex["data"]] == ["identification", "purchases", "app_ip"]
    assert [each["key"] for each in annex["persons"]] == ["users", "customers_and_prospects"]
    signed(house, contract, made)
    pack = terms.load("leisure")

    def locked() -> dict[str, tuple[str, str]]:
        with as_tenant(contract.customer_tenant_id):
            found = public.withheld(contract.pk, pack, {"visitors"})
        return {key: (ruled.value.value, dict(ruled.inputs)["beyond"]) for key, ruled in found.items()}

    handles(monkeypatch, "name", "purchases", "device")
    assert locked() == {}
    handles(monkeypatch, "name", "presence")
    assert locked() == {"visitors": ("OUTSIDE_ANNEX", "presence")}
    with as_tenant(house.tenant.pk):
        reason = {"presence": "Angebot 2027-3, Position 4"}
        amended = agreements.issue_agreement(contract.pk, amended=reason, at=NOW, actor=house.actor)
    assert locked() == {"visitors": ("OUTSIDE_ANNEX", "presence")}  # nobody has signed it yet
    signed(house, contract, amended)
    assert (locked(), amended.annexes["II"]["amended"]) == ({}, reason)
    assert told.pack.key == "leisure"
