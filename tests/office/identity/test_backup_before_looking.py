"""Nobody of the house looks inside before the customer confirmed a backup, where its contract asks for one (Art. 7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from kontor.kernel.actor import Actor
from kontor.kernel.models import SupportGrant, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import support
from kontor.office.identity.actions.support import Look, SupportRefusedError
from kontor.rulebook.own_backups import may_begin
from tests.factories import make_house
from tests.office.contracts.licensing import leisure, licensed
from tests.office.contracts.test_use_views import agreed
from tests.people import administrator, browser, make_tenant

pytestmark = pytest.mark.django_db
LOOK = Look(permissions=["identity.see"], purpose="Kasse steht", hours=2, reference="T-7")


def test_leave_is_given_only_with_the_day_of_a_backup_and_that_day_is_on_record():
    house = leisure()
    contract = licensed(house)
    client, today = agreed(contract), localdate()
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    with as_tenant(house.tenant.pk):
        asked = support.ask(tenant, LOOK, at=timezone.now(), actor=Actor.person(house.staff))
    page = f"/identity/support/{asked.pk}/give/"
    told = {"purpose": LOOK.purpose, "permissions": LOOK.permissions, "hours": 2}

    for day in ("", (today + timedelta(days=1)).isoformat()):
        refused = client.post(page, told | {"backup_on": day})
        said = "day of the last backup must be confirmed" in refused.content.decode()
        assert (refused.status_code, said) == (422, True)
    with as_tenant(tenant.pk):
        assert SupportGrant.objects.get().granted_at is None
    assert client.post(page, told | {"backup_on": today.isoformat()}).status_code == 302
    with as_tenant(tenant.pk):
        given = SupportGrant.objects.get()
        assert (given.backup_on, given.granted_at is not None) == (today, True)
        confirmed = next(each for each in history_of(given.pk) if each.verb == "identity.backup_confirmed")
        assert confirmed.clause == "Art. 7"
        with pytest.raises(SupportRefusedError, match="backup must be confirmed"):  # nor without being asked
            support.give(LOOK, held=None, at=timezone.now(), actor=Actor.person(house.staff))


def test_whoever_has_no_such_contract_is_not_asked():
    make_house()
    tenant = make_tenant()
    person = administrator(tenant)
    assert 'name="backup_on"' not in browser(person, tenant).get("/identity/support/give/").content.decode()
    with as_tenant(tenant.pk):
        given = support.give(
            replace(LOOK, backup_on=localdate()), held=None, at=timezone.now(), actor=Actor.person(person)
        )
    assert given.backup_on is None


def test_a_backup_of_today_counts_and_one_of_tomorrow_does_not():
    told = [may_begin(day, date(2027, 3, 1)).value for day in (None, date(2027, 3, 2), date(2027, 3, 1))]
    assert told == [False, False, True]
