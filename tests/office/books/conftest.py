"""A house, its customer, and people who may do this or that, signed in."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.actions.rights import add_member
from kontor.kernel.actor import MACHINE
from kontor.kernel.middleware import SESSION_TENANT
from kontor.kernel.models import Role, Tenant
from kontor.kernel.requests import PROVED_AT
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from tests.factories import AT, House, make_house, make_party, make_user
from tests.office.books.furnishing import keep_file, pay, read_in, sheet
from tests.office.books.invoicing import invoices

NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """10 December 2026, at noon in UTC."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def party(house: House) -> Party:
    return make_party(house)


def signed_in(user: User, tenant: Tenant) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    session = client.session
    session[SESSION_TENANT] = str(tenant.pk)
    session[PROVED_AT] = timezone.now().isoformat()  # as if they had just typed their password
    session.save()
    client.cookies["kontor_language"] = "en"
    return client


@pytest.fixture
def staff(house: House) -> Client:
    return signed_in(house.staff, house.tenant)


@pytest.fixture
def person_with(house: House) -> Callable[[Sequence[str]], Client]:
    def make(permissions: Sequence[str]) -> Client:
        user = make_user(f"{len(permissions)}@lindwurm.example", "Nora Klein")
        with as_tenant(house.tenant.pk):
            role = Role.objects.create(name="Some", permissions=list(permissions))
            add_member(user, kind="EMPLOYEE", roles=[role], at=AT, actor=MACHINE)
        return signed_in(user, house.tenant)

    return make


@pytest.fixture
def furnished(house: House, party: Party, noon: None) -> House:
    """Two invoices, one with a file, a statement with one entry that waits, a payment by hand."""
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        keep_file(one)
    read_in(house, sheet(("50.00", one.number)))
    pay(house, two, 1_000)
    return house
