"""What trials and contracts leave behind goes on the day their terms name."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import jobs
from kontor.office.contracts.actions.trials import warn_of_end
from kontor.office.identity.models import User
from kontor.office.privacy import jobs as privacy_jobs, public as privacy
from kontor.office.privacy.models import Erasure
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_trials import AFTER, again, registered
from tests.people import mails

ERASED_AT = datetime(2026, 5, 15, 22, 15, tzinfo=UTC)  # 16 May, 00:15 in Oslo


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SO-004")
def test_a_trial_that_nobody_ordered_is_warned_of_twice_and_gone_on_the_day_after():
    house = make_house("crm")
    trial = registered(house)
    tenant = trial.customer_tenant_id
    with as_tenant(house.tenant.pk):
        for on in (date(2026, 5, 8), date(2026, 5, 14)):  # 7 days and 1 day before 15 May
            assert warn_of_end(trial.pk, on=on, at=datetime(on.year, on.month, on.day, 6, tzinfo=UTC))
        jobs.trial_expire(at=AFTER, trial=str(trial.pk))
        erasure = Erasure.objects.get(of_tenant=tenant)
    assert (erasure.reason, erasure.due_on, erasure.clause, erasure.state) == (
        "trial_ended", date(2026, 5, 16), "§1.1", "PLANNED"
    )  # fmt: skip

    privacy_jobs.erase(tenant_id=house.tenant.pk, at=ERASED_AT - timedelta(seconds=1), erasure=str(erasure.pk))
    assert User.objects.filter(email="bo@birke.example").exists()
    privacy_jobs.erase(tenant_id=house.tenant.pk, at=ERASED_AT, erasure=str(erasure.pk))
    run_jobs()

    with as_tenant(tenant):
        assert counted(tenant, tables_to_empty()) == {}
    assert not User.objects.filter(email="bo@birke.example").exists()
    assert again(house, trial).erased_on is not None
    with as_tenant(house.tenant.pk), pytest.raises(privacy.ErasureRefusedError, match="Not recoverable"):
        privacy.refuse_gone(tenant)
    warnings = [mail.subject for mail in mails(house.tenant) if mail.to == "bo@birke.example"]
    assert len(warnings) == 3  # the registration and two warnings
