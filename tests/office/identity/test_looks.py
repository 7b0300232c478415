"""Nobody of the house looks at a customer's data without a commitment to confidentiality and a case to name."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actor import Actor
from kontor.kernel.models import SupportGrant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import support
from kontor.office.identity.actions.instructions import publish_instruction
from kontor.office.identity.actions.support import Look, SupportRefusedError, UnboundError
from kontor.office.identity.models import User
from kontor.office.identity.queries.instructions import is_bound, newest
from kontor.office.identity.queries.support import looks_in, month_of
from tests.factories import House, make_house, make_user
from tests.people import administrator, browser, join, make_tenant, train, verbs

pytestmark = pytest.mark.django_db
PEOPLE = Look(permissions=["identity.see"], purpose="Rolle lässt sich nicht öffnen", hours=2)
SUPPORT = "/identity/house/support/"


@pytest.fixture
def house() -> House:
    made = make_house()
    train(made.tenant, made.staff)
    return made


@pytest.fixture
def grant(house: House) -> SupportGrant:
    """Leave that a customer gives of its own accord."""
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        return support.give(PEOPLE, held=None, at=timezone.now(), actor=Actor.person(jana))


def secrecy(house: House, text: str = "Silence") -> None:
    with as_tenant(house.tenant.pk):
        publish_instruction("CONFIDENTIALITY", text_de=text, text_en=text, at=timezone.now(), actor=house.actor)


def confirm(client: Any, house: House) -> Any:
    with as_tenant(house.tenant.pk):
        now = newest("CONFIDENTIALITY")
    assert now is not None
    told = {"instruction": now.pk, "sha256": bytes(now.sha256).hex()}
    return client.post("/identity/confidentiality/", told)


@pytest.mark.requirement("FW-103")
def test_an_operator_without_a_signed_commitment_has_no_access_to_a_tenants_data(house, grant):
    """Visitor, Anlage 3, Klausel 7.4; the fields for sensitive data are in test_forms_of_people."""
    client = browser(house.staff, house.tenant)
    look, case = f"{SUPPORT}{grant.pk}/look/", {"reference": "T-1"}
    assert client.post(look, case).url == "/identity/confidentiality/"
    assert client.get("/identity/confidentiality/").url == SUPPORT  # the house has none to sign yet
    assert "Jana" not in client.get("/identity/people/").content.decode()

    assert client.get("/identity/security/instruction/confidentiality/new/").status_code == 200
    assert "is published and confirmed" in client.get(SUPPORT).content.decode()
    secrecy(house)
    assert client.post(look, case).url == "/identity/confidentiality/"
    with as_tenant(grant.tenant_id), pytest.raises(UnboundError):
        support.begin(grant, reference="T-1", at=timezone.now(), actor=Actor("MACHINE", None, "Worker"))
    assert "Silence" in client.get("/identity/confidentiality/").content.decode()
    assert client.post("/identity/confidentiality/", {}).status_code == 409
    assert "bound yourself" in client.get(SUPPORT).content.decode()
    assert confirm(client, house).url == SUPPORT
    assert "bound yourself" not in client.get(SUPPORT).content.decode()
    assert client.post(look, case).url == "/"
    assert "Jana Heitmann" in client.get("/identity/people/").content.decode()

    client.post("/identity/support/leave/")
    secrecy(house, "Silence, for good")  # a new edition is signed anew
    assert client.post(look, case).url == "/identity/confidentiality/"
    with as_tenant(house.tenant.pk):
        assert not is_bound(house.staff.pk)


def test_only_the_house_has_a_commitment_to_confidentiality(house, grant):
    berta = make_user("berta@alder.example", "Berta")
    join(grant.tenant, berta)
    client = browser(berta, grant.tenant)
    assert client.get("/identity/security/instruction/confidentiality/new/").status_code == 404
    assert client.get("/identity/confidentiality/").status_code == 403


@pytest.mark.requirement("FW-012")
def test_a_look_at_content_needs_a_case_number_and_stands_in_the_tenants_access_log(house, grant):
    """Visitor 4.1.9; which fields diagnosis stores is in test_access_log."""
    secrecy(house)
    client = browser(house.staff, house.tenant)
    confirm(client, house)
    asking = {"tenant": grant.tenant_id, "purpose": "Inhalt prüfen", "permissions": ["identity.see"], "hours": 1}
    refused = client.post(f"{SUPPORT}ask/", asking)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reference"])
    with as_tenant(house.tenant.pk), pytest.raises(SupportRefusedError, match="case or ticket"):
        support.ask(grant.tenant, PEOPLE, at=timezone.now(), actor=house.actor)
    assert client.post(f"{SUPPORT}{grant.pk}/look/").url == SUPPORT  # given, but for no case yet
    assert "Jana" not in client.get("/identity/people/").content.decode()

    assert client.post(f"{SUPPORT}{grant.pk}/look/", {"reference": " T-2026-19 "}).url == "/"
    client.get("/identity/people/")
    jana = browser(User.objects.get(pk=grant.granted_by), grant.tenant)
    shown = jana.get(f"/identity/support/{grant.pk}/").content.decode()
    assert [said in shown for said in ("T-2026-19", "Ida Lindwurm", "/identity/people/")] == [True] * 3
    assert verbs(grant.tenant, grant) == [
        "identity.support_given", "identity.support_case_named", "identity.support_began", "identity.support_viewed",
    ]  # fmt: skip


@pytest.mark.requirement("FW-121")
def test_a_months_control_report_lists_looks_without_a_case_until_it_is_named(house, grant):
    """Visitor, Anlage 3, Anhang III 2.6: the target is none."""
    secrecy(house)
    client = browser(house.staff, house.tenant)
    confirm(client, house)
    bea = make_user("bea@lindwurm.example", "Bea")
    join(house.tenant, bea)
    with as_tenant(house.tenant.pk):
        emergency = support.ask(grant.tenant, PEOPLE, at=timezone.now(), actor=house.actor, emergency=True)
        support.confirm(grant.tenant, emergency.pk, at=timezone.now(), actor=Actor.person(bea))
    assert client.post(f"{SUPPORT}{emergency.pk}/look/").url == "/"  # nobody looks for a number in an emergency
    client.post("/identity/support/leave/")
    client.post(f"{SUPPORT}{grant.pk}/look/", {"reference": "T-1"})
    client.post("/identity/support/leave/")

    page = client.get(f"{SUPPORT}control/")
    assert [(row.pk, row.reference) for row in page.context["rows"]] == [(grant.pk, "T-1"), (emergency.pk, "")]
    assert (page.context["without"], "without a case" in page.content.decode()) == (1, True)
    case = f"{SUPPORT}{emergency.pk}/case/"
    client.post(case, {"reference": " "})
    assert client.get(f"{SUPPORT}control/").context["without"] == 1
    assert client.post(case, {"reference": "T-2"}).url == f"{SUPPORT}control/"
    assert client.get(f"{SUPPORT}control/").context["without"] == 0
    assert client.post(case, {"reference": "T-3"}).status_code == 404  # named once
    with as_tenant(house.tenant.pk), pytest.raises(SupportRefusedError):
        support.name_case(grant.tenant, emergency.pk, reference="T-3", at=timezone.now(), actor=house.actor)
    last = (timezone.now().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert list(client.get(f"{SUPPORT}control/?month={last}").context["rows"]) == []
    jana = browser(make_user("j2@alder.example", "J"), grant.tenant)
    assert jana.get(f"{SUPPORT}control/").status_code in {302, 403}


def test_a_month_begins_and_ends_at_midnight_of_the_house(house, grant):
    with as_tenant(grant.tenant_id):  # 1 November, 00:00 in Berlin
        SupportGrant.objects.update(granted_at=datetime(2026, 10, 31, 23, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        found = [looks_in(date(2026, month, 1), zone="Europe/Berlin").count() for month in (10, 11, 12)]
    assert found == [0, 1, 0]
    assert month_of("2026-10", today=date(2026, 11, 23)) == date(2026, 10, 1)
    assert month_of("x", today=date(2026, 11, 23)) == date(2026, 11, 1)
