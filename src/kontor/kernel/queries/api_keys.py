"""What a key may do today."""

import uuid
import zoneinfo
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Q

from kontor.kernel import registry
from kontor.kernel.models import ApiKey, Entitlement, Lock, Tenant
from kontor.kernel.tenancy import current_tenant


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """A key of the current tenant, and the modules that the tenant's contract unlocks today."""

    tenant: Tenant
    key: ApiKey
    modules: frozenset[str]

    def may(self, permission: str) -> bool:
        """Tell whether the key holds a right, the contract lets anybody here use it, and it means anything here."""
        declared = registry.permissions()[permission]
        module = permission.split(".", 1)[0]
        unlocked = not declared.entitled or not registry.module(module).entitled or module in self.modules
        meant = registry.meant_for(declared.audience, is_house=self.tenant.is_house)
        return meant and unlocked and permission in self.key.scopes


def standing_of_key(key_id: uuid.UUID, *, at: datetime) -> KeyStanding | None:
    """Return what a key may do, None where it was taken back, is over, or its tenant's access is locked."""
    locked = Lock.objects.filter(membership=None, lifted_at=None, effective_at__lte=at)
    key = ApiKey.objects.filter(~Exists(locked), pk=key_id, revoked_at=None, expires_at__gt=at).first()
    if key is None:
        return None
    tenant = Tenant.objects.get(pk=current_tenant())
    today = at.astimezone(zoneinfo.ZoneInfo(tenant.zone)).date()
    valid = Q(until_on=None) | Q(until_on__gt=today)
    modules = Entitlement.objects.filter(valid, from_on__lte=today).values_list("module", flat=True)
    return KeyStanding(tenant, key, frozenset(modules))


def api_keys() -> list[ApiKey]:
    """Return the current tenant's keys, the newest first."""
    return list(ApiKey.objects.order_by("-created_at", "-pk"))
