"""Who speaks for a customer towards support: asked for from the fourth user on, and then others go through them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.customer import confirm_request
from kontor.office.desk.actions.speakers import name_contact
from kontor.office.desk.models import SupportContact
from kontor.office.desk.queries.speakers import too_many_without
from kontor.office.identity.actions.invitations import invite
from kontor.office.identity.actions.limits import SeatsTakenError
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.walking import customer
from tests.office.desk.asking import MONDAY, again, opened
from tests.people import join, make_user, role_of

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SO-031")
def test_the_fourth_user_comes_once_somebody_is_named_and_others_requests_go_through_them():
    """One user signed; two more come, the fourth only after a contact is named; then a colleague's request waits."""
    house = make_house("crm")
    contract = signed(house, start_on=date(2026, 11, 10))
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    client = customer(contract)
    for name in ("Rosa", "Tom"):
        join(tenant, make_user(f"{name.lower()}@alder.example", name), role="User", permissions=("desk.own",))
    role = role_of(tenant, "User")
    fourth = {"email": "nina@alder.example", "name": "Nina", "language": "en", "kind": "EMPLOYEE", "roles": [role]}
    told = {"at": timezone.now(), "actor": MACHINE, "held": None}
    with as_tenant(tenant.pk):
        assert too_many_without(3, at=timezone.now()) is None
        with pytest.raises(SeatsTakenError, match="Ansprechperson für den Support"):
            invite(**fourth, **told)
    before = opened(house, contract, email="rosa@alder.example")
    assert not before.held
    page = reverse("desk:own-contact")
    assert client.get(page).status_code == 200
    rosa = _user(tenant, "rosa@alder.example")
    assert client.post(page, {"under": str(contract.pk), "who": "nobody"}).status_code == 422
    assert client.post(page, {"under": str(contract.pk), "who": rosa})["Location"] == page
    with as_tenant(tenant.pk):
        invite(**fourth, **told)
    asked = opened(house, contract, email="nina@alder.example", name="Nina")
    assert (asked.held, opened(house, contract, email="Rosa@alder.example").held) == (True, False)
    with as_tenant(house.tenant.pk):
        waiting = OutgoingMail.objects.filter(subject__startswith="A request waits for you")
        waiting |= OutgoingMail.objects.filter(subject__startswith="Eine Anfrage wartet auf Sie")
        assert [each.to for each in waiting] == ["rosa@alder.example"]
        who = {"at": MONDAY, "actor": MACHINE}
        with pytest.raises(RefusalError, match="Only the contact"):
            confirm_request(asked, name="Jonas", email="jonas@alder.example", **who)
        confirm_request(asked, name="Rosa", email="rosa@alder.example", **who)
    assert not again(asked).held
    assert client.get(reverse("desk:own-ticket", args=[asked.pk])).status_code == 200
    with as_tenant(house.tenant.pk):
        SupportContact.objects.get()
        ruled = name_contact(contract, name="Tom", email="tom@alder.example", users=4, by="Jonas", **who)
        assert ruled.number == 2
    with as_tenant(tenant.pk):
        assert too_many_without(5, at=timezone.now()) is None


def test_terms_without_such_a_contact_ask_nobody_and_take_nobody():
    house = make_house("visitor")
    contract = signed(house)
    client = customer(contract)
    assert "No contact needed" in client.get(reverse("desk:own-contact")).content.decode()
    with as_tenant(house.tenant.pk):
        assert contracts.served(contract.pk, at=timezone.now()).pack.key == "visitor"
        with pytest.raises(RefusalError):
            name_contact(contract, name="T", email="t@a.example", users=9, by="J", at=timezone.now(), actor=MACHINE)
    with as_tenant(contract.customer_tenant_id):
        assert too_many_without(9, at=timezone.now()) is None


def _user(tenant: Tenant, email: str) -> str:
    from kontor.office.desk.queries.staff import colleagues

    with as_tenant(tenant.pk):
        (found,) = (each for each in colleagues(at=timezone.now()) if each.email == email)
    return str(found.id)
