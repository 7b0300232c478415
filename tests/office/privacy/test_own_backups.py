"""Whoever backs up its content itself is told so where copies are made, and reminded after thirty days without one."""

from datetime import date, datetime, timedelta

import pytest

from kontor.kernel.models import StoredRuling, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.privacy.actions.own_backups import VERB, look_at_customers, remind
from kontor.office.privacy.models import Export
from kontor.rulebook.own_backups import reminder_due
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.privacy.test_export_actions import ready
from tests.people import administrator, browser, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


@pytest.fixture
def customer(contract) -> Tenant:
    """A customer by the visitor contract, with an administrator."""
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    administrator(tenant, "mara@alder.example", "Mara")
    return tenant


def reminded(tenant: Tenant, at: datetime) -> int:
    """Have a tenant looked at; return how often its administrators were told so far."""
    with as_tenant(tenant.pk):
        remind(at=at)
    return verbs(tenant).count(VERB)


@pytest.mark.requirement("FW-011")
def test_thirty_days_without_a_copy_remind_the_administrator_and_the_page_says_who_backs_up(contract, customer):
    """Visitor 4.1.7, 6.4.5 and Anlage 1, 3; the round trip itself: test_exporting."""
    begun = customer.created_at
    assert reminded(customer, begun + timedelta(days=29)) == 0
    assert reminded(customer, begun + timedelta(days=30)) == 1
    assert reminded(customer, begun + timedelta(days=30, hours=1)) == 1  # the job done twice
    mail, *others = [each for each in mails(customer) if each.subject == "Sichern Sie Ihre Daten"]
    assert len({mail.to, *(each.to for each in others)}) == 1 + len(others)  # each administrator once
    for said in ("sichert Ihre Inhalte nicht", "Bisher hat niemand", "/account/privacy/exports/"):
        assert said in mail.text
    with as_tenant(customer.pk):
        ruling = StoredRuling.objects.get(question="privacy.copy_reminder")
    clauses = [clause[-1] if isinstance(clause, list) else clause["number"] for clause in ruling.clauses]
    assert clauses == ["6.4.5", "4.1.7", "Anlage 1, 3"]

    taken = begun + timedelta(days=45)
    with as_tenant(customer.pk):
        Export.objects.filter(pk=ready(customer).pk).update(fetched_at=taken)
    assert reminded(customer, begun + timedelta(days=74)) == 1  # 29 days after the copy, 44 after the reminder
    assert reminded(customer, begun + timedelta(days=75)) == 2
    assert reminded(customer, begun + timedelta(days=104)) == 2
    assert reminded(customer, begun + timedelta(days=105)) == 3

    page = agreed(contract).get("/account/privacy/exports/")
    shown = page.content.decode()
    for said in ("does not back up your content", "6.4.5", "4.1.7", "Annex 1, 3"):
        assert said in shown


def test_the_house_has_its_customers_looked_at_and_whoever_has_no_such_contract_hears_nothing(house, customer):
    other = make_tenant("Birke")
    administrator(other, "bea@birke.example", "Bea")
    with as_tenant(house.tenant.pk):
        assert look_at_customers(date(2027, 6, 1)) == 1
    assert "privacy.remind_of_copy" in run_jobs()
    assert reminded(other, other.created_at + timedelta(days=400)) == 0
    page = browser(administrator(other, "uma@birke.example", "Uma"), other).get("/account/privacy/exports/")
    assert "back up your content" not in page.content.decode()


@pytest.mark.parametrize(("last", "due"), [(date(2027, 3, 2), False), (date(2027, 3, 1), True)])
def test_a_day_in_summer_time_counts_as_one(last, due):
    told = reminder_due(last, date(2027, 3, 31))  # the clocks change on 28 March
    assert (told.value, "our choice" in told.working[-1].en) == (due, True)
