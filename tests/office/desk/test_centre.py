"""The customer centre: who comes in and how, what they see, and that nobody else's rows are there for them."""

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement, MeterReading, OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions import centre as centre_actions, centre_door
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.actions.articles import Written, write_article
from kontor.office.desk.actions.centre import Known, keep_person, promise_answer, set_up_centre
from kontor.office.desk.actions.centre_bridge import enter_centre
from kontor.office.desk.actions.centre_door import ask_in, come_in, leave, person_in
from kontor.office.desk.actions.mail_intake import take_mail
from kontor.office.desk.actions.opening import open_ticket
from kontor.office.desk.models import CentrePerson, Ticket, TicketFile
from kontor.office.parties import public as parties
from kontor.office.parties.models import Contact
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.walking import customer
from tests.office.desk.asking import MONDAY, asked, dues
from tests.people import administrator, browser, entitle, make_tenant, visitor

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/centre/[\w-]+/enter/([\w-]+)/")


def centre_of(name: str, slug: str, *, joins: bool = False) -> Tenant:
    tenant = make_tenant(name)
    entitle(tenant, "crm")
    with as_tenant(tenant.pk):
        set_up_centre(slug, f"Hilfe von {name}", opened=True, joins=joins, at=MONDAY, actor=MACHINE)
    return tenant


def party_in(tenant: Tenant, name: str) -> uuid.UUID:
    with as_tenant(tenant.pk):
        given = {
            "name": name,
            "street": "Weg 1",
            "postcode": "20095",
            "city": "Hamburg",
            "email": f"info@{name.lower()}.example",
        }
        return parties.add(at=MONDAY, actor=MACHINE, **given).id


def invited(tenant: Tenant, email: str, **given: object) -> CentrePerson:
    told = {"name": email.partition("@")[0], "email": email, "language": "en", **given}
    with as_tenant(tenant.pk):
        return keep_person(None, Known(**told), at=timezone.now(), actor=MACHINE)  # type: ignore[arg-type]


def secret_to(tenant: Tenant, email: str) -> str:
    with as_tenant(tenant.pk):
        return LINK.findall(OutgoingMail.objects.filter(to=email).latest("at", "pk").text)[0]


def inside(tenant: Tenant, slug: str, email: str) -> Client:
    client = visitor()
    assert client.post(at("enter", slug, secret_to(tenant, email))).status_code == 302
    return client


def at(name: str, slug: str, *parts: object) -> str:
    return reverse(f"centre:{name}", args=[slug, *parts])


def mails(tenant: Tenant) -> int:
    with as_tenant(tenant.pk):
        return OutgoingMail.objects.count()


def test_a_link_opens_the_centre_once_and_the_sign_in_is_counted_once_a_month():
    tenant = centre_of("Birke", "birke")
    invited(tenant, "eva@kunde.example")
    secret = secret_to(tenant, "eva@kunde.example")
    client = visitor()
    assert client.get(at("requests", "birke"))["Location"] == at("sign-in", "birke")
    assert client.get(at("enter", "birke", secret)).status_code == 200
    assert client.post(at("enter", "birke", secret))["Location"] == at("requests", "birke")
    assert client.get(at("requests", "birke")).status_code == 200
    assert client.post(at("enter", "birke", secret)).status_code == 403
    client.post(at("sign-in", "birke"), {"email": "EVA@kunde.example"})
    again = inside(tenant, "birke", "eva@kunde.example")
    with as_tenant(tenant.pk):
        read = MeterReading.objects.filter(meter="contracts.customer_centre_logins")
        assert read.values("subject").distinct().count() == 1
    assert client.post(at("sign-out", "birke"))["Location"] == at("home", "birke")
    assert again.get(at("requests", "birke")).status_code == 302  # everywhere


def test_whoever_asks_for_a_link_is_told_the_same_and_gets_few():
    tenant = centre_of("Birke", "birke")
    person = invited(tenant, "eva@kunde.example")
    shown = set()
    for email in ("eva@kunde.example", "nobody@else.example", *["eva@kunde.example"] * 4):
        answer = visitor().post(at("sign-in", "birke"), {"email": email})
        shown.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()))
    assert len(shown) == 1
    assert mails(tenant) == centre_door.LINKS_TO_ONE
    assert visitor().post(at("sign-in", "birke"), {"email": "no"}).status_code == 422
    assert visitor().post(at("sign-in", "birke"), {"email": "ü@kunde.example"}).status_code == 422
    with as_tenant(tenant.pk), pytest.raises(MailAddressError):
        ask_in("ü@kunde.example", language="de", at=timezone.now())
    assert person.confirmed_at is None


def test_people_join_by_their_address_only_where_the_tenant_lets_them(monkeypatch):
    tenant = centre_of("Birke", "birke", joins=True)
    party = party_in(tenant, "Erle")
    with as_tenant(tenant.pk):
        Contact.objects.create(party_id=party, name="Eva", email="eva@erle.example")
    visitor().post(at("sign-in", "birke"), {"email": "eva@erle.example"})
    client = inside(tenant, "birke", "eva@erle.example")
    with as_tenant(tenant.pk):
        person = CentrePerson.objects.get()
        assert (person.email, person.party_id, person.company) == ("eva@erle.example", party, False)
    monkeypatch.setattr(centre_door, "LINKS_AT_ALL", 1)
    visitor().post(at("sign-in", "birke"), {"email": "new@erle.example"})
    assert mails(tenant) == 1
    assert client.post(at("profile", "birke"), {"name": "", "language": "en"}).status_code == 422
    assert client.post(at("profile", "birke"), {"name": "Eva", "phone": "1", "language": "de"}).status_code == 302
    with as_tenant(tenant.pk):
        person.refresh_from_db()
        assert (person.name, person.phone, person.language) == ("Eva", "1", "de")
    assert "Eva" in client.get(at("profile", "birke")).content.decode()


def test_who_has_left_is_out_at_once_and_gets_no_link():
    tenant = centre_of("Birke", "birke")
    person = invited(tenant, "eva@kunde.example")
    secret = secret_to(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    now = timezone.now()
    with as_tenant(tenant.pk):
        CentrePerson.objects.filter(pk=person.pk).update(left_on=date(2026, 1, 1))
    assert client.get(at("requests", "birke")).status_code == 302
    client.post(at("sign-in", "birke"), {"email": "eva@kunde.example"})
    assert mails(tenant) == 1
    known = Known(name="Eva", email="eva@kunde.example", language="de", left_on=date(2026, 1, 1))
    with as_tenant(tenant.pk):
        fresh = centre_door.issue(centre_door.SIGN_IN, person.pk, expires_at=now + timedelta(hours=1), at=now, uses=1)
        with pytest.raises(CredentialRefusedError):
            come_in(fresh, at=now)
        keep_person(person.pk, known, at=now, actor=MACHINE)
        with pytest.raises(CredentialRefusedError):
            come_in(secret, at=now)


def test_a_session_or_link_of_one_centre_opens_no_other():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    invited(tenant, "eva@kunde.example")
    secret = secret_to(tenant, "eva@kunde.example")
    assert visitor().post(at("enter", "linde", secret)).status_code == 403
    with as_tenant(other.pk), pytest.raises(CredentialRefusedError):
        come_in(secret, at=timezone.now())
    now = timezone.now()
    with as_tenant(tenant.pk):
        person = CentrePerson.objects.get()
        session = centre_door.issue(centre_door.SESSION, person.pk, expires_at=now + timedelta(days=1), at=now)
        assert person_in(session, at=now) == person
        leave(person, at=now)
        assert person_in(session, at=now) is None
        session = centre_door.issue(centre_door.SESSION, person.pk, expires_at=now + timedelta(days=1), at=now)
    with as_tenant(other.pk):
        assert person_in(session, at=now) is None
    assert visitor().get(at("home", "nobody")).status_code == 404


def test_what_a_tenant_promises_itself_counts_by_its_own_hours_and_stays_for_what_was_asked():
    """Monday 10:00, 8 office hours from 9 to 17: seven today, one on Tuesday, until 10:00; in UTC 09:00."""
    tenant = centre_of("Birke", "birke")
    with as_tenant(tenant.pk):
        first = promise_answer(8, "Mon-Fri 09:00-17:00", country="DE", region="BY", at=MONDAY, actor=MACHINE)
        same = promise_answer(8, "Mon-Fri 09:00-17:00", country="DE", region="BY", at=MONDAY, actor=MACHINE)
        ticket = centre_door.Ticket.objects.get(pk=_asked(tenant).pk)
        promise_answer(16, "Mon-Fri 09:00-17:00", country="", region="", at=MONDAY, actor=MACHINE)
        with pytest.raises(RefusalError):
            promise_answer(8, "always", country="", region="", at=MONDAY, actor=MACHINE)
    assert first == same
    later = _asked(tenant)
    assert (dues(ticket), dues(later)) == ({"answer": "12-08T09:00"}, {"answer": "12-09T09:00"})
    assert ticket.class_key == "own_request"


def _asked(tenant: Tenant, **given: object) -> Ticket:
    with as_tenant(tenant.pk):
        from kontor.office.desk.actions.opening import open_ticket

        return open_ticket(asked(**given), at=MONDAY, actor=MACHINE)


@pytest.mark.requirement("SO-082")
def test_requests_are_asked_followed_answered_and_seen_by_right_alone():
    """Three people signed in this month, one of them twice: three sign-ins are counted."""
    tenant = centre_of("Birke", "birke")
    party = party_in(tenant, "Erle")
    for email, company in (("eva@erle.example", True), ("max@erle.example", False), ("pia@else.example", False)):
        invited(tenant, email, party=party if "erle" in email else None, company=company)
    eva, peter, pia = (
        inside(tenant, "birke", each) for each in ("eva@erle.example", "max@erle.example", "pia@else.example")
    )
    visitor().post(at("sign-in", "birke"), {"email": "eva@erle.example"})
    inside(tenant, "birke", "eva@erle.example")
    with as_tenant(tenant.pk):
        read = MeterReading.objects.filter(meter="contracts.customer_centre_logins")
        assert read.values("subject").distinct().count() == 3
    told = {"subject": "Rechnung fehlt", "text": "Seit Mai."}
    assert peter.get(at("ask", "birke")).status_code == 200
    assert peter.post(at("ask", "birke"), {"subject": ""}).status_code == 422
    made = peter.post(at("ask", "birke"), {**told, "file": SimpleUploadedFile("a.txt", b"Mai")})
    with as_tenant(tenant.pk):
        ticket, file = Ticket.objects.get(), TicketFile.objects.get()
        assert (ticket.party_id, ticket.customer_name, ticket.requester_email) == (party, "Erle", "max@erle.example")
    assert made["Location"] == at("request", "birke", ticket.pk)
    for client, status in ((peter, 200), (eva, 200), (pia, 404)):
        assert client.get(at("request", "birke", ticket.pk)).status_code == status
        assert client.get(at("file", "birke", file.pk)).status_code == status
    assert pia.post(at("request", "birke", ticket.pk), {"text": "x"}).status_code == 404
    assert "Rechnung fehlt" not in pia.get(at("requests", "birke")).content.decode()
    assert "Rechnung fehlt" in eva.get(at("requests", "birke")).content.decode()
    assert peter.post(at("request", "birke", ticket.pk), {"text": ""}).status_code == 422
    assert peter.post(at("request", "birke", ticket.pk), {"text": "Noch etwas."}).status_code == 302
    assert peter.get(at("file", "birke", file.pk))["Content-Disposition"].startswith("attachment")
    peter.post(at("request", "birke", ticket.pk), {"text": "Und das.", "file": SimpleUploadedFile("a.exe", b"MZ")})
    with as_tenant(tenant.pk):
        hostile = TicketFile.objects.get(name="a.exe")
    assert peter.get(at("file", "birke", hostile.pk)).status_code == 404


def test_the_link_of_one_request_opens_that_one_alone():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    ticket = _asked(tenant, email="eva@kunde.example")
    with as_tenant(tenant.pk):
        mail = OutgoingMail.objects.get(to="eva@kunde.example").text
    (secret,) = re.findall(r"/centre/birke/request/([\w-]+)/", mail)
    client = visitor()
    assert ticket.subject in client.get(at("shared", "birke", secret)).content.decode()
    assert client.post(at("shared", "birke", secret), {"text": "Danke."})["Location"] == at("shared", "birke", secret)
    with as_tenant(tenant.pk):
        assert ticket.messages.latest("at").author_email == "eva@kunde.example"
    assert client.get(at("request", "birke", ticket.pk)).status_code == 302
    assert client.get(at("shared", "linde", secret)).status_code == 404
    assert client.get(at("shared", "birke", "nonsense")).status_code == 404
    with as_tenant(other.pk):
        assert not Ticket.objects.exists()


def test_the_tenant_sets_its_centre_up_and_invites_and_the_house_needs_no_order_for_it():
    tenant = make_tenant("Birke")
    boss = browser(administrator(tenant), tenant)
    assert boss.get(reverse("desk:centre")).status_code == 403  # no module that holds it
    entitle(tenant, "crm", from_on=date(2026, 1, 1))
    page = reverse("desk:centre")
    assert boss.get(page).status_code == 200
    told = {
        "title": "Hilfe",
        "slug": "birke",
        "opened": "on",
        "invited_days": "7",
        "unconfirmed_days": "30",
        "answer_hours": "8",
        "hours": "",
        "country": "de",
    }
    assert boss.post(page, told).status_code == 422
    assert boss.post(page, told | {"hours": "nonsense"}).status_code == 422
    assert boss.post(page, told | {"hours": "Mon-Fri 09:00-17:00"}).status_code == 302
    other = make_tenant("Linde")
    with as_tenant(other.pk), pytest.raises(RefusalError):
        set_up_centre("birke", "Hilfe", opened=True, joins=False, at=MONDAY, actor=MACHINE)
    new = reverse("desk:centre-person-new")
    person = {"name": "Eva", "email": "eva@kunde.example", "language": "en"}
    assert boss.post(new, person | {"email": "ü@kunde.example"}).status_code == 422
    assert boss.post(new, person | {"party": str(party_in(tenant, "Erle"))}).status_code == 302
    assert boss.post(new, person).status_code == 422
    with as_tenant(tenant.pk):
        row = CentrePerson.objects.get()
        with pytest.raises(parties.Party.DoesNotExist):
            keep_person(
                None, Known(name="", email="x@y.example", language="de", party=uuid.uuid4()), at=MONDAY, actor=MACHINE
            )
    edit = reverse("desk:centre-person", args=[row.pk])
    assert boss.get(edit).status_code == 200
    assert boss.post(edit, person | {"email": "eva2@kunde.example"}).status_code == 302
    assert "eva2@kunde.example" in boss.get(page).content.decode()
    assert boss.get(page, {"format": "csv"}).status_code == 200
    assert boss.get(reverse("desk:centre-person", args=[uuid.uuid4()])).status_code == 404
    call = {
        "subject": "Anruf",
        "text": "Lang",
        "name": "Eva",
        "reported": "2026-11-20T10:00",
        "party": str(row.party_id or ""),
    }
    assert boss.get(reverse("desk:new")).status_code == 200
    assert boss.post(reverse("desk:new"), call).status_code == 302
    with as_tenant(tenant.pk):
        ticket = Ticket.objects.get()
        assert (ticket.subject, ticket.next_promise) == ("Anruf", "answer")
    assert boss.get(reverse("desk:ticket", args=[ticket.pk])).status_code == 200
    assert "Anruf" in boss.get(reverse("desk:queue")).content.decode()
    assert boss.get(reverse("desk:report")).status_code == 200
    assert boss.post(reverse("desk:reply", args=[ticket.pk]), {"text": "Gern."}).status_code == 302


def test_a_closed_centre_is_none():
    tenant = make_tenant("Birke")
    with as_tenant(tenant.pk):
        set_up_centre("birke", "Hilfe", opened=False, joins=False, at=MONDAY, actor=MACHINE)
        assert centre_door.request_link(Ticket(), at=MONDAY) == ""
    assert visitor().get(at("home", "birke")).status_code == 404


def test_a_centre_shuts_with_the_order_that_held_it():
    tenant = centre_of("Birke", "birke")
    assert visitor().get("/centre/birke/").status_code == 200

    with as_tenant(tenant.pk):
        Entitlement.objects.update(until_on=timezone.localdate())

    assert visitor().get("/centre/birke/").status_code == 404


def test_before_there_is_a_centre_nobody_is_invited():
    tenant = make_tenant("Birke")
    with as_tenant(tenant.pk), pytest.raises(RefusalError, match="Set the customer centre up first"):
        keep_person(None, Known(name="Eva", email="eva@erle.example", language="en"), at=MONDAY, actor=MACHINE)


def test_strangers_who_ask_for_links_keep_nobody_out_who_was_in(monkeypatch: pytest.MonkeyPatch):
    tenant = centre_of("Birke", "birke", joins=True)
    eva = invited(tenant, "eva@erle.example")
    monkeypatch.setattr(centre_door, "LINKS_AT_ALL", 2)
    with as_tenant(tenant.pk):
        CentrePerson.objects.filter(pk=eva.pk).update(confirmed_at=timezone.now())
        for address in ("a@x.example", "b@x.example", "c@x.example", "eva@erle.example"):
            ask_in(address, language="en", at=timezone.now())

        assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [
            "a@x.example", "eva@erle.example", "eva@erle.example",
        ]  # fmt: skip


def test_odd_input_finds_nothing_and_breaks_nothing():
    centre_of("Birke", "birke")

    assert visitor().get("/centre/birke/suggest/?subject=%00abcd").status_code == 200


def test_the_link_to_a_request_opens_nothing_for_who_has_left():
    tenant = centre_of("Birke", "birke")
    person = invited(tenant, "eva@erle.example")
    with as_tenant(tenant.pk):
        ticket = open_ticket(asked(email="eva@erle.example"), at=MONDAY, actor=MACHINE)
        secret = centre_door.request_link(ticket, at=MONDAY).rsplit("/", 2)[1]
        assert centre_door.request_behind(secret, at=MONDAY) == ticket
        CentrePerson.objects.filter(pk=person.pk).update(left_on=MONDAY.date())
        with pytest.raises(CredentialRefusedError):
            centre_door.request_behind(secret, at=MONDAY)


def test_an_invitation_lasts_days_and_who_never_came_is_forgotten():
    """Settled 3 and 5 days: the link is good on the third day and not after; five days later nobody is there."""
    tenant = centre_of("Birke", "birke")
    with as_tenant(tenant.pk):
        assert centre_actions.forget_unconfirmed(at=MONDAY) == 0
        set_up_centre(
            "birke", "Hilfe", opened=True, joins=False, invited_days=3, unconfirmed_days=5, at=MONDAY, actor=MACHINE
        )
        for email in ("eva@kunde.example", "max@kunde.example"):
            keep_person(None, Known(name="", email=email, language="en"), at=MONDAY, actor=MACHINE)
        text = OutgoingMail.objects.get(to="eva@kunde.example").text
        assert "good once, for 3 days" in text
    eva, late = secret_to(tenant, "eva@kunde.example"), secret_to(tenant, "max@kunde.example")
    with as_tenant(tenant.pk):
        come_in(eva, at=MONDAY + timedelta(days=2, hours=23))
        with pytest.raises(CredentialRefusedError):
            come_in(late, at=MONDAY + timedelta(days=3))
        assert centre_actions.forget_unconfirmed(at=MONDAY + timedelta(days=5, seconds=-1)) == 0
        assert centre_actions.forget_unconfirmed(at=MONDAY + timedelta(days=5)) == 1
        assert [each.email for each in CentrePerson.objects.all()] == ["eva@kunde.example"]
    with as_tenant(make_tenant("Linde").pk):
        assert centre_actions.forget_unconfirmed(at=MONDAY) == 0


def test_a_mail_of_an_end_customer_gets_their_customer_and_the_answer_its_link():
    tenant = centre_of("Birke", "birke")
    party = party_in(tenant, "Erle")
    person = invited(tenant, "eva@private.example", party=party)
    raw = (
        b"From: Eva <eva@private.example>\r\nTo: desk@birke.example\r\nSubject: Rechnung\r\n"
        b"Message-ID: <1@private.example>\r\nDate: Mon, 7 Dec 2026 10:00:00 +0100\r\n\r\nWo ist sie?\r\n"
    )
    with as_tenant(tenant.pk):
        take_mail(raw, at=MONDAY)
        assert Ticket.objects.get().party_id is None  # nobody has proved that the address is theirs
        CentrePerson.objects.filter(pk=person.pk).update(confirmed_at=MONDAY)
        take_mail(raw.replace(b"<1@", b"<2@"), at=MONDAY)
        ticket = Ticket.objects.latest("number")
        assert (ticket.party_id, ticket.customer_name) == (party, "Erle")
        answer_customer(ticket.pk, Answer(text="Hier."), name="Ida", at=MONDAY, actor=MACHINE)
        mail = OutgoingMail.objects.filter(to="eva@private.example").latest("at", "pk").text
        assert re.fullmatch(r"Hier\.\n\n.+/centre/birke/request/[\w-]+/", mail)
        CentrePerson.objects.filter(pk=person.pk).update(left_on=MONDAY.date())
        take_mail(raw.replace(b"<1@", b"<3@"), at=MONDAY)
        assert Ticket.objects.latest("number").party_id is None


def test_a_customer_s_own_user_comes_into_the_supplier_s_centre_as_long_as_the_contract_runs():
    """Free and without a second password; an address that somebody was invited with opens nothing of theirs."""
    house = make_house("crm")
    contract = signed(house)
    client = customer(contract)
    enter = reverse("desk:own-centre")
    assert client.post(enter)["Location"] == reverse("desk:own")  # no centre yet
    with as_tenant(house.tenant.pk):
        set_up_centre("kontor", "Hilfe", opened=True, joins=False, at=MONDAY, actor=MACHINE)
    assert client.post(enter)["Location"] == at("home", "kontor")
    assert client.get(at("requests", "kontor")).status_code == 200
    assert client.post(enter).status_code == 302
    with as_tenant(house.tenant.pk):
        person = CentrePerson.objects.get()
        assert (person.party_id, person.contract_id, person.company) == (contract.party_id, contract.pk, False)
        foreign = open_ticket(asked(email=person.email), at=MONDAY, actor=MACHINE)
    assert client.get(at("request", "kontor", foreign.pk)).status_code == 404  # asked by that address for nobody
    with as_tenant(house.tenant.pk):
        CentrePerson.objects.filter(pk=person.pk).update(left_on=date(2026, 1, 1))
    assert client.post(enter)["Location"] == reverse("desk:own")
    with as_tenant(house.tenant.pk):
        CentrePerson.objects.filter(pk=person.pk).update(left_on=None, contract=None)
    assert client.post(enter)["Location"] == reverse("desk:own")  # it belongs to somebody who was invited
    with as_tenant(house.tenant.pk):
        ended = replace(contracts.served(contract.pk, at=MONDAY), running=False)
        person.contract_id = contract.pk
        with pytest.MonkeyPatch.context() as later:
            later.setattr(centre_door.contracts, "served", lambda *_, **__: ended)
            assert centre_door.has_left(person, at=MONDAY)
            with pytest.raises(RefusalError):
                enter_centre(contract, name="", email="x@y.example", language="de", at=MONDAY, actor=MACHINE)


@pytest.mark.requirement("SO-026")
def test_an_error_by_mail_is_a_request_and_what_was_not_available_goes_to_the_claim_form():
    house = make_house("crm")
    contract = signed(house, start_on=date(2026, 11, 10))
    raw = (
        b"From: Jonas <jonas@alder.example>\r\nTo: desk@kontor.example\r\nSubject: Export bricht ab\r\n"
        b"Message-ID: <1@alder.example>\r\nDate: Mon, 7 Dec 2026 10:00:00 +0100\r\n\r\nBeim Export nach dem Update.\r\n"
    )
    with as_tenant(house.tenant.pk):
        take_mail(raw, at=MONDAY)
        ticket = Ticket.objects.get()
        assert (ticket.subject, ticket.contract_id) == ("Export bricht ab", contract.pk)
        assert ticket.messages.get().text.strip() == "Beim Export nach dem Update."
    client = customer(contract)
    page = reverse("desk:own-new")
    assert "The service was not available" in client.get(page).content.decode()
    told = {"contract": str(contract.pk), "category": "unavailable"}  # nothing else needs to be filled in
    claim = client.post(page, told)["Location"]
    assert claim == reverse("service_levels:claim-credit", args=[contract.pk])
    assert client.get(claim).status_code == 200
    told |= {"category": "error", "subject": "Export", "text": "Bricht ab.", "effect": "impaired"}
    assert client.post(page, told)["Location"].startswith(reverse("desk:own"))
    with as_tenant(house.tenant.pk):
        assert Ticket.objects.count() == 2


def test_the_pages_of_the_centre_and_of_knowledge_ask_as_often_for_many_rows(django_assert_max_num_queries):
    tenant = centre_of("Birke", "birke")
    invited(tenant, "eva@kunde.example")
    eva, boss = inside(tenant, "birke", "eva@kunde.example"), browser(administrator(tenant), tenant)
    pages = [(eva, at(each, "birke")) for each in ("home", "requests")]
    pages += [(boss, reverse(f"desk:{each}")) for each in ("knowledge", "articles", "courses", "centre")]
    counts = []
    for many in (1, 3):
        for number in range(many):
            _asked(tenant, email="eva@kunde.example", subject=f"{many} {number}")
            with as_tenant(tenant.pk):
                words = Written(**ARTICLE | {"title_de": f"{many} {number}"})
                write_article(None, words, by="Ida", at=MONDAY, actor=MACHINE)
            invited(tenant, f"p{many}{number}@kunde.example")
        for client, page in pages:
            client.get(page)
        asked_for = []
        for client, page in pages:
            with django_assert_max_num_queries(40) as context:
                assert client.get(page).status_code == 200
            asked_for.append(len(context))
        counts.append(asked_for)
    assert counts[0] == counts[1]


ARTICLE = {
    "kind": "ARTICLE", "state": "PUBLISHED", "audience": "PUBLIC", "category_de": "A", "category_en": "A",
    "title_de": "A", "title_en": "A", "text_de": "A", "text_en": "A",
}  # fmt: skip
