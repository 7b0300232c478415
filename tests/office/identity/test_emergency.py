"""Help in an emergency: the house locks on a call, everybody who administers is told, the duty stays where it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Lock, Membership, Session
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import house_locks
from kontor.office.identity.actions.locks import LockRefusedError
from kontor.office.identity.models import HouseLock, SecurityCase
from tests.factories import AT, make_house, make_user
from tests.people import administrator, browser, join, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
CALL = {"user_name": "pia@alder.example", "reason": "Telefon gestohlen", "told": "Von pia@privat.example, 9:12 Uhr"}


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def alder(house):
    tenant = make_tenant()
    administrator(tenant)
    administrator(tenant, "joe@alder.example", "Joe")
    join(tenant, make_user("pia@alder.example", "Pia"), role="Reader", permissions=["identity.see"])
    return tenant


@pytest.mark.requirement("SM-022")
def test_an_emergency_lock_tells_all_administrators_and_its_case_says_voluntary_assistance(house, alder):
    staff = browser(house.staff, house.tenant)
    with as_tenant(alder.pk):
        pia = Membership.objects.get(user__email="pia@alder.example")
    browser(pia.user, alder)
    page = staff.post("/identity/house/locks/emergency/", CALL | {"tenant": alder.pk})

    with as_tenant(house.tenant.pk):
        case = SecurityCase.objects.get(kind="EMERGENCY")
        row = HouseLock.objects.get()
        assert page.url == f"/identity/cases/{case.pk}/"
        assert (case.voluntary, case.lock, case.told) == (True, row.pk, "Von pia@privat.example, 9:12 Uhr")
        assert (row.voluntary, row.made_by) == (True, "Ida Lindwurm")
        assert "Telefon gestohlen" in row.evidence
    with as_tenant(alder.pk):
        assert Lock.objects.get().membership == pia
        assert not Session.objects.filter(person=pia.user_id).exists()
    told = {mail.to for mail in mails(alder) if "Notfall" in mail.subject}
    assert told == {"jana@alder.example", "joe@alder.example"}
    shown = staff.get(page.url).content.decode()
    assert "voluntary assistance" in shown
    assert "voluntary assistance" in staff.get("/identity/house/locks/").content.decode()
    client = browser(pia.user, alder)
    assert client.get("/identity/people/").url == "/identity/locked/"
    assert "to help in an emergency" in client.get("/identity/locked/").content.decode()
    assert "identity.locked" in verbs(alder, pia)


def test_the_customers_own_administration_opens_it_again(house, alder):
    with as_tenant(house.tenant.pk):
        case = house_locks.help_in_emergency(
            alder, CALL["user_name"], reason=CALL["reason"], told=CALL["told"], at=AT, actor=house.actor
        )
    with as_tenant(alder.pk):
        pia = Membership.objects.get(user__email="pia@alder.example")
        jana = Membership.objects.get(user__email="jana@alder.example").user
    client = browser(jana, alder)
    assert client.post(f"/identity/people/{pia.pk}/open/", {"because": "neues Telefon"}).status_code == 302
    with as_tenant(alder.pk):
        assert Lock.objects.get().lifted_because == "neues Telefon"
    staff = browser(house.staff, house.tenant)
    assert staff.get(f"/identity/house/locks/{case.lock}/lift/").status_code == 200
    assert staff.post(f"/identity/house/locks/{case.lock}/lift/", {"because": "erledigt"}).url == (
        "/identity/house/locks/"
    )
    with as_tenant(house.tenant.pk):
        assert HouseLock.objects.get().lifted_because == "erledigt"


def test_the_house_opens_what_it_locked_to_help(house, alder):
    with as_tenant(house.tenant.pk):
        case = house_locks.help_in_emergency(
            alder, CALL["user_name"], reason=CALL["reason"], told=CALL["told"], at=AT, actor=house.actor
        )
        house_locks.lift(case.lock, because="geklärt", at=AT, actor=MACHINE)
    with as_tenant(alder.pk):
        assert Lock.objects.get().lifted_because == "geklärt"


def test_help_needs_a_reason_and_somebody_who_works_there(house, alder):
    with as_tenant(house.tenant.pk):
        with pytest.raises(LockRefusedError) as refused:
            house_locks.help_in_emergency(alder, CALL["user_name"], reason=" ", told="x", at=AT, actor=MACHINE)
        assert refused.value.why.en == "The reason must be given."
    staff = browser(house.staff, house.tenant)
    assert staff.get("/identity/house/locks/emergency/").status_code == 200
    wrong = CALL | {"tenant": alder.pk, "user_name": "x@y.example"}
    assert staff.post("/identity/house/locks/emergency/", wrong).status_code == 422


def test_only_the_houses_people_with_the_right_help(house, alder):
    sales = make_user("sales@lindwurm.example", "Sales")
    join(house.tenant, sales, role="Sales", permissions=["identity.see"])
    for client in (browser(sales, house.tenant), browser(administrator(alder, "max@alder.example", "Max"), alder)):
        for address in ("", "emergency/"):
            assert client.get(f"/identity/house/locks/{address}").status_code == 403
        assert client.post("/identity/house/locks/emergency/", CALL | {"tenant": alder.pk}).status_code == 403
    with as_tenant(house.tenant.pk):
        assert HouseLock.objects.count() == 0


def test_a_lock_of_the_house_is_no_tenants_to_lift_and_stands_beside_its_own(house, alder):
    with as_tenant(alder.pk):
        pia = Membership.objects.get(user__email="pia@alder.example")
        jana = Membership.objects.get(user__email="jana@alder.example").user
    client, root = browser(jana, alder), f"/identity/people/{pia.pk}/"
    client.post(f"{root}lock/", {"reason": "rules"})
    ground = house_locks.HouseGround(
        reason="credentials", clause="4.1.6", effective_at=timezone.now() + timedelta(days=2)
    )
    with as_tenant(house.tenant.pk):
        house_locks.lay(alder.pk, pia.user.email, ground, at=timezone.now(), actor=MACHINE)

    assert "lock announced" in client.get(root).content.decode()
    assert client.post(f"{root}open/", {"because": "wieder da"}).url == root
    assert client.post(f"{root}open/", {"because": "x"}).status_code == 404
    with as_tenant(alder.pk):
        assert [(row.by, row.lifted_because) for row in Lock.objects.order_by("made_at")] == [
            ("TENANT", "wieder da"), ("HOUSE", ""),
        ]  # fmt: skip
