"""The search field: who finds what, by which words, in how many queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.finding import words_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from tests.factories import make_house, make_party, make_user
from tests.office.contracts.walking import concluded, customer
from tests.office.contracts.years import aged
from tests.people import browser, join, make_tenant, visitor

PAGE = "/search/"


@pytest.mark.parametrize(
    ("asked", "words"),
    [("", ()), ("a", ()), (" a ", ()), ("al", ("al",)), ("alder  söhne", ("alder", "söhne")), ("a b", ("a", "b"))],
)
def test_words_are_taken_apart_and_one_letter_is_too_little(asked, words):
    assert words_of(asked) == words


def found(client, asked: str) -> dict[str, list[str]]:
    groups = client.get(PAGE, {"q": asked}).context["groups"]
    return {group.key: [each.title for each in group.results] for group in groups}


@pytest.mark.django_db
def test_every_word_begins_a_word_whatever_its_case():
    house = make_house()
    make_party(house, name="Kartbahn Ostsee GmbH", city="Rostock")
    make_party(house, name="Ostwind & Söhne", city="Wismar")
    client = browser(house.staff, house.tenant)

    assert found(client, "ost") == {"parties.parties": ["Kartbahn Ostsee GmbH", "Ostwind & Söhne"]}
    assert found(client, "OSTSEE kart") == {"parties.parties": ["Kartbahn Ostsee GmbH"]}
    assert found(client, "rost ost") == {"parties.parties": ["Kartbahn Ostsee GmbH"]}
    assert found(client, "bahn") == {}
    assert found(client, "100%") == {}
    assert found(client, "ida") == {"identity.people": ["Ida Lindwurm"]}


@pytest.mark.django_db
def test_staff_finds_customer_contract_offer_and_invoice_together():
    house = make_house("dealership")
    contract = aged(house, start=date(2025, 12, 1), months=1, changes=0)
    client = browser(house.staff, house.tenant)

    groups = found(client, "alder")
    assert list(groups) == ["parties.parties", "contracts.contracts", "contracts.offers", "books.invoices"]
    assert groups["contracts.contracts"] == [f"Alder & Söhne GmbH, {contract.number}"]
    (invoice,) = found(client, groups["books.invoices"][0])["books.invoices"]
    assert found(client, invoice[-3:])["books.invoices"] == [invoice]


@pytest.mark.django_db
def test_nobody_finds_what_they_may_not_open():
    house = make_house()
    make_party(house, name="Kartbahn Ostsee GmbH")
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["identity.see"])
    stranger = make_user("fremd@fremd.example", "Fred Fremd")
    other = make_tenant("Fremd")
    join(other, stranger, role="Alles", permissions=["parties.see", "identity.see"])

    assert found(browser(reader, house.tenant), "kart") == {}
    assert found(browser(reader, house.tenant), "lea") == {"identity.people": ["Lea Leser"]}
    assert found(browser(stranger, other), "kart") == {}
    assert found(browser(stranger, other), "ida") == {}
    assert visitor().get(PAGE, {"q": "kart"}).status_code == 302
    assert browser(reader).get(PAGE, {"q": "kart"}).url == "/identity/tenants/"


@pytest.mark.django_db
def test_a_customer_finds_its_contract_by_its_number_and_not_the_houses_customers():
    house = make_house()
    contract = concluded(house)

    client = customer(contract)
    assert found(client, contract.number)["contracts.received"] == [f"{contract.number}, {contract.seller_name}"]
    assert "contracts.contracts" not in found(client, "alder")


@pytest.mark.django_db
def test_the_field_gets_the_results_alone_and_asks_once_for_each_source():
    house = make_house()
    client = browser(house.staff, house.tenant)
    client.get(PAGE)
    counts = []
    for number in range(8):
        make_party(house, name=f"Ostsee {number} GmbH")
        if number in (0, 7):
            with CaptureQueriesContext(connection) as captured:
                part = client.get(PAGE, {"q": "ostsee"}, headers={"HX-Target": "search-found"})
            counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(part.context["groups"][0].results) == 6
    assert "<html" not in part.content.decode()
    with as_tenant(house.tenant.pk):
        assert Contract.objects.count() == 0
