"""The demo is made at whatever moment somebody starts it, also where the day in Europe is not that of UTC."""

from datetime import UTC, datetime

import pytest

from kontor.config.demo_data import make_all
from kontor.kernel.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)

_AWKWARD = {
    "midnight": datetime(2026, 11, 22, 23, 30, tzinfo=UTC),  # the next day in Berlin and Paris, Sunday to Monday
    "month": datetime(2026, 11, 30, 23, 30, tzinfo=UTC),  # the first of a month there, the last of one here
    "clocks": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),  # the hour that comes twice, on the last day of a month
}


@pytest.mark.parametrize("moment", sorted(_AWKWARD))
def test_the_demo_is_made_at_awkward_moments(moment):
    make_all(_AWKWARD[moment])
    assert Tenant.objects.filter(is_house=True).count() == 1
