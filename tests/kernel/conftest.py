"""Two tenants, and moments to act at."""

from datetime import UTC, datetime

import pytest

from kontor.kernel.models import Tenant

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def alder(db: None) -> Tenant:
    return Tenant.objects.create(name="Alder", created_at=AT)


@pytest.fixture
def birch(db: None) -> Tenant:
    return Tenant.objects.create(name="Birch", created_at=AT)
