"""The tenant's own keys, as actions see them."""

from datetime import datetime

from django.db import transaction

from kontor.kernel import keyring
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.encryption import decrypt, encrypt
from kontor.kernel.models import Tenant, TenantKey
from kontor.kernel.tenancy import current_tenant

__all__ = ["decrypt", "encrypt", "renew_key", "tenant_key"]


def tenant_key() -> TenantKey:
    """Return the current tenant's newest key, which is made when somebody first asks."""
    return TenantKey.objects.get(pk=keyring.newest().id)


@transaction.atomic
def renew_key(*, at: datetime, actor: Actor) -> TenantKey:
    """
    Give the current tenant a new key: it closes everything from now on, while the older ones open what they closed.

    Other processes go on closing with the key before until they are started again.
    """
    key = TenantKey.objects.get(pk=keyring.add().id)
    tenant = Tenant.objects.get(pk=current_tenant())
    record("kernel.key_renewed", tenant, at=at, actor=actor, after={"number": key.number})
    return key
