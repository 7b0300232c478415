"""Nobody of the house looks inside before the customer confirmed a backup, where its contract asks for one (Art. 7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from kontor.kernel.actor import Actor
from kontor.kernel.models import SupportGrant, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import support
from kontor.office.identity.actions.support import Look, SupportRefusedError
from kontor.office.privacy.actions.own_backups import remind_of_plan
from kontor.rulebook.own_backups import may_begin
from tests.factories import make_house
from tests.office.contracts.licensing import leisure, licensed
from tests.office.contracts.test_use_views import agreed
from tests.people import administrator, browser, mails, make_tenant, verbs

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


@pytest.mark.requirement("AP-014")
def test_no_look_without_a_backup_of_a_day_and_a_missing_contingency_plan_is_told_each_year():
    """Leisure Art. 7 and 18: the customer backs up before every intervention and alone answers for its plans."""
    house = leisure()
    contract = licensed(house)
    client = agreed(contract)
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    begun = timezone.now()

    def reminded(at) -> int:
        with as_tenant(tenant.pk):
            remind_of_plan(at=at)
        return verbs(tenant).count("privacy.plan_reminded")

    with as_tenant(tenant.pk):
        with pytest.raises(SupportRefusedError, match="backup must be confirmed"):
            support.give(LOOK, held=None, at=begun, actor=Actor.person(house.staff))
        given = support.give(replace(LOOK, backup_on=localdate()), held=None, at=begun, actor=Actor.person(house.staff))
    assert given.backup_on == localdate()
    days = [begun, begun + timedelta(hours=1), begun + timedelta(days=364), begun + timedelta(days=366)]
    assert [reminded(at) for at in days] == [1, 1, 1, 2]
    assert [mail.subject for mail in mails(tenant)].count("Ihr Notfallplan fehlt") == 2 * 2  # two administrators
    exports, plan = reverse("privacy-own:exports"), reverse("privacy-own:export-plan")
    assert b"have named none" in client.get(exports).content
    assert client.post(plan, {"day": (localdate() + timedelta(days=1)).isoformat()}).status_code == 422
    assert client.post(plan, {"day": localdate().isoformat()}).status_code == 302
    assert b"have named none" not in client.get(exports).content
    assert reminded(begun + timedelta(days=800)) == 2

    other = make_tenant("Birke")  # no contract leaves it to this one
    with as_tenant(other.pk):
        assert remind_of_plan(at=begun) is False
