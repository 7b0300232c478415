"""Queries that say whose rows they read."""

import uuid
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

from kontor.kernel.rows.rules import RowRules
from kontor.kernel.tenancy import current_tenant

if TYPE_CHECKING:
    from kontor.kernel.models import Tenant

M = TypeVar("M", bound=models.Model)


class CurrentTenant(models.Expression):
    """The tenant at the moment the query runs, not when it was written down."""

    output_field = models.UUIDField()

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (current_tenant(),)


class TenantQuerySet(models.QuerySet[M]):
    """Rows of tenants; every query says whose, so that the index is used and the policy is only the wall behind it."""

    def of(self, tenant: "Tenant | uuid.UUID") -> Self:
        """Return the rows that belong to this tenant."""
        return self.filter(tenant_id=getattr(tenant, "pk", tenant))

    def seen_by(self, tenant: "Tenant | uuid.UUID") -> Self:
        """Return the rows that belong to this tenant and those that others share with it; for reading only."""
        return self.of(tenant) | self.received_by(tenant)

    def received_by(self, tenant: "Tenant | uuid.UUID") -> Self:
        """Return the rows that other tenants share with this one; for reading only."""
        rules: RowRules = self.model.row_rules  # type: ignore[attr-defined]
        path = f"{rules.part_of}__" if rules.part_of else ""
        rows = self.filter(**{f"{path}{rules.shared_with}": getattr(tenant, "pk", tenant)})
        if rules.published_by:
            rows = rows.filter(**{f"{path}{rules.published_by}__isnull": False})
        return rows


class OurRows(models.Manager[M]):
    """This tenant's own rows, named in every query."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db).filter(tenant=CurrentTenant())

    def of(self, tenant: "Tenant | uuid.UUID") -> TenantQuerySet[M]:
        """Return the rows that belong to this tenant, which must be the current one."""
        return TenantQuerySet(self.model, using=self._db).of(tenant)


class ReceivedRows(models.Manager[M]):
    """What other tenants share with the current one; for reading only."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db).received_by(current_tenant())
