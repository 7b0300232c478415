"""Customers on pages: who may see and change them, and that another tenant finds nothing."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions import merging, parties as actions, people
from kontor.office.parties.actions.parties import add_party
from kontor.office.parties.models import BankAccount, Contact, Distinct, Identifier, Merge, Party, PartyEmail, PartyRole
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
    "doubles": "get",
    "role-new": "get",
    "role-end": "post",
    "email-new": "get",
    "email-remove": "post",
    "number-new": "get",
    "number-remove": "post",
    "merge": "get",
    "part": "post",
    "distinct": "post",
}


def url(name: str, *args: object) -> str:
    return reverse(f"parties:{name}", args=args)


def known(house) -> dict[str, tuple[object, ...]]:
    """Make a party with a contact and an account; return the arguments of each page's address."""
    party = make_party(house)
    with as_tenant(house.tenant.pk):
        contact = actions.add_contact(party, at=AT, actor=house.actor, name="Ute Alder", email="ute@alder.example")
        account = actions.learn_account(party.pk, IBAN, holder="Alder", at=AT, actor=house.actor)
        role = people.give_role(party.pk, "CUSTOMER", since=AT.date(), at=AT, actor=house.actor)
        people.add_email(party.pk, "post@alder.example", at=AT, actor=house.actor)
        number = people.add_identifier(party.pk, "PASSPORT", "C01X00T47", at=AT, actor=house.actor)
        email = PartyEmail.objects.get()
        gone = add_party(at=AT, actor=house.actor, **CUSTOMER)
        merged = merging.merge(party.pk, gone.pk, at=AT, actor=house.actor)
        same = add_party(at=AT, actor=house.actor, **CUSTOMER | {"name": "Alder & Soehne"})
    return {
        **dict.fromkeys(("parties", "new", "doubles"), ()),
        **dict.fromkeys(("party", "change", "contact-new", "account-new"), (party.pk,)),
        **dict.fromkeys(("role-new", "email-new", "number-new"), (party.pk,)),
        **dict.fromkeys(("merge", "distinct"), (party.pk, same.pk)),
        "role-end": (party.pk, role.pk),
        "email-remove": (party.pk, email.pk),
        "number-remove": (party.pk, number.pk),
        "part": (party.pk, merged.pk),
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


PAGES = {"party": "get"} | {name: method for name, method in CHANGING.items() if name not in {"new", "doubles"}}


def test_every_tenant_has_an_address_book_of_its_own():
    house = make_house()
    args = known(house)
    other, stranger = make_tenant("Dorn"), make_user("dora@dorn.example", "Dora")
    join(other, stranger)
    client = browser(stranger, other)

    found = {name: getattr(client, method)(url(name, *args[name])).status_code for name, method in PAGES.items()}
    assert found == dict.fromkeys(PAGES, 404)
    page = client.get(url("parties")).content.decode()
    assert ("<h1" in page, "Address book" in page, "Alder" in page) == (True, True, False)


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


def test_of_a_person_a_name_is_enough_and_whoever_buys_needs_an_address():
    house = make_house()
    make_party(house)
    client = browser(house.staff, house.tenant)
    only = {
        "kind": "PERSON",
        "name": "Eva Alder",
        "country": "DE",
        "language": "de",
        "employer_name": "Alder & Söhne gmbh",
    }

    assert client.post(url("new"), only).status_code == 302
    with as_tenant(house.tenant.pk):
        eva = Party.objects.select_related("employer").get(kind="PERSON")
    assert (eva.employer.name, eva.employer_name, eva.city) == ("Alder & Söhne GmbH", "", "")
    client.post(url("change", eva.pk), only | {"employer_name": "Birke"})
    with as_tenant(house.tenant.pk):
        eva.refresh_from_db()
    assert (eva.employer_id, eva.employer_name) == (None, "Birke")
    wrong = client.post(url("new"), only | {"consumer": "on"})
    assert sorted(wrong.context["form"].errors) == ["city", "email", "postcode", "street"]
    firm = client.post(url("new"), GIVEN | {"employer_name": "Birke"})
    assert list(firm.context["form"].errors) == ["employer_name"]


def test_roles_addresses_and_numbers_come_and_go():
    house = make_house()
    party, client = make_party(house), browser(house.staff, house.tenant)

    client.post(url("role-new", party.pk), {"role": "HOST", "since": "2026-01-01"})
    client.post(url("email-new", party.pk), {"email": "post@alder.example"})
    client.post(url("number-new", party.pk), {"kind": "PASSPORT", "value": "C01X00T47"})
    assert client.post(url("number-new", party.pk), {"kind": "PASSPORT", "value": "-"}).status_code == 422
    page = client.get(url("party", party.pk)).content.decode()
    assert ("•••T47" in page, "C01X00T47" in page, "post@alder.example" in page) == (True, False, True)
    assert "Alder" in client.get(url("parties"), {"role": "HOST"}).content.decode()
    assert "Alder" not in client.get(url("parties"), {"role": "VISITOR"}).content.decode()
    with as_tenant(house.tenant.pk):
        role, email, number = PartyRole.objects.get(), PartyEmail.objects.get(), Identifier.objects.get()
    client.post(url("role-end", party.pk, role.pk))
    client.post(url("email-remove", party.pk, email.pk))
    client.post(url("number-remove", party.pk, number.pk))
    with as_tenant(house.tenant.pk):
        assert not PartyRole.objects.filter(until=None).exists()
        assert not PartyEmail.objects.exists()
        assert not Identifier.objects.exists()


def test_two_entries_become_one_and_two_again():
    house = make_house()
    kept, gone = make_party(house), make_party(house, name="Alder & Soehne", vat_id="")
    client = browser(house.staff, house.tenant)

    assert "Same name and same town" in client.get(url("doubles")).content.decode()
    assert "Perhaps the same" in client.get(url("party", kept.pk)).content.decode()
    compared = client.get(url("merge", kept.pk, gone.pk))
    assert list(compared.context["form"].fields) == ["name"]
    assert client.post(url("merge", kept.pk, gone.pk), {}).status_code == 422
    assert client.post(url("merge", kept.pk, gone.pk), {"name": "gone"}).url == url("party", kept.pk)
    assert client.get(url("party", gone.pk)).url == url("party", kept.pk)
    assert client.get(url("change", gone.pk)).status_code == 404
    with as_tenant(house.tenant.pk):
        made = Merge.objects.get()
        assert Party.objects.get(pk=kept.pk).name == "Alder & Soehne"
    client.post(url("part", kept.pk, made.pk))
    again = client.post(url("part", kept.pk, made.pk), follow=True)
    assert "This has been undone already." in again.content.decode()
    client.post(url("distinct", gone.pk, kept.pk))
    with as_tenant(house.tenant.pk):
        assert Distinct.objects.count() == 1
    assert "No two entries look like one" in client.get(url("doubles")).content.decode()


def test_a_company_and_a_person_are_not_made_one():
    house = make_house()
    firm, eva = make_party(house), make_party(house, kind="PERSON")
    answer = browser(house.staff, house.tenant).post(
        url("merge", firm.pk, eva.pk), {"name": "kept", "employer": "kept"}
    )
    assert answer.status_code == 422
    assert "A person and a company are not the same." in answer.content.decode()
