"""Who speaks for a customer towards support: asked for from the fourth user on, and then others go through them."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.actions.registers import note_facts, open_entry
from kontor.office.contracts.models import RegisterEntry
from kontor.office.contracts.queries.contacts import acting
from kontor.office.desk.actions.customer import confirm_request
from kontor.office.desk.actions.mail_held import take_in_after_all
from kontor.office.desk.actions.mail_intake import Outcome, take_mail
from kontor.office.desk.actions.opening import NoContactError
from kontor.office.desk.actions.speakers import name_contact
from kontor.office.desk.models import IncomingMail, SupportContact, Ticket
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


@pytest.mark.requirement("AP-013")
def test_one_contact_puts_requests_in_order_the_second_takes_the_first_one_s_place_and_without_one_nothing_begins():
    """Leisure, Art. 7: one single contact; users without the basic training are listed."""
    house = make_house("leisure")
    contract = signed(house, start_on=date(2026, 11, 10))
    jonas, mia = "jonas@alder.example", "mia@alder.example"
    paper = {"proof": ("brief.pdf", b"%PDF-1.7 Brief"), "by": "Ida", "at": MONDAY, "actor": MACHINE}
    assert not opened(house, contract, email=jonas).held  # who signed speaks until somebody is named
    with as_tenant(house.tenant.pk):
        open_entry(contract.pk, "contacts", _contact(jonas, 1), key=uuid.uuid4(), **paper)
    assert (opened(house, contract, email=jonas).held, opened(house, contract, email=mia).held) == (False, True)

    with as_tenant(house.tenant.pk):
        second = open_entry(contract.pk, "contacts", _contact(mia, 1), key=uuid.uuid4(), **paper)
    assert (opened(house, contract, email=jonas).held, opened(house, contract, email=mia).held) == (True, False)

    with as_tenant(house.tenant.pk):
        note_facts(second.pk, _contact(mia, 1, until_on=date(2026, 12, 6)), after=1, **paper)
    assert not opened(house, contract, email=jonas).held  # the first one's entry never ended
    with as_tenant(house.tenant.pk):
        (first,) = RegisterEntry.objects.filter(register="contacts").exclude(pk=second.pk)
        note_facts(first.pk, _contact(jonas, 1, until_on=date(2026, 12, 6)), after=1, **paper)
        before = Ticket.objects.count()
    with pytest.raises(NoContactError, match=r"one contact who puts requests in order \(Art. 7\); nobody is named"):
        opened(house, contract, email=jonas)
    raw = b"From: jonas@alder.example\r\nTo: help@kontor.example\r\nSubject: Kasse\r\nMessage-ID: <1@a>\r\n\r\nSteht."
    with as_tenant(house.tenant.pk):
        assert (take_mail(raw, at=MONDAY), Ticket.objects.count()) == (Outcome.CONTACT, before)
        held = IncomingMail.objects.get()
        with pytest.raises(NoContactError):
            take_in_after_all(held.pk, name="Ida", at=MONDAY, actor=MACHINE)
        note_facts(second.pk, _contact(mia, 1), after=2, **paper)
        assert take_in_after_all(held.pk, name="Ida", at=MONDAY, actor=MACHINE).held  # Jonas's waits for Mia now


def _contact(email: str, day: int, **given: object) -> dict[str, object]:
    named = {"name": email, "function": "Leitung", "declares": True, "notified_on": date(2026, 12, day)}
    return named | {"email": email, **given}


def test_under_other_terms_several_may_declare():
    house = make_house("visitor")
    contract = signed(house, start_on=date(2026, 11, 10))
    paper = {"proof": ("brief.pdf", b"%PDF-1.7 Brief"), "by": "Ida", "at": MONDAY, "actor": MACHINE}
    with as_tenant(house.tenant.pk):
        for email in ("mia@alder.example", "tom@alder.example"):
            open_entry(contract.pk, "contacts", _contact(email, 1), key=uuid.uuid4(), **paper)
        assert {"mia@alder.example", "tom@alder.example"} <= acting(contract, "declares", on=date(2026, 12, 7))
