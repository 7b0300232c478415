"""Customers on pages: who may see and change them, and that another tenant finds nothing."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions import parties as actions
from kontor.office.parties.models import BankAccount, Contact, Party
from kontor.office.parties.queries.parties import masked
from tests.factories import AT, CUSTOMER, make_house, make_party, make_user
from tests.people import browser, join, make_tenant, verbs, visitor

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
GIVEN = CUSTOMER | {"kind": "ORGANISATION", "addition": "", "buyer_reference": ""}
SOMEBODY = {"name": "Ute Alder", "function": "Einkauf", "email": "ute@alder.example", "receives_invoices": "on"}
SEEING = ("parties", "party")
CHANGING = {
    "new": "get",
    "change": "get",
    "contact-new": "get",
    "contact": "get",
    "contact-remove": "post",
    "account-new": "get",
    "account-forget": "post",
}


def url(name: str, *args: object) -> str:
    return reverse(f"parties:{name}", args=args)


def known(house) -> dict[str, tuple[object, ...]]:
    """Make a party with a contact and an account; return the arguments of each page's address."""
    party = make_party(house)
    with as_tenant(house.tenant.pk):
        contact = actions.add_contact(party, at=AT, actor=house.actor, name="Ute Alder", email="ute@alder.example")
        account = actions.learn_account(party.pk, IBAN, holder="Alder", at=AT, actor=house.actor)
    return {
        **dict.fromkeys(("parties", "new"), ()),
        **dict.fromkeys(("party", "change", "contact-new", "account-new"), (party.pk,)),
        **dict.fromkeys(("contact", "contact-remove"), (party.pk, contact.pk)),
        "account-forget": (party.pk, account.pk),
    }


def test_seeing_and_changing_are_two_rights():
    house = make_house()
    args = known(house)
    reader, nobody = make_user("lea@lindwurm.example", "Lea"), make_user("noa@lindwurm.example", "Noa")
    join(house.tenant, reader, role="Leser", permissions=["parties.see"])
    join(house.tenant, nobody, role="Nichts", permissions=["books.see"])

    reads, without = browser(reader, house.tenant), browser(nobody, house.tenant)
    assert {name: reads.get(url(name, *args[name])).status_code for name in SEEING} == dict.fromkeys(SEEING, 200)
    for name, method in CHANGING.items():
        assert getattr(reads, method)(url(name, *args[name])).status_code == 403, name
        assert getattr(visitor(), method)(url(name, *args[name])).status_code == 302, name
    assert {name: without.get(url(name, *args[name])).status_code for name in SEEING} == dict.fromkeys(SEEING, 403)


PAGES = {"party": "get"} | {name: method for name, method in CHANGING.items() if name != "new"}


def test_a_customer_is_no_house_and_opens_no_page():
    house = make_house()
    args = known(house)
    other, stranger = make_tenant("Dorn"), make_user("dora@dorn.example", "Dora")
    join(other, stranger)
    client = browser(stranger, other)

    found = {name: getattr(client, method)(url(name, *args[name])).status_code for name, method in PAGES.items()}
    assert found == dict.fromkeys(PAGES, 403)
    assert client.get(url("parties")).status_code == 403


def test_another_tenants_customers_are_not_there():
    house, other = make_house(), make_tenant("Dorn")
    args = known(replace(house, tenant=other))
    client = browser(house.staff, house.tenant)

    found = {name: getattr(client, method)(url(name, *args[name])).status_code for name, method in PAGES.items()}
    assert found == dict.fromkeys(PAGES, 404)
    assert "Alder" not in client.get(url("parties")).content.decode()


def test_the_number_of_queries_does_not_depend_on_the_rows():
    house = make_house()
    client = browser(house.staff, house.tenant)
    make_party(house)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(url("parties"))
        return len(queries)

    count()
    one = count()
    make_party(house, name="Birke AG")
    make_party(house, name="Cedar Ltd")
    assert count() == one


def test_a_customer_is_written_down_and_changed():
    house = make_house()
    client = browser(house.staff, house.tenant)

    made = client.post(url("new"), GIVEN)

    with as_tenant(house.tenant.pk):
        party = Party.objects.get()
    assert (made.status_code, made.url) == (302, url("party", party.pk))
    client.post(url("change", party.pk), GIVEN | {"city": "Kiel"})
    client.post(url("change", party.pk), GIVEN | {"city": "Kiel"})  # the same again changes nothing
    with as_tenant(house.tenant.pk):
        party.refresh_from_db()
    assert party.city == "Kiel"
    assert verbs(house.tenant, party) == ["parties.party_added", "parties.party_changed"]


def test_what_is_wrong_is_said_in_its_place():
    house = make_house()

    answer = browser(house.staff, house.tenant).post(url("new"), GIVEN | {"country": "Germany", "email": "alder"})

    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["country", "email"]


def test_people_come_change_and_go():
    house = make_house()
    party, client = make_party(house), browser(house.staff, house.tenant)

    client.post(url("contact-new", party.pk), SOMEBODY)
    with as_tenant(house.tenant.pk):
        contact = Contact.objects.get()
    assert (contact.name, contact.receives_invoices, contact.signs) == ("Ute Alder", True, False)
    client.post(url("contact", party.pk, contact.pk), SOMEBODY | {"function": "Leitung"})
    with as_tenant(house.tenant.pk):
        contact.refresh_from_db()
    assert contact.function == "Leitung"
    client.post(url("contact-remove", party.pk, contact.pk))
    with as_tenant(house.tenant.pk):
        assert list(Contact.objects.all()) == []
    assert verbs(house.tenant, contact) == [
        "parties.contact_added",
        "parties.contact_changed",
        "parties.contact_removed",
    ]


def test_whoever_receives_something_needs_an_address():
    house = make_house()
    party = make_party(house)

    answer = browser(house.staff, house.tenant).post(url("contact-new", party.pk), SOMEBODY | {"email": ""})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])


def test_an_account_is_kept_out_of_sight_and_forgotten():
    house = make_house()
    party, client = make_party(house), browser(house.staff, house.tenant)

    assert client.post(url("account-new", party.pk), {"iban": IBAN[:-1], "holder": ""}).status_code == 422
    client.post(url("account-new", party.pk), {"iban": "DE89 3704 0044 0532 0130 00", "holder": "Alder"})

    text = client.get(url("party", party.pk)).content.decode()
    assert masked(IBAN) in text
    assert IBAN not in text
    with as_tenant(house.tenant.pk):
        account = BankAccount.objects.get()
        assert account.iban == IBAN
    client.post(url("account-forget", party.pk, account.pk))
    with as_tenant(house.tenant.pk):
        assert list(BankAccount.objects.all()) == []


def test_the_list_is_given_as_a_file():
    house = make_house()
    make_party(house)

    file = browser(house.staff, house.tenant).get(url("parties"), {"format": "csv"})

    assert "Alder & Söhne GmbH" in file.content.decode()
