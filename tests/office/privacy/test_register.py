"""The record of processing, as the house and others see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel import registry
from kontor.office.privacy.queries.register import entries, kept_label
from kontor.rulebook.ruling import Text
from tests.factories import make_house, make_user
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db


def test_every_table_with_personal_data_stands_in_one_entry():
    told = [table.model for entry in entries() for table in entry.tables]

    assert sorted(told) == sorted(registry.personal_data())


def test_a_rule_is_called_what_the_pack_calls_it():
    assert kept_label("invoice") == Text("Rechnungen und Buchungsbelege", "Invoices and vouchers")
    assert kept_label("with_tenant") == Text("mit dem Vertrag", "with the contract")
    with pytest.raises(KeyError):
        kept_label("whim")


def test_the_house_reads_the_record_and_its_file():
    house = make_house()
    client = browser(house.staff, house.tenant)
    client.cookies["kontor_language"] = "en"
    client.get("/privacy/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/privacy/")

    assert page.status_code == 200
    assert "Invoices and payments" in page.content.decode()
    assert len([query["sql"] for query in queries if "privacy_" in query["sql"]]) == 1  # the newest edition alone
    assert client.get("/privacy/?format=csv").content.decode("utf-8-sig").count("\r\n") == len(list(entries())) + 1
    assert "books.Invoice" in client.get("/privacy/record/billing/").content.decode()
    assert client.get("/privacy/record/nothing/").status_code == 404


def test_the_record_is_for_those_who_may_see_it():
    house = make_house()
    stranger = make_user("kim@kontor.example", "Kim")
    join(house.tenant, stranger, role="Desk", permissions=["desk.see"])

    assert browser(stranger, house.tenant).get("/privacy/").status_code == 403


def test_a_tenant_and_a_person_see_what_is_done_for_them():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)

    assert "Business partners" in client.get("/account/privacy/").content.decode()
    assert "Accounts" in client.get("/account/privacy/mine/").content.decode()
    assert browser(make_user("lone@alder.example", "Lone")).get("/account/privacy/mine/").status_code == 302
