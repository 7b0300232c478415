"""Members, roles and what a contract unlocks: written once, recorded, and never out of a tenant's own hands."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from kontor.kernel.actions import rights
from kontor.kernel.actions.tenants import found_house, found_tenant, furnish, open_site
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement, EventStream, Membership, Role, RoleAssignment, Site, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from tests.factories import make_user
from tests.kernel.conftest import AT
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
TOLD = {"at": AT, "actor": MACHINE}


@pytest.fixture
def here():
    """A tenant that can be worked in, as the current one."""
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        yield tenant


def administrator() -> Role:
    return Role.objects.get(everything=True)


def member(name: str, *roles: Role, **given: Any) -> Membership:
    return rights.add_member(
        make_user(f"{name}@alder.example", name), kind="EMPLOYEE", roles=roles, **{**TOLD, **given}
    )


def visitors(**given: Any) -> rights.Grant:
    told = {"module": "visitors", "unit": "SITE", "quantity": 2, "from_on": date(2026, 12, 1), "until_on": None}
    return rights.Grant(**{**told, "clause": "2.2", "reason_de": "Vertrag", "reason_en": "Contract", **given})


# ---- tenants


def test_a_founded_tenant_has_its_stream_and_the_role_that_may_do_everything():
    tenant = found_tenant(name="Alder", language="en", zone="Europe/Oslo", **TOLD)
    with as_tenant(tenant.pk):
        assert (administrator().name, EventStream.objects.count()) == ("Administration", 1)
        furnish(tenant, **TOLD)
        assert Role.objects.count() == EventStream.objects.count() == 1
    assert (tenant.is_house, tenant.zone, verbs(tenant)) == (False, "Europe/Oslo", ["kernel.tenant_founded"])


def test_there_is_one_house():
    found_house(name="Lindwurm", **TOLD)
    with pytest.raises(IntegrityError), transaction.atomic():
        found_house(name="Zweites", **TOLD)
    assert list(Tenant.objects.filter(is_house=True).values_list("name", flat=True)) == ["Lindwurm"]


def test_a_site_is_opened(here):
    site = open_site(name="Bremen", zone="Europe/Berlin", city="Bremen", **TOLD)
    assert (Site.objects.get(), site.city) == (site, "Bremen")
    assert history_of(site.pk)[0].after == {"name": "Bremen", "zone": "Europe/Berlin", "city": "Bremen"}


# ---- roles


def test_a_role_holds_only_what_modules_declare(here):
    with pytest.raises(rights.UnknownPermissionError, match=r"No module declares moon\.land\."):
        rights.make_role(name="Mond", permissions=["identity.see", "moon.land"], **TOLD)
    role = rights.make_role(name="Empfang", permissions=["messages.see", "identity.see", "identity.see"], **TOLD)
    assert role.permissions == ["identity.see", "messages.see"]
    with pytest.raises(rights.UnknownPermissionError):
        rights.change_role(role.pk, name="Empfang", permissions=["moon.land"], **TOLD)


def test_a_role_is_changed_with_what_was_before(here):
    role = rights.make_role(name="Empfang", permissions=["identity.see"], **TOLD)
    rights.change_role(role.pk, name="Pforte", permissions=["messages.see"], **TOLD)
    told = history_of(role.pk)[0]
    assert (told.before, told.after) == (
        {"name": "Empfang", "permissions": ["identity.see"]},
        {"name": "Pforte", "permissions": ["messages.see"]},
    )


def test_the_administrator_s_role_takes_a_name_and_no_permissions(here):
    changed = rights.change_role(administrator().pk, name="Leitung", permissions=["identity.see"], **TOLD)
    assert (changed.name, changed.permissions, changed.everything) == ("Leitung", [], True)


def test_a_role_is_removed_unless_somebody_has_it_or_it_may_do_everything(here):
    role = rights.make_role(name="Empfang", permissions=[], **TOLD)
    held = rights.make_role(name="Kasse", permissions=[], **TOLD)
    member("tomke", held)
    rights.remove_role(role.pk, **TOLD)
    with pytest.raises(ProtectedError):
        rights.remove_role(held.pk, **TOLD)
    with pytest.raises(rights.LastAdministratorError, match="Verwaltung"):
        rights.remove_role(administrator().pk, **TOLD)
    assert sorted(Role.objects.values_list("name", flat=True)) == ["Kasse", "Verwaltung"]


# ---- members


def test_who_is_here_gets_the_roles_in_addition_once_each(here):
    first, second = (rights.make_role(name=name, permissions=[], **TOLD) for name in ("Empfang", "Kasse"))
    site = open_site(name="Bremen", zone="Europe/Berlin", **TOLD)
    membership = member("tomke", first)
    again = rights.add_member(membership.user, kind="SERVICE_PROVIDER", roles=[first, second], **TOLD)
    rights.add_member(membership.user, kind="EMPLOYEE", roles=[first], site=site, **TOLD)
    assert (again.pk, again.kind) == (membership.pk, "EMPLOYEE")
    given = RoleAssignment.objects.order_by("role__name", "site_id").values_list("role__name", "site__name")
    assert sorted(given, key=str) == [("Empfang", "Bremen"), ("Empfang", None), ("Kasse", None)]


def test_roles_are_set_exactly_and_those_of_a_site_stay(here):
    kept, dropped, gained = (rights.make_role(name=name, permissions=[], **TOLD) for name in "ABC")
    site = open_site(name="Bremen", zone="Europe/Berlin", **TOLD)
    member("jana", administrator())
    tomke = member("tomke", kept, dropped)
    rights.add_member(tomke.user, kind="EMPLOYEE", roles=[dropped], site=site, **TOLD)

    rights.set_roles(tomke.pk, roles=[kept.pk, gained.pk], **TOLD)

    given = tomke.assignments.values_list("role__name", "site__name")
    assert sorted(given, key=str) == [("A", None), ("B", "Bremen"), ("C", None)]
    told = history_of(tomke.pk)[0]
    assert (told.before, told.after) == ({"roles": ["A", "B"]}, {"roles": ["A", "C"]})


def test_somebody_who_may_do_everything_is_left(here):
    jana = member("jana", administrator())
    for act in (
        lambda: rights.set_roles(jana.pk, roles=[], **TOLD),
        lambda: rights.set_leaving(jana.pk, until=AT + timedelta(days=1), **TOLD),
    ):
        with pytest.raises(rights.LastAdministratorError, match="Verwaltung"):
            act()
    assert (Membership.objects.get().until, RoleAssignment.objects.count()) == (None, 1)


def test_a_leaving_date_is_set_and_taken_back(here):
    member("jana", administrator())
    tomke = member("tomke")
    rights.set_leaving(tomke.pk, until=AT, **TOLD)
    rights.set_leaving(tomke.pk, until=None, **TOLD)
    back, gone = history_of(tomke.pk)[:2]
    assert (gone.before, gone.after) == ({"until": None}, {"until": AT.isoformat()})
    assert (back.before, back.after) == ({"until": AT.isoformat()}, {"until": None})


# ---- what a contract unlocks


def test_the_same_grant_twice_is_one(here):
    contract = Tenant.objects.get(pk=here.pk).pk  # any id: the kernel knows no contracts
    (first,) = rights.grant([visitors()], contract=contract, **TOLD)
    (again,) = rights.grant([visitors(quantity=9)], contract=contract, **TOLD)
    assert (again.pk, again.quantity, Entitlement.objects.count()) == (first.pk, 2, 1)
    assert verbs(here, first) == ["kernel.entitled"]
    told = history_of(first.pk)[0]
    assert (told.clause, told.after) == (
        "2.2", {"module": "visitors", "from": "2026-12-01", "until": "None", "quantity": 2},
    )  # fmt: skip


def test_a_grant_ends_after_it_begins(here):
    with pytest.raises(IntegrityError), transaction.atomic():
        rights.grant([visitors(until_on=date(2026, 12, 1))], contract=None, **TOLD)
    assert not Entitlement.objects.exists()


# ---- another tenant


def test_another_tenant_finds_no_role_and_no_member(here, birch):
    role = rights.make_role(name="Empfang", permissions=[], **TOLD)
    tomke = member("tomke", role)
    with as_tenant(birch.pk):
        for missing, act in (
            (Role.DoesNotExist, lambda: rights.change_role(role.pk, name="X", permissions=[], **TOLD)),
            (Role.DoesNotExist, lambda: rights.remove_role(role.pk, **TOLD)),
            (Membership.DoesNotExist, lambda: rights.set_roles(tomke.pk, roles=[], **TOLD)),
            (Membership.DoesNotExist, lambda: rights.set_leaving(tomke.pk, until=AT, **TOLD)),
        ):
            with pytest.raises(missing):
                act()
