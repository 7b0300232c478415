"""What a tenant demands of those who come in."""

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import AccessPolicy, Membership, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.policy import (
    WeakerThanTheFloorError,
    change_policy,
    everybody_passes_again,
    pass_again,
)  # fmt: skip
from tests.factories import AT, make_user
from tests.people import administrator, join, make_tenant

pytestmark = pytest.mark.django_db


def test_a_change_is_kept_recorded_and_makes_everybody_pass_again():
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, password_length=12, idle_minutes=15)
        policy = change_policy(at=AT, actor=MACHINE, password_length=14)

        assert (policy.password_length, policy.idle_minutes, policy.revision) == (14, 15, 3)
        assert RecordEntry.objects.filter(verb="identity.policy_changed").count() == 2


def test_nothing_changed_is_nothing_recorded():
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, sso_only=True)
        policy = change_policy(at=AT, actor=MACHINE, sso_only=True)

        assert policy.revision == 2
        assert RecordEntry.objects.filter(verb="identity.policy_changed").count() == 1


@pytest.mark.parametrize(("field", "value"), [("password_length", 9), ("idle_minutes", 4)])
def test_no_tenant_asks_for_less_than_the_installation(field: str, value: int):
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        with pytest.raises(WeakerThanTheFloorError) as refused:
            change_policy(at=AT, actor=MACHINE, **{field: value})

        assert str(refused.value) == field
        assert AccessPolicy.objects.count() == 0


def test_one_tenants_policy_is_no_other_tenants():
    tenant, other = make_tenant(), make_tenant("Birke")
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, password_length=12)
    with as_tenant(other.pk):
        assert AccessPolicy.objects.count() == 0


def test_one_member_or_everybody_passes_the_gates_again():
    tenant = make_tenant()
    administrator(tenant)
    ben = join(tenant, make_user("ben@alder.example", "Ben"))
    with as_tenant(tenant.pk):
        pass_again(ben)
        everybody_passes_again()

        assert sorted(Membership.objects.values_list("entry", flat=True)) == [1, 2]
        assert AccessPolicy.objects.get().revision == 2
